"""Estimates from returns: volatility, covariance, Kelly weights, leverage, market regimes."""

import ctypes
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arrays import address, float64, given, optional
from ._frames import is_frame, names_of, vector
from ._handle import Handle, made_by
from ._library import library
from ._record import record
from ._results import GarchFit
from .errors import check
from .figures import room, taken
from .portfolio import settings
from .random import unsigned
from .risk import Reason, Reasons


@record
class KellyEstimate(NamedTuple):
    """Kelly weights from a history.

    weights: Under the caps, the fraction applied; cash is the rest. [N]
    standard_errors: 0 where a cap or 0 holds. [N]
    unconstrained: Without any cap, the fraction applied. [N]
    unconstrained_standard_errors: Standard errors of these. [N]
    excess: Expected returns above cash per bar, shrunk by Bayes-Stein. [N]
    mean_shrinkage: In (0, 1]: 1 where the history says nothing about the means' differences.
    covariance_shrinkage: Of the covariance (Ledoit-Wolf), in [0, 1].
    """

    weights: "NDArray[np.float64]"
    standard_errors: "NDArray[np.float64]"
    unconstrained: "NDArray[np.float64]"
    unconstrained_standard_errors: "NDArray[np.float64]"
    excess: "NDArray[np.float64]"
    mean_shrinkage: float
    covariance_shrinkage: float


def volatility(returns: ArrayLike, bars_per_year: float, forecast: "dict[str, Any] | str | None" = None) -> float:
    """Forecasts the annual volatility of the next bar, of so many bars a year: 252 for an exchange's days.

    `forecast` says how: {"rolling": {"bars": 60}}, {"ewma": {"half_life": 20}}, {"decay": {"decay": 0.94}},
    {"garch": {"alpha": 0.08, "beta": 0.9}}; without it, a half-life of 20 bars.
    """
    returns, found = float64(returns), ctypes.c_double()
    check(library.risk_volatility(settings(forecast), address(returns), returns.size, bars_per_year,
                                  ctypes.byref(found)))
    return found.value


def fit_garch(returns: ArrayLike) -> GarchFit:
    """Fits a GARCH(1,1) by maximum likelihood around a constant mean."""
    returns, found = float64(returns), room("risk_garch_fit")
    check(library.risk_volatility_fit(address(returns), returns.size, found))
    return taken(GarchFit, found)


def covariance(returns: ArrayLike) -> "tuple[NDArray[np.float64], float]":
    """Covariance of a bar [N, N] from returns [bars, N], and how far it was shrunk (Ledoit and Wolf 2004)."""
    returns, shrinkage = _table(returns), ctypes.c_double()
    found = np.empty((returns.shape[1],) * 2)
    check(library.risk_covariance(address(returns), returns.size, *returns.shape, address(found), found.size,
                                  ctypes.byref(shrinkage)))
    return found, shrinkage.value


def kelly_binary(probability: float, gain: float, loss: float) -> float:
    """Full Kelly of one bet: the part of wealth to stake; negative where the bet is to be refused."""
    found = ctypes.c_double()
    check(library.risk_kelly_binary(probability, gain, loss, ctypes.byref(found)))
    return found.value


def kelly_continuous(excess: float, variance: float) -> float:
    """Full Kelly of one asset: excess/variance."""
    found = ctypes.c_double()
    check(library.risk_kelly_continuous(excess, variance, ctypes.byref(found)))
    return found.value


def kelly_weights(excess: ArrayLike, covariance: ArrayLike,
                  config: "dict[str, Any] | str | None" = None) -> "NDArray[np.float64]":
    """Weights [N] that grow a portfolio fastest under caps; `config` as for risk_kelly_weights."""
    if is_frame(covariance):
        vector(excess, names_of(covariance, "covariance"), "excess")
    excess, matrix = float64(excess), float64(covariance)
    weights = np.empty(excess.size)
    check(library.risk_kelly_weights(settings(config), address(excess), excess.size, address(matrix), matrix.size,
                                     address(weights), weights.size))
    return weights


def kelly_unconstrained(excess: ArrayLike, covariance: ArrayLike) -> "NDArray[np.float64]":
    """Full Kelly of a portfolio without any cap [N]."""
    if is_frame(covariance):
        vector(excess, names_of(covariance, "covariance"), "excess")
    excess, matrix = float64(excess), float64(covariance)
    weights = np.empty(excess.size)
    check(library.risk_kelly_unconstrained(address(excess), excess.size, address(matrix), matrix.size,
                                           address(weights), weights.size))
    return weights


