"""Functions that only ask a handle something, or tell it something, which every binding has alike."""

from surface import Function, Handle


def shape(function: Function, handle: Handle) -> str:
    """What a function that asks or tells a handle is: "text", "text at an index", "count", "command", or ""."""
    taken = function.parameters
    if not taken or taken[0].base != handle.name or taken[0].role != "handle" or function.result != "ppo_status":
        return ""
    kinds = [(one.role, one.base) for one in taken[1:]]
    copied = [("array", "char"), ("length", "size_t"), ("output", "size_t")]
    if kinds == copied:
        return "text"
    if kinds == [("value", "size_t"), *copied]:
        return "text at an index"
    if kinds == [("output", "size_t")]:
        return "count"
    return "" if kinds else "command"
