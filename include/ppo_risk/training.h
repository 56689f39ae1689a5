/* Training: PPO over prices, over environments of the host, or over the transitions of a live agent.
 *
 * A trainer joins an agent, the optimiser that moves its weights, and where its experience comes from:
 *     ppo_trainer_new         the library's environments over a market
 *     ppo_trainer_new_host    environments of the host: a table of two functions, reset and step
 *     ppo_trainer_new_online  decisions of a live agent: ppo_sample_action, then ppo_observe with what followed
 * ppo_train trains on the calling thread until the configured steps are done. ppo_job_start trains on a thread of its
 * own: ppo_job_poll looks, ppo_job_wait waits, ppo_job_cancel stops it. ppo_update makes one update at a time.
 *
 * ppo_config has every setting, with Stable-Baselines3's names and meanings. The same seed gives the same numbers on
 * any number of threads. A checkpoint is a policy file that also holds the optimiser and all counters: ppo_trainer_resume
 * goes on with the numbers of a run that never stopped.
 *
 * Several processes train one policy with ppo_trainer_join: each collects its share of the rollout and differentiates its
 * share of every minibatch, by way of one function of the host's, such as MPI's allgather; the numbers are those of one.
 *
 * Training needs the library with libtorch (ppo_features): without it these functions answer PPO_ERR_NOT_BUILT. In a
 * process that was forked from one that had used libtorch they answer PPO_ERR_FORKED. One call at a time may train with
 * a trainer; others on it are answered PPO_ERR_BUSY, although its pointer is to const.
 *
 * Example:
 *     ppo_config config;
 *     ppo_trainer *trainer = NULL;
 *     const ppo_agent *agent = NULL;
 *     const ppo_market *market = NULL;
 *     ppo_config_init(&config, sizeof config);
 *     config.reward = PPO_REWARD_LOG_RETURN;
 *     ppo_trainer_new(agent, market, &config, &trainer);
 *     ppo_train(trainer, NULL, NULL);
 *     ppo_trainer_free(trainer); */

/* Made by abi/generate from src/ffi: do not edit. */

#ifndef PPO_RISK_TRAINING_H
#define PPO_RISK_TRAINING_H

#include "status.h"

struct ppo_agent;
struct ppo_market;

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Settings ------------------------------------------------------------------------------------------ */

/** Device: CUDA where the library finds it, else the processor. */
#define PPO_DEVICE_AUTO 0
/** Device: the processor. */
#define PPO_DEVICE_CPU 1
/** Device: the first CUDA device; training is refused where there is none. */
#define PPO_DEVICE_CUDA 2
/** Schedule: the setting stays. */
#define PPO_SCHEDULE_CONSTANT 0
/** Schedule: the setting falls linearly to 0 at the last decision. */
#define PPO_SCHEDULE_LINEAR 1
/**
 * Reward: the net return less charges for volatility, drawdown and costs. With cash among the choices its best policy
 * is almost always all cash.
 */
#define PPO_REWARD_SHAPED 0
/** Reward: ln(1 + net return). */
#define PPO_REWARD_LOG_RETURN 1
/** Reward: constant relative risk aversion `reward_parameter`. */
#define PPO_REWARD_CRRA 2
/** Reward: net return less half of `reward_parameter` times its square. */
#define PPO_REWARD_MEAN_VARIANCE 3
/** Reward: the differential Sharpe ratio with the adaptation rate `reward_parameter`. */
#define PPO_REWARD_DIFFERENTIAL_SHARPE 4
/**
 * Reward: what the bar added to the CRRA utility of the value since the episode began, with the risk aversion
 * `reward_parameter`. At gamma 1 an episode's rewards add up to the utility of its last value.
 */
#define PPO_REWARD_TERMINAL_CRRA 5
/** Start of an episode: all in cash. */
#define PPO_START_CASH 0
/**
 * Start of an episode: random weights of the assets, and of cash where the policy may hold it, all as likely. A policy then meets
 * holdings that it would not come to by itself, and learns from which of them not to trade.
 */
#define PPO_START_RANDOM 1
/** Control variate: nothing is taken out of the reward. */
#define PPO_CONTROL_VARIATE_NONE 0
/** Control variate: the reward of the prior's own portfolio on the same returns is taken out. */
#define PPO_CONTROL_VARIATE_PRIOR_PATH 1
/**
 * Control variate: the reward that the deterministic action would have had is taken out. In a host's own
 * environment by its `counterfactual`.
 */
#define PPO_CONTROL_VARIATE_SELF_CRITICAL 2
/**
 * Control variate: what the deterministic policy would have earned from the same state to the end of the rollout is taken out.
 * In a host's own environment by its `remember` and `go_back`; not in environments by themselves.
 */
#define PPO_CONTROL_VARIATE_POLICY_PATH 3

/**
 * How a policy is made and trained. Fill it with ppo_config_init, then change what should differ. Later versions of
 * the library add fields at the end and keep taking the struct as it is here. Names and meanings are those of
 * Stable-Baselines3 where it has them. A decision is one environment's step.
 */
