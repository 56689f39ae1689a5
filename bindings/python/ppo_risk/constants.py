"""The library's enumerations. Wherever one is taken, its number will do too.

Made by abi/generate from src/ffi: do not edit.
"""

from enum import IntEnum

from . import _declarations as c


class LogLevel(IntEnum):
    """Level of a line of the log."""

    #: Nothing.
    OFF = c.PPO_LOG_OFF
    #: Defects of the library, and handles that were freed twice.
    ERROR = c.PPO_LOG_ERROR
    #: What went on in another way than asked for.
    WARN = c.PPO_LOG_WARN
    #: Milestones.
    INFO = c.PPO_LOG_INFO
    #: Everything, among it the words of every failed call.
    DEBUG = c.PPO_LOG_DEBUG


class Device(IntEnum):
    """Where training calculates."""

    #: CUDA where the library finds it, else the processor.
    AUTO = c.PPO_DEVICE_AUTO
    #: The processor.
    CPU = c.PPO_DEVICE_CPU
    #: The first CUDA device; training is refused where there is none.
    CUDA = c.PPO_DEVICE_CUDA


class Precision(IntEnum):
    """How exactly an agent keeps its network's weights."""

    #: Weights as they were trained.
    F32 = c.PPO_PRECISION_F32
    #: The weights of layers of more than 64 outputs rounded to bf16, 8 significant bits; sums are of f32.
    BF16 = c.PPO_PRECISION_BF16


class Schedule(IntEnum):
    """How a setting moves over training."""

    #: The setting stays.
    CONSTANT = c.PPO_SCHEDULE_CONSTANT
    #: The setting falls linearly to 0 at the last decision.
    LINEAR = c.PPO_SCHEDULE_LINEAR


class Reward(IntEnum):
    """What the library's own environments reward (docs/rewards.md)."""

    #: The net return less charges for volatility, drawdown and costs. With cash among the choices its best policy is
    #: almost always all cash.
    SHAPED = c.PPO_REWARD_SHAPED
    #: Ln(1 + net return).
    LOG_RETURN = c.PPO_REWARD_LOG_RETURN
    #: Constant relative risk aversion `reward_parameter`.
    CRRA = c.PPO_REWARD_CRRA
    #: Net return less half of `reward_parameter` times its square.
    MEAN_VARIANCE = c.PPO_REWARD_MEAN_VARIANCE
    #: The differential Sharpe ratio with the adaptation rate `reward_parameter`.
    DIFFERENTIAL_SHARPE = c.PPO_REWARD_DIFFERENTIAL_SHARPE


class ControlVariate(IntEnum):
    """What is taken out of the reward."""

    #: Nothing is taken out of the reward.
    NONE = c.PPO_CONTROL_VARIATE_NONE
    #: The reward of the prior's own portfolio on the same returns is taken out.
    PRIOR_PATH = c.PPO_CONTROL_VARIATE_PRIOR_PATH
    #: The reward that the deterministic action would have had is taken out. Not for a host's own environment.
    SELF_CRITICAL = c.PPO_CONTROL_VARIATE_SELF_CRITICAL


class JobState(IntEnum):
    """What a job is doing."""

    #: At work.
    RUNNING = c.PPO_JOB_RUNNING
    #: All that was asked for is done.
    FINISHED = c.PPO_JOB_FINISHED
    #: Stopped by ppo_job_cancel or the progress function.
    CANCELLED = c.PPO_JOB_CANCELLED
    #: Ended by an error, which ppo_job_wait answers.
    FAILED = c.PPO_JOB_FAILED


class Baseline(IntEnum):
    """Portfolios that people would otherwise hold."""

    #: Equal weight, brought back every 21 bars.
    EQUAL_WEIGHT = c.PPO_BASELINE_EQUAL_WEIGHT
    #: Equal weight at the start, then held.
    BUY_AND_HOLD = c.PPO_BASELINE_BUY_AND_HOLD
    #: Weights in inverse proportion to volatility, every 21 bars.
    INVERSE_VOLATILITY = c.PPO_BASELINE_INVERSE_VOLATILITY
    #: Minimum variance, long only, every 21 bars.
    MINIMUM_VARIANCE = c.PPO_BASELINE_MINIMUM_VARIANCE
    #: Risk parity, every 21 bars.
    RISK_PARITY = c.PPO_BASELINE_RISK_PARITY
    #: Equal weight scaled to a volatility of 15%, cash for the rest, traded when exposure is off by more than 0.1.
    VOL_TARGET_EQUAL_WEIGHT = c.PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT


