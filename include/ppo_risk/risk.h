/* Risk: a manager that turns target weights into weights that may be traded, its parts by themselves, and the measures
 * around it. Nothing here needs a policy.
 *
 * A risk_manager is told once a bar what is known (ppo_bar) and what is wished for and held (risk_portfolio), and
 * writes a risk_decision: weights, units, stops, hedge, and the reasons in numbers. The order of a decision: leverage,
 * then drawdown and regime states, then limits (the allowed weights nearest to the target), then the hedge, then
 * position sizes. What is left out of a bar (NULL with length 0, NaN) is estimated or not looked at, and a reason from
 * 100 on says which. Settings are JSON; docs/risk.md has every key. risk_manage allocates nothing.
 *
 * Weights are position value over equity, cash kept apart; negative is short. Losses and drawdowns are positive. A
 * measure that is not defined is NaN. In returns that are measured NaN is a bar whose return is not known.
 *
 * Example:
 *     risk_manager *manager = NULL;
 *     double closes[2] = {100.0, 50.0}, target[2] = {0.9, 0.1}, held[2] = {0.5, 0.5}, weights[2];
 *     ppo_bar market;
 *     risk_portfolio portfolio;
 *     risk_decision decision;
 *     risk_manager_new("{\"limits\": {\"max_weights\": [0.6, 0.6]}}", 2, &manager);
 *     ppo_bar_init(&market, sizeof market);
 *     risk_portfolio_init(&portfolio, sizeof portfolio);
 *     risk_decision_init(&decision, sizeof decision);
 *     market.closes = closes, market.closes_len = 2;
 *     portfolio.target = target, portfolio.target_len = 2, portfolio.current = held, portfolio.current_len = 2;
 *     portfolio.equity = 1e6;
 *     decision.weights = weights, decision.weights_len = 2;
 *     risk_manage(manager, &market, &portfolio, &decision);
 *     risk_manager_free(manager); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_RISK_H
#define PPO_RISK_RISK_H

#include "status.h"

struct ppo_bar;

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What a decision is made of ------------------------------------------------------------------------ */

/** State: everything within its limits. */
#define RISK_STATE_ACTIVE 0
/** State: no exposure may grow, by drawdown or ppo_book_halt. */
#define RISK_STATE_REDUCING 1
/** State: to cash, until risk_manager_reset, or while ppo_book_flatten lasts. */
#define RISK_STATE_HALTED 2
/** Side of a hedge: none is held. */
#define RISK_HEDGE_NONE 0
/** Side of a hedge: short, the net exposure is long. */
#define RISK_HEDGE_SELL 1
/** Side of a hedge: long, the net exposure is short. */
#define RISK_HEDGE_BUY 2

/** The portfolio at the close. Fill it with risk_portfolio_init. */
typedef struct risk_portfolio {
    /** Size of the caller's struct in bytes; risk_portfolio_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Weights wished for: [target_len]. Cash is the rest; negative is short; at most 1e6 in size. */
    const double *target;
    /** N. */
    size_t target_len;
    /** Weights held now, after the bar's drift: [current_len]. At most 100 in size. */
    const double *current;
    /** N. */
    size_t current_len;
    /** What the portfolio is worth, money above 0; default 0, which is refused. */
    double equity;
    /** 1 - equity/peak, in [0, 1]; default NaN: the manager follows the peak of the equities that it is shown. */
    double drawdown;
} risk_portfolio;

/** One thing that shaped a decision, or that was not looked at (codes from 100 on). */
typedef struct risk_reason {
    /** A RISK_REASON_ number. */
    uint32_t code;
    /** The asset or sector that it is about, from 0; RISK_NO_INDEX where it is about the portfolio. */
    uint32_t index;
    /** The number found, in the unit of the code; NaN where there is none. */
    double found;
    /** The number allowed or aimed at, in the same unit; NaN where there is none. */
    double allowed;
} risk_reason;

/**
 * A decision. Fill it with risk_decision_init, and set the arrays that risk_manage is to write to: it writes to them
 * and to everything after `reasons_capacity`.
 */
typedef struct risk_decision {
    /** Size of the caller's struct in bytes; risk_decision_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Place for the weights to trade to at this close: [weights_len]. Negative is short. Not NULL. */
    double *weights;
    /** N. */
    size_t weights_len;
    /** Place for the units to hold, signed as the weight, NaN where positions are not sized: [units_len]; may be NULL. */
    double *units;
    /** N, or 0 with NULL. */
    size_t units_len;
    /** Place for the prices at which to get out, NaN where there is none: [stops_len]; may be NULL. */
    double *stops;
    /** N, or 0 with NULL. */
    size_t stops_len;
    /** Place for the reasons, in the order of the decision: [reasons_capacity]; may be NULL. */
    struct risk_reason *reasons;
    /** Reasons that there is room for, or 0 with NULL. What is beyond it is left out. */
    size_t reasons_capacity;
    /** Reasons that the decision has: more than `reasons_capacity` where some were left out. */
    size_t reasons_len;
    /** The state it was taken in, a RISK_STATE_ number. */
    uint32_t state;
    /** Whether the hedge is open, 0 or 1. */
    uint32_t hedge_active;
    /** Side of the hedge position, a RISK_HEDGE_ number. */
    uint32_t hedge_side;
    /** 0. */
    uint32_t reserved_2;
    /** Cash at the weights; negative where money is borrowed. */
    double cash;
    /** Sum of abs(weights): leverage as held. */
    double gross;
    /** Sum of weights. */
    double net;
    /** One-way turnover from the current weights. */
    double turnover;
    /** Factor that the target was multiplied by before the limits. */
    double leverage;
    /** Forecast volatility of the target before leverage, annual; NaN where there is none. */
    double volatility;
    /** Drawdown that it was taken at, in [0, 1]. */
    double drawdown;
    /** Size of the hedge position in money, 0 or more. The hedge is not part of the weights. */
    double hedge_notional;
    /** Net exposure that is hedged, as a signed part of equity. */
    double hedge_net;
    /** Part of the net exposure that is hedged; 0 while closed. */
    double hedge_ratio;
} risk_decision;

