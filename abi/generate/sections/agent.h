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

agent/mod.rs     An agent: made, loaded, saved, described
agent/action.rs  Deciding
agent/batch.rs   Deciding in many states at once
agent/ensemble.rs Several policies that decide together
agent/explain.rs Why a decision is what it is
agent/export.rs  Export
random.rs        Streams of random numbers
