"""Chooses a few options of `ppo-risk train` with Ray Tune (`pip install 'ray[tune]'`).

    python3 ray_tune.py FOLDER TRIALS --prices prices.csv --steps 300000

Every trial is one process of the program on one core, as many at once as the cluster has cores. FOLDER, which all of its
machines have to see, gets the runs; paths among the options have to be absolute.
"""

# Not all of Ray says its types.
# pyright: reportUnknownMemberType=false
import sys
from pathlib import Path
from typing import Any

from ray import tune
from trial import judging, sharpe_over_prior


def main() -> None:
    folder, trials, fixed = Path(sys.argv[1]).resolve(), int(sys.argv[2]), sys.argv[3:]

    def train(options: "dict[str, Any]") -> None:
        name = tune.get_context().get_trial_id()
        tune.report({"sharpe_over_prior": sharpe_over_prior(name, options, folder, fixed)})

    # What is searched, by the program's names.
    space = {
        "learning-rate": tune.loguniform(1e-4, 3e-3),
        "gamma": tune.uniform(0.5, 0.99),
        "trade-band": tune.choice([0.05, 0.1, 0.2]),
    }
    tuner = tune.Tuner(tune.with_resources(train, {"cpu": 1}), param_space=space,
                       tune_config=tune.TuneConfig(metric="sharpe_over_prior", mode="max", num_samples=trials),
                       run_config=tune.RunConfig(name="ray", storage_path=str(folder)))
    results = tuner.fit()
    best = results.get_best_result()
    value = (best.metrics or {})["sharpe_over_prior"]
    print(f"best of {len(results)}: Sharpe ratio over the prior's {value:.3f} (validation)")
    print(f"to judge it, once: {judging(best.config or {}, fixed)}")


if __name__ == "__main__":
    main()
