"""What packages of every kind share: archives that are the same bytes of the same files, and what Cargo.toml says."""

import re
import zipfile
from pathlib import Path
from typing import Iterable

ROOT = Path(__file__).resolve().parent.parent
#: Licences of the crates that the library without the trainer holds; bindings/packages/licences.py writes it.
THIRD_PARTY = ROOT / "bindings" / "packages" / "THIRD-PARTY.txt"
#: What every file of an archive is dated, as far back as the format goes.
MOMENT = (1980, 1, 1, 0, 0, 0)


def write_zip(path: Path, files: "Iterable[tuple[str, bytes]]") -> None:
    """Writes a zip of files in their order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)


def cargo(key: str) -> str:
    """A text of Cargo.toml's [package]."""
    section = (ROOT / "Cargo.toml").read_text(encoding="utf-8").split("[package]", 1)[1].split("\n[", 1)[0]
    found = re.search(rf'^{key} = "(.*)"$', section, re.MULTILINE)
    if found is None:
        raise ValueError(f"Cargo.toml has no {key}")
    return found[1]


def library_alone(manifest: str) -> str:
    """Cargo.toml without programs, benchmarks and tests, for sources that have none of their files."""
    sections = re.split(r"^(?=\[)", manifest, flags=re.MULTILINE)
    return "".join(section for section in sections if not section.startswith(("[[bin]]", "[[bench]]", "[[test]]")))
