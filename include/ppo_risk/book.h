/* Books: one portfolio with a risk manager between the policy's wish and the trade.
 *
 * A ppo_book joins a portfolio (portfolio.h) and a risk manager (risk.h) in one call a bar: ppo_book_decide takes
 * the bar in, forms the state, asks the policy, puts its wish through leverage, limits, hedge and position sizes, and
 * books what the decision leaves as traded at that close. ppo_book_observe takes in a bar on which nothing is to be
 * decided, and the first bars, until ppo_book_ready says 1. Both allocate nothing and never wait.
 *
 * A bar is taken in whole or not at all: after a call that failed it can be given again and counts once. Where bars
 * have a time (`ppo_bar.time`), one that is no later than the last is refused.
 *
 * ppo_book_record_trade says what was traded where that was not the decision; ppo_book_set_position says what is
 * held and what it is worth, ppo_book_deposit what was paid in or out. ppo_book_orders says what to send to a
 * broker: whole lots, sales first, never more than cash allows. Three functions may be called on any thread while another decides: ppo_book_set_agent
 * hands over another policy, ppo_book_halt and ppo_book_flatten are the kill switch, which ppo_book_resume ends.
 *
 * Example:
 *     ppo_book *book = NULL;
 *     const ppo_agent *agent = NULL;
 *     double closes[20] = {0}, weights[20];
 *     ppo_bar market;
 *     risk_decision decision;
 *     ppo_bar_init(&market, sizeof market);
 *     risk_decision_init(&decision, sizeof decision);
 *     market.closes = closes, market.closes_len = 20;
 *     decision.weights = weights, decision.weights_len = 20;
 *     ppo_book_new(agent, NULL, NULL, &book);
 *     ppo_book_decide(book, &market, &decision);
 *     ppo_book_free(book); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_BOOK_H
#define PPO_RISK_BOOK_H

#include "status.h"

struct ppo_account;
struct ppo_agent;
struct ppo_bar;
struct risk_decision;

#ifdef __cplusplus
extern "C" {
#endif

/* ---- A book -------------------------------------------------------------------------------------------- */

/**
 * A policy at work on one portfolio, with a risk manager between its wish and the trade. At every close one call:
 * ppo_book_decide, or ppo_book_observe where nothing is to be decided. What the decision leaves is taken to be
 * traded at that same close, the sized positions where positions are sized, else the weights; ppo_book_record_trade
 * says what was traded instead. The hedge is an overlay that the portfolio does not hold.
 *
 * A bar is taken in whole or not at all: after a call that failed, for whatever reason, the portfolio is as it was, and
 * the bar can be given again. Where bars have a time (`ppo_bar.time`), one that is no later than the last is refused.
 */
typedef struct ppo_book ppo_book;

/**
 * Makes a book that has seen nothing, all in cash. It decides with the policy that the agent has now, as
 * ppo_portfolio_new does. The agent may be freed.
 *
 * \param agent        the agent
 * \param config_json  the portfolio's settings, as for ppo_portfolio_new; NULL for the defaults
 * \param risk_json    the risk manager's, as for risk_manager_new, with `limits.min_cash` of 0 or more and no
 *                     minimum weight below 0: this portfolio neither borrows nor sells short; NULL for the defaults
 *                     with `min_cash` 0 and a leverage of at most 1
 * \param book         gets the book, which is the caller's to free with ppo_book_free
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
 */
ppo_status ppo_book_new(const struct ppo_agent *agent,
                        const char *config_json,
                        const char *risk_json,
                        struct ppo_book **book);

/**
 * Makes a book that goes on from a saved state, bit for bit: account, history, drawdown, stops, hedge,
 * regimes.
 *
 * \param agent        the agent; of a policy with the same state and prior
 * \param config_json  as for ppo_book_new, with the same `history`
 * \param risk_json    as for ppo_book_new; other settings are fine as far as the state has a meaning in them
 * \param state_json   what ppo_book_state_json gave
 * \param book         gets the book, which is the caller's to free with ppo_book_free
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for a state that does not fit, with the part; otherwise as
 * ppo_book_new.
 */
ppo_status ppo_book_restore(const struct ppo_agent *agent,
                            const char *config_json,
                            const char *risk_json,
                            const char *state_json,
                            struct ppo_book **book);

