"""Portfolios: a policy at work, bar by bar."""

import ctypes
import json
import math
from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _declarations as c
from ._arrays import FLOAT32, address, float64, given, optional, output
from ._frames import is_frame, is_series, marks_of, names_of, same_names, vector
from ._handle import Handle, made_by
from ._library import library
from ._record import record
from ._text import count_of
from .agent import Agent
from .errors import check


if TYPE_CHECKING:
    import pandas

#: What a policy sees of each asset at a close: [N, F], a DataFrame with a row for each asset, or {name: [N]}.
AssetColumns = Union[ArrayLike, "pandas.DataFrame", Dict[str, ArrayLike], None]


@record
class Account(NamedTuple):
    """How a portfolio stands at a close, before what is traded at it.

    value: Money: assets and cash together.
    cash: Weight of cash.
    drawdown: 1 - value/peak, in [0, 1].
    volatility: Standard deviation of the last 20 net returns, per bar.
    weights: Weights held: assets, then cash.
    """

    value: float
    cash: float
    drawdown: float
    volatility: float
    weights: "NDArray[np.float64]"


class Portfolio(Handle):
    """A policy at work on one portfolio: at every close `push_prices`, then, when a decision is due, `rebalance`.

    It decides with the policy that the agent has when it is made. `config` has any of the keys of ppo_portfolio_new,
    such as balance and cost_rate. One thread at a time.
    """

    __slots__ = ("action_len", "state_len", "prior_len", "asset_count", "_agent")
    _prefix = "ppo_portfolio"

    def __init__(self, agent: Agent, config: "dict[str, Any] | str | None" = None) -> None:
        self.action_len, self.state_len, self.prior_len = agent.action_len, agent.state_len, agent.prior_len
        self.asset_count = agent.asset_count
        self._agent = agent.clone()  # the policy of now, for copies; the weights are shared
        with self._agent._lent() as pointer:
            self._adopt(self._new(library.ppo_portfolio_new, pointer, settings(config)))

    def set_agent(self, agent: Agent) -> None:
        """Decides with the policy that an agent has now, from the next call on. Any thread, while another decides too."""
        taken = agent.clone()
        with taken._lent() as pointer:
            self._call(library.ppo_portfolio_set_agent, pointer)
        self._agent = taken

    def _value(self) -> "tuple[Agent, str, str]":
        return self._agent, self._text(library.ppo_portfolio_config_json), self.state_json()

    @classmethod
    def _of_value(cls, *value: Any) -> "Portfolio":
        agent, config, state = value
        made = made_by(Portfolio.__init__, cls, agent, config)
        made.restore(state)
        return made

    def _words(self) -> str:
        return count_of(self.asset_count, "asset")

    def _check_names(self, **vectors: Any) -> None:
        check_names(self._agent, vectors)

    def push_prices(self, closes: ArrayLike, cash_return: float = 0.0, columns: "ArrayLike | None" = None,
                    prior: "ArrayLike | None" = None, asset_columns: "AssetColumns" = None,
                    ends: "ArrayLike | None" = None, **costs: "ArrayLike | None") -> bool:
        """Takes in a bar that just ended, as closes [N]; False for the first closes ever, which are no bar yet.

        `columns` are what the policy sees at this close, `asset_columns` what it sees of each asset ([N, F], a DataFrame
        with a row for each asset, or {name: [N]}), `prior` a supplied prior's weights for it. For policies that were
        trained on prices with gaps a close of NaN is no price, and `ends` [N] is not 0 (True) where an asset ends at this
        close: what is held of it is paid out.

        `costs`, each [N]: `cost_rates`, the commission per traded notional in the place of the portfolio's `cost_rate`;
        `half_spreads`, half the spread between bid and ask as a part of the price; `borrow_rates`, annual fees on what is
        sold short, in the place of `borrow_rate`; `volumes`, units traded over the bar, which a portfolio with `impact` needs.
        """
        self._check_names(closes=closes, columns=columns, prior=prior, ends=ends, **costs)
        closes, taken = float64(closes), ctypes.c_uint32()
        with_what = given(columns), given(asset_columns_of(self._agent, asset_columns)), given(prior)
        bar, marks = besides(cash_return, *with_what), given(marks_of(ends))
        bar.closes, bar.closes_len = address(closes), closes.size
        bar.ends, bar.ends_len = optional(marks)
        kept = set_costs(bar, costs)
        self._call(library.ppo_portfolio_push_prices, bar, ctypes.byref(taken))
        del kept
        return bool(taken.value)

    def push_returns(self, returns: ArrayLike, cash_return: float = 0.0, columns: "ArrayLike | None" = None,
                     prior: "ArrayLike | None" = None, asset_columns: "AssetColumns" = None,
                     **costs: "ArrayLike | None") -> None:
        """Takes in a bar that just ended, as simple returns [N] of assets that are all there; the rest as for `push_prices`,
        but that `volumes` are money."""
        self._check_names(returns=returns, columns=columns, prior=prior, **costs)
        returns = float64(returns)
        with_what = given(columns), given(asset_columns_of(self._agent, asset_columns)), given(prior)
        bar = besides(cash_return, *with_what)
        kept = set_costs(bar, costs)
        self._call(library.ppo_portfolio_push_returns, address(returns), returns.size, bar)
        del kept

    @property
    def ready(self) -> bool:
        """Whether enough bars were taken in for a decision."""
        return bool(self._number(library.ppo_portfolio_ready, kind=ctypes.c_uint32))

    @property
    def warm_up_bars(self) -> int:
        """Number of bars before the first decision; as prices that is one close more."""
        return self._number(library.ppo_portfolio_warm_up_bars)

    def rebalance(self, out: "NDArray[np.float64] | None" = None) -> "NDArray[np.float64]":
        """Decides at this close: the policy's target weights [A], taken to be traded at it."""
        out = np.empty(self.action_len) if out is None else output(out)
        self._call(library.ppo_portfolio_rebalance, address(out), out.size)
        return out

    def record_trade(self, weights: ArrayLike, cost: float) -> None:
        """Says what was really traded to at this close [N + 1], and what it cost as a fraction of the value."""
        self._check_names(weights=weights)
        weights = float64(weights)
        self._call(library.ppo_portfolio_record_trade, address(weights), weights.size, cost)

    def set_position(self, weights: ArrayLike, equity: float) -> None:
        """Says what is held at this close [N + 1] and what it is worth, where the books differ from the account."""
        self._check_names(weights=weights)
        weights = float64(weights)
        self._call(library.ppo_portfolio_set_position, address(weights), weights.size, equity)

    def account(self) -> Account:
        """How the portfolio stands at this close, before what is traded at it."""
        found, weights = c.ppo_account(), np.empty(self.asset_count + 1)
        check(library.ppo_account_init(found, ctypes.sizeof(found)))
        self._call(library.ppo_portfolio_account, found, address(weights), weights.size)
        return Account(found.value, found.cash, found.drawdown, found.volatility, weights)

    def leverage(self, trend: "float | None" = None) -> float:
        """Factor that target weights may be multiplied by (docs/risk.md); `trend` is an annual drift."""
        return self._real(library.ppo_portfolio_leverage, math.nan if trend is None else trend)

    def kelly(self) -> "NDArray[np.float64]":
        """Kelly weights of the assets [N] from the remembered returns; cash is the rest."""
        weights = np.empty(self.asset_count)
        self._call(library.ppo_portfolio_kelly, address(weights), weights.size)
        return weights

    def seen(self) -> "tuple[NDArray[np.float32], NDArray[np.float64]]":
        """State and prior that the last decision was taken on; zeros before the first."""
        state, prior = np.empty(self.state_len, FLOAT32), np.empty(self.action_len)
        self._call(library.ppo_portfolio_seen, address(state), state.size, address(prior), prior.size)
        return state, prior

    def state_json(self) -> str:
        """All that bars and trades have left behind, for `restore`."""
        return self._text(library.ppo_portfolio_state_json)

    def restore(self, state_json: str) -> None:
        """Goes on from a saved state, bit for bit."""
        self._call(library.ppo_portfolio_restore, state_json.encode())

    @property
    def config(self) -> "dict[str, Any]":
        """The settings, with every key."""
        return self._object(library.ppo_portfolio_config_json)