typedef struct ppo_config {
    /** Size of the caller's struct in bytes: `sizeof(ppo_config)`. ppo_config_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /**
     * Seed of every random draw. Range: any number; default 0. The same seed gives the same numbers on any
     * number of threads.
     */
    uint64_t seed;
    /**
     * Noise of decisions at the start, gaussian policy: the logarithm of the scores' standard deviation.
     * Range: in [-20, 20]; default -1.2.
     */
    double log_std_init;
    /**
     * Noise of decisions at the start, dirichlet policy: the concentration; the larger, the less noise. Range:
     * above 0; default 20.
     */
    double kappa_init;
    /**
     * Decisions to train each seed for. Range: at least 1; default 300,000. Over all environments; rounded up
     * to whole rollouts.
     */
    uint64_t total_steps;
    /**
     * Portfolios that are run side by side to gather decisions (environments). Range: in [1, 16777216];
     * default 64.
     */
    uint64_t n_envs;
    /**
     * Decisions that each environment takes between updates. Range: in [1, 16777216]; default 64. n_envs *
     * n_steps is below 2^32.
     */
    uint64_t n_steps;
    /**
     * Decisions that one step of learning looks at (a minibatch). Range: at least 2; default 1024. At most
     * `n_envs * n_steps`, and at least 2: advantages are normalised over it.
     */
    uint64_t batch_size;
    /** How often an update goes over the decisions gathered for it. Range: in [1, 16777216]; default 4. */
    uint64_t n_epochs;
    /** Threads for rollouts and gradients; the numbers do not depend on it. Range: in [1, 1024]; default 1. */
    uint32_t threads;
    /** Where the network is trained, a PPO_DEVICE_ number; default PPO_DEVICE_AUTO. */
    uint32_t device;
    /** Size of a step of learning (of the optimiser Adam). Range: above 0; default 3e-4. */
    double learning_rate;
    /** What a reward one decision later counts beside one now (the discount). Range: in [0, 1]; default 0.99. */
    double gamma;
    /**
     * How far ahead rewards are looked at to judge a decision: 0 is the next one and then an estimate, 1 all
     * of them (lambda of generalised advantage estimation, Schulman et al. 2016). Range: in [0, 1]; default
     * 0.95.
     */
    double gae_lambda;
    /**
     * How far an update may move a decision's probability, as a part of it, before the decision counts no
     * more. Range: above 0; default 0.2.
     */
    double clip_range;
    /**
     * How far an update may move the estimated value of a state before the state counts no more. Range: above
     * 0; default 0: any distance. In units of the scaled return.
     */
    double clip_range_vf;
    /**
     * Reward for deciding at random (the weight of the entropy, in nats, in the loss). Range: at least 0;
     * default 0. Above 0 it keeps the noise up where rewards are noisy.
     */
    double ent_coef;
    /**
     * How much estimating the value of states counts beside deciding (the weight of the value losses). Range:
     * at least 0; default 0.5.
     */
    double vf_coef;
    /**
     * Longest gradient that a step of learning follows (Euclidean norm); longer ones are scaled down to it.
     * Range: above 0; default 0.5.
     */
    double max_grad_norm;
    /**
     * An update ends early once it has moved the policy by 1.5 times this (approximate KL divergence, in
     * nats). Range: above 0; default 0: never.
     */
    double target_kl;
    /** What keeps Adam from dividing by 0 (its epsilon). Range: above 0; default 1e-5. */
    double adam_eps;
    /**
     * How the step size moves from the first decision to the last, a PPO_SCHEDULE_ number; default
     * PPO_SCHEDULE_LINEAR.
     */
    uint32_t learning_rate_schedule;
    /**
     * How the clip range moves from the first decision to the last, a PPO_SCHEDULE_ number; default
     * PPO_SCHEDULE_CONSTANT.
     */
    uint32_t clip_range_schedule;
    /**
     * Whether what decisions were better than expected by (advantages) is normalised in every minibatch, 0 or
     * 1; default 1. To mean 0 and standard deviation 1 (ddof 1).
     */
    uint32_t normalize_advantage;
    /**
     * Whether what the policy sees is normalised by running statistics, which become part of the policy, 0 or
     * 1; default 1. Otherwise its statistics stay at mean 0 and variance 1, and only the clip at 10 acts.
     */
    uint32_t normalize_observation;
    /**
     * Whether rewards are divided by the running standard deviation of the discounted return, 0 or 1; default
     * 1.
     */
    uint32_t normalize_reward;
    /** What is rewarded, a PPO_REWARD_ number; default PPO_REWARD_SHAPED. Not for a host's own environment. */
    uint32_t reward;
    /** What is taken out of the reward, a PPO_CONTROL_VARIATE_ number; default PPO_CONTROL_VARIATE_NONE. */
    uint32_t control_variate;
    /**
     * What an episode starts with, a PPO_START_ number; default PPO_START_CASH. With random weights a policy
     * meets holdings that it would not come to by itself: where trading costs, and it is best to wait, it
     * learns from which holdings not to. Back-tests start in cash. Not for a host's own environment.
     */
    uint32_t start;
    /**
     * The reward's own number: risk aversion, at least 0 (PPO_REWARD_CRRA, PPO_REWARD_MEAN_VARIANCE,
     * PPO_REWARD_TERMINAL_CRRA; default 2), or adaptation rate per bar, in (0, 1], or 0: 1/(a year of the market's bars) (PPO_REWARD_DIFFERENTIAL_SHARPE). Others
     * do not read it.
     */
    double reward_parameter;
    /** Shaped reward: charge per unit of volatility (of the last 20 net returns, per bar), at least 0; default 0.1. */
    double shaped_volatility;
    /** Shaped reward: charge per unit of drawdown, where that is beyond the threshold, at least 0; default 2. */
    double shaped_drawdown;
    /** Shaped reward: drawdown (1 - value/peak) up to which nothing is charged, in [0, 1]; default 0.05. */
    double shaped_drawdown_threshold;
    /** Shaped reward: charge per unit of cost over value, at least 0; default 10. */
    double shaped_cost;
    /** Money at the start of an episode. Range: above 0; default 100,000. In the currency of the prices. */
    double balance;
    /**
     * Commission per traded notional of assets, in training and test; 0.001 is 0.1%. Range: in [0, 1); default
     * 0.001. Moving cash is free. Where the market has rates of its own, they take its place.
     */
    double cost_rate;
    /** Decisions in a training episode. Range: at least 1; default 252. Fewer where the market is shorter. */
    uint64_t episode_len;
    /**
     * Annual fee on what is sold short, charged every bar on its value when the bar began. Range: in [0, 10];
     * default 0. Where the market has fees of its own, they take its place.
     */
    double borrow_rate;
    /**
     * Annual rate that borrowed money (cash below 0) costs on top of what cash earns. Range: in [0, 10];
     * default 0.
     */
    double margin_rate;
    /**
     * Smallest value as a part of the gross exposure in money, for actions that may be short or levered.
     * Range: in (0, 1]; default 0.25. Below it, positions are scaled back to it at that close, at cost. More
     * than cost_rate, and at most 1/max_gross.
     */
    double maintenance;
    /**
     * Least commission for each order, in money; 0 is none. Range: at least 0; default 0. An asset is an order
     * where its weight is to change by more than 1e-9.
     */
    double minimum_fee;
    /**
     * Market impact Y: a traded unit costs Y * volatility * (traded money / daily money
     * volume)^impact_exponent. Range: in [0, 1000]; default 0. As a part of its price; "daily" is a bar.
     * Volatility and mean volume are those of the last `state.window` bars. 0 is none; above 0 the market must
     * have volumes. Measured on many markets it is about 1.
     */
    double impact;
    /** How impact grows with what is traded: 0.5 is the square-root law. Range: in (0, 2]; default 0.5. */
    double impact_exponent;
    /**
     * Units that positions are multiples of, rounded towards 0; 0 is any fraction. Range: at least 0; default
     * 0. Above 0 the market must have prices of units. Margin calls sell fractions.
     */
    double lot;
    /**
     * How much more often an epoch looks at what an environment did where more can be learnt from it (the
     * exponent of prioritised trajectories); 0: everything once. Range: in [0, 4]; default 0. What one
     * environment did in a rollout is drawn in proportion to the sum of abs(advantage) to this power, with
     * replacement, and weighted so that the mean stays what it is.
     */
    double priority_alpha;
    /**
     * How much of the bias of drawing by priority is taken out at the start; at the end all of it is (beta,
     * which rises to 1). Range: in [0, 1]; default 0.4.
     */
    double priority_beta;
    /**
     * Noise of decisions at the end, gaussian policy, which is come to in equal steps. Range: in [-20, 20];
     * default infinity: the noise is learnt. Where noise costs something, as where trading does, a policy that
     * learns its noise may have none left before it has learnt anything else.
     */
    double log_std_final;
    /**
     * Noise of decisions at the end, dirichlet policy, which is come to in equal parts. Range: above 0;
     * default 0: the noise is learnt.
     */
    double kappa_final;
} ppo_config;

