"""Puts the shared library into the wheel.

It is the file (or the folder) that PPO_RISK_LIBRARY names; without that, cargo builds the one without libtorch, which
decides, back-tests and manages risk, but does not train.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NAME = "libppo_risk.so"


class BuildWithLibrary(build_py):
    """The package's files and the library beside them."""

    def run(self) -> None:
        shutil.rmtree(self.build_lib, ignore_errors=True)  # what an earlier build left there
        super().run()
        if not self.editable_mode:  # which finds the library in the checkout's target folder
            shutil.copyfile(library(), Path(self.build_lib) / "ppo_risk" / NAME)


class PlatformWheel(bdist_wheel):
    """A wheel for any Python 3, but for one platform."""

    def get_tag(self) -> "tuple[str, str, str]":
        return "py3", "none", super().get_tag()[2]


class WithBinary(Distribution):
    """A package that is more than Python."""

    def has_ext_modules(self) -> bool:
        return True


def library() -> Path:
    """The library to ship."""
    named = os.environ.get("PPO_RISK_LIBRARY")
    if named:
        path = Path(named)
        path = path / NAME if path.is_dir() else path
        if not path.is_file():
            raise SystemExit(f"PPO_RISK_LIBRARY names {path}, which is not there")
        return path
    cargo = os.environ.get("CARGO") or shutil.which("cargo")
    if cargo is None:
        raise SystemExit("no cargo to build the library with: install Rust (https://rustup.rs), or set "
                         f"PPO_RISK_LIBRARY to a {NAME} that is built already")
    subprocess.run([cargo, "build", "--release", "--no-default-features", "--lib"], cwd=ROOT, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "release" / NAME


version = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.MULTILINE)
setup(version=version[1], distclass=WithBinary,
      cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel})
