/* ppo_risk: dynamic portfolio allocation with PPO, and the risk management around it.
 *
 * Made by cbindgen from the sources: do not edit. The conventions behind every function are in docs/c_api.md:
 *  - A function that can fail returns a ppo_status: PPO_OK, or a negative PPO_ERR_ number. On an error no output is
 *    written, unless the function says otherwise; ppo_last_error has the words.
 *  - A handle comes from a function that writes it to an output and goes back to its _free, once; NULL is fine there.
 *  - A function may be called from any thread. Through a pointer to const, any number of threads may use one handle
 *    at the same time; through any other, one at a time (a second is answered PPO_ERR_BUSY).
 *  - No pointer may be NULL unless its function says so. Numbers must be finite unless their function says otherwise.
 *  - Text is UTF-8 and ends with a zero byte. Arrays are the caller's and are not kept after the call.
 */

#ifndef PPO_RISK_H
#define PPO_RISK_H

#include <stddef.h>
#include <stdint.h>

/**
 * Precision: weights as they were trained.
 */
#define PPO_PRECISION_F32 0

/**
 * Precision: the weights of layers of more than 64 outputs rounded to bf16, 8 significant bits; sums are of f32.
 */
#define PPO_PRECISION_BF16 1

/**
 * Baseline: equal weight, brought back every 21 bars.
 */
#define PPO_BASELINE_EQUAL_WEIGHT 0

/**
 * Baseline: equal weight at the start, then held.
 */
#define PPO_BASELINE_BUY_AND_HOLD 1

/**
 * Baseline: weights in inverse proportion to volatility, every 21 bars.
 */
#define PPO_BASELINE_INVERSE_VOLATILITY 2

/**
 * Baseline: minimum variance, long only, every 21 bars.
 */
#define PPO_BASELINE_MINIMUM_VARIANCE 3

/**
 * Baseline: risk parity, every 21 bars.
 */
#define PPO_BASELINE_RISK_PARITY 4

/**
 * Baseline: equal weight scaled to a volatility of 15%, cash for the rest, traded when exposure is off by more than
 * 0.1.
 */
#define PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT 5

/**
 * Version of this header, first number. Before 1.0, only libraries of the same minor version fit a program.
 */
#define PPO_VERSION_MAJOR 0

/**
 * Version of this header, second number.
 */
#define PPO_VERSION_MINOR 1

/**
 * Version of this header, third number.
 */
#define PPO_VERSION_PATCH 0

/**
 * Version of this header in one number that can be compared: major * 1,000,000 + minor * 1,000 + patch.
 */
#define PPO_VERSION_NUMBER 1000

/**
 * Feature bit: the trainer, and with it libtorch.
 */
#define PPO_FEATURE_TRAIN 1

/**
 * Log level: nothing.
 */
#define PPO_LOG_OFF 0

/**
 * Log level: defects of the library, and handles that were freed twice.
 */
#define PPO_LOG_ERROR 1

/**
 * Log level: what went on in another way than asked for.
 */
#define PPO_LOG_WARN 2

/**
 * Log level: milestones.
 */
#define PPO_LOG_INFO 3

/**
 * Log level: everything, among it the words of every failed call.
 */
#define PPO_LOG_DEBUG 4

/**
 * Which bar to look for: the first on the day or after it.
 */
#define PPO_BAR_AT_OR_AFTER 0

/**
 * Which bar to look for: the last on the day or before it.
 */
#define PPO_BAR_AT_OR_BEFORE 1

/**
 * State: everything within its limits.
 */
#define RISK_STATE_ACTIVE 0

/**
 * State: no exposure may grow, by drawdown or ppo_managed_halt.
 */
#define RISK_STATE_REDUCING 1

/**
 * State: to cash, until risk_manager_reset, or while ppo_managed_flatten lasts.
 */
#define RISK_STATE_HALTED 2

/**
 * Side of a hedge: none is held.
 */
#define RISK_HEDGE_NONE 0

/**
 * Side of a hedge: short, the net exposure is long.
 */
#define RISK_HEDGE_SELL 1

/**
 * Side of a hedge: long, the net exposure is short.
 */
#define RISK_HEDGE_BUY 2

/**
 * A reason's index where it is about the portfolio and no single asset or sector.
 */
#define RISK_NO_INDEX 4294967295

/**
 * The target is below an asset's minimum weight. Index: asset. Weights.
 */
#define RISK_REASON_ASSET_MINIMUM 1

/**
 * The target is above an asset's maximum weight. Index: asset. Weights.
 */
#define RISK_REASON_ASSET_MAXIMUM 2

/**
 * The sum of abs(weights), leverage, is above its maximum.
 */
#define RISK_REASON_GROSS_EXPOSURE 3

/**
 * The sum of weights is below its minimum.
 */
#define RISK_REASON_NET_MINIMUM 4

/**
 * The sum of weights is above its maximum.
 */
#define RISK_REASON_NET_MAXIMUM 5

/**
 * A sector's sum of weights is below its minimum. Index: sector.
 */
#define RISK_REASON_SECTOR_MINIMUM 6

/**
 * A sector's sum of weights is above its maximum. Index: sector.
 */
#define RISK_REASON_SECTOR_MAXIMUM 7

/**
 * Cash, 1 - sum of weights, is below its floor.
 */
#define RISK_REASON_CASH_FLOOR 8

/**
 * The one-way turnover to the target is above its maximum.
 */
#define RISK_REASON_TURNOVER 9

/**
 * The other limits cannot be met within the turnover allowed: they win, and this much is traded.
 */
#define RISK_REASON_TURNOVER_EXCEEDED 10

/**
 * Historical value at risk of one bar is above its maximum. Positive losses, fractions of equity.
 */
#define RISK_REASON_HISTORICAL_VALUE_AT_RISK 11

/**
 * Gaussian value at risk of one bar is above its maximum.
 */
#define RISK_REASON_GAUSSIAN_VALUE_AT_RISK 12

/**
 * Historical conditional value at risk of one bar is above its maximum.
 */
#define RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK 13

/**
 * Gaussian conditional value at risk of one bar is above its maximum.
 */
#define RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK 14

/**
 * Minimum weights keep a tail risk above its maximum: the least risky allowed portfolio is held.
 */
#define RISK_REASON_TAIL_RISK_EXCEEDED 15

/**
 * A state, a stop or a regime leaves no room for the minimums, which yield as far as needed to allow cash.
 */
#define RISK_REASON_MINIMUM_RELAXED 16

/**
 * The trade would be smaller than the band, and what is held is allowed: nothing is traded. Turnover.
 */
#define RISK_REASON_TRADE_BAND 17

/**
 * Drawdown has reached the threshold from which no exposure may grow.
 */
#define RISK_REASON_DRAWDOWN_REDUCE 30

/**
 * Drawdown has reached the stop: to cash until reset.
 */
#define RISK_REASON_DRAWDOWN_STOP 31

/**
 * No exposure may grow: the state is REDUCING. Found: drawdown; allowed: where it ends.
 */
#define RISK_REASON_REDUCING 32

/**
 * Everything to cash: the state is HALTED. Found: drawdown.
 */
#define RISK_REASON_HALTED 33

/**
 * An asset fell from its best price since entry by more than its stop. Index: asset. Fractions.
 */
#define RISK_REASON_ASSET_STOP 34

/**
 * An asset is still out after its stop. Index: asset. Found: bars since the stop; allowed: bars until re-entry.
 */
#define RISK_REASON_ASSET_STOPPED 35

/**
 * The state or a stop allows an asset no more than what is held, or nothing. Index: asset. Weights.
 */
#define RISK_REASON_EXPOSURE_BOUND 36

/**
 * An operator has halted the book: the target is what is held, and no exposure may grow.
 */
#define RISK_REASON_OPERATOR_HALT 37

/**
 * An operator has the book flattened: everything to cash.
 */
#define RISK_REASON_OPERATOR_FLATTEN 38

/**
 * Leverage from target and forecast volatility. Found: forecast; allowed: target. Annual.
 */
#define RISK_REASON_VOLATILITY_TARGET 50

/**
 * Volatility targeting asked for more than the maximum leverage.
 */
#define RISK_REASON_LEVERAGE_MAXIMUM 51

/**
 * Volatility targeting asked for less than the minimum leverage.
 */
#define RISK_REASON_LEVERAGE_MINIMUM 52

/**
 * Leverage was lowered because of the drawdown. Found: drawdown; allowed: the drawdown of no leverage at all.
 */
#define RISK_REASON_LEVERAGE_DRAWDOWN 53

/**
 * Leverage was lowered to the fractional Kelly leverage of the trend. Found: leverage before; allowed: after.
 */
#define RISK_REASON_LEVERAGE_TREND 54

/**
 * Leverage was scaled by the regime. Found: leverage before; allowed: after.
 */
#define RISK_REASON_LEVERAGE_REGIME 55

/**
 * Limits were scaled by the regime. Found: the most likely regime; allowed: the factor.
 */
#define RISK_REASON_LIMITS_REGIME 56

/**
 * The hedge was opened. Found: drawdown; allowed: the threshold.
 */
#define RISK_REASON_HEDGE_OPENED 70

/**
 * The hedge is kept. Found: drawdown; allowed: where it ends.
 */
#define RISK_REASON_HEDGE_KEPT 71

/**
 * The hedge was closed. Found: drawdown; allowed: where it ends.
 */
#define RISK_REASON_HEDGE_CLOSED 72

/**
 * The ATR size is below the target's. Index: asset. Units.
 */
#define RISK_REASON_POSITION_RISK 80

/**
 * The sum of open risk is above its maximum, and all positions were scaled. Fractions of equity.
 */
#define RISK_REASON_OPEN_RISK 81

/**
 * A position is above the hard maximum. Index: asset. Units.
 */
#define RISK_REASON_POSITION_MAXIMUM 82

/**
 * A position is below the smallest tradable one and was dropped. Index: asset. Units.
 */
#define RISK_REASON_POSITION_MINIMUM 83

/**
 * Not looked at: dynamic leverage, for want of bars. Found: bars seen; allowed: bars needed.
 */
#define RISK_REASON_SKIPPED_LEVERAGE 100

/**
 * Not looked at: value at risk, for want of history. Found: bars seen; allowed: bars needed.
 */
#define RISK_REASON_SKIPPED_TAIL_RISK 101

/**
 * Not looked at: an asset's ATR size, for want of bars. Index: asset. Found: bars seen; allowed: bars needed.
 */
#define RISK_REASON_SKIPPED_POSITION_SIZE 102

/**
 * The true range is that of closes alone: no high and low were given.
 */
#define RISK_REASON_CLOSE_ONLY_TRUE_RANGE 103

/**
 * Not looked at: the regime, for want of an observation. Found: bars seen.
 */
#define RISK_REASON_SKIPPED_REGIME 104

/**
 * Not looked at: trend, which was not given.
 */
#define RISK_REASON_SKIPPED_TREND 105

/**
 * Betas were not given: every asset counts as 1 in the hedge.
 */
#define RISK_REASON_HEDGE_WITHOUT_BETAS 106

/**
 * Not looked at: dynamic leverage, as the target would have earned the same on every bar seen. Found: its forecast
 * volatility, 0.
 */
#define RISK_REASON_FLAT_TARGET 107

/**
 * Not looked at: an asset's ATR size, as its price has not moved over the bars seen. Index: asset. Found: bars seen.
 */
#define RISK_REASON_FLAT_PRICE 108

/**
 * The call did what it says.
 */
#define PPO_OK 0

/**
 * A pointer is NULL where its function does not allow it.
 */
#define PPO_ERR_NULL_POINTER -1

/**
 * A value, a configuration or a text cannot be used; the message names it and says what was expected.
 */
#define PPO_ERR_INVALID_ARGUMENT -2

/**
 * An array has another length than the one the call needs.
 */
#define PPO_ERR_LENGTH -3

/**
 * A number is NaN or infinite; the message says which one.
 */
#define PPO_ERR_NOT_FINITE -4

/**
 * The caller's buffer is too small for what is to be copied out; the size needed was written.
 */
#define PPO_ERR_BUFFER_TOO_SMALL -5

/**
 * A pointer is no handle of the kind that the call needs, or one that was freed.
 */
#define PPO_ERR_WRONG_HANDLE -6

/**
 * An earlier call on this handle hit a defect of the library (PPO_ERR_PANIC): it can only be freed.
 */
#define PPO_ERR_POISONED -7

/**
 * A defect of the library was met and stopped at its border; please report the message. The handles of the call are
 * poisoned.
 */
#define PPO_ERR_PANIC -8

/**
 * The handle is in use by another call that may change it: another thread's, or one further down this stack.
 */
#define PPO_ERR_BUSY -9

/**
 * The operating system refused to read or write.
 */
#define PPO_ERR_IO -10

/**
 * A policy file (or its bytes) cannot be used: damaged, of another format, or not a policy.
 */
#define PPO_ERR_FILE -11

/**
 * A cell of a table file cannot be used; the message has its line and column.
 */
#define PPO_ERR_TABLE -12

/**
 * libtorch refused an operation.
 */
#define PPO_ERR_TORCH -13

/**
 * Training reached a state that it cannot continue from.
 */
#define PPO_ERR_TRAINING -14

/**
 * This library was built without the part that the call needs (see ppo_features).
 */
#define PPO_ERR_NOT_BUILT -15

/**
 * The call needs libtorch, in a process that was forked from one that had used it.
 */
#define PPO_ERR_FORKED -16

/**
 * The caller asked the call to stop.
 */
#define PPO_ERR_CANCELLED -17

/**
 * A struct has content that this library is too old to know, or a size that no version of it had.
 */
#define PPO_ERR_VERSION -18

/**
 * The time to wait ran out; nothing was lost, and waiting can go on.
 */
#define PPO_ERR_TIMEOUT -19

/**
 * A function of the host that the call had to call answered an error.
 */
#define PPO_ERR_CALLBACK -20

/**
 * The handle has not been given what the call needs yet, such as enough bars.
 */
#define PPO_ERR_NOT_READY -21

/**
 * There is not as much memory as the sizes that the caller chose ask for; nothing was changed.
 */
#define PPO_ERR_OUT_OF_MEMORY -22

/**
 * Device: CUDA where the library finds it, else the processor.
 */
#define PPO_DEVICE_AUTO 0

/**
 * Device: the processor.
 */
#define PPO_DEVICE_CPU 1

/**
 * Device: the first CUDA device; training is refused where there is none.
 */
#define PPO_DEVICE_CUDA 2

/**
 * Schedule: the setting stays.
 */
#define PPO_SCHEDULE_CONSTANT 0

/**
 * Schedule: the setting falls linearly to 0 at the last decision.
 */
#define PPO_SCHEDULE_LINEAR 1

/**
 * Reward: the net return less charges for volatility, drawdown and costs. With cash among the choices its best policy
 * is almost always all cash.
 */
#define PPO_REWARD_SHAPED 0

/**
 * Reward: ln(1 + net return).
 */
#define PPO_REWARD_LOG_RETURN 1

/**
 * Reward: constant relative risk aversion `reward_parameter`.
 */
#define PPO_REWARD_CRRA 2

/**
 * Reward: net return less half of `reward_parameter` times its square.
 */
#define PPO_REWARD_MEAN_VARIANCE 3

/**
 * Reward: the differential Sharpe ratio with the adaptation rate `reward_parameter`.
 */
#define PPO_REWARD_DIFFERENTIAL_SHARPE 4

/**
 * Control variate: nothing is taken out of the reward.
 */
#define PPO_CONTROL_VARIATE_NONE 0

/**
 * Control variate: the reward of the prior's own portfolio on the same returns is taken out.
 */
#define PPO_CONTROL_VARIATE_PRIOR_PATH 1

/**
 * Control variate: the reward that the deterministic action would have had is taken out. Not for a host's own
 * environment.
 */
#define PPO_CONTROL_VARIATE_SELF_CRITICAL 2

/**
 * State of a job: at work.
 */
#define PPO_JOB_RUNNING 0

/**
 * State of a job: all that was asked for is done.
 */
#define PPO_JOB_FINISHED 1

/**
 * State of a job: stopped by ppo_job_cancel or the progress function.
 */
#define PPO_JOB_CANCELLED 2

/**
 * State of a job: ended by an error, which ppo_job_wait answers.
 */
#define PPO_JOB_FAILED 3

/**
 * Time to wait, in milliseconds: until the job has ended.
 */
#define PPO_WAIT_FOREVER UINT32_MAX

/**
 * An agent: a policy that turns states into portfolio weights.
 */
typedef struct ppo_agent ppo_agent;

/**
 * What a portfolio did over prices: returns, weights, turnover, costs. It never changes.
 */
typedef struct ppo_backtest ppo_backtest;

/**
 * E environments over a market that step together and start the next episode by themselves. Episodes start all in
 * cash, at a bar drawn from each environment's own stream. It keeps what it needs: the handles it was made from may be
 * freed before it.
 */
typedef struct ppo_env ppo_env;

/**
 * A training call in the background, on a thread of its own.
 */
typedef struct ppo_job ppo_job;

/**
 * A policy at work on one portfolio, with a risk manager between its wish and the trade. At every close one call:
 * ppo_managed_decide, or ppo_managed_observe where nothing is to be decided. What the decision leaves is taken to be
 * traded at that same close, the sized positions where positions are sized, else the weights; ppo_managed_record_trade
 * says what was traded instead. The hedge is an overlay that the portfolio does not hold.
 *
 * A bar is taken in whole or not at all: after a call that failed, for whatever reason, the portfolio is as it was, and
 * the bar can be given again. Where bars have a time (`risk_market.time`), one that is no later than the last is refused.
 */
typedef struct ppo_managed ppo_managed;

/**
 * A market: prices, of which decisions may use a range of bars, or a simulation without end. It never changes.
 */
typedef struct ppo_market ppo_market;

/**
 * A policy at work on one portfolio. At every close: ppo_portfolio_push_prices, then, when a decision is due,
 * ppo_portfolio_rebalance. The target is taken to be traded at that same close, at the configured cost and under the
 * policy's trade band; ppo_portfolio_record_trade says what was traded instead. Until the next decision weights drift.
 * States, priors and weights are bit for bit those that the policy was trained on.
 */
typedef struct ppo_portfolio ppo_portfolio;

/**
 * A stream of random numbers (xoshiro256++). The same seed and index give the same numbers on every machine.
 */
typedef struct ppo_random ppo_random;

/**
 * A trainer: an agent, the optimiser that moves its weights, and where its experience comes from. It keeps what it
 * needs: the handles it was made from may be freed before it.
 */
typedef struct ppo_trainer ppo_trainer;

/**
 * Wilder's average true range of N assets, bar by bar.
 */
typedef struct risk_atr risk_atr;

/**
 * Follows equity, its peak and its drawdown, and the state that they lead to.
 */
typedef struct risk_drawdown risk_drawdown;

/**
 * An overlay that is opened in a drawdown and lowers the net exposure until it is over.
 */
typedef struct risk_hedge risk_hedge;

/**
 * What a portfolio may hold, and the last bars' returns that its tail risk is measured on.
 */
typedef struct risk_limits risk_limits;

/**
 * Turns wishes into decisions, bar by bar. It may be used from any thread, by one at a time.
 */
typedef struct risk_manager risk_manager;

/**
 * Performance so far of a series of returns, in the same time at every bar. It may be used from any thread, by one at
 * a time.
 */
typedef struct risk_performance risk_performance;

/**
 * Turns weights into units: no position larger than its average true range allows.
 */
typedef struct risk_positions risk_positions;

/**
 * Follows the probability of each regime of a hidden Markov model. It may be used from any thread, by one at a time.
 */
typedef struct risk_regime risk_regime;

/**
 * What a call answers: PPO_OK, or a negative number whose meaning never changes. A newer library may answer a number
 * that this header does not list; treat every negative one as a failure.
 */
typedef int32_t ppo_status;

/**
 * How a policy is made and trained. Fill it with ppo_config_init, then change what should differ. Later versions of
 * the library add fields at the end and keep taking the struct as it is here. Names and meanings are those of
 * Stable-Baselines3 where it has them. A decision is one environment's step.
 */
typedef struct ppo_config {
    /**
     * Size of the caller's struct in bytes: `sizeof(ppo_config)`. ppo_config_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Seed of every random draw: any number; default 0. The same seed gives the same numbers on any number of threads.
     */
    uint64_t seed;
    /**
     * Starting log standard deviation of a gaussian policy, in [-20, 20]; default -1.2.
     */
    double log_std_init;
    /**
     * Starting concentration kappa of a dirichlet policy, in [1.2e-38, 1e30]; default 20.
     */
    double kappa_init;
    /**
     * Decisions to take in all, over all environments, at least 1; default 300,000. Rounded up to whole rollouts of
     * n_envs * n_steps.
     */
    uint64_t total_steps;
    /**
     * Environments stepped side by side, 1 to 16,777,216; default 64.
     */
    uint64_t n_envs;
    /**
     * Steps that each environment takes before an update, 1 to 16,777,216; default 64. n_envs * n_steps is below 2^32.
     */
    uint64_t n_steps;
    /**
     * Samples in a minibatch, 2 to n_envs * n_steps; default 1024.
     */
    uint64_t batch_size;
    /**
     * Passes over a rollout, 1 to 16,777,216; default 4.
     */
    uint64_t n_epochs;
    /**
     * Threads for rollouts and gradients, 1 to 1024; default 1. The numbers do not depend on it.
     */
    uint32_t threads;
    /**
     * Where training calculates, a PPO_DEVICE_ number; default PPO_DEVICE_AUTO.
     */
    uint32_t device;
    /**
     * Adam's step size, in [1.2e-38, 1e30], as all that the network's 32-bit arithmetic reads; default 3e-4.
     */
    double learning_rate;
    /**
     * Discount per step, in [0, 1]; default 0.99.
     */
    double gamma;
    /**
     * Lambda of generalised advantage estimation, in [0, 1]; default 0.95.
     */
    double gae_lambda;
    /**
     * How far a probability ratio may move from 1 before its gradient stops, in [1.2e-38, 1e30]; default 0.2.
     */
    double clip_range;
    /**
     * How far a value may move before its gradient stops, in units of the scaled return, in [1.2e-38, 1e30]; default
     * 0: not clipped.
     */
    double clip_range_vf;
    /**
     * Weight of the entropy (nats) in the loss, 0 to 1e30; default 0.
     */
    double ent_coef;
    /**
     * Weight of the value losses in the loss, 0 to 1e30; default 0.5.
     */
    double vf_coef;
    /**
     * Largest norm of the gradient, in [1.2e-38, 1e30]; default 0.5.
     */
    double max_grad_norm;
    /**
     * Divergence (approximate KL, nats) at 1.5 times which an update's epochs end early, in [1.2e-38, 1e30]; default
     * 0: never.
     */
    double target_kl;
    /**
     * Adam's epsilon, in [1.2e-38, 1e30]; default 1e-5.
     */
    double adam_eps;
    /**
     * How learning_rate moves, a PPO_SCHEDULE_ number; default PPO_SCHEDULE_LINEAR.
     */
    uint32_t learning_rate_schedule;
    /**
     * How clip_range moves, a PPO_SCHEDULE_ number; default PPO_SCHEDULE_CONSTANT.
     */
    uint32_t clip_range_schedule;
    /**
     * Whether advantages are normalised in every minibatch, 0 or 1; default 1.
     */
    uint32_t normalize_advantage;
    /**
     * Whether states are normalised by running statistics that become part of the policy, 0 or 1; default 1.
     */
    uint32_t normalize_observation;
    /**
     * Whether rewards are divided by the running standard deviation of the discounted return, 0 or 1; default 1.
     */
    uint32_t normalize_reward;
    /**
     * What is rewarded, a PPO_REWARD_ number; default PPO_REWARD_SHAPED. Not for a host's own environment.
     */
    uint32_t reward;
    /**
     * What is taken out of the reward, a PPO_CONTROL_VARIATE_ number; default PPO_CONTROL_VARIATE_NONE.
     */
    uint32_t control_variate;
    /**
     * Has to be 0.
     */
    uint32_t reserved_2;
    /**
     * The reward's own number: risk aversion, at least 0 (PPO_REWARD_CRRA, PPO_REWARD_MEAN_VARIANCE; default 2), or
     * adaptation rate per bar, in (0, 1] (PPO_REWARD_DIFFERENTIAL_SHARPE). Others do not read it.
     */
    double reward_parameter;
    /**
     * Shaped reward: charge per unit of volatility (of the last 20 net returns, per bar), at least 0; default 0.1.
     */
    double shaped_volatility;
    /**
     * Shaped reward: charge per unit of drawdown, where that is beyond the threshold, at least 0; default 2.
     */
    double shaped_drawdown;
    /**
     * Shaped reward: drawdown (1 - value/peak) up to which nothing is charged, in [0, 1]; default 0.05.
     */
    double shaped_drawdown_threshold;
    /**
     * Shaped reward: charge per unit of cost over value, at least 0; default 10.
     */
    double shaped_cost;
    /**
     * Money at the start of an episode, all in cash, in the currency of the prices, above 0; default 100,000.
     */
    double balance;
    /**
     * Cost as a fraction of the traded notional of assets, in [0, 1); default 0.001, which is 0.1%.
     */
    double cost_rate;
    /**
     * Steps (bars) in an episode, at least 1; default 252. Fewer where the market is shorter.
     */
    uint64_t episode_len;
} ppo_config;

