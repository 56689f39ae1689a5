"""Trains one policy on several processes of a Ray cluster (`pip install ray`).

    python3 train_ray.py 4 policy.safetensors 65536

Without RAY_ADDRESS it starts a cluster on this machine. The ranks meet in an actor, through which all bytes go: enough
for small networks. The policy has the same bytes for 1, 2 and 4 ranks. It runs as examples/python/infer.py says, with a
library that has the trainer, on every machine of the cluster; docs/ranks.md has the rules.
"""

# Not all of Ray says its types.
# pyright: reportUnknownMemberType=false
import asyncio
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import ray

from ppo_risk import Agent, Collectives, Config, Device, Market, Trainer

SPEC = {"assets": ["A", "B", "C"], "state": {"window": 20}, "action": {},
        "network": {"mlp": {"hidden": [64, 64], "activation": "tanh", "shared_trunk": True}}}
MODEL = {"model": "gbm", "assets": ["A", "B", "C"], "drift": [0.08, 0.06, 0.04],
         "covariance": [[0.04, 0.01, 0.01], [0.01, 0.03, 0.01], [0.01, 0.01, 0.02]]}
#: Seconds after which a rank gives up on the others.
TIME_OUT = 120.0


class Meeting:
    """Where every rank leaves its bytes, and gets those of all once the last has come."""

    def __init__(self, size: int) -> None:
        self.size, self.parts = size, dict[int, bytes]()

    async def gather(self, rank: int, part: bytes) -> bytes:
        if not self.parts:
            self.complete = asyncio.get_running_loop().create_future()
        complete, self.parts[rank] = self.complete, part
        if len(self.parts) == self.size:
            complete.set_result(b"".join(self.parts[number] for number in range(self.size)))
            self.parts = {}
        whole: bytes = await complete
        return whole


class Ranks(Collectives):
    """The ranks that meet there."""

    def __init__(self, rank: int, size: int, meeting: Any) -> None:
        self.rank, self.size, self.meeting = rank, size, meeting

    def allgather(self, send: memoryview, received: memoryview) -> None:
        received[:] = ray.get(self.meeting.gather.remote(self.rank, bytes(send)), timeout=TIME_OUT)


@ray.remote
def train(rank: int, size: int, meeting: Any, decisions: int) -> "tuple[bytes, float]":
    """The policy and the decisions a second of all ranks together."""
    config = Config(seed=1, total_steps=decisions, n_envs=64, n_steps=64, batch_size=1024, threads=1, device=Device.CPU)
    agent = Agent(SPEC, config)
    with Trainer(agent, Market.simulated(MODEL), config) as trainer:
        trainer.join(Ranks(rank, size, meeting))
        last = trainer.train()
    return agent.to_bytes(), last.env_steps_per_s


def main() -> None:
    size, path, decisions = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    if "RAY_ADDRESS" in os.environ:
        ray.init()
    else:
        ray.init(num_cpus=size, include_dashboard=False)  # all ranks have to run at once
    meeting = ray.remote(Meeting).remote(size)
    policy, rate = ray.get([train.remote(rank, size, meeting, decisions) for rank in range(size)])[0]
    path.write_bytes(policy)
    print(f"ranks {size}: {rate:.0f} decisions a second")
    print(f"{path.name}: sha256 {hashlib.sha256(policy).hexdigest()}")


if __name__ == "__main__":
    main()
