"""The C surface as plain data, read from the text that cbindgen writes from src/ffi.

cbindgen's text is regular: a `/** ... */` comment, then one declaration. Every item keeps the declaration as cbindgen
wrote it (`text`), so that the headers hold cbindgen's own words.

What a pointer parameter is follows from its type, its name and its documentation:
    struct x *, x a handle             the handle; struct x **: a new handle is written there
    struct x *, x with fields          one struct, or an array of them where a length follows
    struct x *, x of another interface one struct, which its own definition describes
    const char *                       text; const char *const *: an array of texts
    a pointer and `<name>_len`, `<name>_capacity`, `capacity` or `len` after it
                                       an array of that length
    a number's pointer whose documentation begins with "gets"
                                       an output
    documentation that has the word NULL
                                       NULL is allowed, and the documentation says what it means
"""

import re
from dataclasses import dataclass, field

#: Size in bytes of the numbers of C that the surface uses.
SIZES = {"uint8_t": 1, "char": 1, "int32_t": 4, "uint32_t": 4, "float": 4, "ppo_status": 4, "int64_t": 8,
         "uint64_t": 8, "size_t": 8, "double": 8}
WORDS = {"UINT32_MAX": 0xFFFFFFFF}
#: Structs of another interface, whose definition cbindgen leaves out.
FOREIGN = ("ArrowArrayStream",)
POINTER = 8

#: A comment at the beginning of a line, and its declaration. Those of fields are indented.
ITEM = re.compile(r"^/\*\*\n(.*?)^ \*/\n(typedef struct (\w+) \{.*?^\} \3;|#define [^\n]*|[^/#]*?;)", re.DOTALL | re.MULTILINE)
FIELD = re.compile(r"/\*\*\n(.*?)\*/\s*([^;]*);", re.DOTALL)


@dataclass
class Variable:
    """A parameter or a field: `const double *closes` is of the type `const double *`."""

    name: str
    type: str
    doc: str = ""

    @property
    def base(self) -> str:
        """The type without const, struct and pointers."""
        return re.sub(r"\b(const|struct)\b|[*\s]", "", self.type)

    @property
    def pointers(self) -> int:
        """How many pointers the type is away from its base."""
        return self.type.count("*")

    @property
    def constant(self) -> bool:
        """Whether what it points to is only read."""
        return self.type.startswith("const ")

    @property
    def hidden(self) -> bool:
        """A field that is the library's own business."""
        return self.name == "struct_size" or self.name.startswith("reserved")


@dataclass
class Parameter(Variable):
    """A parameter of a function."""

    #: "value", "handle", "new handle", "struct", "structs", "foreign", "text", "texts", "array", "output", "callback",
    #: "user" or, for a length, "length".
    role: str = ""
    #: The parameter that holds the length of this array.
    length: str = ""
    nullable: bool = False


@dataclass
class Item:
    """Anything that the header declares."""

    name: str
    doc: "list[str]"
    text: str
    #: The file of src/ffi that it is written in, and the line.
    source: str = ""
    line: int = 0

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        words = " ".join(self.description)
        found = re.match(r"(.*?[^.A-Z]\.)(\s|$)", words)
        return found[1] if found else words

    @property
    def description(self) -> "list[str]":
        """The documentation's lines up to the parameters."""
        lines = []
        for line in self.doc:
            if line.startswith("\\param"):
                break
            lines.append(line)
        while lines and not lines[-1]:
            lines.pop()
        return lines


@dataclass
class Constant(Item):
    """A number with a name."""

    value: int = 0


@dataclass
class Handle(Item):
    """A type whose inside is not for the caller."""


@dataclass
class Number(Item):
    """Another name of a number: ppo_status."""


@dataclass
class Struct(Item):
    """A struct with its fields."""

    fields: "list[Variable]" = field(default_factory=list)


@dataclass
class Callback(Item):
    """A pointer to a function of the caller."""

    result: str = ""
    parameters: "list[Variable]" = field(default_factory=list)


@dataclass
class Function(Item):
    """A function that the library exports."""

    result: str = ""
    parameters: "list[Parameter]" = field(default_factory=list)