/**
 * What a portfolio earned, risked and paid over a back-test. Conventions of empyrical, 252 bars a year; a figure that is
 * not defined is NaN, and a series that is constant up to rounding has volatility 0 and no ratio.
 */
typedef struct ppo_backtest_summary {
    /**
     * Size of the caller's struct in bytes; ppo_backtest_summary_init writes it.
     */
    uint32_t struct_size;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Number of bars, T.
     */
    uint64_t bars;
    /**
     * Compound growth a year, net of costs.
     */
    double annual_return;
    /**
     * Annual standard deviation of the returns.
     */
    double volatility;
    /**
     * Annual Sharpe ratio of the returns over what cash earned in each bar.
     */
    double sharpe;
    /**
     * Annual Sortino ratio of the returns over what cash earned in each bar.
     */
    double sortino;
    /**
     * Largest drawdown, a positive fraction of the peak.
     */
    double max_drawdown;
    /**
     * Annual return over largest drawdown.
     */
    double calmar;
    /**
     * 5% value at risk of one bar, a positive loss.
     */
    double value_at_risk;
    /**
     * 5% conditional value at risk of one bar, a positive loss.
     */
    double conditional_value_at_risk;
    /**
     * One-way turnover a year.
     */
    double turnover;
    /**
     * Sum over bars of the fraction of value that costs took.
     */
    double costs_paid;
} ppo_backtest_summary;

/**
 * Sums over an episode that ended. The struct stays as it is: an array of them is written by ppo_env_take_episodes.
 */
typedef struct ppo_episode {
    /**
     * Sum of the rewards of the mode, before any control variate.
     */
    double reward_sum;
    /**
     * ln(final value / balance): minus infinity at ruin.
     */
    double log_growth;
    /**
     * Sum of the one-way turnovers of its steps.
     */
    double turnover;
    /**
     * Sum of the costs of its steps, each as a fraction of the value before its trade.
     */
    double cost;
    /**
     * Steps taken.
     */
    uint64_t steps;
} ppo_episode;

/**
 * Where a step writes: the caller's arrays, each NULL where it is not wanted. Fill it with ppo_env_outputs_init once,
 * set the arrays and their lengths, and hand it to every step. Outputs must not overlap.
 */
typedef struct ppo_env_outputs {
    /**
     * Size of the caller's struct in bytes: `sizeof(ppo_env_outputs)`. ppo_env_outputs_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Number of values in each array but the states: E.
     */
    uint64_t len;
    /**
     * Number of values in `states` and in `final_states`: E * S; not read where both are NULL.
     */
    uint64_t states_len;
    /**
     * Number of values in `prior`: E * A; not read where it is NULL.
     */
    uint64_t prior_len;
    /**
     * The rewards to learn from: raw, less the prior's portfolio's with PPO_CONTROL_VARIATE_PRIOR_PATH. [E]
     */
    double *rewards;
    /**
     * The rewards of the mode as they are. [E]
     */
    double *raw_rewards;
    /**
     * With PPO_CONTROL_VARIATE_SELF_CRITICAL the raw rewards of the deterministic actions in the same states on the
     * same returns; else 0. [E]
     */
    double *baseline_rewards;
    /**
     * Net simple returns of the portfolios. [E]
     */
    double *net_returns;
    /**
     * One-way turnovers of the trades: half the sum of the changes of weight over assets and cash. [E]
     */
    double *turnovers;
    /**
     * Costs of the trades as fractions of the values before them. [E]
     */
    double *costs;
    /**
     * 1 where a portfolio is ruined and nothing follows, else 0. [E]
     */
    uint8_t *terminated;
    /**
     * 1 where an episode or the prices ended, but would have gone on, else 0; never together with `terminated`. [E]
     */
    uint8_t *truncated;
    /**
     * What an agent sees next: after the end of an episode the first state of the next one. [E, S]
     */
    float *states;
    /**
     * The states in which episodes ended. Rows of environments whose episode goes on have no meaning. [E, S]
     */
    float *final_states;
    /**
     * The prior's weights beside `states`, as ppo_env_prior_weights gives them. [E, A]
     */
    double *prior;
} ppo_env_outputs;

/**
 * A function of the host that takes a line of the log: its level (PPO_LOG_ERROR to PPO_LOG_DEBUG), its text (UTF-8,
 * valid until the function returns), and the pointer given to ppo_set_log.
 *
 * It is called on whichever thread the library is working on, on several at the same time. It must neither throw nor
 * jump out. It may call any function of this library but ppo_set_log (answered PPO_ERR_BUSY); what those calls would
 * log is dropped.
 */
typedef void (*ppo_log_callback)(uint32_t level, const char *message, void *user);

/**
 * How a portfolio stands at a close, before what is traded at it. Fill it with ppo_account_init before its first use.
 */
typedef struct ppo_account {
    /**
     * Size of the caller's struct in bytes: `sizeof(ppo_account)`. ppo_account_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Money: assets and cash together.
     */
    double value;
    /**
     * Weight of cash.
     */
    double cash;
    /**
     * 1 - value/peak, in [0, 1].
     */
    double drawdown;
    /**
     * Standard deviation (ddof 0) of the last 20 net returns of the portfolio, per bar; 0 below two.
     */
    double volatility;
} ppo_account;

/**
 * A bar that just ended, as far as it is known. Fill it with risk_market_init. What is not given is estimated from
 * earlier bars where that is possible, and otherwise not looked at; the decision's reasons say which.
 */
typedef struct risk_market {
    /**
     * Size of the caller's struct in bytes; risk_market_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Closes of the assets, above 0: [closes_len].
     */
    const double *closes;
    /**
     * N.
     */
    size_t closes_len;
    /**
     * Highs around the closes: [highs_len]; NULL together with `lows`: the true range is that of closes.
     */
    const double *highs;
    /**
     * N, or 0 with NULL.
     */
    size_t highs_len;
    /**
     * Lows around the closes: [lows_len]; NULL together with `highs`.
     */
    const double *lows;
    /**
     * N, or 0 with NULL.
     */
    size_t lows_len;
    /**
     * Average true ranges, above 0, in the unit of the closes: [atr_len]; NULL: the manager's own.
     */
    const double *atr;
    /**
     * N, or 0 with NULL.
     */
    size_t atr_len;
    /**
     * Betas of the assets to the hedge instrument: [betas_len]; NULL: every asset counts as 1.
     */
    const double *betas;
    /**
     * N, or 0 with NULL.
     */
    size_t betas_len;
    /**
     * What the regimes are told apart by: [observation_len]; NULL: none.
     */
    const double *observation;
    /**
     * The length that risk_manager_counts gives, or 0 with NULL.
     */
    size_t observation_len;
    /**
     * Forecast volatility of the target before leverage, annual, above 0; default NaN: the manager's own.
     */
    double volatility;
    /**
     * Expected return of the target before leverage, annual; default NaN: not given.
     */
    double trend;
    /**
     * When the bar closed, in nanoseconds since 1970-01-01 UTC; default 0: not given. A bar that is no later than the
     * last one that had a time is refused (PPO_ERR_INVALID_ARGUMENT, with both), so that none counts twice; one without
     * a time is not compared.
     */
    int64_t time;
} risk_market;

/**
 * One thing that shaped a decision, or that was not looked at (codes from 100 on).
 */
typedef struct risk_reason {
    /**
     * A RISK_REASON_ number.
     */
    uint32_t code;
    /**
     * The asset or sector that it is about, from 0; RISK_NO_INDEX where it is about the portfolio.
     */
    uint32_t index;
    /**
     * The number found, in the unit of the code; NaN where there is none.
     */
    double found;
    /**
     * The number allowed or aimed at, in the same unit; NaN where there is none.
     */
    double allowed;
} risk_reason;

/**
 * A decision. Fill it with risk_decision_init, and set the arrays that risk_manage is to write to: it writes to them
 * and to everything after `reasons_capacity`.
 */
typedef struct risk_decision {
    /**
     * Size of the caller's struct in bytes; risk_decision_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Place for the weights to trade to at this close: [weights_len]. Negative is short. Not NULL.
     */
    double *weights;
    /**
     * N.
     */
    size_t weights_len;
    /**
     * Place for the units to hold, signed as the weight, NaN where positions are not sized: [units_len]; may be NULL.
     */
    double *units;
    /**
     * N, or 0 with NULL.
     */
    size_t units_len;
    /**
     * Place for the prices at which to get out, NaN where there is none: [stops_len]; may be NULL.
     */
    double *stops;
    /**
     * N, or 0 with NULL.
     */
    size_t stops_len;
    /**
     * Place for the reasons, in the order of the decision: [reasons_capacity]; may be NULL.
     */
    struct risk_reason *reasons;
    /**
     * Reasons that there is room for, or 0 with NULL. What is beyond it is left out.
     */
    size_t reasons_capacity;
    /**
     * Reasons that the decision has: more than `reasons_capacity` where some were left out.
     */
    size_t reasons_len;
    /**
     * The state it was taken in, a RISK_STATE_ number.
     */
    uint32_t state;
    /**
     * Whether the hedge is open, 0 or 1.
     */
    uint32_t hedge_active;
    /**
     * Side of the hedge position, a RISK_HEDGE_ number.
     */
    uint32_t hedge_side;
    /**
     * 0.
     */
    uint32_t reserved_2;
    /**
     * Cash at the weights; negative where money is borrowed.
     */
    double cash;
    /**
     * Sum of abs(weights): leverage as held.
     */
    double gross;
    /**
     * Sum of weights.
     */
    double net;
    /**
     * One-way turnover from the current weights.
     */
    double turnover;
    /**
     * Factor that the target was multiplied by before the limits.
     */
    double leverage;
    /**
     * Forecast volatility of the target before leverage, annual; NaN where there is none.
     */
    double volatility;
    /**
     * Drawdown that it was taken at, in [0, 1].
     */
    double drawdown;
    /**
     * Size of the hedge position in money, 0 or more. The hedge is not part of the weights.
     */
    double hedge_notional;
    /**
     * Net exposure that is hedged, as a signed part of equity.
     */
    double hedge_net;
    /**
     * Part of the net exposure that is hedged; 0 while closed.
     */
    double hedge_ratio;
} risk_decision;

/**
 * Prices for ppo_market_from_prices: T bars of N assets. Fill it with ppo_prices_init, then set `bars`, `assets`,
 * `closes` and what else there is. Arrays are row-major, a row for each bar, and are copied.
 */
typedef struct ppo_prices {
    /**
     * Size of the caller's struct in bytes: `sizeof(ppo_prices)`. ppo_prices_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Number of bars, T: at least 2.
     */
    uint64_t bars;
    /**
     * Number of assets, N: at least 1.
     */
    uint64_t assets;
    /**
     * Number of columns of the host's own that a policy sees at each close, K; default 0.
     */
    uint64_t columns;
    /**
     * Closes, finite and above 0: [T, N].
     */
    const double *closes;
    /**
     * Names of the assets, distinct and not empty: [N]. NULL calls them A0, A1, ..., and lets policies with any names
     * take them in their order.
     */
    const char *const *asset_names;
    /**
     * Date of each bar in days since 1970-01-01, strictly increasing: [T]. NULL makes the bars the days from Monday,
     * 2000-01-03 on that are not a Saturday or Sunday.
     */
    const int32_t *dates;
    /**
     * Opens, finite and above 0: [T, N]; may be NULL.
     */
    const double *opens;
    /**
     * Highs, finite and at least the closes (8 roundings below one are taken as the close): [T, N]; may be NULL.
     */
    const double *highs;
    /**
     * Lows, finite, above 0 and at most the closes (8 roundings above one are taken as the close): [T, N]; may be NULL.
     */
    const double *lows;
    /**
     * Units traded, finite and at least 0: [T, N]; may be NULL.
     */
    const double *volumes;
    /**
     * Annual rate of cash over the bar that begins at each close, above -1 (0.02 is 2%): [T]; may be NULL.
     */
    const double *cash_rates;
    /**
     * Annual rate of cash at every bar, above -1; default NaN: not given. With neither, cash earns nothing.
     */
    double cash_rate;
    /**
     * Names of the columns, distinct, not empty and not those of assets: [K]. NULL calls them C0, C1, ..., and lets
     * policies with any names take them in their order.
     */
    const char *const *column_names;
    /**
     * The columns, finite: [T, K]; NULL where K is 0.
     */
    const double *signals;
    /**
     * Weights for a policy with the prior `supplied` to depart from at each close, assets then cash, each at least 0,
     * rows summing to 1 within 1e-6: [T, N + 1]; may be NULL.
     */
    const double *prior;
} ppo_prices;

/**
 * Measures relative to a benchmark, NaN where one is not defined. Fill it with risk_benchmark_metrics_init.
 */
typedef struct risk_benchmark_metrics {
    /**
     * Size of the caller's struct in bytes; risk_benchmark_metrics_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Slope of the returns on the benchmark's.
     */
    double beta;
    /**
     * Annual return that beta does not explain.
     */
    double alpha;
    /**
     * Beta over the bars in which the benchmark rose.
     */
    double up_beta;
    /**
     * Alpha over the bars in which the benchmark rose.
     */
    double up_alpha;
    /**
     * Beta over the bars in which the benchmark fell.
     */
    double down_beta;
    /**
     * Alpha over the bars in which the benchmark fell.
     */
    double down_alpha;
    /**
     * Annual return over the benchmark's; infinite where that is 0.
     */
    double capture;
    /**
     * Capture over the bars in which the benchmark rose.
     */
    double up_capture;
    /**
     * Capture over the bars in which the benchmark fell.
     */
    double down_capture;
    /**
     * Up capture over down capture.
     */
    double up_down_capture;
    /**
     * Mean active return over its standard deviation, per bar: times the root of bars per year for a year.
     */
    double information_ratio;
    /**
     * Part of the bars in which the returns were above the benchmark's.
     */
    double batting;
    /**
     * Of the bars in which the benchmark did not fall.
     */
    double up_batting;
    /**
     * Of the bars in which the benchmark fell.
     */
    double down_batting;
    /**
     * Taleb's fragility heuristic; negative: fragile.
     */
    double beta_fragility;
} risk_benchmark_metrics;

/**
 * What measures are relative to. Fill it with risk_conventions_init. Rates are simple returns of one bar.
 */
typedef struct risk_conventions {
    /**
     * Size of the caller's struct in bytes; risk_conventions_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Bars in a year, above 0; default 252.
     */
    double bars_per_year;
    /**
     * Risk-free return of one bar; default 0. Sharpe, omega and alpha use it.
     */
    double risk_free;
    /**
     * Required return of one bar; default 0. Sortino, downside risk and omega use it.
     */
    double required_return;
    /**
     * Part of the bars in the tail of value at risk, in [0, 1]; default 0.05.
     */
    double tail;
} risk_conventions;

/**
 * The portfolio at the close. Fill it with risk_portfolio_init.
 */
typedef struct risk_portfolio {
    /**
     * Size of the caller's struct in bytes; risk_portfolio_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Weights wished for: [target_len]. Cash is the rest; negative is short; at most 1e6 in size.
     */
    const double *target;
    /**
     * N.
     */
    size_t target_len;
    /**
     * Weights held now, after the bar's drift: [current_len]. At most 100 in size.
     */
    const double *current;
    /**
     * N.
     */
    size_t current_len;
    /**
     * What the portfolio is worth, money above 0; default 0, which is refused.
     */
    double equity;
    /**
     * 1 - equity/peak, in [0, 1]; default NaN: the manager follows the peak of the equities that it is shown.
     */
    double drawdown;
} risk_portfolio;

/**
 * The hedge position to hold after a bar; a position, not a change of one. Fill it with risk_hedge_position_init.
 */
typedef struct risk_hedge_position {
    /**
     * Size of the caller's struct in bytes; risk_hedge_position_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Whether the hedge is open, 0 or 1.
     */
    uint32_t active;
    /**
     * Side of the position, opposite to the net exposure: a RISK_HEDGE_ number.
     */
    uint32_t side;
    /**
     * Size of the position in money, 0 or more: ratio * abs(net) * equity.
     */
    double notional;
    /**
     * Net exposure that is hedged, as a signed part of equity: the sum of weights, or of beta * weight.
     */
    double net;
    /**
     * Part of the net exposure that is hedged; 0 while closed.
     */
    double ratio;
} risk_hedge_position;

/**
 * Kelly weights from a history, what they rest on, and how far they can be trusted. Fill it with
 * risk_kelly_estimate_init, and set the arrays that risk_kelly_from_returns is to write to.
 */
typedef struct risk_kelly_estimate {
    /**
     * Size of the caller's struct in bytes; risk_kelly_estimate_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Place for the weights under the caps, the fraction applied: [weights_len]. Cash is the rest. Not NULL.
     */
    double *weights;
    /**
     * N.
     */
    size_t weights_len;
    /**
     * Place for the standard errors of `weights`, 0 where a cap or 0 holds: [standard_errors_len]; may be NULL.
     */
    double *standard_errors;
    /**
     * N, or 0 with NULL.
     */
    size_t standard_errors_len;
    /**
     * Place for the weights without any cap, the fraction applied: [unconstrained_len]; may be NULL.
     */
    double *unconstrained;
    /**
     * N, or 0 with NULL.
     */
    size_t unconstrained_len;
    /**
     * Place for the standard errors of `unconstrained`: [unconstrained_standard_errors_len]; may be NULL.
     */
    double *unconstrained_standard_errors;
    /**
     * N, or 0 with NULL.
     */
    size_t unconstrained_standard_errors_len;
    /**
     * Place for the expected returns above cash per bar, shrunk by Bayes-Stein: [excess_len]; may be NULL.
     */
    double *excess;
    /**
     * N, or 0 with NULL.
     */
    size_t excess_len;
    /**
     * Shrinkage of the means, in (0, 1]: 1 where the history says nothing about their differences.
     */
    double mean_shrinkage;
    /**
     * Shrinkage of the covariance (Ledoit-Wolf), in [0, 1].
     */
    double covariance_shrinkage;
} risk_kelly_estimate;

/**
 * Measures of a series of simple returns, NaN where one is not defined. Fill it with risk_metrics_init. Annual figures
 * are fractions; losses and drawdowns are positive.
 */
typedef struct risk_metrics {
    /**
     * Size of the caller's struct in bytes; risk_metrics_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Growth over all bars.
     */
    double total_return;
    /**
     * Compound growth per year.
     */
    double annual_return;
    /**
     * Annual standard deviation.
     */
    double annual_volatility;
    /**
     * Annual Sharpe ratio.
     */
    double sharpe;
    /**
     * Annual Sortino ratio; infinite without a loss.
     */
    double sortino;
    /**
     * Annual root mean square of what returns fall short of the required one.
     */
    double downside_risk;
    /**
     * Largest fall from the running peak, a fraction of it.
     */
    double max_drawdown;
    /**
     * Annual return over the largest drawdown.
     */
    double calmar;
    /**
     * Sum of gains over sum of losses.
     */
    double omega;
    /**
     * Loss of one bar that the tail exceeds; NaN where a return is unknown.
     */
    double value_at_risk;
    /**
     * Mean loss of one bar in the tail.
     */
    double conditional_value_at_risk;
    /**
     * R squared of a straight line through cumulative log returns.
     */
    double stability;
    /**
     * Size of the 95% quantile over the size of the 5% quantile.
     */
    double tail_ratio;
    /**
     * Skewness; NaN where a return is unknown.
     */
    double skewness;
    /**
     * Excess kurtosis; NaN where a return is unknown.
     */
    double kurtosis;
} risk_metrics;

/**
 * One time under water. Points are places in the equity given, from 0.
 */
typedef struct risk_drawdown_period {
    /**
     * Largest fall from the peak, a positive fraction of it.
     */
    double depth;
    /**
     * Point of the peak.
     */
    uint64_t peak;
    /**
     * Point of the lowest value, the first among equals.
     */
    uint64_t valley;
    /**
     * First point that is back at the peak or above it; 0 while still under water.
     */
    uint64_t recovery;
} risk_drawdown_period;

/**
 * Performance so far, NaN where a figure is not defined. Fill it with risk_performance_figures_init. The figures are
 * those of risk_metrics up to rounding.
 */