/**
 * Fills a portfolio with the defaults.
 *
 * \param portfolio  the struct to fill
 * \param size       `sizeof(risk_portfolio)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status risk_portfolio_init(struct risk_portfolio *portfolio, size_t size);

/**
 * Fills a decision with the defaults: no arrays.
 *
 * \param decision  the struct to fill
 * \param size      `sizeof(risk_decision)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status risk_decision_init(struct risk_decision *decision, size_t size);

/* ---- Reasons ------------------------------------------------------------------------------------------- */

/** A reason's index where it is about the portfolio and no single asset or sector. */
#define RISK_NO_INDEX 4294967295
/** The target is below an asset's minimum weight. Index: asset. Weights. */
#define RISK_REASON_ASSET_MINIMUM 1
/** The target is above an asset's maximum weight. Index: asset. Weights. */
#define RISK_REASON_ASSET_MAXIMUM 2
/** The sum of abs(weights), leverage, is above its maximum. */
#define RISK_REASON_GROSS_EXPOSURE 3
/** The sum of weights is below its minimum. */
#define RISK_REASON_NET_MINIMUM 4
/** The sum of weights is above its maximum. */
#define RISK_REASON_NET_MAXIMUM 5
/** A sector's sum of weights is below its minimum. Index: sector. */
#define RISK_REASON_SECTOR_MINIMUM 6
/** A sector's sum of weights is above its maximum. Index: sector. */
#define RISK_REASON_SECTOR_MAXIMUM 7
/** Cash, 1 - sum of weights, is below its floor. */
#define RISK_REASON_CASH_FLOOR 8
/** The one-way turnover to the target is above its maximum. */
#define RISK_REASON_TURNOVER 9
/** The other limits cannot be met within the turnover allowed: they win, and this much is traded. */
#define RISK_REASON_TURNOVER_EXCEEDED 10
/** Historical value at risk of one bar is above its maximum. Positive losses, fractions of equity. */
#define RISK_REASON_HISTORICAL_VALUE_AT_RISK 11
/** Gaussian value at risk of one bar is above its maximum. */
#define RISK_REASON_GAUSSIAN_VALUE_AT_RISK 12
/** Historical conditional value at risk of one bar is above its maximum. */
#define RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK 13
/** Gaussian conditional value at risk of one bar is above its maximum. */
#define RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK 14
/** Minimum weights keep a tail risk above its maximum: the least risky allowed portfolio is held. */
#define RISK_REASON_TAIL_RISK_EXCEEDED 15
/**
 * A state, a stop or a regime leaves no room for the minimums, which yield as far as needed to allow cash.
 */
#define RISK_REASON_MINIMUM_RELAXED 16
/** The trade would be smaller than the band, and what is held is allowed: nothing is traded. Turnover. */
#define RISK_REASON_TRADE_BAND 17
/** Drawdown has reached the threshold from which no exposure may grow. */
#define RISK_REASON_DRAWDOWN_REDUCE 30
/** Drawdown has reached the stop: to cash until reset. */
#define RISK_REASON_DRAWDOWN_STOP 31
/** No exposure may grow: the state is REDUCING. Found: drawdown; allowed: where it ends. */
#define RISK_REASON_REDUCING 32
/** Everything to cash: the state is HALTED. Found: drawdown. */
#define RISK_REASON_HALTED 33
/** An asset fell from its best price since entry by more than its stop. Index: asset. Fractions. */
#define RISK_REASON_ASSET_STOP 34
/**
 * An asset is still out after its stop. Index: asset. Found: bars since the stop; allowed: bars until re-entry.
 */
#define RISK_REASON_ASSET_STOPPED 35
/** The state or a stop allows an asset no more than what is held, or nothing. Index: asset. Weights. */
#define RISK_REASON_EXPOSURE_BOUND 36
/** An operator has halted the book: the target is what is held, and no exposure may grow. */
#define RISK_REASON_OPERATOR_HALT 37
/** An operator has the book flattened: everything to cash. */
#define RISK_REASON_OPERATOR_FLATTEN 38
/**
 * An asset has no price: what is held of it stays. Index: asset. Found: weight held; allowed: what the limits would leave.
 */
#define RISK_REASON_ASSET_HALTED 39
/**
 * The bar left less than the least value beside the gross exposure, and positions were scaled back at its close, before
 * the decision. Found: value over gross exposure; allowed: the least, `maintenance`.
 */
#define RISK_REASON_MARGIN_CALL 40
/**
 * An operator has pinned an asset: what is held of it stays. Index: asset. Found: weight held; allowed: what the limits
 * would leave.
 */
