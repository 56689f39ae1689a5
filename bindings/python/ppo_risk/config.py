"""How a policy is made and trained."""

import ctypes
import json
import re
from typing import Any

from . import _declarations as c
from ._library import library
from ._text import text
from .constants import FAMILIES
from .errors import check

#: The settings, in the header's order.
SETTINGS = tuple(name for name, *_ in c.ppo_config._fields_ if name != "struct_size" and "reserved" not in name)
#: The settings that are enumerations, of which the header says "a PPO_DEVICE_ number".
ENUMERATIONS = {name: kind for name in SETTINGS for prefix, kind in FAMILIES.items()
                if f"a {prefix} number" in c.FIELDS["ppo_config"][name]}


class Config(c.ppo_config):
    """Settings of training, by name: `Config(seed=1, total_steps=100_000, reward=Reward.LOG_RETURN)`.

    What is not given has the library's default. Names and meanings are Stable-Baselines3's where it has them. Below is what
    each is, its unit, range and default; a setting that cannot be used is refused where it is used, and by `to_json`.
    """

    __slots__ = ()

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        check(library.ppo_config_init(self, ctypes.sizeof(self)))
        for name, value in settings.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        kind = TYPES.get(name)
        if kind is None:
            raise AttributeError(f"`{name}` is no setting: there are {', '.join(SETTINGS)}")
        if kind is not ctypes.c_double:
            bits = 8 * ctypes.sizeof(kind)
            if int(value) != value or not 0 <= value < 1 << bits:
                raise ValueError(f"`{name}` is {value!r}, expected a whole number from 0 to 2^{bits} - 1")
            value = int(value)
        super().__setattr__(name, value)

    def __reduce__(self) -> "tuple[Any, ...]":
        # By name: a struct's bytes would be another version's settings.
        return _of_settings, (type(self), {name: getattr(self, name) for name in SETTINGS})

    @classmethod
    def from_json(cls, source: "str | dict[str, Any]") -> "Config":
        """Reads JSON as `to_json` writes it: missing keys take their defaults, unknown ones are refused."""
        made = cls()
        source = source if isinstance(source, str) else json.dumps(source)
        check(library.ppo_config_from_json(source.encode(), made))
        return made

    def to_json(self) -> str:
        """All settings as JSON; refuses those that cannot be used."""
        return text(library.ppo_config_to_json, self)

    def settings(self) -> "dict[str, Any]":
        """All settings by name."""
        found = {name: getattr(self, name) for name in SETTINGS}
        return {**found, **{name: kind(found[name]) for name, kind in ENUMERATIONS.items()}}

    def __eq__(self, other: object) -> bool:
        return self.settings() == other.settings() if isinstance(other, Config) else NotImplemented

    __hash__: Any = None

    def __repr__(self) -> str:
        default = Config().settings()
        changed = (f"{name}={value!r}" for name, value in self.settings().items() if value != default[name])
        return f"Config({', '.join(changed)})"


TYPES = {field[0]: field[1] for field in c.ppo_config._fields_ if field[0] in SETTINGS}


def _described(name: str) -> property:
    """A field of the struct with what the header says of it, in Python's words."""
    words = c.FIELDS["ppo_config"][name]
    for prefix, kind in FAMILIES.items():
        words = re.sub(rf"\b{prefix}([A-Z])", rf"{kind.__name__}.\1", words).replace(f"a {prefix} number", f"a {kind.__name__}")
    field = getattr(c.ppo_config, name)
    return property(field.__get__, field.__set__, None, words)


for _name in SETTINGS:
    setattr(Config, _name, _described(_name))


def _of_settings(kind: "type[Config]", settings: "dict[str, Any]") -> Config:
    return kind(**settings)
