"""The library's enumerations. Wherever one is taken, its number will do too.

Made by abi/generate from src/ffi: do not edit.
"""

from enum import IntEnum

from . import _declarations as c


class LogLevel(IntEnum):
    """Level of a line of the log.

    OFF: Nothing.
    ERROR: Defects of the library, and handles that were freed twice.
    WARN: What went on in another way than asked for.
    INFO: Milestones.
    DEBUG: Everything, among it the error message of every failed call.
    """

    OFF = c.PPO_LOG_OFF
    ERROR = c.PPO_LOG_ERROR
    WARN = c.PPO_LOG_WARN
    INFO = c.PPO_LOG_INFO
    DEBUG = c.PPO_LOG_DEBUG


class Device(IntEnum):
    """Where training calculates.

    AUTO: CUDA where the library finds it, else the processor.
    CPU: The processor.
    CUDA: The first CUDA device; training is refused where there is none.
    """

    AUTO = c.PPO_DEVICE_AUTO
    CPU = c.PPO_DEVICE_CPU
    CUDA = c.PPO_DEVICE_CUDA


class Precision(IntEnum):
    """How exactly an agent keeps its network's weights.

    F32: Weights as they were trained.
    BF16: The weights of layers of more than 64 outputs rounded to bf16, 8 significant bits; sums are of f32.
    """

    F32 = c.PPO_PRECISION_F32
    BF16 = c.PPO_PRECISION_BF16


class Schedule(IntEnum):
    """How a setting moves over training.

    CONSTANT: The setting stays.
    LINEAR: The setting falls linearly to 0 at the last decision.
    """

    CONSTANT = c.PPO_SCHEDULE_CONSTANT
    LINEAR = c.PPO_SCHEDULE_LINEAR


class Reward(IntEnum):
    """What the library's own environments reward (docs/rewards.md).

    SHAPED: The net return less charges for volatility, drawdown and costs. With cash among the choices its best policy
        is almost always all cash.
    LOG_RETURN: Ln(1 + net return).
    CRRA: Constant relative risk aversion `reward_parameter`.
    MEAN_VARIANCE: Net return less half of `reward_parameter` times its square.
    DIFFERENTIAL_SHARPE: The differential Sharpe ratio with the adaptation rate `reward_parameter`.
    TERMINAL_CRRA: What the bar added to the CRRA utility of the value since the episode began, with the risk aversion
        `reward_parameter`. At gamma 1 an episode's rewards add up to the utility of its last value.
    """

    SHAPED = c.PPO_REWARD_SHAPED
    LOG_RETURN = c.PPO_REWARD_LOG_RETURN
    CRRA = c.PPO_REWARD_CRRA
    MEAN_VARIANCE = c.PPO_REWARD_MEAN_VARIANCE
    DIFFERENTIAL_SHARPE = c.PPO_REWARD_DIFFERENTIAL_SHARPE
    TERMINAL_CRRA = c.PPO_REWARD_TERMINAL_CRRA


class ControlVariate(IntEnum):
    """What is taken out of the reward.

    NONE: Nothing is taken out of the reward.
    PRIOR_PATH: The reward of the prior's own portfolio on the same returns is taken out.
    SELF_CRITICAL: The reward that the deterministic action would have had is taken out. In a host's own environment by
        its `counterfactual`.
    POLICY_PATH: What the deterministic policy would have earned from the same state to the end of the rollout is taken
        out. In a host's own environment by its `remember` and `go_back`; not in environments by themselves.
    """

    NONE = c.PPO_CONTROL_VARIATE_NONE
    PRIOR_PATH = c.PPO_CONTROL_VARIATE_PRIOR_PATH
    SELF_CRITICAL = c.PPO_CONTROL_VARIATE_SELF_CRITICAL
    POLICY_PATH = c.PPO_CONTROL_VARIATE_POLICY_PATH


class Start(IntEnum):
    """What an episode of the library's own environments starts with.

    CASH: Start of an episode: all in cash.
    RANDOM: Start of an episode: random weights of the assets, and of cash where the policy may hold it, all as likely.
        A policy then meets holdings that it would not come to by itself, and learns from which of them not to trade.
    """

    CASH = c.PPO_START_CASH
    RANDOM = c.PPO_START_RANDOM


