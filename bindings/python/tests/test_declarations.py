"""What ctypes was told beside the list of the C surface, and beside what the package's classes have."""

import ctypes
import re

from conftest import ROOT

import ppo_risk
from ppo_risk import _declarations as c
from ppo_risk import errors, figures

STRUCTS = {name: kind for name, kind in vars(c).items()
           if isinstance(kind, type) and issubclass(kind, ctypes.Structure) and kind is not ctypes.Structure}
SURFACE = [line.split() for line in (ROOT / "abi" / "surface.txt").read_text().splitlines()]


def surface(kind):
    """The list's lines of a kind, without that word."""
    return [line[1:] for line in SURFACE if line[0] == kind]


def test_sizes_and_offsets_are_cs():
    assert len(STRUCTS) > 20
    assert {name: ctypes.sizeof(kind) for name, kind in STRUCTS.items()} == {
        name: int(size) for name, size in surface("struct")}
    for name, kind in STRUCTS.items():
        places = [(field, getattr(kind, field)) for field, _ in kind._fields_]
        assert [[name, field, str(place.offset), str(place.size)] for field, place in places] == [
            line for line in surface("field") if line[0] == name]


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


def test_every_status_has_its_class():
    statuses = {name: int(value) for name, value in surface("constant") if name.startswith("PPO_ERR_")}
    assert set(errors.CLASSES) == set(statuses.values())
    for name, value in statuses.items():
        assert errors.Error("words", value).name == name
        assert issubclass(errors.CLASSES[value], ppo_risk.Error)


def test_classes_written_by_hand_have_the_fields_of_their_structs():
    for struct, kind in [(c.risk_conventions, tuple(figures.Conventions.__dataclass_fields__)),
                         (c.risk_kelly_estimate, ppo_risk.KellyEstimate._fields)]:
        own = [name for name, _ in struct._fields_ if "reserved" not in name and name != "struct_size"]
        assert [name for name in own if not name.endswith("_len")] == list(kind), struct
