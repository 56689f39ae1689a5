/* Agents: a policy that turns a state into portfolio weights.
 *
 * A policy is a trained file; an agent is the handle that decides with it. ppo_load reads a policy file,
 * ppo_agent_new makes an untrained policy from a JSON description, and a trainer (training.h) gives the agent a better
 * policy after every update: whoever decides meanwhile has the old one or the new one, whole.
 *
 * A state has S numbers and a decision A weights; ppo_agent_state_len and ppo_agent_action_len say how many and in
 * which order. Weights are at least 0 and sum to 1: one an asset, in the order of the names, then cash where the policy
 * may hold it. A policy may depart from a prior, a rule whose weights every decision must be given: ppo_agent_prior_len
 * is A for those and 0 for the others. A host that would rather not form states and priors itself uses portfolio.h.
 *
 * ppo_select_action gives the deterministic weights. ppo_sample_action draws from the policy's distribution, from a
 * ppo_random of the caller's; ppo_evaluate_action says how likely an action is. These functions allocate nothing, take
 * no lock and need no libtorch.
 *
 * Example:
 *     ppo_agent *agent = NULL;
 *     float state[61] = {0};
 *     double prior[21] = {0}, weights[21];
 *     ppo_load("models/sp500-20-stocks.safetensors", &agent);
 *     prior[20] = 1.0;
 *     if (ppo_select_action(agent, state, 61, prior, 21, weights, 21) == PPO_OK) {
 *         printf("cash: %g\n", weights[20]);
 *     }
 *     ppo_agent_free(agent); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_AGENT_H
#define PPO_RISK_AGENT_H

#include "status.h"

struct ppo_config;

#ifdef __cplusplus
extern "C" {
#endif

/* ---- An agent: made, loaded, saved, described ---------------------------------------------------------- */

/** An agent: a policy that turns states into portfolio weights. */
typedef struct ppo_agent ppo_agent;

/**
 * Makes an agent with an untrained policy, whose provenance holds the seed. Works without libtorch.
 *
 * \param spec_json  what the policy is, as ppo_agent_spec_json writes it: names of the assets, layout of the state,
 *                   meaning of the action, shape of the network (docs/c_api.md has an example)
 * \param config     how it starts (seed, log_std_init, kappa_init); NULL for the defaults
 * \param agent      gets the agent, which is the caller's to free with ppo_agent_free
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
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
 * The file may come from anywhere: it is checked before it is believed. PPO_ERR_INVALID_ARGUMENT (an empty path),
 * PPO_ERR_IO (cannot be read), PPO_ERR_FILE (cannot be used).
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
 * PPO_ERR_FILE.
 */
ppo_status ppo_load_bytes(const uint8_t *bytes, size_t len, struct ppo_agent **agent);

/**
 * Saves an agent's policy to a file, which is there whole afterwards or, on an error, as it was before. The same
 * policy gives the same bytes.
 *
 * \param agent  the agent
 * \param path   the file; on Unix any bytes, elsewhere UTF-8
 *
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
 */
ppo_status ppo_save_bytes(const struct ppo_agent *agent, uint8_t *buffer, size_t capacity, size_t *needed);

/**
 * Makes a second agent with the policy that the first one has now. Both share the weights in memory; each is freed by
 * itself, and in either order. Training the one does not change the other.
 *
 * \param agent  the agent
 * \param clone  gets the new agent, which is the caller's to free with ppo_agent_free
 */
ppo_status ppo_agent_clone(const struct ppo_agent *agent,
                           struct ppo_agent **clone);

/** Precision: weights as they were trained. */
#define PPO_PRECISION_F32 0
/**
 * Precision: the weights of layers of more than 64 outputs rounded to bf16, 8 significant bits; sums are of f32.
 */
#define PPO_PRECISION_BF16 1

/**
 * Chooses how exactly an agent keeps its network's weights: the policy that it has now, those that training gives it,
 * and those of agents cloned from it and portfolios made with it from now on. With bf16 a decision reads half as much
 * memory, and target weights move a little (docs/c_api.md has measured how much). Saved files, and training, have the
 * weights as they were trained in either case.
 *
 * \param agent      the agent
 * \param precision  a PPO_PRECISION_ number; new agents have PPO_PRECISION_F32
 *
 * Decisions under way end with what they began with. Allocates a copy of the policy, which is not shared with other
 * agents any more.
 */
ppo_status ppo_agent_set_precision(const struct ppo_agent *agent,
                                   uint32_t precision);

