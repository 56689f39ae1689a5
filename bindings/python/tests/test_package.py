"""What is published: wheels and the archive of sources, as the tools that judge them see them."""

import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from conftest import ROOT, needs

import ppo_risk

PACKAGE = ROOT / "bindings" / "python"
VERSION = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
#: More than this no wheel of the library without the trainer, built to be passed on, has.
MOST_BYTES = 2_500_000


def built(folder, source, library):
    """The wheel of a library, of the checkout or of an archive of sources."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-build-isolation",
               "--no-deps", "--wheel-dir", folder, source]
    ran = subprocess.run(command, env={**os.environ, "PPO_RISK_LIBRARY": str(library)}, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the library that is tested."""
    return built(tmp_path_factory.mktemp("wheel"), ROOT, os.environ["PPO_RISK_LIBRARY"])


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The archive of sources."""
    folder = tmp_path_factory.mktemp("sources")
    program = "import sys; sys.path.insert(0, '.'); import backend; backend.build_sdist(sys.argv[1])"
    ran = subprocess.run([sys.executable, "-c", program, folder], cwd=PACKAGE, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return folder / f"ppo_risk-{VERSION}.tar.gz"


def tool(*words):
    """What a program beside this Python prints, where it is content."""
    ran = subprocess.run([Path(sys.executable).parent / words[0], *words[1:]], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_tools_that_judge_packages_are_content(wheel, sources):
    needs(packages=("twine", "check_wheel_contents", "auditwheel"))
    tool("twine", "check", "--strict", wheel, sources)
    tool("check-wheel-contents", wheel)
    platform = wheel.stem.split("-")[-1]
    if platform.startswith("manylinux"):
        said = " ".join(tool("auditwheel", "show", wheel).split())
        assert f'is consistent with the following platform tag: "{platform}"' in said
        if stripped(wheel):
            assert wheel.stat().st_size <= MOST_BYTES
    else:
        assert ppo_risk.can_train() and re.fullmatch(r"linux_\w+", platform)  # libtorch is no part of the system


def test_a_library_that_old_systems_can_load_says_so(tmp_path):
    needs(packages=("auditwheel",), programs=("cc",))
    (tmp_path / "small.c").write_text("#include <math.h>\ndouble ppo_small(double x) { return lround(x); }\n")
    library = tmp_path / "libppo_risk.so"
    subprocess.run(["cc", "-shared", "-fPIC", tmp_path / "small.c", "-o", library, "-lm"], check=True)
    made = built(tmp_path, ROOT, library)
    machine = os.uname().machine
    assert made.name == f"ppo_risk-{VERSION}-py3-none-manylinux_2_28_{machine}.whl"
    # What auditwheel would allow is at least as old.
    said = " ".join(tool("auditwheel", "show", made).split())
    found = re.search(rf'following platform tag: "manylinux_2_(\d+)_{machine}"', said)
    assert found and int(found[1]) <= 28, said


def stripped(wheel):
    """Whether a wheel's library was built to be passed on: without what only a debugger reads."""
    with zipfile.ZipFile(wheel) as archive:
        return b"\0.debug_line\0" not in archive.read("ppo_risk/libppo_risk.so")


def section_kinds(library):
    """The kinds of sections of an ELF file, by ELF's numbers: 2 is a table of all symbols, 11 of those that others link to."""
    (table,) = struct.unpack_from("<Q", library, 40)
    size, count = struct.unpack_from("<HH", library, 58)
    return {struct.unpack_from("<I", library, table + i * size + 4)[0] for i in range(count)}