def besides(cash_return: float, columns: "NDArray[np.float64] | None", asset_columns: "NDArray[np.float64] | None",
            prior: "NDArray[np.float64] | None") -> c.ppo_bar:
    """A bar without prices; the arrays have to outlive it."""
    bar = c.ppo_bar()
    check(library.ppo_bar_init(bar, ctypes.sizeof(bar)))
    bar.cash_return = cash_return
    bar.columns, bar.columns_len = optional(columns)
    bar.asset_columns, bar.asset_columns_len = optional(asset_columns)
    bar.prior, bar.prior_len = optional(prior)
    return bar


#: What a bar may say of costs, an array of each asset [N].
COSTS = ("cost_rates", "half_spreads", "borrow_rates", "volumes")


def set_costs(bar: "c.ppo_bar", costs: "dict[str, ArrayLike | None]") -> "list[NDArray[np.float64]]":
    """Points a bar to what is said of costs, which has to live as long as the bar."""
    kept: "list[NDArray[np.float64]]" = []
    for name, values in costs.items():
        if name not in COSTS:
            raise TypeError(f"`{name}` is no argument: costs are {', '.join(COSTS)}")
        if values is not None:
            kept.append(float64(values, name))
            setattr(bar, name, address(kept[-1]))
            setattr(bar, f"{name}_len", kept[-1].size)
    return kept


