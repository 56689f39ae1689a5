/* Back-tests: a policy or a baseline over past prices.
 *
 * ppo_backtest_run takes an agent over a market's bars, alone or under a risk manager; ppo_backtest_run_baseline takes
 * one of six rules over the same times. Both trade on the time line of training: at bar t they see prices up to close
 * t, trade there at cost, and earn the move to close t + 1. The result never changes, and any number of threads may
 * read it: ppo_backtest_summarize has its figures, and returns, equity, weights, turnover and costs are copied out bar
 * by bar.
 *
 * ppo_backtest_compare says how sure a difference in Sharpe ratio is. An interval that holds 0 says that these bars do
 * not tell the two apart; its ends are NaN below 252 bars or 12 blocks. {"prior": true} runs the policy as it was before
 * its training, which is what a trained policy must be compared with.
 *
 * Example:
 *     ppo_backtest *tested = NULL;
 *     const ppo_agent *agent = NULL;
 *     const ppo_market *market = NULL;
 *     ppo_backtest_summary summary;
 *     ppo_backtest_summary_init(&summary, sizeof summary);
 *     ppo_backtest_run(agent, market, NULL, &tested);
 *     if (ppo_backtest_summarize(tested, &summary) == PPO_OK) {
 *         printf("Sharpe ratio %g, turnover %g\n", summary.sharpe, summary.turnover);
 *     }
 *     ppo_backtest_free(tested); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_BACKTEST_H
#define PPO_RISK_BACKTEST_H

#include "status.h"

struct ppo_agent;
struct ppo_market;

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Running one --------------------------------------------------------------------------------------- */

/** Baseline: equal weight, brought back every 21 bars. */
#define PPO_BASELINE_EQUAL_WEIGHT 0
/** Baseline: equal weight at the start, then held. */
#define PPO_BASELINE_BUY_AND_HOLD 1
/** Baseline: weights in inverse proportion to volatility, every 21 bars. */
#define PPO_BASELINE_INVERSE_VOLATILITY 2
/** Baseline: minimum variance, long only, every 21 bars. */
#define PPO_BASELINE_MINIMUM_VARIANCE 3
/** Baseline: risk parity, every 21 bars. */
#define PPO_BASELINE_RISK_PARITY 4
/**
 * Baseline: equal weight scaled to a volatility of 15%, cash for the rest, traded when exposure is off by more than
 * 0.1.
 */
#define PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT 5

/** What a portfolio did over prices: returns, weights, turnover, costs. It never changes. */
typedef struct ppo_backtest ppo_backtest;

/**
 * Runs an agent's deterministic decisions over a market's bars, as one episode that starts in cash: on the time line
 * and at the costs that it was trained on.
 *
 * \param agent         the agent, with the policy that it has now
 * \param market        prices of the policy's assets and columns. Decisions are taken within the market's bars
 *                      (ppo_market_select), the first once there are 252 returns of history before it, or as many as
 *                      the policy needs where that is more, so that policies and baselines share their dates
 * \param options_json  an object with any of `balance` (money at the start, above 0; default 100000), `cost_rate`, `minimum_fee`, `impact`, `impact_exponent`, `lot`,
 *                      `borrow_rate`, `margin_rate` and `maintenance` (as in ppo_config; lots of a risk manager are its
 *                      own), `managed` (true: every decision goes through a risk manager with the settings that reports
 *                      use: no leverage above 1, shorts and borrowed money as far as the policy may; default false),
 *                      `risk` (the risk manager's own settings, as for risk_manager_new; in place of `managed`), `prior` (true: the decisions of the policy as it
 *                      was before its training, which is the rule that it departs from, on the same band and costs;
 *                      default false); NULL for the defaults
 * \param backtest      gets the result, which is the caller's to free with ppo_backtest_free
 *
 * A decision that the risk manager refuses is left out: what is held stays, without reasons.
 *
 * PPO_ERR_INVALID_ARGUMENT for a market of other assets, without the history, with fewer than 22 returns or without
 * end, settings that cannot be used, `prior` of a policy that departs from no rule, a portfolio that is ruined.
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
 * Errors as ppo_backtest_run, and PPO_ERR_INVALID_ARGUMENT for a number that is no baseline's.
 */
ppo_status ppo_backtest_run_baseline(const struct ppo_market *market,
                                     uint32_t baseline,
                                     const char *options_json,
                                     struct ppo_backtest **backtest);

/**
 * Frees a back-test. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void ppo_backtest_free(struct ppo_backtest *backtest);

/**
 * Copies the error message of the last failed call on a back-test, made by any thread, as ppo_last_error does.
 *
 * \param backtest  the back-test; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
 */