def kelly_from_returns(returns: ArrayLike, bars_per_year: float,
                       config: "dict[str, Any] | str | None" = None) -> KellyEstimate:
    """Kelly weights from returns [bars, N], with standard errors; so many bars a year spread the cash rate."""
    returns, found = _table(returns), room("risk_kelly_estimate")
    arrays = np.empty((5, returns.shape[1]))
    for name, array in zip(KellyEstimate._fields, arrays):
        setattr(found, name, address(array))
        setattr(found, f"{name}_len", array.size)
    check(library.risk_kelly_from_returns(settings(config), address(returns), returns.size, *returns.shape,
                                          bars_per_year, found))
    return KellyEstimate._make([*arrays, found.mean_shrinkage, found.covariance_shrinkage])


def leverage(volatility: float, drawdown: float, trend: "float | None" = None,
             config: "dict[str, Any] | str | None" = None) -> "tuple[float, tuple[Reason, ...]]":
    """Dynamic leverage, the factor of target weights, and what shaped it; numbers are annual (docs/risk.md)."""
    found, reasons = ctypes.c_double(), Reasons()
    check(library.risk_leverage(settings(config), volatility, drawdown, math.nan if trend is None else trend,
                                *reasons.place, ctypes.byref(found)))
    return found.value, reasons.taken()


class RegimeTracker(Handle):
    """Probabilities of market regimes, bar by bar: a hidden Markov model's filter.

    `config` is the model with its factors: a risk manager's key "regime".
    """

    __slots__ = ("observation_len", "regime_count")
    _prefix = "risk_regime"

    def __init__(self, config: "dict[str, Any] | str", state_json: "str | None" = None) -> None:
        if state_json is None:
            self._adopt(self._new(library.risk_regime_new, settings(config)))
        else:
            self._adopt(self._new(library.risk_regime_restore, settings(config), state_json.encode()))

    def _adopt(self, handle: Any, *kept: Any) -> None:
        super()._adopt(handle, *kept)
        width, count = ctypes.c_size_t(), ctypes.c_size_t()
        self._call(library.risk_regime_counts, ctypes.byref(width), ctypes.byref(count))
        self.observation_len, self.regime_count = width.value, count.value

    @classmethod
    def fit(cls, observations: ArrayLike, regimes: int, seed: int = 0, **options: Any) -> "RegimeTracker":
        """Fits regimes to observations [bars, d], calmest first; the same seed gives the same model."""
        observations = _table(observations)
        return cls._of(cls._new(library.risk_regime_fit, address(observations), observations.size,
                                *observations.shape, unsigned(regimes, "regimes"), unsigned(seed, "seed"),
                                settings(options or None)))

    def _value(self) -> "tuple[str, str]":
        return self._text(library.risk_regime_config_json), self.state_json()

    @classmethod
    def _of_value(cls, *value: Any) -> "RegimeTracker":
        return made_by(RegimeTracker.__init__, cls, *value)

    def update(self, observation: "ArrayLike | None") -> None:
        """Takes in a bar's observation [d]; None where there is none: then only the passing of time counts."""
        seen = given(observation)
        self._call(library.risk_regime_update, *optional(seen))

    def probabilities(self) -> "NDArray[np.float64]":
        """Probability of each regime after all bars so far: [K]."""
        found = np.empty(self.regime_count)
        self._call(library.risk_regime_probabilities, address(found), found.size)
        return found

    def factors(self) -> "tuple[float, float]":
        """What the regimes make of leverage and of limits now."""
        leverage, limits = ctypes.c_double(), ctypes.c_double()
        self._call(library.risk_regime_factors, ctypes.byref(leverage), ctypes.byref(limits))
        return leverage.value, limits.value

    @property
    def config(self) -> "dict[str, Any]":
        """The model and the factors."""
        return self._object(library.risk_regime_config_json)

    def state_json(self) -> str:
        """All that bars have left behind, exact."""
        return self._text(library.risk_regime_state_json)


def _table(values: ArrayLike) -> "NDArray[np.float64]":
    array = float64(values)
    if array.ndim != 2:
        raise ValueError(f"a table of {array.ndim} dimensions, expected 2: bars and numbers of a bar")
    return array
