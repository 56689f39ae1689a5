"""Results that are C's structs field by field. Made by abi/generate from src/ffi: do not edit."""

from typing import NamedTuple

from ._record import record


@record
class Summary(NamedTuple):
    """What a portfolio earned, risked and paid over a back-test. Conventions of empyrical, by the market's bars a
    year; a figure that is not defined is NaN, and a series that is constant up to rounding has volatility 0 and
    no ratio.

    bars: Number of bars, T.
    annual_return: Compound growth a year, net of costs.
    volatility: Annual standard deviation of the returns.
    sharpe: Annual Sharpe ratio of the returns over what cash earned in each bar.
    sortino: Annual Sortino ratio of the returns over what cash earned in each bar.
    max_drawdown: Largest drawdown, a positive fraction of the peak.
    calmar: Annual return over largest drawdown.
    value_at_risk: 5% value at risk of one bar, a positive loss.
    conditional_value_at_risk: 5% conditional value at risk of one bar, a positive loss.
    turnover: One-way turnover a year.
    costs_paid: Sum over bars of the fraction of value that costs took.
    """

    bars: int
    annual_return: float
    volatility: float
    sharpe: float
    sortino: float
    max_drawdown: float
    calmar: float
    value_at_risk: float
    conditional_value_at_risk: float
    turnover: float
    costs_paid: float


@record
class Episode(NamedTuple):
    """Sums over an episode that ended. The struct stays as it is: an array of them is written by
    ppo_env_take_episodes.

    reward_sum: Sum of the rewards of the mode, before any control variate.
    log_growth: ln(final value / balance): minus infinity at ruin.
    turnover: Sum of the one-way turnovers of its steps.
    cost: Sum of the costs of its steps, each as a fraction of the value before its trade.
    steps: Steps taken.
    """

    reward_sum: float
    log_growth: float
    turnover: float
    cost: float
    steps: int


@record
class BenchmarkMetrics(NamedTuple):
    """Measures relative to a benchmark, NaN where one is not defined.

    beta: Slope of the returns on the benchmark's.
    alpha: Annual return that beta does not explain.
    up_beta: Beta over the bars in which the benchmark rose.
    up_alpha: Alpha over the bars in which the benchmark rose.
    down_beta: Beta over the bars in which the benchmark fell.
    down_alpha: Alpha over the bars in which the benchmark fell.
    capture: Annual return over the benchmark's; infinite where that is 0.
    up_capture: Capture over the bars in which the benchmark rose.
    down_capture: Capture over the bars in which the benchmark fell.
    up_down_capture: Up capture over down capture.
    information_ratio: Mean active return over its standard deviation, per bar: times the root of bars per year for a
        year.
    batting: Part of the bars in which the returns were above the benchmark's.
    up_batting: Of the bars in which the benchmark did not fall.
    down_batting: Of the bars in which the benchmark fell.
    beta_fragility: Taleb's fragility heuristic; negative: fragile.
    """

    beta: float
    alpha: float
    up_beta: float
    up_alpha: float
    down_beta: float
    down_alpha: float
    capture: float
    up_capture: float
    down_capture: float
    up_down_capture: float
    information_ratio: float
    batting: float
    up_batting: float
    down_batting: float
    beta_fragility: float


@record
class ReturnMetrics(NamedTuple):
    """Measures of a series of simple returns, NaN where one is not defined. Annual figures are fractions; losses
    and drawdowns are positive.

    total_return: Growth over all bars.
    annual_return: Compound growth per year.
    annual_volatility: Annual standard deviation.
    sharpe: Annual Sharpe ratio.
    sortino: Annual Sortino ratio; infinite without a loss.
    downside_risk: Annual root mean square of what returns fall short of the required one.
    max_drawdown: Largest fall from the running peak, a fraction of it.
    calmar: Annual return over the largest drawdown.
    omega: Sum of gains over sum of losses.
    value_at_risk: Loss of one bar that the tail exceeds; NaN where a return is unknown.
    conditional_value_at_risk: Mean loss of one bar in the tail.
    stability: R squared of a straight line through cumulative log returns.
    tail_ratio: Size of the 95% quantile over the size of the 5% quantile.
    skewness: Skewness; NaN where a return is unknown.
    kurtosis: Excess kurtosis; NaN where a return is unknown.
    """

    total_return: float
    annual_return: float
    annual_volatility: float
    sharpe: float
    sortino: float
    downside_risk: float
    max_drawdown: float
    calmar: float
    omega: float
    value_at_risk: float
    conditional_value_at_risk: float
    stability: float
    tail_ratio: float
    skewness: float
    kurtosis: float


