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

environment/mod.rs   A batch of environments
environment/step.rs  Stepping
environment/queries.rs  What a batch is, and where it stands