/**
 * How exactly an agent keeps its network's weights: what ppo_agent_set_precision chose, for it or for the agent that it
 * was cloned from.
 *
 * \param agent      the agent
 * \param precision  gets a PPO_PRECISION_ number
 *
 * Allocates nothing.
 */
ppo_status ppo_agent_precision(const struct ppo_agent *agent,
                               uint32_t *precision);

/**
 * Frees an agent. NULL is fine. An agent that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void ppo_agent_free(struct ppo_agent *agent);

/**
 * Copies the error message of the last failed call on an agent, made by any thread, as ppo_last_error does.
 *
 * \param agent     the agent; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
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
 * Allocates nothing.
 */
ppo_status ppo_agent_asset_count(const struct ppo_agent *agent, size_t *count);

/**
 * Number of weights that a decision has, A: one for each asset and then, where the policy may hold cash, one for it.
 *
 * \param agent  the agent
 * \param len    gets the number, at least 2
 *
 * Allocates nothing.
 */
ppo_status ppo_agent_action_len(const struct ppo_agent *agent,
                                size_t *len);

/**
 * Number of scores that the network gives, and of values in a sampled action, L: A, and where the policy may sell short
 * one more for each asset. They are the shares of N long positions, of N short ones, and of what is not used.
 *
 * \param agent  the agent
 * \param len    gets the number, at least 2
 *
 * Allocates nothing.
 */
ppo_status ppo_agent_score_len(const struct ppo_agent *agent,
                               size_t *len);

/**
 * Number of values in a state, S: current weights [N], last simple returns [N], rolling volatility [N], cash ratio
 * [1], then, where the spec has them, account [2] (drawdown, volatility of the last 20 portfolio returns) and the
 * host's columns [K].
 *
 * \param agent  the agent
 * \param len    gets the number, at least 4
 *
 * Allocates nothing.
 */
ppo_status ppo_agent_state_len(const struct ppo_agent *agent,
                               size_t *len);

/**
 * Number of prior weights that every decision needs: A where the policy corrects a prior, 0 where it has none.
 *
 * \param agent  the agent
 * \param len    gets the number
 *
 * Allocates nothing.
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
 * PPO_ERR_INVALID_ARGUMENT for an index beyond the assets.
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
 */
ppo_status ppo_agent_provenance_json(const struct ppo_agent *agent,
                                     char *buffer,
                                     size_t capacity,
                                     size_t *needed);

/* ---- Deciding ------------------------------------------------------------------------------------------ */

/**
 * Decides: the deterministic target weights in a state. For the order path: it allocates nothing, takes no lock and
 * needs no libtorch, and the same input gives the same bits on every call.
 *
 * \param agent        the agent
 * \param state        the state at this close, not normalised (ppo_agent_state_len has its layout): [state_len]
 * \param state_len    S
 * \param prior        weights of the policy's prior at this close, assets and then cash, at least 0 but for what the
 *                     policy may sell short or borrow: [prior_len]; NULL where the policy has no prior
 * \param prior_len    ppo_agent_prior_len: A, or 0 with NULL
 * \param weights_out  gets the target weights, summing to 1, within the spec's cap, floor and gross exposure, at least 0
 *                     but for what the policy may sell short or borrow: assets in the order of their names, then cash
 *                     where the policy may hold it: [weights_len]; shares no memory with the inputs
 * \param weights_len  A
 *
 * Allocates nothing, unless more than 32 threads decide with one agent in the same instant. PPO_ERR_INVALID_ARGUMENT
 * (a negative prior, a prior that the policy does not have, memory that is shared).
 */
ppo_status ppo_select_action(const struct ppo_agent *agent,
                             const float *state,
                             size_t state_len,
                             const double *prior,
                             size_t prior_len,
                             double *weights_out,
                             size_t weights_len);

/**
 * Decides, and has an answer when a feed breaks: as ppo_select_action, but where the state or the prior holds NaN or an
 * infinity, or the network's scores overflow, `weights_out` gets the host's own weights, such as all cash or what is
 * held now, and `fell_back` says so.
 *
 * \param agent         the agent
 * \param state         as for ppo_select_action, but may hold NaN and infinities: [state_len]
 * \param state_len     S
 * \param prior         as for ppo_select_action, but may hold NaN and infinities: [prior_len]
 * \param prior_len     A, or 0 with NULL
 * \param fallback      the weights to fall back on, each in [0, 1] (where the policy may be short or levered: within its
 *                      gross exposure), summing to 1 to within 1e-6; copied as they are,
 *                      also beyond the spec's cap and floor: [fallback_len]
 * \param fallback_len  A
 * \param weights_out   as for ppo_select_action: [weights_len]; shares no memory with the inputs
 * \param weights_len   A
 * \param fell_back     gets 1 where `weights_out` holds the fallback, 0 where it holds the policy's decision
 *
 * The fallback is checked on every call, so that one that cannot be used shows before it is needed. Allocates
 * nothing (as ppo_select_action) but where scores overflow. PPO_ERR_NOT_FINITE (the fallback),
 * PPO_ERR_INVALID_ARGUMENT (a negative prior, a prior that the policy does not have, a fallback that is no
 * portfolio, memory that is shared).
 */
