"""Go: words of the header as comments, and names as Go writes them."""

import re
import textwrap

from names import FAMILIES, pascal

#: Parts of names that Go writes in capitals.
INITIALS = ("BF16", "CPU", "CRRA", "CUDA", "GBM", "IO", "JSON", "OK", "ONNX")


def name_of(name: str) -> str:
    """`config_json` is ConfigJSON, `CPU` is CPU."""
    return "".join(part.upper() if part.upper() in INITIALS else pascal(part) for part in name.split("_"))


def comment(words: str, width: int = 112) -> str:
    """A documentation comment, with C's constants under the names that they have here."""
    for family in FAMILIES:
        words = re.sub(rf"\b([Aa]) {family.prefix} number\b", rf"\1 {family.go}", words)
        words = re.sub(rf"\b{family.prefix}([A-Z][A-Z0-9_]*)\b",
                       lambda found, family=family: family.go_prefix + name_of(found[1]), words)
    return "".join(f"// {line}\n" for line in textwrap.wrap(words, width, break_on_hyphens=False))


def lowered(words: str) -> str:
    """Words that stand after a colon."""
    return words if words[1:2].isupper() or words.startswith(("Adam", "Kelly")) else words[:1].lower() + words[1:]