def test_a_wheel_holds_what_it_has_to_and_no_more(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        texts = {name: archive.read(name).decode() for name in names if not name.endswith(".so")}
        library = archive.read("ppo_risk/libppo_risk.so")
        mode = archive.getinfo("ppo_risk/libppo_risk.so").external_attr >> 16
    assert stat.S_IMODE(mode) & 0o111
    modules = {f"ppo_risk/{path.name}" for path in (PACKAGE / "ppo_risk").iterdir() if path.is_file()}
    info = f"ppo_risk-{VERSION}.dist-info"
    assert set(names) == modules | {"ppo_risk/libppo_risk.so"} | {
        f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "top_level.txt", "licenses/LICENSE-MIT",
                                      "licenses/LICENSE-APACHE", "licenses/THIRD-PARTY.txt")}
    for name, folder in (("LICENSE-MIT", ROOT), ("LICENSE-APACHE", ROOT), ("THIRD-PARTY.txt", ROOT / "bindings" / "packages")):
        assert texts[f"{info}/licenses/{name}"] == (folder / name).read_text()
    told = Parser().parsestr(texts[f"{info}/METADATA"])
    assert told.get_payload().strip() == (PACKAGE / "README.md").read_text().strip()
    assert (told["Version"], told["License-Expression"], told["Requires-Python"]) == (VERSION, "MIT OR Apache-2.0", ">=3.10")
    # No folder of this machine, neither in words nor where the loader would look.
    for name, words in texts.items():
        assert str(ROOT) not in words and str(Path.home()) + "/" not in words, name
    assert section_kinds(library) & {2, 11} == {11}
    loader = [path for path in re.findall(rb"\$ORIGIN[^\0]*", library)]
    assert loader and all(part.startswith(b"$ORIGIN") for path in loader for part in path.split(b":"))


