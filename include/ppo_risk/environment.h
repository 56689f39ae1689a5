/* Environments: batches of the environments that a trainer learns in, for hosts that step them themselves, with a
 * policy of their own or to look at what one does.
 *
 * A ppo_env holds E environments over one market. Every step takes one action of each and writes what came of it to the
 * arrays that ppo_env_outputs names, those that are wanted. An environment whose episode ends begins the next one in
 * the same step: `states` then has the first state of the new episode, `final_states` the last of the old one. Count
 * the value of the final state where an episode was `truncated`, never where it was `terminated`.
 *
 * Environment first_index + i draws from a stream of its own, however many handles a run is split into: one handle for
 * each thread gives the same numbers as one for all. ppo_env_step takes actions as ppo_sample_action draws them,
 * ppo_env_step_weights takes weights. Steps allocate nothing. A batch may be called by one thread at a time, also to
 * look at it. ppo_env_snapshot and ppo_env_restore go back in time to the last bit.
 *
 * Example:
 *     ppo_env *env = NULL;
 *     const ppo_agent *agent = NULL;
 *     const ppo_market *market = NULL;
 *     ppo_env_outputs outputs;
 *     double weights[8 * 3] = {0}, rewards[8];
 *     ppo_env_new(agent, market, NULL, 0, 8, &env);
 *     ppo_env_outputs_init(&outputs, sizeof outputs);
 *     outputs.len = 8;
 *     outputs.rewards = rewards;
 *     ppo_env_step_weights(env, weights, 8 * 3, &outputs);
 *     ppo_env_free(env); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_ENVIRONMENT_H
#define PPO_RISK_ENVIRONMENT_H

#include "status.h"

struct ppo_agent;
struct ppo_config;
struct ppo_market;

#ifdef __cplusplus
extern "C" {
#endif

/* ---- A batch of environments --------------------------------------------------------------------------- */

/**
 * E environments over a market that step together and start the next episode by themselves. Episodes start all in
 * cash, at a bar drawn from each environment's own stream. It keeps what it needs: the handles it was made from may be
 * freed before it.
 */
typedef struct ppo_env ppo_env;

/**
 * Makes environments for an agent's policy, each at the first state of its first episode. They are those that a
 * trainer with the same configuration learns in: environment `first_index + i` sees the same bars however a run is
 * split into handles.
 *
 * \param agent        the agent, of which the spec alone is used
 * \param market       prices or a simulation with the spec's assets and columns
 * \param config       seed, balance, cost_rate, borrow_rate, margin_rate, maintenance, episode_len, reward and
 *                     control_variate (the rest is not used); NULL for the defaults
 * \param first_index  number of the first environment's random stream under the seed; usually 0
 * \param count        number of environments, E: 1 to 16,777,216
 * \param env          gets the environments, which are the caller's to free with ppo_env_free
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with what cannot be used, such as a market that is too short for
 * the policy's look-back.
 */
ppo_status ppo_env_new(const struct ppo_agent *agent,
                       const struct ppo_market *market,
                       const struct ppo_config *config,
                       uint64_t first_index,
                       size_t count,
                       struct ppo_env **env);

/**
 * Makes environments for a policy's spec, without an agent: as ppo_env_new.
 *
 * \param spec_json    the spec, as for ppo_agent_new; its network is not used
 * \param market       prices or a simulation with the spec's assets and columns
 * \param config       as for ppo_env_new; NULL for the defaults
 * \param first_index  number of the first environment's random stream under the seed; usually 0
 * \param count        number of environments, E: 1 to 16,777,216
 * \param env          gets the environments, which are the caller's to free with ppo_env_free
 *
 * Errors as ppo_env_new, and PPO_ERR_INVALID_ARGUMENT with the spec's key that cannot be used.
 */
ppo_status ppo_env_new_from_spec(const char *spec_json,
                                 const struct ppo_market *market,
                                 const struct ppo_config *config,
                                 uint64_t first_index,
                                 size_t count,
                                 struct ppo_env **env);

/**
 * Starts a new episode in every environment. What was unfinished is forgotten, and is no episode of
 * ppo_env_take_episodes.
 *
 * \param env  the environments
 *
 * Allocates nothing.
 */
ppo_status ppo_env_reset(struct ppo_env *env);

/**
 * Copies out everything that moves, as bytes: to go back to this point, in this process or a later one.
 *
 * \param env       the environments
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not
 *
 * Reads all of the market's prices.
 */
ppo_status ppo_env_snapshot(struct ppo_env *env, uint8_t *buffer, size_t capacity, size_t *needed);

