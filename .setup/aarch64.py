"""`make aarch64`: libppo_risk.so for Linux on ARM, without libtorch, with the tests of the kernels and programs of C under qemu.

Leaves target/aarch64/libppo_risk.so. Numbers are those of x86-64 to rounding: sums are added up in another order.
"""

import shutil
import struct
from pathlib import Path

from cross import POLICY, ROOT, add_target, cargo, compile_program, expect, run, tools
from download import fail
from elf import Library

TARGET = "aarch64-unknown-linux-gnu"
GNU = "aarch64-linux-gnu-"
QEMU = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]
BUILT = ROOT / "target/slim" / TARGET / "release/libppo_risk.so"
HOME = ROOT / "target/aarch64"
WORK = HOME / "tests"
# Tests in Rust of what is written for this processor, or has the same bits on all.
TESTS = ["kernels", "elementary"]
REFUSALS = ["arguments", "arguments_inference", "arguments_book", "arguments_market", "arguments_portfolio",
            "arguments_risk"]
ROWS = 100
# What tests/c/results.c writes for a row: state, prior, weights, action, its weights, five numbers.
ROW = struct.Struct("<61f 21d 21d 21f 21d 5d")
NEAR = 1e-5


def main() -> None:
    """Builds, then tests."""
    tools({f"{GNU}gcc": "gcc-aarch64-linux-gnu", "qemu-aarch64": "qemu-user", "cc": "gcc"})
    add_target(TARGET)
    settings = {"CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER": f"{GNU}gcc",
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER": " ".join(QEMU)}
    same = ["--release", "--no-default-features", "--target", TARGET, "--target-dir", "target/slim"]
    cargo("build", "--lib", *same, **settings)
    cargo("test", *same, *(part for name in TESTS for part in ("--test", name)), **settings)
    shutil.rmtree(HOME, ignore_errors=True)
    WORK.mkdir(parents=True)
    shutil.copy(BUILT, HOME)
    library = Library(HOME / BUILT.name)
    (WORK / library.soname).symlink_to(HOME / BUILT.name)
    newest = max(tuple(map(int, version.split(".")))
                 for name in library.versions for system, _, version in [name.partition("_")]
                 if system == "GLIBC" and version[:1].isdigit())
    if newest > (2, 28):
        fail(f"asks for glibc {'.'.join(map(str, newest))}: newer than 2.28, to be taken into src/ffi/glibc.S")
    print(f"libppo_risk.so: {len(library.data)} bytes, asks for glibc {'.'.join(map(str, newest))}")
    for name in REFUSALS:
        folder = WORK / f"{name}.folder"
        folder.mkdir()
        expect(name, run([*QEMU, program(name), str(POLICY), str(folder)]), f"{name}: ok\n")
    if not run([*QEMU, program("threads"), str(POLICY), "100"]).endswith("threads: ok\n"):
        fail("threads")
    compare_results()


def program(name: str) -> str:
    """A program of tests/c for this processor."""
    made = WORK / name
    compile_program(f"{GNU}gcc", [], [ROOT / "tests/c" / f"{name}.c"], made,
                    [str(next(WORK.glob("libppo_risk.so.*"))), f"-Wl,-rpath,{WORK}", "-pthread", "-lm"])
    return str(made)


def compare_results() -> None:
    """Decisions against those of x86-64 on the same inputs."""
    ours, theirs = WORK / "results.arm", WORK / "results.x86"
    run([*QEMU, program("results"), str(POLICY), str(ours), str(ROWS)])
    here = WORK / "results_here"
    linux = ROOT / "target/slim/release/libppo_risk.so"
    (WORK / "here").mkdir()
    link = WORK / "here" / Library(linux).soname
    link.symlink_to(linux)
    compile_program("cc", [], [ROOT / "tests/c/results.c"], here, [str(link), f"-Wl,-rpath,{link.parent}", "-lm"])
    run([str(here), str(POLICY), str(theirs), str(ROWS)])
    farthest = max(abs(a - b) / max(1.0, abs(b)) for a, b in zip(numbers(ours), numbers(theirs), strict=True))
    differing = sum(a != b for a, b in zip(ours.read_bytes(), theirs.read_bytes()))
    print(f"results: {differing} of {ours.stat().st_size} bytes differ from x86-64, numbers by {farthest:.1e} at most")
    if not farthest < NEAR:
        fail(f"numbers differ by {farthest}, more than {NEAR}")


def numbers(path: Path) -> "list[float]":
    """What tests/c/results.c wrote: its rows, then the weights of all of them."""
    data = path.read_bytes()
    rows = [value for at in range(0, ROWS * ROW.size, ROW.size) for value in ROW.unpack_from(data, at)]
    return rows + [value for value, in struct.iter_unpack("<d", data[ROWS * ROW.size:])]


if __name__ == "__main__":
    main()
