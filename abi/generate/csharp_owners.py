"""C#: the classes that own a handle: what they have in common, and their members that are made."""

import textwrap

from by_hand import ByHand
from csharp_members import local, member, name_of
from names import HANDLES
from surface import Handle, Surface
from words import Tongue


def owners(surface: Surface, hand: ByHand) -> "list[str]":
    """The generated half of every class that owns a handle."""
    calls = hand.rest(surface)
    members = {call.function.name: f"{HANDLES[call.handle][0]}.{name_of(call)}" for call in calls}
    tongue = Tongue("null", local, {**hand.members, **members})
    return [_owner(handle, [member(call, tongue) for call in calls if call.handle == handle.name]) for handle in surface.of(Handle)]


def _owner(handle: Handle, members: "list[str]") -> str:
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

    internal {name}(IntPtr of)
    {{
        Handle = new {name}Handle(of);
        Made();
    }}

    /// <summary>What else a new object needs, where its class has more than the handle.</summary>
    partial void Made();
"""
    text += "".join("\n" + textwrap.indent(one, "    ", lambda line: line.strip() != "") for one in members)
    return text + """
    /// <inheritdoc/>
    public void Dispose()
    {
        handle.Dispose();
    }
}
"""