def asset_columns_of(agent: Agent, values: "AssetColumns") -> "ArrayLike | None":
    """What a policy sees of each asset, [N, F] as the library reads it, or a vector of as many values that is so already.

    A frame or a dict has to have the policy's names in their order; a table has a row for each asset.
    """
    if isinstance(values, dict):
        for name, column in values.items():
            vector(column, agent.assets, f"asset_columns[{name!r}]")
        same_names([str(name) for name in values], agent.spec["state"]["asset_columns"], "asset_columns", "the policy")
        return np.stack([float64(column) for column in values.values()], axis=-1) if values else None
    if is_frame(values):
        same_names(names_of(values, "asset_columns"), agent.spec["state"]["asset_columns"], "asset_columns", "the policy")
        labels = getattr(values, "index")  # is_frame says so to people, not to type checkers
        same_names([str(label) for label in labels], agent.assets, "asset_columns", "the assets")
    if values is not None and np.ndim(values) == 2 and np.shape(values)[0] != agent.asset_count:
        raise ValueError(f"`asset_columns` has the shape {np.shape(values)}, expected a row for each of "
                         f"{agent.asset_count} assets")
    return values


def settings(given: "dict[str, Any] | str | bytes | None") -> "bytes | None":
    """Settings as the library takes them: JSON text, or NULL for the defaults."""
    if given is None or isinstance(given, bytes):
        return given
    return (given if isinstance(given, str) else json.dumps(given)).encode()


def check_names(agent: Agent, vectors: "dict[str, Any]") -> None:
    """Refuses series that are labelled otherwise than the policy's assets (then cash), or columns, in their order."""
    for name, values in vectors.items():
        if is_series(values):
            if name == "columns":
                vector(values, agent.spec["state"]["columns"], name)
            elif name in ("weights", "prior"):
                vector(values, [*agent.assets, "cash"], name)
            else:
                vector(values, agent.assets, name)
