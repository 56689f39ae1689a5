"""Copies and pickles. An object is copied by value, or refuses with words that say what to do; a copy is the equal of
the original and nothing of it, in this process and in another one.

Every public class is looked at: one that `MADE` has no entry for fails the test, whoever adds it.
"""

import copy
import dataclasses
import importlib
import inspect
import multiprocessing
import pickle
import pkgutil
from enum import Enum

import numpy as np
import pytest
from conftest import PLAIN, ROOT, inputs, needs_training

import ppo_risk
import ppo_risk.gymnasium
from ppo_risk import (Agent, Backtest, Baseline, Conventions, Config, Decider, DrawdownMonitor, Environments, Hedge,
                      HostEnvironment, HostStep, Limits, Book, Market, Performance, Portfolio, PositionSizer,
                      Precision, Random, RegimeTracker, Reward, RiskManager, Atr)

#: What the saved checkpoints were written on. Made by `prices(300)`, but read: numpy's exp has other last digits on other
#: processors.
CLOSES = np.loadtxt(ROOT / "tests" / "golden" / "saved_closes.csv", delimiter=",", skiprows=1)
GBM = {"model": "gbm", "assets": ["A", "B"], "drift": [0.05, 0.1], "covariance": [[0.04, 0.01], [0.01, 0.09]]}
RISK = {"limits": {"max_weights": [0.6, 0.5], "min_cash": 0.1}, "positions": None}


def agent():
    return Agent(PLAIN, Config(seed=3))


def market():
    span = np.abs(np.sin(np.arange(600.0))).reshape(300, 2)
    return Market(CLOSES, assets=["A", "B"], times=np.arange("2020-01-01", 300, dtype="datetime64[D]"),
                  highs=CLOSES * 1.01, lows=CLOSES * 0.99, volumes=span, cash_rate=np.full(300, 0.02), signals=span[:, :1],
                  columns=["X"], prior=np.full((300, 3), 1 / 3)).select(20, 250)


def plain_market():
    return Market(CLOSES, assets=["A", "B"])


def portfolio():
    made = Portfolio(agent(), {"balance": 5000.0})
    for row in CLOSES[:60]:
        made.push_prices(row)
        if made.ready:
            made.rebalance()
    return made


def managed():
    made = Book(agent(), {"balance": 5000.0}, RISK)
    for row in CLOSES[:60]:
        made.decide(row) if made.ready else made.observe(row)
    return made


def manager():
    made = RiskManager(2, RISK)
    for row in CLOSES[:60]:
        made.manage(row, [0.7, 0.3], [0.5, 0.5], 1000.0 * row[0])
    return made


def performance():
    made = Performance(Conventions(bars_per_year=52, risk_free=0.001))
    for value in np.diff(CLOSES[:60, 0]) / CLOSES[:59, 0]:
        made.push(value)
    return made


def regimes():
    made = RegimeTracker.fit(np.random.default_rng(0).normal(0, [[0.01]] * 150 + [[0.03]] * 150), 2, seed=1, starts=2)
    made.update([0.02])
    return made


def ranges():
    made = Atr(2, 5)
    for row in CLOSES[:20]:
        made.update(row, 1.01 * row, 0.98 * row)
    return made


def limits():
    made = Limits(2, {"max_turnover": 0.3})
    for row in np.diff(CLOSES[:40], axis=0) / CLOSES[:39]:
        made.push_returns(row)
    return made


def drawdowns():
    made = DrawdownMonitor({"reduce_at": 0.05, "stop_at": 0.2})
    made.update(100.0), made.update(93.0)
    return made


def hedge():
    made = Hedge({"threshold": 0.05, "band": 0.02})
    made.decide(0.1, [0.5, 0.5], 1000.0)
    return made


def environments():
    made = Environments(PLAIN, plain_market(), Config(seed=4, episode_len=30), count=3)
    for _ in range(7):
        made.step_weights(np.full((3, 3), 1 / 3))
    return made


def decider():
    made = agent().decider()
    made.state[:] = np.linspace(-1, 1, made.state.size)
    made()
    return made