def test_the_tag_is_the_librarys_platform(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        library = bytearray(archive.read("ppo_risk/libppo_risk.so"))
    here = wheel.stem.split("-")[-1]
    library[18:20] = (183).to_bytes(2, "little")  # the number of aarch64
    windows = bytearray(256)
    windows[:2], windows[0x3C], windows[128:134] = b"MZ", 128, b"PE\0\0\x64\x86"
    for name, data, tag, inside in [("arm.so", library, here.replace("x86_64", "aarch64"), "libppo_risk.so"),
                                    ("ppo_risk.dll", windows, "win_amd64", "ppo_risk.dll")]:
        file, folder = tmp_path / name, tmp_path / tag
        file.write_bytes(data)
        folder.mkdir()
        made = built(folder, ROOT, file)
        assert made.name == f"ppo_risk-{VERSION}-py3-none-{tag}.whl"
        with zipfile.ZipFile(made) as archive:
            assert archive.read(f"ppo_risk/{inside}") == data
    library[18:20] = (8).to_bytes(2, "little")
    for name, data, words in [("mips.so", library, "is for the processor 8, expected x86-64 or aarch64"),
                              ("text.so", b"no library", "is no 64-bit little-endian ELF file")]:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(RuntimeError, match=words):
            built(tmp_path, ROOT, tmp_path / name)


def test_the_archive_of_sources_is_enough_for_cargo(sources, tmp_path):
    needs(programs=("cargo",))
    with tarfile.open(sources) as archive:
        # Asked for by new versions, unknown to old ones.
        checked = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(tmp_path, **checked)
    (tree,) = tmp_path.iterdir()
    metadata = ["cargo", "metadata", "--offline", "--locked", "--no-deps", "--format-version", "1"]
    ran = subprocess.run(metadata, cwd=tree, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    # What sources take in is there, too.
    for path in [*tree.glob("src/**/*.rs"), tree / "build.rs"]:
        for name in re.findall(r'include_(?:str|bytes)!\("(.+?)"\)', path.read_text()):
            assert (path.parent / name).is_file(), f"{path.relative_to(tree)} takes in {name}"
    for name in re.findall(r"^(?:path|build) = \"(.+)\"$", (tree / "Cargo.toml").read_text(), re.MULTILINE):
        assert (tree / name).is_file()
    assert (tree / "LICENSE-MIT").read_text() == (ROOT / "LICENSE-MIT").read_text()
    assert f"Version: {VERSION}\n" in (tree / "PKG-INFO").read_text()

    # And pip makes a wheel of it: with a cargo that takes note of how it was called, in place of minutes of compiling.
    calls = tmp_path / "calls"
    cargo = tmp_path / "cargo"
    cargo.write_text(f'#!/bin/sh\npwd > {calls}\necho "$@" >> {calls}\necho "$RUSTFLAGS" >> {calls}\n'
                     f'mkdir -p target/release\ncp "{shared_library()}" target/release/libppo_risk.so\n')
    cargo.chmod(0o755)
    environment = {**os.environ, "CARGO": str(cargo), "RUSTFLAGS": "-Cforce-frame-pointers"}
    del environment["PPO_RISK_LIBRARY"]
    environment.pop("CARGO_TARGET_DIR", None)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-build-isolation",
               "--no-deps", "--wheel-dir", tmp_path / "made", sources]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    where, arguments, flags = calls.read_text().splitlines()
    assert arguments == "build --release --no-default-features --lib"
    # What cargo builds names neither its own folder nor the one that it was built in.
    assert flags.startswith("-Cforce-frame-pointers ") and f"--remap-path-prefix={where}=ppo_risk" in flags
    assert re.search(r"--remap-path-prefix=\S*[.]?cargo=cargo", flags)
    (made,) = (tmp_path / "made").iterdir()
    with zipfile.ZipFile(made) as archive:
        assert "ppo_risk/libppo_risk.so" in archive.namelist()


def shared_library():
    """The library that is tested, where it is a file of its own."""
    named = Path(os.environ["PPO_RISK_LIBRARY"])
    return named / "libppo_risk.so" if named.is_dir() else named


def test_the_conda_recipe_is_of_this_package(tmp_path):
    needs(packages=("yaml",))
    import yaml

    folder = ROOT / "bindings" / "packages" / "conda"
    recipe = yaml.safe_load((folder / "recipe.yaml").read_text())
    settings = (PACKAGE / "pyproject.toml").read_text()

    def said(name):
        return re.search(rf'^{name} = \[?"(.+?)"', settings, re.MULTILINE)[1]

    assert recipe["context"]["version"] == VERSION and recipe["package"]["name"] == said("name")
    assert recipe["about"]["summary"] == said("description") and recipe["about"]["license"] == said("license")
    python, numpy = f"python {said('requires-python')}", said("dependencies").replace(">=", " >=")
    assert recipe["requirements"]["run"] == [python, numpy] and python in recipe["requirements"]["host"]
    assert said("requires").replace(">=", " >=") in recipe["requirements"]["host"]
    source = (folder / recipe["source"]["path"]).resolve()
    assert source == ROOT and all((source / name).is_file() for name in recipe["about"]["license_file"])
    # What it runs installs the package; here, into a folder of its own.
    command = recipe["build"]["script"].replace("${{ PYTHON }}", sys.executable)
    ran = subprocess.run([*command.split(), "--quiet", "--target", tmp_path], cwd=source, capture_output=True, text=True)
    assert ran.returncode == 0 and (tmp_path / "ppo_risk" / "libppo_risk.so").is_file(), ran.stderr


def test_nothing_is_left_in_the_checkout(wheel, sources):
    assert wheel.is_file() and sources.is_file()
    assert not (PACKAGE / "build").exists() and not list(PACKAGE.glob("*.egg-info"))


def test_without_the_library_the_import_says_where_it_looked(tmp_path):
    shutil.copytree(PACKAGE / "ppo_risk", tmp_path / "ppo_risk", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    environment = {key: value for key, value in os.environ.items() if key != "PPO_RISK_LIBRARY"}
    ran = subprocess.run([sys.executable, "-c", "import ppo_risk"], cwd=tmp_path, capture_output=True, text=True,
                         env={**environment, "PYTHONPATH": str(tmp_path)})
    assert f"no libppo_risk.so (looked for {tmp_path}/ppo_risk/libppo_risk.so): set PPO_RISK_LIBRARY" in ran.stderr


def test_the_readmes_program_runs():
    program = re.search(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)[1]
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 2 and "ASSET_MAXIMUM" in ran.stdout
