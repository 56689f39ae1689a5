"""The examples of sweeps: a SLURM array of seeds, Optuna and Ray Tune over options of the command line, joblib and Dask over seeds."""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from statistics import median

import numpy as np
import ppo_risk
import pytest
from conftest import ROOT, needs, needs_training

SWEEPS = ROOT / "examples" / "sweeps"
PROGRAM = os.environ.get("PPO_RISK", "")
SIMULATED = ["--market", "simulated", "--asset-count", "3", "--test-bars", "400"]

needs_program = pytest.mark.skipif(not PROGRAM, reason="PPO_RISK does not name the program, which cargo test builds")


def array_task(folder, arguments, task="3"):
    """What SLURM starts in a task of the array, but for the options that begin with #SBATCH."""
    return subprocess.Popen(["bash", SWEEPS / "seeds.sbatch", *arguments], cwd=folder, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True,
                            env={**os.environ, "SLURM_ARRAY_TASK_ID": task, "SLURM_CPUS_PER_TASK": "1"})


def done(process, status):
    said, _ = process.communicate(timeout=120)
    assert process.returncode == status, said
    return said


@needs_program
def test_a_task_of_the_slurm_array_trains_its_seed(tmp_path):
    arguments = [*SIMULATED, "--steps", "4096"]
    done(array_task(tmp_path, arguments), 0)
    summary = json.loads((tmp_path / "sweep" / "seed-3" / "summary.json").read_text())
    assert [seed["seed"] for seed in summary["seeds"]] == [3]
    config = json.loads((tmp_path / "sweep" / "seed-3" / "config.json").read_text())
    assert config["train"]["threads"] == 1 and config["train"]["total_steps"] == 4096
    done(array_task(tmp_path, arguments, task="4"), 0)
    assert sorted(path.name for path in (tmp_path / "sweep").iterdir()) == ["seed-3", "seed-4"]
    assert done(array_task(tmp_path, arguments), 0) == "sweep/seed-3 is finished\n"
    assert "--gamma" in done(array_task(tmp_path, [*arguments, "--gamma", "7"], task="5"), 2)


@needs_program
def test_a_task_that_was_stopped_goes_on(tmp_path):
    arguments = [*SIMULATED, "--steps", "300000"]
    done(array_task(tmp_path, arguments), 0)
    expected = (tmp_path / "sweep" / "seed-3" / "policy.safetensors").read_bytes()
    again = tmp_path / "again"
    again.mkdir()
    task = array_task(again, arguments)
    figures = again / "sweep" / "seed-3" / "training-seed-3.csv"
    while not figures.exists() or figures.read_text().count("\n") < 3:
        assert task.poll() is None, task.communicate()
        time.sleep(0.01)
    task.send_signal(signal.SIGINT)
    done(task, 130)
    assert not (again / "sweep" / "seed-3" / "summary.json").exists()
    done(array_task(again, arguments), 0)
    assert (again / "sweep" / "seed-3" / "policy.safetensors").read_bytes() == expected


@pytest.fixture
def prices(tmp_path):
    """Daily closes of three assets, before and after the end of the validation range."""
    first, random = datetime.date(1999, 1, 4), np.random.default_rng(1)
    days = [day for day in (first + datetime.timedelta(n) for n in range(5500)) if day.weekday() < 5]
    closes = 100.0 * np.exp(np.cumsum(random.normal(0.0003, 0.01, (len(days), 3)), axis=0))
    assert days[-1].year == 2014
    path = tmp_path / "prices.csv"
    path.write_text("date,A,B,C\n" + "".join(f"{day},{a:.4f},{b:.4f},{c:.4f}\n" for day, (a, b, c) in zip(days, closes)))
    return path


