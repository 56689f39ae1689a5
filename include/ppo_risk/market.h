/* Markets: what policies are trained and tested on.
 *
 * A ppo_market is either prices of N assets at T bars, of which decisions may use a range, or a simulation without end,
 * which draws new returns for every episode. It never changes, so any number of threads may use one; trainers and
 * environments keep what they need of it, and it may be freed before them.
 *
 * A bar is one row of market data, known at its close. Prices come from a CSV file (ppo_market_from_csv), from arrays
 * (ppo_market_from_prices), from a data frame (ppo_market_from_arrow), or from a model drawn once (ppo_market_simulate_prices). ppo_market_select restricts
 * decisions to a range of bars: train before a date, test after it. The bars before the range stay visible as the past;
 * none after it are.
 *
 * A time is a number of nanoseconds since 1970-01-01 UTC; a date is its midnight. The times say how many bars a year has
 * (ppo_market_bars_per_year), by which everything annual is made: 252 for the days of an exchange, 52 for weeks, 8766 for
 * the hours of a market that never closes. A policy that was trained on bars of one kind refuses a market of another.
 *
 * Assets and columns must have the names, and the order, that the policy gives them; prices without names take the
 * policy's. A column is about the market at each close (`signals`) or about each asset (`asset_signals`).
 *
 * Example:
 *     ppo_market *all = NULL, *training = NULL, *testing = NULL;
 *     size_t bars, split;
 *     int64_t from_2020 = 1577836800000000000;
 *     ppo_market_from_csv("prices.csv", NULL, NAN, &all);
 *     ppo_market_bar_count(all, &bars);
 *     ppo_market_bar_at(all, from_2020, PPO_BAR_AT_OR_AFTER, &split);
 *     ppo_market_select(all, 0, split, &training);
 *     ppo_market_select(all, split, bars - 1, &testing);
 *     ppo_market_free(all);
 *     ppo_market_free(training);
 *     ppo_market_free(testing); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_MARKET_H
#define PPO_RISK_MARKET_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles of markets -------------------------------------------------------------------------------- */

/**
 * A market: prices, of which decisions may use a range of bars, or a simulation without end. It never changes.
 */
typedef struct ppo_market ppo_market;

/**
 * Makes a second handle on a market. Both share the prices in memory; each is freed by itself, and in either order.
 *
 * \param market  the market
 * \param clone   gets the new handle, which is the caller's to free with ppo_market_free
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
 * PPO_ERR_INVALID_ARGUMENT for a range beyond the bars or of fewer than 2, and for a simulation without end.
 */
ppo_status ppo_market_select(const struct ppo_market *market,
                             size_t first_bar,
                             size_t last_bar,
                             struct ppo_market **selected);

/**
 * Frees a market. NULL is fine. A market that was freed before is left alone, and said so in the log and by
 * ppo_last_error. Trainers and environments made from it keep what they need.
 */
void ppo_market_free(struct ppo_market *market);

/**
 * Copies the error message of the last failed call on a market, made by any thread, as ppo_last_error does.
 *
 * \param market    the market; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
 */
ppo_status ppo_market_last_error(const struct ppo_market *market,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *needed);

/* ---- From and to a CSV file ---------------------------------------------------------------------------- */