/**
 * Fills a configuration with the defaults.
 *
 * \param config  the struct to fill
 * \param size    `sizeof(ppo_config)` as the caller was compiled: what the library knows beyond is not written, and
 *                what it does not know is set to zero
 *
 * Allocates nothing.
 */
ppo_status ppo_config_init(struct ppo_config *config,
                           size_t size);

/**
 * Reads a configuration from JSON, as ppo_config_to_json writes it. Keys that are missing take their defaults;
 * unknown ones are refused.
 *
 * \param json    the text: an object with `seed`, `total_steps`, `threads`, `device`, `ppo` and `env`
 * \param config  gets the configuration; its `struct_size` has to be set (ppo_config_init does)
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
 */
ppo_status ppo_config_from_json(const char *json,
                                struct ppo_config *config);

/**
 * Copies out a configuration as JSON.
 *
 * \param config    the configuration; NULL for the defaults
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the field that cannot be used.
 */
ppo_status ppo_config_to_json(const struct ppo_config *config,
                              char *buffer,
                              size_t capacity,
                              size_t *needed);

/* ---- A trainer ----------------------------------------------------------------------------------------- */

/**
 * A trainer: an agent, the optimiser that moves its weights, and where its experience comes from. It keeps what it
 * needs: the handles it was made from may be freed before it.
 */
typedef struct ppo_trainer ppo_trainer;

/**
 * Makes a trainer that learns in the library's own environments over a market. It goes on from the weights that the
 * agent has, and every update gives the agent its new policy.
 *
 * \param agent    the agent to train; one trainer at a time
 * \param market   prices or a simulation of as many assets and columns as the agent's spec has
 * \param config   how to train; NULL for the defaults
 * \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Starts `threads` threads where that is more than 1. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with what
 * cannot be used; PPO_ERR_BUSY where another trainer has the agent; PPO_ERR_TORCH.
 */
