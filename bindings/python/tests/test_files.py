"""Files that are not there, as Python says it: every call that takes a path."""

import errno
import pickle

import pytest
from conftest import PLAIN, needs_training

from ppo_risk import Agent, Config, Device, Error, IoError, Market, MissingFileError, Trainer

MODEL = {"model": "gbm", "assets": ["A", "B"], "drift": [0.0, 0.0], "covariance": [[0.01, 0.0], [0.0, 0.01]]}


def agent():
    return Agent(PLAIN)


def trainer():
    return Trainer(agent(), Market.simulated(MODEL), Config(total_steps=64, n_envs=1, n_steps=64, batch_size=64, device=Device.CPU))


READING = [Agent.load, Market.from_csv]
WRITING = [lambda path: agent().save(path), lambda path: agent().export_onnx(path),
           lambda path: Market.simulate_prices(MODEL, 3).to_csv(path)]
TRAINING = [lambda path: Trainer.resume(path, Market.simulated(MODEL)), lambda path: trainer().save(path),
            lambda path: trainer().train(checkpoint_path=path), lambda path: trainer().start(checkpoint_path=path).wait()]


@pytest.mark.parametrize("call", [*READING, *WRITING, *(pytest.param(call, marks=needs_training) for call in TRAINING)])
def test_what_is_not_there_is_a_file_not_found_error(call, tmp_path):
    path = tmp_path / "nowhere" / "file"
    with pytest.raises(FileNotFoundError) as caught:
        call(path)
    error = caught.value
    assert isinstance(error, MissingFileError) and isinstance(error, IoError)
    assert (error.errno, error.filename, error.name) == (errno.ENOENT, path, "PPO_ERR_IO")
    assert str(path) in error.message
    same = pickle.loads(pickle.dumps(error))
    assert (type(same), same.args, same.filename, str(same)) == (MissingFileError, error.args, path, str(error))


@pytest.mark.parametrize("call", [*READING, *WRITING])
def test_what_is_there_and_cannot_be_used_is_none(call, tmp_path):
    with pytest.raises(Error) as caught:
        call(tmp_path)  # a folder
    assert not isinstance(caught.value, FileNotFoundError)


def test_a_relative_path_is_one_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    agent().save("new.safetensors")
    assert Agent.load(b"new.safetensors").assets == ("A", "B")
    with pytest.raises(FileNotFoundError):
        Agent.load("old.safetensors")
