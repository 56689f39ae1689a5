"""Trains one policy on several processes by MPI (`pip install mpi4py`, and an MPI such as Open MPI).

    mpirun -n 4 python3 -m mpi4py train_mpi4py.py policy.safetensors 65536

`-m mpi4py` ends all processes when one of them fails. The policy, which rank 0 writes, has the same bytes for 1, 2 and
4 processes. It runs as examples/python/infer.py says, with a library that has the trainer; docs/ranks.md has the rules.
"""

import hashlib
import sys
from pathlib import Path

from mpi4py import MPI

from ppo_risk import Agent, Collectives, Config, Device, Market, Trainer

SPEC = {"assets": ["A", "B", "C"], "state": {"window": 20}, "action": {},
        "network": {"mlp": {"hidden": [64, 64], "activation": "tanh", "shared_trunk": True}}}
MODEL = {"model": "gbm", "assets": ["A", "B", "C"], "drift": [0.08, 0.06, 0.04],
         "covariance": [[0.04, 0.01, 0.01], [0.01, 0.03, 0.01], [0.01, 0.01, 0.02]]}


class Mpi(Collectives):
    """The processes that mpirun started."""

    rank, size = MPI.COMM_WORLD.Get_rank(), MPI.COMM_WORLD.Get_size()

    def allgather(self, send: memoryview, received: memoryview) -> None:
        MPI.COMM_WORLD.Allgather([send, MPI.BYTE], [received, MPI.BYTE])


def main() -> None:
    path, decisions = Path(sys.argv[1]), int(sys.argv[2])
    # A thread for each process: two cores of one machine are two processes, or one process with two threads.
    config = Config(seed=1, total_steps=decisions, n_envs=64, n_steps=64, batch_size=1024, threads=1, device=Device.CPU)
    agent, ranks = Agent(SPEC, config), Mpi()
    with Trainer(agent, Market.simulated(MODEL), config) as trainer:
        trainer.join(ranks)
        last = trainer.train()
    if ranks.rank == 0:
        agent.save(path)
        print(f"ranks {ranks.size}: {last.env_steps} decisions, {last.env_steps_per_s:.0f} a second")
        print(f"{path.name}: sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
