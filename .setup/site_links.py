"""A preprocessor of mdBook (docs/site/book.toml): links between files of the repository become links between pages.

A page may hold text of another file, such as the README, whose links are relative to that file's folder. What is no page
of the site keeps its words and loses its link.
"""

import json
import posixpath
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Files outside docs/ whose text is on a page.
PAGES = {"README.md": "docs/index.md", "CHANGELOG.md": "docs/site/changelog.md",
         "models/README.md": "docs/site/models.md"}
#: The page of what the README says below its opening.
FIGURES = "docs/site/benchmarks.md"
LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]+)\)")


def main() -> int:
    """Answers which renderers are supported, or reads a book and writes it with other links."""
    if sys.argv[1:2] == ["supports"]:
        return 0
    _, book = json.load(sys.stdin)
    chapters = list(_chapters(book.get("items") or book.get("sections")))
    known = {posixpath.join("docs", chapter["path"]) for chapter in chapters}
    for chapter in chapters:
        chapter["content"] = _with_links(chapter["content"], posixpath.join("docs", chapter["path"]), known)
    json.dump(book, sys.stdout)
    return 0


def _chapters(items):
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            if item["Chapter"]["path"]:
                yield item["Chapter"]
            yield from _chapters(item["Chapter"]["sub_items"])


def _with_links(text: str, page: str, known: "set[str]") -> str:
    blocks = re.split(r"(^```.*?^```)", text, flags=re.DOTALL | re.MULTILINE)
    return "".join(block if block.startswith("```") else LINK.sub(lambda found: _link(found, page, known), block)
                   for block in blocks)


def _link(found: "re.Match[str]", page: str, known: "set[str]") -> str:
    words, target = found[1], found[2]
    if re.match(r"[a-z]+:|#", target):
        return found[0]
    path, _, anchor = target.partition("#")
    for base in (posixpath.dirname(page), ""):
        there = posixpath.normpath(posixpath.join(base, path))
        if (ROOT / there).exists():
            break
    else:
        raise SystemExit(f"{page}: {target} is not there")
    there = FIGURES if there == "README.md" and anchor else PAGES.get(there, there)
    if there not in known:
        return words
    relative = posixpath.relpath(there, posixpath.dirname(page))
    return f"[{words}]({relative}{'#' + anchor if anchor else ''})"


if __name__ == "__main__":
    sys.exit(main())