ppo_status ppo_backtest_last_error(const struct ppo_backtest *backtest,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/* ---- Its figures, and two compared --------------------------------------------------------------------- */

/**
 * What a portfolio earned, risked and paid over a back-test. Conventions of empyrical, by the market's bars a year; a figure that is
 * not defined is NaN, and a series that is constant up to rounding has volatility 0 and no ratio.
 */
typedef struct ppo_backtest_summary {
    /** Size of the caller's struct in bytes; ppo_backtest_summary_init writes it. */
    uint32_t struct_size;
    /** 0. */
    uint32_t reserved;
    /** Number of bars, T. */
    uint64_t bars;
    /** Compound growth a year, net of costs. */
    double annual_return;
    /** Annual standard deviation of the returns. */
    double volatility;
    /** Annual Sharpe ratio of the returns over what cash earned in each bar. */
    double sharpe;
    /** Annual Sortino ratio of the returns over what cash earned in each bar. */
    double sortino;
    /** Largest drawdown, a positive fraction of the peak. */
    double max_drawdown;
    /** Annual return over largest drawdown. */
    double calmar;
    /** 5% value at risk of one bar, a positive loss. */
    double value_at_risk;
    /** 5% conditional value at risk of one bar, a positive loss. */
    double conditional_value_at_risk;
    /** One-way turnover a year. */
    double turnover;
    /** Sum over bars of the fraction of value that costs took. */
    double costs_paid;
} ppo_backtest_summary;

/**
 * Makes a struct of figures ready to be written to: zeros, with its size.
 *
 * \param summary  the struct to fill
 * \param size     `sizeof(ppo_backtest_summary)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_backtest_summary_init(struct ppo_backtest_summary *summary, size_t size);

/**
 * Sums a back-test up.
 *
 * \param backtest  the back-test
 * \param summary   gets the figures
 */
ppo_status ppo_backtest_summarize(const struct ppo_backtest *backtest, struct ppo_backtest_summary *summary);

/**
 * How sure the difference of two back-tests is: the annual Sharpe ratio of the first less that of the second, each of
 * returns over what cash earned in the bar, by a paired block bootstrap, studentised. An interval that holds 0 says that these bars
 * do not tell them apart. Fewer than 252 bars, or than 12 blocks, are too short for an interval: the call succeeds, and
 * the ends are NaN, so that `low > 0 || high < 0` claims nothing. What rounding makes of two equal portfolios, below
 * 1e-6, is 0.
 *
 * \param first         a back-test
 * \param second        another one, over the same times
 * \param options_json  an object with any of `block` (bars in a block, default as many as the dependence of the two asks
 *                      for), `draws` (default 2000), `level` (probability that the interval is meant to hold, default 0.9),
 *                      `seed` (default 0); NULL for the defaults
 * \param median        gets the median of the draws; NaN where a ratio is not defined
 * \param low           gets the lower end of the interval; NaN where there are too few bars, or `median` is NaN
 * \param high          gets the upper end; NaN as `low`
 *
 * PPO_ERR_INVALID_ARGUMENT for other dates and settings that cannot be used.
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
 * PPO_ERR_INVALID_ARGUMENT for a back-test without a risk manager.
 */
ppo_status ppo_backtest_reasons_json(const struct ppo_backtest *backtest,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *needed);

/* ---- Bar by bar ---------------------------------------------------------------------------------------- */

/**
 * Sizes of a back-test: T bars, N assets.
 *
 * \param backtest  the back-test
 * \param bars      gets T, at least 22; may be NULL
 * \param assets    gets N; may be NULL
 *
 * Allocates nothing.
 */
ppo_status ppo_backtest_size(const struct ppo_backtest *backtest, size_t *bars, size_t *assets);

/**
 * Copies out the time of the close that ends each bar, in nanoseconds since 1970-01-01 UTC; a date is its midnight.
 *
 * \param backtest   the back-test
 * \param times      gets the times: [times_len]
 * \param times_len  T
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT (a misaligned pointer; a time beyond the year 2262).
 */
ppo_status ppo_backtest_times(const struct ppo_backtest *backtest,
                              int64_t *times,
                              size_t times_len);

/**
 * Copies out the simple return of each bar, net of the costs paid at its start.
 *
 * \param backtest     the back-test
 * \param returns      gets the returns: [returns_len]
 * \param returns_len  T
 *
 * Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
 */
ppo_status ppo_backtest_returns(const struct ppo_backtest *backtest, double *returns, size_t returns_len);

/**
 * Copies out what one unit of money has become at the close that ends each bar.
 *
 * \param backtest    the back-test
 * \param equity      gets the equity curve, which starts from 1 at the first decision: [equity_len]
 * \param equity_len  T
 *
 * Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
 */
ppo_status ppo_backtest_equity(const struct ppo_backtest *backtest, double *equity, size_t equity_len);

/**
 * Copies out the weights held through each bar, after the trade at its start.
 *
 * \param backtest     the back-test
 * \param weights      gets the weights [T, N + 1], bar after bar, cash last: [weights_len]
 * \param weights_len  T * (N + 1)
 *
 * Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
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
 * Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
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
 * Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
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
 * Threads, allocation and errors as ppo_backtest_times; PPO_ERR_INVALID_ARGUMENT for a back-test without a risk
 * manager, and for arrays that share memory.
 */
ppo_status ppo_backtest_risk(const struct ppo_backtest *backtest,
                             double *leverage,
                             size_t leverage_len,
                             double *hedge,
                             size_t hedge_len);

/* ---- For another process ------------------------------------------------------------------------------- */

/**
 * Copies out all that a back-test came to, as JSON for ppo_backtest_restore. Exact.
 *
 * \param backtest  the back-test
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
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
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for what is no back-test's, with what cannot be used.
 */
ppo_status ppo_backtest_restore(const char *state_json,
                                struct ppo_backtest **backtest);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_BACKTEST_H */
