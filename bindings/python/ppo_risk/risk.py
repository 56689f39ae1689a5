"""Risk managers: from a wish to a decision that can be audited."""

import asyncio
import ctypes
import datetime
from dataclasses import dataclass
from operator import index
from typing import Any, NamedTuple, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _declarations as c
from ._arrays import address, float64
from ._frames import alike, time_of
from ._handle import Handle, made_by
from ._library import library
from ._record import record
from ._settings import with_settings
from ._text import count_of, text
from .constants import HedgeSide, RiskState
from .errors import check
from .portfolio import COSTS, settings
from .random import unsigned

#: Reasons that a decision has room for; what is beyond them is left out.
ROOM = 256


@dataclass(frozen=True)
class Reason:
    """Why a decision is as it is.

    code: A RISK_REASON_ number; `name` is its name.
    index: The asset or sector that it is about; None where it is about the portfolio.
    found: The number found, in the unit of the code; NaN where there is none.
    allowed: The number allowed or aimed at; NaN where there is none.
    """

    code: int
    index: "int | None"
    found: float
    allowed: float

    @property
    def name(self) -> str:
        """Such as "DRAWDOWN_STOP"."""
        found: bytes = library.risk_reason_name(self.code)
        return found.decode()

    def describe(self, assets: "Sequence[str]" = (), sectors: "Sequence[str]" = ()) -> str:
        """A line for people."""
        index = c.RISK_NO_INDEX if self.index is None else self.index
        given = c.risk_reason(self.code, index, self.found, self.allowed)
        return text(library.risk_reason_describe, given, *_names(assets), *_names(sectors))


@record
class Decision(NamedTuple):
    """What the portfolio may do at this close.

    weights: Weights to trade to [N]; negative is short.
    units: Units to hold [N]; NaN where positions are not sized.
    stops: Prices at which to get out [N]; NaN where there is none.
    reasons: Why, in the order of the decision.
    state: State of the drawdown stop that it was taken in.
    hedge_active: Whether the hedge is open.
    hedge_side: Side of the hedge position, opposite to the net exposure.
    cash: Cash at the weights; negative where money is borrowed.
    gross: Sum of abs(weights): leverage as held, as a multiple of equity.
    net: Sum of the weights.
    turnover: One-way turnover from the current weights.
    leverage: Factor that the target was multiplied by before the limits.
    volatility: Forecast volatility of the target before leverage, annual; NaN where there is none.
    drawdown: Drawdown that it was taken at, a positive fraction of the peak in [0, 1].
    hedge_notional: Size of the hedge position in money, 0 or more. The hedge is no part of the weights.
    hedge_net: Net exposure that is hedged, as a signed part of equity.
    hedge_ratio: Part of the net exposure that is hedged; 0 while closed.
    """

    weights: "NDArray[np.float64]"
    units: "NDArray[np.float64]"
    stops: "NDArray[np.float64]"
    reasons: "tuple[Reason, ...]"
    state: RiskState
    hedge_active: bool
    hedge_side: HedgeSide
    cash: float
    gross: float
    net: float
    turnover: float
    leverage: float
    volatility: float
    drawdown: float
    hedge_notional: float
    hedge_net: float
    hedge_ratio: float


@with_settings("")
class RiskManager(Handle):
    """Decides what a portfolio may do: limits, leverage, drawdown stops, hedge, sizes, with reasons (docs/risk.md).

    `config` has any of the manager's settings; missing keys take their defaults. One thread at a time.
    """

    __slots__ = ("asset_count", "observation_len", "regime_count")
    _prefix = "risk_manager"

    def __init__(self, assets: int, config: "dict[str, Any] | str | None" = None,
                 state_json: "str | None" = None) -> None:
        """`state_json` makes it go on, bit for bit, from what another one's `state_json` was."""
        count = unsigned(assets, "assets")
        if state_json is None:
            self._adopt(self._new(library.risk_manager_new, settings(config), count))
        else:
            self._adopt(self._new(library.risk_manager_restore, settings(config), count, state_json.encode()))
        found = [ctypes.c_size_t() for _ in range(3)]
        self._call(library.risk_manager_counts, *map(ctypes.byref, found))
        self.asset_count, self.observation_len, self.regime_count = (number.value for number in found)

    def _words(self) -> str:
        return count_of(self.asset_count, "asset")

    def _value(self) -> "tuple[int, str, str]":
        return self.asset_count, self._text(library.risk_manager_config_json), self.state_json()

    @classmethod
    def _of_value(cls, *value: Any) -> "RiskManager":
        return made_by(RiskManager.__init__, cls, *value)

    def manage(self, closes: ArrayLike, target: ArrayLike, current: ArrayLike, equity: float, *,
               drawdown: "float | None" = None, **market: Any) -> Decision:
        """Takes in the bar that just ended and decides at its close. To be called once a bar (else `observe`).

        closes      [N] closes
        target      [N] weights wished for; cash is the rest, negative is short
        current     [N] weights held now, after the bar's drift
        equity      what the portfolio is worth
        drawdown    1 - equity/peak; without it, the manager follows the peak of the equities that it is shown
        market      what else is known of the bar: `highs`, `lows`, `atr`, `betas` [N], `observation` (of the regimes),
                    `volatility` and `trend` of the target (annual), `time` at which it closed (as Market takes it, or an int,
                    nanoseconds since 1970-01-01 UTC: a bar no later than the last is refused)
        """
        alike(closes=closes, target=target, current=current, **{name: market.get(name) for name in Bar.OF_ASSETS})
        bar = Bar(closes, **market)
        target, current = float64(target), float64(current)
        wish = c.risk_portfolio()
        check(library.risk_portfolio_init(wish, ctypes.sizeof(wish)))
        wish.target, wish.target_len = address(target), target.size
        wish.current, wish.current_len = address(current), current.size
        wish.equity = equity
        if drawdown is not None:
            wish.drawdown = drawdown
        room = Room(self.asset_count)
        self._call(library.risk_manage, bar.struct, wish, room.struct)
        return room.decision()

    async def manage_async(self, *arguments: Any, **options: Any) -> Decision:
        """As `manage`, on another thread, for an event loop whose bars come faster than its turns."""
        return await asyncio.to_thread(self.manage, *arguments, **options)

    def observe(self, closes: ArrayLike, **market: Any) -> None:
        """Takes in a bar on which nothing is decided; arguments as for `manage`."""
        self._call(library.risk_manager_observe, Bar(closes, **market).struct)

    def reset(self) -> None:
        """Ends HALTED or REDUCING: the last equity becomes the peak."""
        self._call(library.risk_manager_reset)

    def reset_stop(self, asset: int) -> None:
        """Lets a stopped asset be held again."""
        self._call(library.risk_manager_reset_stop, unsigned(asset, "asset"))

    def regimes(self) -> "NDArray[np.float64]":
        """Probability of each regime after the last observation: [K]."""
        found = np.empty(self.regime_count)
        self._call(library.risk_manager_regimes, address(found), found.size)
        return found

    @property
    def config(self) -> "dict[str, Any]":
        """The settings, with every key."""
        return self._object(library.risk_manager_config_json)

    def state_json(self) -> str:
        """All that bars and decisions have left behind, exact."""
        return self._text(library.risk_manager_state_json)


