/* Every export of environments with what no caller should hand it. argv: the demo policy, a folder to write to. */
#include "check.h"

static char text[4096];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

#define SPEC(window)                                                                                                   \
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": " window                                          \
    ", \"account\": false, \"columns\": []}, \"action\": {\"distribution\": \"gaussian\"}, "                               \
    "\"network\": {\"scorer\": {\"hidden\": [4]}}}"

/* 2 environments of 2 assets and cash: E, A and S. */
#define E 2
#define A 3
#define S 7

static ppo_market *market_of(const char *first, const char *second) {
    static double closes[60];
    const char *names[2];
    ppo_prices prices;
    ppo_market *market = NULL;
    for (int i = 0; i < 60; i++) {
        closes[i] = 100 + i % 7;
    }
    names[0] = first;
    names[1] = second;
    EXPECT(PPO_OK, ppo_prices_init(&prices, sizeof prices));
    prices.bars = 30;
    prices.assets = 2;
    prices.closes = closes;
    prices.asset_names = first == NULL ? NULL : names;
    EXPECT(PPO_OK, ppo_market_from_prices(&prices, &market));
    return market;
}

static void making(void) {
    ppo_market *market = market_of("A", "B"), *other = market_of("B", "A"), *unnamed = market_of(NULL, NULL);
    ppo_market *late = NULL;
    ppo_agent *agent = NULL;
    ppo_env *env = NULL;
    ppo_config config;
    const ppo_agent *wrong_agent = (const ppo_agent *)(const void *)market;
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_agent_new(SPEC("3"), NULL, &agent));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_new(NULL, market, &config, 0, E, &env));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_new(agent, NULL, &config, 0, E, &env));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_new(agent, market, &config, 0, E, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_new(wrong_agent, market, &config, 0, E, &env));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_new(agent, (const ppo_market *)(const void *)agent, &config, 0, E, &env));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new(agent, market, &config, 0, 0, &env));
    CHECK(says("`count` is 0"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new(agent, market, &config, 0, SIZE_MAX, &env));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new(agent, market, &config, UINT64_MAX, E, &env));
    CHECK(says("first_index"));
    config.balance = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_env_new(agent, market, &config, 0, E, &env));
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.struct_size = 12;
    EXPECT(PPO_ERR_VERSION, ppo_env_new(agent, market, &config, 0, E, &env));
    /* Assets are taken by their names, unless the prices have none. */
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new(agent, other, NULL, 0, E, &env));
    CHECK(says("`market.assets` is 2 (B, A), expected 2 (A, B)"));
    /* A range that leaves no room for the look-back. */
    EXPECT(PPO_OK, ppo_market_select(market, 0, 3, &late));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new(agent, late, NULL, 0, E, &env));
    CHECK(says("`market` is") && env == NULL);
    EXPECT(PPO_OK, ppo_env_new(agent, unnamed, NULL, 0, E, &env));
    ppo_env_free(env);
    env = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_new_from_spec(NULL, market, NULL, 0, E, &env));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_new_from_spec(SPEC("3"), NULL, NULL, 0, E, &env));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_new_from_spec(SPEC("3"), market, NULL, 0, E, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new_from_spec("{}", market, NULL, 0, E, &env));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new_from_spec(SPEC("0"), market, NULL, 0, E, &env));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new_from_spec(SPEC("29"), market, NULL, 0, E, &env));
    CHECK(says("`market` is") && env == NULL);
    EXPECT(PPO_OK, ppo_env_new_from_spec(SPEC("3"), market, NULL, 0, E, &env));
    ppo_env_free(env);
    ppo_agent_free(agent);
    ppo_market_free(late);
    ppo_market_free(unnamed);
    ppo_market_free(other);
    ppo_market_free(market);
}

