"""Fetches the 20-stock price table: daily adjusted closes of S&P 500 names, 1990-01-02 to 2022-12-28.

It is the data set that the skfolio package (BSD-3-Clause) carries. Usage: prices.py DESTINATION.csv
"""

import gzip
import hashlib
import shutil
import sys
from pathlib import Path

from download import CACHE, Wheel, fail, fill_folder, sha256, wheel_files

SKFOLIO = Wheel("skfolio==1.12.2", "any", "2d324c62a4188dc0b62a713f8d5cea177e208a5b45987e3d3f204dd56d3a669b")
MEMBER = "skfolio/datasets/data/sp500_dataset.csv.gz"
CSV_SHA256 = "5f769c6d7be57f62a4dfd1f553995855462a17c92b21a4af4245439c6115617f"
ADVICE = ("The main job trains on real prices. Without a network, use a price table of your own:\n"
          "    ppo-risk train --prices FILE.csv          (make train ARGS='--prices FILE.csv')\n"
          "or the simulated market, which needs no data:\n"
          "    ppo-risk train --market simulated         (make train ARGS='--market simulated')")


def main() -> None:
    """Fills the cache, then writes the table to the path asked for."""
    if len(sys.argv) != 2:
        fail("usage: prices.py DESTINATION.csv")
    destination = Path(sys.argv[1])
    if destination.is_file() and sha256(destination) == CSV_SHA256:
        return
    source = fill_folder(CACHE / "sp500-20-stocks-1.12.2", fill) / "sp500_20_stocks.csv"
    if sha256(source) != CSV_SHA256:
        fail(f"{source} has sha256 {sha256(source)}, expected {CSV_SHA256}: remove its folder and try again")
    destination.parent.mkdir(parents=True, exist_ok=True)
    partial = destination.with_suffix(".part")
    shutil.copyfile(source, partial)
    partial.replace(destination)


def fill(folder: Path) -> None:
    """Unpacks the one file wanted out of the wheel."""
    downloads = folder / "downloads"
    downloads.mkdir()
    with wheel_files(SKFOLIO, downloads, ADVICE) as wheel:
        table = gzip.decompress(wheel.read(MEMBER))
    found = hashlib.sha256(table).hexdigest()
    if found != CSV_SHA256:
        fail(f"{MEMBER} has sha256 {found}, expected {CSV_SHA256}")
    (folder / "sp500_20_stocks.csv").write_bytes(table)
    shutil.rmtree(downloads)


if __name__ == "__main__":
    main()
