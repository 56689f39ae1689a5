"""Writes what this version of the library saves, a file of each kind: tests/golden/saved/FORMAT/.

usage: PPO_RISK_LIBRARY=target/debug/libppo_risk.so python tests/golden/make_saved.py FORMAT

Run it once for a new format, with the library that writes it, and commit the files: every later version has to read them
and go on as the library that wrote them would have (bindings/python/tests/test_saved.py).
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bindings" / "python"), str(ROOT / "bindings" / "python" / "tests")]

import saved  # noqa: E402

saved.write(int(sys.argv[1]))
