"""Dynamic portfolio allocation with PPO, and the risk management around it: the C library ppo_risk from Python.

    import ppo_risk

    with ppo_risk.Agent.load("policy.safetensors") as agent:
        weights = agent.select_action(state, prior)

docs/python.md has the tour. Every call releases the GIL while the library works.
"""

from ._library import LibraryNotFound
from ._registered import register as _register_environments
from ._results import (BenchmarkMetrics, Drawdown, Episode, GarchFit, Metrics, PerformanceFigures, ReturnMetrics, Summary,
                       TailRisk)
from .agent import Agent, Evaluation, Sample
from .backtest import Backtest, Comparison
from .collectives import Collectives
from .config import Config
from .constants import (Baseline, ControlVariate, Device, HedgeSide, JobState, LogLevel, Precision, ReasonCode, Reward,
                        RiskState, Schedule, Start)
from .decider import Decider
from .environment import Environments, Portfolios, Step
from .errors import (BufferTooSmallError, BusyError, CallbackError, CancelledError, CollectiveError, Error, FileError, ForkedError,
                     HandleError, InputError, InvalidArgumentError, IoError, LengthError, MissingFileError, NotBuiltError,
                     NotFiniteError, NotReadyError, NullPointerError, OutOfMemoryError, PanicError, PoisonedError,
                     TableError, TorchError, TrainingError, VersionError, WaitTimeoutError, WrongHandleError)
from .estimates import (KellyEstimate, RegimeTracker, covariance, fit_garch, kelly_binary, kelly_continuous,
                        kelly_from_returns, kelly_unconstrained, kelly_weights, leverage, volatility)
from .figures import Conventions, Performance, measure, measure_against, tail_risk, worst_drawdowns
from .host import HostEnvironment, HostStep
from .info import can_train, set_torch_threads, torch_threads, version
from .job import Job
from .log import set_log
from .book import Book, Order, Trade
from .market import Market
from .portfolio import Account, Portfolio
from .random import Random
from .risk import Decision, Reason, RiskManager
from .risk_parts import (DrawdownMonitor, Hedge, HedgePosition, Limits, PositionSizer, Atr, average_true_range,
                         position_units)
from .training import Standing, Trainer

_register_environments()

# What `from ppo_risk import *` brings: not the modules, of which `random` would replace Python's.
__all__ = [
    "LibraryNotFound", "Agent", "Evaluation", "Sample", "Backtest", "Comparison", "Summary", "Config",
    "Baseline", "ControlVariate", "Device", "HedgeSide", "JobState", "LogLevel", "Precision", "ReasonCode", "Reward",
    "RiskState", "Schedule", "Start", "Decider", "Environments", "Episode", "Portfolios", "Step", "BufferTooSmallError",
    "BusyError", "CallbackError", "CancelledError", "CollectiveError", "Error", "FileError", "ForkedError", "HandleError",
    "InputError", "InvalidArgumentError", "IoError", "LengthError", "MissingFileError", "NotBuiltError", "NotFiniteError",
    "NotReadyError", "NullPointerError", "OutOfMemoryError", "PanicError", "PoisonedError", "TableError", "TorchError",
    "TrainingError", "VersionError", "WaitTimeoutError", "WrongHandleError", "GarchFit", "KellyEstimate",
    "RegimeTracker", "covariance", "fit_garch", "kelly_binary", "kelly_continuous", "kelly_from_returns",
    "kelly_unconstrained", "kelly_weights", "leverage", "volatility", "BenchmarkMetrics", "Conventions",
    "Drawdown", "ReturnMetrics", "Performance", "PerformanceFigures", "TailRisk", "measure", "measure_against",
    "tail_risk", "worst_drawdowns", "Collectives", "HostEnvironment", "HostStep", "can_train", "set_torch_threads",
    "torch_threads", "version", "Job", "set_log", "Book", "Order", "Trade", "Market", "Metrics", "Account",
    "Portfolio", "Random", "Decision", "Reason", "RiskManager", "DrawdownMonitor", "Hedge", "HedgePosition",
    "Limits", "PositionSizer", "Atr", "average_true_range", "position_units", "Standing", "Trainer",
]