class Bar:
    """A bar as the library takes it, with the arrays that it points to."""

    OF_ASSETS = ("highs", "lows", "atr", "betas")
    ARRAYS = (*OF_ASSETS, "observation", "columns", "asset_columns", "prior", "ends", *COSTS)
    NUMBERS = ("volatility", "trend", "cash_return")

    def __init__(self, closes: ArrayLike, **known: Any) -> None:
        self.struct = c.ppo_bar()
        check(library.ppo_bar_init(self.struct, ctypes.sizeof(self.struct)))
        self._arrays: "list[NDArray[np.float64]]" = []
        alike(closes=closes, **{name: known.get(name) for name in (*self.OF_ASSETS, *COSTS)})
        self._point("closes", closes)
        for name, value in known.items():
            if name not in (*self.ARRAYS, *self.NUMBERS, "time"):
                raise TypeError(f"`{name}` is nothing that a bar has: {', '.join((*self.ARRAYS, *self.NUMBERS, 'time'))}")
            if value is None:
                continue
            if name == "time":
                self.struct.time = nanoseconds(value)
            elif name in self.NUMBERS:
                setattr(self.struct, name, value)
            else:
                self._point(name, value)

    def _point(self, name: str, values: ArrayLike) -> None:
        array = float64(values)
        self._arrays.append(array)
        setattr(self.struct, name, address(array))
        setattr(self.struct, f"{name}_len", array.size)


def nanoseconds(time: Any) -> int:
    """A time that fits into 64 bits and is not 0, which would be none."""
    if isinstance(time, (str, datetime.date, np.datetime64)):
        return nanoseconds(time_of(time, "time"))
    if isinstance(time, bool) or not hasattr(time, "__index__"):
        raise TypeError(f"`time` is {time!r}, expected a time, or an int: nanoseconds since 1970-01-01 UTC")
    found = index(time)
    if not -2**63 <= found < 2**63 or found == 0:
        raise ValueError(f"`time` is {found}, expected nanoseconds since 1970-01-01 UTC in 64 bits, and not 0")
    return found


class Reasons:
    """Where the library writes reasons."""

    def __init__(self) -> None:
        self.array = (c.risk_reason * ROOM)()
        self._len = ctypes.c_size_t()
        self.place = (self.array, ROOM, ctypes.byref(self._len))

    def taken(self, count: "int | None" = None) -> "tuple[Reason, ...]":
        """Those that were written."""
        count = self._len.value if count is None else count
        return tuple(map(_reason, self.array[:min(count, ROOM)]))


class Room:
    """Where the library writes a decision."""

    def __init__(self, assets: int) -> None:
        self._arrays, self._reasons = np.empty((3, assets)), Reasons()
        self.struct = c.risk_decision()
        check(library.risk_decision_init(self.struct, ctypes.sizeof(self.struct)))
        for name, array in zip(("weights", "units", "stops"), self._arrays):
            setattr(self.struct, name, address(array))
            setattr(self.struct, f"{name}_len", assets)
        self.struct.reasons, self.struct.reasons_capacity = self._reasons.array, ROOM

    def decision(self) -> Decision:
        """What was written."""
        found = self.struct
        numbers = (getattr(found, name) for name in Decision._fields[7:])
        return Decision._make([*self._arrays, self._reasons.taken(found.reasons_len), RiskState(found.state),
                               bool(found.hedge_active), HedgeSide(found.hedge_side), *numbers])


def _reason(found: c.risk_reason) -> Reason:
    return Reason(found.code, None if found.index == c.RISK_NO_INDEX else found.index, found.found, found.allowed)


def _names(words: "Sequence[str]") -> "tuple[Any, int]":
    if not words:
        return None, 0
    return (ctypes.c_char_p * len(words))(*(word.encode() for word in words)), len(words)
