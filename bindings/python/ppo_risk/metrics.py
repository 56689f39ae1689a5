"""Figures of training."""

import ctypes
from dataclasses import dataclass, fields

from . import _declarations as c
from ._library import library
from .errors import check


@dataclass(frozen=True)
class Metrics:
    """Figures of one update of the policy; names are Stable-Baselines3's where it has them (docs/monitoring.md)."""

    update: int
    env_steps: int
    episodes: int
    skipped_minibatches: int
    env_steps_per_s: float
    episode_reward: float
    episode_log_growth: float
    episode_turnover: float
    learning_rate: float
    policy_gradient_loss: float
    value_loss: float
    entropy_loss: float
    approx_kl: float
    clip_fraction: float
    explained_variance: float
    std: float
    grad_norm: float

    @classmethod
    def _of(cls, struct: c.ppo_metrics) -> "Metrics":
        return cls(*(getattr(struct, field.name) for field in fields(cls)))


_WORDS = c.FIELDS["ppo_metrics"]
Metrics.__doc__ = f"{Metrics.__doc__ or ''}\n\n" + "\n".join(f"    {field.name}: {_WORDS[field.name]}" for field in fields(Metrics))


def room() -> c.ppo_metrics:
    """A struct for the library to write figures to."""
    made = c.ppo_metrics()
    check(library.ppo_metrics_init(made, ctypes.sizeof(made)))
    return made
