"""Installs the library into a prefix that can be moved as a whole, and takes it out again.

    install.py --prefix /usr/local                        libtorch's libraries are copied beside the library
    install.py --prefix /usr/local --torch-lib DIR        links to those in DIR instead
    install.py --prefix /usr/local --uninstall

The version is Cargo.toml's; the soname, what the library needs of libtorch and where that is are the library's own.
"""

import argparse
import hashlib
import os
import shutil
import sys
from pathlib import Path

from elf import Library
from package import ROOT, THIRD_PARTY, cargo

# Below the library's folder; build.rs has the same in the library's run path.
TORCH_FOLDER = "ppo_risk"
SUMS = Path("share/ppo_risk/SHA256SUMS")


def main() -> None:
    """Does what the command line says; ends with a reason where it cannot."""
    options = arguments()
    prefix = Path(options.prefix)
    if not prefix.is_absolute():
        fail(f"the prefix {options.prefix} is not absolute")
    destination = Path(options.destdir + os.sep + os.fspath(prefix)) if options.destdir else prefix
    try:
        if options.uninstall:
            uninstall(destination)
        else:
            uninstall(destination)  # an older version's files go
            Installation(destination, options).write()
    except (OSError, ValueError) as error:
        fail(str(error))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="installs libppo_risk")
    parser.add_argument("--prefix", required=True, help="root of the installation, absolute")
    parser.add_argument("--destdir", default="", help="folder to put the prefix in, for packagers")
    parser.add_argument("--libdir", default="lib", help="folder for libraries, relative to the prefix")
    parser.add_argument("--library", default=ROOT / "target/release/libppo_risk.so", type=Path,
                        help="the library to install")
    parser.add_argument("--torch-lib", default=None, type=Path,
                        help="folder of libtorch's libraries to link to, instead of copying them")
    parser.add_argument("--uninstall", action="store_true", help="remove what was installed")
    return parser.parse_args()


class Installation:
    """One tree being written; remembers what it wrote."""

    def __init__(self, prefix: Path, options: argparse.Namespace) -> None:
        self.prefix = prefix
        self.libdir = Path(options.libdir)
        if self.libdir.is_absolute() or ".." in self.libdir.parts:
            raise ValueError(f"the folder for libraries, {self.libdir}, is not below the prefix")
        self.source = options.library
        self.torch_lib = options.torch_lib
        self.written: list[Path] = []

    def write(self) -> None:
        """Writes the whole tree."""
        library = Library(self.source)
        version = cargo("version")
        full_name = f"libppo_risk.so.{version}"
        self.torch(library)
        library.keep_relative_run_path()
        self.put(self.libdir / full_name, bytes(library.data), 0o755)
        self.link(self.libdir / library.soname, full_name)
        self.link(self.libdir / "libppo_risk.so", library.soname)
        self.metadata(version, library.soname, full_name)
        for header in sorted(path for path in (ROOT / "include").rglob("*") if path.is_file()):
            self.copy(header, header.relative_to(ROOT))
        documents = Path("share/doc/ppo_risk")
        for name in ("LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"):
            self.copy(ROOT / name, documents / name)
        self.copy(THIRD_PARTY, documents / THIRD_PARTY.name)
        for page in sorted((ROOT / "docs").glob("*.md")):
            if page.name not in ("SUMMARY.md", "index.md"):  # the site's alone
                self.copy(page, documents / page.name)
        for language in ("c", "cpp"):
            for example in sorted((ROOT / "examples" / language).iterdir()):
                self.copy(example, documents / "examples" / language / example.name)
        for model in sorted((ROOT / "models").iterdir()):
            self.copy(model, Path("share/ppo_risk/models") / model.name)
        sums = [f"{digest(self.prefix / path)}  {path}\n" for path in sorted(self.written)]
        self.put(SUMS, "".join(sums).encode())

    def torch(self, library: Library) -> None:
        """Puts libtorch, as far as the library needs it, into a folder of its own beside it."""
        folders = [self.torch_lib] if self.torch_lib else [Path(part) for part in library.run_path if part[:1] == "/"]
        wanted, seen = list(library.needed), set()
        while wanted:
            name = wanted.pop()
            found = next((folder / name for folder in folders if (folder / name).is_file()), None)
            if found is None or name in seen:
                continue  # the system's
            seen.add(name)
            wanted += Library(found).needed
            place = self.libdir / TORCH_FOLDER / name
            if self.torch_lib:
                self.link(place, os.path.abspath(found))
            else:
                self.copy(found, place, 0o755)
        missing = [name for name in library.needed if "torch" in name and name not in seen]
        if missing:
            looked = ", ".join(str(folder) for folder in folders) or "nowhere"
            raise ValueError(f"{missing[0]}, which the library needs, was not found (looked in {looked}): "
                             "--torch-lib names its folder")

    def metadata(self, version: str, soname: str, full_name: str) -> None:
        """What pkg-config and CMake read."""
        pkgconfig, cmake = self.libdir / "pkgconfig", self.libdir / "cmake/ppo_risk"
        first_compatible = soname.rpartition(".so.")[2]
        facts = {"VERSION": version, "MAJOR_MINOR": ".".join(version.split(".")[:2]), "SONAME": soname,
                 "LIBRARY": full_name, "FIRST_COMPATIBLE": first_compatible, "LIBDIR": self.libdir.as_posix(),
                 "DESCRIPTION": cargo("description"), "UP_FROM_PKGCONFIG": os.path.relpath(".", pkgconfig),
                 "UP_FROM_CMAKE": os.path.relpath(".", cmake)}
        for folder, name in ((pkgconfig, "ppo_risk.pc"), (cmake, "ppo_risk-config.cmake"),
                             (cmake, "ppo_risk-config-version.cmake")):
            text = (ROOT / ".setup/install" / f"{name}.in").read_text()
            for key, value in facts.items():
                text = text.replace(f"@{key}@", value)
            self.put(folder / name, text.encode())

    def copy(self, source: Path, place: Path, mode: int = 0o644) -> None:
        """Copies a file to a place below the prefix."""
        with open(source, "rb") as file:
            self.put(place, file, mode)

    def put(self, place: Path, content, mode: int = 0o644) -> None:
        """Writes a file below the prefix, under a temporary name first: a program may have the old one mapped."""
        path = self.prefix / place
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".part")
        with open(partial, "wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                shutil.copyfileobj(content, file, 1 << 20)
        partial.chmod(mode)
        partial.replace(path)
        self.written.append(place)

    def link(self, place: Path, target: str) -> None:
        """Makes a symbolic link below the prefix."""
        path = self.prefix / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or path.exists():
            path.unlink()
        path.symlink_to(target)
        self.written.append(place)


def uninstall(prefix: Path) -> None:
    """Removes what an installation wrote, and the folders of its own that this leaves empty."""
    sums = prefix / SUMS
    if not sums.is_file():
        return
    places = [line.rstrip("\n").split("  ", 1)[1] for line in sums.read_text().splitlines()]
    for place in [*places, os.fspath(SUMS)]:
        path = prefix / place
        path.unlink(missing_ok=True)
        for folder in list(path.parents):
            # Never the prefix itself, nor what lies above it.
            if folder == prefix or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


def digest(path: Path) -> str:
    """Hex sha256 of a file."""
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            sha.update(chunk)
    return sha.hexdigest()


def fail(message: str) -> "None":
    """Prints the message and ends the program with status 1."""
    print(f"install: {message}", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
