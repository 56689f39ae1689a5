"""The settings of risk managers and of their parts in the texts of the classes, for help()."""

import textwrap
from typing import Any, Callable, TypeVar

from ._options import RISK

Kind = TypeVar("Kind", bound="type[Any]")


def with_settings(part: str) -> "Callable[[Kind], Kind]":
    """Puts the keys of a part of a risk manager's settings into the text of a class; of the whole, for "", all of them."""

    def put(kind: Kind) -> Kind:
        lines = [kind.__doc__.rstrip(), "", "    Settings, by their keys:", ""] if kind.__doc__ else []
        for name, found in RISK.items():
            # Those of a part within it, too.
            if name == part or name.startswith(f"{part}." if part else ""):
                inside = name[len(part):].lstrip(".")
                for key, words in found.items():
                    lines += textwrap.wrap(f"{inside}.{key}: {words}" if inside else f"{key}: {words}", 120, initial_indent="    ",
                                           subsequent_indent="        ", break_on_hyphens=False)
        kind.__doc__ = "\n".join(lines)
        return kind

    return put
