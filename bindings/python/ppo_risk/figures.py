"""Figures of returns and equity: measures, drawdowns, tail risk, a running performance."""

import ctypes
from dataclasses import dataclass, fields
from typing import Any, Callable, TypeVar

from numpy.typing import ArrayLike

from . import _declarations as c
from ._arrays import address, float64
from ._frames import alike, is_frame, names_of, vector
from ._handle import Handle, made_by
from ._library import library
from ._results import BenchmarkMetrics, Drawdown, ReturnMetrics, PerformanceFigures, TailRisk
from .errors import check

Written = TypeVar("Written")


@dataclass(frozen=True)
class Conventions:
    """What measures are relative to.

    bars_per_year: Bars in a year.
    risk_free: Risk-free return of one bar: Sharpe, omega and alpha.
    required_return: Required return of one bar: Sortino, downside risk and omega.
    tail: Part of the bars in the tail of value at risk.
    """

    bars_per_year: float = 252.0
    risk_free: float = 0.0
    required_return: float = 0.0
    tail: float = 0.05


def measure(returns: ArrayLike, conventions: "Conventions | None" = None) -> ReturnMetrics:
    """ReturnMetrics a series of simple returns; NaN for an unknown one. Of few bars most measures are NaN."""
    returns, found = float64(returns), room("risk_metrics")
    check(library.risk_metrics_compute(address(returns), returns.size, relative_to(conventions), found))
    return taken(ReturnMetrics, found)


def measure_against(returns: ArrayLike, benchmark: ArrayLike,
                    conventions: "Conventions | None" = None) -> BenchmarkMetrics:
    """ReturnMetrics a series of simple returns relative to a benchmark's in the same bars."""
    alike(returns=returns, benchmark=benchmark)
    returns, benchmark, found = float64(returns), float64(benchmark), room("risk_benchmark_metrics")
    check(library.risk_benchmark_metrics_compute(address(returns), returns.size, address(benchmark), benchmark.size,
                                                 relative_to(conventions), found))
    return taken(BenchmarkMetrics, found)


def worst_drawdowns(equity: ArrayLike, most: int = 10) -> "list[Drawdown]":
    """The deepest drawdowns of an equity curve, deepest first."""
    equity, count = float64(equity), ctypes.c_size_t()
    found = (c.risk_drawdown_period * max(most, 0))()
    check(library.risk_worst_drawdowns(address(equity), equity.size, found, len(found), ctypes.byref(count)))
    return [taken(Drawdown, one) for one in found[:count.value]]


def tail_risk(scenarios: ArrayLike, weights: ArrayLike, level: float = 0.95) -> TailRisk:
    """Value at risk of weights [N] over scenarios of simple returns [bars, N]; cash, the rest, earns 0."""
    if is_frame(scenarios):
        vector(weights, names_of(scenarios, "scenarios"), "weights")
    scenarios, weights, found = float64(scenarios), float64(weights), room("risk_tail_risk")
    check(library.risk_tail_risk_compute(address(scenarios), scenarios.size, len(scenarios), address(weights),
                                         weights.size, level, found))
    return taken(TailRisk, found)


class Performance(Handle):
    """Figures of a series that grows bar by bar. `state_json` makes it go on from a saved state, bit for bit."""

    __slots__ = ("_conventions",)
    _prefix = "risk_performance"

    def __init__(self, conventions: "Conventions | None" = None, state_json: "str | None" = None) -> None:
        self._conventions = conventions
        given = relative_to(conventions)
        if state_json is None:
            self._adopt(self._new(library.risk_performance_new, given))
        else:
            self._adopt(self._new(library.risk_performance_restore, given, state_json.encode()))

    def _value(self) -> "tuple[Conventions | None, str]":
        return self._conventions, self.state_json()

    @classmethod
    def _of_value(cls, *value: Any) -> "Performance":
        return made_by(Performance.__init__, cls, *value)

    def push(self, simple_return: float) -> None:
        """Takes in a bar; NaN for an unknown return, which leaves equity as it was."""
        self._call(library.risk_performance_push, simple_return)

    def read(self) -> PerformanceFigures:
        """The figures so far."""
        found = room("risk_performance_figures")
        self._call(library.risk_performance_read, found)
        return taken(PerformanceFigures, found)

    def state_json(self) -> str:
        """All that bars have left behind, exact."""
        return self._text(library.risk_performance_state_json)


def room(name: str) -> Any:
    """A struct for the library to write to."""
    made = getattr(c, name)()
    check(getattr(library, f"{name}_init")(made, ctypes.sizeof(made)))
    return made


def taken(kind: "Callable[..., Written]", struct: Any) -> Written:
    """What was written, as a tuple with the struct's names."""
    names: "tuple[str, ...]" = getattr(kind, "_fields")
    return kind(*(getattr(struct, name) for name in names))


def relative_to(conventions: "Conventions | None") -> "c.risk_conventions | None":
    """Conventions as the library takes them."""
    if conventions is None:
        return None
    made: c.risk_conventions = room("risk_conventions")
    for field in fields(conventions):
        setattr(made, field.name, getattr(conventions, field.name))
    return made
