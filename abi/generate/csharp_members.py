"""C#: what the classes that own a handle have in common, and their members that are mere questions: a text, a count, a
command. Whatever takes more than that is written by hand in the other half of the class."""

import textwrap

from shapes import shape
from csharp_words import summary
from names import HANDLES, pascal
from surface import Function, Handle, Surface

#: Members that are written by hand, for what they are called or what they do besides.
BY_HAND = {"ppo_job_cancel", "ppo_job_poll"}
#: The ending of a C name, and what it is here.
ENDINGS = {"_len": "_length"}


def owners(surface: Surface) -> "list[str]":
    """The generated half of every class that owns a handle."""
    return [_owner(handle, surface) for handle in surface.of(Handle)]


def _owner(handle: Handle, surface: Surface) -> str:
    name = HANDLES[handle.name][0]
    text = f"""public sealed unsafe partial class {name} : IDisposable
{{
    private {name}Handle handle;

    /// <summary>The handle, for as long as this has not been disposed of.</summary>
    internal {name}Handle Handle
    {{
        get {{ return LibraryHandle.Live(handle); }}
        private set {{ handle = value; }}
    }}

    private {name}(IntPtr of)
    {{
        Handle = new {name}Handle(of);
        Made();
    }}

    /// <summary>What else a new object needs, where its class has more than the handle.</summary>
    partial void Made();
"""
    for function in surface.functions:
        member = _member(function, handle)
        if member:
            text += "\n" + textwrap.indent(member, "    ")
    return text + """
    /// <inheritdoc/>
    public void Dispose()
    {
        handle.Dispose();
    }
}
"""


def _member(function: Function, handle: Handle) -> str:
    kind = "" if function.name in BY_HAND else shape(function, handle)
    name = function.name[len(handle.name) + 1:]
    for ending, other in ENDINGS.items():
        name = name[:-len(ending)] + other if name.endswith(ending) else name
    name = pascal(name)
    words = summary(function.summary)
    if kind == "text":
        return (f"{words}public string {name}\n{{\n    get\n    {{\n"
                "        return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>\n"
                f"            Native.{function.name}(Handle, buffer, capacity, out needed));\n    }}\n}}\n")
    if kind == "text at an index":
        return (f"{words}public string {name}(int index)\n{{\n"
                "    return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>\n"
                f"        Native.{function.name}(Handle, Arrays.Index(index), buffer, capacity, out needed));\n}}\n")
    if kind == "count":
        return (f"{words}public int {name}\n{{\n    get\n    {{\n"
                f"        Native.Check(Native.{function.name}(Handle, out var number));\n"
                "        return Arrays.Size(number);\n    }\n}\n")
    if kind == "command":
        return f"{words}public void {name}()\n{{\n    Native.Check(Native.{function.name}(Handle));\n}}\n"
    return ""