#define RISK_REASON_ASSET_PINNED 41
/** Leverage from target and forecast volatility. Found: forecast; allowed: target. Annual. */
#define RISK_REASON_VOLATILITY_TARGET 50
/** Volatility targeting asked for more than the maximum leverage. */
#define RISK_REASON_LEVERAGE_MAXIMUM 51
/** Volatility targeting asked for less than the minimum leverage. */
#define RISK_REASON_LEVERAGE_MINIMUM 52
/**
 * Leverage was lowered because of the drawdown. Found: drawdown; allowed: the drawdown of no leverage at all.
 */
#define RISK_REASON_LEVERAGE_DRAWDOWN 53
/**
 * Leverage was lowered to the fractional Kelly leverage of the trend. Found: leverage before; allowed: after.
 */
#define RISK_REASON_LEVERAGE_TREND 54
/** Leverage was scaled by the regime. Found: leverage before; allowed: after. */
#define RISK_REASON_LEVERAGE_REGIME 55
/** Limits were scaled by the regime. Found: the most likely regime; allowed: the factor. */
#define RISK_REASON_LIMITS_REGIME 56
/** The hedge was opened. Found: drawdown; allowed: the threshold. */
#define RISK_REASON_HEDGE_OPENED 70
/** The hedge is kept. Found: drawdown; allowed: where it ends. */
#define RISK_REASON_HEDGE_KEPT 71
/** The hedge was closed. Found: drawdown; allowed: where it ends. */
#define RISK_REASON_HEDGE_CLOSED 72
/** The ATR size is below the target's. Index: asset. Units. */
#define RISK_REASON_POSITION_RISK 80
/** The sum of open risk is above its maximum, and all positions were scaled. Fractions of equity. */
#define RISK_REASON_OPEN_RISK 81
/** A position is above the hard maximum. Index: asset. Units. */
#define RISK_REASON_POSITION_MAXIMUM 82
/** A position is below the smallest tradable one and was dropped. Index: asset. Units. */
#define RISK_REASON_POSITION_MINIMUM 83
/** Not looked at: dynamic leverage, for want of bars. Found: bars seen; allowed: bars needed. */
#define RISK_REASON_SKIPPED_LEVERAGE 100
/** Not looked at: value at risk, for want of history. Found: bars seen; allowed: bars needed. */
#define RISK_REASON_SKIPPED_TAIL_RISK 101
/**
 * Not looked at: an asset's ATR size, for want of bars. Index: asset. Found: bars seen; allowed: bars needed.
 */
#define RISK_REASON_SKIPPED_POSITION_SIZE 102
/** The true range is that of closes alone: no high and low were given. */
#define RISK_REASON_CLOSE_ONLY_TRUE_RANGE 103
/** Not looked at: the regime, for want of an observation. Found: bars seen. */
#define RISK_REASON_SKIPPED_REGIME 104
/** Not looked at: trend, which was not given. */
#define RISK_REASON_SKIPPED_TREND 105
/** Betas were not given: every asset counts as 1 in the hedge. */
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
 * The name of a reason's code, as in JSON: "DRAWDOWN_STOP" for RISK_REASON_DRAWDOWN_STOP, "UNKNOWN" for a number that
 * is no code's.
 *
 * \param code  a RISK_REASON_ number
 *
 * Cannot fail. The text is the library's and stays.
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
 * PPO_ERR_INVALID_ARGUMENT for no code or no UTF-8.
 */
ppo_status risk_reason_describe(const struct risk_reason *reason,
                                const char *const *assets,
                                size_t assets_len,
                                const char *const *sectors,
                                size_t sectors_len,
                                char *buffer,
                                size_t capacity,
                                size_t *needed);

/* ---- A risk manager ------------------------------------------------------------------------------------ */

/**
 * Decides once a bar: takes target weights and answers weights that every rule allows, with the reasons. It may be used from any thread, by one at a time.
 */
typedef struct risk_manager risk_manager;

/**
 * Makes a risk manager that has seen nothing.
 *
 * \param config_json  its settings, as risk_manager_config_json writes them; keys that are missing take their
 *                     defaults, unknown ones are refused; NULL for the defaults
 * \param assets       number of assets, N
 * \param manager      gets the manager, which is the caller's to free with risk_manager_free
 *
 * PPO_ERR_INVALID_ARGUMENT names the setting.
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
 * PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
 */
ppo_status risk_manager_restore(const char *config_json,
                                size_t assets,
                                const char *state_json,
                                struct risk_manager **manager);

/**
 * Frees a risk manager. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void risk_manager_free(struct risk_manager *manager);

/**
 * Copies the error message of the last failed call on a risk manager, made by any thread, as ppo_last_error does.
 *
 * \param manager   the manager; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 * Allocates nothing.
 */
ppo_status risk_manager_counts(struct risk_manager *manager,
                               size_t *assets,
                               size_t *observation_len,
                               size_t *regimes);

/**
 * Takes in a bar on which nothing is decided, so that ATR, volatility, tail risk and regimes know it.
 *
 * \param manager  the manager; as it was where the call fails
 * \param bar      the bar that just ended
 *
 * Allocates nothing.
 */
ppo_status risk_manager_observe(struct risk_manager *manager, const struct ppo_bar *bar);

/**
 * Ends RISK_STATE_HALTED or RISK_STATE_REDUCING: the last equity becomes the peak.
 *
 * \param manager  the manager
 *
 * Allocates nothing.
 */
ppo_status risk_manager_reset(struct risk_manager *manager);

/**
 * Lets a stopped asset be held again; nothing where it is not stopped.
 *
 * \param manager  the manager
 * \param asset    the asset's number, from 0
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT for no asset's number.
 */
