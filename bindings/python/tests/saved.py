"""What is saved, as files of JSON: for tests/golden/make_saved.py, which writes them, and test_saved.py, which reads
them with every later version of the library."""

import base64
import dataclasses
import json
from enum import Enum
from pathlib import Path
from typing import Any, Collection

import numpy as np
from conftest import PLAIN, ROOT
from test_values import EVERY_VALUE, plain_market

import ppo_risk
from ppo_risk._handle import Handle
from ppo_risk.config import SETTINGS

FOLDER = ROOT / "tests" / "golden" / "saved"

#: Kinds that make their state anew from settings, and so have nothing of an earlier version to read.
STATELESS = {"PositionSizer", "Decider", "Env", "VectorEnv"}
#: Saved values are those of the objects that are copied by value.
KINDS = {name.replace(" ", "_"): made for name, made in EVERY_VALUE.items() if name not in STATELESS}


#: What classes were called when a file of theirs was written.
FORMERLY = {"ManagedPortfolio": "Book", "TrueRanges": "Atr"}


def file(format: int, kind: str) -> Path:
    return FOLDER / str(format) / f"{kind}.json"


def encoded(value: Any) -> Any:
    """A saved value as JSON: what `decoded` turns back."""
    if isinstance(value, Handle):
        return {"class": type(value).__name__, "value": encoded(value._value())}
    if isinstance(value, (tuple, list)):
        return [encoded(entry) for entry in value]
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, ppo_risk.Config):
        return {"config": {name: getattr(value, name) for name in SETTINGS}}
    if dataclasses.is_dataclass(value):
        fields = {field.name: encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"dataclass": type(value).__name__, "fields": fields}
    if isinstance(value, Enum):
        return {"enum": type(value).__name__, "member": value.name}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {"spec": value}
    return value


def decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [decoded(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if "base64" in value:
        return base64.b64decode(value["base64"])
    if "config" in value:
        return ppo_risk.Config(**value["config"])
    if "spec" in value:
        return value["spec"]
    if "dataclass" in value:
        return getattr(ppo_risk, value["dataclass"])(**decoded_fields(value["fields"]))
    if "enum" in value:
        return getattr(ppo_risk, value["enum"])[value["member"]]
    name = FORMERLY.get(value["class"], value["class"])
    return getattr(ppo_risk, name)._of_value(*decoded(value["value"]))


def decoded_fields(fields: "dict[str, Any]") -> "dict[str, Any]":
    return {name: decoded(value) for name, value in fields.items()}


#: Settings of a policy that a format brought, by that format: what was saved before does not say them.
ADDED = {3: ("reach", "bars_per_year"), 4: ("short", "max_gross")}


def added_since(format: int) -> "list[str]":
    """Settings of a policy that files of this format do not know."""
    return [name for later, names in ADDED.items() if later > format for name in names]


def numbers(answer: Any, without: "Collection[str]" = ()) -> "list[float]":
    """Every number of an answer, in order, but for settings `without`."""
    if isinstance(answer, (bool, int, float, np.generic)):
        return [float(answer)] if not isinstance(answer, (np.datetime64, np.str_)) else []
    if isinstance(answer, np.ndarray):
        return numbers(answer.tolist()) if answer.dtype.kind in "fiub" else []
    if isinstance(answer, dict):
        return [number for key in sorted(answer) if key not in without for number in numbers(answer[key], without)]
    if isinstance(answer, (list, tuple)):
        return [number for entry in answer for number in numbers(entry, without)]
    if dataclasses.is_dataclass(answer):
        return numbers([getattr(answer, field.name) for field in dataclasses.fields(answer)], without)
    return []


def checkpoint_file(format: int) -> Path:
    return FOLDER / str(format) / "checkpoint.safetensors"


def state_file(format: int) -> Path:
    """The bytes of the book that Book.json of the same format holds."""
    return FOLDER / str(format) / "Book.state"


def write_state(format: int) -> None:
    """Writes the bytes of the book in Book.json."""
    made = decoded(json.loads(file(format, "Book").read_text())["saved"])
    state_file(format).write_bytes(made.save_state())


def write_checkpoint(path: Path) -> None:
    settings = ppo_risk.Config(seed=5, n_envs=2, n_steps=8, batch_size=8, n_epochs=1, total_steps=64, episode_len=20)
    with ppo_risk.Trainer(ppo_risk.Agent(PLAIN, settings), plain_market(), settings) as trainer:
        trainer.train(most_updates=2)
        trainer.save(path)


def write(format: int) -> None:
    """Writes a file of every kind, with what the saved object does next."""
    for kind, (make, does) in KINDS.items():
        made = make()
        content = {"saved": encoded(made), "does": numbers(does(made))}
        path = file(format, kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    write_state(format)
    write_checkpoint(checkpoint_file(format))
