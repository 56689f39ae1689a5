"""The constants and structs as a list for the test that compares them with Rust's: tests/c_abi/numbers/list.rs."""

import textwrap

from surface import Constant, Item, Struct

OPENING = """//! Made by abi/generate from src/ffi: every constant and every struct of the header, with its module in Rust.

use super::{Number, constants, layout};

pub(super) fn numbers() -> Vec<Number> {
    [
"""


def numbers(written: "dict[str, list[Item]]") -> str:
    """The list's text, from the items of every file of src/ffi."""
    entries = []
    for source, items in written.items():
        module = "::".join(["ppo_risk::ffi", *source.removesuffix(".rs").removesuffix("/mod").split("/")])
        constants = [item.name for item in items if isinstance(item, Constant)]
        if constants:
            entries.append(f"constants!({module}:\n{_wrapped(constants)}),\n")
        for item in items:
            if isinstance(item, Struct):
                names = _wrapped([one.name for one in item.fields])
                entries.append(f"layout!({module}: {item.name} {{\n{names},\n}}),\n")
    return OPENING + textwrap.indent("".join(entries), " " * 8) + "    ]\n    .concat()\n}\n"


def _wrapped(names: "list[str]") -> str:
    indent = " " * 4
    return textwrap.fill(", ".join(names), width=102, initial_indent=indent, subsequent_indent=indent)