typedef struct risk_performance_figures {
    /**
     * Size of the caller's struct in bytes; risk_performance_figures_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Bars seen, those of unknown return among them.
     */
    uint64_t bars;
    /**
     * Equity, 1 at the start.
     */
    double equity;
    /**
     * Highest equity so far, the start included.
     */
    double peak;
    /**
     * Fall from the peak now, a positive fraction of it.
     */
    double drawdown;
    /**
     * Largest drawdown so far.
     */
    double max_drawdown;
    /**
     * Mean return of one bar.
     */
    double mean;
    /**
     * Growth over all bars.
     */
    double total_return;
    /**
     * Compound growth per year.
     */
    double annual_return;
    /**
     * Annual standard deviation.
     */
    double annual_volatility;
    /**
     * Annual Sharpe ratio.
     */
    double sharpe;
    /**
     * Annual Sortino ratio; infinite without a loss.
     */
    double sortino;
    /**
     * Annual root mean square of what returns fall short of the required one.
     */
    double downside_risk;
    /**
     * Annual return over the largest drawdown.
     */
    double calmar;
} risk_performance_figures;

/**
 * Tail measures of a portfolio over one bar: positive losses, fractions of equity. Fill it with risk_tail_risk_init.
 */
typedef struct risk_tail_risk {
    /**
     * Size of the caller's struct in bytes; risk_tail_risk_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Mean return.
     */
    double mean;
    /**
     * Standard deviation of the return.
     */
    double deviation;
    /**
     * Loss that 1 - level of the scenarios exceed.
     */
    double historical_value_at_risk;
    /**
     * Mean loss of the worst 1 - level of the scenarios.
     */
    double historical_conditional_value_at_risk;
    /**
     * The same two, of a normal distribution with this mean and deviation.
     */
    double gaussian_value_at_risk;
    /**
     * Its conditional value at risk.
     */
    double gaussian_conditional_value_at_risk;
} risk_tail_risk;

/**
 * A GARCH(1,1) that was fitted to returns around a constant mean. Fill it with risk_garch_fit_init.
 */
typedef struct risk_garch_fit {
    /**
     * Size of the caller's struct in bytes; risk_garch_fit_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Constant part of the variance of a bar, above 0.
     */
    double omega;
    /**
     * Weight of the last squared residual, 0 or more.
     */
    double alpha;
    /**
     * Weight of the last variance, 0 or more; alpha + beta is below 1.
     */
    double beta;
    /**
     * Mean return of a bar.
     */
    double mean;
    /**
     * Gaussian log-likelihood reached.
     */
    double log_likelihood;
    /**
     * Variance forecast for the bar after the last one.
     */
    double next_variance;
} risk_garch_fit;

/**
 * Starts an episode of one of the host's environments.
 *
 * `user` is ppo_host_environment's; `env` is the environment's number, from 0; `seed` differs from episode to episode
 * and is the same whenever a run is repeated. `state` [state_len = S] gets the first state, not normalised and finite;
 * `prior` [prior_len] the prior's weights there (assets, then cash, at least 0), where the agent's policy has a prior:
 * otherwise it is NULL and `prior_len` 0.
 *
 * Answers 0, or any other number to end the training call with PPO_ERR_CALLBACK. It must neither throw nor jump out.
 * It may call any function of this library; those that work on the trainer answer PPO_ERR_BUSY.
 */
typedef int32_t (*ppo_host_reset)(void *user,
                                  size_t env,
                                  uint64_t seed,
                                  float *state,
                                  size_t state_len,
                                  double *prior,
                                  size_t prior_len);

/**
 * What a step of a host's environment came to.
 */
typedef struct ppo_host_result {
    /**
     * The reward to learn from, finite.
     */
    double reward;
    /**
     * 1 where nothing follows (ruin, say): the future is worth nothing. Else 0.
     */
    uint32_t terminated;
    /**
     * 1 where the episode is cut off here and would have gone on. Else 0; never together with `terminated`.
     */
    uint32_t truncated;
} ppo_host_result;

/**
 * Takes one step in one of the host's environments.
 *
 * `weights` [weights_len = A] holds the target weights, within the caps and floors of the agent's spec: assets, then
 * cash where the policy may hold it. `state` and `prior` get what follows the step, as in ppo_host_reset: at the end of
 * an episode its final state; the reset comes next. `result` gets the reward and whether the episode ended; its fields
 * are 0 before the call.
 *
 * Answers as ppo_host_reset.
 */
typedef int32_t (*ppo_host_step)(void *user,
                                 size_t env,
                                 const double *weights,
                                 size_t weights_len,
                                 float *state,
                                 size_t state_len,
                                 double *prior,
                                 size_t prior_len,
                                 struct ppo_host_result *result);

/**
 * The functions of a host's environment. Fill it with ppo_host_environment_init, then set both.
 */
typedef struct ppo_host_environment {
    /**
     * Size of the caller's struct in bytes; ppo_host_environment_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Handed to the functions; may be NULL. Has to live as long as a trainer, or a job on it, that was made with it.
     */
    void *user;
    /**
     * Starts an episode.
     */
    ppo_host_reset reset;
    /**
     * Takes a step.
     */
    ppo_host_step step;
} ppo_host_environment;

/**
 * Figures of one update of the policy. Names are Stable-Baselines3's where it has them.
 */
typedef struct ppo_metrics {
    /**
     * Size of the struct in bytes: of the caller's, set by ppo_metrics_init, or of the library's where the library
     * hands one out.
     */
    uint32_t struct_size;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Number of the update, from 1; 0 before the first.
     */
    uint64_t update;
    /**
     * Decisions taken so far, over all environments.
     */
    uint64_t env_steps;
    /**
     * Episodes that have ended so far.
     */
    uint64_t episodes;
    /**
     * Minibatches of this update whose loss or gradient was not finite: they were not applied.
     */
    uint64_t skipped_minibatches;
    /**
     * Decisions a second since this trainer began in this process, rollout and update counted.
     */
    double env_steps_per_s;
    /**
     * Mean over the episodes that ended in this rollout of their sum of rewards; NaN where none ended.
     */
    double episode_reward;
    /**
     * Mean over the same episodes of ln(final value / initial value); NaN where none ended, and for a host's
     * environments.
     */
    double episode_log_growth;
    /**
     * Mean over the same episodes of the one-way turnover of a step; NaN as above.
     */
    double episode_turnover;
    /**
     * Adam's step size.
     */
    double learning_rate;
    /**
     * Mean clipped surrogate loss over all minibatches.
     */
    double policy_gradient_loss;
    /**
     * Mean squared error of the value.
     */
    double value_loss;
    /**
     * Minus the mean entropy of the action distribution.
     */
    double entropy_loss;
    /**
     * Mean over minibatches of the estimated divergence of the new policy from the one that acted.
     */
    double approx_kl;
    /**
     * Share of samples whose probability ratio left the clip range.
     */
    double clip_fraction;
    /**
     * 1 - Var(returns - values)/Var(returns) of the rollout, before the update; NaN where returns do not vary.
     */
    double explained_variance;
    /**
     * Mean standard deviation of the gaussian's scores, or the dirichlet's concentration.
     */
    double std;
    /**
     * Norm of the gradient before clipping, mean over minibatches.
     */
    double grad_norm;
} ppo_metrics;

/**
 * A function of the host that hears of every update, once the agent has its policy: the update's figures (the
 * library's struct, valid until the function returns) and the pointer given with it.
 *
 * Answers 0 to go on, a positive number to stop (the training call then answers PPO_ERR_CANCELLED), a negative one for
 * an error of its own (PPO_ERR_CALLBACK). It is called on the thread that trains. It must neither throw nor jump out.
 * It may call any function of this library; those that work on the trainer answer PPO_ERR_BUSY.
 */
typedef int32_t (*ppo_progress_callback)(const struct ppo_metrics *metrics, void *user);

/**
 * How a call trains. Fill it with ppo_train_options_init, then change what should differ.
 */
typedef struct ppo_train_options {
    /**
     * Size of the caller's struct in bytes; ppo_train_options_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Hears of every update and may stop; default NULL.
     */
    ppo_progress_callback progress;
    /**
     * Handed to `progress`; may be NULL. For a job it has to live until the job has ended.
     */
    void *user;
    /**
     * File that a checkpoint is written to when the call ends, also where it was stopped; default NULL: none. On Unix
     * any bytes, elsewhere UTF-8.
     */
    const char *checkpoint_path;
    /**
     * Updates after which a checkpoint is written besides; default 0: only at the end.
     */
    uint64_t checkpoint_interval;
    /**
     * Most updates of this call; default 0: until the configuration's steps are taken.
     */
    uint64_t most_updates;
} ppo_train_options;

/**
 * One decision of a live agent and what came of it. Fill it with ppo_transition_init, then set every field but those
 * that say otherwise.
 */
typedef struct ppo_transition {
    /**
     * Size of the caller's struct in bytes; ppo_transition_init writes it.
     */
    uint32_t struct_size;
    /**
     * Has to be 0.
     */
    uint32_t reserved;
    /**
     * Which sequence it continues, from 0, below `n_envs`: one for each account or market. The transitions of a
     * sequence come in the order of time, none left out.
     */
    uint64_t env;
    /**
     * State that the decision was taken in, as ppo_sample_action was given it: [state_len].
     */
    const float *state;
    /**
     * S.
     */
    size_t state_len;
    /**
     * Prior's weights there, as ppo_sample_action was given them: [prior_len]; NULL where the policy has no prior.
     */
    const double *prior;
    /**
     * A, or 0 with NULL.
     */
    size_t prior_len;
    /**
     * The action, as ppo_sample_action wrote it: [action_len].
     */
    const float *action;
    /**
     * A.
     */
    size_t action_len;
    /**
     * State that it led to, at the end of an episode its final one: [next_state_len]. May be NULL where `terminated`.
     */
    const float *next_state;
    /**
     * S, or 0 with NULL.
     */
    size_t next_state_len;
    /**
     * Log-probability density of the action, as ppo_sample_action wrote it; default NaN: the agent's policy of now is
     * asked, which is right as long as no update lies between the decision and this call.
     */
    double log_prob;
    /**
     * The reward, finite.
     */
    double reward;
    /**
     * 1 where nothing follows: the future is worth nothing; default 0.
     */
    uint32_t terminated;
    /**
     * 1 where the episode was cut off and would have gone on; default 0. Never together with `terminated`.
     */
    uint32_t truncated;
} ppo_transition;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Makes an agent with an untrained policy, whose provenance holds the seed. Works without libtorch.
 *
 * \param spec_json  what the policy is, as ppo_agent_spec_json writes it: names of the assets, layout of the state,
 *                   meaning of the action, shape of the network (docs/c_api.md has an example)
 * \param config     how it starts (seed, log_std_init, kappa_init); NULL for the defaults
 * \param agent      gets the agent, which is the caller's to free with ppo_agent_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that
 * cannot be used; PPO_ERR_VERSION for a `config` that this library is too old for.
 */
ppo_status ppo_agent_new(const char *spec_json,
                         const struct ppo_config *config,
                         struct ppo_agent **agent);

/**
 * Loads an agent from a policy file or a checkpoint (of which the policy alone is taken).
 *
 * \param path   the file; on Unix any bytes, elsewhere UTF-8
 * \param agent  gets the agent, which is the caller's to free with ppo_agent_free
 *
 * The file may come from anywhere: it is checked before it is believed. Any thread; allocates. PPO_ERR_NULL_POINTER,
 * PPO_ERR_INVALID_ARGUMENT (an empty path), PPO_ERR_IO (cannot be read), PPO_ERR_FILE (cannot be used).
 */
ppo_status ppo_load(const char *path,
                    struct ppo_agent **agent);

/**
 * Loads an agent from the bytes of a policy file: as ppo_load.
 *
 * \param bytes  the file's content: [len]; not kept
 * \param len    number of bytes
 * \param agent  gets the agent, which is the caller's to free with ppo_agent_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_FILE.
 */
ppo_status ppo_load_bytes(const uint8_t *bytes, size_t len, struct ppo_agent **agent);

/**
 * Saves an agent's policy to a file, which is there whole afterwards or, on an error, as it was before. The same
 * policy gives the same bytes.
 *
 * \param agent  the agent
 * \param path   the file; on Unix any bytes, elsewhere UTF-8
 *
 * Any number of threads on one agent; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_INVALID_ARGUMENT (an empty path), PPO_ERR_IO.
 */
ppo_status ppo_save(const struct ppo_agent *agent,
                    const char *path);

/**
 * Copies out the bytes that ppo_save writes.
 *
 * \param agent     the agent
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not
 *
 * Any number of threads on one agent; allocates. PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written),
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_save_bytes(const struct ppo_agent *agent, uint8_t *buffer, size_t capacity, size_t *needed);

/**
 * Makes a second agent with the policy that the first one has now. Both share the weights in memory; each is freed by
 * itself, and in either order. Training the one does not change the other.
 *
 * \param agent  the agent
 * \param clone  gets the new agent, which is the caller's to free with ppo_agent_free
 *
 * Any number of threads on one agent; allocates a little. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_agent_clone(const struct ppo_agent *agent,
                           struct ppo_agent **clone);

/**
 * Chooses how exactly an agent keeps its network's weights: the policy that it has now, those that training gives it,
 * and those of agents cloned from it and portfolios made with it from now on. With bf16 a decision reads half as much
 * memory, and target weights move a little (docs/c_api.md has measured how much). Saved files, and training, have the
 * weights as they were trained in either case.
 *
 * \param agent      the agent
 * \param precision  a PPO_PRECISION_ number; new agents have PPO_PRECISION_F32
 *
 * Any number of threads on one agent; decisions under way end with what they began with. Allocates a copy of the
 * policy, which is not shared with other agents any more. PPO_ERR_NULL_POINTER, PPO_ERR_INVALID_ARGUMENT,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_agent_set_precision(const struct ppo_agent *agent,
                                   uint32_t precision);

/**
 * How exactly an agent keeps its network's weights: what ppo_agent_set_precision chose, for it or for the agent that it
 * was cloned from.
 *
 * \param agent      the agent
 * \param precision  gets a PPO_PRECISION_ number
 *
 * Any number of threads on one agent; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_agent_precision(const struct ppo_agent *agent,
                               uint32_t *precision);

/**
 * Frees an agent. NULL is fine. An agent that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses this handle.
 */
void ppo_agent_free(struct ppo_agent *agent);

/**
 * Copies out the words of the last failed call on an agent, whichever thread made it: as ppo_last_error.
 *
 * \param agent     the agent; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any number of threads on one agent. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_agent_last_error(const struct ppo_agent *agent,
                                char *buffer,
                                size_t capacity,
                                size_t *needed);

/**
 * Number of assets, N.
 *
 * \param agent  the agent
 * \param count  gets the number, at least 1
 *
 * Any number of threads on one agent; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_agent_asset_count(const struct ppo_agent *agent, size_t *count);

/**
 * Number of weights that a decision has, A: one for each asset and then, where the policy may hold cash, one for it.
 *
 * \param agent  the agent
 * \param len    gets the number, at least 2
 *
 * Any number of threads on one agent; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_agent_action_len(const struct ppo_agent *agent,
                                size_t *len);

/**
 * Number of values in a state, S: current weights [N], last simple returns [N], rolling volatility [N], cash ratio
 * [1], then, where the spec has them, account [2] (drawdown, volatility of the last 20 portfolio returns) and the
 * host's columns [K].
 *
 * \param agent  the agent
 * \param len    gets the number, at least 4
 *
 * Any number of threads on one agent; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_agent_state_len(const struct ppo_agent *agent,
                               size_t *len);

/**
 * Number of prior weights that every decision needs: A where the policy corrects a prior, 0 where it has none.
 *
 * \param agent  the agent
 * \param len    gets the number
 *
 * Any number of threads on one agent; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_agent_prior_len(const struct ppo_agent *agent,
                               size_t *len);

/**
 * Copies out the name of an asset.
 *
 * \param agent     the agent
 * \param index     which, from 0, in the order of the weights
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any number of threads on one agent. PPO_ERR_INVALID_ARGUMENT for an index beyond the assets;
 * PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written), PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_agent_asset_name(const struct ppo_agent *agent,
                                size_t index,
                                char *buffer,
                                size_t capacity,
                                size_t *needed);

/**
 * Copies out what the policy is, as JSON: names of the assets, layout of the state, meaning of the action, shape of
 * the network. ppo_agent_new takes it back.
 *
 * \param agent     the agent
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any number of threads on one agent; allocates. PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written),
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_agent_spec_json(const struct ppo_agent *agent,
                               char *buffer,
                               size_t capacity,
                               size_t *needed);

/**
 * Copies out how the policy came to be, as JSON: whatever its trainer wrote (configuration, data, seed, figures).
 *
 * \param agent     the agent
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any number of threads on one agent; allocates. PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written),
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_agent_provenance_json(const struct ppo_agent *agent,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *needed);

/**
 * Decides: the deterministic target weights in a state. For the order path: it allocates nothing, takes no lock and
 * needs no libtorch, and the same input gives the same bits on every call.
 *
 * \param agent        the agent
 * \param state        the state at this close, not normalised (ppo_agent_state_len has its layout): [state_len]
 * \param state_len    S
 * \param prior        weights of the policy's prior at this close, at least 0, assets and then cash: [prior_len];
 *                     NULL where the policy has no prior
 * \param prior_len    ppo_agent_prior_len: A, or 0 with NULL
 * \param weights_out  gets the target weights, at least 0, summing to 1, within the spec's cap and floor: assets in
 *                     the order of their names, then cash where the policy may hold it: [weights_len]; shares no
 *                     memory with the inputs
 * \param weights_len  A
 *
 * Any number of threads on one agent; more than 32 in the same instant allocate. PPO_ERR_NULL_POINTER,
 * PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT (a negative prior, a prior that the policy does not
 * have, memory that is shared), PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_select_action(const struct ppo_agent *agent,
                             const float *state,
                             size_t state_len,
                             const double *prior,
                             size_t prior_len,
                             double *weights_out,
                             size_t weights_len);

/**
 * Decides, and has an answer when a feed breaks: as ppo_select_action, but where the state or the prior holds NaN or an
 * infinity, or the network's scores overflow, `weights_out` gets the host's own weights, such as all cash or what is
 * held now, and `fell_back` says so.
 *
 * \param agent         the agent
 * \param state         as for ppo_select_action, but may hold NaN and infinities: [state_len]
 * \param state_len     S
 * \param prior         as for ppo_select_action, but may hold NaN and infinities: [prior_len]
 * \param prior_len     A, or 0 with NULL
 * \param fallback      the weights to fall back on, each in [0, 1], summing to 1 to within 1e-6; copied as they are,
 *                      also beyond the spec's cap and floor: [fallback_len]
 * \param fallback_len  A
 * \param weights_out   as for ppo_select_action: [weights_len]; shares no memory with the inputs
 * \param weights_len   A
 * \param fell_back     gets 1 where `weights_out` holds the fallback, 0 where it holds the policy's decision
 *
 * The fallback is checked on every call, so that one that cannot be used shows before it is needed. Any number of
 * threads on one agent; allocates nothing (as ppo_select_action) but where scores overflow. PPO_ERR_NULL_POINTER,
 * PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE (the fallback), PPO_ERR_INVALID_ARGUMENT (a negative prior, a prior that the
 * policy does not have, a fallback that is no portfolio, memory that is shared), PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_select_action_or(const struct ppo_agent *agent,
                                const float *state,
                                size_t state_len,
                                const double *prior,
                                size_t prior_len,
                                const double *fallback,
                                size_t fallback_len,
                                double *weights_out,
                                size_t weights_len,
                                uint32_t *fell_back);

/**
 * Draws an action, as in training, from the host's stream of random numbers.
 *
 * \param agent        the agent
 * \param random       the stream; moves on by what is drawn, and not at all on an error
 * \param state        as for ppo_select_action: [state_len]
 * \param state_len    S
 * \param prior        as for ppo_select_action: [prior_len]
 * \param prior_len    A, or 0 with NULL
 * \param action_out   gets the action as the policy is trained on it (gaussian: scores; dirichlet: shares):
 *                     [action_len]
 * \param action_len   A
 * \param weights_out  gets the action's target weights, as ppo_select_action's: [weights_len]; may be NULL
 * \param weights_len  A, or 0 with NULL
 * \param log_prob     gets the log-probability density of the action; may be NULL
 *
 * The outputs share no memory with each other or the inputs. Any number of threads on one agent, one at a time on a
 * stream; allocates nothing (as ppo_select_action). Errors as ppo_select_action, and PPO_ERR_BUSY for the stream.
 */
ppo_status ppo_sample_action(const struct ppo_agent *agent,
                             struct ppo_random *random,
                             const float *state,
                             size_t state_len,
                             const double *prior,
                             size_t prior_len,
                             float *action_out,
                             size_t action_len,
                             double *weights_out,
                             size_t weights_len,
                             double *log_prob);

/**
 * What the policy says of a given action in a state, such as one drawn before.
 *
 * \param agent       the agent
 * \param state       as for ppo_select_action: [state_len]
 * \param state_len   S
 * \param prior       as for ppo_select_action: [prior_len]
 * \param prior_len   A, or 0 with NULL
 * \param action      as ppo_sample_action writes it; a dirichlet's shares are above 0: [action_len]
 * \param action_len  A
 * \param log_prob    gets the log-probability density of the action; may be NULL
 * \param entropy     gets the entropy of the distribution over actions, in nats; may be NULL
 * \param value       gets the critic's value of the state; may be NULL
 *
 * Any number of threads on one agent; allocates nothing (as ppo_select_action). Errors as ppo_select_action.
 */
ppo_status ppo_evaluate_action(const struct ppo_agent *agent,
                               const float *state,
                               size_t state_len,
                               const double *prior,
                               size_t prior_len,
                               const float *action,
                               size_t action_len,
                               double *log_prob,
                               double *entropy,
                               double *value);

/**
 * The critic's value of a state: expected discounted reward as the trainer scaled it.
 *
 * \param agent      the agent
 * \param state      as for ppo_select_action: [state_len]
 * \param state_len  S
 * \param value      gets the value
 *
 * Any number of threads on one agent; allocates nothing (as ppo_select_action). PPO_ERR_NULL_POINTER,
 * PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_value(const struct ppo_agent *agent, const float *state, size_t state_len, double *value);

/**
 * Decides in many states at once: row by row what ppo_select_action gives, bit for bit, or on an error in any row
 * nothing at all.
 *
 * \param agent        the agent
 * \param rows         number of states; 0 does nothing, and the arrays may then be NULL
 * \param states       [rows, S], one state after another: [states_len]
 * \param states_len   rows * S
 * \param priors       [rows, A]: [priors_len]; NULL where the policy has no prior
 * \param priors_len   rows * A, or 0 with NULL
 * \param weights_out  [rows, A]: [weights_len]; shares no memory with the inputs
 * \param weights_len  rows * A
 *
 * All on the calling thread. Any number of threads on one agent, so a host with threads of its own may also share out
 * the rows among them, with the same bits; allocates. Errors as ppo_select_action, with row and index in the message,
 * as in `states[3][5]`.
 */
