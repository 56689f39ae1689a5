"""Golden values for tests/limits.rs: 1,000 projections by cvxpy 1.9.3 with Clarabel 0.11.1 (every tenth also by OSQP).

python projection.py (it writes projection.json beside itself: HiGHS prints to the standard output)
The problems are not stored: here and in the test, the same linear congruential generator makes them. Per problem:
null where no portfolio meets the limits (turnover apart), else [distance from target, turnover in force or null].
"""
import json
import pathlib
import sys

import cvxpy as cp
import numpy as np


class Draws:
    def __init__(self, seed):
        self.state = seed

    def below(self, count):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % count

    def number(self, unit, low, high):
        """A multiple of 1/unit between low/4 and high/4."""
        first, last = low * unit // 4, high * unit // 4
        return (first + self.below(last - first + 1)) / unit


def problem(draws):
    n = 1 + draws.below(12)
    unit = 8 if draws.below(3) == 0 else 1000
    least, most = [(-2, 0), (-2, 0), (0, 0), (0, 1)][draws.below(4)]
    low = [draws.number(unit, least, most) for _ in range(n)]
    high = [draws.number(unit, 1, 4) for _ in range(n)]
    target = [draws.number(unit, -3, 6) for _ in range(n)]
    current = [draws.number(unit, -1, 2) for _ in range(n)]
    gross = draws.number(unit, 1, 6) if draws.below(2) == 0 else None
    min_net = draws.number(unit, -1, 2) if draws.below(3) == 0 else None
    max_net = draws.number(unit, 1, 4) if draws.below(2) == 0 else None
    min_cash = draws.number(unit, 0, 1) if draws.below(3) == 0 else None
    sectors = []
    for _ in range(draws.below(4)):
        members = [i for i in range(n) if draws.below(2) == 0] or [0]
        least = draws.number(unit, -1, 1) if draws.below(3) == 0 else None
        most = draws.number(unit, 1, 3) if draws.below(3) != 0 else None
        sectors.append((members, least, most))
    turnover = draws.number(unit, 0, 2) if draws.below(2) == 0 else None
    return n, low, high, target, current, gross, min_net, max_net, min_cash, sectors, turnover


def solve(n, low, high, target, current, gross, min_net, max_net, min_cash, sectors, turnover, check):
    w = cp.Variable(n)
    limits = [w >= low, w <= high]
    limits += [] if gross is None else [cp.norm1(w) <= gross]
    limits += [] if min_net is None else [cp.sum(w) >= min_net]
    limits += [] if max_net is None else [cp.sum(w) <= max_net]
    limits += [] if min_cash is None else [1 - cp.sum(w) >= min_cash]
    for members, least, most in sectors:
        limits += [] if least is None else [cp.sum(w[members]) >= least]
        limits += [] if most is None else [cp.sum(w[members]) <= most]
    # One-way turnover with cash as one more asset.
    change = w - np.array(current)
    traded = 0.5 * (cp.norm1(change) + cp.abs(cp.sum(change)))
    least = cp.Problem(cp.Minimize(traded), limits)
    least.solve(solver="HIGHS")
    if least.status == "infeasible":
        return None
    assert least.status == "optimal", least.status
    in_force = None if turnover is None else max(turnover, float(least.value))

    def distance(room):
        within = limits + ([] if in_force is None else [traded <= in_force + room])
        nearest = cp.Problem(cp.Minimize(cp.norm(w - np.array(target))), within)
        tolerances = ["tol_gap_abs", "tol_gap_rel", "tol_feas", "tol_infeas_abs", "tol_infeas_rel"]
        nearest.solve(solver="CLARABEL", **dict.fromkeys(tolerances, 1e-13))
        # It goes on until double precision ends, and says so by "optimal_inaccurate".
        assert nearest.status.startswith("optimal"), nearest.status
        found = float(np.linalg.norm(w.value - target))
        if check:
            squares = cp.Problem(cp.Minimize(cp.sum_squares(w - np.array(target))), within)
            squares.solve(solver="OSQP", eps_abs=1e-9, eps_rel=1e-9, max_iter=200_000, polishing=True)
            assert abs(np.linalg.norm(w.value - target) - found) < 1e-5, found
        return found

    # Where the least turnover is in force the limits have no interior, which an interior-point method needs: there the
    # distance is extrapolated from a little room (its square is piecewise quadratic in the turnover).
    if in_force is not None and in_force > turnover:
        nearest = 2 * distance(1e-5) - distance(2e-5)
    else:
        nearest = distance(0.0)
    return [round(nearest, 12), None if in_force is None else round(in_force, 12)]


draws = Draws(3)
cases = [solve(*problem(draws), check=case % 10 == 0) for case in range(1000)]
print(sum(case is None for case in cases), "without a portfolio", file=sys.stderr)
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