ppo_status risk_manager_reset_stop(struct risk_manager *manager, size_t asset);

/**
 * Probability of each regime after the last observation.
 *
 * \param manager            the manager; its settings have regimes
 * \param probabilities      gets the probabilities: [K]
 * \param probabilities_len  K
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT where there are no regimes.
 */
ppo_status risk_manager_regimes(struct risk_manager *manager,
                                double *probabilities,
                                size_t probabilities_len);

/* ---- Deciding ------------------------------------------------------------------------------------------ */

/**
 * Takes in the bar that just ended and decides what the portfolio may do at its close. To be called once a bar; bars
 * without a decision go to risk_manager_observe.
 *
 * \param manager    the manager; as it was where the call fails
 * \param bar        the bar that just ended
 * \param portfolio  what is wished for and what is held
 * \param decision   gets the decision, in arrays of its own; untouched where the call fails
 *
 * Allocates nothing and never waits.
 */
ppo_status risk_manage(struct risk_manager *manager,
                       const struct ppo_bar *bar,
                       const struct risk_portfolio *portfolio,
                       struct risk_decision *decision);

/* ---- Limits by themselves ------------------------------------------------------------------------------ */

/** What a portfolio may hold, and the last bars' returns that its tail risk is measured on. */
typedef struct risk_limits risk_limits;

/**
 * Makes limits that have seen no returns.
 *
 * \param config_json  the key "limits" of risk_manager_config_json; keys that are missing take their defaults, unknown
 *                     ones are refused; NULL for the defaults
 * \param assets       number of assets, N
 * \param limits       gets the limits, which are the caller's to free with risk_limits_free
 *
 * PPO_ERR_INVALID_ARGUMENT names the setting, or the pair that no portfolio meets.
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
 * PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
 */
ppo_status risk_limits_restore(const char *config_json,
                               size_t assets,
                               const char *state_json,
                               struct risk_limits **limits);

/**
 * Frees limits. NULL is fine. Those that were freed before are left alone, and said so in the log and by
 * ppo_last_error.
 */
void risk_limits_free(struct risk_limits *limits);

/**
 * Copies the error message of the last failed call on limits, made by any thread, as ppo_last_error does.
 *
 * \param limits    the limits; poisoned ones are fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 */
ppo_status risk_limits_config_json(struct risk_limits *limits, char *buffer, size_t capacity, size_t *needed);

/**
 * Writes all that limits remember as JSON, for risk_limits_restore; numbers are exact.
 *
 * \param limits    the limits
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
 */
ppo_status risk_limits_state_json(struct risk_limits *limits, char *buffer, size_t capacity, size_t *needed);

/**
 * Remembers one bar's returns, that tail risk is measured on; the oldest of "tail_bars" is forgotten.
 *
 * \param limits       the limits; as they were where the call fails
 * \param returns      simple returns of the assets, -1 or more: [returns_len]
 * \param returns_len  N
 *
 * Allocates nothing.
 */
ppo_status risk_limits_push_returns(struct risk_limits *limits, const double *returns, size_t returns_len);

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
 * A bound of `low` or `high` that holds the target back is RISK_REASON_EXPOSURE_BOUND, the limits' own are
 * RISK_REASON_ASSET_MINIMUM and RISK_REASON_ASSET_MAXIMUM. Allocates nothing.
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

/* ---- Drawdown by itself -------------------------------------------------------------------------------- */

/** Follows equity, its peak and its drawdown, and the state that they lead to. */
typedef struct risk_drawdown risk_drawdown;

/**
 * Makes a drawdown monitor: RISK_STATE_ACTIVE, without a peak.
 *
 * \param config_json  the key "drawdown" of risk_manager_config_json; keys that are missing take their defaults,
 *                     unknown ones are refused; NULL for the defaults, which have no thresholds
 * \param monitor      gets the monitor, which is the caller's to free with risk_drawdown_free
 *
 * PPO_ERR_INVALID_ARGUMENT names the setting.
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
 * PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
 */
ppo_status risk_drawdown_restore(const char *config_json,
                                 const char *state_json,
                                 struct risk_drawdown **monitor);

/**
 * Frees a drawdown monitor. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void risk_drawdown_free(struct risk_drawdown *monitor);

/**
 * Copies the error message of the last failed call on a drawdown monitor, made by any thread, as ppo_last_error does.
 *
 * \param monitor   the monitor; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 * Allocates nothing.
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
 * Allocates nothing.
 */
ppo_status risk_drawdown_reset(struct risk_drawdown *monitor);

/* ---- The hedge by itself ------------------------------------------------------------------------------- */

/** An overlay that is opened in a drawdown and lowers the net exposure until it is over. */
typedef struct risk_hedge risk_hedge;

/**
 * The hedge position to hold after a bar; a position, not a change of one. Fill it with risk_hedge_position_init.
 */
typedef struct risk_hedge_position {
    /** Size of the caller's struct in bytes; risk_hedge_position_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Whether the hedge is open, 0 or 1. */
    uint32_t active;
    /** Side of the position, opposite to the net exposure: a RISK_HEDGE_ number. */
    uint32_t side;
    /** Size of the position in money, 0 or more: ratio * abs(net) * equity. */
    double notional;
    /** Net exposure that is hedged, as a signed part of equity: the sum of weights, or of beta * weight. */
    double net;
    /** Part of the net exposure that is hedged; 0 while closed. */
    double ratio;
} risk_hedge_position;