ppo_status ppo_select_actions(const struct ppo_agent *agent,
                              size_t rows,
                              const float *states,
                              size_t states_len,
                              const double *priors,
                              size_t priors_len,
                              double *weights_out,
                              size_t weights_len);

/**
 * ppo_select_actions on several threads: the same bits, however many. The threads are started for the call and have
 * ended when it returns, which takes some 50 microseconds each: for large batches.
 *
 * \param agent        the agent
 * \param threads      how many, 1 to 256; 1 is the calling thread alone; no more are started than there are rows
 * \param rows         as for ppo_select_actions
 * \param states       as for ppo_select_actions: [states_len]
 * \param states_len   rows * S
 * \param priors       as for ppo_select_actions: [priors_len]
 * \param priors_len   rows * A, or 0 with NULL
 * \param weights_out  as for ppo_select_actions: [weights_len]
 * \param weights_len  rows * A
 *
 * Any number of threads on one agent; allocates. Errors as ppo_select_actions, and PPO_ERR_INVALID_ARGUMENT for a
 * number of threads that is out of range or that the system does not give.
 */
ppo_status ppo_select_actions_threads(const struct ppo_agent *agent,
                                      uint32_t threads,
                                      size_t rows,
                                      const float *states,
                                      size_t states_len,
                                      const double *priors,
                                      size_t priors_len,
                                      double *weights_out,
                                      size_t weights_len);

/**
 * Writes the deterministic policy as an ONNX model (opset 17), which is there whole afterwards or, on an error, not at
 * all: normaliser, network, softmax around the prior, cap and floor. Its inputs are `state` (float, [batch, S]) and,
 * where the policy has a prior, `prior` (double, [batch, A]); its output is `weights` (double, [batch, A]), those of
 * ppo_select_action to about 1e-6. A runtime does not refuse states that are not finite.
 *
 * \param agent  the agent
 * \param path   the file to write; on Unix any bytes, elsewhere UTF-8
 *
 * Any number of threads on one agent; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_INVALID_ARGUMENT (an empty path; a cap or floor on more than 1448 weights), PPO_ERR_IO.
 */
ppo_status ppo_export_onnx(const struct ppo_agent *agent,
                           const char *path);

/**
 * Runs an agent's deterministic decisions over a market's bars, as one episode that starts in cash: on the time line
 * and at the costs that it was trained on.
 *
 * \param agent         the agent, with the policy that it has now
 * \param market        prices of the policy's assets and columns. Decisions are taken within the market's bars
 *                      (ppo_market_select), the first once there are 252 returns of history before it, or as many as
 *                      the policy needs where that is more, so that policies and baselines share their dates
 * \param options_json  an object with any of `cost_rate` (per traded notional, in [0, 1); default 0.001), `managed`
 *                      (true: every decision goes through a risk manager with the settings that reports use: no
 *                      borrowed money, no leverage above 1; default false), `risk` (the risk manager's own settings, as
 *                      for risk_manager_new; in place of `managed`), `prior` (true: the decisions of the policy as it
 *                      was before its training, which is the rule that it departs from, on the same band and costs;
 *                      default false); NULL for the defaults
 * \param backtest      gets the result, which is the caller's to free with ppo_backtest_free
 *
 * A decision that the risk manager refuses is left out: what is held stays, without reasons.
 *
 * Any number of threads on one agent and market; allocates. PPO_ERR_INVALID_ARGUMENT for a market of other assets,
 * without the history, with fewer than 22 returns or without end, settings that cannot be used, `prior` of a policy
 * that departs from no rule, a portfolio that is ruined; PPO_ERR_NOT_FINITE, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_backtest_run(const struct ppo_agent *agent,
                            const struct ppo_market *market,
                            const char *options_json,
                            struct ppo_backtest **backtest);

/**
 * Runs a baseline over a market's bars, on the dates and at the costs that ppo_backtest_run has.
 *
 * \param market        prices; as for ppo_backtest_run
 * \param baseline      a PPO_BASELINE_ number
 * \param options_json  as for ppo_backtest_run, where a baseline has no risk manager and no prior; NULL for the
 *                      defaults
 * \param backtest      gets the result, which is the caller's to free with ppo_backtest_free
 *
 * Rules that divide by a variance leave out the assets whose returns do not vary over the look-back, and a decision that
 * a rule has no answer for is left out: what is held stays until the next one.
 *
 * Any number of threads on one market; allocates. Errors as ppo_backtest_run, and PPO_ERR_INVALID_ARGUMENT for a
 * number that is no baseline's.
 */
ppo_status ppo_backtest_run_baseline(const struct ppo_market *market,
                                     uint32_t baseline,
                                     const char *options_json,
                                     struct ppo_backtest **backtest);

/**
 * Frees a back-test. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses this handle.
 */
void ppo_backtest_free(struct ppo_backtest *backtest);

/**
 * Copies out the words of the last failed call on a back-test, whichever thread made it: as ppo_last_error.
 *
 * \param backtest  the back-test; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_backtest_last_error(const struct ppo_backtest *backtest,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/**
 * Makes a struct of figures ready to be written to: zeros, with its size.
 *
 * \param summary  the struct to fill
 * \param size     `sizeof(ppo_backtest_summary)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_backtest_summary_init(struct ppo_backtest_summary *summary, size_t size);

/**
 * Sums a back-test up.
 *
 * \param backtest  the back-test
 * \param summary   gets the figures
 *
 * Any number of threads; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_backtest_summarize(const struct ppo_backtest *backtest,
                                  struct ppo_backtest_summary *summary);

/**
 * How sure the difference of two back-tests is: the annual Sharpe ratio of the first less that of the second, each of
 * returns over what cash earned in the bar, by a paired block bootstrap. An interval that holds 0 says that these bars
 * do not tell them apart. Fewer than 252 bars, or than 12 blocks, are too short for an interval: the call succeeds, and
 * the ends are NaN, so that `low > 0 || high < 0` claims nothing. What rounding makes of two equal portfolios, below
 * 1e-6, is 0.
 *
 * \param first         a back-test
 * \param second        another one, over the same dates
 * \param options_json  an object with any of `block` (bars in a block, default 21), `draws` (default 2000), `level`
 *                      (probability that the interval is meant to hold, default 0.9), `seed` (default 0); NULL for the
 *                      defaults
 * \param median        gets the median of the draws; NaN where a ratio is not defined
 * \param low           gets the lower end of the interval; NaN where there are too few bars, or `median` is NaN
 * \param high          gets the upper end; NaN as `low`
 *
 * Any number of threads; allocates. PPO_ERR_INVALID_ARGUMENT for other dates and settings that cannot be used;
 * PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_backtest_compare(const struct ppo_backtest *first,
                                const struct ppo_backtest *second,
                                const char *options_json,
                                double *median,
                                double *low,
                                double *high);

/**
 * Copies out on how many bars each reason was among those of the risk manager's decisions, as JSON: an object of names
 * (risk_reason_name) and numbers.
 *
 * \param backtest  a back-test that was run with a risk manager
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any number of threads; allocates. PPO_ERR_INVALID_ARGUMENT for a back-test without a risk manager;
 * PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written), PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_backtest_reasons_json(const struct ppo_backtest *backtest,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *needed);

/**
 * Sizes of a back-test: T bars, N assets.
 *
 * \param backtest  the back-test
 * \param bars      gets T, at least 22; may be NULL
 * \param assets    gets N; may be NULL
 *
 * Any number of threads; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_backtest_size(const struct ppo_backtest *backtest, size_t *bars, size_t *assets);

/**
 * Copies out the date of the close that ends each bar, in days since 1970-01-01.
 *
 * \param backtest  the back-test
 * \param days      gets the dates: [days_len]
 * \param days_len  T
 *
 * Any number of threads; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_INVALID_ARGUMENT (a
 * misaligned pointer), PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_backtest_dates(const struct ppo_backtest *backtest, int32_t *days, size_t days_len);

/**
 * Copies out the simple return of each bar, net of the costs paid at its start.
 *
 * \param backtest     the back-test
 * \param returns      gets the returns: [returns_len]
 * \param returns_len  T
 *
 * Threads, allocation and errors as ppo_backtest_dates: PPO_ERR_LENGTH and others.
 */
ppo_status ppo_backtest_returns(const struct ppo_backtest *backtest, double *returns, size_t returns_len);

/**
 * Copies out what one unit of money has become at the close that ends each bar.
 *
 * \param backtest    the back-test
 * \param equity      gets the equity curve, which starts from 1 at the first decision: [equity_len]
 * \param equity_len  T
 *
 * Threads, allocation and errors as ppo_backtest_dates: PPO_ERR_LENGTH and others.
 */
ppo_status ppo_backtest_equity(const struct ppo_backtest *backtest, double *equity, size_t equity_len);

/**
 * Copies out the weights held through each bar, after the trade at its start.
 *
 * \param backtest     the back-test
 * \param weights      gets the weights [T, N + 1], bar after bar, cash last: [weights_len]
 * \param weights_len  T * (N + 1)
 *
 * Threads, allocation and errors as ppo_backtest_dates: PPO_ERR_LENGTH and others.
 */
ppo_status ppo_backtest_weights(const struct ppo_backtest *backtest, double *weights, size_t weights_len);

/**
 * Copies out the one-way turnover of the trade at the start of each bar: half the sum of abs(change of weight) over
 * assets and cash.
 *
 * \param backtest      the back-test
 * \param turnover      gets the turnovers: [turnover_len]
 * \param turnover_len  T
 *
 * Threads, allocation and errors as ppo_backtest_dates: PPO_ERR_LENGTH and others.
 */
ppo_status ppo_backtest_turnover(const struct ppo_backtest *backtest,
                                 double *turnover,
                                 size_t turnover_len);

/**
 * Copies out what that trade cost, as a fraction of the value before it.
 *
 * \param backtest   the back-test
 * \param costs      gets the costs: [costs_len]
 * \param costs_len  T
 *
 * Threads, allocation and errors as ppo_backtest_dates: PPO_ERR_LENGTH and others.
 */
ppo_status ppo_backtest_costs(const struct ppo_backtest *backtest, double *costs, size_t costs_len);

/**
 * Copies out what the risk manager decided at the start of each bar, beyond the weights.
 *
 * \param backtest      a back-test that was run with a risk manager
 * \param leverage      gets the dynamic leverage, the regime's part included, before the limits: [leverage_len]; may be
 *                      NULL
 * \param leverage_len  T, or 0 with NULL
 * \param hedge         gets the hedge's notional over equity, which the path does not trade: [hedge_len]; may be NULL
 * \param hedge_len     T, or 0 with NULL
 *
 * Threads, allocation and errors as ppo_backtest_dates; PPO_ERR_INVALID_ARGUMENT for a back-test without a risk
 * manager, and for arrays that share memory.
 */
ppo_status ppo_backtest_risk(const struct ppo_backtest *backtest,
                             double *leverage,
                             size_t leverage_len,
                             double *hedge,
                             size_t hedge_len);

/**
 * Copies out all that a back-test came to, as JSON for ppo_backtest_restore. Exact.
 *
 * \param backtest  the back-test
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any number of threads; allocates. PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written), PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_backtest_state_json(const struct ppo_backtest *backtest,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/**
 * Makes a back-test of the JSON of another one, with the same figures. The text may come from anywhere: it is checked
 * before it is believed.
 *
 * \param state_json  what ppo_backtest_state_json wrote
 * \param backtest    gets the back-test, which is the caller's to free with ppo_backtest_free
 *
 * Any thread; allocates. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for what is no back-test's, with what cannot
 * be used; PPO_ERR_NULL_POINTER.
 */
ppo_status ppo_backtest_restore(const char *state_json,
                                struct ppo_backtest **backtest);

/**
 * Makes environments for an agent's policy, each at the first state of its first episode. They are those that a
 * trainer with the same configuration learns in: environment `first_index + i` sees the same bars however a run is
 * split into handles.
 *
 * \param agent        the agent, of which the spec alone is used
 * \param market       prices or a simulation with the spec's assets and columns
 * \param config       seed, balance, cost_rate, episode_len, reward and control_variate (the rest is not used); NULL
 *                     for the defaults
 * \param first_index  number of the first environment's random stream under the seed; usually 0
 * \param count        number of environments, E: 1 to 16,777,216
 * \param env          gets the environments, which are the caller's to free with ppo_env_free
 *
 * Any thread; allocates. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with what cannot be used, such as a market
 * that is too short for the policy's look-back; PPO_ERR_NULL_POINTER, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_env_new(const struct ppo_agent *agent,
                       const struct ppo_market *market,
                       const struct ppo_config *config,
                       uint64_t first_index,
                       size_t count,
                       struct ppo_env **env);

/**
 * Makes environments for a policy's spec, without an agent: as ppo_env_new.
 *
 * \param spec_json    the spec, as for ppo_agent_new; its network is not used
 * \param market       prices or a simulation with the spec's assets and columns
 * \param config       as for ppo_env_new; NULL for the defaults
 * \param first_index  number of the first environment's random stream under the seed; usually 0
 * \param count        number of environments, E: 1 to 16,777,216
 * \param env          gets the environments, which are the caller's to free with ppo_env_free
 *
 * Any thread; allocates. Errors as ppo_env_new, and PPO_ERR_INVALID_ARGUMENT with the spec's key that cannot be used.
 */
ppo_status ppo_env_new_from_spec(const char *spec_json,
                                 const struct ppo_market *market,
                                 const struct ppo_config *config,
                                 uint64_t first_index,
                                 size_t count,
                                 struct ppo_env **env);

/**
 * Starts a new episode in every environment. What was unfinished is forgotten, and is no episode of
 * ppo_env_take_episodes.
 *
 * \param env  the environments
 *
 * One thread at a time; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_reset(struct ppo_env *env);

/**
 * Copies out everything that moves, as bytes: to go back to this point, in this process or a later one.
 *
 * \param env       the environments
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not
 *
 * One thread at a time; allocates, and reads all of the market's prices. PPO_ERR_BUFFER_TOO_SMALL (nothing but
 * `needed` is written), PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_snapshot(struct ppo_env *env,
                            uint8_t *buffer,
                            size_t capacity,
                            size_t *needed);

/**
 * Goes back to where a snapshot was taken, in environments made with the same spec, settings and market: what follows
 * is the same to the last bit. Episodes that waited to be taken then wait again.
 *
 * \param env    the environments
 * \param bytes  what ppo_env_snapshot gave: [len]; not kept
 * \param len    number of bytes
 *
 * One thread at a time; allocates, and reads all of the market's prices. PPO_ERR_INVALID_ARGUMENT for bytes that were
 * changed or cut and for those of other environments: nothing moves then; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_restore(struct ppo_env *env,
                           const uint8_t *bytes,
                           size_t len);

/**
 * Frees environments. NULL is fine. Environments that were freed before are left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses this handle.
 */
void ppo_env_free(struct ppo_env *env);

/**
 * Copies out the words of the last failed call on environments, whichever thread made it: as ppo_last_error.
 *
 * \param env       the environments; poisoned ones are fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_env_last_error(const struct ppo_env *env,
                              char *buffer,
                              size_t capacity,
                              size_t *needed);

/**
 * Number of environments, E.
 *
 * \param env    the environments
 * \param count  gets the number, at least 1
 *
 * One thread at a time; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_count(struct ppo_env *env,
                         size_t *count);

/**
 * Number of assets, N.
 *
 * \param env    the environments
 * \param count  gets the number, at least 1
 *
 * One thread at a time; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_asset_count(struct ppo_env *env,
                               size_t *count);

/**
 * Number of values in an action, A: as ppo_agent_action_len.
 *
 * \param env  the environments
 * \param len  gets the number, at least 2
 *
 * One thread at a time; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_action_len(struct ppo_env *env,
                              size_t *len);

/**
 * Number of values in a state, S: as ppo_agent_state_len.
 *
 * \param env  the environments
 * \param len  gets the number, at least 4
 *
 * One thread at a time; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_state_len(struct ppo_env *env,
                             size_t *len);

/**
 * Copies out what an agent sees at this close, not normalised.
 *
 * \param env         the environments
 * \param states      gets the states: [E, S], as ppo_agent_state_len lays them out
 * \param states_len  number of values in `states`
 *
 * One thread at a time; allocates nothing. PPO_ERR_LENGTH, PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_states(struct ppo_env *env, float *states, size_t states_len);

/**
 * Copies out the prior's weights at this close, before caps and floors: what an agent with a prior takes beside the
 * states. Without a prior, 1/A each.
 *
 * \param env        the environments
 * \param prior      gets the weights: [E, A]
 * \param prior_len  number of values in `prior`
 *
 * One thread at a time; allocates nothing. PPO_ERR_LENGTH, PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_prior_weights(struct ppo_env *env,
                                 double *prior,
                                 size_t prior_len);

/**
 * Copies out the portfolios at this close. Where an episode has just ended, the next one's.
 *
 * \param env          the environments
 * \param values       gets their values, in the money of the configuration's balance: [E]; may be NULL
 * \param drawdowns    gets 1 - value / highest value of the episode so far, in [0, 1]: [E]; may be NULL
 * \param len          number of values in `values` and in `drawdowns`: E
 * \param weights      gets the weights held, assets and then cash (also where the policy may not hold any), before the
 *                     next trade: [E, N + 1]; may be NULL
 * \param weights_len  number of values in `weights`; 0 where it is NULL
 *
 * One thread at a time; allocates nothing. PPO_ERR_LENGTH; PPO_ERR_INVALID_ARGUMENT where outputs overlap;
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_portfolios(struct ppo_env *env,
                              double *values,
                              double *drawdowns,
                              size_t len,
                              double *weights,
                              size_t weights_len);

/**
 * Takes the episodes that have ended since the last call, in the order in which they ended. The last 1024 (or E, where
 * that is more) wait to be taken; older ones are forgotten.
 *
 * \param env       the environments
 * \param episodes  gets at most `capacity` episodes, the first to end first; the others go on waiting
 * \param capacity  room in `episodes`, at least 1
 * \param taken     gets how many were written
 *
 * One thread at a time; allocates nothing. PPO_ERR_LENGTH where `capacity` is 0; PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_take_episodes(struct ppo_env *env,
                                 struct ppo_episode *episodes,
                                 size_t capacity,
                                 size_t *taken);

/**
 * Fills a description of a step's outputs with the defaults: none is wanted.
 *
 * \param outputs  the struct to fill
 * \param size     `sizeof(ppo_env_outputs)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_env_outputs_init(struct ppo_env_outputs *outputs, size_t size);

/**
 * Takes one sampled action in every environment: trades and pays at this close, and holds to the next. An environment
 * whose episode ends begins the next one at once.
 *
 * \param env                the environments
 * \param actions            the actions as ppo_sample_action gives them: scores (gaussian) or weights that need not
 *                           sum to 1 (dirichlet); [E, A]
 * \param actions_len        number of values in `actions`
 * \param deterministic      scores of the deterministic actions, which PPO_CONTROL_VARIATE_SELF_CRITICAL needs: [E, A];
 *                           NULL otherwise
 * \param deterministic_len  number of values in `deterministic`; 0 where it is NULL
 * \param outputs            where to write; NULL for nowhere
 *
 * One thread at a time; allocates nothing. PPO_ERR_NOT_FINITE and PPO_ERR_INVALID_ARGUMENT, with the environment whose
 * action cannot be used: nothing has moved then. Prices of a simulation that leave the range of a number are met in the
 * middle of a step: go on with ppo_env_reset or ppo_env_restore. PPO_ERR_LENGTH, PPO_ERR_NULL_POINTER, PPO_ERR_VERSION,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_env_step(struct ppo_env *env,
                        const float *actions,
                        size_t actions_len,
                        const float *deterministic,
                        size_t deterministic_len,
                        const struct ppo_env_outputs *outputs);

/**
 * Takes target weights as they are, but for the spec's caps and floors, in every environment: as ppo_env_step.
 * Baseline rewards are 0.
 *
 * \param env          the environments
 * \param weights      the weights to trade to, each at least 0, each environment's summing to 1 within 1e-6: [E, A]
 * \param weights_len  number of values in `weights`
 * \param outputs      where to write; NULL for nowhere
 *
 * One thread at a time; allocates nothing. Errors as ppo_env_step.
 */
ppo_status ppo_env_step_weights(struct ppo_env *env,
                                const double *weights,
                                size_t weights_len,
                                const struct ppo_env_outputs *outputs);

/**
 * The library's version as text, such as "0.1.0".
 *
 * The text is a constant of the library: never NULL, never freed. Any thread; allocates nothing; cannot fail.
 */
const char *ppo_version(void);

/**
 * The library's version as one number: major * 1,000,000 + minor * 1,000 + patch. A program compares it with the
 * PPO_VERSION_NUMBER that it was compiled with.
 *
 * Any thread; allocates nothing; cannot fail.
 */
uint32_t ppo_version_number(void);

/**
 * What was built into the library: a sum of PPO_FEATURE_ bits. Every function is there whatever was built in; those
 * that need more answer PPO_ERR_NOT_BUILT.
 *
 * Any thread; allocates nothing; cannot fail.
 */
uint32_t ppo_features(void);

/**
 * Copies out the words of this thread's last failed call ("" before the first). A call that succeeds leaves them.
 *
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Answers PPO_OK; PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER. None of these replaces
 * the message. Any thread. Hosts whose code moves between threads ask the handle: ppo_agent_last_error.
 */
ppo_status ppo_last_error(char *buffer,
                          size_t capacity,
                          size_t *needed);

/**
 * Sends the library's log to a function of the host. Until then, and with `callback` NULL, there is none: the library
 * never writes to standard output or standard error.
 *
 * \param level     highest level that is wanted: PPO_LOG_OFF to PPO_LOG_DEBUG
 * \param callback  called on any thread, on several at the same time; NULL switches the log off
 * \param user      handed to `callback`; may be NULL; has to live until the callback is replaced
 *
 * When it returns, calls of the former callback have ended. Any thread; for the whole process. PPO_ERR_BUSY where the
 * callback itself calls it; PPO_ERR_INVALID_ARGUMENT for a level that is none.
 */
ppo_status ppo_set_log(uint32_t level,
                       ppo_log_callback callback,
                       void *user);

/**
 * Makes a managed portfolio that has seen nothing, all in cash. It decides with the policy that the agent has now, as
 * ppo_portfolio_new does. The agent may be freed.
 *
 * \param agent        the agent
 * \param config_json  the portfolio's settings, as for ppo_portfolio_new; NULL for the defaults
 * \param risk_json    the risk manager's, as for risk_manager_new, with `limits.min_cash` of 0 or more and no minimum
 *                     weight below 0: this portfolio neither borrows nor sells short; NULL for the defaults with
 *                     `min_cash` 0 and a leverage of at most 1
 * \param managed      gets the portfolio, which is the caller's to free with ppo_managed_free
 *
 * Any number of threads on one agent; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED;
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
 */
