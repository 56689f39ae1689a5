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
 * An agent: a policy that turns states into portfolio weights.
 */
typedef struct ppo_agent ppo_agent;

/**
 * A stream of random numbers (xoshiro256++). The same seed and index give the same numbers on every machine.
 */
typedef struct ppo_random ppo_random;

/**
 * What a call answers: PPO_OK, or a negative number whose meaning never changes. A newer library may answer a number
 * that this header does not list; treat every negative one as a failure.
 */
typedef int32_t ppo_status;

/**
 * How a policy is made and trained. Fill it with ppo_config_init, then change what should differ. Later versions of
 * the library add fields at the end and keep taking the struct as it is here.
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
     * Seed of every random draw: any number; default 0.
     */
    uint64_t seed;
    /**
     * Starting log standard deviation of a gaussian policy, in [-20, 20]; default -1.2.
     */
    double log_std_init;
    /**
     * Starting concentration kappa of a dirichlet policy, above 0; default 20.
     */
    double kappa_init;
} ppo_config;

/**
 * A function of the host that takes a line of the log: its level (PPO_LOG_ERROR to PPO_LOG_DEBUG), its text (UTF-8,
 * valid until the function returns), and the pointer given to ppo_set_log.
 *
 * It is called on whichever thread the library is working on, on several at the same time. It must neither throw nor
 * jump out. It may call any function of this library but ppo_set_log (answered PPO_ERR_BUSY); what those calls would
 * log is dropped.
 */
typedef void (*ppo_log_callback)(uint32_t level, const char *message, void *user);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

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
 * Any number of threads on one agent; allocates. Errors as ppo_select_action, with the row in the message.
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
 * Makes an agent with an untrained policy. Works without libtorch.
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
 * Makes a second handle on an agent. Both share the weights in memory; each is freed by itself, and in either order.
 *
 * \param agent  the agent
 * \param clone  gets the new handle, which is the caller's to free with ppo_agent_free
 *
 * Any number of threads on one agent; allocates a little. PPO_ERR_NULL_POINTER, PPO_ERR_WRONG_HANDLE,
 * PPO_ERR_POISONED.
 */
ppo_status ppo_agent_clone(const struct ppo_agent *agent,
                           struct ppo_agent **clone);

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
 * The name of a status, such as "PPO_ERR_LENGTH"; "unknown status" for a number that is none.
 *
 * The text is a constant of the library: never NULL, never freed. Any thread; allocates nothing; cannot fail.
 */
const char *ppo_status_name(ppo_status status);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PPO_RISK_H */
