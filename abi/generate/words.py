"""Words of the header in the names of another language, for members that are made."""

import re
from dataclasses import dataclass
from typing import Callable

from shapes import Call, errors_of, words_of
from surface import Parameter


@dataclass
class Tongue:
    """How a language says what C's words name."""

    null: str
    parameter: "Callable[[Parameter], str]"
    #: The members, by the functions of C that they call.
    members: "dict[str, str]"


def description(call: Call, tongue: Tongue) -> str:
    """What a call does."""
    return _said(" ".join(line for line in call.function.description if line), call, tongue)


def parameter(one: Parameter, call: Call, tongue: Tongue) -> str:
    """What a parameter or a result is."""
    return _said(words_of(one, call.function), call, tongue)


def errors(call: Call, tongue: Tongue) -> str:
    """When the call fails, as far as it is said."""
    return _said(errors_of(call.function), call, tongue)


def _said(words: str, call: Call, tongue: Tongue) -> str:
    for one in (*call.given, *call.got):
        words = words.replace(f"`{one.name}`", f"`{tongue.parameter(one)}`")
    words = re.sub(r"\bNULL\b", tongue.null, words)
    return re.sub(r"\b(?:ppo|risk)_\w+\b", lambda found: tongue.members.get(found[0], found[0]), words)
