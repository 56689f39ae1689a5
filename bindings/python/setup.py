"""Puts the shared library into the wheel.

It is the file (or the folder) that PPO_RISK_LIBRARY names, for whatever platform: the wheel's name says which. Without that,
cargo builds the one without libtorch, which decides, back-tests and manages risk, but does not train.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / ".setup"))

import shared_library  # noqa: E402  # found there

NAMES = ("libppo_risk.so", "ppo_risk.dll")


class BuildWithLibrary(build_py):
    """The package's files and the library beside them."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:  # which finds the library in the checkout's target folder
            place = Path(self.build_lib) / "ppo_risk" / library().name
            place.write_bytes(library().data)
            place.chmod(0o755)


class PlatformWheel(bdist_wheel):
    """A wheel for any Python 3, but for one platform: the library's."""

    def get_tag(self) -> "tuple[str, str, str]":
        editable = not Path(self.bdist_dir, "ppo_risk").is_dir()
        return "py3", "none", super().get_tag()[2] if editable else library().wheel_tag


class WithBinary(Distribution):
    """A package that is more than Python."""

    def has_ext_modules(self) -> bool:
        return True


@cache
def library() -> shared_library.SharedLibrary:
    """The library to ship."""
    try:
        return shared_library.read(library_file())
    except (OSError, ValueError) as error:
        raise SystemExit(f"cannot ship the library: {error}") from error


def library_file() -> Path:
    """Where it lies."""
    named = os.environ.get("PPO_RISK_LIBRARY")
    if named:
        path = Path(named)
        found = [path] if path.is_file() else [path / name for name in NAMES if (path / name).is_file()]
        if not found:
            raise SystemExit(f"PPO_RISK_LIBRARY names {path}, which is not there")
        return found[0]
    cargo = os.environ.get("CARGO") or shutil.which("cargo")
    if cargo is None:
        raise SystemExit("no cargo to build the library with: install Rust (https://rustup.rs), or set "
                         f"PPO_RISK_LIBRARY to a {NAMES[0]} that is built already")
    # What is built to be passed on names no folder of the machine that built it.
    home = os.environ.get("CARGO_HOME") or Path.home() / ".cargo"
    renamed = [f"--remap-path-prefix={home}=cargo", f"--remap-path-prefix={ROOT}=ppo_risk"]
    flags = " ".join([os.environ.get("RUSTFLAGS", ""), *renamed]).strip()
    subprocess.run([cargo, "build", "--release", "--no-default-features", "--lib"], cwd=ROOT, check=True,
                   env={**os.environ, "RUSTFLAGS": flags})
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "release"
    return next(target / name for name in NAMES if (target / name).is_file())


version = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.MULTILINE)
# What is built on the way lies elsewhere: two builds of one checkout do not meet, and none leaves anything behind.
with tempfile.TemporaryDirectory() as work:
    setup(version=version[1], distclass=WithBinary, options={"build": {"build_base": work}, "egg_info": {"egg_base": work}},
          cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel})