class JobState(IntEnum):
    """What a job is doing.

    RUNNING: At work.
    FINISHED: All that was asked for is done.
    CANCELLED: Stopped by ppo_job_cancel or the progress function.
    FAILED: Ended by an error, which ppo_job_wait answers.
    """

    RUNNING = c.PPO_JOB_RUNNING
    FINISHED = c.PPO_JOB_FINISHED
    CANCELLED = c.PPO_JOB_CANCELLED
    FAILED = c.PPO_JOB_FAILED


class Baseline(IntEnum):
    """Portfolios that people would otherwise hold.

    EQUAL_WEIGHT: Equal weight, brought back every 21 bars.
    BUY_AND_HOLD: Equal weight at the start, then held.
    INVERSE_VOLATILITY: Weights in inverse proportion to volatility, every 21 bars.
    MINIMUM_VARIANCE: Minimum variance, long only, every 21 bars.
    RISK_PARITY: Risk parity, every 21 bars.
    VOL_TARGET_EQUAL_WEIGHT: Equal weight scaled to a volatility of 15%, cash for the rest, traded when exposure is off
        by more than 0.1.
    """

    EQUAL_WEIGHT = c.PPO_BASELINE_EQUAL_WEIGHT
    BUY_AND_HOLD = c.PPO_BASELINE_BUY_AND_HOLD
    INVERSE_VOLATILITY = c.PPO_BASELINE_INVERSE_VOLATILITY
    MINIMUM_VARIANCE = c.PPO_BASELINE_MINIMUM_VARIANCE
    RISK_PARITY = c.PPO_BASELINE_RISK_PARITY
    VOL_TARGET_EQUAL_WEIGHT = c.PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT


