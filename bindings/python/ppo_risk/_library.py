"""Finds the shared library, loads it, and gives its functions their types.

ctypes.CDLL releases the GIL for the length of every call, so other Python threads run while the library trains or
decides.
"""

import ctypes
import os
from importlib import metadata, util
from pathlib import Path

from . import _declarations as c

#: The version of PyTorch whose libtorch the training build goes with.
TORCH_VERSION = "2.11.0"
NAME = "ppo_risk.dll" if os.name == "nt" else "libppo_risk.so"
HERE = Path(__file__).resolve().parent


class LibraryNotFound(ImportError):
    """There is no shared library to load, or one that does not fit."""


def candidates() -> "list[Path]":
    """Where the library may be, the first choice first; where PPO_RISK_LIBRARY is set, there alone."""
    named = os.environ.get("PPO_RISK_LIBRARY")
    if named:
        path = Path(named)
        return [path / NAME if path.is_dir() else path]
    places: "list[Path]" = []
    torch = _torch_folder()
    if torch is not None:
        places.append(torch / NAME)  # a training build that was laid beside its libtorch
    places.append(HERE / NAME)  # the wheel's own
    checkout = HERE.parent.parent.parent
    if (checkout / "include" / "ppo_risk.h").is_file():
        places += [checkout / "target" / profile / NAME for profile in ("release", "debug")]
    return places


def load() -> ctypes.CDLL:
    """The library with its functions' types."""
    tried = candidates()
    path = next((path for path in tried if path.is_file()), None)
    if path is None:
        places = ", ".join(str(path) for path in tried)
        raise LibraryNotFound(f"no {NAME} (looked for {places}): set PPO_RISK_LIBRARY to the file")
    library = _open(path)
    _check_version(path, library)
    for name, (answer, arguments) in c.FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise LibraryNotFound(f"{path} has no {name}: it is older than this package") from None
        function.restype = answer
        function.argtypes = arguments
    return library


def _open(path: Path) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        # A training build that does not know where libtorch is: it takes the one of an installed PyTorch.
        torch = _torch_folder()
        if "libtorch" not in str(error) and "libc10" not in str(error):
            raise LibraryNotFound(f"{path} cannot be loaded: {error}") from error
        if torch is None:
            raise LibraryNotFound(f"{path} needs libtorch, and there is no PyTorch {TORCH_VERSION}: {error}") from error
    for name in ("libc10.so", "libtorch_cpu.so"):
        ctypes.CDLL(str(torch / name), mode=ctypes.RTLD_GLOBAL)
    return ctypes.CDLL(str(path))


def _torch_folder() -> "Path | None":
    """The folder of an installed PyTorch's libraries, where it is of the right version. Does not import it."""
    try:
        version = metadata.version("torch")
    except metadata.PackageNotFoundError:
        return None
    spec = util.find_spec("torch")
    if version.split("+")[0] != TORCH_VERSION or spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "lib"


def _check_version(path: Path, library: ctypes.CDLL) -> None:
    """Before 1.0 what was declared for 0.MINOR fits libraries of the same 0.MINOR."""
    found = library.ppo_version_number
    found.restype = ctypes.c_uint32
    major, minor = divmod(found() // 1000, 1000)
    fits = major == c.PPO_VERSION_MAJOR and (major > 0 or minor == c.PPO_VERSION_MINOR)
    if not fits:
        wanted = f"{c.PPO_VERSION_MAJOR}.{c.PPO_VERSION_MINOR}"
        raise LibraryNotFound(f"{path} is version {major}.{minor}, but this package is for {wanted}")


#: The one library of this process.
library = load()
