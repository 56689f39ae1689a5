"""Conan recipe of the library without the trainer: `conan create bindings/packages/conan` in the checkout.

cargo builds it (Rust 1.89 or newer), unless PPO_RISK_LIBRARY names one that is built already.
"""

import os
import re
import sys
from pathlib import Path

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.files import copy

#: What is exported of the checkout: what cargo needs, and what is installed.
EXPORTED = ("Cargo.lock", "build.rs", "cbindgen.toml", "LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md", "src", "include",
            "docs", "examples/c", "examples/cpp", "models", ".setup", "bindings/packages/THIRD-PARTY.txt")


class PpoRisk(ConanFile):
    """libppo_risk, as `make install-slim` installs it."""

    name = "ppo_risk"
    description = "Runs portfolio policies in microseconds, and manages the risk around them"
    license = ("MIT", "Apache-2.0")
    topics = ("portfolio", "ppo", "reinforcement-learning", "risk-management")
    package_type = "shared-library"
    settings = "os", "arch", "build_type", "compiler"

    def set_version(self) -> None:
        manifest = Path(self.recipe_folder, "..", "..", "..", "Cargo.toml").read_text(encoding="utf-8")
        self.version = self.version or re.findall(r'^version = "(.+)"$', manifest, re.MULTILINE)[0]

    def validate(self) -> None:
        if self.settings.os != "Linux" or self.settings.arch not in ("x86_64", "armv8"):
            raise ConanInvalidConfiguration("the recipe is for Linux on x86-64 and aarch64")

    def package_id(self) -> None:
        # One library, whatever the caller's compiler and kind of build: the interface is C's.
        del self.info.settings.compiler
        del self.info.settings.build_type

    def export_sources(self) -> None:
        root = Path(self.recipe_folder, "..", "..", "..").resolve()
        sys.path.insert(0, str(root / ".setup"))
        from package import library_alone

        manifest = library_alone((root / "Cargo.toml").read_text(encoding="utf-8"))
        Path(self.export_sources_folder, "Cargo.toml").write_text(manifest, encoding="utf-8")
        for name in EXPORTED:
            for path in [root / name, *root.joinpath(name).rglob("*")]:
                if path.is_file() and "__pycache__" not in path.parts:
                    place = Path(self.export_sources_folder, path.relative_to(root))
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(path.read_bytes())

    def build(self) -> None:
        if os.environ.get("PPO_RISK_LIBRARY"):
            return
        # What is built to be passed on names no folder of the machine that built it.
        renamed = [f"--remap-path-prefix={self.source_folder}=ppo_risk", f"--remap-path-prefix={Path.home() / '.cargo'}=cargo"]
        os.environ["RUSTFLAGS"] = " ".join([os.environ.get("RUSTFLAGS", ""), *renamed]).strip()
        self.run(f'cargo build --release --lib --no-default-features --target-dir "{self.build_folder}"', cwd=self.source_folder)

    def package(self) -> None:
        for text in ("LICENSE-MIT", "LICENSE-APACHE", "bindings/packages/THIRD-PARTY.txt"):
            copy(self, os.path.basename(text), os.path.join(self.source_folder, os.path.dirname(text)),
                 os.path.join(self.package_folder, "licenses"))
        library = os.environ.get("PPO_RISK_LIBRARY") or Path(self.build_folder, "release", "libppo_risk.so")
        self.run(f'"{sys.executable}" .setup/install.py --prefix "{self.package_folder}" --library "{library}"',
                 cwd=self.source_folder)

    def package_info(self) -> None:
        self.cpp_info.libs = ["ppo_risk"]
        self.cpp_info.set_property("cmake_file_name", "ppo_risk")
        self.cpp_info.set_property("cmake_target_name", "ppo_risk::ppo_risk")
        self.cpp_info.set_property("pkg_config_name", "ppo_risk")
