"""Makes the Debian packages of the library without the trainer: libppo-risk0.2, and libppo-risk-dev with headers, pkg-config and
CMake files, manuals and the demo policy. It needs dpkg-deb.

    python3 bindings/packages/debian.py OUT LIBRARY

The files are those of `make install PREFIX=/usr`, in the folders that Debian has for the library's processor.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / ".setup"))

import shared_library  # noqa: E402  # found there
from package import THIRD_PARTY, cargo  # noqa: E402

MULTIARCH = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
MAINTAINER = "ppo_risk <ppo_risk@localhost>"


def main() -> None:
    """Writes both packages into OUT."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    folder, path = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        library = shared_library.read(path)
        if library.glibc is None:
            raise ValueError(f"{path} needs more than Debian has, such as libtorch")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            write(folder, path, library, Path(work))
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"debian.py: {error}") from error


def write(folder: Path, path: Path, library: "shared_library.SharedLibrary", work: Path) -> None:
    """Installs into a folder, divides what is there between the packages, and packs them."""
    version, assets = cargo("version"), work / "all"
    libdir = f"lib/{MULTIARCH[library.debian]}"
    subprocess.run([sys.executable, ROOT / ".setup" / "install.py", "--prefix", "/usr", "--destdir", assets, "--libdir", libdir,
                    "--library", path], check=True)
    (assets / "usr/share/ppo_risk/SHA256SUMS").unlink()  # Debian's own sums are in the packages
    runtime = f"libppo-risk{library.soname.rpartition('.so.')[2]}"
    needs = f"libc6 (>= {library.glibc[0]}.{library.glibc[1]}), libgcc-s1"
    parts = {runtime: {"Depends": needs, "Section": "libs", "Multi-Arch": "same"},
             "libppo-risk-dev": {"Depends": f"{runtime} (= {version})", "Section": "libdevel"}}
    for name, fields in parts.items():
        tree = work / name
        for file in sorted(file for file in assets.rglob("*") if not file.is_dir() or file.is_symlink()):
            of_runtime = file.parent.name == MULTIARCH[library.debian] and file.name != "libppo_risk.so"
            if of_runtime == (name == runtime):
                place = tree / file.relative_to(assets)
                place.parent.mkdir(parents=True, exist_ok=True)
                file.rename(place)
        licence = tree / "usr/share/doc" / name / "copyright"
        licence.parent.mkdir(parents=True, exist_ok=True)
        texts = [ROOT / "LICENSE-MIT", ROOT / "LICENSE-APACHE", THIRD_PARTY]
        licence.write_text("\n".join(text.read_text(encoding="utf-8") for text in texts), encoding="utf-8")
        control(tree, {"Package": name, "Version": version, "Architecture": library.debian, "Maintainer": MAINTAINER, **fields,
                       "Priority": "optional", "Description": f"{cargo('description')}"})
        if name == runtime:
            (tree / "DEBIAN/triggers").write_text("activate-noawait ldconfig\n")
            (tree / "DEBIAN/shlibs").write_text(f"libppo_risk {library.soname.rpartition('.so.')[2]} {name} (>= {version})\n")
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, folder / f"{name}_{version}_{library.debian}.deb"],
                       check=True, stdout=subprocess.DEVNULL)


def control(tree: Path, fields: "dict[str, str]") -> None:
    """The package's fields."""
    (tree / "DEBIAN").mkdir(parents=True, exist_ok=True)
    (tree / "DEBIAN/control").write_text("".join(f"{name}: {value}\n" for name, value in fields.items()))


if __name__ == "__main__":
    main()