ppo_status ppo_managed_new(const struct ppo_agent *agent,
                           const char *config_json,
                           const char *risk_json,
                           struct ppo_managed **managed);

/**
 * Makes a managed portfolio that goes on from a saved state, bit for bit: account, history, drawdown, stops, hedge,
 * regimes.
 *
 * \param agent        the agent; of a policy with the same state and prior
 * \param config_json  as for ppo_managed_new, with the same `history`
 * \param risk_json    as for ppo_managed_new; other settings are fine as far as the state has a meaning in them
 * \param state_json   what ppo_managed_state_json gave
 * \param managed      gets the portfolio, which is the caller's to free with ppo_managed_free
 *
 * Any number of threads on one agent; allocates. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for a state that does
 * not fit, with the part; otherwise as ppo_managed_new.
 */
ppo_status ppo_managed_restore(const struct ppo_agent *agent,
                               const char *config_json,
                               const char *risk_json,
                               const char *state_json,
                               struct ppo_managed **managed);

/**
 * Copies out all that bars and decisions have left behind, as JSON; exact.
 *
 * \param managed   the portfolio
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * One thread at a time on a portfolio; allocates. PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written),
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_state_json(struct ppo_managed *managed,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * Frees a managed portfolio. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses this handle.
 */
void ppo_managed_free(struct ppo_managed *managed);

/**
 * Copies out the words of the last failed call on a managed portfolio, whichever thread made it: as ppo_last_error.
 *
 * \param managed   the portfolio; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_managed_last_error(const struct ppo_managed *managed,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * Copies out how the portfolio stands at this close, before what is traded at it: as ppo_portfolio_account.
 *
 * \param managed      the portfolio
 * \param account      gets the numbers; its `struct_size` has to be set (ppo_account_init does)
 * \param weights_out  gets the weights that are held, assets and then cash: [weights_len]; may be NULL; not inside
 *                     `account`
 * \param weights_len  N + 1, or 0 with NULL
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_VERSION,
 * PPO_ERR_INVALID_ARGUMENT (memory that is shared), PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_account(struct ppo_managed *managed,
                               struct ppo_account *account,
                               double *weights_out,
                               size_t weights_len);

/**
 * Copies out what was traded to at the last close that was decided on.
 *
 * \param managed      the portfolio
 * \param weights_out  gets the weights after the trade, assets and then cash: [weights_len]; zeros before the first
 *                     decision
 * \param weights_len  N + 1
 * \param turnover     gets the one-way turnover of the trade; may be NULL
 * \param cost         gets its cost as a fraction of the value before it; may be NULL
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_traded(struct ppo_managed *managed,
                              double *weights_out,
                              size_t weights_len,
                              double *turnover,
                              double *cost);

/**
 * Says what was really traded to at this close, in place of the decision: as ppo_portfolio_record_trade.
 *
 * \param managed      the portfolio; as it was where the call fails
 * \param weights      weights after the trade, assets and then cash, at least 0 and summing to 1 (within 1e-6); cash may
 *                     be down to -0.01, an overdraft of fees: [weights_len]
 * \param weights_len  N + 1
 * \param cost         what the trade cost, as a fraction of the value before it: at least 0, below what was traded;
 *                     within 1e-9 of 0 it is rounding and needs no trade
 *
 * An overdraft is carried as it is, at the bar's cash return, and the next decision repairs it.
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_record_trade(struct ppo_managed *managed,
                                    const double *weights,
                                    size_t weights_len,
                                    double cost);

/**
 * Says what is held at this close and what it is worth: as ppo_portfolio_set_position.
 *
 * \param managed      the portfolio; as it was where the call fails
 * \param weights      weights held, assets and then cash, as for ppo_managed_record_trade: [weights_len]
 * \param weights_len  N + 1
 * \param equity       money, above 0 and at most 1e90
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_set_position(struct ppo_managed *managed,
                                    const double *weights,
                                    size_t weights_len,
                                    double equity);

/**
 * Ends the states HALTED and REDUCING that drawdown led to: from now on it is measured from what the portfolio is worth
 * now. The kill switch stays as it is.
 *
 * \param managed  the portfolio
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_reset(struct ppo_managed *managed);

/**
 * Lets a stopped asset be held again.
 *
 * \param managed  the portfolio
 * \param asset    which, from 0
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_INVALID_ARGUMENT for an index beyond the assets;
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_reset_stop(struct ppo_managed *managed,
                                  size_t asset);

/**
 * Whether the next bar is one that can be decided on. Until then bars go to ppo_managed_observe. Always 1 under
 * ppo_managed_halt and ppo_managed_flatten.
 *
 * \param managed  the portfolio
 * \param ready    gets 1 or 0
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_ready(struct ppo_managed *managed,
                             uint32_t *ready);

/**
 * Takes in a bar on which nothing is decided.
 *
 * \param managed      the portfolio; as it was where the call fails
 * \param market       the bar that just ended, as for risk_manage
 * \param cash_return  simple return of cash over the bar, finite and at least -1; earned from the first decision, or
 *                     ppo_managed_set_position, on: the portfolio is not followed before
 * \param columns      the policy's columns, known at the close: [columns_len]; NULL where it has none
 * \param columns_len  K, or 0 with NULL
 * \param prior        weights of a supplied prior, assets and then cash: [prior_len]; NULL where the prior is another
 * \param prior_len    N + 1, or 0 with NULL
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_managed_observe(struct ppo_managed *managed,
                               const struct risk_market *market,
                               double cash_return,
                               const double *columns,
                               size_t columns_len,
                               const double *prior,
                               size_t prior_len);

/**
 * The whole chain for one bar: takes it in, forms the policy's state, decides, and puts the decision through the risk
 * manager. What the decision leaves counts as traded at this close.
 *
 * \param managed      the portfolio; as it was where the call fails
 * \param market       the bar that just ended, as for risk_manage; a volatility or trend in it is of the target
 * \param cash_return  simple return of cash over the bar, finite and at least -1; earned from the first decision, or
 *                     ppo_managed_set_position, on: the portfolio is not followed before
 * \param columns      the policy's columns, known at the close: [columns_len]; NULL where it has none
 * \param columns_len  K, or 0 with NULL
 * \param prior        weights of a supplied prior, assets and then cash: [prior_len]; NULL where the prior is another
 * \param prior_len    N + 1, or 0 with NULL
 * \param decision     gets the decision, in arrays of its own, as of risk_manage
 *
 * One thread at a time on a portfolio; allocates nothing and never waits. PPO_ERR_NOT_READY where more bars have to be
 * seen first (ppo_managed_ready); PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT,
 * PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY. Should the network's scores overflow, it is
 * PPO_ERR_NOT_FINITE, naming them.
 */
ppo_status ppo_managed_decide(struct ppo_managed *managed,
                              const struct risk_market *market,
                              double cash_return,
                              const double *columns,
                              size_t columns_len,
                              const double *prior,
                              size_t prior_len,
                              struct risk_decision *decision);

/**
 * Decides with the policy that an agent has now, from the next call on the portfolio on; account, history and the risk
 * manager's memory stay. Of several that are set between two calls the last counts.
 *
 * \param managed  the portfolio
 * \param agent    the agent: of the spec of the one that the portfolio was made with
 *
 * Any thread, any number of them, also while another call uses the portfolio: neither waits for the other, and no call
 * is answered PPO_ERR_BUSY for it. Allocates nothing; frees the policy that was replaced before. PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED; PPO_ERR_INVALID_ARGUMENT for another spec.
 */
ppo_status ppo_managed_set_agent(struct ppo_managed *managed,
                                 const struct ppo_agent *agent);

/**
 * The kill switch that holds: nothing is opened any more. From the next decision on the target is what is held: limits,
 * stops and drawdown may leave less of it, nothing may grow, and neither the policy nor leverage is asked. The state of
 * such decisions is RISK_STATE_REDUCING (RISK_STATE_HALTED where drawdown asks for it), with RISK_REASON_OPERATOR_HALT
 * among the reasons. It lasts until ppo_managed_resume or ppo_managed_flatten, is part of ppo_managed_state_json, and
 * needs no history: ppo_managed_ready says 1.
 *
 * \param managed  the portfolio
 *
 * Any thread, also while another call uses the portfolio: a decision under way is the last without it. Neither waits
 * nor allocates. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_managed_halt(struct ppo_managed *managed);

/**
 * The kill switch that sells: the next decision, and every later one, goes to cash, whatever the policy and a limit on
 * turnover would have. Its state is RISK_STATE_HALTED, with RISK_REASON_OPERATOR_FLATTEN among the reasons. Otherwise as
 * ppo_managed_halt; it ends by ppo_managed_resume, or by ppo_managed_halt, which then holds the cash.
 *
 * \param managed  the portfolio
 *
 * Any thread, also while another call uses the portfolio. Neither waits nor allocates. PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_managed_flatten(struct ppo_managed *managed);

/**
 * Ends ppo_managed_halt and ppo_managed_flatten: from the next decision on the policy is asked again. What drawdown led
 * to is for ppo_managed_reset.
 *
 * \param managed  the portfolio
 *
 * Any thread, also while another call uses the portfolio. Neither waits nor allocates. PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_managed_resume(struct ppo_managed *managed);

/**
 * Makes a second handle on a market. Both share the prices in memory; each is freed by itself, and in either order.
 *
 * \param market  the market
 * \param clone   gets the new handle, which is the caller's to free with ppo_market_free
 *
 * Any number of threads on one market; allocates a little. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_clone(const struct ppo_market *market,
                            struct ppo_market **clone);

/**
 * Makes a market of the same prices in which decisions are taken within a range of bars alone: training up to a date
 * and testing after it, say. The bars before the range stay visible as the past. What is fitted to the new market
 * (ppo_market_fit_gbm) sees the range and nothing else.
 *
 * \param market     prices; its own range does not matter
 * \param first_bar  the first bar at which a decision may be taken, from 0
 * \param last_bar   the bar at whose close the last return ends; above `first_bar` and below the number of bars
 * \param selected   gets the new market, which shares the prices in memory and is the caller's to free with
 *                   ppo_market_free
 *
 * Any number of threads on one market; allocates. PPO_ERR_INVALID_ARGUMENT for a range beyond the bars or of fewer
 * than 2, and for a simulation without end; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_market_select(const struct ppo_market *market,
                             size_t first_bar,
                             size_t last_bar,
                             struct ppo_market **selected);

/**
 * Frees a market. NULL is fine. A market that was freed before is left alone, and said so in the log and by
 * ppo_last_error. Trainers and environments made from it keep what they need.
 *
 * Any thread, but not while another call uses this handle.
 */
void ppo_market_free(struct ppo_market *market);

/**
 * Copies out the words of the last failed call on a market, whichever thread made it: as ppo_last_error.
 *
 * \param market    the market; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any number of threads on one market. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_market_last_error(const struct ppo_market *market,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *needed);

/**
 * Number of bars of prices, T, whatever the range; 0 for a simulation without end.
 *
 * \param market  the market
 * \param count   gets the number
 *
 * Any number of threads on one market; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_bar_count(const struct ppo_market *market, size_t *count);

/**
 * Number of assets, N.
 *
 * \param market  the market
 * \param count   gets the number, at least 1
 *
 * Any number of threads on one market; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_asset_count(const struct ppo_market *market, size_t *count);

/**
 * Number of columns that a policy sees at each close, K.
 *
 * \param market  the market
 * \param count   gets the number
 *
 * Any number of threads on one market; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_column_count(const struct ppo_market *market, size_t *count);

/**
 * Copies out the name of an asset.
 *
 * \param market    the market
 * \param index     which, from 0
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any number of threads on one market; allocates. PPO_ERR_INVALID_ARGUMENT for an index beyond the assets;
 * PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written), PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_asset_name(const struct ppo_market *market,
                                 size_t index,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *needed);

/**
 * Copies out the name of a column.
 *
 * \param market    the market
 * \param index     which, from 0
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any number of threads on one market; allocates. PPO_ERR_INVALID_ARGUMENT for an index beyond the columns;
 * PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written), PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_column_name(const struct ppo_market *market,
                                  size_t index,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * The date of a bar.
 *
 * \param market  prices
 * \param bar     which, from 0
 * \param day     gets the date, in days since 1970-01-01
 *
 * Any number of threads on one market; allocates nothing. PPO_ERR_INVALID_ARGUMENT for a bar beyond the prices and for
 * a simulation without end; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_market_date(const struct ppo_market *market,
                           size_t bar,
                           int32_t *day);

/**
 * Looks for the bar of a day.
 *
 * \param market  prices
 * \param day     days since 1970-01-01
 * \param side    PPO_BAR_AT_OR_AFTER or PPO_BAR_AT_OR_BEFORE
 * \param bar     gets the bar's index
 *
 * Any number of threads on one market; allocates nothing. PPO_ERR_INVALID_ARGUMENT where there is no such bar, for
 * another `side` and for a simulation without end; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_market_bar_at(const struct ppo_market *market,
                             int32_t day,
                             uint32_t side,
                             size_t *bar);

/**
 * The bars at which decisions may be taken: all of them, unless ppo_market_select said otherwise.
 *
 * \param market     prices
 * \param first_bar  gets the first
 * \param last_bar   gets the bar at whose close the last return ends
 *
 * Any number of threads on one market; allocates nothing. PPO_ERR_INVALID_ARGUMENT for a simulation without end;
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_market_range(const struct ppo_market *market,
                            size_t *first_bar,
                            size_t *last_bar);

/**
 * Copies out closes.
 *
 * \param market      prices
 * \param first_bar   the first bar to copy, from 0
 * \param bars        how many, at least 1
 * \param closes      gets the closes: [bars, N]
 * \param closes_len  number of values in `closes`: bars * N
 *
 * Any number of threads on one market; allocates nothing. PPO_ERR_INVALID_ARGUMENT for bars beyond the prices and for
 * a simulation without end; PPO_ERR_LENGTH, PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_market_closes(const struct ppo_market *market,
                             size_t first_bar,
                             size_t bars,
                             double *closes,
                             size_t closes_len);

/**
 * A number that differs between markets with other data, range or parameters. Checkpoints keep it, so that training is
 * not continued on another market by mistake. Names and dates do not count.
 *
 * \param market  the market
 * \param digest  gets the number
 *
 * Any number of threads on one market; allocates, and reads all prices. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_digest(const struct ppo_market *market,
                             uint64_t *digest);

/**
 * Copies out all that a market is, as bytes for ppo_market_load_bytes: prices, columns, names, range, or the parameters
 * of a simulation without end. Exact: the market that is loaded has the digest, and gives the numbers, of this one.
 *
 * \param market    the market
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not
 *
 * Any number of threads on one market; allocates. PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written),
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_market_save_bytes(const struct ppo_market *market,
                                 uint8_t *buffer,
                                 size_t capacity,
                                 size_t *needed);

/**
 * Makes a market of the bytes of another one. They may come from anywhere: they are checked before they are believed.
 *
 * \param bytes   what ppo_market_save_bytes wrote: [len]; not kept
 * \param len     number of bytes
 * \param market  gets the market, which is the caller's to free with ppo_market_free
 *
 * Any thread; allocates. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for bytes that are no market's, with what
 * cannot be used; PPO_ERR_NULL_POINTER.
 */
ppo_status ppo_market_load_bytes(const uint8_t *bytes,
                                 size_t len,
                                 struct ppo_market **market);

/**
 * Makes a market of the prices in a CSV file: comma-separated, a header line, dates as 2020-12-31.
 *
 * \param path          the file; on Unix any bytes, elsewhere UTF-8
 * \param options_json  how it is laid out, NULL for the defaults: an object with `layout` ("detect", the default;
 *                      "wide": `date`, then a close for each asset; "long": `date`, `symbol`, `close` and maybe
 *                      `open`, `high`, `low`, `volume`), `fill` of gaps ("refuse", the default, or "forward"),
 *                      `signals` (names of the columns that a policy sees), `cash_rate` (the column with the annual
 *                      rate of cash), `prior` (the columns with prior weights, assets then cash; wide files alone) and
 *                      `ignore` (columns to leave out)
 * \param cash_rate     annual rate of cash at every bar, above -1 (0.02 is 2%), where the file has no column for it;
 *                      NaN for none: cash earns nothing
 * \param market        gets the market, with decisions at every bar; the caller's to free with ppo_market_free
 *
 * Any thread; allocates. PPO_ERR_IO (cannot be read); PPO_ERR_TABLE, with the line and the column that cannot be used;
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE; PPO_ERR_NULL_POINTER.
 */
ppo_status ppo_market_from_csv(const char *path,
                               const char *options_json,
                               double cash_rate,
                               struct ppo_market **market);

/**
 * Writes all of a market's prices, whatever its range, to a wide CSV file, which is there whole afterwards or, on an
 * error, as it was before: `date`, a close for each asset, the columns, `cash_rate` and the prior weights (`prior:`
 * before the asset's name, `prior:cash`) where there are any. Opens, highs, lows and volumes are left out. Numbers are
 * written so that reading gives the same bits.
 *
 * \param market  prices
 * \param path    the file; on Unix any bytes, elsewhere UTF-8
 *
 * Any number of threads on one market; allocates. PPO_ERR_INVALID_ARGUMENT for a simulation without end, an empty path
 * and names that a file could not tell apart; PPO_ERR_IO, PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_write_csv(const struct ppo_market *market,
                                const char *path);

/**
 * Fills a description of prices with the defaults: nothing in it.
 *
 * \param prices  the struct to fill
 * \param size    `sizeof(ppo_prices)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_prices_init(struct ppo_prices *prices, size_t size);

/**
 * Makes a market of the host's prices. All of it is copied: nothing is read after the call.
 *
 * \param prices  the prices
 * \param market  gets the market, with decisions at every bar; the caller's to free with ppo_market_free
 *
 * Any thread; allocates. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the asset, the date and the bar that
 * cannot be used; PPO_ERR_NULL_POINTER, PPO_ERR_VERSION.
 */
ppo_status ppo_market_from_prices(const struct ppo_prices *prices,
                                  struct ppo_market **market);

/**
 * Makes a market that is simulated without end, for training: every episode of every environment draws new returns,
 * from the environment's own stream.
 *
 * \param parameters_json  the model: an object with `model` "gbm" or "regime_switching" and that model's parameters,
 *                         as ppo_market_parameters_json writes it (docs/c_api.md has an example)
 * \param market           gets the market, which is the caller's to free with ppo_market_free
 *
 * Any thread; allocates. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the parameter that cannot be used;
 * PPO_ERR_NULL_POINTER.
 */
ppo_status ppo_market_simulated(const char *parameters_json,
                                struct ppo_market **market);

/**
 * Makes a market of prices drawn once: the first closes are 100, on the days from `first_day` on that are not a
 * Saturday or Sunday. The same seed gives the same prices.
 *
 * \param parameters_json  the model, as for ppo_market_simulated
 * \param bars             number of bars, 2 to what the calendar has days for (about 68 million from 1970 on)
 * \param first_day        days since 1970-01-01
 * \param seed             any number
 * \param market           gets the market, with decisions at every bar; the caller's to free with ppo_market_free
 *
 * Any thread; allocates. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the parameter that cannot be used, also
 * where prices leave the range of a number; PPO_ERR_OUT_OF_MEMORY, PPO_ERR_NULL_POINTER.
 */
ppo_status ppo_market_simulate_prices(const char *parameters_json,
                                      size_t bars,
                                      int32_t first_day,
                                      uint64_t seed,
                                      struct ppo_market **market);

/**
 * Makes the geometric Brownian motion with the moments of a market's log returns, without end: 252 bars a year, cash
 * at the mean of the prices' rates. It sees the bars of the market's range (ppo_market_select) and no others.
 *
 * \param market  prices, of at least N + 2 bars
 * \param fitted  gets the simulated market, which is the caller's to free with ppo_market_free
 *
 * Any number of threads on one market; allocates. PPO_ERR_INVALID_ARGUMENT for a simulation without end, too few bars
 * and returns that are constant or combinations of others'; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_fit_gbm(const struct ppo_market *market,
                              struct ppo_market **fitted);

/**
 * Makes the regime-switching market, without end, whose regimes are the states of a hidden Markov model of a market's
 * log returns, calmest first. It sees the bars of the market's range (ppo_market_select) and no others. Policies are
 * not shown the regime.
 *
 * \param market   prices
 * \param regimes  number of regimes, at least 1
 * \param seed     of the starting points of the fit: any number
 * \param fitted   gets the simulated market, which is the caller's to free with ppo_market_free
 *
 * Any number of threads on one market; allocates, and takes seconds where there are many bars and assets.
 * PPO_ERR_INVALID_ARGUMENT for a simulation without end, too few bars for that many regimes, returns that are constant
 * or combinations of others', and regimes that the prices never leave; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_market_fit_regimes(const struct ppo_market *market,
                                  size_t regimes,
                                  uint64_t seed,
                                  struct ppo_market **fitted);

/**
 * Copies out the parameters of a simulation without end as JSON; ppo_market_simulated takes them back.
 *
 * \param market    a market of ppo_market_simulated or of a fit
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any number of threads on one market; allocates. PPO_ERR_INVALID_ARGUMENT for prices; PPO_ERR_BUFFER_TOO_SMALL
 * (nothing but `needed` is written), PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_market_parameters_json(const struct ppo_market *market,
                                      char *buffer,
                                      size_t capacity,
                                      size_t *needed);

/**
 * Makes a portfolio that has seen nothing, all in cash. It decides with the policy that the agent has now, which it
 * shares with the agent and with other portfolios in memory; what the agent learns later reaches it by
 * ppo_portfolio_set_agent alone. The agent may be freed.
 *
 * \param agent        the agent
 * \param config_json  an object with any of `balance` (money at the start, above 0; default 100000), `cost_rate` (per
 *                     traded notional of assets, in [0, 1); default 0.001), `history` (returns remembered for leverage
 *                     and Kelly, 20 to 100000; default 252), `half_life` (of the volatility forecast, in bars, above
 *                     0; default 20), `leverage` and `kelly` (docs/risk.md); NULL for the defaults
 * \param portfolio    gets the portfolio, which is the caller's to free with ppo_portfolio_free
 *
 * Any number of threads on one agent; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED;
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
 */
ppo_status ppo_portfolio_new(const struct ppo_agent *agent,
                             const char *config_json,
                             struct ppo_portfolio **portfolio);

/**
 * Decides with the policy that an agent has now, from the next call on the portfolio on; account, history and what was
 * decided stay. Of several that are set between two calls the last counts.
 *
 * \param portfolio  the portfolio
 * \param agent      the agent: of the spec of the one that the portfolio was made with
 *
 * Any thread, any number of them, also while another call uses the portfolio: neither waits for the other, and no call
 * is answered PPO_ERR_BUSY for it. Allocates nothing; frees the policy that was replaced before. PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED; PPO_ERR_INVALID_ARGUMENT for another spec.
 */