@record
class Drawdown(NamedTuple):
    """One time under water. Points are places in the equity given, from 0.

    depth: Largest fall from the peak, a positive fraction of it.
    peak: Point of the peak.
    valley: Point of the lowest value, the first among equals.
    recovery: First point that is back at the peak or above it; 0 while still under water.
    """

    depth: float
    peak: int
    valley: int
    recovery: int


@record
class PerformanceFigures(NamedTuple):
    """Performance so far, NaN where a figure is not defined. The figures are those of risk_metrics up to rounding.

    bars: Bars seen, those of unknown return among them.
    equity: Equity, 1 at the start.
    peak: Highest equity so far, the start included.
    drawdown: Fall from the peak now, a positive fraction of it.
    max_drawdown: Largest drawdown so far.
    mean: Mean return of one bar.
    total_return: Growth over all bars.
    annual_return: Compound growth per year.
    annual_volatility: Annual standard deviation.
    sharpe: Annual Sharpe ratio.
    sortino: Annual Sortino ratio; infinite without a loss.
    downside_risk: Annual root mean square of what returns fall short of the required one.
    calmar: Annual return over the largest drawdown.
    """

    bars: int
    equity: float
    peak: float
    drawdown: float
    max_drawdown: float
    mean: float
    total_return: float
    annual_return: float
    annual_volatility: float
    sharpe: float
    sortino: float
    downside_risk: float
    calmar: float


@record
class TailRisk(NamedTuple):
    """Tail measures of a portfolio over one bar: positive losses, fractions of equity.

    mean: Mean return.
    deviation: Standard deviation of the return.
    historical_value_at_risk: Loss that 1 - level of the scenarios exceed.
    historical_conditional_value_at_risk: Mean loss of the worst 1 - level of the scenarios.
    gaussian_value_at_risk: The same two, of a normal distribution with this mean and deviation.
    gaussian_conditional_value_at_risk: Its conditional value at risk.
    """

    mean: float
    deviation: float
    historical_value_at_risk: float
    historical_conditional_value_at_risk: float
    gaussian_value_at_risk: float
    gaussian_conditional_value_at_risk: float


@record
class GarchFit(NamedTuple):
    """A GARCH(1,1) that was fitted to returns around a constant mean.

    omega: Constant part of the variance of a bar, above 0.
    alpha: Weight of the last squared residual, 0 or more.
    beta: Weight of the last variance, 0 or more; alpha + beta is below 1.
    mean: Mean return of a bar.
    log_likelihood: Gaussian log-likelihood reached.
    next_variance: Variance forecast for the bar after the last one.
    """

    omega: float
    alpha: float
    beta: float
    mean: float
    log_likelihood: float
    next_variance: float


@record
class Metrics(NamedTuple):
    """Figures of one update of the policy. Names are Stable-Baselines3's where it has them.

    update: Number of the update, from 1; 0 before the first.
    env_steps: Decisions taken so far, over all environments.
    episodes: Episodes that have ended so far.
    skipped_minibatches: Minibatches of this update whose loss or gradient was not finite: they were not applied.
    env_steps_per_s: Decisions a second since this trainer began in this process, rollout and update counted.
    episode_reward: Mean over the episodes that ended in this rollout of their sum of rewards; NaN where none ended.
    episode_log_growth: Mean over the same episodes of ln(final value / initial value); NaN where none ended, and for a
        host's environments.
    episode_turnover: Mean over the same episodes of the one-way turnover of a step; NaN as above.
    learning_rate: Adam's step size.
    policy_gradient_loss: Mean clipped surrogate loss over all minibatches.
    value_loss: Mean squared error of the value.
    entropy_loss: Minus the mean entropy of the action distribution.
    approx_kl: Mean over minibatches of the estimated divergence of the new policy from the one that acted.
    clip_fraction: Share of samples whose probability ratio left the clip range.
    explained_variance: 1 - Var(returns - values)/Var(returns) of the rollout, before the update; NaN where returns do
        not vary.
    std: Mean standard deviation of the gaussian's scores, or the dirichlet's concentration.
    grad_norm: Norm of the gradient before clipping, mean over minibatches.
    """

    update: int
    env_steps: int
    episodes: int
    skipped_minibatches: int
    env_steps_per_s: float
    episode_reward: float
    episode_log_growth: float
    episode_turnover: float
    learning_rate: float
    policy_gradient_loss: float
    value_loss: float
    entropy_loss: float
    approx_kl: float
    clip_fraction: float
    explained_variance: float
    std: float
    grad_norm: float
