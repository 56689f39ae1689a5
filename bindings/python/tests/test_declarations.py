"""What ctypes was told is what the header says: by its own reading, and by a C compiler's."""

import ctypes
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

import ppo_risk
from ppo_risk import _declarations as c
from ppo_risk import constants, environment, errors, estimates, figures, metrics

sys.path.insert(0, str(ROOT / "bindings" / "python"))
import declare  # noqa: E402

STRUCTS = {name: kind for name, kind in vars(c).items()
           if isinstance(kind, type) and issubclass(kind, ctypes.Structure) and kind is not ctypes.Structure}
CONSTANTS = {name: value for name, value in vars(c).items() if name.startswith("PPO_")}
#: What C calls the ctypes types; size_t and uint64_t are one type to ctypes.
C_TYPES = {ctypes.c_int32: {"int32_t", "ppo_status"}, ctypes.c_uint32: {"uint32_t"},
           ctypes.c_uint64: {"uint64_t", "size_t"}, ctypes.c_double: {"double"}}
ANSWERS = {None: "void", ctypes.c_int32: "ppo_status", ctypes.c_char_p: "const char *", ctypes.c_uint32: "uint32_t"}


def test_the_declarations_are_what_the_header_gives():
    header = (ROOT / "include" / "ppo_risk.h").read_text()
    assert declare.TARGET.read_text() == declare.declarations(header), "run python3 bindings/python/declare.py"


def test_constants_sizes_and_offsets_are_a_c_compilers(tmp_path):
    lines, expected = [], []
    for name, value in CONSTANTS.items():
        lines.append(f'printf("{name} %lld\\n", (long long){name});')
        expected.append(f"{name} {value}")
    for name, kind in STRUCTS.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        expected.append(f"{name} {ctypes.sizeof(kind)}")
        for field, _ in kind._fields_:
            size = f"sizeof((({name} *)0)->{field})"
            lines.append(f'printf("{name}.{field} %zu %zu\\n", offsetof({name}, {field}), {size});')
            place = getattr(kind, field)
            expected.append(f"{name}.{field} {place.offset} {place.size}")
    assert compile_and_run("\n".join(lines), tmp_path).splitlines() == expected


def test_functions_take_what_the_header_says_and_a_c_compiler_counts(tmp_path):
    header = re.sub(r"/\*.*?\*/", "", (ROOT / "include" / "ppo_risk.h").read_text(), flags=re.DOTALL)
    lines = []
    for name, (answer, arguments) in c.FUNCTIONS.items():
        declared = re.search(rf"\b{name}\(([^;]*)\);", header)[1].split(",")
        for text, kind in zip(declared, arguments):
            if kind in C_TYPES:
                assert set(text.split()) & C_TYPES[kind] and "*" not in text, f"{name}: {text} is passed as {kind}"
            else:
                assert "*" in text or "callback" in text, f"{name}: {text} is passed as {kind}"
        # A null pointer goes where a pointer is wanted alone, and the compiler refuses another count.
        call = f"{name}({', '.join('0' if kind in C_TYPES else '(void *)0' for kind in arguments)})"
        lines.append(f"{call};" if answer is None else f"{{ {ANSWERS[answer]} answer = {call}; (void)answer; }}")
    compile_and_run("\n".join(lines), tmp_path, link=False)


def test_every_function_is_in_use():
    package = (ROOT / "bindings" / "python" / "ppo_risk").glob("*.py")
    source = "".join(path.read_text() for path in package if path.name != "_declarations.py")
    prefixes = re.findall(r'_prefix = "(\w+)"', source)
    used = set(re.findall(r"library\.((?:ppo|risk)_\w+)", source))
    used |= {f"{prefix}_{ending}" for prefix in prefixes
             for ending in ("free", "last_error", "new", "restore", "config_json", "state_json")}
    used |= {f"{name}_init" for name in re.findall(r'room\("(\w+)"\)', source)}
    used |= {f"ppo_trainer_{verb}{ending}" for verb in ("new", "resume") for ending in ("", "_host", "_online")}
    assert set(c.FUNCTIONS) - used == set()


def test_every_status_has_its_class_and_every_enumeration_its_members():
    statuses = {name: value for name, value in CONSTANTS.items() if name.startswith("PPO_ERR_")}
    assert set(errors.CLASSES) == set(statuses.values())
    for name, value in statuses.items():
        assert errors.Error("words", value).name == name
        assert issubclass(errors.CLASSES[value], ppo_risk.Error)
    for prefix, kind in {"PPO_LOG_": constants.LogLevel, "PPO_DEVICE_": constants.Device,
                         "PPO_SCHEDULE_": constants.Schedule, "PPO_REWARD_": constants.Reward,
                         "PPO_CONTROL_VARIATE_": constants.ControlVariate, "PPO_JOB_": constants.JobState}.items():
        found = {name: member.value for name, member in kind.__members__.items()}
        assert found == {name[len(prefix):]: value for name, value in CONSTANTS.items() if name.startswith(prefix)}


def test_tuples_have_the_fields_of_their_structs():
    for struct, kind in [(c.ppo_metrics, tuple(metrics.Metrics.__dataclass_fields__)),
                         (c.ppo_backtest_summary, ppo_risk.Summary._fields),
                         (c.ppo_episode, environment.Episode._fields),
                         (c.risk_conventions, tuple(figures.Conventions.__dataclass_fields__)),
                         (c.risk_metrics, figures.Measures._fields),
                         (c.risk_benchmark_metrics, figures.BenchmarkMeasures._fields),
                         (c.risk_drawdown_period, figures.Drawdown._fields),
                         (c.risk_tail_risk, figures.TailRisk._fields),
                         (c.risk_performance_figures, figures.PerformanceFigures._fields),
                         (c.risk_garch_fit, estimates.GarchFit._fields),
                         (c.risk_kelly_estimate, estimates.KellyEstimate._fields)]:
        own = [name for name, _ in struct._fields_ if "reserved" not in name and name != "struct_size"]
        assert [name for name in own if not name.endswith("_len")] == list(kind), struct


def compile_and_run(body: str, folder, link: bool = True) -> str:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    source = folder / "program.c"
    source.write_text("#include <ppo_risk.h>\n#include <stdio.h>\n"
                      f"int main(int argc, char **argv) {{\n(void)argc; (void)argv;\n{body}\nreturn 0;\n}}\n")
    options = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-Wconversion", f"-I{ROOT / 'include'}"]
    if not link:
        subprocess.run(["cc", *options, "-c", source, "-o", folder / "program.o"], check=True)
        return ""
    subprocess.run(["cc", *options, source, "-o", folder / "program"], check=True)
    return subprocess.run([folder / "program"], check=True, capture_output=True, text=True).stdout
