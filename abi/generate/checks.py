"""What documentation must say, so that the headers can be read and the bindings can be made from them."""

import re

from names import FAMILIES, HANDLES, STRUCTS, family_prefix
from surface import Function, Handle, Struct, Surface

#: What the opening of status.h says for all functions: to say it again on one is noise.
GENERAL = re.compile(r"\bAny thread[.;]|\bOne thread at a time\b|\bAny number of threads on\b|PPO_ERR_NULL_POINTER[.,;]|"
                     r"PPO_ERR_WRONG_HANDLE[.,;]|not while another call uses")


def complaints(surface: Surface) -> "list[str]":
    """What is missing, or said where it is not needed; empty where all is well."""
    found: "list[str]" = []
    for item in surface.items:
        if not item.doc[0]:
            found.append(f"{item.name} is not documented")
        if isinstance(item, (Struct, Handle)) and item.name not in (STRUCTS if isinstance(item, Struct) else HANDLES):
            found.append(f"{item.name} has no names in names.py")
        for variable in item.fields if isinstance(item, Struct) else item.parameters if isinstance(item, Function) else []:
            prefix = family_prefix(variable)
            if prefix and all(prefix != family.prefix for family in FAMILIES):
                found.append(f"{item.name}: `{variable.name}` is a {prefix} number, and names.py has no family {prefix}")
        if isinstance(item, Function):
            found += _of_function(item)
    return found


def _of_function(function: Function) -> "list[str]":
    found = []
    words = " ".join(function.doc)
    for parameter in function.parameters:
        only = len(function.parameters) == 1 and function.name.endswith("_free")
        if not parameter.doc and not only:
            found.append(f"{function.name}: `{parameter.name}` is not documented")
        if not parameter.role:
            found.append(f"{function.name}: `{parameter.name}` is a pointer of which the documentation does not say "
                         "whether it is an output (\"gets ...\"), and no length follows it")
    if GENERAL.search(words):
        found.append(f"{function.name}: `{GENERAL.search(words)[0]}` is a rule of status.h: say only what differs")
    return found