def env():
    made = ppo_risk.gymnasium.Env(PLAIN, plain_market(), Config(episode_len=30))
    made.reset(seed=5)
    made.step(np.zeros(3, np.float32))
    return made


def vector_env():
    made = ppo_risk.gymnasium.VectorEnv(PLAIN, plain_market(), Config(episode_len=30), num_envs=2)
    made.reset(seed=5)
    made.step(np.zeros((2, 3), np.float32))
    return made


def flat(value):
    """Something that is equal where two answers are the same to the bit."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return flat(value.tolist())
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, float):
        return np.float64(value).tobytes()
    if isinstance(value, dict):
        return {key: flat(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [flat(entry) for entry in value]
    if dataclasses.is_dataclass(value):
        return flat([getattr(value, field.name) for field in dataclasses.fields(value)])
    return value


def next_bars(account):
    """What a portfolio does at the bars to come."""
    found = [account.account()]
    for row in CLOSES[60:90]:
        if isinstance(account, Book):
            found += [account.decide(row), account.traded()]
        else:
            account.push_prices(row)
            found += [account.rebalance(), account.seen()]
        found.append(account.account())
    return found


def drawn(stream):
    state = np.linspace(-1, 1, 7, dtype=np.float32)
    return [agent().sample_action(stream, state) for _ in range(5)]


def decided(one):
    states = np.linspace(-1, 1, 7 * 50, dtype=np.float32).reshape(50, 7)
    return one.select_actions(states), one.value(states[0]), one.spec, one.precision


def looked_at(one):
    learner = Backtest.baseline(one, Baseline.EQUAL_WEIGHT) if one.columns == () and len(one) else None
    return (one.digest, one.assets, one.columns, len(one), one.range if len(one) else None,
            one.closes() if len(one) else one.parameters, one.times if len(one) else 0, learner and learner.returns,
            one.to_bytes())


def stepped(envs):
    steps = [envs.step_weights(np.full((3, 3), 1 / 3)) for _ in range(40)]
    return steps, envs.portfolios(), envs.take_episodes()


def manage_on(one):
    return [one.manage(row, [0.7, 0.3], [0.5, 0.5], 1000.0 * row[0]) for row in CLOSES[60:90]], one.config


def pushed(one):
    one.push(0.01), one.push(-0.02)
    return one.read()


def regimes_on(one):
    one.update([0.01]), one.update(None)
    return one.probabilities(), one.factors(), one.observation_len, one.regime_count


def ranges_on(one):
    one.update(CLOSES[20], CLOSES[20] * 1.02, CLOSES[20])
    return one.values(), one.seen


def hedged_on(one):
    return one.decide(0.045, [0.5, 0.4], 900.0), one.decide(0.01, [0.5, 0.4], 900.0)


def decide_again(one):
    before = one.weights.copy()
    one.state[0] += 0.5
    return before, one(), one.state.copy()


def played(one):
    return [one.step(np.full(one.action_space.shape, 0.3, np.float32)) for _ in range(40)]


#: For each kind of object that lives in the library, or holds one that does: how one is made, and what it does next.
BY_VALUE = {
    "Agent": (agent, decided),
    "Market": (market, looked_at),
    "Portfolio": (portfolio, next_bars),
    "Book": (managed, next_bars),
    "RiskManager": (manager, manage_on),
    "Random": (lambda: Random(1, 2), drawn),
    "Performance": (performance, pushed),
    "RegimeTracker": (regimes, regimes_on),
    "Atr": (ranges, ranges_on),
    "Limits": (limits, lambda one: one.apply([0.9, 0.1], [0.2, 0.8])),
    "DrawdownMonitor": (drawdowns, lambda one: (one.update(90.0), one.update(99.0))),
    "Hedge": (hedge, hedged_on),
    "PositionSizer": (lambda: PositionSizer(2, {"risk_per_position": 0.02}), lambda one: one.size(1e4, [0.5, 0.5], [9, 8], [1, 1])),
    "Environments": (environments, stepped),
    "Backtest": (lambda: Backtest.run(agent(), plain_market(), managed=True),
                 lambda one: (one.summary(), one.returns, one.weights, one.times, one.reasons(), one.risk(), one.assets)),
    "Decider": (decider, decide_again),
    "Env": (env, played),
    "VectorEnv": (vector_env, played),
}
#: More of a kind than one object shows.
BY_VALUE_TOO = {
    "Agent of bf16": (lambda: precise(agent()), decided),
    "Agent with a prior": (lambda: Agent.load(ROOT / "models" / "sp500-20-stocks.safetensors"),
                           lambda one: (one.select_action(*inputs(1)), one.provenance)),
    "Market without end": (lambda: Market.simulated(GBM), looked_at),
    "Market without names": (lambda: Market(CLOSES), looked_at),
    "Portfolio of another agent": (lambda: moved(portfolio()), next_bars),
    "Book of another agent": (lambda: moved(managed()), next_bars),
    "Backtest of a baseline": (lambda: Backtest.baseline(plain_market(), Baseline.RISK_PARITY),
                               lambda one: (one.summary(), one.equity, one.costs, one.turnover)),
    "Performance by default": (lambda: Performance(), pushed),
}
EVERY_VALUE = {**BY_VALUE, **BY_VALUE_TOO}
#: What cannot be copied, and a word of what to do.
REFUSED = {"Trainer": "agent()", "Job": "Trainer.resume", "gymnasium.HostEnvironment": "HostEnvironment(make)"}
#: Plain data, which copies and compares as such.
DATA = {"Config": lambda: Config(seed=7, reward=Reward.CRRA, clip_range=0.3)}


def precise(one):
    one.set_precision(Precision.BF16)
    return one


def moved(account):
    account.set_agent(Agent(PLAIN, Config(seed=11)))
    return account


class Simulator(HostEnvironment):
    """A program's own environments, which are Python's to copy."""

    def reset(self, env, seed):
        return np.zeros(7, np.float32), None

    def step(self, env, weights):
        return HostStep(np.zeros(7, np.float32), float(weights[0]))


class Named(Agent):
    """A program's own subclass, with something of its own."""

    __slots__ = ("name", "notes")

    def __init__(self, name):
        super().__init__(PLAIN)
        self.name, self.notes = name, [name]


