"""C#: enumerations, structs, constants, handles and functions of the library, in bindings/csharp/src/generated."""

import textwrap

from by_hand import ByHand
from csharp_owners import owners
from csharp_words import summary
from names import (FAMILIES, HANDLES, STRUCTS, family_of, in_words, is_flag, member_doc, members, pascal, rest, singles,
                   with_fields)
from sections import Section
from surface import Callback, Function, Handle, Parameter, Struct, Surface, Variable

FOLDER = "bindings/csharp/src/generated"
OPENING = "// Made by abi/generate from src/ffi: do not edit.\nusing System;\nusing System.Runtime.InteropServices;\n"
NUMBERS = {"int32_t": "int", "uint32_t": "uint", "int64_t": "long", "uint64_t": "ulong", "uint8_t": "byte",
           "char": "byte", "size_t": "UIntPtr", "float": "float", "double": "double", "ppo_status": "int", "void": "void"}


def csharp(surface: Surface, sections: "list[Section]", hand: ByHand) -> "dict[str, str]":
    """The files, by their paths."""
    files = {
        f"{FOLDER}/Enumerations.cs": _file(_enumerations(surface)),
        f"{FOLDER}/Structs.cs": _file([_struct(struct, surface) for struct in surface.structs]),
        f"{FOLDER}/Handles.cs": _file([_handle(handle) for handle in surface.of(Handle)]),
        f"{FOLDER}/Native.cs": _file([_native(sections, surface)]),
        f"{FOLDER}/Owners.cs": _file(owners(surface, hand)),
        "bindings/csharp/tests/generated/StructNames.cs": _struct_names(surface),
    }
    return files


def _struct_names(surface: Surface) -> str:
    lines = "".join(f'        {{ "{one.name}", "{struct_name(one, surface)}" }},\n' for one in surface.structs)
    return f"""// Made by abi/generate from src/ffi: do not edit.
using System.Collections.Generic;

/// <summary>The structs of C under the names that they have here.</summary>
internal static class StructNames
{{
    internal static readonly Dictionary<string, string> Here = new Dictionary<string, string>
    {{
{lines}    }};
}}
"""


def _file(parts: "list[str]") -> str:
    body = textwrap.indent("\n".join(parts), "    ", lambda line: line.strip() != "")
    return f"{OPENING}\nnamespace PpoRisk\n{{\n{body}}}\n"


def _enumerations(surface: Surface) -> "list[str]":
    parts = []
    for family in FAMILIES:
        kind = "" if family.csharp == "Status" else " : uint"
        text = f"{summary(family.doc)}public enum {family.csharp}{kind}\n{{\n"
        for one in members(family, surface):
            text += textwrap.indent(f"{summary(member_doc(one))}{pascal(rest(one, family))} = {one.value},\n", "    ")
        parts.append(text + "}\n")
    text = "/// <summary>Single constants of the header.</summary>\ninternal static class Constants\n{\n"
    for one in singles(surface):
        text += textwrap.indent(f"{summary(member_doc(one))}internal const uint {pascal(one.name.split('_', 1)[1])} = "
                                f"{one.value};\n", "    ")
    parts.append(text + "}\n")
    return parts


def inside(struct: Struct, surface: Surface) -> bool:
    """Whether a struct is not for the binding's users: one with pointers."""
    return any(one.pointers or surface.kind_of(one) is Callback for one in struct.fields)


def struct_name(struct: Struct, surface: Surface) -> str:
    """The type that a struct is here."""
    return STRUCTS[struct.name].csharp + ("Data" if inside(struct, surface) else "")


