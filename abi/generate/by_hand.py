"""What a binding has by hand: the functions of C that its own sources call, which are left to them."""

import re
from dataclasses import dataclass
from pathlib import Path

from members import READERS, callers, named
from shapes import Call, call_of
from surface import Function, Surface

#: The sources that people write.
SOURCES = {"Go": ("bindings/go/*.go", "bindings/go/*.h", "bindings/go/*.c"), "C#": ("bindings/csharp/src/*.cs",)}
MADE = ("_generated.go", "_test.go")


@dataclass
class ByHand:
    """The functions that are called by hand, and what the public member that does so is called."""

    functions: "set[str]"
    members: "dict[str, str]"

    def rest(self, surface: Surface) -> "list[Call]":
        """The calls that are left to be made."""
        return [call for one in surface.functions if one.name not in self.functions and (call := call_of(one, surface))]

    def missing(self, surface: Surface) -> "list[str]":
        """The functions that nothing calls. What frees a handle or fills a struct is made with the type."""
        made = {call.function.name for call in self.rest(surface)}
        return [one.name for one in surface.functions
                if one.name not in self.functions | made and not one.name.endswith(("_free", "_init"))]


def by_hand(language: str, surface: Surface, root: Path) -> ByHand:
    """What a language's binding has."""
    paths = [path for pattern in SOURCES[language] for path in sorted(root.glob(pattern)) if not path.name.endswith(MADE)]
    # Comments mention more than they call.
    sources = {str(path): re.sub(r"^\s*//.*|\s//[ /].*", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE) for path in paths}
    functions = {one.name for one in surface.of(Function)}
    members = list(READERS[language](sources))
    found = callers(members, functions)
    return ByHand(set().union(*(named(one, functions) for one in members)),
                  {name: by[0].shown.split("(")[0] for name, by in found.items() if by})
