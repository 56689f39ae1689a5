"""Python: what ctypes is told, the enumerations and the plain results, in bindings/python/ppo_risk.

How a C type is passed:
    fixed-width numbers, size_t, float, double    the ctypes type of that name
    const char *                                  c_char_p
    pointer to a struct that the header defines   POINTER(struct)
    any other pointer (handles, arrays, outputs)  c_void_p, so that a plain address will do
"""

import re
import textwrap

from names import FAMILIES, STRUCTS, in_words, member_doc, members, rest
from sections import Section
from surface import Callback, Constant, Struct, Surface, Variable

FOLDER = "bindings/python/ppo_risk"
MADE = "Made by abi/generate from src/ffi: do not edit."
NUMBERS = {"int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64", "uint64_t": "c_uint64",
           "uint8_t": "c_uint8", "size_t": "c_size_t", "float": "c_float", "double": "c_double",
           "ppo_status": "c_int32"}
#: Structs whose fields' comments go into the declarations, too: those that a Python class shows by itself.
DESCRIBED = ("ppo_config",)


def python(surface: Surface, _: "list[Section]") -> "dict[str, str]":
    """The files, by their paths."""
    return {
        f"{FOLDER}/_declarations.py": _declarations(surface),
        f"{FOLDER}/constants.py": _enumerations(surface),
        f"{FOLDER}/_results.py": _results(surface),
    }


def _declarations(surface: Surface) -> str:
    lines = [f'"""The C surface as ctypes sees it. {MADE}"""', "",
             "from ctypes import (CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_int32, c_int64,",
             "                    c_size_t, c_uint32, c_uint64, c_void_p)", ""]
    lines += [f"{one.name} = {one.value}" for one in surface.of(Constant)]

    def ctype(one: Variable) -> str:
        kind = surface.kind_of(one)
        if not one.pointers:
            return one.base if kind is Callback else NUMBERS[one.base]
        if one.type == "const char *":
            return "c_char_p"
        return f"POINTER({one.base})" if one.pointers == 1 and kind is Struct else "c_void_p"

    # In cbindgen's order, where everything is declared before it is used.
    for item in surface.items:
        if isinstance(item, Struct):
            lines += ["", "", f"class {item.name}(Structure):", "    _fields_ = ["]
            lines += [f'        ("{one.name}", {ctype(one)}),' for one in item.fields] + ["    ]"]
        elif isinstance(item, Callback):
            answer = "None" if item.result == "void" else NUMBERS[item.result]
            lines += ["", "", f"{item.name} = CFUNCTYPE({', '.join([answer, *map(ctype, item.parameters)])})"]
    lines += ["", "", "# What the header says of fields.", "FIELDS = {"]
    for name in DESCRIBED:
        lines.append(f'    "{name}": {{')
        for one in (one for one in surface.by_name[name].fields if not one.hidden):
            words = [line.replace("\\", "\\\\").replace('"', '\\"') for line in textwrap.wrap(one.doc, 100)]
            lines.append(f'        "{one.name}": (')
            lines += [f'            "{line}{" " if more else ""}"' for line, more in zip(words, [*words[1:], None])]
            lines.append("        ),")
        lines.append("    },")
    lines += ["}", "", "", "# What each function answers and takes.", "FUNCTIONS = {"]
    for function in surface.functions:
        kind = {"void": "None", "const char *": "c_char_p"}.get(function.result) or NUMBERS[function.result]
        lines.append(f'    "{function.name}": ({kind}, [{", ".join(map(ctype, function.parameters))}]),')
    return "\n".join([*lines, "}", ""])


def _words(words: str) -> str:
    """C's constants under the names that they have here."""
    for family in (one for one in FAMILIES if one.python):
        words = re.sub(rf"\b([Aa]) {family.prefix} number\b", rf"\1 {family.python}", words)
        words = re.sub(rf"\b{family.prefix}([A-Z])", rf"{family.python}.\1", words)
    return words


def _docstring(words: str, parts: "list[tuple[str, str]]") -> "list[str]":
    """The text of a class, with the names and words of its parts below, as help() shows it and _record.py reads it."""
    lines = [*textwrap.wrap(words, 108, break_on_hyphens=False), ""]
    for name, said in parts:
        lines += textwrap.wrap(f"{name}: {_words(said)}", 116, subsequent_indent="    ", break_on_hyphens=False)
    return [f'    """{lines[0]}', *(f"    {line}".rstrip() for line in lines[1:]), '    """']


def _enumerations(surface: Surface) -> str:
    lines = [f'"""The library\'s enumerations. Wherever one is taken, its number will do too.\n\n{MADE}\n"""', "",
             "from enum import IntEnum", "", "from . import _declarations as c"]
    for family in (one for one in FAMILIES if one.python):
        found = members(family, surface)
        words = [(rest(one, family), member_doc(one)) for one in found]
        lines += ["", "", f"class {family.python}(IntEnum):", *_docstring(family.doc, words), ""]
        lines += [f"    {rest(one, family)} = c.{one.name}" for one in found]
    lines += ["", "", "#: Where C's words name a constant, or a family of them, people write an enumeration.",
              "FAMILIES: \"dict[str, type[IntEnum]]\" = {"]
    lines += [f'    "{family.prefix}": {family.python},' for family in FAMILIES if family.python] + ["}"]
    return "\n".join([*lines, ""])


def _results(surface: Surface) -> str:
    lines = [f'"""Results that are C\'s structs field by field. {MADE}"""', "", "from typing import NamedTuple", "", "from ._record import record"]
    for struct in surface.structs:
        name = STRUCTS[struct.name].python
        if not name:
            continue
        fields = [one for one in struct.fields if not one.hidden]
        words = [(one.name, one.doc) for one in fields]
        lines += ["", "", "@record", f"class {name}(NamedTuple):", *_docstring(_words(in_words(struct)), words), ""]
        lines += [f"    {one.name}: {'float' if one.base == 'double' else 'int'}" for one in fields]
    return "\n".join([*lines, ""])