/**
 * Copies out all that bars and decisions have left behind, as JSON; exact.
 *
 * \param book      the book
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 */
ppo_status ppo_book_state_json(struct ppo_book *book,
                               char *buffer,
                               size_t capacity,
                               size_t *needed);

/**
 * Copies out what ppo_book_state_json does as bytes, for ppo_book_restore_state: less than half as many, in a tenth of the
 * time, for saving at every bar. They have a format and a checksum, and are exact.
 *
 * \param book      the book
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size, which takes as long as copying
 * \param capacity  bytes in `buffer`
 * \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not. It grows until
 *                  the histories are full: about 8 bytes * N for each bar of `history`, and as many again where
 *                  `limits.tail_bars` of the risk manager is the longer of the two
 */
ppo_status ppo_book_save_state(struct ppo_book *book,
                               uint8_t *buffer,
                               size_t capacity,
                               size_t *needed);

/**
 * Makes a book that goes on from a state that was saved as bytes, bit for bit: as ppo_book_restore. The bytes may come from
 * anywhere: they are checked before they are believed.
 *
 * \param agent        the agent; of a policy with the same state and prior
 * \param config_json  as for ppo_book_new, with the same `history`
 * \param risk_json    as for ppo_book_new; other settings are fine as far as the state has a meaning in them
 * \param state        what ppo_book_save_state wrote, of this version or an earlier one: [state_len]; not kept
 * \param state_len    number of bytes
 * \param book         gets the book, which is the caller's to free with ppo_book_free
 *
 * PPO_ERR_INVALID_ARGUMENT for bytes that were cut or altered, of something else or of a newer version, and for a state
 * that does not fit, with the part; otherwise as ppo_book_new.
 */
ppo_status ppo_book_restore_state(const struct ppo_agent *agent,
                                  const char *config_json,
                                  const char *risk_json,
                                  const uint8_t *state,
                                  size_t state_len,
                                  struct ppo_book **book);

/**
 * Frees a book. NULL is fine. One that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void ppo_book_free(struct ppo_book *book);

/**
 * Copies the error message of the last failed call on a book, made by any thread, as ppo_last_error does.
 *
 * \param book      the book; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
 */
ppo_status ppo_book_last_error(const struct ppo_book *book,
                               char *buffer,
                               size_t capacity,
                               size_t *needed);

/* ---- Taking in a bar, and deciding --------------------------------------------------------------------- */

/**
 * Whether the next bar is one that can be decided on. Until then bars go to ppo_book_observe. Always 1 under
 * ppo_book_halt and ppo_book_flatten.
 *
 * \param book   the book
 * \param ready  gets 1 where it is, else 0
 *
 * Allocates nothing.
 */
ppo_status ppo_book_ready(struct ppo_book *book, uint32_t *ready);

/**
 * Takes in a bar on which nothing is decided.
 *
 * \param book  the book; as it was where the call fails
 * \param bar   the bar that just ended
 *
 * Allocates nothing.
 */
ppo_status ppo_book_observe(struct ppo_book *book, const struct ppo_bar *bar);

/**
 * The whole chain for one bar: takes it in, forms the policy's state, decides, and puts the decision through the risk
 * manager. What the decision leaves counts as traded at this close.
 *
 * \param book      the book; as it was where the call fails
 * \param bar       the bar that just ended; a volatility or trend in it is of the target
 * \param decision  gets the decision, in arrays of its own, as of risk_manage
 *
 * Allocates nothing and never waits. PPO_ERR_NOT_READY where more bars have to be seen first (ppo_book_ready).
 * Should the network's scores overflow, it is PPO_ERR_NOT_FINITE, naming them.
 */
ppo_status ppo_book_decide(struct ppo_book *book,
                           const struct ppo_bar *bar,
                           struct risk_decision *decision);

/* ---- What it holds, and what the host did instead ------------------------------------------------------ */

/**
 * Copies out how the portfolio stands at this close, before what is traded at it: as ppo_portfolio_account.
 *
 * \param book         the book
 * \param account      gets the numbers; its `struct_size` has to be set (ppo_account_init does)
 * \param weights_out  gets the weights that are held, assets and then cash: [weights_len]; may be NULL; not inside
 *                     `account`
 * \param weights_len  N + 1, or 0 with NULL
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT (memory that is shared).
 */
