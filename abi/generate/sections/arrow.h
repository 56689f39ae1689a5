/* Data frames: markets of the columns of pandas, polars, DuckDB or Arrow, without a file between.
 *
 * What hands out tables by the Arrow C data interface (https://arrow.apache.org/docs/format/CDataInterface.html and
 * CStreamInterface.html) gives a struct ArrowArrayStream, and ppo_market_from_arrow takes it: columns by their names, by
 * the rules for the rows of a CSV file. No library of Arrow is needed on this side.
 *
 * The three structs below are the interface's own, word by word, behind the guards that it asks for: another header
 * that has them may be included before this one or after it.
 *
 * Whoever has such a struct releases it, by calling the function in it. A struct whose `release` is NULL was released,
 * or moved to somebody else, who releases it. ppo_market_from_arrow moves the stream in and releases it, and every
 * schema and array that it got from it, once each, whatever it answers.
 *
 * In Python, Market.from_frame takes whatever has `__arrow_c_stream__`.
 *
 * Example:
 *     struct ArrowArrayStream stream = {0};
 *     ppo_market *market = NULL;
 *     // ... whoever has the frame fills the stream ...
 *     if (ppo_market_from_arrow(&stream, "{\"fill\": \"forward\"}", &market) == PPO_OK)
 *         ppo_market_free(market); */

market/arrow.rs      From a data frame
