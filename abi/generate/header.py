"""The C headers: include/ppo_risk.h, and one header for each section.

Declarations are cbindgen's own text. What is done to them: comments of one line take one line, and negative numbers stand
in parentheses.
"""

import re
from pathlib import Path

from sections import FOLDER, Section, needs
from surface import Constant, Item, Struct, Surface

WIDTH = 110
MADE = "/* Made by abi/generate from src/ffi: do not edit. */"
#: What a header has from another interface, word by word.
FOREIGN = {"arrow": Path(__file__).resolve().parent / "arrow.h"}


def headers(surface: Surface, sections: "list[Section]") -> "dict[str, str]":
    """Every header's path below include, and its text."""
    opening = (FOLDER / "ppo_risk.h").read_text(encoding="utf-8").rstrip()
    includes = [f'#include "ppo_risk/{section.name}.h"' for section in sections]
    made = {"ppo_risk.h": _guarded("PPO_RISK_H", [opening, MADE], ["\n".join(includes)])}
    for section in sections:
        made[f"ppo_risk/{section.name}.h"] = _header(section, surface)
    return made


def _header(section: Section, surface: Surface) -> str:
    own = {item.name for item in section.items}
    foreign = sorted({needed.name for item in section.items for needed in needs(item, surface)} - own)
    before = "#include <stddef.h>\n#include <stdint.h>" if section.name == "status" else '#include "status.h"'
    parts = [before]
    if foreign:
        parts.append("\n".join(f"struct {name};" for name in foreign))
    parts.append('#ifdef __cplusplus\nextern "C" {\n#endif')
    if section.name in FOREIGN:
        parts.append(FOREIGN[section.name].read_text(encoding="utf-8").rstrip())
    for group in section.groups:
        parts.append(f"/* ---- {group.heading} ".ljust(WIDTH - 3, "-") + " */")
        parts += _declarations(group.items)
    parts.append("#ifdef __cplusplus\n}\n#endif")
    return _guarded(f"PPO_RISK_{section.name.upper()}_H", [section.opening, MADE], parts)


def _guarded(guard: str, before: "list[str]", parts: "list[str]") -> str:
    text = "\n\n".join([*before, f"#ifndef {guard}\n#define {guard}", *parts, f"#endif /* {guard} */"])
    return text + "\n"


def _declarations(items: "list[Item]") -> "list[str]":
    """The items' text; constants that follow each other stand together."""
    parts: "list[str]" = []
    former = None
    for item in items:
        text = f"{_comment(item.doc)}\n{_declared(item)}"
        if isinstance(item, Constant) and isinstance(former, Constant):
            parts[-1] += f"\n{text}"
        else:
            parts.append(text)
        former = item
    return parts


def _declared(item: Item) -> str:
    if isinstance(item, Constant) and item.value < 0:
        return f"#define {item.name} ({item.value})"
    if isinstance(item, Struct):
        return re.sub(r"^    /\*\*\n     \* ([^\n]*)\n     \*/$", r"    /** \1 */", item.text, flags=re.MULTILINE)
    return item.text


def _comment(doc: "list[str]") -> str:
    if len(doc) == 1 and len(doc[0]) <= WIDTH - 7:
        return f"/** {doc[0]} */"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in doc), " */"])