class Surface:
    """Everything that the header declares, in cbindgen's order."""

    def __init__(self, flat: str) -> None:
        self.items = [_item(match[1], match[2]) for match in ITEM.finditer(flat)]
        self.by_name = {item.name: item for item in self.items}
        if len(self.by_name) != len(self.items):
            raise ValueError("cbindgen's text declares a name twice")
        for function in self.functions:
            for at, parameter in enumerate(function.parameters):
                self._give_role(function, at, parameter)

    def of(self, kind: type) -> list:
        """All items of a kind."""
        return [item for item in self.items if isinstance(item, kind)]

    @property
    def functions(self) -> "list[Function]":
        """All functions."""
        return self.of(Function)

    @property
    def structs(self) -> "list[Struct]":
        """All structs with fields."""
        return self.of(Struct)

    def kind_of(self, variable: Variable) -> "type | None":
        """What the header says the base of a type is; None for numbers."""
        item = self.by_name.get(variable.base)
        return None if item is None or isinstance(item, Number) else type(item)

    def size_of(self, variable: Variable) -> int:
        """Bytes that a field takes."""
        if variable.pointers or self.kind_of(variable) is Callback:
            return POINTER
        return SIZES[variable.base]

    def layout(self, struct: Struct) -> "tuple[int, list[tuple[Variable, int]]]":
        """Size of a struct, and the offset of each field. C puts every field at the next multiple of its size."""
        end, largest, places = 0, 1, []
        for one in struct.fields:
            size = self.size_of(one)
            end = -(-end // size) * size
            places.append((one, end))
            end, largest = end + size, max(largest, size)
        return -(-end // largest) * largest, places

    def _give_role(self, function: Function, at: int, parameter: Parameter) -> None:
        kind, length = self.kind_of(parameter), _length(function, at)
        parameter.nullable = bool(parameter.pointers) and "NULL" in parameter.doc
        if kind is Callback:
            parameter.role = "callback"
            parameter.nullable = "NULL" in parameter.doc
        elif not parameter.pointers:
            parameter.role = "length" if any(other.length == parameter.name for other in function.parameters) else "value"
        elif parameter.base == "void":
            parameter.role = "user"
        elif parameter.base in FOREIGN:
            parameter.role = "foreign"
        elif kind is Handle:
            parameter.role = "handle" if parameter.pointers == 1 else "new handle"
        elif kind is Struct:
            parameter.role, parameter.length = ("structs", length) if length else ("struct", "")
        elif parameter.base == "char" and parameter.pointers == 2:
            parameter.role, parameter.length = "texts", length
        elif parameter.base == "char" and parameter.constant:
            parameter.role = "text"
        elif length:
            parameter.role, parameter.length = "array", length
        elif parameter.doc.startswith("gets"):
            parameter.role = "output"


def _length(function: Function, at: int) -> str:
    """The parameter that holds the length of an array; "" where there is none."""
    parameter, following = function.parameters[at], function.parameters[at + 1:]
    name = re.sub("_out$", "", parameter.name)
    if following and following[0].name in (f"{name}_len", f"{name}_capacity", "capacity", "len"):
        return following[0].name
    # Arrays that share a length stand before it one after the other.
    after = next((one.name for one in following if not one.pointers), "")
    return after if after == "len" and "[" in parameter.doc else ""


def _item(comment: str, code: str) -> Item:
    doc = _lines(comment)
    if found := re.fullmatch(r"#define (\w+) (\S+)", code):
        return Constant(found[1], doc, code, value=WORDS[found[2]] if found[2] in WORDS else int(found[2]))
    if found := re.fullmatch(r"typedef struct (\w+) \1;", code):
        return Handle(found[1], doc, code)
    if found := re.fullmatch(r"typedef \w+ (\w+);", code):
        return Number(found[1], doc, code)
    if found := re.match(r"typedef struct (\w+) \{", code):
        fields = [Variable(*_variable(field), " ".join(_lines(words))) for words, field in FIELD.findall(code)]
        return Struct(found[1], doc, code, fields=fields)
    if found := re.fullmatch(r"typedef (\w+) \(\*(\w+)\)\((.*)\);", code, re.DOTALL):
        return Callback(found[2], doc, code, result=found[1], parameters=_variables(found[3], doc))
    if found := re.fullmatch(r"((?:const )?\w+ \*?)(\w+)\(([^()]*)\);", code, re.DOTALL):
        parameters = [Parameter(one.name, one.type, one.doc) for one in _variables(found[3], doc)]
        return Function(found[2], doc, code, result=found[1].strip(), parameters=parameters)
    raise ValueError(f"cbindgen wrote what is not understood here:\n{code}")


def _lines(comment: str) -> "list[str]":
    """The words of a comment, without its stars."""
    return [re.sub(r"^\s*\* ?", "", line).rstrip() for line in comment.rstrip().split("\n")]


def _variables(text: str, doc: "list[str]") -> "list[Variable]":
    words = _parameter_docs(doc)
    found = [_variable(part) for part in text.split(",") if part.strip() != "void"]
    return [Variable(name, kind, words.get(name, "")) for name, kind in found]


def _variable(text: str) -> "tuple[str, str]":
    kind, name = re.fullmatch(r"(.*?)(\w+)", " ".join(text.split())).groups()
    return name, kind.strip()


def _parameter_docs(doc: "list[str]") -> "dict[str, str]":
    found, name = {}, ""
    for line in doc:
        if match := re.match(r"\\param (\w+) +(.*)", line):
            name = match[1]
            found[name] = match[2]
        elif name and line.startswith("  "):
            found[name] += " " + line.strip()
        else:
            name = ""
    return found
