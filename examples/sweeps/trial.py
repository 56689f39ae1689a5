"""One trial of a sweep: `ppo-risk train` with some options, in a process of its own, and what it came to.

Trained is on dates up to TRAIN_UNTIL and judged on those up to VALIDATE_UNTIL. What comes after is the test: no trial
sees it, so that what is said of the chosen options there is not flattered by the choice. docs/ranks.md says more.
"""

import json
import os
import subprocess
from pathlib import Path
from statistics import median
from typing import Mapping, Sequence

TRAIN_UNTIL, VALIDATE_FROM, VALIDATE_UNTIL = "2004-12-31", "2005-01-01", "2012-12-31"
#: Seeds of a trial: of one alone, luck would be most of the difference between two trials.
SEEDS = 3
PROGRAM = os.environ.get("PPO_RISK", "ppo-risk")


def sharpe_over_prior(name: str, options: "Mapping[str, object]", folder: Path, fixed: Sequence[str]) -> float:
    """The annual Sharpe ratio on the validation range less that of the untrained policy: the median of the seeds'.

    `options` are those that the sweep chooses ({"gamma": 0.9}), `fixed` those of all trials (["--prices", "prices.csv"]).
    Raises CalledProcessError where the program fails; FOLDER/NAME.log has its words.
    """
    chosen = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    command = [PROGRAM, "train", "--seeds", str(SEEDS), "--threads", "1", "--device", "cpu", "--train-until", TRAIN_UNTIL,
               "--test-from", VALIDATE_FROM, "--test-until", VALIDATE_UNTIL, *fixed, *chosen, "--out", str(folder),
               "--name", name, "--force"]
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.log", "wb") as log:
        subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
    summary = json.loads((folder / name / "summary.json").read_text())
    return float(median(seed["sharpe_difference"]["prior"]["median"] for seed in summary["seeds"]))


def judging(options: "Mapping[str, object]", fixed: Sequence[str]) -> str:
    """The command that trains with the chosen options on all that came before the test, and judges them there: once."""
    chosen = " ".join(f"--{key} {value}" for key, value in options.items())
    return f"{PROGRAM} train {' '.join(fixed)} --train-until {VALIDATE_UNTIL} --test-from 2013-01-01 {chosen}"