ppo_status ppo_book_account(struct ppo_book *book,
                            struct ppo_account *account,
                            double *weights_out,
                            size_t weights_len);

/**
 * Copies out what was traded to at the last close that was decided on.
 *
 * \param book         the book
 * \param weights_out  gets the weights after the trade, assets and then cash: [weights_len]; zeros before the first
 *                     decision
 * \param weights_len  N + 1
 * \param turnover     gets the one-way turnover of the trade; may be NULL
 * \param cost         gets its cost as a fraction of the value before it; may be NULL
 *
 * Allocates nothing.
 */
ppo_status ppo_book_traded(struct ppo_book *book,
                           double *weights_out,
                           size_t weights_len,
                           double *turnover,
                           double *cost);

/**
 * Says what was really traded to at this close, in place of the decision: as ppo_portfolio_record_trade.
 *
 * \param book         the book; as it was where the call fails
 * \param weights      weights after the trade, assets and then cash, summing to 1 (within 1e-6), at least 0 but for what
 *                     the policy may sell short or borrow; cash may always be down to -0.01, an overdraft of fees:
 *                     [weights_len]
 * \param weights_len  N + 1
 * \param cost         what the trade cost, as a fraction of the value before it: at least 0, below what was traded;
 *                     within 1e-9 of 0 it is rounding and needs no trade
 *
 * An overdraft is carried as it is, at the bar's cash return, and the next decision repairs it.
 *
 * Allocates nothing.
 */
ppo_status ppo_book_record_trade(struct ppo_book *book,
                                 const double *weights,
                                 size_t weights_len,
                                 double cost);

/**
 * Says what is held at this close and what it is worth: as ppo_portfolio_set_position.
 *
 * \param book         the book; as it was where the call fails
 * \param weights      weights held, assets and then cash, as for ppo_book_record_trade: [weights_len]
 * \param weights_len  N + 1
 * \param equity       money, above 0 and at most 1e90
 *
 * Allocates nothing.
 */
ppo_status ppo_book_set_position(struct ppo_book *book,
                                 const double *weights,
                                 size_t weights_len,
                                 double equity);

/**
 * Money paid in at the close that the book stands at, or paid out: into or out of cash, and every weight becomes one of the
 * new value. Drawdown, remembered returns and, in money, what was traded at this close stay as they are.
 *
 * \param book    the book; as it was where the call fails
 * \param amount  money paid in, or below 0 paid out: no more than the cash that there is, before and after what was traded
 *                at this close, and less than everything. Where the policy may be short or levered no cash is needed, but
 *                what is left has to be at least `maintenance` of the gross exposure
 *
 * Allocates nothing. PPO_ERR_NOT_FINITE for NaN and infinities, PPO_ERR_INVALID_ARGUMENT for what cannot be paid out and
 * for a value beyond 1e90.
 */
ppo_status ppo_book_deposit(struct ppo_book *book,
                            double amount);

/**
 * Ends the states HALTED and REDUCING that drawdown led to: from now on it is measured from what the portfolio is worth
 * now. The kill switch stays as it is.
 *
 * \param book  the book
 *
 * Allocates nothing.
 */
ppo_status ppo_book_reset(struct ppo_book *book);

/**
 * Allows no trade of an asset from the next decision on, or allows it again: what is held of it stays, whatever the
 * policy, limits, stops and the kill switch say, and the others share the rest. The decision says so
 * (RISK_REASON_ASSET_PINNED), ppo_book_orders has no order for it, and the book's saved state keeps it.
 *
 * \param book    the book
 * \param asset   which, from 0
 * \param pinned  1 where it is not traded, 0 where it may be again
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT for an index beyond the assets and for another `pinned`.
 */
ppo_status ppo_book_pin(struct ppo_book *book,
                        size_t asset,
                        uint32_t pinned);

/**
 * Lets a stopped asset be held again.
 *
 * \param book   the book
 * \param asset  which, from 0
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT for an index beyond the assets.
 */
ppo_status ppo_book_reset_stop(struct ppo_book *book, size_t asset);

/* ---- Orders for a broker ------------------------------------------------------------------------------- */

