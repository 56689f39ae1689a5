"""Results that are C's structs field by field. Made by abi/generate from src/ffi: do not edit."""

from typing import NamedTuple


class Summary(NamedTuple):
    """What a portfolio earned, risked and paid over a back-test. Conventions of empyrical, by the market's bars a
    year; a figure that is not defined is NaN, and a series that is constant up to rounding has volatility 0 and
    no ratio.
    """

    #: Number of bars, T.
    bars: int
    #: Compound growth a year, net of costs.
    annual_return: float
    #: Annual standard deviation of the returns.
    volatility: float
    #: Annual Sharpe ratio of the returns over what cash earned in each bar.
    sharpe: float
    #: Annual Sortino ratio of the returns over what cash earned in each bar.
    sortino: float
    #: Largest drawdown, a positive fraction of the peak.
    max_drawdown: float
    #: Annual return over largest drawdown.
    calmar: float
    #: 5% value at risk of one bar, a positive loss.
    value_at_risk: float
    #: 5% conditional value at risk of one bar, a positive loss.
    conditional_value_at_risk: float
    #: One-way turnover a year.
    turnover: float
    #: Sum over bars of the fraction of value that costs took.
    costs_paid: float


class Episode(NamedTuple):
    """Sums over an episode that ended. The struct stays as it is: an array of them is written by
    ppo_env_take_episodes.
    """

    #: Sum of the rewards of the mode, before any control variate.
    reward_sum: float
    #: ln(final value / balance): minus infinity at ruin.
    log_growth: float
    #: Sum of the one-way turnovers of its steps.
    turnover: float
    #: Sum of the costs of its steps, each as a fraction of the value before its trade.
    cost: float
    #: Steps taken.
    steps: int


class BenchmarkMetrics(NamedTuple):
    """Measures relative to a benchmark, NaN where one is not defined."""

    #: Slope of the returns on the benchmark's.
    beta: float
    #: Annual return that beta does not explain.
    alpha: float
    #: Beta over the bars in which the benchmark rose.
    up_beta: float
    #: Alpha over the bars in which the benchmark rose.
    up_alpha: float
    #: Beta over the bars in which the benchmark fell.
    down_beta: float
    #: Alpha over the bars in which the benchmark fell.
    down_alpha: float
    #: Annual return over the benchmark's; infinite where that is 0.
    capture: float
    #: Capture over the bars in which the benchmark rose.
    up_capture: float
    #: Capture over the bars in which the benchmark fell.
    down_capture: float
    #: Up capture over down capture.
    up_down_capture: float
    #: Mean active return over its standard deviation, per bar: times the root of bars per year for a year.
    information_ratio: float
    #: Part of the bars in which the returns were above the benchmark's.
    batting: float
    #: Of the bars in which the benchmark did not fall.
    up_batting: float
    #: Of the bars in which the benchmark fell.
    down_batting: float
    #: Taleb's fragility heuristic; negative: fragile.
    beta_fragility: float


class ReturnMetrics(NamedTuple):
    """Measures of a series of simple returns, NaN where one is not defined. Annual figures are fractions; losses
    and drawdowns are positive.
    """

    #: Growth over all bars.
    total_return: float
    #: Compound growth per year.
    annual_return: float
    #: Annual standard deviation.
    annual_volatility: float
    #: Annual Sharpe ratio.
    sharpe: float
    #: Annual Sortino ratio; infinite without a loss.
    sortino: float
    #: Annual root mean square of what returns fall short of the required one.
    downside_risk: float
    #: Largest fall from the running peak, a fraction of it.
    max_drawdown: float
    #: Annual return over the largest drawdown.
    calmar: float
    #: Sum of gains over sum of losses.
    omega: float
    #: Loss of one bar that the tail exceeds; NaN where a return is unknown.
    value_at_risk: float
    #: Mean loss of one bar in the tail.
    conditional_value_at_risk: float
    #: R squared of a straight line through cumulative log returns.
    stability: float
    #: Size of the 95% quantile over the size of the 5% quantile.
    tail_ratio: float
    #: Skewness; NaN where a return is unknown.
    skewness: float
    #: Excess kurtosis; NaN where a return is unknown.
    kurtosis: float


class Drawdown(NamedTuple):
    """One time under water. Points are places in the equity given, from 0."""

    #: Largest fall from the peak, a positive fraction of it.
    depth: float
    #: Point of the peak.
    peak: int
    #: Point of the lowest value, the first among equals.
    valley: int
    #: First point that is back at the peak or above it; 0 while still under water.
    recovery: int


class PerformanceFigures(NamedTuple):
    """Performance so far, NaN where a figure is not defined. The figures are those of risk_metrics up to rounding."""

    #: Bars seen, those of unknown return among them.
    bars: int
    #: Equity, 1 at the start.
    equity: float
    #: Highest equity so far, the start included.
    peak: float
    #: Fall from the peak now, a positive fraction of it.
    drawdown: float
    #: Largest drawdown so far.
    max_drawdown: float
    #: Mean return of one bar.
    mean: float
    #: Growth over all bars.
    total_return: float
    #: Compound growth per year.
    annual_return: float
    #: Annual standard deviation.
    annual_volatility: float
    #: Annual Sharpe ratio.
    sharpe: float
    #: Annual Sortino ratio; infinite without a loss.
    sortino: float
    #: Annual root mean square of what returns fall short of the required one.
    downside_risk: float
    #: Annual return over the largest drawdown.
    calmar: float


class TailRisk(NamedTuple):
    """Tail measures of a portfolio over one bar: positive losses, fractions of equity."""

    #: Mean return.
    mean: float
    #: Standard deviation of the return.
    deviation: float
    #: Loss that 1 - level of the scenarios exceed.
    historical_value_at_risk: float
    #: Mean loss of the worst 1 - level of the scenarios.
    historical_conditional_value_at_risk: float
    #: The same two, of a normal distribution with this mean and deviation.
    gaussian_value_at_risk: float
    #: Its conditional value at risk.
    gaussian_conditional_value_at_risk: float


class GarchFit(NamedTuple):
    """A GARCH(1,1) that was fitted to returns around a constant mean."""

    #: Constant part of the variance of a bar, above 0.
    omega: float
    #: Weight of the last squared residual, 0 or more.
    alpha: float
    #: Weight of the last variance, 0 or more; alpha + beta is below 1.
    beta: float
    #: Mean return of a bar.
    mean: float
    #: Gaussian log-likelihood reached.
    log_likelihood: float
    #: Variance forecast for the bar after the last one.
    next_variance: float
