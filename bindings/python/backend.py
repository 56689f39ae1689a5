"""Builds the Python package, for pip and whatever else calls a build backend: setuptools in the folder of this file, wherever
the call comes from. An archive of sources holds what cargo needs for the library without libtorch, laid out as the checkout."""

import io
import os
import re
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
os.chdir(HERE)
sys.path.insert(0, str(ROOT / ".setup"))

from package import library_alone  # noqa: E402  # found there
from setuptools.build_meta import (  # noqa: E402, F401
    build_editable,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

#: What an archive of sources holds of the checkout.
FILES = ("Cargo.lock", "build.rs", "cbindgen.toml", "pyproject.toml", "LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md",
         ".setup/elf.py", ".setup/package.py", ".setup/shared_library.py",
         "bindings/python/backend.py", "bindings/python/setup.py",
         "bindings/python/pyproject.toml", "bindings/python/README.md", "bindings/python/LICENSE-MIT",
         "bindings/python/LICENSE-APACHE", "bindings/python/THIRD-PARTY.txt")
FOLDERS = ("src", "bindings/python/ppo_risk")


def build_sdist(sdist_directory: str, config_settings: "dict[str, Any] | None" = None) -> str:
    """Writes the archive of sources; answers its name."""
    with tempfile.TemporaryDirectory() as folder:
        metadata = Path(folder, prepare_metadata_for_build_wheel(folder, config_settings), "METADATA").read_bytes()
    version = _field(metadata, "Version")
    base = f"ppo_risk-{version}"
    # The same sources give the same bytes.
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0")) or int((ROOT / "Cargo.toml").stat().st_mtime)
    with tarfile.open(Path(sdist_directory, f"{base}.tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, data in _contents(metadata):
            entry = tarfile.TarInfo(f"{base}/{name}")
            entry.size, entry.mtime, entry.mode = len(data), moment, 0o644
            archive.addfile(entry, io.BytesIO(data))
    return f"{base}.tar.gz"


def _contents(metadata: bytes) -> "Iterator[tuple[str, bytes]]":
    yield "PKG-INFO", metadata
    yield "Cargo.toml", library_alone((ROOT / "Cargo.toml").read_text(encoding="utf-8")).encode()
    for name in FILES:
        yield name, (ROOT / name).read_bytes()
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            # The programs of src/bin are left out, too.
            left_out = "__pycache__" in path.parts or path.suffix == ".so" or ROOT / "src" / "bin" in path.parents
            if path.is_file() and not left_out:
                yield path.relative_to(ROOT).as_posix(), path.read_bytes()


def _field(metadata: bytes, name: str) -> str:
    found = re.search(rf"^{name}: (.+)$", metadata.decode(), re.MULTILINE)
    assert found is not None, f"setuptools writes {name}"
    return found[1]
