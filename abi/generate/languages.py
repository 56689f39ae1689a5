"""The reference page of each language: what its binding calls every function, type and constant of the C surface."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from go import constant_name as go_constant
from members import READERS, Member, callers
from names import FAMILIES, STRUCTS, Family, StructName, in_words, member_doc, members, pascal, rest
from sections import Section
from surface import Constant, Function, Struct, Surface

#: What every binding does by itself: making, freeing and the words of errors.
BY_ITSELF = ("_free", "_init", "_last_error")


@dataclass
class Language:
    """A language, where its sources are, and how it names what is not a function."""

    name: str
    page: str
    sources: "tuple[str, ...]"
    struct: "Callable[[str, StructName], str]"
    field: "Callable[[str], str]"
    family: "Callable[[Family], str]"
    constant: "Callable[[Constant, Family], str]"


LANGUAGES = (
    Language("C++", "reference_cpp.md", ("include/ppo_risk.hpp",),
             lambda name, _: "ppo::" + name.removeprefix("ppo_"), lambda field: field,
             lambda family: family.prefix + "*", lambda one, _: one.name),
    Language("Python", "reference_python.md", ("bindings/python/ppo_risk/*.py",),
             lambda _, names: names.python, lambda field: field,
             lambda family: family.python, lambda one, family: rest(one, family)),
    Language("Go", "reference_go.md", ("bindings/go/*.go", "bindings/go/*.h", "bindings/go/*.c"),
             lambda _, names: names.go, pascal, lambda family: family.go, go_constant),
    Language("C#", "reference_csharp.md", ("bindings/csharp/src/*.cs", "bindings/csharp/src/generated/*.cs"),
             lambda _, names: names.csharp, pascal,
             lambda family: family.csharp, lambda one, family: pascal(rest(one, family))),
)

#: Declarations of C, which name every function and call none.
DECLARATIONS = ("_declarations.py", "Native.cs")


def language_references(surface: Surface, placed: "list[Section]", root: Path,
                        made: "dict[str, str]") -> "dict[str, str]":
    """A page for each language, by its path; `made` has the files that are made in this run."""
    return {f"docs/{one.page}": _page(one, surface, placed, _sources(one, root, made)) for one in LANGUAGES}


def _sources(language: Language, root: Path, made: "dict[str, str]") -> "dict[str, str]":
    found: "dict[str, str]" = {}
    for pattern in language.sources:
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root).as_posix()
            if not path.name.endswith(("_test.go", *DECLARATIONS)):
                found[name] = made.get(name) or path.read_text(encoding="utf-8")
    return found


def _page(language: Language, surface: Surface, placed: "list[Section]", sources: "dict[str, str]") -> str:
    names = {one.name for one in surface.of(Function)}
    called = callers(list(READERS[language.name](sources)), names)
    parts = [f"# Reference: {language.name}\n\nWhat {language.name} calls each function, type and constant, in the order of "
             "the [C reference](reference.md). What the C headers say of a function holds here, too; a failure is raised "
             "or returned as the language does it. Made by `abi/generate` from the headers and the binding: do not edit.\n"]
    alone: "list[str]" = []
    for section in placed:
        rows = [f"### {group.heading}\n\n| {language.name} | | C |\n|---|---|---|\n" + "".join(found)
                for group in section.groups if (found := [row for item in group.items if isinstance(item, Function)
                                                          for row in _row(item, called[item.name], alone)])]
        if rows:
            parts += [f"## {section.name}.h\n", *rows]
    parts.append(_types(language, surface))
    if alone:
        listed = ", ".join(f"`{name}`" for name in alone)
        parts.append(f"## Without a name of their own\n\nThe binding calls these for its user, or has no need of them: {listed}.\n")
    return "\n".join(parts)


def _row(function: Function, by: "list[Member]", alone: "list[str]") -> "list[str]":
    if function.name.endswith(BY_ITSELF):
        return []
    if not by:
        alone.append(function.name)
        return []
    shown = "<br>".join(f"`{name}`" for name in dict.fromkeys(one.shown for one in by))
    words = function.summary.replace("|", "\\|")
    return [f"| {shown} | {words} | `{function.name}` |\n"]


def _types(language: Language, surface: Surface) -> str:
    lines = [f"## Types and constants\n\n| {language.name} | | C |\n|---|---|---|\n"]
    for struct in surface.of(Struct):
        shown = language.struct(struct.name, STRUCTS[struct.name])
        if shown:
            fields = ", ".join(f"`{language.field(one.name)}`" for one in struct.fields if not one.hidden)
            words = re.split(r"(?<=\.) ", in_words(struct))[0].replace("|", "\\|")
            lines.append(f"| `{shown}`: {fields} | {words} | `{struct.name}` |\n")
    for family in FAMILIES:
        shown = language.family(family)
        for one in members(family, surface) if shown else ():
            kind = "" if language.name == "C++" else f"`{shown}`: "
            lines.append(f"| {kind}`{language.constant(one, family)}` = {one.value} | {member_doc(one)} | `{one.name}` |\n")
    return "".join(lines)