def public_classes():
    """Every class that the package's users see."""
    found = {}
    for place in (ppo_risk, ppo_risk.gymnasium):
        for name in place.__all__:
            kind = getattr(place, name)
            if inspect.isclass(kind):
                found[f"gymnasium.{name}" if name == "HostEnvironment" and place is ppo_risk.gymnasium else name] = kind
    return found


def copies(one):
    """One by each way there is."""
    ways = [copy.copy(one), copy.deepcopy(one)]
    return ways + [pickle.loads(pickle.dumps(one, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]


def test_every_public_class_has_an_answer():
    for name, kind in public_classes().items():
        if issubclass(kind, BaseException):
            if issubclass(kind, ppo_risk.Error):
                again = pickle.loads(pickle.dumps(kind("words", -3)))
                assert type(again) is kind and (again.message, again.code) == ("words", -3)
        elif issubclass(kind, Enum):
            assert all(pickle.loads(pickle.dumps(member)) is member and copy.deepcopy(member) is member for member in kind)
        elif issubclass(kind, tuple) or dataclasses.is_dataclass(kind):
            count = len(kind._fields) if issubclass(kind, tuple) else len(dataclasses.fields(kind))
            one = kind(*range(count))
            assert all(again == one and type(again) is kind for again in copies(one))
        elif inspect.isabstract(kind):
            assert name in ("Collectives", "HostEnvironment")
            assert all(type(again) is Simulator for again in copies(Simulator()))
        else:
            assert name in BY_VALUE or name in REFUSED or name in DATA, f"nothing says how a {name} is copied"


def test_no_module_hides_a_class_that_owns_a_handle():
    """A class that lives in the library is public, so that the test above has seen it."""
    for module in pkgutil.iter_modules(ppo_risk.__path__):
        for name, kind in vars(importlib.import_module(f"ppo_risk.{module.name}")).items():
            if inspect.isclass(kind) and issubclass(kind, ppo_risk.agent.Handle) and not name.startswith("_"):
                assert name in public_classes() or name == "Handle", name


@pytest.mark.parametrize("name", EVERY_VALUE)
def test_a_copy_is_the_equal_and_independent_of_the_original(name):
    make, use = EVERY_VALUE[name]
    expected = flat(use(make()))
    one = make()
    twins = copies(one)
    assert all(type(twin) is type(one) for twin in twins)
    if isinstance(one, ppo_risk.agent.Handle):
        assert all(twin == one and not twin != one for twin in twins)
    # In turn, each after the others have moved: they share nothing that moves.
    for turn, twin in enumerate([*twins, one]):
        assert flat(use(twin)) == expected, turn
    left = copy.copy(make())
    del one, twins
    assert flat(use(left)) == expected


def test_what_differs_is_not_equal():
    assert Random(1, 2) != Random(1, 3) and Random(1, 2) == Random(1, 2) and Random(1, 2) != "Random(1, 2)"
    one, other = agent(), precise(agent())
    assert one != other and performance() != Performance()
    moved_on = portfolio()
    next_bars(moved_on)
    assert moved_on != portfolio()


def test_a_decider_beside_a_prior_takes_the_prior_along():
    one = Agent.load(ROOT / "models" / "sp500-20-stocks.safetensors").decider()
    one.state[:] = np.linspace(-1, 1, one.state.size)
    one.prior[:] = np.arange(1, one.prior.size + 1) / np.arange(1, one.prior.size + 1).sum()
    expected = one().copy()
    for twin in copies(one):
        assert np.array_equal(twin.prior, one.prior) and np.array_equal(twin(), expected)


def answers(names):
    return {name: flat(EVERY_VALUE[name][1](one)) for name, one in names.items()}


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_in_another_process_it_decides_the_same_bits(method):
    """Every kind at once, so that one process is started."""
    objects = {name: make() for name, (make, _) in EVERY_VALUE.items()}
    context = multiprocessing.get_context(method)
    with context.Pool(1) as pool:
        found = pool.apply(answers, (objects,))
    for name, (make, use) in EVERY_VALUE.items():
        assert found[name] == flat(use(make())), name


def run(seed, one, world):
    return Backtest.run(one, world, cost_rate=0.001 * seed)


def test_joblib():
    joblib = pytest.importorskip("joblib")
    world = plain_market()
    work = [joblib.delayed(run)(seed, agent(), world) for seed in range(3)]
    for seed, found in enumerate(joblib.Parallel(n_jobs=2)(work)):
        assert found.returns.tobytes() == run(seed, agent(), world).returns.tobytes()


class Made:
    """What makes an environment in a worker, as people write it: around a market and an agent of their own."""

    def __init__(self):
        self.agent, self.market, self.config = agent(), plain_market(), Config(episode_len=30)

    def __call__(self):
        return ppo_risk.gymnasium.Env(self.agent, self.market, self.config)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_gymnasiums_workers(method):
    import gymnasium

    make = Made()
    envs = gymnasium.vector.AsyncVectorEnv([make, make], context=method)
    try:
        found = [envs.reset(seed=[3, 4])[0], *(envs.step(np.zeros((2, 3), np.float32))[0] for _ in range(5))]
    finally:
        envs.close()
    for index, seed in enumerate((3, 4)):
        here = make()
        expected = [here.reset(seed=seed)[0], *(here.step(np.zeros(3, np.float32))[0] for _ in range(5))]
        assert flat([step[index] for step in found]) == flat(expected)


def test_stable_baselines3s_workers():
    """With PPO_RISK_SB3=1, which has PyTorch."""
    vectors = pytest.importorskip("stable_baselines3.common.vec_env")
    make = Made()
    envs = vectors.SubprocVecEnv([make, make], start_method="spawn")
    try:
        envs.seed(3)
        found = [envs.reset(), *(envs.step(np.zeros((2, 3), np.float32))[0] for _ in range(5))]
    finally:
        envs.close()
    for index, seed in enumerate((3, 4)):
        here = make()
        expected = [here.reset(seed=seed)[0], *(here.step(np.zeros(3, np.float32))[0] for _ in range(5))]
        assert flat([step[index] for step in found]) == flat(expected)


@needs_training
def test_a_copy_does_not_learn_with_the_original():
    one = agent()
    state = np.linspace(-1, 1, 7, dtype=np.float32)
    before = one.select_action(state)
    twins = copies(one)
    work = Portfolio(one), Book(one)
    with ppo_risk.Trainer(one, plain_market(), Config(n_envs=4, n_steps=16, batch_size=32, total_steps=256)) as trainer:
        trainer.train()
        assert (one.select_action(state) != before).any()
        assert all((twin.select_action(state) == before).all() for twin in twins)
        # A portfolio has the policy that it was made with, and so has its copy.
        for account, expected in zip(work, (Portfolio(twins[0]), Book(twins[0]))):
            assert flat(next_bars_from_start(copy.deepcopy(account))) == flat(next_bars_from_start(expected))
        for way in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match=r"a Trainer can be neither copied nor pickled: `agent\(\)`.*Trainer\.resume"):
                way(trainer)
        with trainer.start(most_updates=1) as job:
            for way in (copy.copy, copy.deepcopy, pickle.dumps):
                with pytest.raises(TypeError, match="a Job can be neither .*Trainer.resume"):
                    way(job)
            job.cancel()
        again = copy.deepcopy(trainer.agent())
        assert (again.select_action(state) == one.select_action(state)).all()


def next_bars_from_start(account):
    for row in CLOSES[:60]:
        account.observe(row) if isinstance(account, Book) else account.push_prices(row)
    return next_bars(account)


def test_environments_around_python_say_what_to_do():
    import gymnasium

    host = ppo_risk.gymnasium.HostEnvironment(lambda: gymnasium.make("Pendulum-v1"))
    for way in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"make another one .*HostEnvironment\(make\)"):
            way(host)
    host.close()


