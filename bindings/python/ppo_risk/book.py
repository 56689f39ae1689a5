"""Books: a policy at work with a risk manager between its wish and the trade."""

import ctypes
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _declarations as c
from ._arrays import address, float64, given, optional
from ._frames import marks_of
from ._handle import Handle, made_by
from ._library import library
from ._record import record
from ._text import count_of
from .agent import Agent
from .errors import check
from .portfolio import Account, AssetColumns, asset_columns_of, check_names, settings
from .random import unsigned
from .risk import Bar, Decision, Room


@record
class Trade(NamedTuple):
    """What was traded to at the last close that was decided on.

    weights: Weights after the trade: assets, then cash.
    turnover: One way.
    cost: As a fraction of the value before it.
    """

    weights: "NDArray[np.float64]"
    turnover: float
    cost: float


@record
class Order(NamedTuple):
    """What to trade of one asset.

    asset: Which, from 0.
    units: To buy; below 0 to sell.
    """

    asset: int
    units: float


class Book(Handle):
    """A policy at work on one portfolio under a risk manager. At every close one call: `decide`, or `observe`.

    `config` are a Portfolio's settings, `risk` a RiskManager's (without short sales and borrowed money). What the
    decision leaves is taken to be traded at that same close. `state_json` makes it go on from a saved state, bit for
    bit. One thread at a time, but for `set_agent`, `halt`, `flatten` and `resume`.

    A bar is taken in whole or not at all: one that was refused can be given again.
    """

    __slots__ = ("asset_count", "_agent", "_settings")
    _prefix = "ppo_book"

    def __init__(self, agent: Agent, config: "dict[str, Any] | str | bytes | None" = None,
                 risk: "dict[str, Any] | str | bytes | None" = None, state_json: "str | None" = None) -> None:
        if state_json is None:
            self._make(agent, config, risk, library.ppo_book_new)
        else:
            self._make(agent, config, risk, library.ppo_book_restore, state_json.encode())

    def _make(self, agent: Agent, config: "dict[str, Any] | str | bytes | None",
              risk: "dict[str, Any] | str | bytes | None", call: Any, *state: Any) -> None:
        self.asset_count = agent.asset_count
        # For copies: the policy of now, whose weights are shared, and the settings as they are now.
        self._agent = agent.clone()
        self._settings = (settings(config), settings(risk))
        with self._agent._lent() as pointer:
            self._adopt(self._new(call, pointer, *self._settings, *state))

    @classmethod
    def restore_state(cls, agent: Agent, state: bytes, config: "dict[str, Any] | str | bytes | None" = None,
                      risk: "dict[str, Any] | str | bytes | None" = None) -> "Book":
        """A book that goes on from what `save_state` gave, bit for bit."""
        state = bytes(state)
        return made_by(Book._make, cls, agent, config, risk, library.ppo_book_restore_state, state, len(state))

    def save_state(self) -> bytes:
        """All that bars and decisions have left behind, as bytes: shorter and sooner than `state_json`."""
        return self._bytes(library.ppo_book_save_state)

    def _value(self) -> "tuple[Any, ...]":
        return self._agent, *self._settings, self.state_json()

    @classmethod
    def _of_value(cls, *value: Any) -> "Book":
        return made_by(Book.__init__, cls, *value)

    def _words(self) -> str:
        return count_of(self.asset_count, "asset")

    @property
    def ready(self) -> bool:
        """Whether the next bar is one that can be decided on."""
        return bool(self._number(library.ppo_book_ready, kind=ctypes.c_uint32))

    def _check_names(self, **vectors: Any) -> None:
        check_names(self._agent, vectors)

    def decide(self, closes: ArrayLike, *, cash_return: float = 0.0, columns: "ArrayLike | None" = None,
               asset_columns: AssetColumns = None, prior: "ArrayLike | None" = None, ends: "ArrayLike | None" = None,
               **market: Any) -> Decision:
        """Takes in the bar that just ended, decides, and puts the decision through the risk manager.

        `cash_return`, `columns`, `asset_columns`, `prior` and `ends` are as for Portfolio.push_prices, `market` as for
        RiskManager.manage, and what Portfolio.push_prices takes of costs.
        """
        self._check_names(closes=closes, columns=columns, prior=prior, ends=ends)
        bar = Bar(closes, cash_return=cash_return, columns=columns, prior=prior, ends=marks_of(ends),
                  asset_columns=asset_columns_of(self._agent, asset_columns), **market)
        room = Room(self.asset_count)
        self._call(library.ppo_book_decide, bar.struct, room.struct)
        return room.decision()

    def observe(self, closes: ArrayLike, *, cash_return: float = 0.0, columns: "ArrayLike | None" = None,
                asset_columns: AssetColumns = None, prior: "ArrayLike | None" = None, ends: "ArrayLike | None" = None,
                **market: Any) -> None:
        """Takes in a bar on which nothing is decided; arguments as for `decide`."""
        self._check_names(closes=closes, columns=columns, prior=prior, ends=ends)
        bar = Bar(closes, cash_return=cash_return, columns=columns, prior=prior, ends=marks_of(ends),
                  asset_columns=asset_columns_of(self._agent, asset_columns), **market)
        self._call(library.ppo_book_observe, bar.struct)

    def account(self) -> Account:
        """How the portfolio stands at this close, before what is traded at it."""
        found, weights = c.ppo_account(), np.empty(self.asset_count + 1)
        check(library.ppo_account_init(found, ctypes.sizeof(found)))
        self._call(library.ppo_book_account, found, address(weights), weights.size)
        return Account(found.value, found.cash, found.drawdown, found.volatility, weights)

    def traded(self) -> Trade:
        """What was traded to at the last close that was decided on; zeros before the first."""
        weights, turnover, cost = np.empty(self.asset_count + 1), ctypes.c_double(), ctypes.c_double()
        self._call(library.ppo_book_traded, address(weights), weights.size, ctypes.byref(turnover),
                   ctypes.byref(cost))
        return Trade(weights, turnover.value, cost.value)

    def record_trade(self, weights: ArrayLike, cost: float) -> None:
        """Says what was really traded to at this close [N + 1], in place of the decision, and what it cost."""
        self._check_names(weights=weights)
        weights = float64(weights)
        self._call(library.ppo_book_record_trade, address(weights), weights.size, cost)

    def set_position(self, weights: ArrayLike, equity: float) -> None:
        """Says what is held at this close [N + 1] and what it is worth."""
        self._check_names(weights=weights)
        weights = float64(weights)
        self._call(library.ppo_book_set_position, address(weights), weights.size, equity)

    def deposit(self, amount: float) -> None:
        """Money paid in at this close, below 0 paid out: into or out of cash. Drawdown stays as it is."""
        self._call(library.ppo_book_deposit, amount)

    def orders(self, units: ArrayLike, cash: float, lots: "ArrayLike | None" = None,
               min_units: "ArrayLike | None" = None, min_value: float = 0.0) -> "list[Order]":
        """What has to be traded at this close for what `decide` decided, sales first.

        `units` [N] and `cash` are what is really held; `lots` [N] the units that can be traded at a time (0 for any
        number), `min_units` [N] the fewest of an order, `min_value` the least money that one is worth. Purchases take
        no more than the cash that is there after the sales; what is halted is not traded.
        """
        self._check_names(units=units, lots=lots, min_units=min_units)
        held, lots, fewest = float64(units), given(lots), given(min_units)
        assets, traded = np.empty(held.size, np.uint32), np.empty(held.size)
        count = self._number(library.ppo_book_orders, address(held), held.size, cash, *optional(lots),
                             *optional(fewest), min_value, address(assets), assets.size, address(traded),
                             traded.size)
        return [Order(int(asset), float(found)) for asset, found in zip(assets[:count], traded[:count])]

    def set_agent(self, agent: Agent) -> None:
        """Decides with the policy that an agent has now, from the next call on. Any thread, while another decides too."""
        taken = agent.clone()
        with taken._lent() as pointer:
            self._call(library.ppo_book_set_agent, pointer)
        self._agent = taken

    def halt(self) -> None:
        """The kill switch: nothing is opened any more; what is held is the target, and nothing of it may grow.

        From the next decision on, until `resume`; kept in `state_json`. Any thread, while another decides too.
        """
        self._call(library.ppo_book_halt)

    def flatten(self) -> None:
        """The kill switch: to cash with the next decision, and until `resume`. Otherwise as `halt`."""
        self._call(library.ppo_book_flatten)

    def resume(self) -> None:
        """Ends `halt` and `flatten`: from the next decision on the policy is asked again."""
        self._call(library.ppo_book_resume)

    def reset(self) -> None:
        """Ends HALTED and REDUCING that drawdown led to: from now on drawdown is measured from what the portfolio is worth now."""
        self._call(library.ppo_book_reset)

    def pin(self, asset: int, pinned: bool = True) -> None:
        """Allows no trade of an asset from the next decision on, or allows it again: what is held of it stays."""
        self._call(library.ppo_book_pin, unsigned(asset, "asset"), int(bool(pinned)))

    def reset_stop(self, asset: int) -> None:
        """Lets a stopped asset be held again."""
        self._call(library.ppo_book_reset_stop, unsigned(asset, "asset"))

    def state_json(self) -> str:
        """All that bars and decisions have left behind, exact."""
        return self._text(library.ppo_book_state_json)
