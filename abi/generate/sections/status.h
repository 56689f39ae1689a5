/* What a call answers, and the rules that hold for every function of the library. A function's own comment says only
 * where it differs from them.
 *
 * Errors. A function that can fail returns a ppo_status: PPO_OK, or a negative PPO_ERR_ number. On an error no output
 * is written, and what the call should have changed is as it was. ppo_last_error has the words: which input, what was
 * found, what was expected. Where it applies, every function answers
 *     PPO_ERR_NULL_POINTER                     for a pointer that is NULL
 *     PPO_ERR_LENGTH                           for an array of another length than the one that is documented
 *     PPO_ERR_NOT_FINITE                       for NaN or infinity among the numbers
 *     PPO_ERR_INVALID_ARGUMENT                 for any other value that cannot be used
 *     PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED   for a handle of another kind, a freed one, or one after a defect
 *     PPO_ERR_VERSION                          for a struct that this library is too old for
 *     PPO_ERR_BUFFER_TOO_SMALL                 for a buffer that the text or the bytes do not fit: `needed` alone is written
 * Threads. A function may be called on any thread. Any number of threads may pass one handle at the same time where the
 * parameter is a pointer to const; through any other pointer one at a time, and a second one is answered PPO_ERR_BUSY.
 * A handle must not be freed while another call uses it.
 * Pointers. None may be NULL unless its description says so. A handle comes from a function that writes it to an output
 * and goes back to its _free function once; NULL is fine there, and a second call is refused and logged.
 * Memory. Text is UTF-8 and ends with a zero byte. Arrays are the caller's, row-major, and are not kept after the call;
 * an output must not overlap another array of the call. A call may allocate where it does not say that it does not.
 * Structs. One that begins with `struct_size` is filled by its _init function, then changed field by field.
 *
 * Example:
 *     char words[512];
 *     ppo_agent *agent = NULL;
 *     ppo_status status = ppo_load("models/sp500-20-stocks.safetensors", &agent);
 *     if (status != PPO_OK) {
 *         ppo_last_error(words, sizeof words, NULL);
 *         printf("%s: %s\n", ppo_status_name(status), words);
 *     }
 *     ppo_agent_free(agent); */

status.rs   What a call answers
library.rs  The library that is loaded
log.rs      The log