ppo_status ppo_trainer_new(const struct ppo_agent *agent,
                           const struct ppo_market *market,
                           const struct ppo_config *config,
                           struct ppo_trainer **trainer);

/**
 * Starts an episode of one of the host's environments.
 *
 * `user` is ppo_host_environment's; `env` is the environment's number, from 0; `seed` differs from episode to episode
 * and is the same whenever a run is repeated. `state` [state_len = S] gets the first state, not normalised and finite;
 * `prior` [prior_len] the prior's weights there (assets, then cash, at least 0), where the agent's policy has a prior:
 * otherwise it is NULL and `prior_len` 0.
 *
 * Answers 0, or any other number to end the training call with PPO_ERR_CALLBACK. It must return normally: no exception and no longjmp may leave it.
 * It may call any function of this library; those that work on the trainer answer PPO_ERR_BUSY.
 */
typedef int32_t (*ppo_host_reset)(void *user,
                                  size_t env,
                                  uint64_t seed,
                                  float *state,
                                  size_t state_len,
                                  double *prior,
                                  size_t prior_len);

/** What a step of a host's environment came to. */
typedef struct ppo_host_result {
    /** The reward to learn from, finite. */
    double reward;
    /** 1 where nothing follows (ruin, say): the future is worth nothing. Else 0. */
    uint32_t terminated;
    /** 1 where the episode is cut off here and would have gone on. Else 0; never together with `terminated`. */
    uint32_t truncated;
    /**
     * With PPO_CONTROL_VARIATE_PRIOR_PATH, the reward that the prior's own portfolio, followed by the host since the start
     * of the episode, had on the same returns: it is taken off `reward` in learning. Else not looked at.
     */
    double prior_reward;
} ppo_host_result;

/**
 * Takes one step in one of the host's environments.
 *
 * `weights` [weights_len = A] holds the target weights, within the caps and floors of the agent's spec: assets, then
 * cash where the policy may hold it. `state` and `prior` get what follows the step, as in ppo_host_reset: at the end of
 * an episode its final state; the reset comes next. `result` gets the reward and whether the episode ended; its fields
 * are 0 before the call.
 *
 * Answers as ppo_host_reset.
 */
typedef int32_t (*ppo_host_step)(void *user,
                                 size_t env,
                                 const double *weights,
                                 size_t weights_len,
                                 float *state,
                                 size_t state_len,
                                 double *prior,
                                 size_t prior_len,
                                 struct ppo_host_result *result);

/**
 * What other weights would have earned on the step that ppo_host_step has just taken in the environment `env`: from the
 * same holdings, on the same returns, whatever those weights led to afterwards. Called where the configuration's
 * control_variate is PPO_CONTROL_VARIATE_SELF_CRITICAL, once after each step (of the last one of an episode too),
 * with the weights of the policy's deterministic decision.
 *
 * `weights` [weights_len = A] is as in ppo_host_step; `reward` gets the reward, finite. Nothing may change by the call.
 * Only where what the environment does next does not depend on the weights (prices do not react to our trades) is the
 * difference of two rewards without bias, and much less noisy than each.
 *
 * Answers as ppo_host_reset.
 */
typedef int32_t (*ppo_host_counterfactual)(void *user,
                                           size_t env,
                                           const double *weights,
                                           size_t weights_len,
                                           double *reward);

/**
 * Remembers where the environment `env` is: all that what follows depends on besides the weights, its random numbers to come too.
 * Called where the configuration's control_variate is PPO_CONTROL_VARIATE_POLICY_PATH, at the start of every rollout.
 *
 * Answers as ppo_host_reset.
 */
typedef int32_t (*ppo_host_remember)(void *user, size_t env);

/**
 * Puts the environment `env` where it was at the last ppo_host_remember, whatever has happened in it since; from there the same
 * weights have to lead to the same states and rewards again. Called once after each ppo_host_remember.
 *
 * Answers as ppo_host_reset.
 */
typedef int32_t (*ppo_host_go_back)(void *user, size_t env);

/** The functions of a host's environment. Fill it with ppo_host_environment_init, then set reset and step. */
typedef struct ppo_host_environment {
    /** Size of the caller's struct in bytes; ppo_host_environment_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Handed to the functions; may be NULL. Has to live as long as a trainer, or a job on it, that was made with it. */
    void *user;
    /** Starts an episode. */
    ppo_host_reset reset;
    /** Takes a step. */
    ppo_host_step step;
    /** What other weights would have earned on it; NULL where the control variate self_critical is not used. */
    ppo_host_counterfactual counterfactual;
    /** Remembers where an environment is; NULL where the control variate policy_path is not used. */
    ppo_host_remember remember;
    /** Goes back there; NULL where the control variate policy_path is not used. */
    ppo_host_go_back go_back;
} ppo_host_environment;