/**
 * Fills a hedge position with the defaults: none.
 *
 * \param position  the struct to fill
 * \param size      `sizeof(risk_hedge_position)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status risk_hedge_position_init(struct risk_hedge_position *position, size_t size);

/**
 * Makes a hedge that is closed.
 *
 * \param config_json  the key "hedge" of risk_manager_config_json; keys that are missing take their defaults, unknown
 *                     ones are refused; NULL for the defaults
 * \param hedge        gets the hedge, which is the caller's to free with risk_hedge_free
 *
 * PPO_ERR_INVALID_ARGUMENT names the setting.
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
 * PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
 */
ppo_status risk_hedge_restore(const char *config_json, const char *state_json, struct risk_hedge **hedge);

/**
 * Frees a hedge. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void risk_hedge_free(struct risk_hedge *hedge);

/**
 * Copies the error message of the last failed call on a hedge, made by any thread, as ppo_last_error does.
 *
 * \param hedge     the hedge; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 */
ppo_status risk_hedge_config_json(struct risk_hedge *hedge, char *buffer, size_t capacity, size_t *needed);

/**
 * Writes all that a hedge remembers as JSON, for risk_hedge_restore; numbers are exact.
 *
 * \param hedge     the hedge
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
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
 * Allocates nothing.
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

/* ---- Position sizes by themselves ---------------------------------------------------------------------- */

/** Turns weights into units: no position larger than its average true range allows. */
typedef struct risk_positions risk_positions;

/**
 * Makes what sizes positions.
 *
 * \param config_json  the key "positions" of risk_manager_config_json; keys that are missing take their defaults,
 *                     unknown ones are refused; NULL for the defaults
 * \param assets       number of assets, N
 * \param positions    gets the handle, which is the caller's to free with risk_positions_free
 *
 * PPO_ERR_INVALID_ARGUMENT names the setting.
 */
ppo_status risk_positions_new(const char *config_json,
                              size_t assets,
                              struct risk_positions **positions);

/**
 * Frees what sizes positions. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void risk_positions_free(struct risk_positions *positions);

/**
 * Copies the error message of the last failed call on what sizes positions, made by any thread, as ppo_last_error does.
 *
 * \param positions  the handle; a poisoned one is fine
 * \param buffer     room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity   bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed     gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 * Allocates nothing.
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
 * Allocates nothing.
 */
ppo_status risk_position_units(double equity,
                               double risk,
                               double atr,
                               double multiple,
                               double lot,
                               double *units);

/* ---- Average true range -------------------------------------------------------------------------------- */

/** Wilder's average true range of N assets, bar by bar. */
typedef struct risk_atr risk_atr;

/**
 * Makes averages that have seen nothing.
 *
 * \param assets  number of assets, N
 * \param bars    true ranges that are averaged, at least 1; Wilder's are 14
 * \param atr     gets the averages, which are the caller's to free with risk_atr_free
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
 * PPO_ERR_INVALID_ARGUMENT names the part of the state.
 */
ppo_status risk_atr_restore(size_t assets, size_t bars, const char *state_json, struct risk_atr **atr);

/**
 * Frees averages. NULL is fine. Those that were freed before are left alone, and said so in the log and by
 * ppo_last_error.
 */
void risk_atr_free(struct risk_atr *atr);

/**
 * Copies the error message of the last failed call on averages, made by any thread, as ppo_last_error does.
 *
 * \param atr       the averages; poisoned ones are fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 * Allocates nothing.
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
 * Allocates nothing.
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
 * PPO_ERR_INVALID_ARGUMENT names the bar.
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

/* ---- Leverage ------------------------------------------------------------------------------------------ */

/**
 * Dynamic leverage, the factor of the target weights: target over forecast volatility within its limits, less the
 * nearer the drawdown comes to its stop, and at most the fractional Kelly leverage of a trend.
 *
 * \param config_json       {"target_volatility": 0.15, "min": 0.0, "max": 1.5, "drawdown_stop": null,
 *                          "drawdown_floor": null, "fraction": 0.5, "cash_rate": 0.0}, which are the defaults: keys that are missing take them, unknown ones
 *                          are refused, NULL is all of them
 * \param volatility        forecast volatility of the target, annual, above 0
 * \param drawdown          1 - equity/peak, in [0, 1]
 * \param trend             expected return of the target, annual; NaN where there is none
 * \param reasons           gets what shaped the leverage: [reasons_capacity]; may be NULL with 0. At most 4
 * \param reasons_capacity  reasons that there is room for; what is beyond it is left out
 * \param reasons_len       gets the number of reasons, more than the capacity where some were left out; may be NULL
 * \param leverage          gets the factor, 0 to `max`
 *
 * PPO_ERR_INVALID_ARGUMENT names the setting or the number.
 */
ppo_status risk_leverage(const char *config_json,
                         double volatility,
                         double drawdown,
                         double trend,
                         struct risk_reason *reasons,
                         size_t reasons_capacity,
                         size_t *reasons_len,
                         double *leverage);

/* ---- Kelly --------------------------------------------------------------------------------------------- */

/**
 * Kelly weights from a history, what they rest on, and how far they can be trusted. Fill it with
 * risk_kelly_estimate_init, and set the arrays that risk_kelly_from_returns is to write to.
 */