/**
 * Makes a market of the prices in a CSV file. What the options leave open is detected: the encoding, what separates
 * cells, how numbers and dates are written, the order of time, a title above the header and notes below the rows; what
 * can be read in two ways is refused with the option that says which is meant.
 *
 * \param path          the file; on Unix any bytes, elsewhere UTF-8
 * \param options_json  how it is to be read, NULL for the defaults: an object with `layout` ("detect", the default;
 *                      "wide": `date`, then a close for each asset; "long": `date`, `symbol`, `close` and maybe
 *                      `open`, `high`, `low`, `volume`; "one_asset": the same of one asset, without `symbol`),
 *                      `separator` ("detect", "comma", "semicolon", "tab", "vertical_bar"), `decimal` ("detect",
 *                      "point", "comma"), `thousands` ("detect", "none", "comma", "point", "space", "apostrophe"),
 *                      `encoding` ("detect", "utf_8", "utf_16le", "utf_16be", "windows_1252"), `date_format` ("detect",
 *                      "iso", "us": month, day, year, "eu": day, month, year, "yyyymmdd", "epoch_s", "epoch_ms",
 *                      "epoch_us", "epoch_ns": seconds since 1970 and parts of them, "serial": a spreadsheet's days),
 *                      `asset_name` (of a file of one asset; default: the file's), `close_column` (default: `adj close`
 *                      where there is one, else `close`), `splits` (moves like splits: "refuse", the default, "keep",
 *                      "adjust": the prices before are divided by the split's ratio), `fill` of gaps ("keep",
 *                      the default: the asset is absent, halted or ended, as ppo_prices says, "refuse", "forward"),
 *                      `max_halted_bars` (21), `delisting_return` (0), `end_column` (not 0 where an asset ends; in a wide
 *                      file NAME:ASSET), `cost_rate_column`, `half_spread_column` and `borrow_rate_column` (costs of each
 *                      asset, as ppo_prices has them; likewise), `signals` (names of the columns that a policy sees),
 *                      `asset_signals` (names of those that it sees with the asset that they are about: columns of a
 *                      long file, NAME:ASSET of a wide one), `cash_rate` (the column with the annual
 *                      rate of cash), `prior` (the columns with prior weights, assets then cash; wide files alone),
 *                      `ignore` (columns to leave out), `bars_per_year` (default: as the times say) and
 *                      `confirm_cash_rate` (true: rates of cash above 1, which is 100%, are meant)
 * \param cash_rate     annual rate of cash at every bar, above -1 and at most 1 (0.02 is 2%), where the file has no
 *                      column for it; NaN for none: cash earns nothing
 * \param market        gets the market, with decisions at every bar; the caller's to free with ppo_market_free
 *
 * PPO_ERR_IO (cannot be read); PPO_ERR_TABLE, with the line and the column that cannot be used;
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE.
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
 * PPO_ERR_INVALID_ARGUMENT for a simulation without end, an empty path and names that a file could not tell apart;
 * PPO_ERR_IO.
 */
ppo_status ppo_market_write_csv(const struct ppo_market *market,
                                const char *path);

/* ---- From arrays --------------------------------------------------------------------------------------- */

/**
 * Prices for ppo_market_from_prices: T bars of N assets. Fill it with ppo_prices_init, then set `bars`, `assets`,
 * `closes` and what else there is. Arrays are row-major, a row for each bar, and are copied.
 */
typedef struct ppo_prices {
    /** Size of the caller's struct in bytes: `sizeof(ppo_prices)`. ppo_prices_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Number of bars, T: at least 2. */
    uint64_t bars;
    /** Number of assets, N: at least 1. */
    uint64_t assets;
    /** Number of columns of the host's own that a policy sees at each close, K; default 0. */
    uint64_t columns;
    /** Closes, finite and above 0: [T, N]; with `gaps`, NaN where an asset has none. */
    const double *closes;
    /**
     * Names of the assets, distinct and not empty: [N]. NULL calls them A0, A1, ..., and lets policies with any names
     * take them in their order.
     */
    const char *const *asset_names;
    /**
     * When each bar closes, in nanoseconds since 1970-01-01 UTC, strictly increasing; a date is its midnight: [T]. NULL
     * makes the bars begin on Monday, 2000-01-03: the days that are not a Saturday or Sunday, or as far apart as
     * `bars_per_year` says.
     */
    const int64_t *times;
    /** Bars a year, above 0; default NaN: as the times say (252 with neither). */
    double bars_per_year;
    /** Whether rates of cash above 1 (100% a year) are meant, 0 or 1; default 0: they are as a rule percentages, and refused. */
    uint32_t confirm_cash_rate;
    /** Has to be 0. */
    uint32_t reserved_2;
    /** Opens, finite and above 0: [T, N]; may be NULL. */
    const double *opens;
    /** Highs, finite and at least the closes (8 roundings below one are taken as the close): [T, N]; may be NULL. */
    const double *highs;
    /** Lows, finite, above 0 and at most the closes (8 roundings above one are taken as the close): [T, N]; may be NULL. */
    const double *lows;
    /** Units traded, finite and at least 0: [T, N]; may be NULL. */
    const double *volumes;
    /** Annual rate of cash over the bar that begins at each close, above -1 (0.02 is 2%) and at most 1: [T]; may be NULL. */
    const double *cash_rates;
    /** Annual rate of cash at every bar, above -1 and at most 1; default NaN: not given. With neither, cash earns nothing. */
    double cash_rate;
    /**
     * Names of the columns, distinct, not empty and not those of assets: [K]. NULL calls them C0, C1, ..., and lets
     * policies with any names take them in their order.
     */
    const char *const *column_names;
    /** The columns, finite: [T, K]; NULL where K is 0. */
    const double *signals;
    /** Number of columns of the host's own that a policy sees at each close for each asset, F; default 0. */
    uint64_t asset_columns;
    /**
     * Names of these columns, distinct, not empty and not those of assets and other columns: [F]. NULL calls them F0, F1,
     * ..., and lets policies with any names take them in their order.
     */
    const char *const *asset_column_names;
    /** These columns, finite: [T, N, F]; NULL where F is 0. */
    const double *asset_signals;
    /**
     * Weights for a policy with the prior `supplied` to depart from at each close, assets then cash, each at least 0,
     * rows summing to 1 within 1e-6: [T, N + 1]; may be NULL.
     */
    const double *prior;
    /** Not 0 where an asset ends at a bar, and what is held of it is paid out: [T, N]; may be NULL. Needs `gaps`. */
    const double *ends;
    /** Simple return over its last price with which an asset that ends is paid out, at least -1; default 0. */
    double delisting_return;
    /** Bars without a price after which an asset has ended, at least 1; default 21. */
    uint32_t max_halted_bars;
    /**
     * Whether assets may be missing, 0 or 1; default 0: closes of NaN are refused. Where they may, a close of NaN is none: the
     * asset is absent before its first, halted without one, and ends after `max_halted_bars` of them.
     */
    uint32_t gaps;
    /**
     * Commission per traded notional of each asset, in [0, 1), in the place of the environment's `cost_rate`: [N] for every bar,
     * or [T, N]; may be NULL.
     */
    const double *cost_rates;
    /** N or T * N; 0 with NULL. */
    uint64_t cost_rates_len;
    /**
     * Half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission: [N] for every bar,
     * or [T, N]; may be NULL.
     */
    const double *half_spreads;
    /** N or T * N; 0 with NULL. */
    uint64_t half_spreads_len;
    /**
     * Annual fee on what is sold short, in [0, 10], over the bar that begins, in the place of `borrow_rate`: [N] for every bar,
     * or [T, N]; may be NULL.
     */
    const double *borrow_rates;
    /** N or T * N; 0 with NULL. */
    uint64_t borrow_rates_len;
} ppo_prices;

