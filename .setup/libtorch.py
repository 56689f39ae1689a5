"""Puts a CPU libtorch where this checkout's cargo looks for it: .libtorch, a link into the cache.

PyTorch's wheel for Linux on x86-64 is a CUDA build, but its libtorch_cpu.so and libc10.so need only two small
NVIDIA libraries beside them; the rest (CUDA kernels, Python) is left out. A LIBTORCH that is set already wins.
"""

import os
import platform
import shutil
import sys
from pathlib import Path

from download import CACHE, Wheel, fail, fill_folder, unpack, wheel_files

VERSION = "2.11.0"
TORCH = Wheel(f"torch=={VERSION}", "manylinux_2_28_x86_64",
              "7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a")
CUDA_RUNTIME = Wheel("nvidia-cuda-runtime==13.0.96", "manylinux2014_x86_64",
                     "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548")
CUDA_CUPTI = Wheel("nvidia-cuda-cupti==13.0.85", "manylinux_2_25_x86_64",
                   "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8")
LIBRARIES = ("libtorch_cpu.so", "libc10.so", "libgomp.so.1")
ADVICE = (f"The trainer needs libtorch {VERSION}. Without a network, either set LIBTORCH to an unpacked libtorch\n"
          f"(or LIBTORCH_USE_PYTORCH=1 with PyTorch {VERSION} installed) and run this again, or build without the\n"
          "trainer: cargo build --no-default-features")


def main() -> None:
    """Fetches libtorch unless the caller brings one, and links it into the checkout."""
    if os.environ.get("LIBTORCH") or os.environ.get("LIBTORCH_USE_PYTORCH"):
        print(f"setup: libtorch is the caller's: {os.environ.get('LIBTORCH') or 'the installed PyTorch'}",
              file=sys.stderr)
        return
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        fail(f"no pinned libtorch for {platform.system()} on {platform.machine()}.\n{ADVICE}")
    home = CACHE / f"libtorch-{VERSION}-cpu"
    if not home.is_dir():
        print(f"setup: fetching libtorch {VERSION} into {home} (530 MB, once)", file=sys.stderr)
    link(fill_folder(home, fill))


def fill(folder: Path) -> None:
    """The layout torch-sys expects: include/, lib/, build-version."""
    downloads = folder / "downloads"
    downloads.mkdir()
    lib = folder / "lib"
    with wheel_files(TORCH, downloads, ADVICE) as wheel:
        unpack(wheel, ((name, folder / name[len("torch/"):]) for name in wheel.namelist()
                       if name.startswith("torch/include/") and not name.endswith("/")))
        unpack(wheel, ((f"torch/lib/{name}", lib / name) for name in LIBRARIES))
    for small, wanted in ((CUDA_RUNTIME, "libcudart.so.13"), (CUDA_CUPTI, "libcupti.so.13")):
        with wheel_files(small, downloads, ADVICE) as wheel:
            unpack(wheel, ((name, lib / wanted) for name in wheel.namelist() if name.endswith("/" + wanted)))
        if not (lib / wanted).is_file():
            fail(f"{small.requirement} holds no {wanted}")
    (lib / "libtorch.so").write_text("INPUT(libtorch_cpu.so libc10.so)\n")
    (folder / "build-version").write_text(VERSION + "\n")
    shutil.rmtree(downloads)


def link(home: Path) -> None:
    """Points .libtorch in the checkout at `home`; left alone when it does already, so that nothing is rebuilt."""
    place = Path(__file__).resolve().parent.parent / ".libtorch"
    if place.is_symlink() and Path(os.readlink(place)) == home:
        return
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        fail(f"{place} is in the way: it should be a link to {home}")
    place.symlink_to(home)


if __name__ == "__main__":
    main()
