"""`make windows`: ppo_risk.dll, without libtorch, with what linkers need of it, and the programs of C and C++ under wine.

Leaves in target/windows: bin/ppo_risk.dll, lib/ppo_risk.def, lib/libppo_risk.dll.a (mingw), lib/ppo_risk.lib (MSVC). Prints
`select_action_wine_ratio`, the time of a decision over that on Linux, and fails where it is above 1.15.
"""

import re
import shutil
from pathlib import Path

from cross import (POLICY, ROOT, add_target, cargo, compile_program, expect, run, same_bytes, tools, untimed)
from download import fail

TARGET = "x86_64-pc-windows-gnu"
MINGW = "x86_64-w64-mingw32-"
LINUX = ROOT / "target/slim/release"
BUILT = ROOT / "target/slim" / TARGET / "release/ppo_risk.dll"
HOME = ROOT / "target/windows"
LIBRARY, MINGW_IMPORTS, MSVC_IMPORTS = HOME / "bin/ppo_risk.dll", HOME / "lib/libppo_risk.dll.a", HOME / "lib/ppo_risk.lib"
DEFINITION = HOME / "lib/ppo_risk.def"
WORK = HOME / "tests"
WINE = shutil.which("wine64") or "/usr/lib/wine/wine64"
MOST_TIME = 1.15
TURNS = 5

REFUSALS = ["arguments"] + [f"arguments_{part}" for part in (
    "arrow", "backtest", "book", "environment", "inference", "market", "portfolio", "risk", "risk_measures",
    "risk_parts", "risk_sizes", "training")]
# Programs that write numbers to a file, with what they are told beside it.
NUMBERS = {"results": ("{policy}", "{file}", "100"), "portfolio": ("{policy}", "{file}", "320"),
           "book": ("{policy}", "{file}", "900"), "environment": ("{file}", "{folder}", "200"),
           "results_risk_measures": ("{file}",), "results_risk_sizes": ("{file}",)}
CPP = ["agents", "history", "hourly", "live", "measures", "parts"]


def main() -> None:
    """Builds, then tests."""
    tools({f"{MINGW}gcc": "gcc-mingw-w64-x86-64-posix", f"{MINGW}g++": "g++-mingw-w64-x86-64-posix",
           f"{MINGW}dlltool": "binutils-mingw-w64-x86-64", "llvm-dlltool": "llvm", WINE: "wine64"})
    add_target(TARGET)
    cargo("build", "--release", "--lib", "--no-default-features", "--target", TARGET, "--target-dir", "target/slim")
    shutil.rmtree(HOME, ignore_errors=True)
    for folder in (LIBRARY.parent, MINGW_IMPORTS.parent, WORK):
        folder.mkdir(parents=True)
    run([f"{MINGW}strip", "-o", str(LIBRARY), str(BUILT)])
    write_import_libraries()
    check_tables()
    prepare_tests()
    run_tests()
    compare_speed()


def write_import_libraries() -> None:
    """What linkers read: the names that the library exports, and libraries that stand for it."""
    names = (ROOT / "abi/exports.txt").read_text()
    DEFINITION.write_text(f"LIBRARY ppo_risk.dll\nEXPORTS\n{names}")
    run([f"{MINGW}dlltool", "-d", str(DEFINITION), "-D", "ppo_risk.dll", "-l", str(MINGW_IMPORTS)])
    run(["llvm-dlltool", "-m", "i386:x86-64", "-d", str(DEFINITION), "-D", "ppo_risk.dll", "-l", str(MSVC_IMPORTS)])


def check_tables() -> None:
    """That it exports what the header declares, and needs no library that Windows has not."""
    tables = run([f"{MINGW}objdump", "-p", str(LIBRARY)])
    exported = re.findall(r"^\s*\[ *\d+\] (?:\+base\[ *\d+\] +[0-9a-f]+ )?((?:ppo|risk)_\w+)$", tables, re.MULTILINE)
    declared = (ROOT / "abi/exports.txt").read_text().split()
    if sorted(exported) != sorted(declared):
        fail(f"exports and abi/exports.txt differ in {sorted(set(exported) ^ set(declared))}")
    needed = set(re.findall(r"DLL Name: (\S+)", tables))
    foreign = [name for name in needed if re.match(r"lib|.*(gcc|stdc|pthread|vcruntime)", name)]
    if foreign:
        fail(f"the library needs {foreign}, which Windows has not")
    print(f"ppo_risk.dll: {LIBRARY.stat().st_size} bytes, {len(exported)} exports, needs {', '.join(sorted(needed))}")


