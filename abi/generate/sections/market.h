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

market/mod.rs        Handles of markets
market/file.rs       From and to a CSV file
market/prices.rs     From arrays
market/simulated.rs  Simulated markets, and models fitted to prices
market/queries.rs       What a market holds
market/bytes.rs      For another process
