"""C#: words of the header as documentation comments."""

import re
import textwrap
from xml.sax.saxutils import escape

from names import FAMILIES, pascal


def summary(words: str) -> str:
    """A documentation comment."""
    words = escape(_csharp_words(words))
    if len(words) < 85:
        return f"/// <summary>{words}</summary>\n"
    lines = textwrap.wrap(words, 100, break_on_hyphens=False)
    return "/// <summary>\n" + "".join(f"/// {line}\n" for line in lines) + "/// </summary>\n"


def _csharp_words(words: str) -> str:
    """C's constants under the names that they have here."""
    for family in FAMILIES:
        words = re.sub(rf"\b[Aa] {family.prefix} number\b", f"a {family.csharp}", words)
        words = re.sub(rf"\b{family.prefix}([A-Z][A-Z0-9_]*)\b",
                       lambda found, family=family: f"{family.csharp}.{pascal(found[1])}", words)
    return words.replace("PPO_OK", "Status.Ok")