class ReasonCode(IntEnum):
    """What shaped a decision; from 100 on, what was not looked at.

    ASSET_MINIMUM: The target is below an asset's minimum weight. Index: asset. Weights.
    ASSET_MAXIMUM: The target is above an asset's maximum weight. Index: asset. Weights.
    GROSS_EXPOSURE: The sum of abs(weights), leverage, is above its maximum.
    NET_MINIMUM: The sum of weights is below its minimum.
    NET_MAXIMUM: The sum of weights is above its maximum.
    SECTOR_MINIMUM: A sector's sum of weights is below its minimum. Index: sector.
    SECTOR_MAXIMUM: A sector's sum of weights is above its maximum. Index: sector.
    CASH_FLOOR: Cash, 1 - sum of weights, is below its floor.
    TURNOVER: The one-way turnover to the target is above its maximum.
    TURNOVER_EXCEEDED: The other limits cannot be met within the turnover allowed: they win, and this much is traded.
    HISTORICAL_VALUE_AT_RISK: Historical value at risk of one bar is above its maximum. Positive losses, fractions of
        equity.
    GAUSSIAN_VALUE_AT_RISK: Gaussian value at risk of one bar is above its maximum.
    HISTORICAL_CONDITIONAL_VALUE_AT_RISK: Historical conditional value at risk of one bar is above its maximum.
    GAUSSIAN_CONDITIONAL_VALUE_AT_RISK: Gaussian conditional value at risk of one bar is above its maximum.
    TAIL_RISK_EXCEEDED: Minimum weights keep a tail risk above its maximum: the least risky allowed portfolio is held.
    MINIMUM_RELAXED: A state, a stop or a regime leaves no room for the minimums, which yield as far as needed to allow
        cash.
    TRADE_BAND: The trade would be smaller than the band, and what is held is allowed: nothing is traded. Turnover.
    DRAWDOWN_REDUCE: Drawdown has reached the threshold from which no exposure may grow.
    DRAWDOWN_STOP: Drawdown has reached the stop: to cash until reset.
    REDUCING: No exposure may grow: the state is REDUCING. Found: drawdown; allowed: where it ends.
    HALTED: Everything to cash: the state is HALTED. Found: drawdown.
    ASSET_STOP: An asset fell from its best price since entry by more than its stop. Index: asset. Fractions.
    ASSET_STOPPED: An asset is still out after its stop. Index: asset. Found: bars since the stop; allowed: bars until
        re-entry.
    EXPOSURE_BOUND: The state or a stop allows an asset no more than what is held, or nothing. Index: asset. Weights.
    OPERATOR_HALT: An operator has halted the book: the target is what is held, and no exposure may grow.
    OPERATOR_FLATTEN: An operator has the book flattened: everything to cash.
    ASSET_HALTED: An asset has no price: what is held of it stays. Index: asset. Found: weight held; allowed: what the
        limits would leave.
    MARGIN_CALL: The bar left less than the least value beside the gross exposure, and positions were scaled back at its
        close, before the decision. Found: value over gross exposure; allowed: the least, `maintenance`.
    ASSET_PINNED: An operator has pinned an asset: what is held of it stays. Index: asset. Found: weight held; allowed:
        what the limits would leave.
    VOLATILITY_TARGET: Leverage from target and forecast volatility. Found: forecast; allowed: target. Annual.
    LEVERAGE_MAXIMUM: Volatility targeting asked for more than the maximum leverage.
    LEVERAGE_MINIMUM: Volatility targeting asked for less than the minimum leverage.
    LEVERAGE_DRAWDOWN: Leverage was lowered because of the drawdown. Found: drawdown; allowed: the drawdown of no
        leverage at all.
    LEVERAGE_TREND: Leverage was lowered to the fractional Kelly leverage of the trend. Found: leverage before; allowed:
        after.
    LEVERAGE_REGIME: Leverage was scaled by the regime. Found: leverage before; allowed: after.
    LIMITS_REGIME: Limits were scaled by the regime. Found: the most likely regime; allowed: the factor.
    HEDGE_OPENED: The hedge was opened. Found: drawdown; allowed: the threshold.
    HEDGE_KEPT: The hedge is kept. Found: drawdown; allowed: where it ends.
    HEDGE_CLOSED: The hedge was closed. Found: drawdown; allowed: where it ends.
    POSITION_RISK: The ATR size is below the target's. Index: asset. Units.
    OPEN_RISK: The sum of open risk is above its maximum, and all positions were scaled. Fractions of equity.
    POSITION_MAXIMUM: A position is above the hard maximum. Index: asset. Units.
    POSITION_MINIMUM: A position is below the smallest tradable one and was dropped. Index: asset. Units.
    SKIPPED_LEVERAGE: Not looked at: dynamic leverage, for want of bars. Found: bars seen; allowed: bars needed.
    SKIPPED_TAIL_RISK: Not looked at: value at risk, for want of history. Found: bars seen; allowed: bars needed.
    SKIPPED_POSITION_SIZE: Not looked at: an asset's ATR size, for want of bars. Index: asset. Found: bars seen;
        allowed: bars needed.
    CLOSE_ONLY_TRUE_RANGE: The true range is that of closes alone: no high and low were given.
    SKIPPED_REGIME: Not looked at: the regime, for want of an observation. Found: bars seen.
    SKIPPED_TREND: Not looked at: trend, which was not given.
    HEDGE_WITHOUT_BETAS: Betas were not given: every asset counts as 1 in the hedge.
    FLAT_TARGET: Not looked at: dynamic leverage, as the target would have earned the same on every bar seen. Found: its
        forecast volatility, 0.
    FLAT_PRICE: Not looked at: an asset's ATR size, as its price has not moved over the bars seen. Index: asset. Found:
        bars seen.
    """

    ASSET_MINIMUM = c.RISK_REASON_ASSET_MINIMUM
    ASSET_MAXIMUM = c.RISK_REASON_ASSET_MAXIMUM
    GROSS_EXPOSURE = c.RISK_REASON_GROSS_EXPOSURE
    NET_MINIMUM = c.RISK_REASON_NET_MINIMUM
    NET_MAXIMUM = c.RISK_REASON_NET_MAXIMUM
    SECTOR_MINIMUM = c.RISK_REASON_SECTOR_MINIMUM
    SECTOR_MAXIMUM = c.RISK_REASON_SECTOR_MAXIMUM
    CASH_FLOOR = c.RISK_REASON_CASH_FLOOR
    TURNOVER = c.RISK_REASON_TURNOVER
    TURNOVER_EXCEEDED = c.RISK_REASON_TURNOVER_EXCEEDED
    HISTORICAL_VALUE_AT_RISK = c.RISK_REASON_HISTORICAL_VALUE_AT_RISK
    GAUSSIAN_VALUE_AT_RISK = c.RISK_REASON_GAUSSIAN_VALUE_AT_RISK
    HISTORICAL_CONDITIONAL_VALUE_AT_RISK = c.RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK
    GAUSSIAN_CONDITIONAL_VALUE_AT_RISK = c.RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK
    TAIL_RISK_EXCEEDED = c.RISK_REASON_TAIL_RISK_EXCEEDED
    MINIMUM_RELAXED = c.RISK_REASON_MINIMUM_RELAXED
    TRADE_BAND = c.RISK_REASON_TRADE_BAND
    DRAWDOWN_REDUCE = c.RISK_REASON_DRAWDOWN_REDUCE
    DRAWDOWN_STOP = c.RISK_REASON_DRAWDOWN_STOP
    REDUCING = c.RISK_REASON_REDUCING
    HALTED = c.RISK_REASON_HALTED
    ASSET_STOP = c.RISK_REASON_ASSET_STOP
    ASSET_STOPPED = c.RISK_REASON_ASSET_STOPPED
    EXPOSURE_BOUND = c.RISK_REASON_EXPOSURE_BOUND
    OPERATOR_HALT = c.RISK_REASON_OPERATOR_HALT
    OPERATOR_FLATTEN = c.RISK_REASON_OPERATOR_FLATTEN
    ASSET_HALTED = c.RISK_REASON_ASSET_HALTED
    MARGIN_CALL = c.RISK_REASON_MARGIN_CALL
    ASSET_PINNED = c.RISK_REASON_ASSET_PINNED
    VOLATILITY_TARGET = c.RISK_REASON_VOLATILITY_TARGET
    LEVERAGE_MAXIMUM = c.RISK_REASON_LEVERAGE_MAXIMUM
    LEVERAGE_MINIMUM = c.RISK_REASON_LEVERAGE_MINIMUM
    LEVERAGE_DRAWDOWN = c.RISK_REASON_LEVERAGE_DRAWDOWN
    LEVERAGE_TREND = c.RISK_REASON_LEVERAGE_TREND
    LEVERAGE_REGIME = c.RISK_REASON_LEVERAGE_REGIME
    LIMITS_REGIME = c.RISK_REASON_LIMITS_REGIME
    HEDGE_OPENED = c.RISK_REASON_HEDGE_OPENED
    HEDGE_KEPT = c.RISK_REASON_HEDGE_KEPT
    HEDGE_CLOSED = c.RISK_REASON_HEDGE_CLOSED
    POSITION_RISK = c.RISK_REASON_POSITION_RISK
    OPEN_RISK = c.RISK_REASON_OPEN_RISK
    POSITION_MAXIMUM = c.RISK_REASON_POSITION_MAXIMUM
    POSITION_MINIMUM = c.RISK_REASON_POSITION_MINIMUM
    SKIPPED_LEVERAGE = c.RISK_REASON_SKIPPED_LEVERAGE
    SKIPPED_TAIL_RISK = c.RISK_REASON_SKIPPED_TAIL_RISK
    SKIPPED_POSITION_SIZE = c.RISK_REASON_SKIPPED_POSITION_SIZE
    CLOSE_ONLY_TRUE_RANGE = c.RISK_REASON_CLOSE_ONLY_TRUE_RANGE
    SKIPPED_REGIME = c.RISK_REASON_SKIPPED_REGIME
    SKIPPED_TREND = c.RISK_REASON_SKIPPED_TREND
    HEDGE_WITHOUT_BETAS = c.RISK_REASON_HEDGE_WITHOUT_BETAS
    FLAT_TARGET = c.RISK_REASON_FLAT_TARGET
    FLAT_PRICE = c.RISK_REASON_FLAT_PRICE