/**
 * Makes a trainer that learns in environments of the host's: `n_envs` of them, numbered from 0, which the library
 * resets and steps through `environment`.
 *
 * \param agent        the agent to train; one trainer at a time
 * \param environment  the host's functions; copied
 * \param config       how to train; NULL for the defaults. Of the environment's settings (reward to episode_len)
 *                     control_variate alone is used: PPO_CONTROL_VARIATE_SELF_CRITICAL needs `counterfactual`,
 *                     PPO_CONTROL_VARIATE_POLICY_PATH `remember` and `go_back`,
 *                     PPO_CONTROL_VARIATE_PRIOR_PATH the result's `prior_reward` and a policy with a prior
 * \param trainer      gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * The host's functions are called during calls that train, on the thread that makes them (or the job's), one at a
 * time, and here to begin the first episodes. Otherwise as ppo_trainer_new; PPO_ERR_CALLBACK where a function of the
 * host answers an error.
 */
ppo_status ppo_trainer_new_host(const struct ppo_agent *agent,
                                const struct ppo_host_environment *environment,
                                const struct ppo_config *config,
                                struct ppo_trainer **trainer);

/**
 * Makes a trainer without environments: it learns from the transitions that ppo_observe hands in, up to `n_envs`
 * sequences of them side by side.
 *
 * \param agent    the agent to train; one trainer at a time
 * \param config   how to train, as for ppo_trainer_new_host; NULL for the defaults
 * \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Errors as ppo_trainer_new.
 */
ppo_status ppo_trainer_new_online(const struct ppo_agent *agent,
                                  const struct ppo_config *config,
                                  struct ppo_trainer **trainer);

/**
 * Goes on from a checkpoint of a trainer over a market. The numbers are those of a run that never stopped.
 *
 * \param path     the checkpoint; on Unix any bytes, elsewhere UTF-8
 * \param market   the market that the run was on: another one is refused
 * \param agent    gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
 * \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * PPO_ERR_IO, PPO_ERR_FILE (no checkpoint, or a damaged one), PPO_ERR_INVALID_ARGUMENT (another market); otherwise
 * as ppo_trainer_new.
 */
ppo_status ppo_trainer_resume(const char *path,
                              const struct ppo_market *market,
                              struct ppo_agent **agent,
                              struct ppo_trainer **trainer);

/**
 * Goes on from a checkpoint of a trainer over a host's environments. These begin new episodes, for they are not in a
 * checkpoint; everything else goes on where it was.
 *
 * \param path         the checkpoint; on Unix any bytes, elsewhere UTF-8
 * \param environment  the host's functions; copied
 * \param agent        gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
 * \param trainer      gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Errors as ppo_trainer_resume, and PPO_ERR_CALLBACK where a function of the host answers an error.
 */
ppo_status ppo_trainer_resume_host(const char *path,
                                   const struct ppo_host_environment *environment,
                                   struct ppo_agent **agent,
                                   struct ppo_trainer **trainer);

/**
 * Goes on from a checkpoint of a trainer that learns from transitions. Those that no update had used are gone.
 *
 * \param path     the checkpoint; on Unix any bytes, elsewhere UTF-8
 * \param agent    gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
 * \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
 *
 * Errors as ppo_trainer_resume.
 */
ppo_status ppo_trainer_resume_online(const char *path,
                                     struct ppo_agent **agent,
                                     struct ppo_trainer **trainer);

/**
 * Frees a trainer. NULL is fine. Its agent keeps the policy of the last update; a job that runs on the trainer goes on.
 * A trainer that was freed before is left alone, and said so in the log and by ppo_last_error.
 */
void ppo_trainer_free(struct ppo_trainer *trainer);

/**
 * Copies the error message of the last failed call on a trainer, made by any thread, as ppo_last_error does.
 *
 * \param trainer   the trainer; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
 */
ppo_status ppo_trainer_last_error(const struct ppo_trainer *trainer,
                                  char *buffer,
                                  size_t capacity,
                                  size_t *needed);

/**
 * Writes a checkpoint: a policy file (ppo_load reads it) with all that training needs to go on. It is there whole
 * afterwards or, on an error, as it was before.
 *
 * \param trainer  the trainer
 * \param path     the file; on Unix any bytes, elsewhere UTF-8
 *
 * PPO_ERR_BUSY while another call or a job works on the trainer; PPO_ERR_IO, PPO_ERR_INVALID_ARGUMENT (an empty
 * path).
 */
ppo_status ppo_trainer_save(const struct ppo_trainer *trainer,
                            const char *path);

/** Figures of one update of the policy. Names are Stable-Baselines3's where it has them. */
typedef struct ppo_metrics {
    /**
     * Size of the struct in bytes: of the caller's, set by ppo_metrics_init, or of the library's where the library
     * hands one out.
     */
    uint32_t struct_size;
    /** 0. */
    uint32_t reserved;
    /** Number of the update, from 1; 0 before the first. */
    uint64_t update;
    /** Decisions taken so far, over all environments. */
    uint64_t env_steps;
    /** Episodes that have ended so far. */
    uint64_t episodes;
    /** Minibatches of this update whose loss or gradient was not finite: they were not applied. */
    uint64_t skipped_minibatches;
    /** Decisions a second since this trainer began in this process, rollout and update counted. */
    double env_steps_per_s;
    /** Mean over the episodes that ended in this rollout of their sum of rewards; NaN where none ended. */
    double episode_reward;
    /**
     * Mean over the same episodes of ln(final value / initial value); NaN where none ended, and for a host's
     * environments.
     */
    double episode_log_growth;
    /** Mean over the same episodes of the one-way turnover of a step; NaN as above. */
    double episode_turnover;
    /** Adam's step size. */
    double learning_rate;
    /** Mean clipped surrogate loss over all minibatches. */
    double policy_gradient_loss;
    /** Mean squared error of the value. */
    double value_loss;
    /** Minus the mean entropy of the action distribution. */
    double entropy_loss;
    /** Mean over minibatches of the estimated divergence of the new policy from the one that acted. */
    double approx_kl;
    /** Share of samples whose probability ratio left the clip range. */
    double clip_fraction;
    /** 1 - Var(returns - values)/Var(returns) of the rollout, before the update; NaN where returns do not vary. */
    double explained_variance;
    /** Mean standard deviation of the gaussian's scores, or the dirichlet's concentration. */
    double std;
    /** Norm of the gradient before clipping, mean over minibatches. */
    double grad_norm;
} ppo_metrics;

