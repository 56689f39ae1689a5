"""C#: the members that are nothing but a call on a handle. Whatever takes more than that is written by hand in the other half
of the class."""

import textwrap

from csharp_words import documentation
from names import HANDLES, STRUCTS, family_of, is_flag, pascal
from shapes import ROOM, Call
from surface import Parameter
from words import Tongue, description, errors, parameter

NUMBERS = {"double": "double", "float": "float", "int32_t": "int", "uint32_t": "uint", "int64_t": "long",
           "uint64_t": "ulong", "size_t": "int"}
ELEMENTS = {**NUMBERS, "uint8_t": "byte"}
#: The ending of a C name, and what it is here.
ENDINGS = {"_len": "_length"}
COPIED = {"text": ("string", "Copy"), "bytes": ("byte[]", "CopyBytes")}
WIDTH = 100


def name_of(call: Call) -> str:
    """What the member is called."""
    return _written_out(call.name)


def local(one: Parameter) -> str:
    """What a parameter is called: `state_json` is stateJson, `weights_out` weights."""
    name = _written_out(one.name.removesuffix("_out"))
    return name[:1].lower() + name[1:]


def _written_out(name: str) -> str:
    for ending, other in ENDINGS.items():
        name = name[:-len(ending)] + other if name.endswith(ending) else name
    return pascal(name)


def member(call: Call, tongue: Tongue) -> str:
    """The member of a call: a property where it asks for one number or text, else a method."""
    returned = COPIED[call.copied][0] if call.copied else _type(call.got[0]) if len(call.got) == 1 else "void"
    body = _copied(call) if call.copied else _called(call)
    if call.single:
        inner = textwrap.indent(f"get\n{{\n{textwrap.indent(body, '    ')}}}\n", "    ")
        return f"{_words(call, tongue)}public {returned} {name_of(call)}\n{{\n{inner}}}\n"
    head = f"{_words(call, tongue)}public {returned} {name_of(call)}"
    return f"{head}{_listed(_taken(call))}\n{{\n{textwrap.indent(body, '    ')}}}\n"


def _type(one: Parameter) -> str:
    if one.role == "array":
        return f"{ELEMENTS[one.base]}[]"
    if one.role in ("handle", "new handle"):
        return HANDLES[one.base][0]
    if one.role in ("text", "struct"):
        return "string" if one.role == "text" else STRUCTS[one.base].csharp
    family = family_of(one)
    return family.csharp if family else "bool" if is_flag(one) else NUMBERS[one.base]


def _taken(call: Call) -> "list[str]":
    """The parameters. What is left out at the end is not there: a default, unless results follow."""
    results = [f"out {_type(one)} {local(one)}" for one in call.got] if len(call.got) > 1 else []
    taken: "list[str]" = []
    may_be_left_out = not results
    for one in reversed(call.given):
        default = ("null" if one.nullable and one.role in ("array", "text") else
                   "double.NaN" if one.base == "double" and one.role == "value" and "NaN where none" in one.doc else "")
        may_be_left_out = may_be_left_out and bool(default)
        taken.insert(0, f"{_type(one)} {local(one)}" + (f" = {default}" if may_be_left_out else ""))
    return taken + results


def _called(call: Call) -> str:
    many = len(call.got) > 1
    # Results that are not C's numbers as they are get a place of their own first.
    blank = "".join(f"var {_place(one, many)} = PpoRisk.{_type(one)}.Blank();\n" for one in call.got if one.role == "struct")
    results = [(one, _value(one, _place(one, many))) for one in call.got]
    lines = f"Native.Check({_native(call, many)});\n"
    if many:
        lines += "".join(f"{local(one)} = {value};\n" for one, value in results if value != local(one))
    elif results:
        lines += f"return {results[0][1]};\n"
    return _opened(call) + blank + _fixed(call, lines)


def _copied(call: Call) -> str:
    head = f"return Text.{COPIED[call.copied][1]}((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>\n"
    made = _native(call, False)
    pinned = _fixed(call, f"return {made};\n")
    if pinned.startswith("return"):
        return f"{head}{textwrap.indent(made, '    ')});\n"
    return f"{head}{{\n{textwrap.indent(pinned, '    ')}}});\n"


def _opened(call: Call) -> str:
    """The handles of others, which have to be there."""
    return "".join(f"var {local(one)}Handle = {local(one)}?.Handle ?? throw new ArgumentNullException(nameof({local(one)}));\n"
                   for one in call.given if one.role == "handle")


def _fixed(call: Call, lines: str) -> str:
    """Lines for which arrays and texts stay where they are."""
    pins = [f"fixed (byte* {local(one)}At = Text.Bytes({local(one)}, nameof({local(one)})))\n" if one.role == "text" else
            f"fixed ({ELEMENTS[one.base]}* {local(one)}At = Arrays.Pinnable({local(one)}))\n"
            for one in call.given if one.role in ("array", "text")]
    return f"{''.join(pins)}{{\n{textwrap.indent(lines, '    ')}}}\n" if pins else lines


def _native(call: Call, many: bool) -> str:
    arguments = ["Handle", *(_argument(one, call, many) for one in call.function.parameters[1:])]
    return f"Native.{call.function.name}{_listed(arguments)}"


def _listed(words: "list[str]") -> str:
    """Words in parentheses, on lines of their own where they are many."""
    text = f"({', '.join(words)})"
    if len(text) < WIDTH - 30:
        return text
    return "(\n" + textwrap.indent(",\n".join(words), "    ") + ")"


def _argument(one: Parameter, call: Call, many: bool) -> str:
    name = local(one)
    if call.copied and one.name in ROOM:
        return "out needed" if one.name == "needed" else one.name
    if one.role == "length":
        return f"Arrays.Length({local(call.array_of(one))})"
    if one.role in ("array", "text"):
        return f"{name}At"
    if one.role == "handle":
        return f"{name}Handle"
    if one.role == "struct":
        return f"ref {_place(one, many)}"
    if one.role in ("output", "new handle"):
        place = _place(one, many)
        return f"out {place}" if many and place == name else f"out var {place}"
    if is_flag(one):
        return f"{name} ? 1u : 0u"
    return f"Arrays.Index({name})" if one.base == "size_t" else name


def _place(one: Parameter, many: bool) -> str:
    """Where C writes a result: the parameter itself where that is of C's type."""
    same = one.role == "output" and one.base != "size_t" and not is_flag(one)
    return local(one) if same or not many else f"{local(one)}Found"


def _value(one: Parameter, place: str) -> str:
    if one.role == "new handle":
        return f"new {_type(one)}({place})"
    if one.role == "output" and one.base == "size_t":
        return f"Arrays.Size({place})"
    return f"{place} != 0" if is_flag(one) else place


def _words(call: Call, tongue: Tongue) -> str:
    """The documentation: what the call does, its parameters and result, its errors."""
    parts = documentation("summary", description(call, tongue))
    if call.single:
        return parts
    listed = [*call.given, *(call.got if len(call.got) > 1 else [])]
    parts += "".join(documentation("param", parameter(one, call, tongue), f' name="{local(one)}"') for one in listed)
    if len(call.got) == 1:
        parts += documentation("returns", parameter(call.got[0], call, tongue))
    said = errors(call, tongue)
    return parts + (documentation("exception", said, ' cref="PpoException"') if said else "")
