"""Trains one policy on several processes by torch.distributed with Gloo (`pip install torch==2.11.0`).

    torchrun --nproc-per-node 4 train_gloo.py policy.safetensors 65536

On two machines, with the address of the first: `torchrun --nnodes 2 --nproc-per-node 2 --rdzv-backend c10d
--rdzv-endpoint HOST:29400 train_gloo.py ...` on each. The policy, which rank 0 writes, has the same bytes for 1, 2 and 4
processes. It runs as examples/python/infer.py says, with a library that has the trainer; docs/ranks.md has the rules.
"""

import hashlib
import sys
from datetime import timedelta
from pathlib import Path

# Before ppo_risk: both use one libtorch, and that has to be PyTorch's, of the version that the library was built with.
import torch
import torch.distributed as dist

from ppo_risk import Agent, Collectives, Config, Device, Market, Trainer

SPEC = {"assets": ["A", "B", "C"], "state": {"window": 20}, "action": {},
        "network": {"mlp": {"hidden": [64, 64], "activation": "tanh", "shared_trunk": True}}}
MODEL = {"model": "gbm", "assets": ["A", "B", "C"], "drift": [0.08, 0.06, 0.04],
         "covariance": [[0.04, 0.01, 0.01], [0.01, 0.03, 0.01], [0.01, 0.01, 0.02]]}


class Gloo(Collectives):
    """The processes of torch.distributed's group."""

    def __init__(self) -> None:
        self.rank, self.size = dist.get_rank(), dist.get_world_size()

    def allgather(self, send: memoryview, received: memoryview) -> None:
        parts = torch.frombuffer(received, dtype=torch.uint8).chunk(self.size)
        dist.all_gather(list(parts), torch.frombuffer(bytearray(send), dtype=torch.uint8))


def main() -> None:
    path, decisions = Path(sys.argv[1]), int(sys.argv[2])
    # Where a rank is gone or hangs, the others' gather fails after this time, and training ends with its error.
    dist.init_process_group("gloo", timeout=timedelta(minutes=2))
    # A thread for each process: two cores of one machine are two processes, or one process with two threads.
    config = Config(seed=1, total_steps=decisions, n_envs=64, n_steps=64, batch_size=1024, threads=1, device=Device.CPU)
    agent, ranks = Agent(SPEC, config), Gloo()
    with Trainer(agent, Market.simulated(MODEL), config) as trainer:
        trainer.join(ranks)
        last = trainer.train()
    if ranks.rank == 0:
        agent.save(path)
        print(f"ranks {ranks.size}: {last.env_steps} decisions, {last.env_steps_per_s:.0f} a second")
        print(f"{path.name}: sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
