/* Portfolios: one portfolio of an agent, followed bar by bar.
 *
 * A ppo_portfolio keeps the history, the weights and the value that a policy's states are made of, so that the host
 * hands over closes and takes weights. At every close, in this order:
 *     ppo_portfolio_push_prices    the bar that just ended
 *     ppo_portfolio_rebalance      the target weights, where a decision is due and ppo_portfolio_ready says 1
 *     ppo_portfolio_record_trade   what was traded, only where that was not the target
 * A decision at bar t sees prices up to close t, trades there, and earns the move to close t + 1. Between decisions
 * weights drift with the prices. States, priors and weights are bit for bit those that the policy was trained on.
 *
 * A portfolio keeps the policy that it was made with until ppo_portfolio_set_agent, which any thread may call while
 * another decides. ppo_portfolio_state_json and ppo_portfolio_restore carry it over a restart, bit for bit. Pushing and
 * deciding allocate nothing. Nothing stands between the policy's wish and the trade here: book.h adds a risk manager.
 *
 * Example:
 *     ppo_portfolio *portfolio = NULL;
 *     const ppo_agent *agent = NULL;
 *     double closes[20] = {0}, weights[21];
 *     uint32_t ready = 0;
 *     ppo_bar bar;
 *     ppo_bar_init(&bar, sizeof bar);
 *     bar.closes = closes;
 *     bar.closes_len = 20;
 *     ppo_portfolio_new(agent, "{\"balance\": 50000, \"cost_rate\": 0.0005}", &portfolio);
 *     ppo_portfolio_push_prices(portfolio, &bar, NULL);
 *     if (ppo_portfolio_ready(portfolio, &ready) == PPO_OK && ready == 1) {
 *         ppo_portfolio_rebalance(portfolio, weights, 21);
 *     }
 *     ppo_portfolio_free(portfolio); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_PORTFOLIO_H
#define PPO_RISK_PORTFOLIO_H

#include "status.h"

struct ppo_agent;

#ifdef __cplusplus
extern "C" {
#endif

/* ---- A portfolio --------------------------------------------------------------------------------------- */

/**
 * A policy at work on one portfolio. At every close: ppo_portfolio_push_prices, then, when a decision is due,
 * ppo_portfolio_rebalance. The target is taken to be traded at that same close, at the configured cost and under the
 * policy's trade band; ppo_portfolio_record_trade says what was traded instead. Until the next decision weights drift.
 * States, priors and weights are bit for bit those that the policy was trained on.
 */
typedef struct ppo_portfolio ppo_portfolio;

/**
 * Makes a portfolio that has seen nothing, all in cash. It decides with the policy that the agent has now, which it
 * shares with the agent and with other portfolios in memory; what the agent learns later reaches it by
 * ppo_portfolio_set_agent alone. The agent may be freed.
 *
 * \param agent        the agent
 * \param config_json  an object with any of `balance` (money at the start, above 0; default 100000), `cost_rate`,
 *                     `minimum_fee`, `impact`, `impact_exponent`, `lot`, `borrow_rate`, `margin_rate` and `maintenance`
 *                     (as in ppo_config), `history` (returns remembered for leverage and Kelly, 20 to 100000; default 252), `half_life` (of the volatility forecast, in bars, above
 *                     0; default 20), `leverage` and `kelly` (docs/risk.md); NULL for the defaults
 * \param portfolio    gets the portfolio, which is the caller's to free with ppo_portfolio_free
 *
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
 * Any thread, any number of them, also while another call uses the portfolio: neither waits for the other, and no
 * call is answered PPO_ERR_BUSY for it. Allocates nothing; frees the policy that was replaced before.
 * PPO_ERR_INVALID_ARGUMENT for another spec.
 */
ppo_status ppo_portfolio_set_agent(struct ppo_portfolio *portfolio,
                                   const struct ppo_agent *agent);

/**
 * Frees a portfolio. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void ppo_portfolio_free(struct ppo_portfolio *portfolio);

/**
 * Copies the error message of the last failed call on a portfolio, made by any thread, as ppo_last_error does.
 *
 * \param portfolio  the portfolio; a poisoned one is fine
 * \param buffer     room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity   bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed     gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
 */
ppo_status ppo_portfolio_last_error(const struct ppo_portfolio *portfolio,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *needed);

/* ---- A bar --------------------------------------------------------------------------------------------- */

/**
 * A bar that just ended, as far as it is known: the same for a portfolio, a book and a risk manager. Fill it with
 * ppo_bar_init. What is not given is estimated from earlier bars where that is possible, and otherwise not looked at; the
 * decision's reasons say which.
 */