ppo_status ppo_portfolio_set_agent(struct ppo_portfolio *portfolio,
                                   const struct ppo_agent *agent);

/**
 * Frees a portfolio. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses the portfolio.
 */
void ppo_portfolio_free(struct ppo_portfolio *portfolio);

/**
 * Copies out the words of the last failed call on a portfolio, whichever thread made it: as ppo_last_error.
 *
 * \param portfolio  the portfolio; a poisoned one is fine
 * \param buffer     room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity   bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed     gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_portfolio_last_error(const struct ppo_portfolio *portfolio,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *needed);

/**
 * Prepares a struct for ppo_portfolio_account.
 *
 * \param account  the struct to fill
 * \param size     `sizeof(ppo_account)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_account_init(struct ppo_account *account, size_t size);

/**
 * Copies out how the portfolio stands at this close, before what is traded at it.
 *
 * \param portfolio    the portfolio
 * \param account      gets the numbers; its `struct_size` has to be set (ppo_account_init does)
 * \param weights_out  gets the weights that are held, assets and then cash: [weights_len]; may be NULL; not inside
 *                     `account`
 * \param weights_len  N + 1, or 0 with NULL
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_VERSION,
 * PPO_ERR_INVALID_ARGUMENT (memory that is shared), PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_account(struct ppo_portfolio *portfolio,
                                 struct ppo_account *account,
                                 double *weights_out,
                                 size_t weights_len);

/**
 * Whether enough bars were taken in for a decision.
 *
 * \param portfolio  the portfolio
 * \param ready      gets 1 where ppo_portfolio_rebalance can decide, else 0
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_ready(struct ppo_portfolio *portfolio, uint32_t *ready);

/**
 * Number of bars that have to be taken in before the first decision; as prices that is one close more.
 *
 * \param portfolio  the portfolio
 * \param bars       gets the number
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_warm_up_bars(struct ppo_portfolio *portfolio, size_t *bars);

/**
 * Decides at this close. The target is taken to be traded at it, unless turnover to it stays below the policy's trade
 * band. Asking again at the same close gives the same answer.
 *
 * \param portfolio    the portfolio
 * \param weights_out  gets the policy's target weights, at least 0, summing to 1, within the spec's cap and floor:
 *                     assets, then cash where the policy may hold it: [weights_len]
 * \param weights_len  ppo_agent_action_len: A
 *
 * On an error the portfolio is as it was. One thread at a time on a portfolio; allocates nothing. PPO_ERR_NOT_READY
 * before ppo_portfolio_warm_up_bars bars; PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE (scores of the
 * policy), PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_rebalance(struct ppo_portfolio *portfolio,
                                   double *weights_out,
                                   size_t weights_len);

/**
 * Says what was really traded to at this close, in place of the last target.
 *
 * \param portfolio    the portfolio
 * \param weights      weights after the trade, at least 0, summing to 1 (within 1e-6), assets and then cash, which may be
 *                     down to -0.01, an overdraft of fees: [weights_len]
 * \param weights_len  N + 1
 * \param cost         what the trade cost, as a fraction of the value before it: 0, or above 0 and below what was
 *                     traded; within 1e-9 of 0 it is rounding and needs no trade
 *
 * An overdraft is carried as it is, at the bar's cash return, until the next trade.
 *
 * On an error the portfolio is as it was. One thread at a time on a portfolio; allocates nothing.
 * PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_record_trade(struct ppo_portfolio *portfolio,
                                      const double *weights,
                                      size_t weights_len,
                                      double cost);

/**
 * Says what is held at this close and what it is worth, where the books differ from the portfolio's account: at the
 * start, or after a payment. Nothing counts as traded at this close any more. Drawdown and remembered returns stay.
 *
 * \param portfolio    the portfolio
 * \param weights      what is held, assets and then cash, as for ppo_portfolio_record_trade: [weights_len]
 * \param weights_len  N + 1
 * \param equity       money, above 0 and at most 1e90
 *
 * On an error the portfolio is as it was. One thread at a time on a portfolio; allocates nothing. Errors as
 * ppo_portfolio_record_trade.
 */
ppo_status ppo_portfolio_set_position(struct ppo_portfolio *portfolio,
                                      const double *weights,
                                      size_t weights_len,
                                      double equity);

/**
 * Factor that target weights may be multiplied by, from the volatility that they would have had, the account's
 * drawdown and a trend (docs/risk.md). The weights are those of the last decision at this close or of the trade
 * recorded at it, else those held.
 *
 * \param portfolio  the portfolio
 * \param trend      annual drift of the portfolio; NaN where none is known
 * \param leverage   gets the factor, 0 to the configured maximum
 *
 * One thread at a time on a portfolio; allocates. PPO_ERR_NOT_READY below 20 bars; PPO_ERR_INVALID_ARGUMENT where
 * nothing but cash is held; PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE (an infinite trend), PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_leverage(struct ppo_portfolio *portfolio,
                                  double trend,
                                  double *leverage);

/**
 * Kelly weights of the assets from the remembered returns (docs/risk.md); cash is the rest.
 *
 * \param portfolio    the portfolio
 * \param weights_out  gets the weights: [weights_len]
 * \param weights_len  N
 *
 * One thread at a time on a portfolio; allocates. PPO_ERR_NOT_READY below 20 bars; PPO_ERR_INVALID_ARGUMENT where the
 * returns of an asset do not vary; PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_kelly(struct ppo_portfolio *portfolio,
                               double *weights_out,
                               size_t weights_len);

/**
 * Copies out what the last decision was taken on; zeros before the first.
 *
 * \param portfolio  the portfolio
 * \param state_out  gets the state, not normalised (ppo_agent_state_len has its layout): [state_len]
 * \param state_len  S
 * \param prior_out  gets the prior's weights, 1/A each without a prior: [prior_len]; may be NULL
 * \param prior_len  A, or 0 with NULL
 *
 * One thread at a time on a portfolio; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH,
 * PPO_ERR_INVALID_ARGUMENT (memory that is shared), PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_seen(struct ppo_portfolio *portfolio,
                              float *state_out,
                              size_t state_len,
                              double *prior_out,
                              size_t prior_len);

/**
 * Takes in a bar that just ended, as closes. The portfolio earns it, then it is history. The first closes ever, and
 * the first after ppo_portfolio_push_returns, are only what later ones are compared with. A bar given twice counts twice:
 * bars have no time here (risk_market.time of ppo_managed_decide does).
 *
 * \param portfolio    the portfolio
 * \param closes       close of each asset, above 0, in the order of the agent's assets: [closes_len]
 * \param closes_len   N
 * \param cash_return  simple return of cash over the bar, at least -1; earned from the first decision, or
 *                     ppo_portfolio_set_position, on: the portfolio is not followed before
 * \param columns      the policy's columns, known at this close: [columns_len]; NULL where it has none
 * \param columns_len  K, or 0 with NULL
 * \param prior        weights of a supplied prior for the decision at this close, assets and then cash: [prior_len];
 *                     NULL where the policy's prior is not `supplied`
 * \param prior_len    N + 1, or 0 with NULL
 * \param taken        gets 1 where there was a close before, so that the bar was taken in, else 0; may be NULL
 *
 * On an error the portfolio is as it was. One thread at a time on a portfolio; allocates nothing.
 * PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_push_prices(struct ppo_portfolio *portfolio,
                                     const double *closes,
                                     size_t closes_len,
                                     double cash_return,
                                     const double *columns,
                                     size_t columns_len,
                                     const double *prior,
                                     size_t prior_len,
                                     uint32_t *taken);

/**
 * Takes in a bar that just ended, as returns. The portfolio earns it, then it is history.
 *
 * \param portfolio    the portfolio
 * \param returns      simple return of each asset over the bar, at least -1: [returns_len]
 * \param returns_len  N
 * \param cash_return  as for ppo_portfolio_push_prices
 * \param columns      as for ppo_portfolio_push_prices: [columns_len]
 * \param columns_len  K, or 0 with NULL
 * \param prior        as for ppo_portfolio_push_prices: [prior_len]
 * \param prior_len    N + 1, or 0 with NULL
 *
 * One thread at a time on a portfolio; allocates nothing. Errors as ppo_portfolio_push_prices.
 */
ppo_status ppo_portfolio_push_returns(struct ppo_portfolio *portfolio,
                                      const double *returns,
                                      size_t returns_len,
                                      double cash_return,
                                      const double *columns,
                                      size_t columns_len,
                                      const double *prior,
                                      size_t prior_len);

/**
 * Copies out all that bars and trades have left behind, as JSON, for a restart: account, history, last closes, what
 * was decided. The policy and the settings are not in it.
 *
 * \param portfolio  the portfolio
 * \param buffer     room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity   bytes in `buffer`
 * \param needed     gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * One thread at a time on a portfolio; allocates. PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written),
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_state_json(struct ppo_portfolio *portfolio,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *needed);

/**
 * Goes on from a saved state, bit for bit. The policy may be another one than the saved portfolio's, of the same state
 * and prior.
 *
 * \param portfolio   the portfolio
 * \param state_json  what ppo_portfolio_state_json wrote
 *
 * The text may come from anywhere: it is checked before it is believed, and on an error the portfolio is as it was.
 * One thread at a time on a portfolio; allocates. PPO_ERR_INVALID_ARGUMENT for what is no state of a portfolio like
 * this one; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_portfolio_restore(struct ppo_portfolio *portfolio,
                                 const char *state_json);

/**
 * Copies out the settings, as JSON with every key. ppo_portfolio_new takes it back.
 *
 * \param portfolio  the portfolio
 * \param buffer     room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity   bytes in `buffer`
 * \param needed     gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * One thread at a time on a portfolio; allocates. Errors as ppo_portfolio_state_json.
 */
ppo_status ppo_portfolio_config_json(struct ppo_portfolio *portfolio,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *needed);

/**
 * Makes a stream of random numbers.
 *
 * \param seed    the run's seed: any number
 * \param index   which of the run's independent streams: one for each thread or account, say
 * \param random  gets the stream, which is the caller's to free with ppo_random_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER.
 */
ppo_status ppo_random_new(uint64_t seed, uint64_t index, struct ppo_random **random);

/**
 * Makes a stream that goes on where another one stands.
 *
 * \param random  the stream to copy; not changed, and not in use by another call
 * \param copy    gets the copy, which is the caller's to free with ppo_random_free
 *
 * One thread at a time on `random`; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_BUSY.
 */
ppo_status ppo_random_clone(struct ppo_random *random, struct ppo_random **copy);

/**
 * Copies out where a stream stands, as JSON: for a restart, or for another process.
 *
 * \param random    the stream; not changed
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * One thread at a time on a stream; allocates. PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written),
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status ppo_random_state_json(struct ppo_random *random,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *needed);

/**
 * Makes a stream that goes on from a saved state: it draws what the saved one would have drawn.
 *
 * \param state_json  what ppo_random_state_json wrote
 * \param random      gets the stream, which is the caller's to free with ppo_random_free
 *
 * The text may come from anywhere: it is checked before it is believed. Any thread; allocates.
 * PPO_ERR_INVALID_ARGUMENT for what is no state of a stream; PPO_ERR_NULL_POINTER.
 */
ppo_status ppo_random_restore(const char *state_json, struct ppo_random **random);

/**
 * Frees a stream. NULL is fine. A stream that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses the stream.
 */
void ppo_random_free(struct ppo_random *random);

/**
 * Copies out the words of the last failed call on a stream, whichever thread made it: as ppo_last_error.
 *
 * \param random    the stream; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_random_last_error(const struct ppo_random *random,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *needed);

/**
 * Makes averages that have seen nothing.
 *
 * \param assets  number of assets, N
 * \param bars    true ranges that are averaged, at least 1; Wilder's are 14
 * \param atr     gets the averages, which are the caller's to free with risk_atr_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_INVALID_ARGUMENT.
 */
ppo_status risk_atr_new(size_t assets, size_t bars, struct risk_atr **atr);

/**
 * Makes averages that go on, bit for bit, from what risk_atr_state_json saved.
 *
 * \param assets      number of assets, N: the state's
 * \param bars        true ranges that are averaged: the state's
 * \param state_json  the saved state
 * \param atr         gets the averages, which are the caller's to free with risk_atr_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the part of the state.
 */
ppo_status risk_atr_restore(size_t assets, size_t bars, const char *state_json, struct risk_atr **atr);

/**
 * Frees averages. NULL is fine. Those that were freed before are left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses them.
 */
void risk_atr_free(struct risk_atr *atr);

/**
 * Copies out the words of the last failed call on averages, whichever thread made it: as ppo_last_error.
 *
 * \param atr       the averages; poisoned ones are fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status risk_atr_last_error(const struct risk_atr *atr,
                               char *buffer,
                               size_t capacity,
                               size_t *needed);

/**
 * Writes all that averages remember as JSON, for risk_atr_restore; numbers are exact.
 *
 * \param atr       the averages
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `atr`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_atr_state_json(struct risk_atr *atr, char *buffer, size_t capacity, size_t *needed);

/**
 * Takes in one bar of every asset, in the unit of the prices. Without highs and lows the true range is
 * abs(close - previous close).
 *
 * \param atr        the averages; as they were where the call fails
 * \param high       highs of the bar: [high_len]; NULL together with `low`
 * \param high_len   N, or 0 with NULL
 * \param low        lows of the bar: [low_len]; NULL together with `high`
 * \param low_len    N, or 0 with NULL
 * \param close      closes of the bar, above 0, within low and high: [close_len]
 * \param close_len  N
 *
 * One thread at a time on `atr`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_atr_update(struct risk_atr *atr,
                           const double *high,
                           size_t high_len,
                           const double *low,
                           size_t low_len,
                           const double *close,
                           size_t close_len);

/**
 * The averages after the last bar, in the unit of the prices.
 *
 * \param atr         the averages
 * \param values      gets the average of each asset, NaN until `needed` bars were seen: [values_len]
 * \param values_len  N
 * \param seen        gets the number of bars seen; may be NULL
 * \param needed      gets the number of bars that the first average needs: one more than it averages; may be NULL
 *
 * One thread at a time on `atr`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_atr_values(struct risk_atr *atr,
                           double *values,
                           size_t values_len,
                           size_t *seen,
                           size_t *needed);

/**
 * Wilder's average true range over a whole table: row t is, bit for bit, what risk_atr_values gives after bar t.
 *
 * \param high        highs: [rows, assets], row by row; NULL together with `low`: the true range is that of closes
 * \param high_len    rows * assets, or 0 with NULL
 * \param low         lows: [rows, assets]; NULL together with `high`
 * \param low_len     rows * assets, or 0 with NULL
 * \param close       closes, above 0, within low and high: [rows, assets]
 * \param close_len   rows * assets
 * \param rows        number of bars, T, at least 1
 * \param assets      number of assets, N
 * \param bars        true ranges that are averaged, at least 1; Wilder's are 14
 * \param values      gets the averages, NaN in the first `bars` rows: [rows, assets]
 * \param values_len  rows * assets
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT names the
 * bar.
 */
ppo_status risk_average_true_range(const double *high,
                                   size_t high_len,
                                   const double *low,
                                   size_t low_len,
                                   const double *close,
                                   size_t close_len,
                                   size_t rows,
                                   size_t assets,
                                   size_t bars,
                                   double *values,
                                   size_t values_len);

/**
 * Fills measures relative to a benchmark with NaN.
 *
 * \param metrics  the struct to fill
 * \param size     `sizeof(risk_benchmark_metrics)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_benchmark_metrics_init(struct risk_benchmark_metrics *metrics, size_t size);

/**
 * Measures a series of returns relative to a benchmark, in the conventions of empyrical-reloaded.
 *
 * \param returns        simple returns of the bars, oldest first; NaN for an unknown one: [returns_len]
 * \param returns_len    number of bars
 * \param benchmark      the benchmark's returns in the same bars, NaN for an unknown one: [benchmark_len]
 * \param benchmark_len  the same number
 * \param conventions    what measures are relative to; NULL for the defaults
 * \param metrics        gets the measures
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH; PPO_ERR_NOT_FINITE for an infinite return;
 * PPO_ERR_INVALID_ARGUMENT names the convention; PPO_ERR_VERSION.
 */
ppo_status risk_benchmark_metrics_compute(const double *returns,
                                          size_t returns_len,
                                          const double *benchmark,
                                          size_t benchmark_len,
                                          const struct risk_conventions *conventions,
                                          struct risk_benchmark_metrics *metrics);

/**
 * Fills a bar with the defaults: nothing given.
 *
 * \param market  the struct to fill
 * \param size    `sizeof(risk_market)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_market_init(struct risk_market *market, size_t size);

/**
 * Fills a portfolio with the defaults.
 *
 * \param portfolio  the struct to fill
 * \param size       `sizeof(risk_portfolio)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_portfolio_init(struct risk_portfolio *portfolio, size_t size);

/**
 * Fills a decision with the defaults: no arrays.
 *
 * \param decision  the struct to fill
 * \param size      `sizeof(risk_decision)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_decision_init(struct risk_decision *decision, size_t size);

/**
 * Makes a drawdown monitor: RISK_STATE_ACTIVE, without a peak.
 *
 * \param config_json  the key "drawdown" of risk_manager_config_json; keys that are missing take their defaults,
 *                     unknown ones are refused; NULL for the defaults, which have no thresholds
 * \param monitor      gets the monitor, which is the caller's to free with risk_drawdown_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting.
 */
ppo_status risk_drawdown_new(const char *config_json,
                             struct risk_drawdown **monitor);

/**
 * Makes a drawdown monitor that goes on from what risk_drawdown_state_json saved.
 *
 * \param config_json  the settings: as risk_drawdown_new; they must be able to lead to the state
 * \param state_json   the saved state
 * \param monitor      gets the monitor, which is the caller's to free with risk_drawdown_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
 */
ppo_status risk_drawdown_restore(const char *config_json,
                                 const char *state_json,
                                 struct risk_drawdown **monitor);

/**
 * Frees a drawdown monitor. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses it.
 */
void risk_drawdown_free(struct risk_drawdown *monitor);

/**
 * Copies out the words of the last failed call on a drawdown monitor, whichever thread made it: as ppo_last_error.
 *
 * \param monitor   the monitor; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status risk_drawdown_last_error(const struct risk_drawdown *monitor,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *needed);

/**
 * Writes the settings of a drawdown monitor as JSON, every key with its value.
 *
 * \param monitor   the monitor
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `monitor`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_drawdown_config_json(struct risk_drawdown *monitor,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *needed);

/**
 * Writes all that a drawdown monitor remembers as JSON, for risk_drawdown_restore; numbers are exact.
 *
 * \param monitor   the monitor
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `monitor`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_drawdown_state_json(struct risk_drawdown *monitor,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *needed);

/**
 * Takes in a bar's equity and gives the state for the decision of this bar.
 *
 * \param monitor           the monitor; as it was where the call fails
 * \param equity            what the portfolio is worth, money above 0
 * \param drawdown          1 - equity/peak, in [0, 1]; NaN: the monitor follows the peak of the equities that it is
 *                          shown
 * \param state             gets a RISK_STATE_ number; may be NULL
 * \param found             gets the drawdown of this bar, in [0, 1]; may be NULL
 * \param reasons           gets the reasons, as many as there is room for: [reasons_capacity]; may be NULL with a
 *                          capacity of 0
 * \param reasons_capacity  reasons that there is room for
 * \param reasons_len       gets the number of reasons, those left out included; may be NULL
 *
 * One thread at a time on `monitor`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_drawdown_update(struct risk_drawdown *monitor,
                                double equity,
                                double drawdown,
                                uint32_t *state,
                                double *found,
                                struct risk_reason *reasons,
                                size_t reasons_capacity,
                                size_t *reasons_len);

/**
 * Starts afresh: RISK_STATE_ACTIVE, with the last equity as the peak and no drawdown. A host that gives its own
 * drawdown has to start that afresh too.
 *
 * \param monitor  the monitor
 *
 * One thread at a time on `monitor`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_drawdown_reset(struct risk_drawdown *monitor);

/**
 * Fills a hedge position with the defaults: none.
 *
 * \param position  the struct to fill
 * \param size      `sizeof(risk_hedge_position)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_hedge_position_init(struct risk_hedge_position *position, size_t size);

/**
 * Makes a hedge that is closed.
 *
 * \param config_json  the key "hedge" of risk_manager_config_json; keys that are missing take their defaults, unknown
 *                     ones are refused; NULL for the defaults
 * \param hedge        gets the hedge, which is the caller's to free with risk_hedge_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting.
 */
ppo_status risk_hedge_new(const char *config_json,
                          struct risk_hedge **hedge);

/**
 * Makes a hedge that goes on from what risk_hedge_state_json saved.
 *
 * \param config_json  the settings: as risk_hedge_new; they may differ from those of the state
 * \param state_json   the saved state
 * \param hedge        gets the hedge, which is the caller's to free with risk_hedge_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
 */
ppo_status risk_hedge_restore(const char *config_json,
                              const char *state_json,
                              struct risk_hedge **hedge);

/**
 * Frees a hedge. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses it.
 */
void risk_hedge_free(struct risk_hedge *hedge);

/**
 * Copies out the words of the last failed call on a hedge, whichever thread made it: as ppo_last_error.
 *
 * \param hedge     the hedge; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status risk_hedge_last_error(const struct risk_hedge *hedge,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *needed);

/**
 * Writes the settings of a hedge as JSON, every key with its value.
 *
 * \param hedge     the hedge
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `hedge`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_hedge_config_json(struct risk_hedge *hedge, char *buffer, size_t capacity, size_t *needed);

/**
 * Writes all that a hedge remembers as JSON, for risk_hedge_restore; numbers are exact.
 *
 * \param hedge     the hedge
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `hedge`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_hedge_state_json(struct risk_hedge *hedge, char *buffer, size_t capacity, size_t *needed);

/**
 * The hedge for a bar: opened where the drawdown is above the threshold, kept until it is below threshold - band.
 *
 * \param hedge             the hedge; as it was where the call fails
 * \param drawdown          1 - equity/peak, in [0, 1]
 * \param weights           weights that the portfolio will hold: [weights_len]
 * \param weights_len       N, at least 1
 * \param equity            what the portfolio is worth, money above 0
 * \param betas             betas of the assets to the hedge instrument: [betas_len]; NULL: every asset counts as 1
 * \param betas_len         N, or 0 with NULL
 * \param position          gets the position; its `struct_size` says how much of it there is
 * \param reasons           gets the reasons, as many as there is room for: [reasons_capacity]; may be NULL with a
 *                          capacity of 0
 * \param reasons_capacity  reasons that there is room for
 * \param reasons_len       gets the number of reasons, those left out included; may be NULL
 *
 * One thread at a time on `hedge`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_hedge_decide(struct risk_hedge *hedge,
                             double drawdown,
                             const double *weights,
                             size_t weights_len,
                             double equity,
                             const double *betas,
                             size_t betas_len,
                             struct risk_hedge_position *position,
                             struct risk_reason *reasons,
                             size_t reasons_capacity,
                             size_t *reasons_len);

/**
 * Fills an estimate with the defaults: no arrays.
 *
 * \param estimate  the struct to fill
 * \param size      `sizeof(risk_kelly_estimate)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_kelly_estimate_init(struct risk_kelly_estimate *estimate, size_t size);

/**
 * Full Kelly of one bet: the part of wealth to stake, probability/loss - (1 - probability)/gain.
 *
 * \param probability  of the gain, in [0, 1]
 * \param gain         what is gained then, as a part of the stake, above 0
 * \param loss         what is lost otherwise, as a part of the stake, above 0
 * \param stake        gets the part of wealth: negative where the bet is to be refused, above 1 where it is worth
 *                     borrowing for
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT.
 */