/**
 * Goes back to where a snapshot was taken, in environments made with the same spec, settings and market: what follows
 * is the same to the last bit. Episodes that waited to be taken then wait again.
 *
 * \param env    the environments
 * \param bytes  what ppo_env_snapshot gave: [len]; not kept
 * \param len    number of bytes
 *
 * Reads all of the market's prices. PPO_ERR_INVALID_ARGUMENT for bytes that were changed or cut and for those of
 * other environments: nothing moves then.
 */
ppo_status ppo_env_restore(struct ppo_env *env,
                           const uint8_t *bytes,
                           size_t len);

/**
 * Frees environments. NULL is fine. Environments that were freed before are left alone, and said so in the log and by
 * ppo_last_error.
 */
void ppo_env_free(struct ppo_env *env);

/**
 * Copies the error message of the last failed call on environments, made by any thread, as ppo_last_error does.
 *
 * \param env       the environments; poisoned ones are fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
 */
ppo_status ppo_env_last_error(const struct ppo_env *env,
                              char *buffer,
                              size_t capacity,
                              size_t *needed);

/* ---- Stepping ------------------------------------------------------------------------------------------ */

/**
 * Where a step writes: the caller's arrays, each NULL where it is not wanted. Fill it with ppo_env_outputs_init once,
 * set the arrays and their lengths, and hand it to every step. Outputs must not overlap.
 */
typedef struct ppo_env_outputs {
    /** Size of the caller's struct in bytes: `sizeof(ppo_env_outputs)`. ppo_env_outputs_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Number of values in each array but the states: E. */
    uint64_t len;
    /** Number of values in `states` and in `final_states`: E * S; not read where both are NULL. */
    uint64_t states_len;
    /** Number of values in `prior`: E * A; not read where it is NULL. */
    uint64_t prior_len;
    /** The rewards to learn from: raw, less the prior's portfolio's with PPO_CONTROL_VARIATE_PRIOR_PATH. [E] */
    double *rewards;
    /** The rewards of the mode as they are. [E] */
    double *raw_rewards;
    /**
     * With PPO_CONTROL_VARIATE_SELF_CRITICAL the raw rewards of the deterministic actions in the same states on the
     * same returns; else 0. [E]
     */
    double *baseline_rewards;
    /** Net simple returns of the portfolios. [E] */
    double *net_returns;
    /** One-way turnovers of the trades: half the sum of the changes of weight over assets and cash. [E] */
    double *turnovers;
    /** Costs of the trades as fractions of the values before them. [E] */
    double *costs;
    /** 1 where nothing follows, else 0: a portfolio is ruined, or at an end that its state showed (`horizon`). [E] */
    uint8_t *terminated;
    /** 1 where an episode or the prices ended, but would have gone on, else 0; never together with `terminated`. [E] */
    uint8_t *truncated;
    /** What an agent sees next: after the end of an episode the first state of the next one. [E, S] */
    float *states;
    /** The states in which episodes ended. Rows of environments whose episode goes on have no meaning. [E, S] */
    float *final_states;
    /** The prior's weights beside `states`, as ppo_env_prior_weights gives them. [E, A] */
    double *prior;
} ppo_env_outputs;

/**
 * Fills a description of a step's outputs with the defaults: none is wanted.
 *
 * \param outputs  the struct to fill
 * \param size     `sizeof(ppo_env_outputs)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_env_outputs_init(struct ppo_env_outputs *outputs, size_t size);

/**
 * Takes one sampled action in every environment: trades and pays at this close, and holds to the next. An environment
 * whose episode ends begins the next one at once.
 *
 * \param env                the environments
 * \param actions            the actions as ppo_sample_action gives them: scores (gaussian) or weights that need not
 *                           sum to 1 (dirichlet); [E, L]
 * \param actions_len        number of values in `actions`
 * \param deterministic      scores of the deterministic actions, which PPO_CONTROL_VARIATE_SELF_CRITICAL needs: [E, L];
 *                           NULL otherwise
 * \param deterministic_len  number of values in `deterministic`; 0 where it is NULL
 * \param outputs            where to write; NULL for nowhere
 *
 * Allocates nothing. PPO_ERR_NOT_FINITE and PPO_ERR_INVALID_ARGUMENT, with the environment whose action cannot be
 * used: nothing has moved then. Prices of a simulation that leave the range of a number are met in the middle of a
 * step: go on with ppo_env_reset or ppo_env_restore.
 */
ppo_status ppo_env_step(struct ppo_env *env,
                        const float *actions,
                        size_t actions_len,
                        const float *deterministic,
                        size_t deterministic_len,
                        const struct ppo_env_outputs *outputs);