static void asks(ppo_env *env, ppo_env *wrong) {
    size_t size = 77;
    float states[E * S] = {42};
    double prior[E * A] = {42}, values[E] = {42}, drawdowns[E], weights[E * 3] = {42};
    ppo_episode episodes[4] = {{42, 0, 0, 0, 0}};
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_count(NULL, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_count(env, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_count(wrong, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_asset_count(NULL, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_asset_count(env, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_score_len(NULL, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_action_len(NULL, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_score_len(env, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_action_len(env, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_state_len(NULL, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_state_len(env, NULL));
    CHECK(size == 77);
    EXPECT(PPO_OK, ppo_env_count(env, &size));
    CHECK(size == E);
    EXPECT(PPO_OK, ppo_env_asset_count(env, &size));
    CHECK(size == 2);
    EXPECT(PPO_OK, ppo_env_score_len(env, &size));
    EXPECT(PPO_OK, ppo_env_action_len(env, &size));
    CHECK(size == A);
    EXPECT(PPO_OK, ppo_env_state_len(env, &size));
    CHECK(size == S);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_states(NULL, states, E * S));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_states(env, NULL, E * S));
    EXPECT(PPO_ERR_LENGTH, ppo_env_states(env, states, E * S - 1));
    EXPECT(PPO_ERR_LENGTH, ppo_env_states(env, states, 0));
    CHECK(states[0] == 42);
    EXPECT(PPO_OK, ppo_env_states(env, states, E * S));
    CHECK(states[0] == 0 && states[S - 1] == 1); /* all in cash */
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_prior_weights(NULL, prior, E * A));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_prior_weights(env, NULL, E * A));
    EXPECT(PPO_ERR_LENGTH, ppo_env_prior_weights(env, prior, A));
    CHECK(prior[0] == 42);
    EXPECT(PPO_OK, ppo_env_prior_weights(env, prior, E * A));
    CHECK(prior[0] == 1.0 / 3 && prior[E * A - 1] == 1.0 / 3);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_portfolios(NULL, values, drawdowns, E, weights, E * 3));
    EXPECT(PPO_ERR_LENGTH, ppo_env_portfolios(env, values, NULL, E + 1, NULL, 0));
    EXPECT(PPO_ERR_LENGTH, ppo_env_portfolios(env, NULL, drawdowns, 0, NULL, 0));
    EXPECT(PPO_ERR_LENGTH, ppo_env_portfolios(env, values, drawdowns, E, weights, E));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_portfolios(env, values, values, E, NULL, 0));
    CHECK(says("`drawdowns` is memory that `values` uses"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_portfolios(env, weights + 4, NULL, E, weights, E * 3));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_portfolios(env, values, NULL, E, NULL, E * 3));
    CHECK(values[0] == 42 && weights[0] == 42);
    EXPECT(PPO_OK, ppo_env_portfolios(env, values, drawdowns, E, weights, E * 3));
    CHECK(values[1] == 100000 && drawdowns[1] == 0 && weights[0] == 0 && weights[2] == 1);
    EXPECT(PPO_OK, ppo_env_portfolios(env, NULL, NULL, 0, NULL, 0));
    size = 77;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_take_episodes(NULL, episodes, 4, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_take_episodes(env, NULL, 4, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_take_episodes(env, episodes, 4, NULL));
    EXPECT(PPO_ERR_LENGTH, ppo_env_take_episodes(env, episodes, 0, &size));
    CHECK(size == 77);
    EXPECT(PPO_OK, ppo_env_take_episodes(env, episodes, 4, &size));
    CHECK(size == 0 && episodes[0].reward_sum == 42);
}

static void steps(ppo_env *env, ppo_env *wrong) {
    ppo_env_outputs outputs;
    float actions[E * A] = {0.5f, -0.5f, 0, 0.1f, 0.2f, 0.3f}, states[E * S] = {42}, before[E * S];
    double weights[E * A] = {0.5, 0.25, 0.25, 0, 0, 1}, rewards[E] = {42}, turnovers[E], prior[E * A];
    uint8_t truncated[E];
    ppo_episode episodes[E];
    size_t taken = 77;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_outputs_init(NULL, sizeof outputs));
    EXPECT(PPO_ERR_VERSION, ppo_env_outputs_init(&outputs, 8));
    EXPECT(PPO_OK, ppo_env_outputs_init(&outputs, sizeof outputs));
    EXPECT(PPO_OK, ppo_env_states(env, before, E * S));
    outputs.len = E;
    outputs.states_len = E * S;
    outputs.rewards = rewards;
    outputs.states = states;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_step(NULL, actions, E * A, NULL, 0, &outputs));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_step(wrong, actions, E * A, NULL, 0, &outputs));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_step(env, NULL, E * A, NULL, 0, &outputs));
    EXPECT(PPO_ERR_LENGTH, ppo_env_step(env, actions, E * A - 1, NULL, 0, &outputs));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_step(env, actions, E * A, NULL, E * A, &outputs));
    EXPECT(PPO_ERR_LENGTH, ppo_env_step(env, actions, E * A, actions, 1, &outputs));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_step_weights(NULL, weights, E * A, &outputs));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_step_weights(wrong, weights, E * A, &outputs));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_step_weights(env, NULL, E * A, &outputs));
    EXPECT(PPO_ERR_LENGTH, ppo_env_step_weights(env, weights, A, &outputs));
    actions[4] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
    CHECK(says("actions[1][1]"));
    actions[4] = 0.2f;
    weights[5] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_env_step_weights(env, weights, E * A, &outputs));
    CHECK(says("weights[1]"));
    weights[5] = 1.1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_step_weights(env, weights, E * A, &outputs));
    weights[5] = 1;
    weights[4] = -0.0001;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_step_weights(env, weights, E * A, &outputs));
    weights[4] = 0;
    outputs.len = 1;
    EXPECT(PPO_ERR_LENGTH, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
    CHECK(says("outputs.rewards"));
    outputs.len = UINT64_MAX;
    EXPECT(PPO_ERR_LENGTH, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
    outputs.len = E;
    outputs.states_len = 0;
    EXPECT(PPO_ERR_LENGTH, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
    outputs.states_len = E * S;
    outputs.final_states = states + 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
    CHECK(says("`outputs.final_states` is memory that `outputs.states` uses"));
    outputs.final_states = NULL;
    outputs.costs = weights;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_step_weights(env, weights, E * A, &outputs));
    CHECK(says("`outputs.costs` is memory that `weights` uses"));
    outputs.turnovers = turnovers;
    outputs.costs = rewards;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
    CHECK(says("`outputs.costs` is memory that `outputs.rewards` uses"));
    outputs.costs = NULL;
    outputs.prior = prior;
    EXPECT(PPO_ERR_LENGTH, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
    outputs.prior_len = E * A;
    outputs.reserved = 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
    outputs.reserved = 0;
    outputs.struct_size = 9;
    EXPECT(PPO_ERR_VERSION, ppo_env_step_weights(env, weights, E * A, &outputs));
    outputs.struct_size = sizeof outputs;
    /* Nothing has moved and nothing was written. */
    CHECK(rewards[0] == 42 && states[0] == 42);
    EXPECT(PPO_OK, ppo_env_states(env, states, E * S));
    CHECK(memcmp(states, before, sizeof states) == 0);
    outputs.truncated = truncated;
    EXPECT(PPO_OK, ppo_env_step_weights(env, weights, E * A, &outputs));
    CHECK(turnovers[0] == 0.75 && turnovers[1] == 0 && truncated[0] == 0 && rewards[0] != 42);
    CHECK(memcmp(states, before, sizeof states) != 0 && prior[0] == 1.0 / 3);
    EXPECT(PPO_OK, ppo_env_step(env, actions, E * A, NULL, 0, NULL)); /* the second and last of an episode */
    EXPECT(PPO_OK, ppo_env_take_episodes(env, episodes, E, &taken));
    CHECK(taken == E && episodes[0].steps == 2 && episodes[0].turnover > 0.75);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_reset(NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_reset(wrong));
    EXPECT(PPO_OK, ppo_env_step(env, actions, E * A, NULL, 0, NULL));
    EXPECT(PPO_OK, ppo_env_reset(env));
    EXPECT(PPO_OK, ppo_env_take_episodes(env, episodes, E, &taken));
    CHECK(taken == 0);
}

static void snapshots(ppo_env *env, ppo_env *other, ppo_env *wrong) {
    static uint8_t bytes[1 << 14];
    float actions[E * A] = {0.5f, -0.5f, 0, 0.1f, 0.2f, 0.3f}, states[E * S], again[E * S];
    size_t size = 77;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_snapshot(NULL, bytes, sizeof bytes, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_snapshot(env, NULL, 5, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_snapshot(env, NULL, 0, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_snapshot(wrong, bytes, sizeof bytes, &size));
    CHECK(size == 77);
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_env_snapshot(env, bytes, 9, &size));
    CHECK(size > 100 && bytes[0] == 0);
    EXPECT(PPO_OK, ppo_env_snapshot(env, bytes, sizeof bytes, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_restore(NULL, bytes, size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_restore(env, NULL, size));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_restore(wrong, bytes, size));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_restore(env, bytes, 0));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_restore(env, bytes, size - 1));
    CHECK(says("changed or cut"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_restore(other, bytes, size));
    CHECK(says("other settings"));
    EXPECT(PPO_OK, ppo_env_step(env, actions, E * A, NULL, 0, NULL));
    EXPECT(PPO_OK, ppo_env_states(env, states, E * S));
    EXPECT(PPO_OK, ppo_env_restore(env, bytes, size));
    EXPECT(PPO_OK, ppo_env_states(env, again, E * S));
    CHECK(memcmp(states, again, sizeof states) != 0);
    EXPECT(PPO_OK, ppo_env_step(env, actions, E * A, NULL, 0, NULL));
    EXPECT(PPO_OK, ppo_env_states(env, again, E * S));
    CHECK(memcmp(states, again, sizeof states) == 0);
}

int main(int argc, char **argv) {
    ppo_market *market = market_of("A", "B");
    ppo_config config;
    ppo_env *env = NULL, *other = NULL, *critical = NULL, *wrong = (ppo_env *)(void *)market;
    float actions[E * A] = {0};
    (void)argv;
    if (argc != 3) {
        return 2;
    }
    making();
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_env_new_from_spec(SPEC("3"), market, &config, 0, E, &other));
    config.episode_len = 2;
    EXPECT(PPO_OK, ppo_env_new_from_spec(SPEC("3"), market, &config, 0, E, &env));
    config.control_variate = PPO_CONTROL_VARIATE_SELF_CRITICAL;
    EXPECT(PPO_OK, ppo_env_new_from_spec(SPEC("3"), market, &config, 0, E, &critical));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_step(critical, actions, E * A, NULL, 0, NULL));
    CHECK(says("deterministic"));
    EXPECT(PPO_OK, ppo_env_step(critical, actions, E * A, actions, E * A, NULL));
    ppo_env_free(critical);
    asks(env, wrong);
    steps(env, wrong);
    snapshots(env, other, wrong);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_env_last_error(NULL, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_last_error(wrong, text, sizeof text, NULL));
    EXPECT(PPO_OK, ppo_env_last_error(other, text, sizeof text, NULL));
    CHECK(strstr(text, "ppo_env_restore: `bytes`") == text);
    ppo_env_free(NULL);
    ppo_env_free(wrong);
    CHECK(says("ppo_env_free"));
    ppo_market_free(market);
    ppo_env_free(other);
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_env_reset(other));
    ppo_env_free(env);
    return finished("arguments_environment");
}
