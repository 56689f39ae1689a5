"""What the bindings offer, read from their sources: every public function with the functions of C that it calls, itself
or through helpers of its binding.

The sources are regular, and only what is regular is looked for: formatters and linters hold them so.
"""

import ast
import re
from dataclasses import dataclass, field
from typing import Callable, Iterator

#: A name of C.
NAME = re.compile(r"\b(?:ppo|risk)_\w+\b")


#: How many members may share a helper as their own.
FEW = 4


@dataclass
class Member:
    """A function of a binding."""

    #: As it is shown: `Book.decide(closes, cash_return)`.
    shown: str
    #: By which others call it.
    name: str
    public: bool
    body: str
    calls: "set[str]" = field(default_factory=set)


def callers(members: "list[Member]", names: "set[str]") -> "dict[str, list[Member]]":
    """The public members that call each name of C: those that do so themselves, else those that do so by a helper. What
    more than a few come to by a helper is none of them's own."""
    public = resolved(members, names)
    direct = {one.shown: named(one, names) for one in members}
    found: "dict[str, list[Member]]" = {}
    for name in names:
        all_of = [one for one in public if name in one.calls]
        found[name] = [one for one in all_of if name in direct[one.shown]] or all_of[:FEW + 1]
        if len(found[name]) > FEW and name not in direct[found[name][0].shown]:
            found[name] = []
    return found


def resolved(members: "list[Member]", names: "set[str]") -> "list[Member]":
    """The public members, each with the names of C that it comes to. A helper is one that is not public."""
    helpers: "dict[str, set[str]]" = {}
    for one in members:
        one.calls = named(one, names)
        if not one.public:
            helpers.setdefault(one.name, set()).update(one.calls)
    while True:
        grown = False
        for one in members:
            used = set(re.findall(r"(\w+)(?:<\w+>|\[\w+\])?\(", one.body)) & set(helpers)
            called = one.calls.union(*(helpers[name] for name in used))
            if called != one.calls:
                one.calls, grown = called, True
            if not one.public and not called <= helpers[one.name]:
                helpers[one.name] |= called
                grown = True
        if not grown:
            return [one for one in members if one.public and one.calls]


def named(member: Member, names: "set[str]") -> "set[str]":
    """The names of C in a member, but for those in texts."""
    return set(NAME.findall(re.sub(r'"[^"\n]*"', "", member.body))) & names


def python(sources: "dict[str, str]") -> "Iterator[Member]":
    """Functions and methods of Python modules, and names that modules give to functions of C."""
    suffixes: "dict[str, list[tuple[ast.FunctionDef, str]]]" = {}
    for path, text in sorted(sources.items(), key=lambda source: "_parts" not in source[0]):
        inner = path.rsplit("/", 1)[-1].startswith("_")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                yield _python(node, "", not inner)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                yield Member(node.targets[0].id, node.targets[0].id, False, ast.unparse(node.value))
            elif isinstance(node, ast.ClassDef):
                methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
                yield from (_python(one, node.name, not inner) for one in methods)
                suffixes[node.name] = [(one, found) for one in methods
                                       for found in re.findall(r"_prefix\}(_\w+)", ast.unparse(one))]
                for prefix in re.findall(r"_prefix = '(\w+)'", ast.unparse(node)):
                    for base in map(ast.unparse, node.bases):
                        for method, suffix in suffixes.get(base, []):
                            # What makes a part is called by the class itself.
                            made = suffix in ("_new", "_restore")
                            shown = _python(method, node.name, True)
                            yield Member(node.name if made else shown.shown, method.name, made or shown.public,
                                         prefix + suffix)


def _python(node: ast.FunctionDef, owner: str, seen: bool) -> Member:
    names = [one.arg for one in node.args.args + node.args.kwonlyargs if one.arg not in ("self", "cls")]
    property_ = any(isinstance(one, ast.Name) and one.id == "property" for one in node.decorator_list)
    public = seen and not owner.startswith("_") and (not node.name.startswith("_") or node.name in ("__init__", "__len__"))
    name = owner if node.name == "__init__" else f"{owner}.{node.name}" if owner else node.name
    shown = name if property_ else f"{name}({', '.join(one for one in names if not one.startswith('_'))})"
    if node.name == "__len__":
        shown = f"len({owner})"
    return Member(shown, node.name, public, "\n".join(map(ast.unparse, node.body)))


