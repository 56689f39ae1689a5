"""Chooses a few options of `ppo-risk train` with Optuna (`pip install optuna`).

    python3 optuna_study.py FOLDER TRIALS --prices prices.csv --steps 300000

Every trial is one process of the program; FOLDER gets its run and the study (study.log), which goes on where it is
there: started several times with one FOLDER, so many processes work on one study.
"""

import sys
from pathlib import Path
from subprocess import CalledProcessError

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from trial import judging, sharpe_over_prior


def chosen(trial: optuna.Trial) -> "dict[str, object]":
    """What is searched, by the program's names."""
    return {
        "learning-rate": trial.suggest_float("learning-rate", 1e-4, 3e-3, log=True),
        "gamma": trial.suggest_float("gamma", 0.5, 0.99),
        "trade-band": trial.suggest_categorical("trade-band", [0.05, 0.1, 0.2]),
    }


def main() -> None:
    folder, trials, fixed = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)

    def objective(trial: optuna.Trial) -> float:
        return sharpe_over_prior(f"trial-{trial.number}", chosen(trial), folder, fixed)

    storage = JournalStorage(JournalFileBackend(str(folder / "study.log")))
    study = optuna.create_study(direction="maximize", study_name="ppo-risk", storage=storage, load_if_exists=True)
    # A trial that fails is noted as such, and the others go on.
    study.optimize(objective, n_trials=trials, catch=(CalledProcessError,))
    best = study.best_trial
    print(f"best of {len(study.trials)}: trial {best.number}, Sharpe ratio over the prior's {best.value:.3f} (validation)")
    print(f"to judge it, once: {judging(best.params, fixed)}")


if __name__ == "__main__":
    main()