def _struct(struct: Struct, surface: Surface) -> str:
    name = struct_name(struct, surface)
    hidden, settings = inside(struct, surface), STRUCTS[struct.name].settings
    access = "internal" if hidden else "public"
    kind = "sealed unsafe partial class" if settings else "unsafe partial struct"
    text = summary(in_words(struct)) + "[StructLayout(LayoutKind.Sequential)]\n"
    text += f"{access} {kind} {name}\n{{\n"
    properties = ""
    for one in struct.fields:
        field = pascal(one.name)
        if one.hidden:
            text += f"    internal uint {field};\n"
        elif is_flag(one):
            inner = field[0].lower() + field[1:]
            text += f"    private uint {inner};\n"
            properties += "\n" + textwrap.indent(
                f"{summary(_yes_or_no(with_fields(one.doc, struct)))}{access} bool {field}\n{{\n    get {{ return {inner} != 0; }}\n"
                f"    set {{ {inner} = value ? 1u : 0u; }}\n}}\n", "    ")
        else:
            words = "" if hidden else textwrap.indent(summary(with_fields(one.doc, struct)), "    ")
            text += f"{words}    {access} {_field_type(one, surface)} {field};\n"
    if settings:
        properties += (f"\n    /// <summary>The defaults.</summary>\n    public {name}()\n    {{\n"
                       f"        Library.Require();\n"
                       f"        Native.Check(Native.{struct.name}_init(this, (UIntPtr)Marshal.SizeOf(typeof({name}))));\n"
                       "    }\n")
    elif f"{struct.name}_init" in surface.by_name:
        properties += (f"\n    /// <summary>One that the library has filled in.</summary>\n    internal static {name} Blank()\n"
                       f"    {{\n        var blank = new {name}();\n"
                       f"        Native.Check(Native.{struct.name}_init(ref blank, (UIntPtr)sizeof({name})));\n"
                       "        return blank;\n    }\n")
    return text + properties + "}\n"


def _yes_or_no(words: str) -> str:
    """A field's words with true and false for 1 and 0."""
    for number, value in ("1", "true"), ("0", "false"):
        words = words.replace(f", 0 or 1; default {number}", f"; default {value}").replace(f"default {number}", f"default {value}")
    return words.replace(", 0 or 1", "").replace("1 where", "Whether").replace(" Else 0.", "").replace(" Else 0; never", " Never")


def _field_type(one: Variable, surface: Surface) -> str:
    if surface.kind_of(one) is Callback or one.base == "void":
        return "IntPtr"
    family = family_of(one)
    if family:
        return family.csharp
    item = surface.by_name.get(one.base)
    base = struct_name(item, surface) if isinstance(item, Struct) else NUMBERS[one.base]
    return base + "*" * one.pointers


def _handle(handle: Handle) -> str:
    name = f"{HANDLES[handle.name][0]}Handle"
    return f"""internal sealed partial class {name} : LibraryHandle
{{
    internal {name}(IntPtr value)
        : base(value)
    {{
    }}

    protected override bool ReleaseHandle()
    {{
        Native.{handle.name}_free(handle);
        Released();
        return true;
    }}

    /// <summary>What goes with the object, where its class has more than the handle.</summary>
    partial void Released();
}}
"""


def _native(sections: "list[Section]", surface: Surface) -> str:
    text = "internal static unsafe partial class Native\n{\n"
    parts = []
    for section in sections:
        for function in (item for item in section.items if isinstance(item, Function)):
            result = "byte*" if function.result == "const char *" else NUMBERS[function.result]
            taken = [f"{_taken(one, function, surface)} {one.name}" for one in function.parameters]
            head = f"internal static extern {result} {function.name}("
            line = f"{head}{', '.join(taken)});"
            if len(line) > 108:
                line = head + "\n    " + ",\n    ".join(taken) + ");"
            parts.append("    [DllImport(Library, CallingConvention = Convention)]\n" + textwrap.indent(line, "    ") + "\n")
    return text + "\n".join(parts) + "}\n"


def _taken(one: Parameter, function: Function, surface: Surface) -> str:
    """The type of a parameter."""
    if one.role == "handle":
        return "IntPtr" if function.name.endswith("_free") else f"{HANDLES[one.base][0]}Handle"
    if one.role == "new handle":
        return "out IntPtr"
    if one.role in ("callback", "user", "foreign"):
        return "IntPtr"
    family = family_of(one)
    item = surface.by_name.get(one.base)
    if isinstance(item, Struct):
        name = struct_name(item, surface)
        if one.role == "structs" or (one.constant and one.nullable and not STRUCTS[item.name].settings):
            return f"{name}*"
        if STRUCTS[item.name].settings:
            return f"[In] {name}" if one.constant else f"[In, Out] {name}"
        return f"ref {name}"
    base = family.csharp if family else NUMBERS[one.base]
    if one.role == "output":
        return f"out {base}"
    return base + "*" * one.pointers