ppo_status risk_kelly_binary(double probability,
                             double gain,
                             double loss,
                             double *stake);

/**
 * Full Kelly of one asset: excess/variance.
 *
 * \param excess    mean return above cash over a short period
 * \param variance  variance of the return over the same period, above 0
 * \param weight    gets the part of wealth: negative is short, above 1 is borrowing
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT.
 */
ppo_status risk_kelly_continuous(double excess, double variance, double *weight);

/**
 * Weights that grow a portfolio fastest under caps: they maximise excess'w - w'Sw/(2 fraction), S the covariance.
 *
 * \param config_json     {"fraction": 0.5, "max_weights": [], "min_weights": [], "max_gross": 1.0, "cash_rate": 0.0},
 *                        which are the defaults: keys that are missing take them, unknown ones are refused, NULL is
 *                        all of them. Empty caps are `max_gross` and 0 in each asset; the cash rate is not used here
 * \param excess          expected returns above cash over a period: [excess_len]
 * \param excess_len      number of assets, N
 * \param covariance      their covariance over the same period: [N, N]
 * \param covariance_len  N * N
 * \param weights         gets the weights, cash is the rest: [weights_len]
 * \param weights_len     N
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT names the
 * setting, or says that the covariance is none.
 */
ppo_status risk_kelly_weights(const char *config_json,
                              const double *excess,
                              size_t excess_len,
                              const double *covariance,
                              size_t covariance_len,
                              double *weights,
                              size_t weights_len);

/**
 * Full Kelly of a portfolio without any cap: the inverse of the covariance times the excess.
 *
 * \param excess          expected returns above cash over a short period: [excess_len]
 * \param excess_len      number of assets, N
 * \param covariance      their covariance over the same period: [N, N]
 * \param covariance_len  N * N
 * \param weights         gets the weights, of either sign and any size: [weights_len]
 * \param weights_len     N
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT where the
 * covariance is none.
 */
ppo_status risk_kelly_unconstrained(const double *excess,
                                    size_t excess_len,
                                    const double *covariance,
                                    size_t covariance_len,
                                    double *weights,
                                    size_t weights_len);

/**
 * Kelly weights from a history of returns, with standard errors: means shrunk by Bayes-Stein, covariance by
 * Ledoit-Wolf, less the cash rate.
 *
 * \param config_json  as in risk_kelly_weights; `cash_rate` is annual
 * \param returns      simple returns, one row a bar, oldest first: [bars, assets]
 * \param returns_len  bars * assets
 * \param bars         number of bars, at least 2
 * \param assets       number of assets, N
 * \param estimate     gets the estimate, in arrays of its own; untouched where the call fails
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT names the
 * setting, or says what is wrong with the returns; PPO_ERR_VERSION.
 */
ppo_status risk_kelly_from_returns(const char *config_json,
                                   const double *returns,
                                   size_t returns_len,
                                   size_t bars,
                                   size_t assets,
                                   struct risk_kelly_estimate *estimate);

/**
 * Dynamic leverage, the factor of the target weights: target over forecast volatility within its limits, less the
 * nearer the drawdown comes to its stop, and at most the fractional Kelly leverage of a trend.
 *
 * \param config_json       {"target_volatility": 0.15, "min": 0.0, "max": 1.5, "drawdown_stop": null, "fraction": 0.5,
 *                          "cash_rate": 0.0}, which are the defaults: keys that are missing take them, unknown ones
 *                          are refused, NULL is all of them
 * \param volatility        forecast volatility of the target, annual, above 0
 * \param drawdown          1 - equity/peak, in [0, 1]
 * \param trend             expected return of the target, annual; NaN where there is none
 * \param reasons           gets what shaped the leverage: [reasons_capacity]; may be NULL with 0. At most 4
 * \param reasons_capacity  reasons that there is room for; what is beyond it is left out
 * \param reasons_len       gets the number of reasons, more than the capacity where some were left out; may be NULL
 * \param leverage          gets the factor, 0 to `max`
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT names the setting or the
 * number.
 */
ppo_status risk_leverage(const char *config_json,
                         double volatility,
                         double drawdown,
                         double trend,
                         struct risk_reason *reasons,
                         size_t reasons_capacity,
                         size_t *reasons_len,
                         double *leverage);

/**
 * Makes limits that have seen no returns.
 *
 * \param config_json  the key "limits" of risk_manager_config_json; keys that are missing take their defaults, unknown
 *                     ones are refused; NULL for the defaults
 * \param assets       number of assets, N
 * \param limits       gets the limits, which are the caller's to free with risk_limits_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting, or the pair that no
 * portfolio meets.
 */
ppo_status risk_limits_new(const char *config_json,
                           size_t assets,
                           struct risk_limits **limits);

/**
 * Makes limits that remember, bit for bit, the returns that risk_limits_state_json saved.
 *
 * \param config_json  the settings: as risk_limits_new, with "tail_bars" at least the bars of the state
 * \param assets       number of assets, N: the state's
 * \param state_json   the saved state
 * \param limits       gets the limits, which are the caller's to free with risk_limits_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
 */
ppo_status risk_limits_restore(const char *config_json,
                               size_t assets,
                               const char *state_json,
                               struct risk_limits **limits);

/**
 * Frees limits. NULL is fine. Those that were freed before are left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses them.
 */
void risk_limits_free(struct risk_limits *limits);

/**
 * Copies out the words of the last failed call on limits, whichever thread made it: as ppo_last_error.
 *
 * \param limits    the limits; poisoned ones are fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status risk_limits_last_error(const struct risk_limits *limits,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * Writes the settings of limits as JSON, every key with its value.
 *
 * \param limits    the limits
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `limits`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_limits_config_json(struct risk_limits *limits, char *buffer, size_t capacity, size_t *needed);

/**
 * Writes all that limits remember as JSON, for risk_limits_restore; numbers are exact.
 *
 * \param limits    the limits
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `limits`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_limits_state_json(struct risk_limits *limits, char *buffer, size_t capacity, size_t *needed);

/**
 * Remembers one bar's returns, that tail risk is measured on; the oldest of "tail_bars" is forgotten.
 *
 * \param limits       the limits; as they were where the call fails
 * \param returns      simple returns of the assets, -1 or more: [returns_len]
 * \param returns_len  N
 *
 * One thread at a time on `limits`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_limits_push_returns(struct risk_limits *limits,
                                    const double *returns,
                                    size_t returns_len);

/**
 * The allowed weights nearest to a target (Euclidean distance, exactly), with a reason for every limit that binds. A
 * target within every limit is copied bit for bit. Caps on tail risk then scale towards cash, just so far as they
 * have to.
 *
 * \param limits            the limits; not changed
 * \param target            weights wished for, at most 1e6 in size: [target_len]
 * \param target_len        N
 * \param current           weights held, from which turnover counts, at most 100 in size: [current_len]
 * \param current_len       N
 * \param factor            0 to 1: multiplies every limit on exposure away from 0, and the caps on tail risk; 1 for
 *                          the limits as they are set
 * \param low               lower bounds besides the limits' own, each 0 or less or -INFINITY: [low_len]; NULL for none
 * \param low_len           N, or 0 with NULL
 * \param high              upper bounds besides the limits' own, each 0 or more or INFINITY: [high_len]; NULL for none
 * \param high_len          N, or 0 with NULL
 * \param weights           gets the allowed weights: [weights_len]
 * \param weights_len       N
 * \param reasons           gets the reasons, as many as there is room for: [reasons_capacity]; may be NULL with a
 *                          capacity of 0
 * \param reasons_capacity  reasons that there is room for
 * \param reasons_len       gets the number of reasons, those left out included; may be NULL
 *
 * One thread at a time on `limits`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_limits_apply(struct risk_limits *limits,
                             const double *target,
                             size_t target_len,
                             const double *current,
                             size_t current_len,
                             double factor,
                             const double *low,
                             size_t low_len,
                             const double *high,
                             size_t high_len,
                             double *weights,
                             size_t weights_len,
                             struct risk_reason *reasons,
                             size_t reasons_capacity,
                             size_t *reasons_len);

/**
 * Takes in the bar that just ended and decides what the portfolio may do at its close. To be called once a bar; bars
 * without a decision go to risk_manager_observe.
 *
 * \param manager    the manager; as it was where the call fails
 * \param market     the bar that just ended
 * \param portfolio  what is wished for and what is held
 * \param decision   gets the decision, in arrays of its own; untouched where the call fails
 *
 * One thread at a time on `manager`; allocates nothing and never waits. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH,
 * PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_BUSY.
 */
ppo_status risk_manage(struct risk_manager *manager,
                       const struct risk_market *market,
                       const struct risk_portfolio *portfolio,
                       struct risk_decision *decision);

/**
 * Makes a risk manager that has seen nothing.
 *
 * \param config_json  its settings, as risk_manager_config_json writes them; keys that are missing take their
 *                     defaults, unknown ones are refused; NULL for the defaults
 * \param assets       number of assets, N
 * \param manager      gets the manager, which is the caller's to free with risk_manager_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting.
 */
ppo_status risk_manager_new(const char *config_json, size_t assets, struct risk_manager **manager);

/**
 * Makes a risk manager that goes on, bit for bit, from what risk_manager_state_json saved.
 *
 * \param config_json  its settings: as risk_manager_new. They may differ from those of the state: a part that is
 *                     switched on starts afresh, and what a part that is switched off had remembered is dropped
 * \param assets       number of assets, N: the state's
 * \param state_json   the saved state
 * \param manager      gets the manager, which is the caller's to free with risk_manager_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
 */
ppo_status risk_manager_restore(const char *config_json,
                                size_t assets,
                                const char *state_json,
                                struct risk_manager **manager);

/**
 * Frees a risk manager. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses the manager.
 */
void risk_manager_free(struct risk_manager *manager);

/**
 * Copies out the words of the last failed call on a risk manager, whichever thread made it: as ppo_last_error.
 *
 * \param manager   the manager; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status risk_manager_last_error(const struct risk_manager *manager,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/**
 * Writes a risk manager's settings as JSON, every key with its value.
 *
 * \param manager   the manager
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `manager`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_manager_config_json(struct risk_manager *manager,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *needed);

/**
 * Writes all that bars and decisions have left behind as JSON, for risk_manager_restore; numbers are exact.
 *
 * \param manager   the manager
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `manager`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_manager_state_json(struct risk_manager *manager,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/**
 * Counts that a caller sizes its arrays by.
 *
 * \param manager          the manager
 * \param assets           gets N, the number of assets; may be NULL
 * \param observation_len  gets the length of an observation, 0 where there are no regimes; may be NULL
 * \param regimes          gets K, the number of regimes, 0 where there are none; may be NULL
 *
 * One thread at a time on `manager`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_manager_counts(struct risk_manager *manager,
                               size_t *assets,
                               size_t *observation_len,
                               size_t *regimes);

/**
 * Takes in a bar on which nothing is decided, so that ATR, volatility, tail risk and regimes know it.
 *
 * \param manager  the manager; as it was where the call fails
 * \param market   the bar that just ended
 *
 * One thread at a time on `manager`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_manager_observe(struct risk_manager *manager,
                                const struct risk_market *market);

/**
 * Ends RISK_STATE_HALTED or RISK_STATE_REDUCING: the last equity becomes the peak.
 *
 * \param manager  the manager
 *
 * One thread at a time on `manager`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_manager_reset(struct risk_manager *manager);

/**
 * Lets a stopped asset be held again; nothing where it is not stopped.
 *
 * \param manager  the manager
 * \param asset    the asset's number, from 0
 *
 * One thread at a time on `manager`; allocates nothing. PPO_ERR_INVALID_ARGUMENT for no asset's number;
 * PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_manager_reset_stop(struct risk_manager *manager, size_t asset);

/**
 * Probability of each regime after the last observation.
 *
 * \param manager            the manager; its settings have regimes
 * \param probabilities      gets the probabilities: [K]
 * \param probabilities_len  K
 *
 * One thread at a time on `manager`; allocates nothing. PPO_ERR_INVALID_ARGUMENT where there are no regimes;
 * PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_manager_regimes(struct risk_manager *manager,
                                double *probabilities,
                                size_t probabilities_len);

/**
 * Fills conventions with the defaults.
 *
 * \param conventions  the struct to fill
 * \param size         `sizeof(risk_conventions)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_conventions_init(struct risk_conventions *conventions, size_t size);

/**
 * Fills measures with NaN.
 *
 * \param metrics  the struct to fill
 * \param size     `sizeof(risk_metrics)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_metrics_init(struct risk_metrics *metrics, size_t size);

/**
 * Measures a series of returns, in the conventions of empyrical-reloaded but for losses, which are positive.
 *
 * \param returns      simple returns of the bars, oldest first; NaN for an unknown one, which is a bar of the year and is
 *                     left out of all the rest (value at risk, skewness and kurtosis are NaN then): [returns_len]
 * \param returns_len  number of bars; of few bars most measures are NaN
 * \param conventions  what measures are relative to; NULL for the defaults
 * \param metrics      gets the measures
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_NOT_FINITE for an infinite return; PPO_ERR_INVALID_ARGUMENT
 * names the convention; PPO_ERR_VERSION.
 */
ppo_status risk_metrics_compute(const double *returns,
                                size_t returns_len,
                                const struct risk_conventions *conventions,
                                struct risk_metrics *metrics);

/**
 * The deepest drawdowns of an equity curve, deepest first, the earlier first among equals.
 *
 * \param equity      what the portfolio was worth, the start first, finite and above 0: [equity_len]
 * \param equity_len  number of points
 * \param drawdowns   gets the drawdowns, as many as there are and fit: [capacity]
 * \param capacity    drawdowns that there is room for
 * \param count       gets the number written
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT for an equity that is not
 * above 0.
 */
ppo_status risk_worst_drawdowns(const double *equity,
                                size_t equity_len,
                                struct risk_drawdown_period *drawdowns,
                                size_t capacity,
                                size_t *count);

/**
 * Fills figures with NaN.
 *
 * \param figures  the struct to fill
 * \param size     `sizeof(risk_performance_figures)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_performance_figures_init(struct risk_performance_figures *figures, size_t size);

/**
 * Begins a series that has no bars yet.
 *
 * \param conventions  what measures are relative to (`tail` is not used); NULL for the defaults
 * \param performance  gets the handle, which is the caller's to free with risk_performance_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT names the convention;
 * PPO_ERR_VERSION.
 */
ppo_status risk_performance_new(const struct risk_conventions *conventions,
                                struct risk_performance **performance);

/**
 * Goes on, bit for bit, from what risk_performance_state_json saved.
 *
 * \param conventions  those that the state was made with; NULL for the defaults
 * \param state_json   the saved state
 * \param performance  gets the handle, which is the caller's to free with risk_performance_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT names the convention or
 * the part of the state; PPO_ERR_VERSION.
 */
ppo_status risk_performance_restore(const struct risk_conventions *conventions,
                                    const char *state_json,
                                    struct risk_performance **performance);

/**
 * Frees a series. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses the handle.
 */
void risk_performance_free(struct risk_performance *performance);

/**
 * Copies out the words of the last failed call on a series, whichever thread made it: as ppo_last_error.
 *
 * \param performance  the series; a poisoned one is fine
 * \param buffer       room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity     bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed       gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status risk_performance_last_error(const struct risk_performance *performance,
                                       char *buffer,
                                       size_t capacity,
                                       size_t *needed);

/**
 * Takes in one bar.
 *
 * \param performance    the series; as it was where the call fails
 * \param simple_return  the bar's simple return; NaN for an unknown one, which leaves equity as it was
 *
 * One thread at a time on `performance`; allocates nothing and never waits. PPO_ERR_NOT_FINITE for an infinite
 * return; PPO_ERR_INVALID_ARGUMENT for one that takes a sum past the largest number; PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_performance_push(struct risk_performance *performance,
                                 double simple_return);

/**
 * Reads the figures so far.
 *
 * \param performance  the series
 * \param figures      gets the figures
 *
 * One thread at a time on `performance`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_VERSION,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_performance_read(struct risk_performance *performance,
                                 struct risk_performance_figures *figures);

/**
 * Writes all that the bars have left behind as JSON, for risk_performance_restore; numbers are exact.
 *
 * \param performance  the series
 * \param buffer       room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity     bytes in `buffer`
 * \param needed       gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `performance`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_performance_state_json(struct risk_performance *performance,
                                       char *buffer,
                                       size_t capacity,
                                       size_t *needed);

/**
 * Makes what sizes positions.
 *
 * \param config_json  the key "positions" of risk_manager_config_json; keys that are missing take their defaults,
 *                     unknown ones are refused; NULL for the defaults
 * \param assets       number of assets, N
 * \param positions    gets the handle, which is the caller's to free with risk_positions_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the setting.
 */
ppo_status risk_positions_new(const char *config_json,
                              size_t assets,
                              struct risk_positions **positions);

/**
 * Frees what sizes positions. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses it.
 */
void risk_positions_free(struct risk_positions *positions);

/**
 * Copies out the words of the last failed call on what sizes positions, whichever thread made it: as ppo_last_error.
 *
 * \param positions  the handle; a poisoned one is fine
 * \param buffer     room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity   bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed     gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status risk_positions_last_error(const struct risk_positions *positions,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *needed);

/**
 * Writes the settings of what sizes positions as JSON, every key with its value.
 *
 * \param positions  the handle
 * \param buffer     room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity   bytes in `buffer`
 * \param needed     gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `positions`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_positions_config_json(struct risk_positions *positions,
                                      char *buffer,
                                      size_t capacity,
                                      size_t *needed);

/**
 * Units to hold for weights: at most what the average true range and the hard maximum allow, all scaled alike to the
 * maximum of open risk, floored to the lot, dropped below the minimum.
 *
 * \param positions         the handle; not changed
 * \param equity            what the portfolio is worth, money above 0
 * \param weights           weights to hold, negative is short: [weights_len]
 * \param weights_len       N
 * \param closes            prices, above 0: [closes_len]
 * \param closes_len        N
 * \param atr               average true ranges in the unit of the prices, above 0, NaN where there is none yet: such
 *                          an asset is sized by its weight alone: [atr_len]
 * \param atr_len           N
 * \param atr_seen          bars that the averages have seen: whether NaN is RISK_REASON_SKIPPED_POSITION_SIZE (too few) or
 *                          RISK_REASON_FLAT_PRICE
 * \param units             gets the units, signed as the weight: [units_len]
 * \param units_len         N
 * \param stops             gets the prices at which to get out, NaN where there is none: [stops_len]; may be NULL
 * \param stops_len         N, or 0 with NULL
 * \param reasons           gets the reasons, as many as there is room for: [reasons_capacity]; may be NULL with a
 *                          capacity of 0
 * \param reasons_capacity  reasons that there is room for
 * \param reasons_len       gets the number of reasons, those left out included; may be NULL
 *
 * One thread at a time on `positions`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
 * PPO_ERR_INVALID_ARGUMENT, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_positions_size(struct risk_positions *positions,
                               double equity,
                               const double *weights,
                               size_t weights_len,
                               const double *closes,
                               size_t closes_len,
                               const double *atr,
                               size_t atr_len,
                               size_t atr_seen,
                               double *units,
                               size_t units_len,
                               double *stops,
                               size_t stops_len,
                               struct risk_reason *reasons,
                               size_t reasons_capacity,
                               size_t *reasons_len);

/**
 * Units of a single position: equity * risk / (atr * multiple), floored to the lot.
 *
 * \param equity    what the portfolio is worth, money above 0
 * \param risk      part of equity that is lost where the price moves by multiple * atr, above 0 and at most 1
 * \param atr       average true range in the unit of the price, above 0
 * \param multiple  distance of the stop in average true ranges, above 0
 * \param lot       units that can be traded at a time, 0 or more; 0 for any size
 * \param units     gets the units, 0 or more
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT.
 */
ppo_status risk_position_units(double equity,
                               double risk,
                               double atr,
                               double multiple,
                               double lot,
                               double *units);

/**
 * The name of a reason's code, as in JSON: "DRAWDOWN_STOP" for RISK_REASON_DRAWDOWN_STOP, "UNKNOWN" for a number that
 * is no code's.
 *
 * \param code  a RISK_REASON_ number
 *
 * Any thread; cannot fail. The text is the library's and stays.
 */
const char *risk_reason_name(uint32_t code);

/**
 * Puts a reason in a line for people: its code, the name that its index stands for, what was found and allowed.
 *
 * \param reason       the reason
 * \param assets       names of the assets; NULL where there are none: an asset is then "number 3"
 * \param assets_len   number of names in `assets`
 * \param sectors      names of the sectors; NULL where there are none
 * \param sectors_len  number of names in `sectors`
 * \param buffer       room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity     bytes in `buffer`
 * \param needed       gets the size of the line with its zero byte; may be NULL with a buffer
 *
 * Any thread; allocates. PPO_ERR_BUFFER_TOO_SMALL; PPO_ERR_INVALID_ARGUMENT for no code or no UTF-8;
 * PPO_ERR_NULL_POINTER.
 */
ppo_status risk_reason_describe(const struct risk_reason *reason,
                                const char *const *assets,
                                size_t assets_len,
                                const char *const *sectors,
                                size_t sectors_len,
                                char *buffer,
                                size_t capacity,
                                size_t *needed);

/**
 * Makes a tracker that has seen nothing: the probabilities are the model's initial ones.
 *
 * \param config_json  {"model": {"initial": [K], "transition": [K, K], "means": [K, d], "covariances": [K, d, d]},
 *                     "leverage": [K], "limits": [K], "scaling": "weighted"}, matrices as lists of rows, as
 *                     risk_regime_config_json writes it: the `regime` of a risk manager's settings. All but `model`
 *                     may be left out; `scaling` may be "most_likely"
 * \param regime       gets the tracker, which is the caller's to free with risk_regime_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the part of the model.
 */
ppo_status risk_regime_new(const char *config_json,
                           struct risk_regime **regime);

