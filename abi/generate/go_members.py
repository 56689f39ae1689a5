"""Go: the methods that are nothing but a call on a handle."""

import textwrap

from go_words import comment, lowered, name_of
from names import HANDLES, STRUCTS, family_of, is_flag
from shapes import ROOM, Call
from surface import Parameter
from words import Tongue, description, errors, parameter

NUMBERS = {"double": "float64", "float": "float32", "int32_t": "int32", "uint32_t": "uint32", "int64_t": "int64",
           "uint64_t": "uint64", "size_t": "int"}
#: Elements of slices, and what hands the first of them to C.
SLICES = {"double": ("float64", "float64s"), "float": ("float32", "float32s"), "int64_t": ("int64", "int64s"),
          "uint32_t": ("uint32", "uint32s"), "uint8_t": ("byte", "bytesOf")}
#: Room for what is copied out.
COPIED = {"text": ("string", "*C.char"), "bytes": ("[]byte", "*C.uint8_t")}
WIDTH = 116


def method(call: Call, tongue: Tongue) -> str:
    """The method of a call."""
    name = name_of(call.name)
    given = _declared([(local(one), _type(one)) for one in call.given])
    got = [(local(one), _type(one)) for one in call.got] + ([("copied", COPIED[call.copied][0])] if call.copied else [])
    texts = [one for one in call.given if one.role == "text"]
    named = len(got) > 1 or bool(call.copied and texts)
    results = ("error" if not got else f"({_declared([*got, ('err', 'error')])})" if named else f"({got[0][1]}, error)")
    body = _copied(call, texts) if call.copied else _called(call, texts, named)
    head = f"func (h *{HANDLES[call.handle][1]}) {name}({given}) {results} {{\n"
    return _words(call, name, tongue) + head + textwrap.indent(body, "\t") + "}\n"


def local(one: Parameter) -> str:
    """What a parameter is called: `state_json` is stateJSON, `weights_out` weights."""
    first, *others = one.name.removesuffix("_out").split("_")
    return first + "".join(map(name_of, others))


def _type(one: Parameter) -> str:
    family = family_of(one)
    if one.role == "array":
        return f"[]{SLICES[one.base][0]}"
    if one.role in ("handle", "new handle"):
        return f"*{HANDLES[one.base][1]}"
    if one.role in ("text", "struct"):
        return "string" if one.role == "text" else STRUCTS[one.base].go
    return family.go if family else "bool" if is_flag(one) else NUMBERS[one.base]


def _declared(variables: "list[tuple[str, str]]") -> str:
    """Variables with their types, which stand behind the last of each that follow one another."""
    following = [kind for _, kind in variables[1:]] + [""]
    return ", ".join(name if kind == after else f"{name} {kind}" for (name, kind), after in zip(variables, following))


def _called(call: Call, texts: "list[Parameter]", named: bool) -> str:
    handles = "".join(f", {local(one)}.handle" for one in call.given if one.role == "handle")
    made = _within(texts, "return " + _function("use(func() C.ppo_status", f", h.handle{handles})", call))
    if not call.got:
        return f"return {made}\n"
    body, assigned = "", "=" if named else ":="
    for one in call.got:
        body += (f"{local(one)} {assigned} empty{STRUCTS[one.base].go}()\n" if one.role == "struct"
                 else f"var {local(one)}Out {'*' * (one.pointers - 1)}C.{one.base}\n")
    body += f"err {assigned} {made}\n"
    error = "err"
    if any(one.role == "new handle" for one in call.got):
        body += f"if err != nil {{\n\treturn{'' if named else ' nil, err'}\n}}\n"
        error = "nil"
    return f"{body}return {', '.join(map(_value, call.got))}, {error}\n"


def _value(one: Parameter) -> str:
    """A result, of what C has written."""
    name = local(one)
    if one.role == "struct":
        return name
    if one.role == "new handle":
        return f"own{HANDLES[one.base][1]}({name}Out)"
    return f"{name}Out != 0" if is_flag(one) else f"{_type(one)}({name}Out)"


def _copied(call: Call, texts: "list[Parameter]") -> str:
    room = f"func(buffer {COPIED[call.copied][1]}, capacity C.size_t, needed *C.size_t) C.ppo_status"
    made = _function(f"h.{call.copied}({room}", ")", call)
    if not texts:
        return f"return {made}\n"
    statements = f"copied, err = {made}\nreturn err"
    return f"err = {_within(texts, statements)}\nreturn copied, err\n"


def _within(texts: "list[Parameter]", statements: str) -> str:
    """The value of statements that return one, with the texts that they need in C's memory."""
    for one in reversed(texts):
        hands, inner = "withOptional" if one.nullable else "withText", textwrap.indent(statements, "\t")
        statements = f'return {hands}("{one.name}", {local(one)}, func({local(one)}Text *C.char) error {{\n{inner}\n}})'
    return statements.removeprefix("return ")


def _function(head: str, tail: str, call: Call) -> str:
    """The call of C in a function, on one line where it fits."""
    arguments = ", ".join(["h.c()", *(_argument(one, call) for one in call.function.parameters[1:])])
    line = f"return C.{call.function.name}({arguments})"
    if len(head) + len(line) + len(tail) < WIDTH - 10:
        return f"{head} {{ {line} }}{tail}"
    first, *others = textwrap.wrap(line, WIDTH - 12, break_long_words=False, break_on_hyphens=False)
    return "\n".join([f"{head} {{", f"\t{first}", *(f"\t\t{other}" for other in others), f"}}{tail}"])


def _argument(one: Parameter, call: Call) -> str:
    name = local(one)
    if call.copied and one.name in ROOM:
        return one.name
    if one.role == "length":
        return f"C.size_t(len({local(call.array_of(one))}))"
    if one.role == "array":
        return f"{SLICES[one.base][1]}({name})"
    if one.role in ("handle", "struct"):
        return f"{name}.c()"
    if one.role == "text":
        return f"{name}Text"
    if one.role in ("output", "new handle"):
        return f"&{name}Out"
    return f"flag({name})" if is_flag(one) else f"C.{one.base}({name})"


def _words(call: Call, name: str, tongue: Tongue) -> str:
    """The documentation: what the call does, its parameters and results, its errors."""
    parts = [comment(f"{name}: {lowered(description(call, tongue))}")]
    listed = [] if call.single else [*call.given, *call.got]
    if listed:
        parts.append("".join(_item(local(one), parameter(one, call, tongue)) for one in listed))
    said = errors(call, tongue)
    if said:
        parts.append(comment(said))
    return "//\n".join(parts)


def _item(name: str, words: str) -> str:
    first, *others = comment(f"{name}: {words}", 108).splitlines()
    return "".join([f"//   - {first[3:]}\n", *(f"//     {line[3:]}\n" for line in others)])