typedef struct risk_kelly_estimate {
    /** Size of the caller's struct in bytes; risk_kelly_estimate_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Place for the weights under the caps, the fraction applied: [weights_len]. Cash is the rest. Not NULL. */
    double *weights;
    /** N. */
    size_t weights_len;
    /** Place for the standard errors of `weights`, 0 where a cap or 0 holds: [standard_errors_len]; may be NULL. */
    double *standard_errors;
    /** N, or 0 with NULL. */
    size_t standard_errors_len;
    /** Place for the weights without any cap, the fraction applied: [unconstrained_len]; may be NULL. */
    double *unconstrained;
    /** N, or 0 with NULL. */
    size_t unconstrained_len;
    /** Place for the standard errors of `unconstrained`: [unconstrained_standard_errors_len]; may be NULL. */
    double *unconstrained_standard_errors;
    /** N, or 0 with NULL. */
    size_t unconstrained_standard_errors_len;
    /** Place for the expected returns above cash per bar, shrunk by Bayes-Stein: [excess_len]; may be NULL. */
    double *excess;
    /** N, or 0 with NULL. */
    size_t excess_len;
    /** Shrinkage of the means, in (0, 1]: 1 where the history says nothing about their differences. */
    double mean_shrinkage;
    /** Shrinkage of the covariance (Ledoit-Wolf), in [0, 1]. */
    double covariance_shrinkage;
} risk_kelly_estimate;

/**
 * Fills an estimate with the defaults: no arrays.
 *
 * \param estimate  the struct to fill
 * \param size      `sizeof(risk_kelly_estimate)` as the caller was compiled
 *
 * Allocates nothing.
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
 * Allocates nothing.
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
 * Allocates nothing.
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
 * PPO_ERR_INVALID_ARGUMENT names the setting, or says that the covariance is none.
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
 * PPO_ERR_INVALID_ARGUMENT where the covariance is none.
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
 * \param bars_per_year  bars a year, above 0, by which the cash rate is spread: 252 for an exchange's days
 * \param estimate     gets the estimate, in arrays of its own; untouched where the call fails
 *
 * PPO_ERR_INVALID_ARGUMENT names the setting, or says what is wrong with the returns.
 */
ppo_status risk_kelly_from_returns(const char *config_json,
                                   const double *returns,
                                   size_t returns_len,
                                   size_t bars,
                                   size_t assets,
                                   double bars_per_year,
                                   struct risk_kelly_estimate *estimate);

/* ---- Measures of returns ------------------------------------------------------------------------------- */

/** What measures are relative to. Fill it with risk_conventions_init. Rates are simple returns of one bar. */
typedef struct risk_conventions {
    /** Size of the caller's struct in bytes; risk_conventions_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Bars in a year, above 0; default 252. */
    double bars_per_year;
    /** Risk-free return of one bar; default 0. Sharpe, omega and alpha use it. */
    double risk_free;
    /** Required return of one bar; default 0. Sortino, downside risk and omega use it. */
    double required_return;
    /** Part of the bars in the tail of value at risk, in [0, 1]; default 0.05. */
    double tail;
} risk_conventions;

/**
 * Measures of a series of simple returns, NaN where one is not defined. Fill it with risk_metrics_init. Annual figures
 * are fractions; losses and drawdowns are positive.
 */
typedef struct risk_metrics {
    /** Size of the caller's struct in bytes; risk_metrics_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Growth over all bars. */
    double total_return;
    /** Compound growth per year. */
    double annual_return;
    /** Annual standard deviation. */
    double annual_volatility;
    /** Annual Sharpe ratio. */
    double sharpe;
    /** Annual Sortino ratio; infinite without a loss. */
    double sortino;
    /** Annual root mean square of what returns fall short of the required one. */
    double downside_risk;
    /** Largest fall from the running peak, a fraction of it. */
    double max_drawdown;
    /** Annual return over the largest drawdown. */
    double calmar;
    /** Sum of gains over sum of losses. */
    double omega;
    /** Loss of one bar that the tail exceeds; NaN where a return is unknown. */
    double value_at_risk;
    /** Mean loss of one bar in the tail. */
    double conditional_value_at_risk;
    /** R squared of a straight line through cumulative log returns. */
    double stability;
    /** Size of the 95% quantile over the size of the 5% quantile. */
    double tail_ratio;
    /** Skewness; NaN where a return is unknown. */
    double skewness;
    /** Excess kurtosis; NaN where a return is unknown. */
    double kurtosis;
} risk_metrics;

/** One time under water. Points are places in the equity given, from 0. */
typedef struct risk_drawdown_period {
    /** Largest fall from the peak, a positive fraction of it. */
    double depth;
    /** Point of the peak. */
    uint64_t peak;
    /** Point of the lowest value, the first among equals. */
    uint64_t valley;
    /** First point that is back at the peak or above it; 0 while still under water. */
    uint64_t recovery;
} risk_drawdown_period;

/**
 * Fills conventions with the defaults.
 *
 * \param conventions  the struct to fill
 * \param size         `sizeof(risk_conventions)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status risk_conventions_init(struct risk_conventions *conventions, size_t size);

/**
 * Fills measures with NaN.
 *
 * \param metrics  the struct to fill
 * \param size     `sizeof(risk_metrics)` as the caller was compiled
 *
 * Allocates nothing.
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
 * PPO_ERR_NOT_FINITE for an infinite return; PPO_ERR_INVALID_ARGUMENT names the convention.
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
 * PPO_ERR_INVALID_ARGUMENT for an equity that is not above 0.
 */
ppo_status risk_worst_drawdowns(const double *equity,
                                size_t equity_len,
                                struct risk_drawdown_period *drawdowns,
                                size_t capacity,
                                size_t *count);

