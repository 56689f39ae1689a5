"""What an update costs on many ranks and links: the computed tables of docs/ranks.md.

    python3 docs/scale.py

MEASURED is what `make bench ARGS=ranks` prints of the machine; the formula is `update` below. All times are seconds.
"""

from dataclasses import dataclass
from math import ceil, log2

#: Of one rank with one thread on two cores of an AMD EPYC (Zen 4, AVX-512): 2 x 256 tanh, 31 inputs, 10 assets.
MEASURED = {
    "ranks_decision_us": 2.33,  # a decision collected
    "ranks_row_us": 4.50,  # a row of a minibatch: forward, loss, backward
    "ranks_step_us": 65.0,  # a minibatch, whatever its rows: Adam, copies of weights and gradient
    "ranks_partial_us": 67.0,  # a rank's part of a minibatch's gradient, taken in and added
    "ranks_rest_us": 0.16,  # a decision of all ranks, that every rank handles itself: advantages, shuffling, copies
    "ranks_minibatch_bytes": 312_480,  # that a rank sends for a minibatch: its part of the gradient
    "ranks_decision_bytes": 362,  # that a rank sends of a decision that it collected
}
DECISION, ROW, STEP, PARTIAL, REST = (MEASURED[f"ranks_{name}_us"] / 1e6 for name in
                                      ("decision", "row", "step", "partial", "rest"))
GRADIENT, DECISION_BYTES = MEASURED["ranks_minibatch_bytes"], MEASURED["ranks_decision_bytes"]
EPOCHS = 4
#: Before the first byte of a gather comes, for every doubling of the ranks.
LATENCY = 30e-6
LINKS = {"1 Gb/s": 1e9, "10 Gb/s": 1e10, "100 Gb/s": 1e11}


@dataclass(frozen=True)
class Run:
    """How much an update is."""

    envs: int
    steps: int
    batch: int


@dataclass(frozen=True)
class Update:
    """How the time of an update divides."""

    rollout: float
    minibatches: float
    rest: float
    gathers: float

    @property
    def whole(self) -> float:
        return self.rollout + self.minibatches + self.rest + self.gathers


def gather(sent: float, ranks: int, bits: float) -> float:
    """Every rank sends so many bytes, and takes in those of all others through a link of so many bits a second."""
    return ceil(log2(ranks)) * LATENCY + (ranks - 1) * sent * 8 / bits if ranks > 1 else 0.0


def update(run: Run, ranks: int, bits: float) -> Update:
    """An update on so many ranks of one thread, one a link."""
    decisions = run.envs * run.steps
    minibatches = EPOCHS * decisions / run.batch
    partials = ranks * PARTIAL if ranks > 1 else 0.0
    return Update(
        rollout=decisions / ranks * DECISION,
        minibatches=minibatches * (run.batch / ranks * ROW + STEP + partials),
        rest=decisions * REST,
        gathers=gather(decisions / ranks * DECISION_BYTES, ranks, bits) + minibatches * gather(GRADIENT, ranks, bits),
    )


def parts(run: Run) -> "list[list[str]]":
    """A row for each number of ranks: the parts that no link changes, and the gathers and what is won on each link."""
    rows = [["ranks", "rollout", "minibatches", "rest", *(f"gathers, {link}" for link in LINKS),
             *(f"times as fast, {link}" for link in LINKS)]]
    alone = update(run, 1, 1e9).whole
    for ranks in (1, 2, 4, 8, 16, 32, 64, 128, 256):
        found = [update(run, ranks, bits) for bits in LINKS.values()]
        first = found[0]
        rows.append([str(ranks), *(milliseconds(part) for part in (first.rollout, first.minibatches, first.rest)),
                     *(milliseconds(one.gathers) for one in found), *(f"{alone / one.whole:.1f}" for one in found)])
    return rows


def batches() -> "list[list[str]]":
    """Rows of a minibatch a rank at which its gather takes a tenth of its time, and the batch that this makes."""
    rows = [["ranks", *(f"{link}: rows a rank" for link in LINKS), *(f"{link}: batch" for link in LINKS)]]
    for ranks in (2, 4, 8, 16, 32, 64, 128, 256):
        needed = [max(128, ceil((9 * gather(GRADIENT, ranks, bits) - STEP - ranks * PARTIAL) / ROW / 128) * 128)
                  for bits in LINKS.values()]
        rows.append([str(ranks), *(f"{rows:,}" for rows in needed), *(f"{rows * ranks:,}" for rows in needed)])
    return rows


def milliseconds(seconds: float) -> str:
    """Three digits, without an exponent."""
    value = seconds * 1e3
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def table(rows: "list[list[str]]") -> str:
    """In Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def main() -> None:
    for run in (Run(64, 64, 1024), Run(4096, 64, 32768)):
        print(f"{run.envs} environments x {run.steps} steps, batch {run.batch}: milliseconds of an update\n")
        print(table([row for row in parts(run) if not row[0].isdigit() or int(row[0]) * 16 <= run.envs]) + "\n")
    print("Rows of a minibatch at which a gather takes a tenth of its time\n")
    print(table(batches()))


if __name__ == "__main__":
    main()
