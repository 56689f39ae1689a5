"""Functions that are nothing but a call on a handle: bindings have a member for each, made from the roles of its parameters."""

import re
from dataclasses import dataclass

from names import STRUCTS, is_flag
from surface import Callback, Function, Handle, Parameter, Struct, Surface

#: Numbers that values, outputs and arrays are of.
NUMBERS = ("double", "float", "int32_t", "uint32_t", "int64_t", "uint64_t", "size_t")
ELEMENTS = ("double", "float", "int64_t", "uint32_t", "uint8_t")
#: How C has a text or bytes copied out.
ROOM = ["buffer", "capacity", "needed"]
COPIED = {"char": "text", "uint8_t": "bytes"}


@dataclass
class Call:
    """A call on a handle."""

    function: Function
    #: The handle's type.
    handle: str
    #: C's name without what says that it is the library's, and of which type.
    name: str
    #: What the caller gives, arrays to be filled among it, and what the caller gets, each in C's order.
    given: "list[Parameter]"
    got: "list[Parameter]"
    #: "text" or "bytes" where the call copies one out into room of the caller's; else "".
    copied: str

    @property
    def single(self) -> bool:
        """Whether the call asks for one number or text, and takes nothing."""
        return not self.given and (self.copied == "text" or [one.role for one in self.got] == ["output"])

    def array_of(self, length: Parameter) -> Parameter:
        """The array that a parameter is the length of."""
        return next(one for one in self.given if one.length == length.name)


def call_of(function: Function, surface: Surface) -> "Call | None":
    """The call that a function is; None where it takes or gives what only words can say."""
    taken = function.parameters
    if not taken or taken[0].role != "handle" or function.result != "ppo_status":
        return None
    handle, inner = taken[0].base, taken[1:]
    if any(function.name.startswith(f"{other.name}_") for other in surface.of(Handle) if other.name != handle):
        return None  # what makes another type's objects
    copied = COPIED.get(inner[-3].base, "") if [one.name for one in inner[-3:]] == ROOM else ""
    inner = inner[:-3] if copied else inner
    name = function.name.removeprefix(f"{handle}_") if function.name.startswith(f"{handle}_") else function.name.split("_", 1)[1]
    call = Call(function, handle, name, [], [], copied)
    for one in inner:
        if _is_got(one, surface):
            call.got.append(one)
        elif _is_given(one):
            call.given.append(one)
        elif one.role != "length" or sum(other.length == one.name for other in inner) > 1:
            return None
    # A handle has to stay open while room is made for what is copied out, and two cannot be told which to ask.
    return None if copied and (call.got or any(one.role == "handle" for one in call.given)) else call


def _is_given(one: Parameter) -> bool:
    if one.role == "text":
        return one.name != "path"  # where a file or folder is not there, that is an error of the language's own
    return one.role == "handle" or one.role == "value" and one.base in NUMBERS or one.role == "array" and one.base in ELEMENTS


def _is_got(one: Parameter, surface: Surface) -> bool:
    if one.role == "struct":
        return not one.constant and is_result(surface.by_name[one.base], surface)
    return one.role == "new handle" or one.role == "output" and one.base in NUMBERS


def is_result(struct: Struct, surface: Surface) -> bool:
    """Whether a struct is a plain result, of which every binding can give a new one."""
    pointing = any(one.pointers or surface.kind_of(one) is Callback for one in struct.fields)
    return not pointing and bool(STRUCTS[struct.name].go) and f"{struct.name}_init" in surface.by_name


def words_of(one: Parameter, function: Function) -> str:
    """A parameter's documentation without what is C's own: `[weights_len]` is [N], an output does not "get" its number."""
    words = one.doc
    if one.length:
        length = next(other for other in function.parameters if other.name == one.length)
        extent = re.sub(r", or 0 with NULL.*", "", length.doc).split(": ")[-1]
        extent = re.sub(r",? ?\b(?:ppo|risk)_\w+", "", extent)
        words = words.replace(f"[{length.name}]", f"[{extent}]")
        # Rows and columns that come first say it already.
        words = re.sub(rf"^(\[[^\]]*\].*?): {re.escape(f'[{extent}]')}", r"\1", words)
    if one.role in ("output", "struct", "new handle"):
        words = re.sub(r"; may be NULL$", "", words.removeprefix("gets ").removeprefix("it: "))
        words = re.sub(r"(, which| and) is the caller's to free with \w+|; its `struct_size` has to be set.*", "", words)
    if is_flag(one):
        words = re.sub(r"^1 where (.*?), (?:else 0|0 where .*)$", r"whether \1", words)
    return words


def errors_of(function: Function) -> str:
    """What a function's documentation says of its errors, after the parameters."""
    after: "list[str]" = []
    for line in function.doc[len(function.description):]:
        if line.startswith(("\\param", "  ")):
            after = []
        else:
            after.append(line)
    sentences = re.split(r"(?<=\.) ", " ".join(line for line in after if line))
    return " ".join(one for one in sentences if one.startswith("PPO_ERR_") and "BUFFER_TOO_SMALL" not in one)