/**
 * How far a trainer has come.
 *
 * \param trainer  the trainer
 * \param metrics  gets the counters (update, env_steps, episodes), other figures 0; may be NULL
 * \param done     gets 1 where all of the configuration's steps have been taken, else 0; may be NULL
 *
 * Allocates nothing. PPO_ERR_BUSY while another call or a job works on the trainer.
 */
ppo_status ppo_trainer_progress(const struct ppo_trainer *trainer,
                                struct ppo_metrics *metrics,
                                uint32_t *done);

/**
 * Copies out a trainer's configuration as JSON, as ppo_config_to_json.
 *
 * \param trainer   the trainer
 * \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
 * \param capacity  bytes in `buffer`
 * \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
 *
 * PPO_ERR_BUSY while another call or a job works on the trainer.
 */
ppo_status ppo_trainer_config_json(const struct ppo_trainer *trainer,
                                   char *buffer,
                                   size_t capacity,
                                   size_t *needed);

/**
 * Makes another handle on the agent that a trainer trains, for those who no longer have it.
 *
 * \param trainer  the trainer
 * \param agent    gets the handle, which is the caller's to free with ppo_agent_free; it gets every new policy too
 *
 * It may be called while a job works on the trainer.
 */
ppo_status ppo_trainer_agent(const struct ppo_trainer *trainer,
                             struct ppo_agent **agent);

/* ---- What an update comes to --------------------------------------------------------------------------- */

/**
 * Makes a struct of figures ready to be written to: zeros, with its size.
 *
 * \param metrics  the struct to fill
 * \param size     `sizeof(ppo_metrics)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_metrics_init(struct ppo_metrics *metrics, size_t size);

/* ---- Training on the calling thread -------------------------------------------------------------------- */

/**
 * A function of the host that is called after every update, once the agent has its policy: the update's figures (the
 * library's struct, valid until the function returns) and the pointer given with it.
 *
 * Answers 0 to go on, a positive number to stop (the training call then answers PPO_ERR_CANCELLED), a negative one for
 * an error of its own (PPO_ERR_CALLBACK). It is called on the thread that trains. It must return normally: no exception and no longjmp may leave it.
 * It may call any function of this library; those that work on the trainer answer PPO_ERR_BUSY.
 */
typedef int32_t (*ppo_progress_callback)(const struct ppo_metrics *metrics, void *user);

/** How a call trains. Fill it with ppo_train_options_init, then change what should differ. */
typedef struct ppo_train_options {
    /** Size of the caller's struct in bytes; ppo_train_options_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Called after every update and may stop; default NULL. */
    ppo_progress_callback progress;
    /** Handed to `progress`; may be NULL. For a job it has to live until the job has ended. */
    void *user;
    /**
     * File that a checkpoint is written to when the call ends, also where it was stopped; default NULL: none. On Unix
     * any bytes, elsewhere UTF-8.
     */
    const char *checkpoint_path;
    /** Updates after which a checkpoint is written besides; default 0: only at the end. */
    uint64_t checkpoint_interval;
    /** Most updates of this call; default 0: until the configuration's steps are taken. */
    uint64_t most_updates;
} ppo_train_options;

/**
 * Fills the options of a training call with the defaults.
 *
 * \param options  the struct to fill
 * \param size     `sizeof(ppo_train_options)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_train_options_init(struct ppo_train_options *options, size_t size);

/**
 * Trains: updates until the configuration's steps are taken, the options' limit is reached, or the progress function
 * ends it. After every update the agent decides with the new policy; on any answer it keeps the last one.
 *
 * \param trainer  the trainer; one made for transitions is refused (ppo_update)
 * \param options  progress, checkpoint, limit; NULL for none
 * \param metrics  gets the figures of the last update (zeros where there was nothing left to do), on an error too if any
 *                 update was done before it; may be NULL
 *
 * Takes as long as it takes: ppo_job_start trains in the background. PPO_ERR_CANCELLED where the progress function
 * stopped it, PPO_ERR_CALLBACK where it, or a function of a host's environment, answered an error; PPO_ERR_TRAINING
 * (losses that are not finite), PPO_ERR_IO (the checkpoint), PPO_ERR_TORCH.
 */
ppo_status ppo_train(const struct ppo_trainer *trainer,
                     const struct ppo_train_options *options,
                     struct ppo_metrics *metrics);

