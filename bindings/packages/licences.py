"""Writes THIRD-PARTY.txt beside this file: the licences of the crates, and of the script of a report's page, that the library
without the trainer holds.

    python3 bindings/packages/licences.py            writes it, from the crates' own files
    python3 bindings/packages/licences.py --check    says whether it is of the crates of today

It needs cargo, and the crates' sources, which any build has fetched. Of crates under several licences of one's choice it takes
the MIT licence.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLACE = HERE / "THIRD-PARTY.txt"
TEXTS = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
HEAD = """The library without the trainer holds these crates, and the script that a report's page draws with, each under the licence
named behind it; the texts follow.
"""
# Name, version, licence, and the file of its text: what is no crate.
SCRIPT = ("uPlot", "1.6.32", "MIT", ROOT / "src/backtest/report/script/LICENSE.uPlot")


def main() -> int:
    """Writes the file, or compares the crates that it names."""
    crates = found()
    heading = "".join(f"    {name} {version} ({licence})\n" for name, version, licence, _ in crates)
    if "--check" in sys.argv[1:]:
        if PLACE.is_file() and PLACE.read_text().startswith(f"{HEAD}\n{heading}\n"):
            return 0
        print("THIRD-PARTY.txt is not of these crates: python3 bindings/packages/licences.py writes it", file=sys.stderr)
        return 1
    texts: "dict[str, list[str]]" = {}
    for name, version, licence, folder in crates:
        for text in chosen(folder):
            texts.setdefault(text, []).append(f"{name} {version}")
    parts = [f"{'=' * 100}\n{', '.join(names)}\n\n{text}\n" for text, names in texts.items()]
    PLACE.write_text(f"{HEAD}\n{heading}\n" + "\n".join(parts))
    return 0


def found() -> "list[tuple[str, str, str, Path]]":
    """Name, version, licence and folder of every crate whose code is in the library."""
    tree = cargo("tree", "--no-default-features", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}")
    wanted = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
    # Of this platform: crates of others need not be on this machine.
    about = subprocess.run(["rustc", "--version", "--verbose"], check=True, capture_output=True, text=True).stdout
    host = re.search(r"^host: (.+)$", about, re.MULTILINE).group(1)
    metadata = json.loads(cargo("metadata", "--no-default-features", "--filter-platform", host, "--format-version", "1"))
    crates = [(package["name"], package["version"], package["license"] or "see its text", Path(package["manifest_path"]).parent)
              for package in metadata["packages"] if (package["name"], f"v{package['version']}") in wanted]
    return sorted([crate for crate in crates if crate[0] != "ppo_risk"] + [SCRIPT])


def chosen(folder: Path) -> "list[str]":
    """The texts of a crate: where one is MIT's, without those that it stands in for; where there is none, the Apache licence."""
    if folder.is_file():
        return [folder.read_text(encoding="utf-8").strip()]
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and TEXTS.match(path.relative_to(folder).parts[0])]
    read = {path.name: path.read_text(encoding="utf-8", errors="replace").strip() for path in files if path.suffix != ".rs"}
    texts = {name: "\n".join(line.rstrip() for line in text.splitlines()) for name, text in read.items()}
    free = [name for name, text in texts.items() if "Permission is hereby granted, free of charge" in text]
    if free:
        texts = {name: text for name, text in texts.items() if name in free or not stood_in_for(name, text)}
    return list(texts.values()) or [(ROOT / "LICENSE-APACHE").read_text(encoding="utf-8").strip()]


def stood_in_for(name: str, text: str) -> bool:
    """Whether a text is one that the MIT licence is offered in place of."""
    named = re.search("apache|unlicense|zlib", name, re.IGNORECASE)
    return bool(named) or text.startswith("Apache License") or "unlicense.org" in text


def cargo(*words: str) -> str:
    """What cargo says, of what is on this machine."""
    return subprocess.run(["cargo", words[0], "--offline", "--locked", *words[1:]], cwd=ROOT, check=True, capture_output=True,
                          text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
