"""C#: words of the header as documentation comments."""

import re
import textwrap
from xml.sax.saxutils import escape

from names import FAMILIES, pascal


def summary(words: str) -> str:
    """A documentation comment."""
    return documentation("summary", words)


def documentation(tag: str, words: str, attributes: str = "") -> str:
    """A part of a documentation comment."""
    words = escape(_csharp_words(words))
    if len(words) + len(tag) + len(attributes) < 92:
        return f"/// <{tag}{attributes}>{words}</{tag}>\n"
    lines = textwrap.wrap(words, 100, break_on_hyphens=False)
    return f"/// <{tag}{attributes}>\n" + "".join(f"/// {line}\n" for line in lines) + f"/// </{tag}>\n"


def _csharp_words(words: str) -> str:
    """C's constants under the names that they have here."""
    for family in FAMILIES:
        words = re.sub(rf"\b[Aa] {family.prefix} number\b", f"a {family.csharp}", words)
        words = re.sub(rf"\b{family.prefix}([A-Z][A-Z0-9_]*)\b",
                       lambda found, family=family: f"{family.csharp}.{pascal(found[1])}", words)
    return words.replace("PPO_OK", "Status.Ok")