/* ---- Measures relative to a benchmark ------------------------------------------------------------------ */

/**
 * Measures relative to a benchmark, NaN where one is not defined. Fill it with risk_benchmark_metrics_init.
 */
typedef struct risk_benchmark_metrics {
    /** Size of the caller's struct in bytes; risk_benchmark_metrics_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Slope of the returns on the benchmark's. */
    double beta;
    /** Annual return that beta does not explain. */
    double alpha;
    /** Beta over the bars in which the benchmark rose. */
    double up_beta;
    /** Alpha over the bars in which the benchmark rose. */
    double up_alpha;
    /** Beta over the bars in which the benchmark fell. */
    double down_beta;
    /** Alpha over the bars in which the benchmark fell. */
    double down_alpha;
    /** Annual return over the benchmark's; infinite where that is 0. */
    double capture;
    /** Capture over the bars in which the benchmark rose. */
    double up_capture;
    /** Capture over the bars in which the benchmark fell. */
    double down_capture;
    /** Up capture over down capture. */
    double up_down_capture;
    /** Mean active return over its standard deviation, per bar: times the root of bars per year for a year. */
    double information_ratio;
    /** Part of the bars in which the returns were above the benchmark's. */
    double batting;
    /** Of the bars in which the benchmark did not fall. */
    double up_batting;
    /** Of the bars in which the benchmark fell. */
    double down_batting;
    /** Taleb's fragility heuristic; negative: fragile. */
    double beta_fragility;
} risk_benchmark_metrics;

/**
 * Fills measures relative to a benchmark with NaN.
 *
 * \param metrics  the struct to fill
 * \param size     `sizeof(risk_benchmark_metrics)` as the caller was compiled
 *
 * Allocates nothing.
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
 * PPO_ERR_NOT_FINITE for an infinite return; PPO_ERR_INVALID_ARGUMENT names the convention.
 */
ppo_status risk_benchmark_metrics_compute(const double *returns,
                                          size_t returns_len,
                                          const double *benchmark,
                                          size_t benchmark_len,
                                          const struct risk_conventions *conventions,
                                          struct risk_benchmark_metrics *metrics);

/* ---- Measures bar by bar ------------------------------------------------------------------------------- */

/**
 * Performance so far of a series of returns, in the same time at every bar. It may be used from any thread, by one at
 * a time.
 */
typedef struct risk_performance risk_performance;

/**
 * Performance so far, NaN where a figure is not defined. Fill it with risk_performance_figures_init. The figures are
 * those of risk_metrics up to rounding.
 */
typedef struct risk_performance_figures {
    /** Size of the caller's struct in bytes; risk_performance_figures_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Bars seen, those of unknown return among them. */
    uint64_t bars;
    /** Equity, 1 at the start. */
    double equity;
    /** Highest equity so far, the start included. */
    double peak;
    /** Fall from the peak now, a positive fraction of it. */
    double drawdown;
    /** Largest drawdown so far. */
    double max_drawdown;
    /** Mean return of one bar. */
    double mean;
    /** Growth over all bars. */
    double total_return;
    /** Compound growth per year. */
    double annual_return;
    /** Annual standard deviation. */
    double annual_volatility;
    /** Annual Sharpe ratio. */
    double sharpe;
    /** Annual Sortino ratio; infinite without a loss. */
    double sortino;
    /** Annual root mean square of what returns fall short of the required one. */
    double downside_risk;
    /** Annual return over the largest drawdown. */
    double calmar;
} risk_performance_figures;

/**
 * Fills figures with NaN.
 *
 * \param figures  the struct to fill
 * \param size     `sizeof(risk_performance_figures)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status risk_performance_figures_init(struct risk_performance_figures *figures, size_t size);

/**
 * Begins a series that has no bars yet.
 *
 * \param conventions  what measures are relative to (`tail` is not used); NULL for the defaults
 * \param performance  gets the handle, which is the caller's to free with risk_performance_free
 *
 * PPO_ERR_INVALID_ARGUMENT names the convention.
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
 * PPO_ERR_INVALID_ARGUMENT names the convention or the part of the state.
 */
ppo_status risk_performance_restore(const struct risk_conventions *conventions,
                                    const char *state_json,
                                    struct risk_performance **performance);

/**
 * Frees a series. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void risk_performance_free(struct risk_performance *performance);

/**
 * Copies the error message of the last failed call on a series, made by any thread, as ppo_last_error does.
 *
 * \param performance  the series; a poisoned one is fine
 * \param buffer       room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity     bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed       gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 * Allocates nothing and never waits. PPO_ERR_NOT_FINITE for an infinite return; PPO_ERR_INVALID_ARGUMENT for one
 * that takes a sum past the largest number.
 */
ppo_status risk_performance_push(struct risk_performance *performance,
                                 double simple_return);

/**
 * Reads the figures so far.
 *
 * \param performance  the series
 * \param figures      gets the figures
 *
 * Allocates nothing.
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
 */
ppo_status risk_performance_state_json(struct risk_performance *performance,
                                       char *buffer,
                                       size_t capacity,
                                       size_t *needed);

/* ---- Tail risk and covariance -------------------------------------------------------------------------- */

/**
 * Tail measures of a portfolio over one bar: positive losses, fractions of equity. Fill it with risk_tail_risk_init.
 */
