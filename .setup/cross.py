"""Builds the library without libtorch for another system, and runs programs of C and C++ with it here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from download import fail

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "models/sp500-20-stocks.safetensors"
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"]


def tools(names: "dict[str, str]") -> None:
    """Ends the program where a tool is missing, with the Debian packages that have them."""
    missing = {package for tool, package in names.items() if shutil.which(tool) is None}
    if missing:
        fail(f"missing tools; on Debian: apt-get install {' '.join(sorted(missing))}")


def add_target(target: str) -> None:
    """Has rustup add Rust's standard library for a target, where the toolchain does not have it yet."""
    folder = run(["rustc", "--print", "target-libdir", "--target", target]).strip()
    if Path(folder).is_dir():
        return
    if shutil.which("rustup") is None:
        fail(f"this Rust has no standard library for {target}, and there is no rustup to add it")
    subprocess.run(["rustup", "target", "add", target], check=True)


def cargo(*arguments: str, **environment: str) -> None:
    """Runs cargo in the checkout."""
    command = [os.environ.get("CARGO", "cargo"), *arguments]
    if subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode:
        raise SystemExit(1)


def compile_program(compiler: str, options: "list[str]", sources: "list[Path]", program: Path,
                    libraries: "list[str]") -> None:
    """Compiles a program as a careful host would."""
    language = ["-std=c++17"] if sources[0].suffix == ".cpp" else ["-std=c99", "-D_GNU_SOURCE"]
    run([compiler, *STRICT, *language, *options, f"-I{ROOT / 'include'}", *map(str, sources), "-o", str(program),
         *libraries])


def run(command: "list[str]", **environment: str) -> str:
    """What a command prints; ends this program where it fails."""
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, text=True, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        fail(f"{' '.join(command)} ended with {done.returncode}")
    return done.stdout


def expect(what: str, found: str, expected: str) -> None:
    """Ends the program where a test prints something else."""
    if found.replace("\r\n", "\n") != expected:
        fail(f"{what} printed\n{found}expected\n{expected}")
    print(f"{what}: ok", flush=True)


def same_bytes(what: str, found: Path, expected: Path) -> None:
    """Ends the program where two files differ, with how many bytes do."""
    left, right = found.read_bytes(), expected.read_bytes()
    if left != right:
        differing = sum(a != b for a, b in zip(left, right)) + abs(len(left) - len(right))
        fail(f"{what}: {differing} of {len(right)} bytes differ from Linux's on x86-64")
    print(f"{what}: the same {len(right)} bytes as on Linux", flush=True)


def untimed(text: str) -> str:
    """What an example prints, but for lines that say how long something took."""
    lines = text.replace("\r\n", "\n").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("latency", "speed")))