def test_a_subclass_keeps_what_is_its_own():
    one = Named("first")
    for again in copies(one):
        assert type(again) is Named and again.name == "first" and again.notes == ["first"]
    assert copy.copy(one).notes is one.notes and copy.deepcopy(one).notes is not one.notes
    # An object that is in a structure twice is copied once.
    pair = copy.deepcopy([one, one])
    assert pair[0] is pair[1] is not one


def test_settings_travel_by_name():
    one = Config(seed=7, reward=Reward.CRRA, reward_parameter=3.0)
    for again in copies(one):
        assert type(again) is Config and again.settings() == one.settings()
        again.seed = 8
        assert one.seed == 7
    assert b"reward_parameter" in pickle.dumps(one)


@pytest.mark.parametrize("make", [agent, market, portfolio, lambda: Random(1)])
def test_a_closed_object_has_no_value(make):
    one = make()
    one.close()
    for way in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(ppo_risk.WrongHandleError, match="closed"):
            way(one)


@pytest.mark.parametrize("call, words", [
    (lambda: Market.from_bytes(b""), "bytes"),
    (lambda: Market.from_bytes(b"x" * 100), "bytes"),
    (lambda: Market.from_bytes(plain_market().to_bytes()[:-1]), "bytes"),
    (lambda: Market.from_bytes(agent().to_bytes()), "something else"),
    (lambda: Random.restore('{"s": [0, 0, 0, 0]}'), "all zeros"),
    (lambda: Random.restore("{}"), "state_json"),
])
def test_bytes_from_elsewhere_are_checked(call, words):
    with pytest.raises(ppo_risk.InvalidArgumentError, match=words):
        call()


def test_a_stars_import_replaces_nothing():
    """`from ppo_risk import *` brings the package's own things, none of them a module or called like one of Python's."""
    import builtins
    import sys

    names = {}
    exec("from ppo_risk import *\nfrom ppo_risk.gymnasium import *", names)
    names.pop("__builtins__")
    assert "Agent" in names and not [name for name, thing in names.items() if inspect.ismodule(thing)]
    assert not set(names) & (set(sys.stdlib_module_names) | set(dir(builtins)) | {"gymnasium", "numpy", "pandas"})
    assert all(getattr(thing, "__module__", "ppo_risk").startswith("ppo_risk") for thing in names.values())
    # And nothing public is left out.
    seen = {name for name, thing in vars(ppo_risk).items() if not name.startswith("_") and not inspect.ismodule(thing)}
    assert seen == set(ppo_risk.__all__)