typedef struct risk_tail_risk {
    /** Size of the caller's struct in bytes; risk_tail_risk_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Mean return. */
    double mean;
    /** Standard deviation of the return. */
    double deviation;
    /** Loss that 1 - level of the scenarios exceed. */
    double historical_value_at_risk;
    /** Mean loss of the worst 1 - level of the scenarios. */
    double historical_conditional_value_at_risk;
    /** The same two, of a normal distribution with this mean and deviation. */
    double gaussian_value_at_risk;
    /** Its conditional value at risk. */
    double gaussian_conditional_value_at_risk;
} risk_tail_risk;

/**
 * Fills tail measures with NaN.
 *
 * \param tail  the struct to fill
 * \param size  `sizeof(risk_tail_risk)` as the caller was compiled
 *
 * Allocates nothing.
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
 * PPO_ERR_INVALID_ARGUMENT for too few bars.
 */
ppo_status risk_covariance(const double *returns,
                           size_t returns_len,
                           size_t bars,
                           size_t assets,
                           double *covariance,
                           size_t covariance_len,
                           double *shrinkage);

/* ---- Volatility ---------------------------------------------------------------------------------------- */

/** A GARCH(1,1) that was fitted to returns around a constant mean. Fill it with risk_garch_fit_init. */
typedef struct risk_garch_fit {
    /** Size of the caller's struct in bytes; risk_garch_fit_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Constant part of the variance of a bar, above 0. */
    double omega;
    /** Weight of the last squared residual, 0 or more. */
    double alpha;
    /** Weight of the last variance, 0 or more; alpha + beta is below 1. */
    double beta;
    /** Mean return of a bar. */
    double mean;
    /** Gaussian log-likelihood reached. */
    double log_likelihood;
    /** Variance forecast for the bar after the last one. */
    double next_variance;
} risk_garch_fit;

/**
 * Fills a fit with NaN.
 *
 * \param fit   the struct to fill
 * \param size  `sizeof(risk_garch_fit)` as the caller was compiled
 *
 * Allocates nothing.
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
 * \param bars_per_year  bars a year, above 0: 252 for an exchange's days
 * \param volatility     gets the annual volatility, a fraction; 0 where nothing moved
 *
 * Allocates nothing where `forecast_json` is NULL. PPO_ERR_INVALID_ARGUMENT names the setting, or for too few
 * returns.
 */
ppo_status risk_volatility(const char *forecast_json,
                           const double *returns,
                           size_t returns_len,
                           double bars_per_year,
                           double *volatility);

/**
 * Fits a GARCH(1,1) by maximum likelihood around a constant mean. It takes milliseconds: not for every bar. What a
 * forecast needs of it is {"garch": {"alpha": ..., "beta": ...}}.
 *
 * \param returns      simple returns of the bars, oldest first: [returns_len]
 * \param returns_len  number of bars, at least 50; several hundred are needed for parameters worth using
 * \param fit          gets the parameters and the forecast
 *
 * PPO_ERR_LENGTH for too few returns, PPO_ERR_INVALID_ARGUMENT for such as do not vary.
 */
ppo_status risk_volatility_fit(const double *returns,
                               size_t returns_len,
                               struct risk_garch_fit *fit);

/* ---- Regimes ------------------------------------------------------------------------------------------- */

/**
 * Follows the probability of each regime of a hidden Markov model. It may be used from any thread, by one at a time.
 */
typedef struct risk_regime risk_regime;

/**
 * Makes a tracker that has seen nothing: the probabilities are the model's initial ones.
 *
 * \param config_json  {"model": {"initial": [K], "transition": [K, K], "means": [K, d], "covariances": [K, d, d]},
 *                     "leverage": [K], "limits": [K], "scaling": "weighted"}, matrices as lists of rows, as
 *                     risk_regime_config_json writes it: the `regime` of a risk manager's settings. All but `model`
 *                     may be left out; `scaling` may be "most_likely"
 * \param regime       gets the tracker, which is the caller's to free with risk_regime_free
 *
 * PPO_ERR_INVALID_ARGUMENT names the part of the model.
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
 * PPO_ERR_INVALID_ARGUMENT for too few bars, a column that never changes or follows from others, and options out of
 * range.
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
 * PPO_ERR_INVALID_ARGUMENT names the part of the model or the state.
 */
ppo_status risk_regime_restore(const char *config_json, const char *state_json, struct risk_regime **regime);

/**
 * Frees a tracker. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void risk_regime_free(struct risk_regime *regime);

/**
 * Copies the error message of the last failed call on a tracker, made by any thread, as ppo_last_error does.
 *
 * \param regime    the tracker; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 * Allocates nothing.
 */
ppo_status risk_regime_counts(struct risk_regime *regime, size_t *observation_len, size_t *regimes);

/**
 * Takes in one bar.
 *
 * \param regime           the tracker; as it was where the call fails
 * \param observation      the bar's observation: [observation_len]; NULL where there is none: then only the passing of
 *                         time counts
 * \param observation_len  d, or 0 with NULL
 *
 * Allocates nothing and never waits.
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
 * Allocates nothing.
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
 * Allocates nothing.
 */
ppo_status risk_regime_factors(struct risk_regime *regime, double *leverage, double *limits);

/**
 * Writes the model and the factors as JSON, for risk_regime_new and the `regime` of a risk manager's settings.
 *
 * \param regime    the tracker
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
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
 */
ppo_status risk_regime_state_json(struct risk_regime *regime, char *buffer, size_t capacity, size_t *needed);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_RISK_H */