/**
 * Fills a description of prices with the defaults: nothing in it.
 *
 * \param prices  the struct to fill
 * \param size    `sizeof(ppo_prices)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_prices_init(struct ppo_prices *prices, size_t size);

/**
 * Makes a market of the host's prices. All of it is copied: nothing is read after the call.
 *
 * \param prices  the prices
 * \param market  gets the market, with decisions at every bar; the caller's to free with ppo_market_free
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the asset, the date and the bar that cannot be used.
 */
ppo_status ppo_market_from_prices(const struct ppo_prices *prices, struct ppo_market **market);

/* ---- Simulated markets, and models fitted to prices ---------------------------------------------------- */

/**
 * Makes a market that is simulated without end, for training: every episode of every environment draws new returns,
 * from the environment's own stream.
 *
 * \param parameters_json  the model: an object with `model` "gbm" or "regime_switching" and that model's parameters,
 *                         as ppo_market_parameters_json writes it (docs/c_api.md has an example)
 * \param market           gets the market, which is the caller's to free with ppo_market_free
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the parameter that cannot be used.
 */
ppo_status ppo_market_simulated(const char *parameters_json,
                                struct ppo_market **market);

/**
 * Makes a market of prices drawn once: the first closes are 100, from the midnight of the day of `first_time` on: on the
 * days that are not a Saturday or Sunday, or as far apart as the model's bars_per_year says where that is not about 252.
 * The same seed gives the same prices.
 *
 * \param parameters_json  the model, as for ppo_market_simulated
 * \param bars             number of bars, 2 to what the calendar has days for (about 68 million from 1970 on)
 * \param first_time       nanoseconds since 1970-01-01 UTC
 * \param seed             any number
 * \param market           gets the market, with decisions at every bar; the caller's to free with ppo_market_free
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the parameter that cannot be used, also where prices leave
 * the range of a number; PPO_ERR_OUT_OF_MEMORY.
 */
ppo_status ppo_market_simulate_prices(const char *parameters_json,
                                      size_t bars,
                                      int64_t first_time,
                                      uint64_t seed,
                                      struct ppo_market **market);

/**
 * Makes the geometric Brownian motion with the moments of a market's log returns, without end, at the market's bars a year,
 * with cash at the mean of the prices' rates. It sees the bars of the market's range (ppo_market_select) and no others.
 *
 * \param market  prices, of at least N + 2 bars
 * \param fitted  gets the simulated market, which is the caller's to free with ppo_market_free
 *
 * PPO_ERR_INVALID_ARGUMENT for a simulation without end, too few bars and returns that are constant or combinations
 * of others'.
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
 * Takes seconds where there are many bars and assets. PPO_ERR_INVALID_ARGUMENT for a simulation without end, too few
 * bars for that many regimes, returns that are constant or combinations of others', and regimes that the prices
 * never leave.
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
 * PPO_ERR_INVALID_ARGUMENT for prices.
 */
ppo_status ppo_market_parameters_json(const struct ppo_market *market,
                                      char *buffer,
                                      size_t capacity,
                                      size_t *needed);