/**
 * Takes target weights as they are, but for the spec's caps and floors, in every environment: as ppo_env_step.
 * Baseline rewards are 0.
 *
 * \param env          the environments
 * \param weights      the weights to trade to, each environment's summing to 1 within 1e-6; each at least 0, or where the
 *                     policy may be short or levered with a gross exposure of at most its max_gross: [E, A]
 * \param weights_len  number of values in `weights`
 * \param outputs      where to write; NULL for nowhere
 *
 * Allocates nothing. Errors as ppo_env_step.
 */
ppo_status ppo_env_step_weights(struct ppo_env *env,
                                const double *weights,
                                size_t weights_len,
                                const struct ppo_env_outputs *outputs);

/* ---- What a batch is, and where it stands -------------------------------------------------------------- */

/**
 * Sums over an episode that ended. The struct stays as it is: an array of them is written by ppo_env_take_episodes.
 */
typedef struct ppo_episode {
    /** Sum of the rewards of the mode, before any control variate. */
    double reward_sum;
    /** ln(final value / balance): minus infinity at ruin. */
    double log_growth;
    /** Sum of the one-way turnovers of its steps. */
    double turnover;
    /** Sum of the costs of its steps, each as a fraction of the value before its trade. */
    double cost;
    /** Steps taken. */
    uint64_t steps;
} ppo_episode;

/**
 * Number of environments, E.
 *
 * \param env    the environments
 * \param count  gets the number, at least 1
 *
 * Allocates nothing.
 */
ppo_status ppo_env_count(struct ppo_env *env, size_t *count);

/**
 * Number of assets, N.
 *
 * \param env    the environments
 * \param count  gets the number, at least 1
 *
 * Allocates nothing.
 */
ppo_status ppo_env_asset_count(struct ppo_env *env, size_t *count);

/**
 * Number of weights, A: as ppo_agent_action_len.
 *
 * \param env  the environments
 * \param len  gets the number, at least 2
 *
 * Allocates nothing.
 */
ppo_status ppo_env_action_len(struct ppo_env *env, size_t *len);

/**
 * Number of values in a sampled action, L: as ppo_agent_score_len.
 *
 * \param env  the environments
 * \param len  gets the number, at least 2
 *
 * Allocates nothing.
 */
ppo_status ppo_env_score_len(struct ppo_env *env, size_t *len);

/**
 * Number of values in a state, S: as ppo_agent_state_len.
 *
 * \param env  the environments
 * \param len  gets the number, at least 4
 *
 * Allocates nothing.
 */
ppo_status ppo_env_state_len(struct ppo_env *env, size_t *len);

/**
 * Copies out what an agent sees at this close, not normalised.
 *
 * \param env         the environments
 * \param states      gets the states: [E, S], as ppo_agent_state_len lays them out
 * \param states_len  number of values in `states`
 *
 * Allocates nothing.
 */
ppo_status ppo_env_states(struct ppo_env *env, float *states, size_t states_len);

/**
 * Copies out the prior's weights at this close, before caps and floors: what an agent with a prior takes beside the
 * states. Without a prior, 1/A each.
 *
 * \param env        the environments
 * \param prior      gets the weights: [E, A]
 * \param prior_len  number of values in `prior`
 *
 * Allocates nothing.
 */
ppo_status ppo_env_prior_weights(struct ppo_env *env,
                                 double *prior,
                                 size_t prior_len);

/**
 * Copies out the portfolios at this close. Where an episode has just ended, the next one's.
 *
 * \param env          the environments
 * \param values       gets their values, in the money of the configuration's balance: [E]; may be NULL
 * \param drawdowns    gets 1 - value / highest value of the episode so far, in [0, 1]: [E]; may be NULL
 * \param len          number of values in `values` and in `drawdowns`: E
 * \param weights      gets the weights held, assets and then cash (also where the policy may not hold any), before the
 *                     next trade: [E, N + 1]; may be NULL
 * \param weights_len  number of values in `weights`; 0 where it is NULL
 *
 * Allocates nothing. PPO_ERR_INVALID_ARGUMENT where outputs overlap.
 */
ppo_status ppo_env_portfolios(struct ppo_env *env,
                              double *values,
                              double *drawdowns,
                              size_t len,
                              double *weights,
                              size_t weights_len);

/**
 * Takes the episodes that have ended since the last call, in the order in which they ended. The last 1024 (or E, where
 * that is more) wait to be taken; older ones are forgotten.
 *
 * \param env       the environments
 * \param episodes  gets at most `capacity` episodes, the first to end first; the others go on waiting
 * \param capacity  room in `episodes`, at least 1
 * \param taken     gets how many were written
 *
 * Allocates nothing. PPO_ERR_LENGTH where `capacity` is 0.
 */
ppo_status ppo_env_take_episodes(struct ppo_env *env,
                                 struct ppo_episode *episodes,
                                 size_t capacity,
                                 size_t *taken);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_ENVIRONMENT_H */
