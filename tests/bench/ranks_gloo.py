"""Ranks that gather by torch.distributed with Gloo, in the processes that torchrun starts; one started alone is one rank.

    ranks_gloo.py INPUTS efficiency    of two: prints the rate as ranks over the rate alone, in turn
    ranks_gloo.py INPUTS policies OUT  writes OUT/gloo-RANKS, the policy

The work is that of tests/bench/c/training.h, which has the C programs' part of it.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

import torch  # before ppo_risk, which then uses its libtorch
import torch.distributed as dist

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples" / "python"))
from train_gloo import Gloo

from ppo_risk import Agent, Config, Device, Market, Trainer

REPEATS, UPDATES, WARM_UP, POLICY_UPDATES = 9, 4, 3, 3


def begin(folder, ranks=None):
    config = Config(total_steps=1 << 40, device=Device.CPU, ent_coef=0.01, threads=1, n_envs=64, n_steps=64, batch_size=1024)
    agent = Agent(json.loads((folder / "spec.json").read_text()))
    trainer = Trainer(agent, Market.simulated(json.loads((folder / "market.json").read_text())), config)
    if ranks is not None:
        trainer.join(ranks)
    return agent, trainer


def updates(trainer, times):
    for _ in range(times):
        trainer.update()


def rate_of(trainer):
    start = time.perf_counter()
    updates(trainer, UPDATES)
    return UPDATES * 64 * 64 / (time.perf_counter() - start)


def efficiency(folder, ranks):
    ratios = []
    (_, alone), (_, together) = begin(folder), begin(folder, ranks)
    updates(alone, WARM_UP)
    updates(together, WARM_UP)
    for _ in range(REPEATS):
        dist.barrier()
        apart = torch.tensor([rate_of(alone)], dtype=torch.float64)
        dist.all_reduce(apart)
        ratios.append(rate_of(together) / apart.item())
    return median(ratios)


folder, what = Path(sys.argv[1]), sys.argv[2]
dist.init_process_group("gloo")
ranks = Gloo()
if what == "efficiency":
    found = efficiency(folder, ranks)
    if ranks.rank == 0:
        print(f"ranks_2_efficiency_gloo {found:.3f}")
else:
    agent, trainer = begin(folder, ranks)
    updates(trainer, POLICY_UPDATES)
    if ranks.rank == 0:
        agent.save(Path(sys.argv[3]) / f"gloo-{ranks.size}")
dist.destroy_process_group()
