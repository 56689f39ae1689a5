"""The package, the examples, and the Python of manual and README, as type checkers see them: mypy and pyright, both strict."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

PACKAGE = ROOT / "bindings" / "python"
EXAMPLES = sorted(file for folder in ("python", "sweeps") for file in (ROOT / "examples" / folder).glob("*.py"))
#: Programs that make what the documentation shows.
PROGRAMS = sorted((ROOT / "docs").glob("*.py"))
#: What a checker has to find, so that one that looks at nothing does not pass.
WRONG = """import ppo_risk

agent = ppo_risk.Agent.load(3)
weights: str = agent.select_action([0.0])
trainer = ppo_risk.Trainer(agent, "a market")
"""


@pytest.fixture
def sources(tmp_path):
    """The examples, and the manual's programs in their order, as its reader types them; then a wrong one."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL)
    assert len(blocks) >= 4 and len(EXAMPLES) == 11
    # Stable-Baselines3 is stood in for by what has no types, and every program begins with its imports.
    (tmp_path / "manual.py").write_text("# pyright: reportUnknownMemberType=false, reportDuplicateImport=false\n" + "\n".join(blocks))
    readme = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)
    (tmp_path / "readme.py").write_text("\n".join(readme))
    (tmp_path / "wrong.py").write_text(WRONG)
    # They stand in for PyTorch, and for what would bring it.
    for package in ("stable_baselines3", "torch", "torch/distributed"):
        stubs = tmp_path / "typings" / package
        stubs.mkdir(parents=True)
        (stubs / "__init__.pyi").write_text("from typing import Any\ndef __getattr__(name: str) -> Any: ...\n")
    return tmp_path


def check_found(found, sources):
    """Complaints, as (file, line): those of the wrong program, and no others."""
    wrong = {line for file, line, _ in found if file == str(sources / "wrong.py")}
    assert [entry for entry in found if entry[0] != str(sources / "wrong.py")] == []
    assert wrong == {3, 4, 5}


def test_mypy_strict(sources):
    pytest.importorskip("mypy")
    files = [PACKAGE / "ppo_risk", *EXAMPLES, *PROGRAMS, *(sources / f"{name}.py" for name in ("manual", "readme", "wrong"))]
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--show-absolute-path", "--cache-dir",
               os.devnull, *files]
    run = subprocess.run(command, cwd=sources, capture_output=True, text=True,
                         env={**os.environ, "MYPYPATH": f"{PACKAGE}:{sources / 'typings'}"})
    assert run.stderr == ""
    found = [re.fullmatch(r"(.+?):(\d+): error: (.*)", line) for line in run.stdout.splitlines() if ": error: " in line]
    check_found([(match[1], int(match[2]), match[3]) for match in found if match], sources)


def test_pyright(sources):
    pytest.importorskip("pyright")
    # The wheel fetches the checker itself when it is first used.
    version = subprocess.run([sys.executable, "-m", "pyright", "--version"], capture_output=True, text=True)
    if version.returncode != 0:
        if os.environ.get("REQUIRE_TOOLS"):
            pytest.fail(f"REQUIRE_TOOLS is set, but pyright cannot be fetched: {version.stderr}")
        pytest.skip("pyright cannot be fetched")
    for file in (*EXAMPLES, *PROGRAMS):
        shutil.copy(file, sources)
    shutil.copytree(PACKAGE / "ppo_risk", sources / "ppo_risk", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    modules = [*sources.glob("*.py"), *sources.glob("ppo_risk/*.py")]
    settings = {"include": [str(file.relative_to(sources)) for file in modules], "stubPath": "typings",
                "typeCheckingMode": "strict"}
    (sources / "pyrightconfig.json").write_text(json.dumps(settings))
    run = subprocess.run([sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", sources],
                         capture_output=True, text=True)
    said = json.loads(run.stdout)
    assert said["summary"]["filesAnalyzed"] == len(modules)
    found = [(entry["file"], entry["range"]["start"]["line"] + 1, entry["message"]) for entry in
             said["generalDiagnostics"] if entry["severity"] == "error"]
    check_found(found, sources)
