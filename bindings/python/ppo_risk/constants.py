"""The library's enumerations. Wherever one is taken, its number will do too."""

from enum import IntEnum

from . import _declarations as c


class LogLevel(IntEnum):
    """Level of a line of the log."""

    OFF = c.PPO_LOG_OFF
    ERROR = c.PPO_LOG_ERROR
    WARN = c.PPO_LOG_WARN
    INFO = c.PPO_LOG_INFO
    DEBUG = c.PPO_LOG_DEBUG


class Device(IntEnum):
    """Where training calculates."""

    AUTO = c.PPO_DEVICE_AUTO
    CPU = c.PPO_DEVICE_CPU
    CUDA = c.PPO_DEVICE_CUDA


class Precision(IntEnum):
    """How exactly an agent keeps its network's weights."""

    F32 = c.PPO_PRECISION_F32
    BF16 = c.PPO_PRECISION_BF16


class Schedule(IntEnum):
    """How a setting moves over training."""

    CONSTANT = c.PPO_SCHEDULE_CONSTANT
    LINEAR = c.PPO_SCHEDULE_LINEAR


class Reward(IntEnum):
    """What the library's own environments reward (docs/rewards.md)."""

    SHAPED = c.PPO_REWARD_SHAPED
    LOG_RETURN = c.PPO_REWARD_LOG_RETURN
    CRRA = c.PPO_REWARD_CRRA
    MEAN_VARIANCE = c.PPO_REWARD_MEAN_VARIANCE
    DIFFERENTIAL_SHARPE = c.PPO_REWARD_DIFFERENTIAL_SHARPE


class ControlVariate(IntEnum):
    """What is taken out of the reward."""

    NONE = c.PPO_CONTROL_VARIATE_NONE
    PRIOR_PATH = c.PPO_CONTROL_VARIATE_PRIOR_PATH
    SELF_CRITICAL = c.PPO_CONTROL_VARIATE_SELF_CRITICAL


class JobState(IntEnum):
    """What a job is doing."""

    RUNNING = c.PPO_JOB_RUNNING
    FINISHED = c.PPO_JOB_FINISHED
    CANCELLED = c.PPO_JOB_CANCELLED
    FAILED = c.PPO_JOB_FAILED


class Baseline(IntEnum):
    """Portfolios that people would otherwise hold."""

    EQUAL_WEIGHT = c.PPO_BASELINE_EQUAL_WEIGHT
    BUY_AND_HOLD = c.PPO_BASELINE_BUY_AND_HOLD
    INVERSE_VOLATILITY = c.PPO_BASELINE_INVERSE_VOLATILITY
    MINIMUM_VARIANCE = c.PPO_BASELINE_MINIMUM_VARIANCE
    RISK_PARITY = c.PPO_BASELINE_RISK_PARITY
    VOL_TARGET_EQUAL_WEIGHT = c.PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT


class RiskState(IntEnum):
    """What a risk manager lets a portfolio do."""

    ACTIVE = c.RISK_STATE_ACTIVE
    REDUCING = c.RISK_STATE_REDUCING
    HALTED = c.RISK_STATE_HALTED


class HedgeSide(IntEnum):
    """Side of the hedge position."""

    NONE = c.RISK_HEDGE_NONE
    SELL = c.RISK_HEDGE_SELL
    BUY = c.RISK_HEDGE_BUY
