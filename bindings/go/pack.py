"""Makes the Go module as a proxy has it, with the header and the libraries inside:

    python3 bindings/go/pack.py OUT LIBRARY...

    GOPROXY=file:///path/to/OUT GONOSUMDB=ppo.risk go get ppo.risk/pporisk@v0.2.0
    go build -tags pporisk_beside

OUT may be served by any web server, or put behind a proxy of one's own. A library is for one platform, which it says itself.
"""

import json
import re
import sys
from pathlib import Path
from typing import Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / ".setup"))

import shared_library  # noqa: E402  # found there
from package import THIRD_PARTY, cargo, write_zip  # noqa: E402


def main() -> None:
    """Writes the module's files below OUT."""
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    try:
        libraries = [shared_library.read(Path(path)) for path in sys.argv[2:]]
    except (OSError, ValueError) as error:
        raise SystemExit(f"pack.py: {error}") from error
    manifest = (HERE / "go.mod").read_text()
    name = re.findall(r"^module (.+)$", manifest, re.MULTILINE)[0]
    version = f"v{cargo('version')}"
    place = Path(sys.argv[1]) / name / "@v"
    place.mkdir(parents=True, exist_ok=True)
    write_zip(place / f"{version}.zip", ((f"{name}@{version}/{path}", data) for path, data in contents(libraries)))
    (place / f"{version}.mod").write_text(manifest)
    (place / f"{version}.info").write_text(json.dumps({"Version": version}))
    known = {path.stem for path in place.glob("*.mod")}
    (place / "list").write_text("".join(f"{version}\n" for version in sorted(known)))


def contents(libraries: "list[shared_library.SharedLibrary]") -> "Iterator[tuple[str, bytes]]":
    """The module: the package, without its tests; the headers; the libraries; the licences."""
    for path in sorted(HERE.iterdir()):
        if path.suffix in (".go", ".c", ".h", ".mod") and not path.name.endswith("_test.go"):
            yield path.name, path.read_bytes()
    for path in sorted((ROOT / "include").rglob("*.h")):
        yield f"include/{path.relative_to(ROOT / 'include').as_posix()}", path.read_bytes()
    for library in libraries:
        yield f"lib/{library.go}/{library.soname}", library.data
    yield "LICENSE", b"\n".join((ROOT / name).read_bytes() for name in ("LICENSE-MIT", "LICENSE-APACHE"))
    yield "THIRD-PARTY.txt", THIRD_PARTY.read_bytes()


if __name__ == "__main__":
    main()
