"""Which header an item belongs to, and in which order a header is read.

A header is described by a file of `sections`: its opening comment, then the files of src/ffi whose items it holds, in
the order of reading, each with the heading that stands above them:

    /* What the header is about. */

    agent/mod.rs     Making, loading and saving
    agent/action.rs  Deciding

Within a file of src/ffi, items keep the order in which they are written there, so that a constant stands beside the
function that takes it. What a declaration needs comes before it all the same.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from surface import Callback, Function, Handle, Item, Number, Struct, Surface, Variable

FOLDER = Path(__file__).resolve().parent / "sections"
#: The headers, in the order in which ppo_risk.h includes them.
ORDER = ("status", "market", "arrow", "agent", "training", "portfolio", "book", "risk", "environment", "backtest")

DEFINITION = re.compile(r"^pub (?:unsafe )?(?:extern \"C\" )?(?:fn|const|struct|type) (\w+)", re.MULTILINE)


@dataclass
class Group:
    """What a header has from one file of src/ffi."""

    heading: str
    items: "list[Item]" = field(default_factory=list)


@dataclass
class Section:
    """One header."""

    name: str
    opening: str
    groups: "list[Group]"

    @property
    def items(self) -> "list[Item]":
        """All its items, in the order of reading."""
        return [item for group in self.groups for item in group.items]


def written_in(surface: Surface, sources: Path) -> "dict[str, list[Item]]":
    """The items of every file of src/ffi, in the order in which they are written there."""
    written: "dict[str, list[Item]]" = {}
    for path in sorted(sources.rglob("*.rs")):
        name = path.relative_to(sources).as_posix()
        found = (surface.by_name.get(match[1]) for match in DEFINITION.finditer(path.read_text(encoding="utf-8")))
        written[name] = [item for item in found if item is not None]
    return written


def sections(surface: Surface, written: "dict[str, list[Item]]") -> "list[Section]":
    """The headers, with every item of the surface in one of them."""
    made = [_section(name, written, surface) for name in ORDER]
    placed = {item.name for section in made for item in section.items}
    lost = [item.name for item in surface.items if item.name not in placed]
    if lost:
        raise ValueError(f"no file of {FOLDER.name} lists the source of {', '.join(lost)}")
    return made


def _section(name: str, written: "dict[str, list[Item]]", surface: Surface) -> Section:
    text = (FOLDER / f"{name}.h").read_text(encoding="utf-8")
    opening, listed = text.split("*/\n", 1)
    section = Section(name, opening + "*/", [])
    lines = [line.split(None, 1) for line in listed.splitlines() if line.strip()]
    unknown = [source for source, _ in lines if source not in written]
    if unknown:
        raise ValueError(f"{FOLDER.name}/{name}.h lists {', '.join(unknown)}, which src/ffi has not")
    own = {item.name for source, _ in lines for item in written[source]}
    done: "set[str]" = set()
    for source, heading in lines:
        group = Group(heading)
        for item in written[source]:
            _place(item, group, surface, own, done)
        section.groups.append(group)
    return section


def _place(item: Item, group: Group, surface: Surface, own: "set[str]", done: "set[str]") -> None:
    """Puts an item at the end of a group, behind those of its own header that it needs."""
    if item.name in done:
        return
    done.add(item.name)
    for needed in needs(item, surface):
        if needed.name in own:
            _place(needed, group, surface, own, done)
    group.items.append(item)


def needs(item: Item, surface: Surface) -> "list[Item]":
    """The types that a declaration names."""
    variables: "list[Variable]" = []
    if isinstance(item, Struct):
        variables = item.fields
    elif isinstance(item, (Function, Callback)):
        variables = list(item.parameters)
    found = [surface.by_name.get(one.base) for one in variables]
    return [one for one in found if isinstance(one, (Handle, Struct, Callback)) and not isinstance(one, Number)]
