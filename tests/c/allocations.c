/* Counts the process's allocations: none in a million decisions, the first one included; none in steps of environments;
 * and making and freeing
 * handles, 100,000 times over, leaves no more memory in use. argv: the demo policy, decisions. */
#include "allocations.h"
#include "check.h"
#include <malloc.h>

/* Steps of 4 environments over prices of one asset: episodes end, and nobody takes them. */
static void steps_of_environments(long steps) {
    static const char *const spec =
        "{\"assets\": [\"A\"], \"state\": {\"assets\": 1, \"window\": 5, \"account\": true, \"columns\": []}, "
        "\"action\": {\"prior\": {\"vol_target\": {\"target\": 0.15, \"half_life\": 5, \"lookback\": 9}}}, "
        "\"network\": {\"scorer\": {\"hidden\": [2]}}}";
    static double closes[100], weights[8], prior[8], rewards[4], values[4];
    static float actions[8], states[4 * 6], final_states[4 * 6];
    static uint8_t truncated[4];
    ppo_env_outputs outputs;
    ppo_episode episode;
    ppo_prices prices;
    ppo_market *market = NULL;
    ppo_env *env = NULL;
    ppo_config config;
    size_t taken;
    long before, failed = 0;
    for (int i = 0; i < 100; i++) {
        closes[i] = 100 + i % 7 + i % 3;
    }
    for (int i = 0; i < 8; i++) {
        weights[i] = 0.5;
    }
    EXPECT(PPO_OK, ppo_prices_init(&prices, sizeof prices));
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_env_outputs_init(&outputs, sizeof outputs));
    prices.bars = 100;
    prices.assets = 1;
    prices.closes = closes;
    config.episode_len = 7;
    outputs.len = 4;
    outputs.states_len = 24;
    outputs.prior_len = 8;
    outputs.rewards = rewards;
    outputs.truncated = truncated;
    outputs.states = states;
    outputs.final_states = final_states;
    outputs.prior = prior;
    EXPECT(PPO_OK, ppo_market_from_prices(&prices, &market));
    EXPECT(PPO_OK, ppo_env_new_from_spec(spec, market, &config, 0, 4, &env));
    before = allocations;
    for (long i = 0; i < steps; i++) {
        actions[i % 8] += 0.125f;
        failed += ppo_env_step(env, actions, 8, NULL, 0, &outputs) != PPO_OK;
        failed += ppo_env_step_weights(env, weights, 8, &outputs) != PPO_OK;
        failed += ppo_env_states(env, states, 24) != PPO_OK;
        failed += ppo_env_prior_weights(env, prior, 8) != PPO_OK;
        failed += ppo_env_portfolios(env, values, NULL, 4, weights, 8) != PPO_OK;
        failed += ppo_env_take_episodes(env, &episode, 1, &taken) != PPO_OK;
        if (i % 1000 == 0) {
            failed += ppo_env_reset(env) != PPO_OK;
        }
    }
    CHECK(allocations == before && failed == 0);
    printf("%ld steps of environments\n", 2 * steps);
    ppo_env_free(env);
    ppo_market_free(market);
}

/* An ensemble of five decides and says how far it disagrees, the first time included. */
static void decisions_together(ppo_agent *agent, long decisions) {
    static float state[STATE];
    static double prior[ACTIONS], weights[ACTIONS];
    ppo_agent *ensemble = NULL, *larger = NULL;
    double disagreement;
    long before, failed = 0;
    EXPECT(PPO_OK, ppo_agent_with_member(agent, agent, &ensemble));
    for (int i = 0; i < 3; i++) {
        EXPECT(PPO_OK, ppo_agent_with_member(ensemble, agent, &larger));
        ppo_agent_free(ensemble);
        ensemble = larger;
    }
    input(0, state, prior);
    before = allocations;
    for (long i = 0; i < decisions; i++) {
        state[i % STATE] += 1e-6f;
        failed += ppo_select_action(ensemble, state, STATE, prior, ACTIONS, weights, ACTIONS) != PPO_OK;
        failed += ppo_select_actions(ensemble, 1, state, STATE, prior, ACTIONS, weights, ACTIONS) != PPO_OK;
        failed += ppo_disagreement(ensemble, state, STATE, prior, ACTIONS, &disagreement) != PPO_OK;
    }
    CHECK(allocations == before && failed == 0);
    ppo_agent_free(ensemble);
}

int main(int argc, char **argv) {
    static float state[STATE];
    static double prior[ACTIONS], weights[ACTIONS];
    float action[ACTIONS];
    double numbers[4];
    ppo_agent *agent = NULL;
    ppo_random *stream = NULL;
    long before, counted, decisions;
    size_t used;
    if (argc != 3) {
        return 2;
    }
    decisions = atol(argv[2]);
    before = allocations;
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_random_new(3, 0, &stream));
    CHECK(allocations > before + 10); /* the counter counts the library's */
    input(0, state, prior);
    before = allocations;
    for (long i = 0; i < decisions; i++) {
        state[i % STATE] += 1e-6f;
        if (ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS) != PPO_OK) {
            failures++;
        }
    }
    counted = allocations - before;
    printf("%ld allocations in %ld decisions\n", counted, decisions); /* allocates its buffer */
    CHECK(counted == 0);
    before = allocations;
    for (long i = 0; i < decisions / 100; i++) {
        /* A batch of one row costs what a decision does. */
        failures += ppo_select_actions(agent, 1, state, STATE, prior, ACTIONS, weights, ACTIONS) != PPO_OK;
    }
    CHECK(allocations == before);
    before = allocations;
    for (long i = 0; i < decisions / 100; i++) {
        ppo_status status = ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS, weights,
                                              ACTIONS, &numbers[0]);
        status |= ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, action, ACTIONS, &numbers[1], &numbers[2],
                                      &numbers[3]);
        status |= ppo_value(agent, state, STATE, &numbers[3]);
        failures += status != PPO_OK;
    }
    CHECK(allocations == before);
    decisions_together(agent, decisions / 100);
    steps_of_environments(decisions / 20);
    used = 0;
    for (long i = 0; i < 100000; i++) {
        ppo_agent *clone = NULL;
        ppo_random *copy = NULL;
        EXPECT(PPO_OK, ppo_agent_clone(agent, &clone));
        EXPECT(PPO_OK, ppo_random_clone(stream, &copy));
        ppo_agent_free(clone);
        ppo_random_free(copy);
        /* Headers rest before they are used again, so the first thousands grow. */
        if (i == 5000) {
            used = mallinfo2().uordblks;
        }
    }
    printf("%zu bytes in use after 5,000 handles, %zu after 100,000\n", used, mallinfo2().uordblks);
    CHECK(mallinfo2().uordblks <= used + 1024);
    ppo_agent_free(agent);
    ppo_random_free(stream);
    return finished("allocations");
}
