"""The package as strangers meet it: made of libraries for several platforms, unpacked as NuGet does, and the binding's tests run
with what is in it, on mono and, where PyPI's dotnetcore2 is installed, on CoreCLR.

    package.py ASSEMBLY LIBRARY MODEL SURFACE
"""

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

BINDING = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BINDING.parent.parent / ".setup"))

from elf import Library  # noqa: E402  # found there

CONFIG = {"runtimeOptions": {"tfm": "netcoreapp3.1", "framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"},
                             "configProperties": {"System.Globalization.Invariant": True}}}
NATIVE = "runtimes/linux-x64/native/libppo_risk.so"


def main() -> None:
    assembly, library, model, surface = (Path(path) for path in sys.argv[1:])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = unpacked(packed(folder, assembly, library), folder / "package")
        judge(files)
        tests = folder / "tests"
        tests.mkdir()
        # A package does not say where a library of this machine has libtorch.
        os.environ["LD_LIBRARY_PATH"] = ":".join(part for part in Library(library).run_path if part.startswith("/"))
        (tests / "PpoRisk.dll").write_bytes(files["lib/netstandard2.0/PpoRisk.dll"])
        sources = [*BINDING.glob("tests/*.cs"), *BINDING.glob("tests/generated/*.cs")]
        run("mcs", "-unsafe", "-warnaserror", "-langversion:7", f"-r:{tests}/PpoRisk.dll", f"-out:{tests}/tests.dll",
            "-target:exe", *sources)
        on_mono(tests, files[NATIVE], model, surface)
        on_core(folder, tests, model, surface)


def packed(folder: Path, assembly: Path, library: Path) -> Path:
    """The package of this library, of one for aarch64 and of one for Windows."""
    arm, windows = bytearray(library.read_bytes()), bytearray(256)
    arm[18:20] = (183).to_bytes(2, "little")
    windows[:2], windows[0x3C], windows[128:134] = b"MZ", 128, b"PE\0\0\x64\x86"
    (folder / "arm.so").write_bytes(arm)
    (folder / "ppo_risk.dll").write_bytes(windows)
    run(sys.executable, BINDING / "pack.py", folder, assembly, library, folder / "arm.so", folder / "ppo_risk.dll")
    (package,) = folder.glob("PpoRisk.*.nupkg")
    return package


def unpacked(package: Path, folder: Path) -> "dict[str, bytes]":
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
        return {name: archive.read(name) for name in archive.namelist()}


def judge(files: "dict[str, bytes]") -> None:
    """What NuGet looks at."""
    assert list(files)[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert {name for name in files if name.startswith("runtimes/")} == {
        NATIVE, "runtimes/linux-arm64/native/libppo_risk.so", "runtimes/win-x64/native/ppo_risk.dll"}
    version = re.search(r'^version = "(.+)"$', (BINDING.parent.parent / "Cargo.toml").read_text(), re.MULTILINE)[1]
    spec = ElementTree.fromstring(files["PpoRisk.nuspec"])
    found = {element.tag.partition("}")[2]: element.text for element in spec[0]}
    assert (found["id"], found["version"], found["license"]) == ("PpoRisk", version, "MIT OR Apache-2.0"), found
    assert found["description"] and found["authors"] and found["readme"] in files
    types = ElementTree.fromstring(files["[Content_Types].xml"])
    known = {element.get("Extension") for element in types} | {element.get("PartName") for element in types}
    for name in files:
        assert name == "[Content_Types].xml" or name.rpartition(".")[2] in known or f"/{name}" in known, f"{name} has no type"
    target = ElementTree.fromstring(files["_rels/.rels"])[0].get("Target")
    assert target is not None and target[1:] in files
    assert files["THIRD-PARTY.txt"] == (BINDING.parent / "packages" / "THIRD-PARTY.txt").read_bytes()
    assert all(root not in files["PpoRisk.nuspec"].decode() for root in (str(BINDING), str(Path.home())))


def on_mono(tests: Path, native: bytes, model: Path, surface: Path) -> None:
    """With the library beside the program, and without it."""
    (tests / "libppo_risk.so").write_bytes(native)
    for group in groups(tests, model, surface):
        passes("mono", "mono", "--debug", tests / "tests.dll", *group)
    (tests / "libppo_risk.so").unlink()
    passes("mono", "mono", "--debug", tests / "tests.dll", "without")


def on_core(folder: Path, tests: Path, model: Path, surface: Path) -> None:
    """With what the SDK writes beside a program that refers to the package, and without the library."""
    found = find_spec("dotnetcore2")
    if found is None or found.origin is None:
        print("core: dotnetcore2 is not installed")
        return
    dotnet = Path(found.origin).parent / "bin" / "dotnet"
    dotnet.chmod(dotnet.stat().st_mode | stat.S_IXUSR)
    (tests / "tests.runtimeconfig.json").write_text(json.dumps(CONFIG))
    passes("core", dotnet, tests / "tests.dll", "without")
    (tests / "PpoRisk.dll").unlink()
    native = {NATIVE: {"rid": "linux-x64", "assetType": "native", "fileVersion": "0.0.0.0"}}
    ours, theirs = "tests/1.0.0", "ppo_risk/0.2.0"
    target = {ours: {"dependencies": {"ppo_risk": "0.2.0"}, "runtime": {"tests.dll": {}}},
              theirs: {"runtime": {"lib/netstandard2.0/PpoRisk.dll": {}}, "runtimeTargets": native}}
    libraries = {ours: {"type": "project", "serviceable": False, "sha512": ""},
                 theirs: {"type": "package", "serviceable": True, "sha512": "", "path": "package"}}
    (tests / "tests.deps.json").write_text(json.dumps({
        "runtimeTarget": {"name": ".NETCoreApp,Version=v3.1"}, "targets": {".NETCoreApp,Version=v3.1": target},
        "libraries": libraries}))
    for group in groups(tests, model, surface):
        passes("core", dotnet, "exec", "--additionalprobingpath", folder, tests / "tests.dll", *group)


def groups(tests: Path, model: Path, surface: Path) -> "list[list[object]]":
    """Groups of tests, with what they are given."""
    folder = tests / "folder"
    folder.mkdir(exist_ok=True)
    return [["layouts", surface], ["refusals", model, folder], ["lifetimes", model], ["training", folder],
            ["results", model, folder / "results.bin", 100]]


def passes(runtime: str, *command: object) -> None:
    """Runs a group with nothing of ours in its environment; prints its word."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    ran = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=keep)
    said = ran.stdout.splitlines()
    if ran.returncode or not said or not said[-1].endswith(": ok"):
        raise SystemExit(f"{runtime}: {ran.stdout[-3000:]}{ran.stderr[-3000:]}")
    print(f"{runtime}: {said[-1]}")


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True)


if __name__ == "__main__":
    main()