/**
 * One update: a rollout in the trainer's environments and the epochs on it, or, for a trainer made for transitions, the
 * epochs on all that ppo_observe has kept, which are used up. The agent then decides with the new policy.
 *
 * \param trainer  the trainer
 * \param metrics  gets the update's figures; may be NULL
 *
 * PPO_ERR_INVALID_ARGUMENT for fewer than two transitions. Otherwise errors as ppo_train.
 */
ppo_status ppo_update(const struct ppo_trainer *trainer,
                      struct ppo_metrics *metrics);

/* ---- Training in the background ------------------------------------------------------------------------ */

/** State of a job: at work. */
#define PPO_JOB_RUNNING 0
/** State of a job: all that was asked for is done. */
#define PPO_JOB_FINISHED 1
/** State of a job: stopped by ppo_job_cancel or the progress function. */
#define PPO_JOB_CANCELLED 2
/** State of a job: ended by an error, which ppo_job_wait answers. */
#define PPO_JOB_FAILED 3
/** Time to wait, in milliseconds: until the job has ended. */
#define PPO_WAIT_FOREVER UINT32_MAX

/** A training call in the background, on a thread of its own. */
typedef struct ppo_job ppo_job;

/**
 * Begins to train in the background, as ppo_train does in the foreground. The agent goes on deciding with the policy
 * of the last update, on any thread, without waiting.
 *
 * \param trainer  the trainer; until the job has ended, other calls on it answer PPO_ERR_BUSY. It may be freed meanwhile
 * \param options  progress (called on the job's thread), checkpoint, limit; NULL for none. Copied, but for `user`
 * \param job      gets the job, which is the caller's to free with ppo_job_free
 *
 * Starts a thread. PPO_ERR_BUSY where another call or job works on the trainer; PPO_ERR_IO (no thread to be had).
 */
ppo_status ppo_job_start(const struct ppo_trainer *trainer,
                         const struct ppo_train_options *options,
                         struct ppo_job **job);

/**
 * Looks at a job without waiting.
 *
 * \param job      the job
 * \param state    gets a PPO_JOB_ number; may be NULL
 * \param metrics  gets the figures of the last update, zeros before the first; may be NULL
 *
 * Allocates nothing.
 */
ppo_status ppo_job_poll(const struct ppo_job *job, uint32_t *state, struct ppo_metrics *metrics);

/**
 * Waits for a job to end, and answers what its training call came to: PPO_OK, or what ppo_train would have answered.
 *
 * \param job         the job
 * \param timeout_ms  milliseconds to wait at most; 0 does not wait, PPO_WAIT_FOREVER waits until the end
 *
 * PPO_ERR_INVALID_ARGUMENT to its own progress function, which would wait for itself. PPO_ERR_TIMEOUT where the job
 * still runs.
 */
ppo_status ppo_job_wait(const struct ppo_job *job,
                        uint32_t timeout_ms);

/**
 * Asks a job to stop, and returns at once: it ends after the update that it is at, with its checkpoint written.
 *
 * \param job  the job; one that has ended is left as it is
 *
 * Its own progress function may call it too. Allocates nothing.
 */
ppo_status ppo_job_cancel(const struct ppo_job *job);

/**
 * Frees a job. NULL is fine. One that still runs is asked to stop and waited for: as long as its update takes. Called by
 * the job's own progress function, it does not wait. A job that was freed before is left alone, and said so in the log
 * and by ppo_last_error.
 */
void ppo_job_free(struct ppo_job *job);

/**
 * Copies the error message of the last failed call on a job, made by any thread, as ppo_last_error does.
 *
 * \param job       the job; a poisoned one is fine
 * \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
 * \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
 * \param needed    gets the size of the whole message with its zero byte; may be NULL
 *
 * PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
 */
ppo_status ppo_job_last_error(const struct ppo_job *job,
                              char *buffer,
                              size_t capacity,
                              size_t *needed);

/* ---- Environments of the host -------------------------------------------------------------------------- */

/**
 * Makes a table of functions ready to be filled in: NULL everywhere, with its size.
 *
 * \param environment  the struct to fill
 * \param size         `sizeof(ppo_host_environment)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_host_environment_init(struct ppo_host_environment *environment, size_t size);

/* ---- Transitions of a live agent ----------------------------------------------------------------------- */

/**
 * One decision of a live agent and what came of it. Fill it with ppo_transition_init, then set every field but those
 * that say otherwise.
 */
typedef struct ppo_transition {
    /** Size of the caller's struct in bytes; ppo_transition_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /**
     * Which sequence it continues, from 0, below `n_envs`: one for each account or market. The transitions of a
     * sequence come in the order of time, none left out.
     */
    uint64_t env;
    /** State that the decision was taken in, as ppo_sample_action was given it: [state_len]. */
    const float *state;
    /** S. */
    size_t state_len;
    /** Prior's weights there, as ppo_sample_action was given them: [prior_len]; NULL where the policy has no prior. */
    const double *prior;
    /** A, or 0 with NULL. */
    size_t prior_len;
    /** The action, as ppo_sample_action wrote it: [action_len]. */
    const float *action;
    /** A. */
    size_t action_len;
    /** State that it led to, at the end of an episode its final one: [next_state_len]. May be NULL where `terminated`. */
    const float *next_state;
    /** S, or 0 with NULL. */
    size_t next_state_len;
    /**
     * Log-probability density of the action, as ppo_sample_action wrote it; default NaN: the agent's policy of now is
     * asked, which is right as long as no update lies between the decision and this call.
     */
    double log_prob;
    /** The reward, finite. */
    double reward;
    /** 1 where nothing follows: the future is worth nothing; default 0. */
    uint32_t terminated;
    /** 1 where the episode was cut off and would have gone on; default 0. Never together with `terminated`. */
    uint32_t truncated;
} ppo_transition;