def prepare_tests() -> None:
    """Puts the library where programs look for it, and what wine 8 lacks beside it."""
    shutil.copy(LIBRARY, WORK)
    compile_program(f"{MINGW}gcc", ["-shared"], [ROOT / "tests/windows/bcryptprimitives.c"],
                    WORK / "bcryptprimitives.dll", ["-ladvapi32"])


def windows_program(source: Path, *others: Path, imports: Path = MINGW_IMPORTS) -> "list[str]":
    """A program for Windows, as a command for wine."""
    program = WORK / f"{source.stem}{'_cpp' if source.suffix == '.cpp' else ''}.exe"
    compiler = f"{MINGW}{'g++' if source.suffix == '.cpp' else 'gcc'}"
    compile_program(compiler, [], [source, *others], program, [str(imports), "-static", "-pthread"])
    return [WINE, str(program)]


def linux_program(source: Path) -> "list[str]":
    """The same program for Linux."""
    program = WORK / f"{source.stem}{'_cpp' if source.suffix == '.cpp' else ''}"
    compiler = "c++" if source.suffix == ".cpp" else "cc"
    soname = re.search(r"libppo_risk\.so\.[0-9.]+", run(["objdump", "-p", str(LINUX / "libppo_risk.so")]))[0]
    link = WORK / soname
    if not link.exists():
        link.symlink_to(LINUX / "libppo_risk.so")
    compile_program(compiler, [], [source], program, [str(link), f"-Wl,-rpath,{WORK}", "-pthread", "-lm"])
    return [str(program)]


def wine(command: "list[str]", *arguments: str) -> str:
    """What a program prints under wine, whose own folder lies among the tests."""
    return run([*command, *arguments], WINEPREFIX=str(WORK / "wine"), WINEDEBUG="-all")


def run_tests() -> None:
    """Programs of C and C++, and the examples."""
    c, cpp, policy = ROOT / "tests/c", ROOT / "tests/cpp", str(POLICY)
    for name in REFUSALS:
        expect(name, wine(windows_program(c / f"{name}.c"), policy, str(folder(name))), f"{name}: ok\n")
    expect("swap", wine(windows_program(c / "swap.c"), policy, "2000"), "swap: ok\n")
    if not wine(windows_program(c / "threads.c"), policy, "300").endswith("threads: ok\n"):
        fail("threads")
    files = ROOT / "tests/windows/files.c"
    expect("files", wine(windows_program(files), policy, str(folder("files"))), "files: ok\n")
    expect("files, by the import library for MSVC",
           wine(windows_program(files, imports=MSVC_IMPORTS), policy, str(folder("files_msvc"))), "files: ok\n")
    for name in CPP:
        program = windows_program(cpp / f"{name}.cpp", cpp / "unit_two.cpp")
        expect(f"{name}, C++", wine(program, policy, str(folder(f"{name}_cpp"))), f"{name}: ok\n")
    for name, arguments in NUMBERS.items():
        written = {}
        for system, start in (("windows", windows_program), ("linux", linux_program)):
            written[system] = WORK / f"{name}.{system}"
            place = folder(f"{name}_{system}")
            told = [part.format(policy=policy, file=written[system], folder=place) for part in arguments]
            (wine if system == "windows" else linux)(start(c / f"{name}.c"), *told)
        same_bytes(name, written["windows"], written["linux"])
    for language in ("c", "cpp"):
        for name, arguments in (("infer", [policy]), ("risk", [])):
            source = ROOT / "examples" / language / f"{name}.{language}"
            expected = untimed(linux(linux_program(source), *arguments))
            expect(f"examples/{language}/{name}", untimed(wine(windows_program(source), *arguments)), expected)


def linux(command: "list[str]", *arguments: str) -> str:
    """What a program prints here."""
    return run([*command, *arguments])


def folder(name: str) -> Path:
    """An empty folder for a program to write to."""
    made = WORK / f"{name}.folder"
    made.mkdir()
    return made


def compare_speed() -> None:
    """The time of a decision under wine over that on Linux, each the best of some turns."""
    source = ROOT / "tests/windows/latency.c"
    here, there = linux_program(source), windows_program(source)
    turns = [(float(linux(here, str(POLICY))), float(wine(there, str(POLICY)))) for _ in range(TURNS)]
    on_linux, under_wine = (min(times) for times in zip(*turns))
    ratio = under_wine / on_linux
    print(f"select_action_linux_ns {on_linux:.0f}\nselect_action_wine_ns {under_wine:.0f}\n"
          f"select_action_wine_ratio {ratio:.3f}")
    if ratio > MOST_TIME:
        fail(f"a decision takes {ratio:.3f} times as long as on Linux, more than {MOST_TIME}")


if __name__ == "__main__":
    main()
