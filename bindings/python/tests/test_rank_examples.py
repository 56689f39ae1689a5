"""The examples of training on several processes: by MPI, by torch.distributed with Gloo, and by Ray; and what their manual
computes."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, needs, needs_training

from ppo_risk._library import TORCH_VERSION

EXAMPLES = ROOT / "examples" / "python"
#: Of 64 environments and 64 steps each: two updates.
DECISIONS = 8192


def by_mpi4py(size, path):
    needs(packages=("mpi4py",), programs=("mpirun",))
    return ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", str(size), sys.executable, "-m", "mpi4py",
            EXAMPLES / "train_mpi4py.py", path, str(DECISIONS)]


def by_gloo(size, path):
    return [python_with_torch(), "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(size),
            EXAMPLES / "train_gloo.py", path, str(DECISIONS)]


def by_ray(size, path):
    needs(packages=("ray",))
    return [sys.executable, EXAMPLES / "train_ray.py", str(size), path, str(DECISIONS)]


def python_with_torch() -> str:
    """A Python with PyTorch of the library's version: TORCH_PYTHON, or this one. It is gigabytes, so that no list of what the
    tests need has it but requirements-sb3.txt."""
    python = os.environ.get("TORCH_PYTHON") or sys.executable
    program = "import numpy; from importlib import metadata; print(metadata.version('torch').split('+')[0])"
    found = subprocess.run([python, "-c", program], capture_output=True, text=True).stdout.strip()
    if found != TORCH_VERSION:
        pytest.skip(f"training by Gloo: TORCH_PYTHON names no Python with NumPy and PyTorch {TORCH_VERSION}")
    return python


TRANSPORTS = pytest.mark.parametrize("command", [by_mpi4py, by_gloo, by_ray])


def run(command):
    # As many threads for libtorch as torchrun would set; Ray tells nobody that it was used.
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=settings)


@needs_training
@TRANSPORTS
def test_the_policy_of_two_and_of_four_processes_is_that_of_one(command, tmp_path):
    policies = {}
    for size in (1, 2, 4):
        path: Path = tmp_path / str(size)
        done = run(command(size, path))
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"ranks {size}: " in done.stdout
        policies[size] = path.read_bytes()
        assert f"{size}: sha256 {hashlib.sha256(policies[size]).hexdigest()}\n" in done.stdout
    assert policies[2] == policies[1]
    assert policies[4] == policies[1]


@needs_training
@TRANSPORTS
def test_the_processes_are_ranks_of_one_training(command, tmp_path):
    """Processes that trained alone would have equal policies too: three of them would not be refused."""
    done = run(command(3, tmp_path / "never"))
    assert done.returncode != 0
    assert "`collectives.size` is 3, expected a power of two" in done.stdout + done.stderr
    assert not (tmp_path / "never").exists()


def test_the_picture_of_the_learnt_band_is_that_of_its_figures(tmp_path):
    for name in ("learnt_band.py", "learnt_band.csv"):
        shutil.copy(ROOT / "docs" / name, tmp_path)
    subprocess.run([sys.executable, tmp_path / "learnt_band.py"], check=True)
    assert (tmp_path / "learnt_band.svg").read_text() == (ROOT / "docs" / "learnt_band.svg").read_text()


def test_the_manual_has_what_docs_scale_computes():
    computed = subprocess.run([sys.executable, ROOT / "docs" / "scale.py"], capture_output=True, text=True, check=True).stdout
    assert computed.count("\n| 256 |") == 2
    assert computed.strip() in (ROOT / "docs" / "ranks.md").read_text()
