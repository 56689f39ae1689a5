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

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_ARROW_H
#define PPO_RISK_ARROW_H

#include "status.h"

struct ppo_market;

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  // Array type description
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;

  // Release callback
  void (*release)(struct ArrowSchema*);
  // Opaque producer-specific data
  void* private_data;
};

struct ArrowArray {
  // Array data description
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;

  // Release callback
  void (*release)(struct ArrowArray*);
  // Opaque producer-specific data
  void* private_data;
};

#endif  // ARROW_C_DATA_INTERFACE

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  // Callbacks providing stream functionality
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);

  // Release callback
  void (*release)(struct ArrowArrayStream*);

  // Opaque producer-specific data
  void* private_data;
};

#endif  // ARROW_C_STREAM_INTERFACE

/* ---- From a data frame --------------------------------------------------------------------------------- */

/**
 * Makes a market of the prices in a data frame, which comes as a stream of batches of rows. The rules are those for the
 * rows of a CSV file: columns go by their names, batches follow each other, a null is a gap, as an empty cell is.
 *
 * Dates are columns of date32, date64 or timestamp (one without a zone is taken as UTC), or of texts and integers in the
 * formats of `date_format`. Prices and other numbers are columns of float64, float32 or integers of any width, or of texts
 * (utf8, large utf8, utf8 view). Columns of another type (decimal, boolean, dictionary, nested, extension types) are
 * refused where they are needed, and may be in `ignore`.
 *
 * The stream is moved in, and released before the function returns: `stream->release` is NULL afterwards, on success and
 * on every error but a `stream` that is NULL or misaligned. All of the frame is copied. The stream's functions are called
 * on the caller's thread, and none after the return. Lengths, offsets and counts are checked against each other; how large
 * a buffer is, the interface does not say: one that is shorter than its array is read beyond its end.
 *
 * \param stream        a stream of structs ("+s"), one batch of rows after the other
 * \param options_json  how the columns are to be read, NULL for the defaults: an object as for ppo_market_from_csv, whose
 *                      `separator` and `encoding` have to be left out. A frame of one asset needs `asset_name`. The
 *                      annual rate of cash is a column, which `cash_rate` names
 * \param market        gets the market, with decisions at every bar; the caller's to free with ppo_market_free
 *
 * PPO_ERR_CALLBACK where a function of the stream fails, with its get_last_error's text; PPO_ERR_TABLE, with the row (from 1)
 * and the column that cannot be used; PPO_ERR_INVALID_ARGUMENT, also for a stream that was released and for lengths,
 * offsets and counts that contradict each other; PPO_ERR_NULL_POINTER also for one inside the structs;
 * PPO_ERR_OUT_OF_MEMORY.
 */
ppo_status ppo_market_from_arrow(struct ArrowArrayStream *stream,
                                 const char *options_json,
                                 struct ppo_market **market);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_ARROW_H */
