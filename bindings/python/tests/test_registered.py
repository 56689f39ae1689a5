"""Our environments by their name in Gymnasium, and Gymnasium's own wrappers of vectors around them."""

import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium import wrappers
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

import ppo_risk.gymnasium
from ppo_risk import Config, Market

NAME = "ppo_risk/Portfolio-v0"
SETTINGS = Config(seed=3, episode_len=12)
MODEL = {"model": "gbm", "assets": ["A", "B"], "drift": [0.05, 0.02], "covariance": [[0.04, 0.01], [0.01, 0.03]]}


def market():
    return Market.simulate_prices(MODEL, 200, seed=1)


def test_the_name_is_known_after_the_import():
    program = ("import ppo_risk, gymnasium\n"
               f"env = gymnasium.make({NAME!r})\n"
               "print(env.reset(seed=1)[0].shape, env.unwrapped.spec.id)\n"
               f"print(gymnasium.make_vec('ppo_risk:{NAME}', num_envs=3).reset(seed=1)[0].shape)\n")
    ran = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True)
    assert ran.stdout == f"(10,) {NAME}\n(3, 10)\n", ran.stderr


def test_without_gymnasium_the_package_is_imported():
    program = "import sys\nsys.modules['gymnasium'] = None\nimport ppo_risk\nprint(len(ppo_risk.__all__) > 50)\n"
    ran = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True)
    assert ran.stdout == "True\n", ran.stderr


def test_what_is_made_is_the_librarys():
    made = gymnasium.make(NAME, market=market(), config=SETTINGS)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*(observation space m|Not able to test alternative).*")
        check_env(made.unwrapped)
    assert isinstance(made.unwrapped, ppo_risk.gymnasium.Env)
    plain = ppo_risk.gymnasium.Env(ppo_risk.gymnasium.spec_of(market()), market(), SETTINGS)
    assert made.reset(seed=5)[0].tobytes() == plain.reset(seed=5)[0].tobytes()
    action = np.array([0.5, -0.5, 0.1], np.float32)
    assert made.step(action)[1] == plain.step(action)[1]
    made = gymnasium.make_vec(NAME, num_envs=4, market=market(), config=SETTINGS)
    assert isinstance(made, ppo_risk.gymnasium.VectorEnv) and made.num_envs == 4
    assert made.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP


def track(envs, steps=40):
    """What wrappers make of some steps: the numbers, and how many episodes have ended."""
    states, _ = envs.reset(seed=2)
    envs.action_space.seed(1)
    sums, ended = np.abs(np.asarray(states)).sum(), 0
    for _ in range(steps):
        states, rewards, terminated, truncated, _ = envs.step(envs.action_space.sample())
        sums += np.abs(np.asarray(states)).sum() + np.abs(np.asarray(rewards)).sum()
        ended += int((terminated | truncated).sum())
    return sums, ended


def vector(mode):
    return ppo_risk.gymnasium.VectorEnv(None, market(), SETTINGS, num_envs=3, autoreset_mode=mode)


VECTOR = {
    "RecordEpisodeStatistics": wrappers.vector.RecordEpisodeStatistics,
    "NormalizeReward": wrappers.vector.NormalizeReward,
    "NormalizeObservation": wrappers.vector.NormalizeObservation,
    "DictInfoToList": wrappers.vector.DictInfoToList,
    "ClipReward": lambda envs: wrappers.vector.ClipReward(envs, -1.0, 1.0),
    "ClipAction": wrappers.vector.ClipAction,
    "RescaleAction": lambda envs: wrappers.vector.RescaleAction(envs, *np.float32([-2, 2])),
    "DtypeObservation": lambda envs: wrappers.vector.DtypeObservation(envs, np.float64),
    "FlattenObservation": wrappers.vector.FlattenObservation,
    "TransformObservation": lambda envs: wrappers.vector.TransformObservation(envs, lambda states: states * 2.0),
}

#: Those that Gymnasium has for that mode alone.
NEXT_STEP_ALONE = ("NormalizeObservation", "DtypeObservation", "FlattenObservation", "TransformObservation")


@pytest.mark.parametrize("name", VECTOR)
@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP])
def test_gymnasiums_wrappers_of_vectors_take_them(name, mode):
    if name in NEXT_STEP_ALONE and mode is AutoresetMode.SAME_STEP:
        with pytest.raises(ValueError, match="NEXT_STEP"):
            VECTOR[name](vector(mode))
        return
    sums, ended = track(VECTOR[name](vector(mode)))
    # Episodes of 12 bars; with NEXT_STEP, a step more.
    assert np.isfinite(sums) and ended == 3 * (40 // (12 if mode is AutoresetMode.SAME_STEP else 13))


def test_statistics_of_episodes_are_of_whole_episodes():
    for mode in (AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP):
        envs = wrappers.vector.RecordEpisodeStatistics(vector(mode))
        envs.reset(seed=2)
        lengths = []
        for _ in range(30):
            _, _, _, truncated, infos = envs.step(np.zeros((3, 3), np.float32))
            if truncated.any():
                found = infos.get("final_info", infos)["episode"] if "episode" not in infos else infos["episode"]
                lengths += found["l"].tolist()
        assert lengths == [12] * 6, mode


def test_the_modes_are_the_same_episodes():
    same, following = vector(AutoresetMode.SAME_STEP), vector(AutoresetMode.NEXT_STEP)
    first, second = same.reset(seed=9)[0], following.reset(seed=9)[0]
    assert first.tobytes() == second.tobytes()
    actions = np.full((3, 3), 0.25, np.float32)
    for index in range(1, 30):
        states, rewards, _, truncated, infos = same.step(actions)
        then, other, _, ended, _ = following.step(actions)
        assert (rewards.tobytes(), truncated.tolist()) == (other.tobytes(), ended.tolist())
        if truncated.any():
            assert np.stack(infos["final_obs"]).tobytes() == then.tobytes()
            # A step that takes no action.
            then, other, _, ended, infos = following.step(actions)
            assert not other.any() and not ended.any() and not infos["cost"].any()
        assert states.tobytes() == then.tobytes(), index


def test_modes_that_cannot_be():
    with pytest.raises(ValueError, match="expected SAME_STEP or NEXT_STEP"):
        vector(AutoresetMode.DISABLED)
