"""Back-tests: what a policy or a baseline would have earned, risked and paid."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _declarations as c
from ._arrays import address
from ._handle import Handle
from ._library import library
from ._record import record
from ._results import Summary
from ._text import count_of
from .agent import Agent
from .constants import Baseline
from .errors import check
from .market import Market
from .portfolio import settings

if TYPE_CHECKING:
    import pandas


@record
class Comparison(NamedTuple):
    """Annual Sharpe ratio, over cash, of one back-test less that of another: median and interval of a paired bootstrap.

    `low` and `high` are NaN where there are too few bars for an interval (252, and 12 blocks).

    median: Middle of the draws: the annual ratio of the first less that of the second.
    low: Lower end of the interval, which holds `level` of the draws (0.9 without another).
    high: Its upper end.
    """

    median: float
    low: float
    high: float


class Backtest(Handle):
    """What decisions over a market's bars came to. `run` and `baseline` make one."""

    __slots__ = ("assets", "_bars")
    _prefix = "ppo_backtest"

    #: Names of the assets, in the order of the weights.
    assets: "tuple[str, ...]"
    _bars: int

    @classmethod
    def run(cls, agent: Agent, market: Market, **options: Any) -> Backtest:
        """An agent's deterministic decisions over a market's bars, as one episode that starts in cash.

        `options` are those of ppo_backtest_run: cost_rate=0.001, managed=True, risk={...}, prior=True
        (the policy as it was before its training: the rule that it departs from).
        """
        with agent._lent() as policy, market._lent() as prices:
            handle = cls._new(library.ppo_backtest_run, policy, prices, settings(options or None))
        return cls._of_assets(handle, agent.assets)

    @classmethod
    def baseline(cls, market: Market, baseline: Baseline, **options: Any) -> Backtest:
        """A baseline at the times and costs that `run` has."""
        with market._lent() as prices:
            handle = cls._new(library.ppo_backtest_run_baseline, prices, int(baseline), settings(options or None))
        return cls._of_assets(handle, market.assets)

    @classmethod
    def _of_assets(cls, handle: ctypes.c_void_p, assets: "tuple[str, ...]") -> Backtest:
        made = cls._of(handle)
        made.assets = assets
        bars = ctypes.c_size_t()
        made._call(library.ppo_backtest_size, ctypes.byref(bars), None)
        made._bars = bars.value
        return made

    def _value(self) -> "tuple[str, tuple[str, ...]]":
        return self._text(library.ppo_backtest_state_json), self.assets

    @classmethod
    def _of_value(cls, *value: Any) -> Backtest:
        state, assets = value
        return cls._of_assets(cls._new(library.ppo_backtest_restore, state.encode()), assets)

    def _words(self) -> str:
        return f"{count_of(self._bars, 'bar')} of {count_of(len(self.assets), 'asset')}, equity {self.equity[-1]:.4g}"

    def __len__(self) -> int:
        """Number of bars, T."""
        return self._bars

    def summary(self) -> Summary:
        """The figures."""
        found = c.ppo_backtest_summary()
        check(library.ppo_backtest_summary_init(found, ctypes.sizeof(found)))
        self._call(library.ppo_backtest_summarize, found)
        return Summary(*(getattr(found, name) for name in Summary._fields))

    def compare(self, other: Backtest, **options: Any) -> Comparison:
        """How sure the difference to another back-test over the same times is; options: block, draws, level, seed."""
        found = [ctypes.c_double() for _ in range(3)]
        with other._lent() as second:
            self._call(library.ppo_backtest_compare, second, settings(options or None), *map(ctypes.byref, found))
        return Comparison(*(number.value for number in found))

    @property
    def times(self) -> "NDArray[np.datetime64]":
        """Time of the close that ends each bar, in UTC, as datetime64[ns]; a date is its midnight: [T]."""
        times = np.empty(self._bars, np.int64)
        self._call(library.ppo_backtest_times, address(times), times.size)
        return times.astype("datetime64[ns]")

    @property
    def returns(self) -> "NDArray[np.float64]":
        """Simple return of each bar, net of the costs paid at its start: [T]."""
        return self._numbers(library.ppo_backtest_returns)

    @property
    def equity(self) -> "NDArray[np.float64]":
        """What one unit of money has become at the close that ends each bar: [T]."""
        return self._numbers(library.ppo_backtest_equity)

    @property
    def weights(self) -> "NDArray[np.float64]":
        """Weights held through each bar: [T, N + 1], cash last."""
        return self._numbers(library.ppo_backtest_weights, len(self.assets) + 1).reshape(self._bars, -1)

    @property
    def turnover(self) -> "NDArray[np.float64]":
        """One-way turnover of the trade at the start of each bar: [T]."""
        return self._numbers(library.ppo_backtest_turnover)

    @property
    def costs(self) -> "NDArray[np.float64]":
        """What that trade cost, as a fraction of the value before it: [T]."""
        return self._numbers(library.ppo_backtest_costs)

    def risk(self) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Leverage before the limits, and the hedge's notional over equity: [T] each, of a run with a risk manager."""
        leverage, hedge = np.empty(self._bars), np.empty(self._bars)
        self._call(library.ppo_backtest_risk, address(leverage), leverage.size, address(hedge), hedge.size)
        return leverage, hedge

    def reasons(self) -> "dict[str, int]":
        """On how many bars each reason was among those of the risk manager's decisions."""
        return self._object(library.ppo_backtest_reasons_json)

    def to_frame(self) -> "pandas.DataFrame":
        """Equity, return, turnover and cost of each bar, by time."""
        import pandas

        columns = {"equity": self.equity, "return": self.returns, "turnover": self.turnover, "cost": self.costs}
        return pandas.DataFrame(columns, self._index())

    def weights_frame(self) -> "pandas.DataFrame":
        """Weights held through each bar, by time: the assets, then cash."""
        import pandas

        return pandas.DataFrame(self.weights, self._index(), [*self.assets, "cash"])

    def _index(self) -> "pandas.DatetimeIndex":
        import pandas

        return pandas.DatetimeIndex(self.times, name="time")

    def _numbers(self, call: Any, columns: int = 1) -> "NDArray[np.float64]":
        found = np.empty(self._bars * columns)
        self._call(call, address(found), found.size)
        return found