GO = re.compile(r"^func (?:\(\w+ \*?(\w+)\) )?(\w+)(?:\[[^\]]*\])?\((.*?)\)(.*?)\{([^\n]*\}$|.*?^\})",
                re.DOTALL | re.MULTILINE)
C_HELPER = re.compile(r"^(?:static )?[\w ]+[ *](\w+)\([^;{]*\) \{$(.*?)^\}", re.DOTALL | re.MULTILINE)


def go(sources: "dict[str, str]") -> "Iterator[Member]":
    """Functions and methods of Go files, and the functions in C that they call."""
    for text in sources.values():
        for name, body in C_HELPER.findall(text):
            yield Member(name, name, False, body)
        for owner, name, parameters, _, body in GO.findall(text):
            public = name[0].isupper() and (not owner or owner[0].isupper())
            names = ", ".join(one.split()[0] for one in _split(parameters))
            yield Member(f"{owner}.{name}({names})" if owner else f"{name}({names})", name, public, body)


#: A class, then members four columns further in: a declaration, and all up to the next.
CSHARP_CLASS = re.compile(r"^    (?:public|internal)[\w ]*? (?:class|struct) (\w+).*?^    \}", re.DOTALL | re.MULTILINE)
CSHARP = re.compile(r"^        ((?:public|internal|private|protected) [^\n=;{(]*(?:\([^)]*\))?)(.*?)(?=^        (?:public|internal|private|"
                    r"protected|/// <summary>)|\Z)", re.DOTALL | re.MULTILINE)


def csharp(sources: "dict[str, str]") -> "Iterator[Member]":
    """Methods, properties and constructors of C# classes."""
    for text in sources.values():
        for found in CSHARP_CLASS.finditer(text):
            owner = found[1]
            for head, body in CSHARP.findall(found[0]):
                called = re.search(r"(\w+)(?:<\w+>)?(?:\(([^)]*)\))?\s*$", head.strip())
                if called is None:
                    continue
                name, parameters = called[1], called[2]
                names = ", ".join(one.split("=")[0].split()[-1] for one in _split(parameters or ""))
                full = owner if name == owner else f"{owner}.{name}"
                shown = full if parameters is None else f"{full}({names})"
                yield Member(shown, name, head.startswith("public"), body)


CPP_CLASS = re.compile(r"^(?:class|struct) (\w+)([^;{]*)\{(.*?)^\};", re.DOTALL | re.MULTILINE)
CPP = re.compile(r"^(    )?(?! |\}|public|private|using|return)((?:[\w:<>,&*\[\]]+ )*?[&*]*)(\w+)\(((?:[^()]|\([^()]*\))*)\)"
                 r"([^;{\n]*)\{([^\n]*\}$|.*?^(?(1)    )\})", re.DOTALL | re.MULTILINE)


def cpp(sources: "dict[str, str]") -> "Iterator[Member]":
    """Methods of C++ classes, and functions of the namespace."""
    for text in sources.values():
        for owner, bases, body in CPP_CLASS.findall(text):
            for member in _cpp(body, owner, True):
                yield member
            started = set(NAME.findall(bases))
            made = next((name for name in started if name.endswith("_init")), "")
            yield Member(owner, owner, True, made)
        yield from _cpp(CPP_CLASS.sub("", text), "", False)


def _cpp(text: str, owner: str, inside: bool) -> "Iterator[Member]":
    public = True
    for found in CPP.finditer(text):
        if bool(found[1]) != inside:
            continue
        before = re.findall(r"^(public|private|protected):", text[:found.start()], re.MULTILINE)
        public = not before or before[-1] == "public"
        name = found[3]
        names = ", ".join(re.split(r"[\s&*]+", one.split(" = ")[0].strip())[-1] for one in _split(found[4]))
        full = owner if name == owner else f"{owner}::{name}" if owner else name
        yield Member(f"{full}({names})", name, public, found[0])


def _split(parameters: str) -> "list[str]":
    """Parameters apart: commas within brackets belong to a type."""
    parts, depth = [""], 0
    for letter in parameters:
        depth += (letter in "(<[{") - (letter in ")>]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


#: How each language's sources are read.
READERS: "dict[str, Callable[[dict[str, str]], Iterator[Member]]]" = {
    "C++": cpp, "Python": python, "Go": go, "C#": csharp}