def sweep(name, folder, trials, prices):
    arguments = [str(trials), "--prices", prices, "--steps", "4096"]
    settings = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0"}
    ran = subprocess.run([sys.executable, SWEEPS / name, folder, *arguments], capture_output=True, text=True, timeout=300,
                         env=settings)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def values(folder):
    """What the trials came to, by the summaries that they left; none has seen the test."""
    found = []
    for path in folder.glob("*/summary.json"):
        summary = json.loads(path.read_text())
        assert summary["provenance"]["train_period"]["to"] == "2004-12-31"
        assert summary["provenance"]["test_period"]["to"] == "2012-12-31"
        found.append(median(seed["sharpe_difference"]["prior"]["median"] for seed in summary["seeds"]))
    return found


@needs_program
def test_an_optuna_study_is_of_the_validation_range_and_goes_on(tmp_path, prices):
    needs(packages=("optuna",))
    for trials in (1, 2):
        said = sweep("optuna_study.py", tmp_path / "study", 1, prices)
        found = values(tmp_path / "study")
        assert len(found) == trials
        assert f"best of {trials}: " in said and f"Sharpe ratio over the prior's {max(found):.3f} (validation)" in said
    assert "--train-until 2012-12-31 --test-from 2013-01-01 --learning-rate " in said
    trials = [json.loads((tmp_path / "study" / f"trial-{n}" / "config.json").read_text()) for n in (0, 1)]
    assert trials[0]["train"]["ppo"]["gamma"] != trials[1]["train"]["ppo"]["gamma"]


@needs_program
def test_ray_tune_is_of_the_validation_range(tmp_path, prices):
    needs(packages=("ray", "fsspec"))
    said = sweep("ray_tune.py", tmp_path / "tune", 2, prices)
    found = values(tmp_path / "tune")
    assert len(found) == 2
    assert f"best of 2: Sharpe ratio over the prior's {max(found):.3f} (validation)" in said


@needs_program
def test_a_trial_that_fails_says_so(tmp_path, prices, monkeypatch):
    monkeypatch.syspath_prepend(SWEEPS)
    from trial import sharpe_over_prior

    with pytest.raises(subprocess.CalledProcessError):
        sharpe_over_prior("wrong", {"gamma": 7}, tmp_path, ["--prices", str(prices)])
    assert "--gamma" in (tmp_path / "wrong.log").read_text()


@needs_training
@pytest.mark.parametrize("name, package", [("joblib_seeds.py", "joblib"), ("dask_seeds.py", "distributed")])
def test_seeds_are_trained_in_processes_as_in_one(name, package, tmp_path, prices):
    needs(packages=(package,))
    ran = subprocess.run([sys.executable, SWEEPS / name, prices, "2009-12-31", "2", "2048"], cwd=tmp_path, capture_output=True,
                         text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    # What the examples say, in this process: objects that travel are the same to the bit.
    market = ppo_risk.Market.from_csv(prices)
    past, later = market.select(last="2009-12-31"), market.select(first="2009-12-31")
    equal, lines = ppo_risk.Backtest.baseline(later, ppo_risk.Baseline.EQUAL_WEIGHT), []
    spec = {"assets": market.assets, "state": {"assets": 3, "window": 20, "account": False, "columns": []},
            "action": {"distribution": "gaussian", "cash": True, "prior": "equal_weight"},
            "network": {"scorer": {"hidden": [32, 32]}}}
    for seed in range(2):
        config = ppo_risk.Config(seed=seed, total_steps=2048, threads=1, gamma=0.9, reward=ppo_risk.Reward.LOG_RETURN)
        agent = ppo_risk.Agent(spec, config)
        with ppo_risk.Trainer(agent, past, config) as trainer:
            trainer.train()
        found = ppo_risk.Backtest.run(agent, later)
        lines.append(f"seed {seed}: Sharpe ratio {found.summary().sharpe:.3f}, over equal weight's {found.compare(equal).median:.3f}")
    assert sorted(ran.stdout.splitlines()) == lines and lines[0][8:] != lines[1][8:]
