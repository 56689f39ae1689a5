"""Makes everything that is mechanical about the C surface: the headers, the declarations of every binding, the lists of
abi/ and of the tests, and the reference page. The owner of the surface is src/ffi, as cbindgen writes it down when the crate is built.

    python3 abi/generate [FLAT]             writes the files
    python3 abi/generate --check [FLAT]     says which files are not what they should be
    python3 abi/generate --list             says which files are made

FLAT is cbindgen's text, `ppo_risk.h` in the crate's OUT_DIR; without it, the newest below target/. The tests give it:
`UPDATE_ABI=1 cargo test --test c_abi header` builds the crate and writes the files. Where a name is gone that the test's own
list still has, that does not compile: then `cargo check` and this program.
"""

import sys
from pathlib import Path

from by_hand import by_hand
from checks import complaints
from csharp import csharp
from go import go
from header import headers
from languages import language_references
from listing import exports, listing
from numbers_in_rust import numbers
from options import options
from python import python
from reference import reference
from sections import sections, written_in
from settings import told
from surface import Surface

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    """Writes or compares the files."""
    names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    files = made(Path(names[0]) if names else newest())
    if "--list" in sys.argv[1:]:
        print("\n".join(sorted(files)))
        return 0
    stale = [name for name, text in files.items() if not (ROOT / name).is_file() or read(name) != text]
    if "--check" not in sys.argv[1:]:
        for name in stale:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(files[name], encoding="utf-8")
        return 0
    for name in stale:
        print(f"{name} is not what src/ffi gives: UPDATE_ABI=1 cargo test --test c_abi header writes it", file=sys.stderr)
    return 1 if stale else 0


def made(flat: Path) -> "dict[str, str]":
    """Every file that is made, by its path in the checkout."""
    try:
        surface = Surface(told(flat.read_text(encoding="utf-8"), ROOT))
        written = written_in(surface, ROOT / "src" / "ffi")
        placed = sections(surface, written)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    hands = {language: by_hand(language, surface, ROOT) for language in ("Go", "C#")}
    wrong = complaints(surface) + [f"{name} is no call that can be made for {language}, and nothing there calls it"
                                   for language, hand in hands.items() for name in hand.missing(surface)]
    if wrong:
        raise SystemExit("\n".join(wrong))
    files = {f"include/{name}": text for name, text in headers(surface, placed).items()}
    files["abi/exports.txt"] = exports(surface)
    files["abi/surface.txt"] = listing(surface)
    files["tests/c_abi/numbers/list.rs"] = numbers(written)
    files["docs/reference.md"] = reference(placed)
    for emitted in (csharp(surface, placed, hands["C#"]), go(surface, hands["Go"]), python(surface, placed), options(ROOT)):
        files.update(emitted)
    files.update(language_references(surface, placed, ROOT, files))
    return files


def read(name: str) -> str:
    """The committed file's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def newest() -> Path:
    """cbindgen's text of the last build."""
    found = sorted(ROOT.glob("target/*/build/ppo_risk-*/out/ppo_risk.h"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise SystemExit("there is no build of the crate below target/: build it, or name cbindgen's text")
    return found[-1]


if __name__ == "__main__":
    sys.exit(main())