class RiskState(IntEnum):
    """What a risk manager lets a portfolio do.

    ACTIVE: Everything within its limits.
    REDUCING: No exposure may grow, by drawdown or ppo_book_halt.
    HALTED: To cash, until risk_manager_reset, or while ppo_book_flatten lasts.
    """

    ACTIVE = c.RISK_STATE_ACTIVE
    REDUCING = c.RISK_STATE_REDUCING
    HALTED = c.RISK_STATE_HALTED


class HedgeSide(IntEnum):
    """Side of the hedge position.

    NONE: None is held.
    SELL: Short, the net exposure is long.
    BUY: Long, the net exposure is short.
    """

    NONE = c.RISK_HEDGE_NONE
    SELL = c.RISK_HEDGE_SELL
    BUY = c.RISK_HEDGE_BUY


#: Where C's words name a constant, or a family of them, people write an enumeration.
FAMILIES: "dict[str, type[IntEnum]]" = {
    "PPO_LOG_": LogLevel,
    "PPO_DEVICE_": Device,
    "PPO_PRECISION_": Precision,
    "PPO_SCHEDULE_": Schedule,
    "PPO_REWARD_": Reward,
    "PPO_CONTROL_VARIATE_": ControlVariate,
    "PPO_START_": Start,
    "PPO_JOB_": JobState,
    "PPO_BASELINE_": Baseline,
    "RISK_REASON_": ReasonCode,
    "RISK_STATE_": RiskState,
    "RISK_HEDGE_": HedgeSide,
}
