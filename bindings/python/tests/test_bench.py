"""The promise of the order path: a decision from Python is within 6,000 ns of the C call."""

import shutil
import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_a_decision_is_within_6000_ns_of_the_c_call():
    program = ROOT / "bindings" / "python" / "bench.py"
    run = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    figures = {name: int(value) for name, value in map(str.split, run.stdout.splitlines())}
    assert figures["py_overhead_ns"] <= 6000, figures
    assert figures["py_decider_p50_ns"] <= figures["py_select_action_p50_ns"], figures