/**
 * Fits the regimes to observations (Baum-Welch) and makes a tracker of them that has seen nothing. They are ordered
 * by total variance, calmest first; all factors are 1. The same seed gives the same model. It takes seconds where
 * there are many bars.
 *
 * \param observations      one row a bar, oldest first: [bars, width]; commonly returns of the assets, or a market's
 *                          return and volatility
 * \param observations_len  bars * width
 * \param bars              number of bars, at least regimes * (width + 1)
 * \param width             numbers a bar, d
 * \param regimes           number of regimes, K, at least 1
 * \param seed              of the starting points: any number
 * \param options_json      {"starts": 5, "max_iterations": 500, "tolerance": 1e-9, "prior_bars": 1.0}, which are the
 *                          defaults: keys that are missing take them, unknown ones are refused, NULL is all of them
 * \param regime            gets the tracker, which is the caller's to free with risk_regime_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT for too few
 * bars, a column that never changes or follows from others, and options out of range.
 */
ppo_status risk_regime_fit(const double *observations,
                           size_t observations_len,
                           size_t bars,
                           size_t width,
                           size_t regimes,
                           uint64_t seed,
                           const char *options_json,
                           struct risk_regime **regime);

/**
 * Makes a tracker that goes on, bit for bit, from what risk_regime_state_json saved.
 *
 * \param config_json  as risk_regime_new; the model that the state was made with
 * \param state_json   the saved state
 * \param regime       gets the tracker, which is the caller's to free with risk_regime_free
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT names the part of the model or the state.
 */
ppo_status risk_regime_restore(const char *config_json,
                               const char *state_json,
                               struct risk_regime **regime);

/**
 * Frees a tracker. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 *
 * Any thread, but not while another call uses the tracker.
 */
void risk_regime_free(struct risk_regime *regime);

/**
 * Copies out the words of the last failed call on a tracker, whichever thread made it: as ppo_last_error.
 *
 * \param regime    the tracker; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status risk_regime_last_error(const struct risk_regime *regime,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * Counts that a caller sizes its arrays by.
 *
 * \param regime           the tracker
 * \param observation_len  gets d, the numbers of an observation; may be NULL
 * \param regimes          gets K, the number of regimes; may be NULL
 *
 * One thread at a time on `regime`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_BUSY.
 */
ppo_status risk_regime_counts(struct risk_regime *regime,
                              size_t *observation_len,
                              size_t *regimes);

/**
 * Takes in one bar.
 *
 * \param regime           the tracker; as it was where the call fails
 * \param observation      the bar's observation: [observation_len]; NULL where there is none: then only the passing of
 *                         time counts
 * \param observation_len  d, or 0 with NULL
 *
 * One thread at a time on `regime`; allocates nothing and never waits. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH,
 * PPO_ERR_NOT_FINITE, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_regime_update(struct risk_regime *regime,
                              const double *observation,
                              size_t observation_len);

/**
 * Probability of each regime after all bars so far.
 *
 * \param regime             the tracker
 * \param probabilities      gets the probabilities, which sum to 1: [probabilities_len]
 * \param probabilities_len  K
 *
 * One thread at a time on `regime`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_regime_probabilities(struct risk_regime *regime,
                                     double *probabilities,
                                     size_t probabilities_len);

/**
 * What the regimes make of leverage and limits now.
 *
 * \param regime    the tracker
 * \param leverage  gets the factor of leverage, 0 or more; may be NULL
 * \param limits    gets the factor of the limits, in [0, 1]; may be NULL
 *
 * One thread at a time on `regime`; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_BUSY.
 */
ppo_status risk_regime_factors(struct risk_regime *regime,
                               double *leverage,
                               double *limits);

/**
 * Writes the model and the factors as JSON, for risk_regime_new and the `regime` of a risk manager's settings.
 *
 * \param regime    the tracker
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `regime`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_regime_config_json(struct risk_regime *regime,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/**
 * Writes all that the bars have left behind as JSON, for risk_regime_restore; numbers are exact.
 *
 * \param regime    the tracker
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 *
 * One thread at a time on `regime`; allocates. PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED, PPO_ERR_BUSY.
 */
ppo_status risk_regime_state_json(struct risk_regime *regime,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * Fills tail measures with NaN.
 *
 * \param tail  the struct to fill
 * \param size  `sizeof(risk_tail_risk)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_tail_risk_init(struct risk_tail_risk *tail, size_t size);

/**
 * Value at risk and conditional value at risk of weights over scenarios.
 *
 * \param scenarios      simple returns of the assets, one row a scenario: [bars, N]
 * \param scenarios_len  bars * N
 * \param bars           number of scenarios, at least 2
 * \param weights        the weights; cash, the rest, earns 0: [weights_len]
 * \param weights_len    number of assets, N
 * \param level          confidence, above 0 and below 1: 0.95 looks at the worst 5 %
 * \param tail           gets the measures
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT,
 * PPO_ERR_VERSION.
 */
ppo_status risk_tail_risk_compute(const double *scenarios,
                                  size_t scenarios_len,
                                  size_t bars,
                                  const double *weights,
                                  size_t weights_len,
                                  double level,
                                  struct risk_tail_risk *tail);

/**
 * Covariance of returns, shrunk towards a multiple of the identity (Ledoit and Wolf 2004).
 *
 * \param returns         simple returns, one row a bar: [bars, assets]
 * \param returns_len     bars * assets
 * \param bars            number of bars, at least 2
 * \param assets          number of assets, N
 * \param covariance      gets the covariance of a bar, symmetric to the last bit: [N, N]
 * \param covariance_len  N * N
 * \param shrinkage       gets how far it was shrunk, in [0, 1]; may be NULL
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT for too few
 * bars.
 */
ppo_status risk_covariance(const double *returns,
                           size_t returns_len,
                           size_t bars,
                           size_t assets,
                           double *covariance,
                           size_t covariance_len,
                           double *shrinkage);

/**
 * Fills a fit with NaN.
 *
 * \param fit   the struct to fill
 * \param size  `sizeof(risk_garch_fit)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status risk_garch_fit_init(struct risk_garch_fit *fit, size_t size);

/**
 * Forecasts the volatility of the next bar.
 *
 * \param forecast_json  how: {"rolling": {"bars": 60}}, {"ewma": {"half_life": 20.0}}, {"decay": {"decay": 0.94}} or
 *                       {"garch": {"alpha": 0.08, "beta": 0.9, "omega": null}}, whose omega, where it is left out, is
 *                       that of the returns' mean square; NULL for the default, a half-life of 20 bars
 * \param returns        simple returns of the bars, oldest first: [returns_len]
 * \param returns_len    number of bars: at least 2 for a rolling window, 1 for the others
 * \param volatility     gets the annual volatility (252 bars a year), a fraction; 0 where nothing moved
 *
 * Any thread; allocates nothing where `forecast_json` is NULL. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE;
 * PPO_ERR_INVALID_ARGUMENT names the setting, or for too few returns.
 */
ppo_status risk_volatility(const char *forecast_json,
                           const double *returns,
                           size_t returns_len,
                           double *volatility);

/**
 * Fits a GARCH(1,1) by maximum likelihood around a constant mean. It takes milliseconds: not for every bar. What a
 * forecast needs of it is {"garch": {"alpha": ..., "beta": ...}}.
 *
 * \param returns      simple returns of the bars, oldest first: [returns_len]
 * \param returns_len  number of bars, at least 50; several hundred are needed for parameters worth using
 * \param fit          gets the parameters and the forecast
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_FINITE; PPO_ERR_INVALID_ARGUMENT for too few returns or
 * such as do not vary; PPO_ERR_VERSION.
 */
ppo_status risk_volatility_fit(const double *returns,
                               size_t returns_len,
                               struct risk_garch_fit *fit);

/**
 * The name of a status, such as "PPO_ERR_LENGTH"; "unknown status" for a number that is none.
 *
 * The text is a constant of the library: never NULL, never freed. Any thread; allocates nothing; cannot fail.
 */
const char *ppo_status_name(ppo_status status);

/**
 * Fills a configuration with the defaults.
 *
 * \param config  the struct to fill
 * \param size    `sizeof(ppo_config)` as the caller was compiled: what the library knows beyond is not written, and
 *                what it does not know is set to zero
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_config_init(struct ppo_config *config,
                           size_t size);

/**
 * Reads a configuration from JSON, as ppo_config_to_json writes it. Keys that are missing take their defaults;
 * unknown ones are refused.
 *
 * \param json    the text: an object with `seed`, `total_steps`, `threads`, `device`, `ppo` and `env`
 * \param config  gets the configuration; its `struct_size` has to be set (ppo_config_init does)
 *
 * Any thread; allocates. PPO_ERR_NULL_POINTER; PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that
 * cannot be used; PPO_ERR_VERSION.
 */
ppo_status ppo_config_from_json(const char *json,
                                struct ppo_config *config);

/**
 * Copies out a configuration as JSON.
 *
 * \param config    the configuration; NULL for the defaults
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any thread; allocates. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the field that cannot be used;
 * PPO_ERR_BUFFER_TOO_SMALL (nothing but `needed` is written), PPO_ERR_NULL_POINTER, PPO_ERR_VERSION.
 */
ppo_status ppo_config_to_json(const struct ppo_config *config,
                              char *buffer,
                              size_t capacity,
                              size_t *needed);

/**
 * Makes a table of functions ready to be filled in: NULL everywhere, with its size.
 *
 * \param environment  the struct to fill
 * \param size         `sizeof(ppo_host_environment)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_host_environment_init(struct ppo_host_environment *environment, size_t size);

/**
 * Begins to train in the background, as ppo_train does in the foreground. The agent goes on deciding with the policy
 * of the last update, on any thread, without waiting.
 *
 * \param trainer  the trainer; until the job has ended, other calls on it answer PPO_ERR_BUSY. It may be freed meanwhile
 * \param options  progress (called on the job's thread), checkpoint, limit; NULL for none. Copied, but for `user`
 * \param job      gets the job, which is the caller's to free with ppo_job_free
 *
 * Any thread; allocates, and starts a thread. PPO_ERR_BUSY where another call or job works on the trainer;
 * PPO_ERR_NULL_POINTER, PPO_ERR_INVALID_ARGUMENT, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_IO
 * (no thread to be had).
 */
ppo_status ppo_job_start(const struct ppo_trainer *trainer,
                         const struct ppo_train_options *options,
                         struct ppo_job **job);

/**
 * Looks at a job without waiting.
 *
 * \param job      the job
 * \param state    gets a PPO_JOB_ number; may be NULL
 * \param metrics  gets the figures of the last update, zeros before the first; may be NULL
 *
 * Any number of threads on one job; allocates nothing. PPO_ERR_NULL_POINTER, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_job_poll(const struct ppo_job *job,
                        uint32_t *state,
                        struct ppo_metrics *metrics);

/**
 * Waits for a job to end, and answers what its training call came to: PPO_OK, or what ppo_train would have answered.
 *
 * \param job         the job
 * \param timeout_ms  milliseconds to wait at most; 0 does not wait, PPO_WAIT_FOREVER waits until the end
 *
 * Any number of threads on one job, but its own progress function, which would wait for itself
 * (PPO_ERR_INVALID_ARGUMENT). PPO_ERR_TIMEOUT where the job still runs; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_FORKED.
 */
ppo_status ppo_job_wait(const struct ppo_job *job,
                        uint32_t timeout_ms);

/**
 * Asks a job to stop, and returns at once: it ends after the update that it is at, with its checkpoint written.
 *
 * \param job  the job; one that has ended is left as it is
 *
 * Any number of threads on one job, also its progress function; allocates nothing. PPO_ERR_NULL_POINTER,
 * PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_job_cancel(const struct ppo_job *job);

/**
 * Frees a job. NULL is fine. One that still runs is asked to stop and waited for: as long as its update takes. Called by
 * the job's own progress function, it does not wait. A job that was freed before is left alone, and said so in the log
 * and by ppo_last_error.
 *
 * Any thread, but not while another call uses this handle.
 */
void ppo_job_free(struct ppo_job *job);

/**
 * Copies out the words of the last failed call on a job, whichever thread made it: as ppo_last_error.
 *
 * \param job       the job; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_job_last_error(const struct ppo_job *job,
                              char *buffer,
                              size_t capacity,
                              size_t *needed);

/**
 * Makes a struct of figures ready to be written to: zeros, with its size.
 *
 * \param metrics  the struct to fill
 * \param size     `sizeof(ppo_metrics)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_metrics_init(struct ppo_metrics *metrics, size_t size);

/**
 * Fills a transition with the defaults.
 *
 * \param transition  the struct to fill
 * \param size        `sizeof(ppo_transition)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_transition_init(struct ppo_transition *transition, size_t size);

/**
 * Keeps a transition for the next update (copied), and updates once a whole rollout of `n_envs` times `n_steps` has
 * been kept, where that is wanted. After an update the agent decides with the new policy.
 *
 * \param trainer     the trainer, made by ppo_trainer_new_online
 * \param transition  what happened
 * \param update      1 to update as soon as a rollout is complete: this call then takes as long as an update; 0 to keep
 *                    the transition only, and leave the update to ppo_update, perhaps on another thread
 * \param updated     gets 1 where an update was done, else 0; may be NULL
 *
 * Any thread, one call on a trainer at a time (PPO_ERR_BUSY: while ppo_update runs elsewhere, say); allocates.
 * PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT, with the field that cannot be
 * used, or where 4,194,304 transitions wait for an update; PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_FORKED; those of ppo_update.
 */
ppo_status ppo_observe(const struct ppo_trainer *trainer,
                       const struct ppo_transition *transition,
                       uint32_t update,
                       uint32_t *updated);

/**
 * Fills the options of a training call with the defaults.
 *
 * \param options  the struct to fill
 * \param size     `sizeof(ppo_train_options)` as the caller was compiled
 *
 * Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
 */
ppo_status ppo_train_options_init(struct ppo_train_options *options, size_t size);

/**
 * Trains: updates until the configuration's steps are taken, the options' limit is reached, or the progress function
 * ends it. After every update the agent decides with the new policy; on any answer it keeps the last one.
 *
 * \param trainer  the trainer; one made for transitions is refused (ppo_update)
 * \param options  progress, checkpoint, limit; NULL for none
 * \param metrics  gets the figures of the last update (zeros where there was nothing left to do), on an error too if any
 *                 update was done before it; may be NULL
 *
 * Any thread, one call on a trainer at a time (PPO_ERR_BUSY); allocates. Takes as long as it takes: ppo_job_start
 * trains in the background. PPO_ERR_CANCELLED where the progress function stopped it, PPO_ERR_CALLBACK where it, or a
 * function of a host's environment, answered an error; PPO_ERR_TRAINING (losses that are not finite), PPO_ERR_IO (the
 * checkpoint), PPO_ERR_TORCH, PPO_ERR_FORKED, PPO_ERR_INVALID_ARGUMENT, PPO_ERR_NOT_FINITE, PPO_ERR_NULL_POINTER,
 * PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_train(const struct ppo_trainer *trainer,
                     const struct ppo_train_options *options,
                     struct ppo_metrics *metrics);

/**
 * One update: a rollout in the trainer's environments and the epochs on it, or, for a trainer made for transitions, the
 * epochs on all that ppo_observe has kept, which are used up. The agent then decides with the new policy.
 *
 * \param trainer  the trainer
 * \param metrics  gets the update's figures; may be NULL
 *
 * Any thread, one call on a trainer at a time (PPO_ERR_BUSY); allocates. PPO_ERR_INVALID_ARGUMENT for fewer than two
 * transitions. Otherwise errors as ppo_train.
 */
ppo_status ppo_update(const struct ppo_trainer *trainer,
                      struct ppo_metrics *metrics);

/**
 * How many threads libtorch uses for one operation of this process.
 *
 * \param threads  gets the number
 *
 * Any thread. This library's own calls use one thread an operation whatever is set (ppo_config's `threads` splits a
 * rollout instead), and leave the number as they found it. PPO_ERR_NULL_POINTER, PPO_ERR_NOT_BUILT, PPO_ERR_FORKED.
 */
ppo_status ppo_torch_threads(uint32_t *threads);

/**
 * Sets how many threads libtorch uses for one operation, for every user of libtorch in this process.
 *
 * \param threads  1 to 1024
 *
 * Any thread, but not while a call trains. PPO_ERR_INVALID_ARGUMENT, PPO_ERR_NOT_BUILT, PPO_ERR_FORKED.
 */
ppo_status ppo_torch_set_threads(uint32_t threads);

/**
 * Makes a trainer that learns in the library's own environments over a market. It goes on from the weights that the
 * agent has, and every update gives the agent its new policy.
 *
 * \param agent    the agent to train; one trainer at a time
 * \param market   prices or a simulation of as many assets and columns as the agent's spec has
 * \param config   how to train; NULL for the defaults
 * \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Any thread; allocates, and starts `threads` threads where that is more than 1. PPO_ERR_NULL_POINTER;
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with what cannot be used; PPO_ERR_BUSY where another trainer has
 * the agent; PPO_ERR_NOT_BUILT, PPO_ERR_FORKED, PPO_ERR_TORCH, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_trainer_new(const struct ppo_agent *agent,
                           const struct ppo_market *market,
                           const struct ppo_config *config,
                           struct ppo_trainer **trainer);

/**
 * Makes a trainer that learns in environments of the host's: `n_envs` of them, numbered from 0, which the library
 * resets and steps through `environment`.
 *
 * \param agent        the agent to train; one trainer at a time
 * \param environment  the host's functions; copied
 * \param config       how to train; NULL for the defaults. Of the environment's settings (reward to episode_len) none
 *                     is used, and control_variate has to be PPO_CONTROL_VARIATE_NONE
 * \param trainer      gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * The host's functions are called during calls that train, on the thread that makes them (or the job's), one at a
 * time, and here to begin the first episodes. Otherwise as ppo_trainer_new; PPO_ERR_CALLBACK where a function of the
 * host answers an error.
 */
ppo_status ppo_trainer_new_host(const struct ppo_agent *agent,
                                const struct ppo_host_environment *environment,
                                const struct ppo_config *config,
                                struct ppo_trainer **trainer);

/**
 * Makes a trainer without environments: it learns from the transitions that ppo_observe hands in, up to `n_envs`
 * sequences of them side by side.
 *
 * \param agent    the agent to train; one trainer at a time
 * \param config   how to train, as for ppo_trainer_new_host; NULL for the defaults
 * \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Any thread. Errors as ppo_trainer_new.
 */
ppo_status ppo_trainer_new_online(const struct ppo_agent *agent,
                                  const struct ppo_config *config,
                                  struct ppo_trainer **trainer);

/**
 * Goes on from a checkpoint of a trainer over a market. The numbers are those of a run that never stopped.
 *
 * \param path     the checkpoint; on Unix any bytes, elsewhere UTF-8
 * \param market   the market that the run was on: another one is refused
 * \param agent    gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
 * \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Any thread; allocates. PPO_ERR_IO, PPO_ERR_FILE (no checkpoint, or a damaged one), PPO_ERR_INVALID_ARGUMENT (another
 * market); otherwise as ppo_trainer_new.
 */
ppo_status ppo_trainer_resume(const char *path,
                              const struct ppo_market *market,
                              struct ppo_agent **agent,
                              struct ppo_trainer **trainer);

/**
 * Goes on from a checkpoint of a trainer over a host's environments. These begin new episodes, for they are not in a
 * checkpoint; everything else goes on where it was.
 *
 * \param path         the checkpoint; on Unix any bytes, elsewhere UTF-8
 * \param environment  the host's functions; copied
 * \param agent        gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
 * \param trainer      gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Any thread. Errors as ppo_trainer_resume, and PPO_ERR_CALLBACK where a function of the host answers an error.
 */
ppo_status ppo_trainer_resume_host(const char *path,
                                   const struct ppo_host_environment *environment,
                                   struct ppo_agent **agent,
                                   struct ppo_trainer **trainer);

/**
 * Goes on from a checkpoint of a trainer that learns from transitions. Those that no update had used are gone.
 *
 * \param path     the checkpoint; on Unix any bytes, elsewhere UTF-8
 * \param agent    gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
 * \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Any thread. Errors as ppo_trainer_resume.
 */
ppo_status ppo_trainer_resume_online(const char *path,
                                     struct ppo_agent **agent,
                                     struct ppo_trainer **trainer);

/**
 * Frees a trainer. NULL is fine. Its agent keeps the policy of the last update; a job that runs on the trainer goes on.
 * A trainer that was freed before is left alone, and said so in the log and by ppo_last_error.
 *
 * Any thread, but not while another call uses this handle.
 */
void ppo_trainer_free(struct ppo_trainer *trainer);

/**
 * Copies out the words of the last failed call on a trainer, whichever thread made it: as ppo_last_error.
 *
 * \param trainer   the trainer; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * Any thread. PPO_ERR_BUFFER_TOO_SMALL where the message was cut; PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE.
 */
ppo_status ppo_trainer_last_error(const struct ppo_trainer *trainer,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * Writes a checkpoint: a policy file (ppo_load reads it) with all that training needs to go on. It is there whole
 * afterwards or, on an error, as it was before.
 *
 * \param trainer  the trainer
 * \param path     the file; on Unix any bytes, elsewhere UTF-8
 *
 * Any thread; allocates. PPO_ERR_BUSY while another call or a job works on the trainer; PPO_ERR_IO,
 * PPO_ERR_NULL_POINTER, PPO_ERR_INVALID_ARGUMENT (an empty path), PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
 * PPO_ERR_FORKED.
 */
ppo_status ppo_trainer_save(const struct ppo_trainer *trainer,
                            const char *path);

/**
 * How far a trainer has come.
 *
 * \param trainer  the trainer
 * \param metrics  gets the counters (update, env_steps, episodes), other figures 0; may be NULL
 * \param done     gets 1 where all of the configuration's steps have been taken, else 0; may be NULL
 *
 * Any thread; allocates nothing. PPO_ERR_BUSY while another call or a job works on the trainer; PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_NULL_POINTER, PPO_ERR_POISONED, PPO_ERR_VERSION.
 */
ppo_status ppo_trainer_progress(const struct ppo_trainer *trainer,
                                struct ppo_metrics *metrics,
                                uint32_t *done);

/**
 * Copies out a trainer's configuration as JSON, as ppo_config_to_json.
 *
 * \param trainer   the trainer
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * Any thread; allocates. PPO_ERR_BUSY while another call or a job works on the trainer; PPO_ERR_BUFFER_TOO_SMALL
 * (nothing but `needed` is written), PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED.
 */
ppo_status ppo_trainer_config_json(const struct ppo_trainer *trainer,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/**
 * Makes another handle on the agent that a trainer trains, for those who no longer have it.
 *
 * \param trainer  the trainer
 * \param agent    gets the handle, which is the caller's to free with ppo_agent_free; it gets every new policy too
 *
 * Any thread, also while a job works on the trainer; allocates a little. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_trainer_agent(const struct ppo_trainer *trainer,
                             struct ppo_agent **agent);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PPO_RISK_H */
