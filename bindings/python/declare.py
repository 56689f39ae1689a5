"""Writes ppo_risk/_declarations.py, the C header as ctypes sees it: constants, structs, callbacks, functions.

    python3 declare.py            writes the file
    python3 declare.py --check    says whether the file is what the header gives

How a C type is passed:
    fixed-width numbers, size_t, float, double    the ctypes type of that name
    const char *                                  c_char_p
    pointer to a struct that the header defines   POINTER(struct)
    any other pointer (handles, arrays, outputs)  c_void_p, so that a plain address will do
"""

import re
import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADER = HERE.parent.parent / "include" / "ppo_risk.h"
TARGET = HERE / "ppo_risk" / "_declarations.py"

NUMBERS = {"int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64", "uint64_t": "c_uint64",
           "uint8_t": "c_uint8", "size_t": "c_size_t", "float": "c_float", "double": "c_double",
           "ppo_status": "c_int32"}
WORDS = {"UINT32_MAX": 0xFFFFFFFF, "UINT64_MAX": 0xFFFFFFFFFFFFFFFF, "SIZE_MAX": 0xFFFFFFFFFFFFFFFF}

#: Structs whose fields' comments go into the file, too: those that a Python class shows its users field by field.
DESCRIBED = ("ppo_config",)

STRUCT = re.compile(r"typedef struct (\w+) \{(.*?)\} \1;", re.DOTALL)
CALLBACK = re.compile(r"typedef (\w+) \(\*(\w+)\)\((.*?)\);", re.DOTALL)
FUNCTION = re.compile(r"^((?:const )?\w+ \*?)(\w+)\(([^()]*)\);", re.MULTILINE)
FIELD = re.compile(r"/\*\*(.*?)\*/\s*\w+ (\w+);", re.DOTALL)
DEFINE = re.compile(r"^#define (\w+) (\S+)$", re.MULTILINE)


def main() -> int:
    """Writes the file, or compares it."""
    text = declarations(HEADER.read_text(encoding="utf-8"))
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET.name} is not what {HEADER.name} gives: run python3 bindings/python/declare.py", file=sys.stderr)
    return 1


def declarations(header: str) -> str:
    """The module's text."""
    described = {match[1]: descriptions(match[2]) for match in STRUCT.finditer(header) if match[1] in DESCRIBED}
    header = re.sub(r"/\*.*?\*/|//[^\n]*", "", header, flags=re.DOTALL)
    structs = {match[1] for match in STRUCT.finditer(header)}
    callbacks = {match[2] for match in CALLBACK.finditer(header)}
    lines = ['"""The C header as ctypes sees it. Made from include/ppo_risk.h by declare.py: do not edit."""', "",
             "from ctypes import (CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_float, c_int32, c_int64,",
             "                    c_size_t, c_uint8, c_uint32, c_uint64, c_void_p)", ""]
    for match in DEFINE.finditer(header):
        name, value = match.groups()
        lines.append(f"{name} = {WORDS[value] if value in WORDS else int(value)}")

    def ctype(declaration: str) -> "tuple[str, str]":
        """Name and ctypes type of `const float *state`, `uint32_t level` and the like."""
        pointed, name = re.fullmatch(r"(.*?)(\w+)", " ".join(declaration.split())).groups()
        words = [word for word in pointed.replace("*", " * ").split() if word != "struct"]
        base = next(word for word in words if word not in ("const", "*"))
        if "*" not in words:
            return name, base if base in callbacks else NUMBERS[base]
        if words == ["const", "char", "*"]:
            return name, "c_char_p"
        if words.count("*") == 1 and base in structs:
            return name, f"POINTER({base})"
        return name, "c_void_p"

    def arguments(text: str) -> "list[str]":
        return [] if text.strip() == "void" else [ctype(part)[1] for part in text.split(",")]

    # In the order of the header, where everything is declared before it is used.
    for match in sorted([*STRUCT.finditer(header), *CALLBACK.finditer(header)], key=lambda match: match.start()):
        if match.re is STRUCT:
            fields = [ctype(field) for field in match[2].split(";") if field.strip()]
            lines += ["", "", f"class {match[1]}(Structure):", "    _fields_ = ["]
            lines += [f'        ("{name}", {kind}),' for name, kind in fields] + ["    ]"]
        else:
            answer = "None" if match[1] == "void" else NUMBERS[match[1]]
            lines += ["", "", f"{match[2]} = CFUNCTYPE({', '.join([answer, *arguments(match[3])])})"]

    lines += ["", "", "# What the header says of fields.", "FIELDS = {"]
    for name, fields in described.items():
        lines.append(f'    "{name}": {{')
        for field, words in fields.items():
            first, *rest = textwrap.wrap(words, 100)
            lines.append(f'        "{field}": (')
            lines += [f'            "{line}{" " if more else ""}"' for line, more in zip([first, *rest], [*rest, None])]
            lines.append("        ),")
        lines.append("    },")
    lines.append("}")

    lines += ["", "", "# What each function answers and takes.", "FUNCTIONS = {"]
    for answer, name, taken in FUNCTION.findall(header):
        answer = " ".join(answer.split())
        kind = {"void": "None", "const char *": "c_char_p"}.get(answer) or NUMBERS[answer]
        kinds = arguments(taken)
        lines.append(f'    "{name}": ({kind}, [{", ".join(kinds)}]),')
    return "\n".join([*lines, "}", ""])


def descriptions(fields: str) -> "dict[str, str]":
    """What a struct's comments say of each field that is for its users."""
    found = {name: " ".join(re.sub(r"\n\s*\* ?", " ", comment).split()) for comment, name in FIELD.findall(fields)}
    return {name: words for name, words in found.items() if name != "struct_size" and "reserved" not in name}


if __name__ == "__main__":
    sys.exit(main())
