"""What objects say of themselves, in help() and in a debugger, and which of them are equal."""

import copy
import inspect
import io
import json
import pickle
import pydoc
import re
from dataclasses import is_dataclass
from datetime import datetime, timedelta, timezone
from enum import IntEnum

import numpy as np
import pytest
from conftest import PLAIN, needs_training

import ppo_risk
from ppo_risk import (Account, Agent, Backtest, Baseline, Book, Config, DrawdownMonitor, Environments, Hedge, Limits, Market,
                      Portfolio, PositionSizer, Random, RiskManager, Trade, Trainer)
from ppo_risk._library import library

MODEL = {"model": "gbm", "assets": ["A", "B"], "drift": [0.05, 0.02], "covariance": [[0.04, 0.01], [0.01, 0.03]]}
PUBLIC = {name: getattr(ppo_risk, name) for name in ppo_risk.__all__}
CLASSES = {name: value for name, value in PUBLIC.items() if inspect.isclass(value)}


def prices(seed=1):
    return Market.simulate_prices(MODEL, 300, seed=seed)


def fed(kind):
    """One that has taken in bars, which are part of what it is."""
    made = kind(Agent(PLAIN))
    for close in prices().closes(0, 25):
        made.push_prices(close) if kind is Portfolio else made.observe(close)
    return made


MAKE = {
    "Agent": (lambda: Agent(PLAIN), "2 assets, state of 7"),
    "Market": (prices, "300 bars of 2 assets, 2000-01-03 to 2001-02-23"),
    "Backtest": (lambda: Backtest.baseline(prices(), Baseline.EQUAL_WEIGHT), None),
    "Portfolio": (lambda: fed(Portfolio), "2 assets"),
    "Book": (lambda: fed(Book), "2 assets"),
    "RiskManager": (lambda: RiskManager(2), "2 assets"),
    "Limits": (lambda: Limits(2, {"max_gross": 1.0}), ""),
    "Random": (lambda: Random(3), ""),
    "Environments": (lambda: Environments(PLAIN, Market.simulated(MODEL), count=3), "3 of 2 assets"),
}


