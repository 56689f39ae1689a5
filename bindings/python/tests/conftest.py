"""What the tests share: the demo policy and its inputs, as tests/c/check.h has them."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import ppo_risk

ROOT = Path(__file__).resolve().parents[3]
ASSETS, ACTIONS, STATE = 20, 21, 61
#: A policy of two assets and cash without a prior.
PLAIN = {"assets": ["A", "B"], "state": {"assets": 2, "window": 20, "account": False, "columns": []},
         "action": {"distribution": "gaussian", "cash": True},
         "network": {"mlp": {"hidden": [8], "activation": "tanh", "shared_trunk": True}}}

needs_training = pytest.mark.skipif(not ppo_risk.can_train(), reason="a library without libtorch")


def needs(*, packages: "tuple[str, ...]" = (), programs: "tuple[str, ...]" = ()) -> None:
    """Skips the test where one of them is not installed; where REQUIRE_TOOLS is set, that is a failure."""
    for name, found in [*((name, find_spec(name)) for name in packages), *((name, shutil.which(name)) for name in programs)]:
        if not found:
            if os.environ.get("REQUIRE_TOOLS"):
                pytest.fail(f"REQUIRE_TOOLS is set, but {name} is not installed")
            pytest.skip(f"{name} is not installed")


def inputs(k: int) -> "tuple[np.ndarray, np.ndarray]":
    """A state and a prior that differ with `k`: those of `input` in tests/c/check.h."""
    seed = 2654435761 * (k + 1) & 0xFFFFFFFF
    drawn = np.empty(STATE + ACTIONS, np.uint32)
    for i in range(len(drawn)):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        drawn[i] = seed >> 8
    state = drawn[:STATE].astype(np.float32) / np.float32(16777216) * np.float32(0.1) - np.float32(0.05)
    return state, drawn[STATE:].astype(np.float64) / 16777216.0 / 10.5


@pytest.fixture
def agent():
    """The demo policy."""
    with ppo_risk.Agent.load(ROOT / "models" / "sp500-20-stocks.safetensors") as loaded:
        yield loaded
