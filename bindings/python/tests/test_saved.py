"""What earlier versions of the library saved is read, and goes on as it would have then.

tests/golden/saved/FORMAT/ has a file of every kind as the library of that format wrote it, with the numbers that the saved
object gave next, and from the fourth on a book as bytes (tests/golden/make_saved.py). Instructions of another processor may
round them otherwise.
"""

import copy
import json

import numpy as np
import pytest
import saved
from conftest import needs_training
from test_values import plain_market

import ppo_risk

FORMATS = sorted(int(folder.name) for folder in saved.FOLDER.iterdir())
FILES = [(format, path.stem) for format in FORMATS for path in sorted((saved.FOLDER / str(format)).glob("*.json"))]
#: The format that this library writes.
TODAY = json.loads(ppo_risk.Random(1).state_json())["format"]
#: Formats in which books were saved as bytes: from the fourth on.
BYTES = [format for format in FORMATS if format >= 4]
#: Where a state lies in a saved value, and what reads it anew.
STATES = {"Random": 0, "Performance": 1, "RegimeTracker": 1, "RiskManager": 2, "Portfolio": 2, "Book": 3,
          "Limits": 2, "Hedge": 1, "DrawdownMonitor": 1, "Atr": 2, "Backtest": 0}


def content(format, kind):
    return json.loads(saved.file(format, kind).read_text())


def test_every_kind_of_every_format_is_there():
    assert FORMATS == list(range(1, TODAY + 1)), "tests/golden/make_saved.py writes the files of a new format"
    for format in FORMATS:
        assert saved.checkpoint_file(format).exists()
        assert saved.state_file(format).exists() == (format in BYTES)
    missing = [kind for kind in saved.KINDS if (TODAY, kind) not in FILES]
    assert not missing, f"no file of format {TODAY}: {missing}"


@pytest.mark.parametrize("format, kind", FILES)
def test_a_saved_object_goes_on(format, kind):
    file = content(format, kind)
    made = saved.decoded(file["saved"])
    _, does = saved.KINDS[kind]
    found = saved.numbers(does(made), saved.added_since(format) if kind.startswith("Agent") else ())
    assert len(found) == len(file["does"])
    np.testing.assert_allclose(found, file["does"], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("format", BYTES)
def test_the_bytes_of_a_book_go_on(format):
    file = content(format, "Book")
    agent, config, risk, _ = saved.decoded(file["saved"]["value"])
    state = saved.state_file(format).read_bytes()
    made = ppo_risk.Book.restore_state(agent, state, config, risk)
    _, does = saved.KINDS["Book"]
    if format == TODAY:
        assert made.save_state() == state
    found = saved.numbers(does(made))
    np.testing.assert_allclose(found, file["does"], rtol=1e-5, atol=1e-7)
    for altered in (state[:-1], state[:40] + bytes([state[40] ^ 1]) + state[41:]):
        with pytest.raises(ppo_risk.InvalidArgumentError, match="`state` is cut or altered"):
            ppo_risk.Book.restore_state(agent, altered, config, risk)


@needs_training
@pytest.mark.parametrize("format", FORMATS)
def test_a_checkpoint_goes_on(format):
    with ppo_risk.Trainer.resume(saved.checkpoint_file(format), plain_market()) as trainer:
        assert trainer.standing().metrics.update == 2
        assert trainer.train().env_steps == 64


def with_state(kind, change):
    """An object of today's format, made anew of its state after `change` to its JSON."""
    make, _ = saved.KINDS[kind]
    made = make()
    value = list(made._value())
    state = json.loads(value[STATES[kind]])
    assert state["format"] == TODAY
    change(state)
    value[STATES[kind]] = json.dumps(state)
    return type(made)._of_value(*value)


@pytest.mark.parametrize("kind", STATES)
def test_what_a_newer_version_wrote_is_refused_by_name(kind):
    with pytest.raises(ppo_risk.InvalidArgumentError, match=r"format.*written by a newer version"):
        with_state(kind, lambda state: state.update(format=TODAY + 1))
    with pytest.raises(ppo_risk.InvalidArgumentError, match=r"something_new.*written by a newer version"):
        with_state(kind, lambda state: state.update(something_new=1))


def places(value, path=()):
    """The paths of all keys, at any depth."""
    entries = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, entry in entries:
        if isinstance(value, dict):
            yield (*path, key)
        yield from places(entry, (*path, key))


@pytest.mark.parametrize("kind", STATES)
def test_a_state_without_one_of_its_keys_is_read_or_refused(kind):
    """No key's absence is a defect of the library, whatever the checks of the others."""
    make, _ = saved.KINDS[kind]
    made = make()
    value = list(made._value())
    whole = json.loads(value[STATES[kind]])
    for path in list(places(whole)):
        partial = copy.deepcopy(whole)
        place = partial
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]
        value[STATES[kind]] = json.dumps(partial)
        try:
            type(made)._of_value(*value)
        except ppo_risk.InputError as refusal:
            assert "state_json" in str(refusal), f"{path}: {refusal}"