ppo_status ppo_select_action_or(const struct ppo_agent *agent,
                                const float *state,
                                size_t state_len,
                                const double *prior,
                                size_t prior_len,
                                const double *fallback,
                                size_t fallback_len,
                                double *weights_out,
                                size_t weights_len,
                                uint32_t *fell_back);

/**
 * A stream of random numbers (xoshiro256++). The same seed and index give the same numbers on every machine.
 */
typedef struct ppo_random ppo_random;

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
 * \param action_len   L, ppo_agent_score_len
 * \param weights_out  gets the action's target weights, as ppo_select_action's: [weights_len]; may be NULL
 * \param weights_len  A, or 0 with NULL
 * \param log_prob     gets the log-probability density of the action; may be NULL
 *
 * The outputs share no memory with each other or the inputs. Allocates nothing (as ppo_select_action). Errors as
 * ppo_select_action, and PPO_ERR_BUSY for the stream.
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
 * \param action_len  L, ppo_agent_score_len
 * \param log_prob    gets the log-probability density of the action; may be NULL
 * \param entropy     gets the entropy of the distribution over actions, in nats; may be NULL
 * \param value       gets the critic's value of the state; may be NULL
 *
 * Allocates nothing (as ppo_select_action). Errors as ppo_select_action.
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
 * Allocates nothing (as ppo_select_action).
 */
ppo_status ppo_value(const struct ppo_agent *agent, const float *state, size_t state_len, double *value);

/* ---- Deciding in many states at once ------------------------------------------------------------------- */

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
 * All on the calling thread. A host with threads of its own may also share out the rows among them, with the same
 * bits. Errors as ppo_select_action, with row and index in the message, as in `states[3][5]`.
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
 * ppo_select_actions on several threads: the same bits, however many. The threads are started for the call and have
 * ended when it returns, which takes some 50 microseconds each: for large batches.
 *
 * \param agent        the agent
 * \param threads      how many, 1 to 256; 1 is the calling thread alone; no more are started than there are rows
 * \param rows         as for ppo_select_actions
 * \param states       as for ppo_select_actions: [states_len]
 * \param states_len   rows * S
 * \param priors       as for ppo_select_actions: [priors_len]
 * \param priors_len   rows * A, or 0 with NULL
 * \param weights_out  as for ppo_select_actions: [weights_len]
 * \param weights_len  rows * A
 *
 * Errors as ppo_select_actions, and PPO_ERR_INVALID_ARGUMENT for a number of threads that is out of range or that
 * the system does not give.
 */
ppo_status ppo_select_actions_threads(const struct ppo_agent *agent,
                                      uint32_t threads,
                                      size_t rows,
                                      const float *states,
                                      size_t states_len,
                                      const double *priors,
                                      size_t priors_len,
                                      double *weights_out,
                                      size_t weights_len);

/* ---- Several policies that decide together ------------------------------------------------------------- */

/**
 * Makes an agent that decides by the mean of the weights of an agent's policy and another's: an ensemble of two, or of one
 * more where an agent is an ensemble already. From the same holdings its log growth before costs is at least the mean of
 * the members', and its turnover at most theirs. ppo_sample_action and ppo_evaluate_action refuse it, and so does a
 * trainer.
 *
 * \param agent     the agent
 * \param member    the agent whose policy joins; may be `agent`
 * \param ensemble  gets the new agent, which is the caller's to free with ppo_agent_free; both others stay as they are
 *
 * It departs from the prior all the way, whatever the members did. PPO_ERR_INVALID_ARGUMENT (policies of different
 * specs, more than 64 members).
 */
ppo_status ppo_agent_with_member(const struct ppo_agent *agent,
                                 const struct ppo_agent *member,
                                 struct ppo_agent **ensemble);

/**
 * Says of how many policies an agent's is made: 1 of one that is no ensemble.
 *
 * \param agent  the agent
 * \param count  gets the number
 */
ppo_status ppo_agent_member_count(const struct ppo_agent *agent, size_t *count);

