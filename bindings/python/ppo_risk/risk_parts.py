"""The parts of a risk manager, each for itself: limits, drawdown states, hedge, average true ranges, position sizes."""

import ctypes
import math
from typing import Any, Callable, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _declarations as c
from ._arrays import address, float64, given, optional
from ._frames import alike, is_frame, names_of, same_times, same_names
from ._handle import Handle, made_by
from ._library import library
from ._record import record
from ._settings import with_settings
from .constants import HedgeSide, RiskState
from .errors import check
from .portfolio import settings
from .random import unsigned
from .risk import Reason, Reasons


class _Part(Handle):
    """Settings and a memory, both JSON."""

    __slots__ = ()

    @property
    def config(self) -> "dict[str, Any]":
        """The settings, with every key."""
        return self._object(getattr(library, f"{self._prefix}_config_json"))

    def state_json(self) -> str:
        """All that bars have left behind, exact."""
        return self._text(getattr(library, f"{self._prefix}_state_json"))

    def _value(self) -> "tuple[Any, ...]":
        return self._text(getattr(library, f"{self._prefix}_config_json")), self.state_json()

    def _start(self, state_json: "str | None", *arguments: Any) -> None:
        if state_json is None:
            self._adopt(self._new(getattr(library, f"{self._prefix}_new"), *arguments))
        else:
            self._adopt(self._new(getattr(library, f"{self._prefix}_restore"), *arguments, state_json.encode()))

    def _with_reasons(self, call: "Callable[..., int]", *arguments: Any) -> "tuple[Reason, ...]":
        """Calls with room for reasons at the end."""
        reasons = Reasons()
        self._call(call, *arguments, *reasons.place)
        return reasons.taken()


@with_settings("limits")
class Limits(_Part):
    """Limits on weights: the allowed ones nearest to a target. `config` is a manager's key "limits"."""

    __slots__ = ("asset_count",)
    _prefix = "risk_limits"

    def __init__(self, assets: int, config: "dict[str, Any] | str | None" = None,
                 state_json: "str | None" = None) -> None:
        self.asset_count = unsigned(assets, "assets")
        self._start(state_json, settings(config), self.asset_count)

    def _value(self) -> "tuple[Any, ...]":
        return self.asset_count, *super()._value()

    @classmethod
    def _of_value(cls, *value: Any) -> "Limits":
        return made_by(Limits.__init__, cls, *value)

    def push_returns(self, returns: ArrayLike) -> None:
        """Remembers one bar's simple returns [N], that tail risk is measured on."""
        returns = float64(returns)
        self._call(library.risk_limits_push_returns, address(returns), returns.size)

    def apply(self, target: ArrayLike, current: ArrayLike, factor: float = 1.0, low: "ArrayLike | None" = None,
              high: "ArrayLike | None" = None) -> "tuple[NDArray[np.float64], tuple[Reason, ...]]":
        """The allowed weights nearest to a target, with a reason for every limit that binds.

        `current` [N] is what turnover counts from; `factor` multiplies the limits on exposure; `low` and `high` [N] are
        bounds besides the limits' own.
        """
        alike(target=target, current=current, low=low, high=high)
        target, current, weights = float64(target), float64(current), np.empty(self.asset_count)
        lowest, highest = given(low), given(high)
        reasons = self._with_reasons(library.risk_limits_apply, address(target), target.size, address(current),
                                     current.size, factor, *optional(lowest), *optional(highest), address(weights),
                                     weights.size)
        return weights, reasons


@with_settings("drawdown")
class DrawdownMonitor(_Part):
    """The states ACTIVE, REDUCING and HALTED. `config` is a manager's key "drawdown"."""

    __slots__ = ()
    _prefix = "risk_drawdown"

    def __init__(self, config: "dict[str, Any] | str | None" = None, state_json: "str | None" = None) -> None:
        self._start(state_json, settings(config))

    @classmethod
    def _of_value(cls, *value: Any) -> "DrawdownMonitor":
        return made_by(DrawdownMonitor.__init__, cls, *value)

    def update(self, equity: float, drawdown: "float | None" = None) -> "tuple[RiskState, float, tuple[Reason, ...]]":
        """State and drawdown of a bar, and why; without `drawdown` it follows the peak of the equities it is shown."""
        state, found = ctypes.c_uint32(), ctypes.c_double()
        reasons = self._with_reasons(library.risk_drawdown_update, equity, math.nan if drawdown is None else drawdown,
                                     ctypes.byref(state), ctypes.byref(found))
        return RiskState(state.value), found.value, reasons

    def reset(self) -> None:
        """Back to ACTIVE: the last equity becomes the peak."""
        self._call(library.risk_drawdown_reset)


@record
class HedgePosition(NamedTuple):
    """A hedge for a bar.

    active: Whether the hedge is open.
    side: Side of the position, opposite to the net exposure.
    notional: In money, 0 or more.
    net: Net exposure that is hedged, as a signed part of equity.
    ratio: Part of it that is hedged; 0 while closed.
    """

    active: bool
    side: HedgeSide
    notional: float
    net: float
    ratio: float