def test_all_is_what_a_star_brings_and_has_no_module():
    assert len(set(ppo_risk.__all__)) == len(ppo_risk.__all__)
    assert not any(inspect.ismodule(value) for value in PUBLIC.values())
    defined = {name for name, value in vars(ppo_risk).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert defined == set(ppo_risk.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_help_has_words_for_everything(name):
    found = PUBLIC[name]
    assert inspect.getdoc(found), name
    if name in CLASSES:
        for member, value in vars(found).items():
            if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                assert inspect.getdoc(value), f"{name}.{member}"
    parts = getattr(found, "_fields", ()) or [field for field in getattr(found, "__dataclass_fields__", {})]
    if isinstance(found, type) and issubclass(found, IntEnum):
        parts = [member.name for member in found]
    said = pydoc.plain(pydoc.render_doc(found))
    for part in parts:
        assert f"{part}: " in inspect.getdoc(found), f"help({name}) has no words for {part}"
        assert f"{part}: " in said and "??" not in said
    for field in getattr(found, "_fields", ()):
        assert "Alias for field" not in getattr(found, field).__doc__ and len(getattr(found, field).__doc__) > 3


@pytest.mark.parametrize("name", MAKE)
def test_an_object_says_what_it_is(name):
    make, words = MAKE[name]
    made = make()
    if words is not None:
        assert repr(made) == (f"<{name}: {words}>" if words else f"<{name}>")
    else:
        assert repr(made).startswith(f"<{name}: 47 bars of 2 assets, equity ")
    made.close()
    assert repr(made) == f"<{name}: closed>"


@pytest.mark.parametrize("name", MAKE)
def test_a_copy_is_equal_until_one_goes_on(name):
    made = MAKE[name][0]()
    for other in (copy.copy(made), pickle.loads(pickle.dumps(made))):
        assert made == other and not made != other
    assert made != object() and (made == 3) is False
    other.close()
    assert made != other and other == other


def test_what_differs_is_not_equal():
    assert Agent(PLAIN, Config(seed=1)) != Agent(PLAIN, Config(seed=2))
    assert prices(1) != prices(2) and prices().select(first=5) != prices()
    one, other = fed(Portfolio), fed(Portfolio)
    assert one == other
    other.push_prices([90.0, 90.0])
    assert one != other
    assert Random(1) != Random(2)
    assert Config(seed=1) == Config(seed=1) != Config(seed=2)
    assert Config() != 3


def test_a_market_is_a_key_and_what_changes_is_none():
    assert {prices(): "same"}[prices()] == "same"
    for changes in (Agent(PLAIN), Random(1), Config()):
        with pytest.raises(TypeError, match="unhashable"):
            hash(changes)


def test_records_are_equal_by_their_numbers():
    one, other = (Trade(np.array([0.5, np.nan]), 0.1, np.nan) for _ in range(2))
    assert one == other and not one != other and hash(one) == hash(other)
    assert one != Trade(np.array([0.5, 0.5]), 0.1, np.nan) and one == tuple(one)
    assert Account(1.0, 0.5, 0.0, 0.1, np.zeros(2)) != Account(1.0, 0.5, 0.0, 0.1, np.zeros(3))
    assert is_dataclass(ppo_risk.Reason)


@needs_training
def test_a_trainer_is_itself_alone():
    one = Trainer(Agent(PLAIN), Market.simulated(MODEL), Config())
    assert one == one and one != Trainer(Agent(PLAIN), Market.simulated(MODEL), Config())
    assert repr(one) == "<Trainer>"


def test_a_bars_time_is_a_datetime_in_utc():
    here = timezone(timedelta(hours=-5))
    given = [datetime(2020, 1, 2, 16, 0, 0, 125, here), datetime(2020, 1, 3, 16, tzinfo=here)]
    market = Market(np.ones((2, 1)), times=given)
    assert [market.time(bar) for bar in (0, 1)] == given
    assert market.time(0).tzinfo is timezone.utc and market.time(0).hour == 21
    with pytest.raises(ppo_risk.InvalidArgumentError, match="bar"):
        market.time(2)


def test_help_of_a_setting_has_unit_range_and_default():
    text = io.StringIO()
    pydoc.Helper(output=text)(Config)
    assert "learning_rate" in text.getvalue() and "Default" in text.getvalue() or "default" in text.getvalue()


def parts_of(settings, within=""):
    """Every key of settings by its whole name, with its default."""
    for key, value in settings.items():
        yield within + key, value
        if isinstance(value, dict) and within + key not in ("volatility", "limits.conditional_value_at_risk"):
            yield from parts_of(value, f"{within}{key}.")


def test_help_of_a_risk_manager_has_every_setting_and_its_default():
    defaults = dict(parts_of(json.loads(RiskManager(2)._text(library.risk_manager_config_json))))
    text = inspect.getdoc(RiskManager)
    words = {name: " ".join(said.split()) for name, said in re.findall(r"^([\w.]+): (.+(?:\n +.+)*)", text, re.MULTILINE)}
    assert set(defaults) <= set(words) and len(defaults) > 40
    for name, value in defaults.items():
        found = re.search(r"[Dd]efault:? (none|empty|-?[\d.]+(?!%)|\w+)", words[name])
        if value is None:
            assert found and found[1] == "none", f"{name}: {words[name]}"
        elif isinstance(value, float) and found:
            assert float(found[1].rstrip(".")) == value, f"{name}: {words[name]}"
    for kind, part in ((Limits, "limits"), (DrawdownMonitor, "drawdown"), (Hedge, "hedge"), (PositionSizer, "positions")):
        for key in json.loads(kind(*([2] if kind in (Limits, PositionSizer) else []))._text(
                getattr(library, f"{kind._prefix}_config_json"))):
            assert f"\n{key}: {words[f'{part}.{key}'][:30]}" in inspect.getdoc(kind), f"{kind.__name__}: {key}"