/**
 * How far the members of an ensemble disagree in a state: the mean of the one-way turnovers from their weights to the mean
 * of all, 0 where they agree or the policy is no ensemble.
 *
 * \param agent         the agent
 * \param state         as for ppo_select_action: [state_len]
 * \param state_len     S
 * \param prior         as for ppo_select_action: [prior_len]; NULL where the policy has no prior
 * \param prior_len     A, or 0 with NULL
 * \param disagreement  gets it: at least 0, and at most 1 where nothing is short or levered
 *
 * Allocates nothing (as ppo_select_action). PPO_ERR_INVALID_ARGUMENT (as ppo_select_action).
 */
ppo_status ppo_disagreement(const struct ppo_agent *agent,
                            const float *state,
                            size_t state_len,
                            const double *prior,
                            size_t prior_len,
                            double *disagreement);

/* ---- Why a decision is what it is ---------------------------------------------------------------------- */

/**
 * Copies out why ppo_select_action decides as it does in a state, as JSON: `weights` [A]; `at_mean` [A], the weights at the
 * mean of the states that the policy was trained on, with the same prior; `parts`, for each block of the state (each bar
 * of its history is one) its name `block` and the change `moves` [A] that it makes on the way from the mean state
 * (integrated gradients). `at_mean` and all `moves` add up to `weights`, to 1e-4. Not for the order path: every call
 * takes some hundred decisions a block.
 *
 * \param agent      the agent
 * \param state      as for ppo_select_action: [state_len]
 * \param state_len  S
 * \param prior      as for ppo_select_action: [prior_len]; NULL where the policy has no prior
 * \param prior_len  A, or 0 with NULL
 * \param buffer     room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity   bytes in `buffer`
 * \param needed     gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * PPO_ERR_INVALID_ARGUMENT (as ppo_select_action).
 */
ppo_status ppo_explain_action_json(const struct ppo_agent *agent,
                                   const float *state,
                                   size_t state_len,
                                   const double *prior,
                                   size_t prior_len,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/* ---- Export -------------------------------------------------------------------------------------------- */

/**
 * Writes the deterministic policy as an ONNX model (opset 17), which is there whole afterwards or, on an error, not at
 * all: normaliser, network, softmax around the prior, cap and floor. Its inputs are `state` (float, [batch, S]) and,
 * where the policy has a prior, `prior` (double, [batch, A]); its output is `weights` (double, [batch, A]), those of
 * ppo_select_action to about 1e-6. A runtime does not refuse states that are not finite.
 *
 * \param agent  the agent
 * \param path   the file to write; on Unix any bytes, elsewhere UTF-8
 *
 * PPO_ERR_INVALID_ARGUMENT (an empty path; a cap or floor on more than 1448 weights), PPO_ERR_IO.
 */
ppo_status ppo_export_onnx(const struct ppo_agent *agent,
                           const char *path);

/* ---- Streams of random numbers ------------------------------------------------------------------------- */

/**
 * Makes a stream of random numbers.
 *
 * \param seed    the run's seed: any number
 * \param index   which of the run's independent streams: one for each thread or account, say
 * \param random  gets the stream, which is the caller's to free with ppo_random_free
 */
ppo_status ppo_random_new(uint64_t seed, uint64_t index, struct ppo_random **random);

/**
 * Makes a stream that goes on where another one stands.
 *
 * \param random  the stream to copy; not changed, and not in use by another call
 * \param copy    gets the copy, which is the caller's to free with ppo_random_free
 */
ppo_status ppo_random_clone(struct ppo_random *random, struct ppo_random **copy);

/**
 * Copies out where a stream stands, as JSON: for a restart, or for another process.
 *
 * \param random    the stream; not changed
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 */
ppo_status ppo_random_state_json(struct ppo_random *random,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *needed);

/**
 * Makes a stream that goes on from a saved state: it draws what the saved one would have drawn.
 *
 * \param state_json  what ppo_random_state_json wrote
 * \param random      gets the stream, which is the caller's to free with ppo_random_free
 *
 * The text may come from anywhere: it is checked before it is believed. PPO_ERR_INVALID_ARGUMENT for what is no
 * state of a stream.
 */
ppo_status ppo_random_restore(const char *state_json,
                              struct ppo_random **random);

/**
 * Frees a stream. NULL is fine. A stream that was freed before is left alone, and said so in the log and by
 * ppo_last_error.
 */
void ppo_random_free(struct ppo_random *random);

/**
 * Copies the error message of the last failed call on a stream, made by any thread, as ppo_last_error does.
 *
 * \param random    the stream; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
 */
ppo_status ppo_random_last_error(const struct ppo_random *random,
                                 char *buffer,
                                 size_t capacity,
                                 size_t *needed);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_AGENT_H */