typedef struct ppo_bar {
    /** Size of the caller's struct in bytes; ppo_bar_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /**
     * Closes of the assets, above 0: [closes_len]. NaN is no price, for policies that were trained on prices with gaps: the
     * asset is then halted, or not there at all.
     */
    const double *closes;
    /** N. */
    size_t closes_len;
    /** Highs around the closes: [highs_len]; NULL together with `lows`: the true range is that of closes. */
    const double *highs;
    /** N, or 0 with NULL. */
    size_t highs_len;
    /** Lows around the closes: [lows_len]; NULL together with `highs`. */
    const double *lows;
    /** N, or 0 with NULL. */
    size_t lows_len;
    /** Average true ranges, above 0, in the unit of the closes: [atr_len]; NULL: the manager's own. */
    const double *atr;
    /** N, or 0 with NULL. */
    size_t atr_len;
    /** Betas of the assets to the hedge instrument: [betas_len]; NULL: every asset counts as 1. */
    const double *betas;
    /** N, or 0 with NULL. */
    size_t betas_len;
    /** What the regimes are told apart by: [observation_len]; NULL: none. */
    const double *observation;
    /** The length that risk_manager_counts gives, or 0 with NULL. */
    size_t observation_len;
    /** Forecast volatility of the target before leverage, annual, above 0; default NaN: the manager's own. */
    double volatility;
    /** Expected return of the target before leverage, annual; default NaN: not given. */
    double trend;
    /**
     * When the bar closed, in nanoseconds since 1970-01-01 UTC; default 0: not given. A bar that is no later than the
     * last one that had a time is refused (PPO_ERR_INVALID_ARGUMENT, with both), so that none counts twice; one without
     * a time is not compared. A portfolio looks at it where its policy sees the time, and then needs it.
     */
    int64_t time;
    /**
     * Simple return of cash over the bar, at least -1; default 0. Earned from the first decision, or the first _set_position,
     * on: what is held is not followed before. The risk manager does not look at it, nor at what follows.
     */
    double cash_return;
    /** The policy's columns, known at the close: [columns_len]; NULL where it has none. */
    const double *columns;
    /** K, or 0 with NULL. */
    size_t columns_len;
    /**
     * The policy's columns of each asset, known at the close, an asset's own side by side: [N, F], asset_columns_len values;
     * NULL where it has none.
     */
    const double *asset_columns;
    /** N * F, or 0 with NULL. */
    size_t asset_columns_len;
    /**
     * Weights of a supplied prior for the decision at this close, assets and then cash: [prior_len]; NULL where the policy's
     * prior is not `supplied`.
     */
    const double *prior;
    /** N + 1, or 0 with NULL. */
    size_t prior_len;
    /** Not 0 where an asset ends at this close, and what is held of it is paid out: [ends_len]; NULL: none does. */
    const double *ends;
    /** N, or 0 with NULL. */
    size_t ends_len;
    /**
     * Commission per traded notional of each asset at this close, in [0, 1), in the place of the portfolio's `cost_rate`:
     * [cost_rates_len]; NULL: not given.
     */
    const double *cost_rates;
    /** N, or 0 with NULL. */
    size_t cost_rates_len;
    /**
     * Half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission:
     * [half_spreads_len]; NULL: not given.
     */
    const double *half_spreads;
    /** N, or 0 with NULL. */
    size_t half_spreads_len;
    /**
     * Annual fee on what is sold short of each asset, over the bar that begins, in [0, 10], in the place of `borrow_rate`:
     * [borrow_rates_len]; NULL: not given.
     */
    const double *borrow_rates;
    /** N, or 0 with NULL. */
    size_t borrow_rates_len;
    /**
     * Units of each asset traded over the bar, at least 0, for a portfolio with impact:
     * [volumes_len]; NULL: not given, which such a portfolio refuses.
     */
    const double *volumes;
    /** N, or 0 with NULL. */
    size_t volumes_len;
} ppo_bar;

/**
 * Fills a bar with the defaults: nothing given.
 *
 * \param bar   the struct to fill
 * \param size  `sizeof(ppo_bar)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_bar_init(struct ppo_bar *bar, size_t size);

/* ---- Taking in a bar ----------------------------------------------------------------------------------- */

/**
 * Takes in a bar that just ended, as closes. The portfolio earns it, then it is history. The first closes ever, and
 * the first after ppo_portfolio_push_returns, are only what later ones are compared with. A bar given twice counts twice:
 * its time is not looked at here (ppo_book_decide does).
 *
 * \param portfolio  the portfolio; as it was where the call fails
 * \param bar        the bar that just ended; of it the closes, the return of cash, both kinds of columns, the prior
 *                   and the ends are looked at
 * \param taken      gets 1 where there was a close before, so that the bar was taken in, else 0; may be NULL
 *
 * Allocates nothing.
 */
ppo_status ppo_portfolio_push_prices(struct ppo_portfolio *portfolio,
                                     const struct ppo_bar *bar,
                                     uint32_t *taken);

/**
 * Takes in a bar that just ended, as returns, of assets that are all there: returns of NaN are refused, and ends not
 * looked at. The portfolio earns it, then it is history.
 *
 * \param portfolio    the portfolio
 * \param returns      simple return of each asset over the bar, at least -1: [returns_len]
 * \param returns_len  N
 * \param bar          the bar, of which the return of cash, both kinds of columns and the prior are looked at; NULL for
 *                     none of them
 *
 * Allocates nothing. Errors as ppo_portfolio_push_prices.
 */
ppo_status ppo_portfolio_push_returns(struct ppo_portfolio *portfolio,
                                      const double *returns,
                                      size_t returns_len,
                                      const struct ppo_bar *bar);