/**
 * What has to be traded at this close for what ppo_book_decide decided, given what is really held: at most one order an
 * asset, sales first, then purchases, each in the order of the assets. To be asked before ppo_book_record_trade says
 * what came of them. The book stays as it is.
 *
 * An order goes from the units held to the weight that counts as traded (ppo_book_traded), of what is held in all less
 * the decision's cost. It is cut to whole lots, but for a position that is closed, and left out where it is below a
 * minimum. None is made for an asset that is halted, at its end or absent. Purchases cost, with the portfolio's `cost_rate`,
 * no more than the cash that is there after the sales; what they would cost beyond it is taken from all of them alike. A
 * decision to borrow is followed as far as it goes.
 *
 * \param book           the book
 * \param units          units held, below 0 what is sold short where the policy may: [units_len]
 * \param units_len      N
 * \param cash           money held, below 0 what is owed
 * \param lots           units that can be traded at a time, 0 or more, 0 for any number: [lots_len]; may be NULL
 * \param lots_len       N, or 0 with NULL for any number of each
 * \param min_units      fewest units of an order, 0 or more: [min_units_len]; may be NULL
 * \param min_units_len  N, or 0 with NULL for no such minimum
 * \param min_value      least money that an order is worth at the close, 0 or more: below it it is not worth trading
 * \param order_assets   gets the asset of each order, from 0: [order_assets_len]; what is behind the orders stays as it is
 * \param order_assets_len  N
 * \param order_units    gets the units to buy, below 0 to sell, likewise: [order_units_len]
 * \param order_units_len  N
 * \param orders         gets the number of orders
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT where nothing was decided at this close and where everything held is worth
 * nothing.
 */
ppo_status ppo_book_orders(struct ppo_book *book,
                           const double *units,
                           size_t units_len,
                           double cash,
                           const double *lots,
                           size_t lots_len,
                           const double *min_units,
                           size_t min_units_len,
                           double min_value,
                           uint32_t *order_assets,
                           size_t order_assets_len,
                           double *order_units,
                           size_t order_units_len,
                           size_t *orders);

/* ---- Another policy, and the kill switch --------------------------------------------------------------- */

/**
 * Decides with the policy that an agent has now, from the next call on the portfolio on; account, history and the risk
 * manager's memory stay. Of several that are set between two calls the last counts.
 *
 * \param book   the book
 * \param agent  the agent: of the spec of the one that the portfolio was made with
 *
 * Any thread, any number of them, also while another call uses the portfolio: neither waits for the other, and no
 * call is answered PPO_ERR_BUSY for it. Allocates nothing; frees the policy that was replaced before.
 * PPO_ERR_INVALID_ARGUMENT for another spec.
 */
ppo_status ppo_book_set_agent(struct ppo_book *book,
                              const struct ppo_agent *agent);

/**
 * The kill switch that holds: nothing is opened any more. From the next decision on the target is what is held: limits,
 * stops and drawdown may leave less of it, nothing may grow, and neither the policy nor leverage is asked. The state of
 * such decisions is RISK_STATE_REDUCING (RISK_STATE_HALTED where drawdown asks for it), with RISK_REASON_OPERATOR_HALT
 * among the reasons. It lasts until ppo_book_resume or ppo_book_flatten, is part of ppo_book_state_json, and
 * needs no history: ppo_book_ready says 1.
 *
 * \param book  the book
 *
 * Any thread, also while another call uses the portfolio: a decision under way is the last without it. Neither waits
 * nor allocates.
 */
ppo_status ppo_book_halt(struct ppo_book *book);

/**
 * The kill switch that sells: the next decision, and every later one, goes to cash, whatever the policy and a limit on
 * turnover would have. Its state is RISK_STATE_HALTED, with RISK_REASON_OPERATOR_FLATTEN among the reasons. Otherwise as
 * ppo_book_halt; it ends by ppo_book_resume, or by ppo_book_halt, which then holds the cash.
 *
 * \param book  the book
 *
 * Any thread, also while another call uses the portfolio. Neither waits nor allocates.
 */
ppo_status ppo_book_flatten(struct ppo_book *book);

/**
 * Ends ppo_book_halt and ppo_book_flatten: from the next decision on the policy is asked again. What drawdown led
 * to is for ppo_book_reset.
 *
 * \param book  the book
 *
 * Any thread, also while another call uses the portfolio. Neither waits nor allocates.
 */
ppo_status ppo_book_resume(struct ppo_book *book);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_BOOK_H */