/* ---- What a market holds ------------------------------------------------------------------------------- */

/** Which bar to look for: the first at the time or after it. */
#define PPO_BAR_AT_OR_AFTER 0
/** Which bar to look for: the last at the time or before it. */
#define PPO_BAR_AT_OR_BEFORE 1

/**
 * Number of bars of prices, T, whatever the range; 0 for a simulation without end.
 *
 * \param market  the market
 * \param count   gets the number
 *
 * Allocates nothing.
 */
ppo_status ppo_market_bar_count(const struct ppo_market *market, size_t *count);

/**
 * Number of assets, N.
 *
 * \param market  the market
 * \param count   gets the number, at least 1
 *
 * Allocates nothing.
 */
ppo_status ppo_market_asset_count(const struct ppo_market *market, size_t *count);

/**
 * Number of columns that a policy sees at each close, K.
 *
 * \param market  the market
 * \param count   gets the number
 *
 * Allocates nothing.
 */
ppo_status ppo_market_column_count(const struct ppo_market *market, size_t *count);

/**
 * Number of columns that a policy sees at each close for each asset, F.
 *
 * \param market  the market
 * \param count   gets the number
 *
 * Allocates nothing.
 */
ppo_status ppo_market_asset_column_count(const struct ppo_market *market, size_t *count);

/**
 * Copies out the name of an asset.
 *
 * \param market    the market
 * \param index     which, from 0
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * PPO_ERR_INVALID_ARGUMENT for an index beyond the assets.
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
 * PPO_ERR_INVALID_ARGUMENT for an index beyond the columns.
 */
ppo_status ppo_market_column_name(const struct ppo_market *market,
                                  size_t index,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * Copies out the name of a column that every asset has.
 *
 * \param market    the market
 * \param index     which, from 0
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * PPO_ERR_INVALID_ARGUMENT for an index beyond the columns.
 */
ppo_status ppo_market_asset_column_name(const struct ppo_market *market,
                                        size_t index,
                                        char *buffer,
                                        size_t capacity,
                                        size_t *needed);

/**
 * When a bar closes.
 *
 * \param market  prices
 * \param bar     which, from 0
 * \param time    gets the time, in nanoseconds since 1970-01-01 UTC; a date is its midnight
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT for a bar beyond the prices, one that closes after the year 2262, and for a
 * simulation without end.
 */
ppo_status ppo_market_time(const struct ppo_market *market,
                           size_t bar,
                           int64_t *time);

/**
 * Looks for the bar of a time.
 *
 * \param market  prices
 * \param time    nanoseconds since 1970-01-01 UTC; a date is its midnight
 * \param side    a PPO_BAR_AT_ number
 * \param bar     gets the bar's index
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT where there is no such bar, for another `side` and for a simulation
 * without end.
 */
ppo_status ppo_market_bar_at(const struct ppo_market *market,
                             int64_t time,
                             uint32_t side,
                             size_t *bar);

/**
 * How many bars a year has, by which everything annual is made: as the times of the prices say, unless the host said
 * otherwise.
 *
 * \param market         the market
 * \param bars_per_year  gets the number, above 0
 *
 * Allocates nothing.
 */
ppo_status ppo_market_bars_per_year(const struct ppo_market *market,
                                    double *bars_per_year);

/**
 * The bars at which decisions may be taken: all of them, unless ppo_market_select said otherwise.
 *
 * \param market     prices
 * \param first_bar  gets the first
 * \param last_bar   gets the bar at whose close the last return ends
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT for a simulation without end.
 */
ppo_status ppo_market_range(const struct ppo_market *market, size_t *first_bar, size_t *last_bar);

/**
 * Copies out closes; NaN where an asset has none.
 *
 * \param market      prices
 * \param first_bar   the first bar to copy, from 0
 * \param bars        how many, at least 1
 * \param closes      gets the closes: [bars, N]
 * \param closes_len  number of values in `closes`: bars * N
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT for bars beyond the prices and for a simulation without end.
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
 * Reads all prices.
 */
ppo_status ppo_market_digest(const struct ppo_market *market,
                             uint64_t *digest);

/* ---- For another process ------------------------------------------------------------------------------- */

/**
 * Copies out all that a market is, as bytes for ppo_market_load_bytes: prices, columns, names, range, or the parameters
 * of a simulation without end. Exact: the market that is loaded has the digest, and gives the numbers, of this one.
 *
 * \param market    the market
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not
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
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for bytes that are no market's, with what cannot be used.
 */
ppo_status ppo_market_load_bytes(const uint8_t *bytes,
                                 size_t len,
                                 struct ppo_market **market);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_MARKET_H */