/* ---- Deciding ------------------------------------------------------------------------------------------ */

/**
 * Whether enough bars were taken in for a decision.
 *
 * \param portfolio  the portfolio
 * \param ready      gets 1 where ppo_portfolio_rebalance can decide, else 0
 *
 * Allocates nothing.
 */
ppo_status ppo_portfolio_ready(struct ppo_portfolio *portfolio, uint32_t *ready);

/**
 * Number of bars that have to be taken in before the first decision; as prices that is one close more.
 *
 * \param portfolio  the portfolio
 * \param bars       gets the number
 *
 * Allocates nothing.
 */
ppo_status ppo_portfolio_warm_up_bars(struct ppo_portfolio *portfolio, size_t *bars);

/**
 * Decides at this close. The target is taken to be traded at it, unless turnover to it stays below the policy's trade
 * band. Asking again at the same close gives the same answer.
 *
 * \param portfolio    the portfolio
 * \param weights_out  gets the policy's target weights, summing to 1, within the spec's cap, floor and gross exposure, at
 *                     least 0 but for what the policy may sell short or borrow: assets, then cash where the policy
 *                     may hold it: [weights_len]
 * \param weights_len  ppo_agent_action_len: A
 *
 * Allocates nothing. PPO_ERR_NOT_READY before ppo_portfolio_warm_up_bars
 * bars; PPO_ERR_NOT_FINITE (scores of the policy).
 */
ppo_status ppo_portfolio_rebalance(struct ppo_portfolio *portfolio,
                                   double *weights_out,
                                   size_t weights_len);

/**
 * Says what was really traded to at this close, in place of the last target.
 *
 * \param portfolio    the portfolio
 * \param weights      weights after the trade, assets and then cash, summing to 1 (within 1e-6), at least 0 but for what
 *                     the policy may sell short or borrow; cash may always be down to -0.01, an overdraft of fees:
 *                     [weights_len]
 * \param weights_len  N + 1
 * \param cost         what the trade cost, as a fraction of the value before it: 0, or above 0 and below what was
 *                     traded; within 1e-9 of 0 it is rounding and needs no trade
 *
 * An overdraft is carried as it is, at the bar's cash return, until the next trade.
 *
 * Allocates nothing.
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
 * Allocates nothing. Errors as ppo_portfolio_record_trade.
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
 * PPO_ERR_NOT_READY below 20 bars; PPO_ERR_INVALID_ARGUMENT where nothing but cash is held; PPO_ERR_NOT_FINITE (an
 * infinite trend).
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
 * PPO_ERR_NOT_READY below 20 bars; PPO_ERR_INVALID_ARGUMENT where the returns of an asset do not vary.
 */
ppo_status ppo_portfolio_kelly(struct ppo_portfolio *portfolio, double *weights_out, size_t weights_len);

/**
 * Copies out what the last decision was taken on; zeros before the first.
 *
 * \param portfolio  the portfolio
 * \param state_out  gets the state, not normalised (ppo_agent_state_len has its layout): [state_len]
 * \param state_len  S
 * \param prior_out  gets the prior's weights, 1/A each without a prior: [prior_len]; may be NULL
 * \param prior_len  A, or 0 with NULL
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT (memory that is shared).
 */
ppo_status ppo_portfolio_seen(struct ppo_portfolio *portfolio,
                              float *state_out,
                              size_t state_len,
                              double *prior_out,
                              size_t prior_len);

/* ---- Its account --------------------------------------------------------------------------------------- */

/**
 * How a portfolio stands at a close, before what is traded at it. Fill it with ppo_account_init before its first use.
 */
typedef struct ppo_account {
    /** Size of the caller's struct in bytes: `sizeof(ppo_account)`. ppo_account_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Money: assets and cash together. */
    double value;
    /** Weight of cash. */
    double cash;
    /** 1 - value/peak, in [0, 1]. */
    double drawdown;
    /** Standard deviation (ddof 0) of the last 20 net returns of the portfolio, per bar; 0 below two. */
    double volatility;
} ppo_account;

/**
 * Prepares a struct for ppo_portfolio_account.
 *
 * \param account  the struct to fill
 * \param size     `sizeof(ppo_account)` as the caller was compiled
 *
 * Allocates nothing.
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
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT (memory that is shared).
 */
ppo_status ppo_portfolio_account(struct ppo_portfolio *portfolio,
                                 struct ppo_account *account,
                                 double *weights_out,
                                 size_t weights_len);

/* ---- Over a restart ------------------------------------------------------------------------------------ */

/**
 * Copies out all that bars and trades have left behind, as JSON, for a restart: account, history, last closes, what
 * was decided. The policy and the settings are not in it.
 *
 * \param portfolio  the portfolio
 * \param buffer     room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity   bytes in `buffer`
 * \param needed     gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
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
 * PPO_ERR_INVALID_ARGUMENT for what is no state of a portfolio like this one.
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
 * Errors as ppo_portfolio_state_json.
 */
ppo_status ppo_portfolio_config_json(struct ppo_portfolio *portfolio,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *needed);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_PORTFOLIO_H */