@with_settings("hedge")
class Hedge(_Part):
    """A hedge that opens with the drawdown, and closes later than it opened. `config` is a manager's key "hedge"."""

    __slots__ = ()
    _prefix = "risk_hedge"

    def __init__(self, config: "dict[str, Any] | str | None" = None, state_json: "str | None" = None) -> None:
        self._start(state_json, settings(config))

    @classmethod
    def _of_value(cls, *value: Any) -> "Hedge":
        return made_by(Hedge.__init__, cls, *value)

    def decide(self, drawdown: float, weights: ArrayLike, equity: float,
               betas: "ArrayLike | None" = None) -> "tuple[HedgePosition, tuple[Reason, ...]]":
        """The hedge for a bar, for the weights that will be held; every asset's beta is 1 without `betas`."""
        alike(weights=weights, betas=betas)
        weights, slopes, position = float64(weights), given(betas), c.risk_hedge_position()
        check(library.risk_hedge_position_init(position, ctypes.sizeof(position)))
        reasons = self._with_reasons(library.risk_hedge_decide, drawdown, address(weights), weights.size, equity,
                                     *optional(slopes), position)
        return HedgePosition(bool(position.active), HedgeSide(position.side), position.notional, position.net,
                             position.ratio), reasons


class Atr(_Part):
    """Wilder's average true ranges of N assets, bar by bar."""

    __slots__ = ("asset_count", "_bars")
    _prefix = "risk_atr"

    def __init__(self, assets: int, bars: int = 14, state_json: "str | None" = None) -> None:
        self.asset_count = unsigned(assets, "assets")
        self._bars = unsigned(bars, "bars")
        self._start(state_json, self.asset_count, self._bars)

    def _value(self) -> "tuple[Any, ...]":
        return self.asset_count, self._bars, self.state_json()

    @classmethod
    def _of_value(cls, *value: Any) -> "Atr":
        return made_by(Atr.__init__, cls, *value)

    def update(self, closes: ArrayLike, highs: "ArrayLike | None" = None, lows: "ArrayLike | None" = None) -> None:
        """Takes in one bar of every asset; without highs and lows the true range is that of closes."""
        alike(closes=closes, highs=highs, lows=lows)
        closes, high, low = float64(closes), given(highs), given(lows)
        self._call(library.risk_atr_update, *optional(high), *optional(low), address(closes), closes.size)

    def values(self) -> "NDArray[np.float64]":
        """The averages after the last bar [N]; NaN until enough bars were seen."""
        found = np.empty(self.asset_count)
        self._call(library.risk_atr_values, address(found), found.size, None, None)
        return found

    @property
    def seen(self) -> int:
        """Number of bars seen."""
        found, seen = np.empty(self.asset_count), ctypes.c_size_t()
        self._call(library.risk_atr_values, address(found), found.size, ctypes.byref(seen), None)
        return seen.value


@with_settings("positions")
class PositionSizer(_Part):
    """From weights to units and stops. `config` is a manager's key "positions"."""

    __slots__ = ("asset_count",)
    _prefix = "risk_positions"

    def __init__(self, assets: int, config: "dict[str, Any] | str | None" = None) -> None:
        self.asset_count = unsigned(assets, "assets")
        self._start(None, settings(config), self.asset_count)

    def _value(self) -> "tuple[Any, ...]":
        return self.asset_count, self._text(library.risk_positions_config_json)

    @classmethod
    def _of_value(cls, *value: Any) -> "PositionSizer":
        return made_by(PositionSizer.__init__, cls, *value)

    def size(self, equity: float, weights: ArrayLike, closes: ArrayLike, atr: ArrayLike,
             atr_seen: int = 0) -> "tuple[NDArray[np.float64], NDArray[np.float64], tuple[Reason, ...]]":
        """Units to hold [N], prices at which to get out [N, NaN where there is none], and why.

        `atr` are average true ranges, NaN where there is none yet; `atr_seen` is only for the text of a reason.
        """
        alike(weights=weights, closes=closes, atr=atr)
        weights, closes, ranges = float64(weights), float64(closes), float64(atr)
        units, stops = np.empty((2, self.asset_count))
        reasons = self._with_reasons(library.risk_positions_size, equity, address(weights), weights.size,
                                     address(closes), closes.size, address(ranges), ranges.size,
                                     unsigned(atr_seen, "atr_seen"), address(units), units.size, address(stops),
                                     stops.size)
        return units, stops, reasons


def average_true_range(closes: ArrayLike, highs: "ArrayLike | None" = None, lows: "ArrayLike | None" = None,
                       bars: int = 14) -> "NDArray[np.float64]":
    """Wilder's average true range over a whole table [T, N]; NaN in the first `bars` rows."""
    for name, table in {"highs": highs, "lows": lows}.items():
        if is_frame(closes) and is_frame(table):
            same_names(names_of(table, name), names_of(closes, "closes"), name, "`closes`")
            same_times(table, None, getattr(closes, "index"), name)
    closes, high, low = float64(closes), given(highs), given(lows)
    if closes.ndim != 2:
        raise ValueError(f"`closes` has {closes.ndim} dimensions, expected 2: bars and assets")
    values = np.empty(closes.shape)
    check(library.risk_average_true_range(*optional(high), *optional(low), address(closes), closes.size,
                                          *closes.shape, unsigned(bars, "bars"), address(values), values.size))
    return values


def position_units(equity: float, risk: float, atr: float, multiple: float, lot: float = 0.0) -> float:
    """Units of a single position: equity * risk / (atr * multiple), floored to the lot."""
    units = ctypes.c_double()
    check(library.risk_position_units(equity, risk, atr, multiple, lot, ctypes.byref(units)))
    return units.value
