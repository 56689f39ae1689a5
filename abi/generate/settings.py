"""Settings of training, which src declares once in `settings!` tables: their words, ranges and defaults for the fields of C's
ppo_config. A field whose documentation begins with a link to a setting has the setting's words:

    /// [`PpoConfig::gamma`]
    /// [`PpoConfig::target_kl`] What C says besides.
    /// [`TrainConfig::threads`]; default 1.
    /// [`TrainConfig::device`], a PPO_DEVICE_ number.

A setting that may be null is 0 in C, or what the field's documentation says is its default.
"""

import math
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

TABLES = {"TrainConfig": "src/train/config.rs", "PpoConfig": "src/rl/config.rs", "EnvConfig": "src/env/config.rs",
          "Costs": "src/env/costs.rs"}
SETTING = re.compile(r"((?:^ +///[^\n]*\n)+)^ +(\w+): ([^\n=]+) = (.+?), \"\w+\", ([^\n]+);$", re.MULTILINE)
#: A field's comment in cbindgen's text.
LINKED = re.compile(r"^    /\*\*\n((?:     \*[^\n]*\n)+)     \*/$", re.MULTILINE)
LINK = re.compile(r"\[`(\w+)::(\w+)`\](?:, (an? ([A-Z_]+_) number))?(?:; default ([\w-]+(?:\.\w+)*))?\.?(?: (.*))?")
WIDTH = 104


@dataclass
class Setting:
    """A line of a table."""

    summary: str
    rest: str
    type: str
    default: str
    range: str


def told(flat: str, root: Path) -> str:
    """cbindgen's text, with the words of settings where it has links to them."""
    tables = {name: _table((root / path).read_text(encoding="utf-8"), name) for name, path in TABLES.items()}
    constants = _constants(root)

    def words(found: "re.Match[str]") -> str:
        text = " ".join(line.strip().removeprefix("*").strip() for line in found[1].splitlines())
        link = LINK.fullmatch(text)
        if link is None:
            return found[0]
        setting = tables.get(link[1], {}).get(link[2])
        if setting is None:
            raise ValueError(f"there is no setting {link[1]}::{link[2]}")
        lines = textwrap.wrap(_said(setting, link, constants), WIDTH, break_on_hyphens=False)
        return "    /**\n" + "".join(f"     * {line}\n" for line in lines) + "     */"

    return LINKED.sub(words, flat)


def _table(source: str, name: str) -> "dict[str, Setting]":
    body = re.search(rf"^    pub (?:shared )?struct {name} in \"[^\n]*\n(.*?)^    \}}", source, re.MULTILINE | re.DOTALL)
    if body is None:
        raise ValueError(f"{TABLES[name]} has no settings of {name}")
    found = {}
    for comment, key, kind, default, allowed in SETTING.findall(body[1]):
        lines = [line.strip().removeprefix("///").strip() for line in comment.splitlines()]
        paragraphs = [" ".join(part.split("\n")) for part in "\n".join(lines).split("\n\n")]
        found[key] = Setting(paragraphs[0].removesuffix("."), " ".join(paragraphs[1:]), kind, default, allowed)
    return found


def _said(setting: Setting, link: "re.Match[str]", constants: "dict[str, str]") -> str:
    """The words of a field."""
    enumeration, prefix, default, besides = link[3], link[4], link[5], link[6]
    summary, null = setting.summary, ""
    if "; null: " in summary:
        summary, null = summary.split("; null: ")
        null = f": {null}"
    if enumeration:
        # The numbers' own words say what each is.
        default = default or prefix + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", setting.default.split("::")[-1]).upper()
        said = f"{summary.split(': ')[0].split(', so that')[0]}, {enumeration}; default {default}."
    elif setting.type == "bool":
        said = f"{summary}, 0 or 1; default {int(setting.default == 'true')}."
    else:
        default = default or ("0" if setting.default == "None" else _number(setting.default))
        said = f"{summary}. Range: {_range(setting.range, constants)}; default {default}{null}."
    return " ".join(part for part in (said, setting.rest, besides) if part)


def _number(literal: str) -> str:
    """A number as people write it: `100_000.0` is 100,000."""
    text = literal.replace("_", "").removesuffix(".0")
    return f"{int(text):,}" if text.isdigit() and len(text) > 4 else text


def _constants(root: Path) -> "dict[str, str]":
    """The constants that ranges are made of."""
    found = {}
    for path in sorted((root / "src").rglob("*.rs")):
        found.update(re.findall(r"^(?:pub(?:\(crate\))? )?const (\w+): (?:Range|f64) = ([^;]+);", path.read_text(encoding="utf-8"),
                                re.MULTILINE))
    return found


def _range(expression: str, constants: "dict[str, str]") -> str:
    """A range in the words of Range::in_words, with which a test compares it; null is left out."""
    while expression.split(".")[0] in constants:
        expression = constants[expression.split(".")[0]] + expression[len(expression.split(".")[0]):]
    found = re.match(r"Range::(ANY|closed|above|below)(?:\((.*?), ([^,]*?)\))?((?:\.or_\w+\(\))*)$", expression)
    if found is None:
        raise ValueError(f"the range {expression} is not understood")
    if found[1] == "ANY":
        return "any number"
    low, high, ends, or_zero = _value(found[2], constants), _value(found[3], constants), found[1], ".or_zero()" in found[4]
    if high >= 1e30:
        high = math.inf
    if 0.0 < low <= 1e-30:
        low, ends, or_zero = 0.0, "closed" if or_zero else "above", False
    zero = "0, or " if or_zero else ""
    if math.isinf(high):
        return f"{zero}{'above' if ends == 'above' else 'at least'} {_short(low)}"
    return f"{zero}in {'(' if ends == 'above' else '['}{_short(low)}, {_short(high)}{')' if ends == 'below' else ']'}"


def _value(expression: str, constants: "dict[str, str]") -> float:
    """A bound: a number, a constant, or a power of two."""
    text = re.sub(r" as f64$", "", constants.get(expression, expression)).replace("_", "")
    known = {"f64::INFINITY": math.inf, "f64::MAX": 1.8e308, "f32::MINPOSITIVE": 2.0 ** -126}
    power = re.fullmatch(r"\((\d+) << (\d+)\)", text)
    return known[text] if text in known else float(int(power[1]) << int(power[2])) if power else float(text)


def _short(value: float) -> str:
    """A bound in few characters."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:g}"
