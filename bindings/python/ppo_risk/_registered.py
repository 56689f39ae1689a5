"""The environments' names in Gymnasium's registry."""

from importlib.util import find_spec
from typing import Any

#: One environment, or with `gymnasium.make_vec` many that step together.
PORTFOLIO = "ppo_risk/Portfolio-v0"


def register() -> None:
    """Where Gymnasium is installed, `gymnasium.make` knows the environments from now on."""
    if find_spec("gymnasium") is None:
        return
    try:
        from gymnasium.envs import registration as gymnasiums
    except ImportError:  # an installation that lacks what it needs is none
        return
    registration: Any = gymnasiums
    if PORTFOLIO not in registration.registry:
        registration.register(PORTFOLIO, entry_point="ppo_risk.gymnasium:Env", vector_entry_point="ppo_risk.gymnasium:VectorEnv")
