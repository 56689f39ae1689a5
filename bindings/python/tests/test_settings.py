"""help(ppo_risk.Config): what each setting means, its unit, range and default, in the header's words."""

import pydoc
import re

import pytest

import ppo_risk
from ppo_risk import Config
from ppo_risk import _declarations as c
from ppo_risk.config import ENUMERATIONS, SETTINGS

TEXT = pydoc.plain(pydoc.render_doc(Config))
#: How a range may be said.
RANGES = r"any number|in [\[(]|above 0|at least|\d to |0 or 1|a (%s)\b" % "|".join(
    {kind.__name__ for kind in ENUMERATIONS.values()})
#: Settings with a unit: what they count or are fractions of.
UNITS = {"total_steps": "[Dd]ecisions", "n_envs": "Portfolios", "n_steps": "Decisions", "batch_size": "Decisions",
         "n_epochs": "How often", "threads": "Threads", "ent_coef": "nats", "target_kl": "nats", "gamma": "one decision",
         "clip_range_vf": "scaled return", "balance": "Money", "cost_rate": "per traded notional", "episode_len": "Decisions",
         "reward_parameter": "per bar", "shaped_volatility": "per bar", "shaped_drawdown_threshold": "value/peak"}


def said(name):
    return getattr(Config, name).__doc__


def test_every_setting_is_in_the_help():
    words = " ".join(TEXT.split()).replace(" | ", " ")
    for name in SETTINGS:
        assert f" | {name}\n" in TEXT.replace(" |  ", " | ") and " ".join(said(name).split()) in words, name


@pytest.mark.parametrize("name", SETTINGS)
def test_the_default_that_is_said_is_the_default(name):
    found = re.search(r"default (-?[\w.,+-]*\w)", said(name))
    assert found, said(name)
    word = found[1]
    if re.match(r"[A-Z]", word):
        kind, member = word.split(".")
        expected = getattr(getattr(ppo_risk, kind), member)
    else:
        expected = float(word.replace(",", ""))
    assert getattr(Config(), name) == expected


@pytest.mark.parametrize("name", SETTINGS)
def test_range_and_unit_are_said_in_pythons_words(name):
    words = said(name)
    assert re.search(RANGES, words), words
    assert re.search(UNITS.get(name, ""), words), words
    assert "PPO_" not in words and len(words) > 30


def test_the_words_are_the_headers():
    assert list(c.FIELDS["ppo_config"]) == list(SETTINGS)


def test_a_described_setting_is_still_one():
    config = Config(clip_range=0.3)
    config.n_envs = 8
    assert (config.clip_range, config.n_envs) == (0.3, 8)
    with pytest.raises(ValueError, match="`n_envs` is -1"):
        config.n_envs = -1
    with pytest.raises(AttributeError, match="`clip_rage` is no setting"):
        config.clip_rage = 0.1
