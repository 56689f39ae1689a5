"""The reference page: every function on one page, with its section, first sentence and parameters."""

from sections import Section
from surface import Constant, Function, Item, Parameter, Struct

OPENING = """# Reference

Every declaration of the C API, in the order of the headers of `include/ppo_risk`, which have the whole text. Made by
`abi/generate` from `src/ffi`: do not edit. Parameters that may be NULL stand in brackets; what a call writes to comes
after the arrow.
"""


def reference(sections: "list[Section]") -> str:
    """The page."""
    parts = [OPENING]
    for section in sections:
        parts.append(f"## {section.name}.h\n")
        for group in section.groups:
            parts.append(f"### {group.heading}\n\n| | |\n|---|---|\n" + "".join(map(_row, group.items)))
    return "\n".join(parts)


def _row(item: Item) -> str:
    words = item.summary.replace("|", "\\|")
    if isinstance(item, Function):
        given = [_shown(one) for one in item.parameters if not _written(one)]
        written = [_shown(one) for one in item.parameters if _written(one)]
        taken = ", ".join(given) + (" → " if written else "") + ", ".join(written)
        return f"| `{item.name}`({taken}) | {words} |\n"
    if isinstance(item, Constant):
        return f"| `{item.name}` = {item.value} | {words} |\n"
    if isinstance(item, Struct):
        fields = ", ".join(f"`{one.name}`" for one in item.fields if not one.hidden)
        return f"| struct `{item.name}`: {fields} | {words} |\n"
    return f"| `{item.name}` | {words} |\n"


def _written(parameter: Parameter) -> bool:
    return parameter.role in ("output", "new handle") or (
        parameter.role in ("array", "struct", "structs") and not parameter.constant)


def _shown(parameter: Parameter) -> str:
    return f"[{parameter.name}]" if parameter.nullable else parameter.name
