"""Ranks that train one policy: threads that gather through memory."""

import threading

import pytest
from conftest import PLAIN, needs_training

from ppo_risk import Agent, CollectiveError, Collectives, Config, Device, Market, Trainer

GBM = {"model": "gbm", "assets": ["A", "B"], "drift": [0.05, 0.1], "covariance": [[0.04, 0.01], [0.01, 0.09]]}


class Memory:
    def __init__(self, size):
        self.sent = [b""] * size
        self.barrier = threading.Barrier(size)


class Rank(Collectives):
    def __init__(self, rank, memory):
        self.rank, self.size, self.memory = rank, len(memory.sent), memory
        self.raises = None

    def allgather(self, send, received):
        if self.raises:
            self.memory.barrier.abort()
            raise self.raises
        self.memory.sent[self.rank] = bytes(send)
        self.memory.barrier.wait(10)
        received[:] = b"".join(self.memory.sent)
        self.memory.barrier.wait(10)


def trainer():
    config = Config(seed=3, total_steps=10_000, n_envs=64, n_steps=8, batch_size=128, threads=1, device=Device.CPU)
    agent = Agent(PLAIN, config)
    return agent, Trainer(agent, Market.simulated(GBM), config)


def on_ranks(size, work):
    """What `work(rank, agent, trainer)` answers, or raises, on every rank."""
    memory, answers = Memory(size), [None] * size

    def run(number):
        agent, made = trainer()
        with made:
            rank = Rank(number, memory)
            made.join(rank)
            try:
                answers[number] = work(rank, agent, made)
            except Exception as error:
                answers[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def three_updates(rank, agent, made):
    for _ in range(3):
        made.update()
    return agent.to_bytes()


@needs_training
@pytest.mark.parametrize("size", [2, 4])
def test_the_policy_is_that_of_one_trainer_alone(size):
    agent, alone = trainer()
    with alone:
        expected = three_updates(None, agent, alone)
    assert on_ranks(size, three_updates) == [expected] * size


@needs_training
def test_what_a_rank_raises_is_raised():
    def fails(rank, agent, made):
        made.update()
        if rank.rank == 1:
            rank.raises = TimeoutError("rank 0 is gone")
        made.update()

    answers = on_ranks(2, fails)
    assert isinstance(answers[0], threading.BrokenBarrierError)
    assert isinstance(answers[1], TimeoutError) and "rank 0 is gone" in str(answers[1])


@needs_training
def test_a_rank_with_another_configuration_is_named():
    memory, answers = Memory(2), [None, None]

    def run(number):
        config = Config(seed=number, total_steps=10_000, n_envs=64, n_steps=8, batch_size=128, threads=1, device=Device.CPU)
        with Trainer(Agent(PLAIN, config), Market.simulated(GBM), config) as made:
            made.join(Rank(number, memory))
            with pytest.raises(CollectiveError, match="rank 1 has another configuration than rank 0"):
                made.update()
            answers[number] = True

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True, True]
