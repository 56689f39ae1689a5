"""Installs each package where nothing else is, and decides with it: `make roots`, after `make packages`.

For each language a Debian of its own (debootstrap), with what the language needs and no more, in a folder below
target/bare; what is installed and run in it, is run with the network off. Every program decides the same bars, and all of
them have to print the same.

    python3 .setup/roots.py [DIST] [LANGUAGE...]
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable

from download import fail
from package import ROOT

SUITE = "bookworm"
HOME = ROOT / "target" / "bare"
MODEL = ROOT / "models" / "sp500-20-stocks.safetensors"
#: What runs a program by itself: with processes of its own, and a network that reaches nothing.
ALONE = ["unshare", "--net", "--pid", "--fork"]


def main() -> int:
    """Tries the languages that the command line names, or all; 0 where all of them print the same."""
    missing = [tool for tool in ("debootstrap", "unshare", "chroot") if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        fail(f"needs {', '.join(missing) or 'the rights of root'}, as on Debian: apt-get install debootstrap, and run as root")
    arguments = sys.argv[1:]
    dist = Path(arguments.pop(0) if arguments and arguments[0] not in LANGUAGES else ROOT / "target/packages").resolve()
    said: "dict[str, list[str]]" = {}
    for name in arguments or LANGUAGES:
        packages, decide = LANGUAGES[name]
        root = with_packages(base(), name, packages)
        said[name] = decide(root, dist)
        print(f"{name}: installed and decided, with {', '.join(packages)} alone: {said[name][0]}")
    first = next(iter(said.values()))
    different = [name for name, lines in said.items() if lines != first]
    if different:
        print("\n".join(f"{name}: {line}" for name, lines in said.items() for line in lines), file=sys.stderr)
        fail(f"{', '.join(different)} decided otherwise")
    return 0


def base() -> Path:
    """A Debian with nothing in it."""
    final = HOME / "base"
    if not final.is_dir():
        shutil.rmtree(HOME / "making", ignore_errors=True)
        (HOME / "making").mkdir(parents=True)
        run(["debootstrap", "--variant=minbase", SUITE, str(HOME / "making")])
        (HOME / "making").rename(final)
    return final


def with_packages(base_root: Path, name: str, packages: "list[str]") -> Path:
    """A copy of the base with these packages of Debian, as new as when it was made; what was tried in it before is gone."""
    made = HOME / f"{name}-made"
    if not made.is_dir():
        making = HOME / f"{name}-making"
        shutil.rmtree(making, ignore_errors=True)
        run(["cp", "-a", "--reflink=auto", str(base_root), str(making)])
        for file in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{file}", making / "etc" / file)
        run(["chroot", str(making), "apt-get", "-qq", "update"])
        run(["chroot", str(making), "apt-get", "-qq", "install", "--no-install-recommends", *packages],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        making.rename(made)
    root = HOME / name
    shutil.rmtree(root, ignore_errors=True)
    run(["cp", "-a", "--reflink=auto", str(made), str(root)])
    shutil.copy(MODEL, root / "model")
    return root


def inside(root: Path, script: str) -> "list[str]":
    """What a script prints in a root, without a network and without the variables of this environment; lines about time
    are left out, as they differ."""
    command = [*ALONE, f"--mount-proc={root}/proc", "chroot", str(root), "/usr/bin/env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
               "HOME=/root", "/bin/sh", "-e", "-c", script]
    return [line for line in run(command).splitlines() if not line.startswith("latency")]


def python(root: Path, dist: Path) -> "list[str]":
    """The wheel, with NumPy from PyPI, which is fetched out here."""
    (root / "wheels").mkdir()
    shutil.copy(only(dist, "*.whl"), root / "wheels")
    run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--no-deps",
         "--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64",
         "--dest", str(root / "wheels"), "numpy"])
    shutil.copy(ROOT / "examples/python/infer.py", root)
    return inside(root, "pip install --quiet --break-system-packages --root-user-action=ignore --no-index "
                        "--find-links /wheels ppo_risk && python3 /infer.py /model")


def go(root: Path, dist: Path) -> "list[str]":
    """The module from a proxy, which is a folder."""
    shutil.copytree(dist / "go", root / "proxy")
    (root / "program").mkdir()
    shutil.copy(ROOT / "examples/go/infer/main.go", root / "program")
    return inside(root, "cd /program && export GOPROXY=file:///proxy GONOSUMDB=ppo.risk && go mod init program 2>/dev/null "
                        "&& go get ppo.risk/pporisk 2>/dev/null && go build -tags pporisk_beside -o infer . && ./infer /model")


def csharp(root: Path, dist: Path) -> "list[str]":
    """The package's assembly and library beside a program that was compiled out here."""
    program = root / "program"
    run(["unzip", "-q", str(only(dist, "*.nupkg")), "-d", str(root / "package")])
    program.mkdir()
    shutil.copy(next((root / "package/lib").rglob("PpoRisk.dll")), program)
    for library in (root / "package/runtimes/linux-x64/native").iterdir():
        shutil.copy(library, program)
    run(["mcs", f"-r:{program}/PpoRisk.dll", f"-out:{program}/Infer.exe", str(ROOT / "examples/csharp/Infer.cs")])
    return inside(root, "cd /program && LD_LIBRARY_PATH=. mono Infer.exe /model")


def c(root: Path, dist: Path) -> "list[str]":
    """The packages of Debian."""
    (root / "debs").mkdir()
    for package in dist.glob("*.deb"):
        shutil.copy(package, root / "debs")
    shutil.copy(ROOT / "examples/c/infer.c", root)
    return inside(root, "dpkg -i /debs/*.deb >/dev/null && cc -std=c99 /infer.c $(pkg-config --cflags --libs ppo_risk) -lm "
                        "-o /infer && /infer /model")


#: What of Debian a language needs, and how its package is tried.
LANGUAGES: "dict[str, tuple[list[str], Callable[[Path, Path], list[str]]]]" = {
    "c": (["gcc", "libc6-dev", "pkg-config"], c),
    "python": (["python3", "python3-pip"], python),
    "go": (["golang-go", "gcc", "libc6-dev"], go),
    "csharp": (["mono-runtime"], csharp),
}


def only(folder: Path, pattern: str) -> Path:
    """The one file of this name."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        fail(f"{folder} has {len(found)} files {pattern}, expected one: `make packages` makes them")
    return found[0]


def run(command: "list[str]", **options) -> str:
    """What a command prints; ends the program with its words where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode:
        fail(f"{' '.join(command[:4])} ... ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