/**
 * Fills a transition with the defaults.
 *
 * \param transition  the struct to fill
 * \param size        `sizeof(ppo_transition)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_transition_init(struct ppo_transition *transition, size_t size);

/**
 * Keeps a transition for the next update (copied), and updates once a whole rollout of `n_envs` times `n_steps` has
 * been kept, where that is wanted. After an update the agent decides with the new policy.
 *
 * \param trainer     the trainer, made by ppo_trainer_new_online
 * \param transition  what happened
 * \param update      1 to update as soon as a rollout is complete: this call then takes as long as an update; 0 to keep
 *                    the transition only, and leave the update to ppo_update, perhaps on another thread
 * \param updated     gets 1 where an update was done, else 0; may be NULL
 *
 * PPO_ERR_BUSY while another thread is in ppo_update; PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the
 * field that cannot be used, or where 4,194,304 transitions wait for an update; those of ppo_update.
 */
ppo_status ppo_observe(const struct ppo_trainer *trainer,
                       const struct ppo_transition *transition,
                       uint32_t update,
                       uint32_t *updated);

/* ---- Several ranks that train together ----------------------------------------------------------------- */

/**
 * Gathers bytes of all ranks: MPI_Allgather, all_gather of torch.distributed and the like.
 *
 * `user` is ppo_collectives'. `send` holds `bytes` bytes of this rank, at least 1; `received` gets those of every rank in the
 * order of the ranks, `size` times `bytes`. Every rank calls it in the same order with as many bytes.
 *
 * Answers 0, or any other number (such as the transport's, where a rank is gone or a time is over) to end the call of the
 * library with PPO_ERR_COLLECTIVE. It must return normally: no exception and no longjmp may leave it. Nothing in the library waits for a rank but this.
 */
typedef int32_t (*ppo_allgather)(void *user, const void *send, size_t bytes, void *received);

/** How the ranks that train together reach each other. Fill it with ppo_collectives_init, then set all. */
typedef struct ppo_collectives {
    /** Size of the caller's struct in bytes; ppo_collectives_init writes it. */
    uint32_t struct_size;
    /** Has to be 0. */
    uint32_t reserved;
    /** Which of the ranks this process is, from 0. */
    uint32_t rank;
    /** How many ranks there are: a power of two, at most 1024. */
    uint32_t size;
    /** Handed to the function; may be NULL. Has to live as long as the trainer, or a job on it. */
    void *user;
    /** Gathers bytes of all ranks. */
    ppo_allgather allgather;
} ppo_collectives;

/**
 * Makes the collectives of one rank alone, ready to be filled in, with the struct's size.
 *
 * \param collectives  the struct to fill
 * \param size         `sizeof(ppo_collectives)` as the caller was compiled
 *
 * Allocates nothing.
 */
ppo_status ppo_collectives_init(struct ppo_collectives *collectives, size_t size);

/**
 * Has a trainer train from now on as one of several ranks, each a process with a trainer like this one, at the same update.
 *
 * \param trainer      a trainer over a market, on the CPU: made anew, or resumed from the same checkpoint on every rank
 * \param collectives  how the ranks reach each other; copied
 *
 * Every rank collects its share of the environments and differentiates its share of each minibatch; the numbers, and the
 * policy that every rank comes to, are those of one trainer alone, to the bit. Every rank has to make the same calls in the same
 * order: updates, jobs with the same options, checkpoints. Checkpoints are written by rank 0; any number of ranks resumes them.
 *
 * The function is called during calls that train or save, on the thread that makes them (or the job's). PPO_ERR_COLLECTIVE from
 * those where it answers an error, or a rank is at something else: the message names it.
 * PPO_ERR_INVALID_ARGUMENT where `size` is no power of two, or does not divide the blocks of environments (`n_envs` in blocks of
 * at most 16), or the trainer is another one. PPO_ERR_BUSY while another call or a job works on the trainer.
 */
ppo_status ppo_trainer_join(const struct ppo_trainer *trainer,
                            const struct ppo_collectives *collectives);

/* ---- Threads of libtorch ------------------------------------------------------------------------------- */

/**
 * How many threads libtorch uses for one operation of this process.
 *
 * \param threads  gets the number
 *
 * This library's own calls use one thread an operation whatever is set (ppo_config's `threads` splits a rollout
 * instead), and leave the number as they found it.
 */
ppo_status ppo_torch_threads(uint32_t *threads);

/**
 * Sets how many threads libtorch uses for one operation, for every user of libtorch in this process.
 *
 * \param threads  1 to 1024
 *
 * It must not be called while a call trains.
 */
ppo_status ppo_torch_set_threads(uint32_t threads);

#ifdef __cplusplus
}
#endif

#endif /* PPO_RISK_TRAINING_H */
