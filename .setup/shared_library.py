"""What a shared library of ours is to packages: the platform that it is for, by the name that each kind of package has for it,
and its bytes without the folders of the machine that built it."""

import struct
from dataclasses import dataclass
from pathlib import Path

from elf import Library

#: Processors, by the numbers of ELF and of Windows, and by the names of wheels.
ELF_MACHINES = {62: "x86_64", 183: "aarch64"}
WINDOWS_MACHINES = {0x8664: "amd64", 0xAA64: "arm64"}
#: By the names of Go, of .NET's runtimes and of Debian.
GO = {"x86_64": "linux_amd64", "aarch64": "linux_arm64", "amd64": "windows_amd64", "arm64": "windows_arm64"}
RUNTIMES = {"x86_64": "linux-x64", "aarch64": "linux-arm64", "amd64": "win-x64", "arm64": "win-arm64"}
DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}
#: What every Linux that the tag manylinux names has, of what a library of ours needs.
OF_THE_SYSTEM = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1",
                 "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
#: The oldest glibc that a package names: older ones are no goal.
LEAST_GLIBC = (2, 28)


@dataclass(frozen=True)
class SharedLibrary:
    """A library for one platform."""

    #: As it lies in a package.
    name: str
    #: As programs that were linked with it ask for it: libppo_risk.so.0.2.
    soname: str
    data: bytes
    #: "linux" or "windows".
    system: str
    #: As wheels call it.
    machine: str
    #: On Linux, the oldest glibc that it runs with, at least LEAST_GLIBC; None where it needs more than the system has, such as
    #: libtorch.
    glibc: "tuple[int, int] | None"

    @property
    def wheel_tag(self) -> str:
        """The platform in a wheel's name: manylinux_2_28_x86_64, win_amd64; linux_x86_64 says that it runs here."""
        if self.system == "windows":
            return f"win_{self.machine}"
        oldest = "linux" if self.glibc is None else f"manylinux_{self.glibc[0]}_{self.glibc[1]}"
        return f"{oldest}_{self.machine}"

    @property
    def go(self) -> str:
        """The platform as Go calls it: linux_amd64."""
        return GO[self.machine]

    @property
    def runtime(self) -> str:
        """The platform as .NET calls it: linux-x64."""
        return RUNTIMES[self.machine]

    @property
    def debian(self) -> str:
        """The processor as Debian calls it."""
        return DEBIAN[self.machine]


def read(path: Path) -> SharedLibrary:
    """Reads a library; of its run path what is relative to it is kept, and of its symbols those that others link to. Raises ValueError where it is none that packages take."""
    start = path.read_bytes()[:4096]
    if start[:2] == b"MZ":
        return _windows(path, start)
    found = Library(path)
    machine = ELF_MACHINES.get(found.machine)
    if machine is None:
        raise ValueError(f"{path} is for the processor {found.machine}, expected x86-64 or aarch64")
    found.keep_relative_run_path()
    found.drop_symbols()
    glibc = None
    if set(found.needed) <= OF_THE_SYSTEM:
        versions = [version[6:].split(".") for version in found.versions if version.startswith("GLIBC_2.")]
        glibc = max([LEAST_GLIBC, *((int(major), int(minor)) for major, minor, *_ in versions)])
    return SharedLibrary("libppo_risk.so", found.soname, bytes(found.data), "linux", machine, glibc)


def _windows(path: Path, start: bytes) -> SharedLibrary:
    (at,) = struct.unpack_from("<I", start, 0x3C)
    if start[at:at + 4] != b"PE\0\0":
        raise ValueError(f"{path} is no library of Windows")
    (number,) = struct.unpack_from("<H", start, at + 4)
    machine = WINDOWS_MACHINES.get(number)
    if machine is None:
        raise ValueError(f"{path} is for the processor {number:#x}, expected x64 or ARM64")
    return SharedLibrary("ppo_risk.dll", "ppo_risk.dll", path.read_bytes(), "windows", machine, None)
