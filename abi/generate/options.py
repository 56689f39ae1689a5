"""The settings of a risk manager for Python's help(): the keys of its JSON, with the comments of the structs in src/risk that
read them."""

import re
import textwrap
from pathlib import Path

PLACE = "bindings/python/ppo_risk/_options.py"
#: The struct of each part of the settings, by its key.
PARTS = {
    "": ("manager/config.rs", "RiskConfig"),
    "limits": ("limits/config.rs", "LimitsConfig"),
    "limits.sectors": ("limits/config.rs", "SectorLimit"),
    "limits.value_at_risk": ("limits/config.rs", "TailLimit"),
    "drawdown": ("drawdown_state.rs", "DrawdownConfig"),
    "stops": ("stops.rs", "StopConfig"),
    "leverage": ("leverage.rs", "LeverageConfig"),
    "hedge": ("hedge.rs", "HedgeConfig"),
    "positions": ("position_size.rs", "PositionSizeConfig"),
}


def options(root: Path) -> "dict[str, str]":
    """The file, by its path."""
    lines = ['"""What the settings of a risk manager are: the keys of each part. Made by abi/generate from src/risk: do not edit."""', "",
             "#: By the part's key (of the whole, none), then by the setting's: meaning, unit, range and default.",
             'RISK: "dict[str, dict[str, str]]" = {']
    for part, (name, struct) in PARTS.items():
        lines.append(f'    "{part}": {{')
        for key, words in _fields((root / "src" / "risk" / name).read_text(encoding="utf-8"), struct):
            lines.append(f'        "{key}": (')
            wrapped = textwrap.wrap(words, 100)
            lines += [f'            "{line}{" " if more else ""}"' for line, more in zip(wrapped, [*wrapped[1:], None])]
            lines.append("        ),")
        lines.append("    },")
    return {PLACE: "\n".join([*lines, "}", ""])}


def _fields(source: str, struct: str) -> "list[tuple[str, str]]":
    """The fields of a struct, with their comments in the words of who writes JSON."""
    body = re.search(rf"^pub struct {struct} \{{\n(.*?)^\}}", source, re.DOTALL | re.MULTILINE)
    if body is None:
        raise ValueError(f"src/risk has no struct {struct}")
    found = []
    for comment, key in re.findall(r"((?:^ +/// ?[^\n]*\n)+)(?:^ +#\[[^\n]*\n)*^ +pub (\w+):", body[1], re.MULTILINE):
        words = " ".join(line.strip().removeprefix("///").strip() for line in comment.splitlines())
        # Links of Rust's manuals, and code in them.
        found.append((key, re.sub(r"\[?`(?:\w+::)?(\w+)`\]?(?:\([^)]*\))?", r"`\1`", words).replace("\\", "\\\\").replace('"', '\\"')))
    return found