class ReasonCode(IntEnum):
    """What shaped a decision; from 100 on, what was not looked at."""

    #: The target is below an asset's minimum weight. Index: asset. Weights.
    ASSET_MINIMUM = c.RISK_REASON_ASSET_MINIMUM
    #: The target is above an asset's maximum weight. Index: asset. Weights.
    ASSET_MAXIMUM = c.RISK_REASON_ASSET_MAXIMUM
    #: The sum of abs(weights), leverage, is above its maximum.
    GROSS_EXPOSURE = c.RISK_REASON_GROSS_EXPOSURE
    #: The sum of weights is below its minimum.
    NET_MINIMUM = c.RISK_REASON_NET_MINIMUM
    #: The sum of weights is above its maximum.
    NET_MAXIMUM = c.RISK_REASON_NET_MAXIMUM
    #: A sector's sum of weights is below its minimum. Index: sector.
    SECTOR_MINIMUM = c.RISK_REASON_SECTOR_MINIMUM
    #: A sector's sum of weights is above its maximum. Index: sector.
    SECTOR_MAXIMUM = c.RISK_REASON_SECTOR_MAXIMUM
    #: Cash, 1 - sum of weights, is below its floor.
    CASH_FLOOR = c.RISK_REASON_CASH_FLOOR
    #: The one-way turnover to the target is above its maximum.
    TURNOVER = c.RISK_REASON_TURNOVER
    #: The other limits cannot be met within the turnover allowed: they win, and this much is traded.
    TURNOVER_EXCEEDED = c.RISK_REASON_TURNOVER_EXCEEDED
    #: Historical value at risk of one bar is above its maximum. Positive losses, fractions of equity.
    HISTORICAL_VALUE_AT_RISK = c.RISK_REASON_HISTORICAL_VALUE_AT_RISK
    #: Gaussian value at risk of one bar is above its maximum.
    GAUSSIAN_VALUE_AT_RISK = c.RISK_REASON_GAUSSIAN_VALUE_AT_RISK
    #: Historical conditional value at risk of one bar is above its maximum.
    HISTORICAL_CONDITIONAL_VALUE_AT_RISK = c.RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK
    #: Gaussian conditional value at risk of one bar is above its maximum.
    GAUSSIAN_CONDITIONAL_VALUE_AT_RISK = c.RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK
    #: Minimum weights keep a tail risk above its maximum: the least risky allowed portfolio is held.
    TAIL_RISK_EXCEEDED = c.RISK_REASON_TAIL_RISK_EXCEEDED
    #: A state, a stop or a regime leaves no room for the minimums, which yield as far as needed to allow cash.
    MINIMUM_RELAXED = c.RISK_REASON_MINIMUM_RELAXED
    #: The trade would be smaller than the band, and what is held is allowed: nothing is traded. Turnover.
    TRADE_BAND = c.RISK_REASON_TRADE_BAND
    #: Drawdown has reached the threshold from which no exposure may grow.
    DRAWDOWN_REDUCE = c.RISK_REASON_DRAWDOWN_REDUCE
    #: Drawdown has reached the stop: to cash until reset.
    DRAWDOWN_STOP = c.RISK_REASON_DRAWDOWN_STOP
    #: No exposure may grow: the state is REDUCING. Found: drawdown; allowed: where it ends.
    REDUCING = c.RISK_REASON_REDUCING
    #: Everything to cash: the state is HALTED. Found: drawdown.
    HALTED = c.RISK_REASON_HALTED
    #: An asset fell from its best price since entry by more than its stop. Index: asset. Fractions.
    ASSET_STOP = c.RISK_REASON_ASSET_STOP
    #: An asset is still out after its stop. Index: asset. Found: bars since the stop; allowed: bars until re-entry.
    ASSET_STOPPED = c.RISK_REASON_ASSET_STOPPED
    #: The state or a stop allows an asset no more than what is held, or nothing. Index: asset. Weights.
    EXPOSURE_BOUND = c.RISK_REASON_EXPOSURE_BOUND
    #: An operator has halted the book: the target is what is held, and no exposure may grow.
    OPERATOR_HALT = c.RISK_REASON_OPERATOR_HALT
    #: An operator has the book flattened: everything to cash.
    OPERATOR_FLATTEN = c.RISK_REASON_OPERATOR_FLATTEN
    #: An asset has no price: what is held of it stays. Index: asset. Found: weight held; allowed: what the limits
    #: would leave.
    ASSET_HALTED = c.RISK_REASON_ASSET_HALTED
    #: The bar left less than the least value beside the gross exposure, and positions were scaled back at its close,
    #: before the decision. Found: value over gross exposure; allowed: the least, `maintenance`.
    MARGIN_CALL = c.RISK_REASON_MARGIN_CALL
    #: An operator has pinned an asset: what is held of it stays. Index: asset. Found: weight held; allowed: what the
    #: limits would leave.
    ASSET_PINNED = c.RISK_REASON_ASSET_PINNED
    #: Leverage from target and forecast volatility. Found: forecast; allowed: target. Annual.
    VOLATILITY_TARGET = c.RISK_REASON_VOLATILITY_TARGET
    #: Volatility targeting asked for more than the maximum leverage.
    LEVERAGE_MAXIMUM = c.RISK_REASON_LEVERAGE_MAXIMUM
    #: Volatility targeting asked for less than the minimum leverage.
    LEVERAGE_MINIMUM = c.RISK_REASON_LEVERAGE_MINIMUM
    #: Leverage was lowered because of the drawdown. Found: drawdown; allowed: the drawdown of no leverage at all.
    LEVERAGE_DRAWDOWN = c.RISK_REASON_LEVERAGE_DRAWDOWN
    #: Leverage was lowered to the fractional Kelly leverage of the trend. Found: leverage before; allowed: after.
    LEVERAGE_TREND = c.RISK_REASON_LEVERAGE_TREND
    #: Leverage was scaled by the regime. Found: leverage before; allowed: after.
    LEVERAGE_REGIME = c.RISK_REASON_LEVERAGE_REGIME
    #: Limits were scaled by the regime. Found: the most likely regime; allowed: the factor.
    LIMITS_REGIME = c.RISK_REASON_LIMITS_REGIME
    #: The hedge was opened. Found: drawdown; allowed: the threshold.
    HEDGE_OPENED = c.RISK_REASON_HEDGE_OPENED
    #: The hedge is kept. Found: drawdown; allowed: where it ends.
    HEDGE_KEPT = c.RISK_REASON_HEDGE_KEPT
    #: The hedge was closed. Found: drawdown; allowed: where it ends.
    HEDGE_CLOSED = c.RISK_REASON_HEDGE_CLOSED
    #: The ATR size is below the target's. Index: asset. Units.
    POSITION_RISK = c.RISK_REASON_POSITION_RISK
    #: The sum of open risk is above its maximum, and all positions were scaled. Fractions of equity.
    OPEN_RISK = c.RISK_REASON_OPEN_RISK
    #: A position is above the hard maximum. Index: asset. Units.
    POSITION_MAXIMUM = c.RISK_REASON_POSITION_MAXIMUM
    #: A position is below the smallest tradable one and was dropped. Index: asset. Units.
    POSITION_MINIMUM = c.RISK_REASON_POSITION_MINIMUM
    #: Not looked at: dynamic leverage, for want of bars. Found: bars seen; allowed: bars needed.
    SKIPPED_LEVERAGE = c.RISK_REASON_SKIPPED_LEVERAGE
    #: Not looked at: value at risk, for want of history. Found: bars seen; allowed: bars needed.
    SKIPPED_TAIL_RISK = c.RISK_REASON_SKIPPED_TAIL_RISK
    #: Not looked at: an asset's ATR size, for want of bars. Index: asset. Found: bars seen; allowed: bars needed.
    SKIPPED_POSITION_SIZE = c.RISK_REASON_SKIPPED_POSITION_SIZE
    #: The true range is that of closes alone: no high and low were given.
    CLOSE_ONLY_TRUE_RANGE = c.RISK_REASON_CLOSE_ONLY_TRUE_RANGE
    #: Not looked at: the regime, for want of an observation. Found: bars seen.
    SKIPPED_REGIME = c.RISK_REASON_SKIPPED_REGIME
    #: Not looked at: trend, which was not given.
    SKIPPED_TREND = c.RISK_REASON_SKIPPED_TREND
    #: Betas were not given: every asset counts as 1 in the hedge.
    HEDGE_WITHOUT_BETAS = c.RISK_REASON_HEDGE_WITHOUT_BETAS
    #: Not looked at: dynamic leverage, as the target would have earned the same on every bar seen. Found: its
    #: forecast volatility, 0.
    FLAT_TARGET = c.RISK_REASON_FLAT_TARGET
    #: Not looked at: an asset's ATR size, as its price has not moved over the bars seen. Index: asset. Found: bars
    #: seen.
    FLAT_PRICE = c.RISK_REASON_FLAT_PRICE


class RiskState(IntEnum):
    """What a risk manager lets a portfolio do."""

    #: Everything within its limits.
    ACTIVE = c.RISK_STATE_ACTIVE
    #: No exposure may grow, by drawdown or ppo_book_halt.
    REDUCING = c.RISK_STATE_REDUCING
    #: To cash, until risk_manager_reset, or while ppo_book_flatten lasts.
    HALTED = c.RISK_STATE_HALTED


class HedgeSide(IntEnum):
    """Side of the hedge position."""

    #: None is held.
    NONE = c.RISK_HEDGE_NONE
    #: Short, the net exposure is long.
    SELL = c.RISK_HEDGE_SELL
    #: Long, the net exposure is short.
    BUY = c.RISK_HEDGE_BUY
