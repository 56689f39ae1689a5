"""The surface in lists that programs of every language read: abi/exports.txt, and abi/surface.txt.

A line of abi/surface.txt is one of
    constant NAME VALUE
    handle NAME
    struct NAME SIZE
    field STRUCT NAME OFFSET SIZE
    function NAME PARAMETER...
sizes and offsets in bytes, on a machine whose pointers have 8.
"""

from surface import Constant, Function, Handle, Struct, Surface


def exports(surface: Surface) -> str:
    """The functions that the library exports, a line each."""
    return "".join(f"{name}\n" for name in sorted(function.name for function in surface.functions))


def listing(surface: Surface) -> str:
    """The text of abi/surface.txt."""
    lines: "list[str]" = []
    for item in surface.items:
        if isinstance(item, Constant):
            lines.append(f"constant {item.name} {item.value}")
        elif isinstance(item, Handle):
            lines.append(f"handle {item.name}")
        elif isinstance(item, Struct):
            size, places = surface.layout(item)
            lines.append(f"struct {item.name} {size}")
            lines += [f"field {item.name} {one.name} {offset} {surface.size_of(one)}" for one, offset in places]
        elif isinstance(item, Function):
            lines.append(" ".join(["function", item.name, *(one.name for one in item.parameters)]))
    return "\n".join(lines) + "\n"
