"""Agents from Python: what the C program gets, refusals with code and words, what is not copied."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from conftest import ACTIONS, ASSETS, PLAIN, ROOT, STATE, inputs

import ppo_risk
from ppo_risk import Agent, Config, Random


def test_results_are_the_c_programs_bit_for_bit(agent):
    """PPO_RISK_RESULTS is what tests/c/results.c wrote, built against the same library."""
    written = os.environ.get("PPO_RISK_RESULTS")
    if not written:
        pytest.skip("PPO_RISK_RESULTS does not name what tests/c/results.c wrote")
    row = np.dtype([("state", np.float32, STATE), ("prior", np.float64, ACTIONS), ("weights", np.float64, ACTIONS),
                    ("action", np.float32, ACTIONS), ("drawn", np.float64, ACTIONS), ("numbers", np.float64, 5)])
    data = Path(written).read_bytes()
    rows = len(data) // (row.itemsize + 8 * ACTIONS)
    assert rows >= 100
    found = np.frombuffer(data, row, rows)
    batch = np.frombuffer(data, np.float64, rows * ACTIONS, rows * row.itemsize).reshape(rows, ACTIONS)
    decide, stream = agent.decider(), Random(42, 7)
    for k, line in enumerate(found):
        state, prior = inputs(k)
        same(state, line["state"]), same(prior, line["prior"])
        same(agent.select_action(state, prior), line["weights"])
        decide.state[:], decide.prior[:] = state, prior
        same(decide(), line["weights"])
        copy = stream.clone()
        action, drawn, log_prob = agent.sample_action(stream, state, prior)
        same(agent.sample_action(copy, state, prior).action, action)
        same(action, line["action"]), same(drawn, line["drawn"])
        evaluated = agent.evaluate_action(state, action, prior)
        same(np.array([log_prob, *evaluated, agent.value(state)]), line["numbers"])
    states, priors = zip(*(inputs(k) for k in range(rows)))
    same(agent.select_actions(np.array(states), np.array(priors)), batch)


def same(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.tobytes() == expected.tobytes()


def test_outputs_are_written_in_place_and_inputs_of_other_types_are_converted(agent):
    state, prior = inputs(1)
    expected = agent.select_action(state, prior)
    out = np.empty(ACTIONS)
    assert agent.select_action(state, prior, out=out) is out
    same(out, expected)
    # The same numbers as float64, in lists, strided, read-only, of the other byte order.
    wide = np.zeros((STATE, 2), np.float32)
    wide[:, 0] = state
    locked = state.copy()
    locked.flags.writeable = False
    for other in (state.astype(np.float64), state.tolist(), wide[:, 0], locked, state.astype(">f4")):
        same(agent.select_action(other, list(prior)), expected)
    out[:] = 7
    with pytest.raises(TypeError, match="`out` is an array of float32"):
        agent.select_action(state, prior, out=np.empty(ACTIONS, np.float32))
    with pytest.raises(TypeError, match="`out` is a list"):
        agent.select_action(state, prior, out=[0.0] * ACTIONS)
    for bad in (np.empty((ACTIONS, 2))[:, 0], np.frombuffer(bytes(8 * ACTIONS))):
        with pytest.raises(ValueError, match="`out` cannot be written to where it lies"):
            agent.select_action(state, prior, out=bad)


# What tests/c/arguments.c refuses, where Python can ask for it: the class, the code, the words.
REFUSALS = [
    (lambda a, s, p: a.select_action(s), ppo_risk.InvalidArgumentError, -2, "`prior` is missing"),
    (lambda a, s, p: a.select_action(s[:-1], p), ppo_risk.LengthError, -3, "`state` has 60 values, expected 61"),
    (lambda a, s, p: a.select_action([], p), ppo_risk.LengthError, -3, "`state` has 0 values"),
    (lambda a, s, p: a.select_action(np.zeros(2 * STATE), p), ppo_risk.LengthError, -3, "`state` has 122 values"),
    (lambda a, s, p: a.select_action(s, p[:-1]), ppo_risk.LengthError, -3, "`prior` has 20 values"),
    (lambda a, s, p: a.select_action(s, p, out=np.empty(3)), ppo_risk.LengthError, -3, "`weights_out` has 3 values"),
    (lambda a, s, p: a.select_action(at(s, 5, np.nan), p), ppo_risk.NotFiniteError, -4, "state[5]"),
    (lambda a, s, p: a.select_action(at(s, 5, np.inf), p), ppo_risk.NotFiniteError, -4, "state[5]"),
    (lambda a, s, p: a.select_action(s, at(p, 2, np.nan)), ppo_risk.NotFiniteError, -4, "prior[2]"),
    (lambda a, s, p: a.select_action(s, at(p, 1, -0.5)), ppo_risk.InvalidArgumentError, -2, "prior[1]"),
    (lambda a, s, p: a.select_action(s, p, out=p), ppo_risk.InvalidArgumentError, -2, "is memory that `prior` uses"),
    (lambda a, s, p: a.select_actions([s, at(s, 9, np.nan)], [p, p]), ppo_risk.NotFiniteError, -4,
     "states[1][9]"),
    (lambda a, s, p: a.select_actions([s, s], [p]), ppo_risk.LengthError, -3, "priors"),
    (lambda a, s, p: a.sample_action(Random(1), s[:3], p), ppo_risk.LengthError, -3, "state"),
    (lambda a, s, p: a.evaluate_action(s, np.zeros(3), p), ppo_risk.LengthError, -3, "`action` has 3 values"),
    (lambda a, s, p: a.evaluate_action(s, at(np.zeros(ACTIONS), 4, np.inf), p), ppo_risk.NotFiniteError, -4,
     "action[4]"),
    (lambda a, s, p: a.value(s[:4]), ppo_risk.LengthError, -3, "`state` has 4 values"),
    (lambda a, s, p: a.save(""), ppo_risk.InvalidArgumentError, -2, "path"),
    (lambda a, s, p: a.save(ROOT), ppo_risk.IoError, -10, str(ROOT)),
    (lambda a, s, p: Agent.load("no/such/file"), ppo_risk.MissingFileError, -10, "no/such/file"),
    (lambda a, s, p: Agent.load(ROOT / "README.md"), ppo_risk.FileError, -11, "README.md"),
    (lambda a, s, p: Agent.from_bytes(b""), ppo_risk.FileError, -11, ""),
    (lambda a, s, p: Agent.from_bytes(bytes(256)), ppo_risk.FileError, -11, ""),
    (lambda a, s, p: Agent("{"), ppo_risk.InvalidArgumentError, -2, "spec_json"),
    (lambda a, s, p: Agent({**PLAIN, "colour": 1}), ppo_risk.InvalidArgumentError, -2, "colour"),
    (lambda a, s, p: Agent(PLAIN, Config(log_std_init=21)), ppo_risk.InvalidArgumentError, -2, "log_std_init"),
    (lambda a, s, p: Agent(PLAIN, Config(kappa_init=np.nan)), ppo_risk.NotFiniteError, -4, "kappa_init"),
    (lambda a, s, p: Agent(PLAIN).select_action(np.zeros(7), [0.5, 0.5, 0]), ppo_risk.InvalidArgumentError, -2,
     "prior"),
]


def at(values: np.ndarray, index: int, value: float) -> np.ndarray:
    changed = np.array(values)
    changed[index] = value
    return changed


@pytest.mark.parametrize("call, kind, code, words", REFUSALS)
def test_what_cannot_be_used_is_refused(agent, call, kind, code, words):
    state, prior = inputs(3)
    with pytest.raises(ppo_risk.Error) as raised:
        call(agent, state, prior)
    error = raised.value
    assert type(error) is kind and error.code == code and words in error.message, error
    assert error.name in str(error) and error.name.startswith("PPO_ERR_")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, str(again)) == (kind, code, str(error))


def test_an_error_leaves_outputs_alone_and_words_on_the_agent(agent):
    state, prior = inputs(3)
    out = np.full(ACTIONS, 7.0)
    with pytest.raises(ppo_risk.NotFiniteError) as raised:
        agent.select_action(at(state, 0, np.nan), prior, out=out)
    assert (out == 7.0).all()
    assert agent.last_error() == raised.value.message
    assert isinstance(raised.value, ValueError)


def test_what_a_policy_is_comes_out_and_goes_back_in(agent, tmp_path):
    assert len(agent.assets) == ASSETS and agent.assets[0] == "AAPL"
    assert (agent.state_len, agent.action_len, agent.prior_len) == (STATE, ACTIONS, ACTIONS)
    spec = agent.spec
    assert spec["assets"] == list(agent.assets) and "seed" in str(agent.provenance)
    assert Agent(spec).spec == spec
    agent.save(tmp_path / "saved.safetensors")
    assert (tmp_path / "saved.safetensors").read_bytes() == agent.to_bytes()
    state, prior = inputs(4)
    same(Agent.from_bytes(agent.to_bytes()).select_action(state, prior), agent.select_action(state, prior))
    same(agent.clone().select_action(state, prior), agent.select_action(state, prior))
    plain = Agent(PLAIN, Config(seed=1))
    assert plain.prior_len == 0 and plain.provenance == {"seed": 1}
    assert plain.select_action(np.zeros(7)) == pytest.approx(np.full(3, 1 / 3), abs=0.01)


def test_configurations_by_name_and_as_json():
    config = Config(seed=2**64 - 1, n_envs=32, reward=ppo_risk.Reward.LOG_RETURN, gamma=0.9)
    assert repr(config) == f"Config(seed={2**64 - 1}, n_envs=32, gamma=0.9, reward=<Reward.LOG_RETURN: 1>)"
    assert Config.from_json(config.to_json()).settings() == config.settings()
    with pytest.raises(AttributeError, match="`gama` is no setting"):
        Config(gama=0.9)
    for bad in (-1, 2**64, 1.5):
        with pytest.raises(ValueError, match="`n_envs` is"):
            Config(n_envs=bad)
    with pytest.raises(ppo_risk.InvalidArgumentError, match="gamma"):
        Config(gamma=1.5).to_json()
    with pytest.raises(ppo_risk.InvalidArgumentError, match="colour"):
        Config.from_json({"colour": 1})
    with pytest.raises(ValueError, match="`seed` is -1"):
        Random(-1)


def test_a_broken_feed_gets_the_fallback(agent):
    state, prior = inputs(2)
    cash = np.zeros(ACTIONS)
    cash[-1] = 1
    weights, fell_back = agent.select_action_or(cash, state, prior)
    same(weights, agent.select_action(state, prior))
    assert fell_back is False
    out = np.empty(ACTIONS)
    weights, fell_back = agent.select_action_or(cash, at(state, 3, np.nan), prior, out=out)
    assert fell_back is True and weights is out
    same(out, cash)
    with pytest.raises(ppo_risk.InvalidArgumentError, match="fallback"):
        agent.select_action_or(2 * cash, state, prior)


def test_large_batches_on_several_threads_give_the_same_bits(agent):
    states, priors = (np.array(rows) for rows in zip(*(inputs(k) for k in range(200))))
    same(agent.select_actions(states, priors, threads=3), agent.select_actions(states, priors))
    with pytest.raises(ppo_risk.InvalidArgumentError, match="threads"):
        agent.select_actions(states, priors, threads=0)
    with pytest.raises(ValueError, match="`threads` is -1"):
        agent.select_actions(states, priors, threads=-1)


def test_the_parts_of_a_state_explain_the_weights(agent):
    state, prior = inputs(3)
    explained = agent.explain_action(state, prior)
    same(np.array(explained["weights"]), agent.select_action(state, prior))
    moved = sum(np.array(part["moves"]) for part in explained["parts"])
    assert np.abs(explained["at_mean"] + moved - explained["weights"]).max() < 1e-4
    assert {"weights", "returns", "volatility", "cash ratio"} <= {part["block"] for part in explained["parts"]}
    with pytest.raises(ppo_risk.LengthError, match="state"):
        agent.explain_action(state[1:], prior)


def test_a_policy_becomes_an_onnx_model(agent, tmp_path):
    agent.export_onnx(tmp_path / "policy.onnx")
    assert b"weights" in (tmp_path / "policy.onnx").read_bytes()
    with pytest.raises(ppo_risk.InvalidArgumentError, match="path"):
        agent.export_onnx("")
