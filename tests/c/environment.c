/* Steps of environments as bytes, for the Rust test to compare with its own. argv: the file to write, a folder,
 * steps. Closes; then, step by step: actions (even steps) or weights (odd steps), rewards, raw rewards, net returns, turnovers,
 * costs, terminated, truncated, states, final states, prior, values, drawdowns, weights held; then the episodes. The
 * same prices through a CSV file give the same bytes. */
#include "check.h"

#define BARS 400
#define N 5
#define E 8
#define A (N + 1)
#define S (3 * N + 1 + 2 + 1)

static const char *const SPEC =
    "{\"assets\": [\"V\", \"W\", \"X\", \"Y\", \"Z\"], \"state\": {\"assets\": 5, \"window\": 20, \"account\": true, "
    "\"columns\": [\"wave\"]}, \"action\": {\"distribution\": \"gaussian\", \"trade_band\": 0.02, \"weight_cap\": 0.6, "
    "\"prior\": {\"vol_target\": {\"target\": 0.15, \"half_life\": 20, \"lookback\": 60}}}, "
    "\"network\": {\"scorer\": {\"hidden\": [4]}}}";

static const char *const NAMES[N] = {"V", "W", "X", "Y", "Z"}, *const WAVE[1] = {"wave"};

/* All that a step gives. No padding: it is compared as bytes. */
struct step {
    double rewards[E], raw_rewards[E], net_returns[E], turnovers[E], costs[E], prior[E * A], values[E], drawdowns[E],
        weights[E * A];
    float states[E * S], final_states[E * S];
    uint8_t terminated[E], truncated[E];
};

static unsigned seed = 12345;

/* In [0, 1). Sums, products and quotients by powers of 2 alone. */
static double drawn(void) {
    seed = seed * 1664525u + 1013904223u;
    return (double)(seed >> 8) / 16777216.0;
}

static ppo_env_outputs outputs_of(struct step *step) {
    ppo_env_outputs outputs;
    EXPECT(PPO_OK, ppo_env_outputs_init(&outputs, sizeof outputs));
    outputs.len = E;
    outputs.states_len = E * S;
    outputs.prior_len = E * A;
    outputs.rewards = step->rewards;
    outputs.raw_rewards = step->raw_rewards;
    outputs.net_returns = step->net_returns;
    outputs.turnovers = step->turnovers;
    outputs.costs = step->costs;
    outputs.terminated = step->terminated;
    outputs.truncated = step->truncated;
    outputs.states = step->states;
    outputs.final_states = step->final_states;
    outputs.prior = step->prior;
    return outputs;
}

/* Environments of the bars 100 to 300 of a market, by way of an agent or of a spec. */
static ppo_env *environments(const ppo_market *market, int by_agent) {
    ppo_market *selected = NULL;
    ppo_agent *agent = NULL;
    ppo_env *env = NULL;
    ppo_config config;
    EXPECT(PPO_OK, ppo_market_select(market, 100, 300, &selected));
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.seed = 9;
    config.episode_len = 60;
    config.control_variate = PPO_CONTROL_VARIATE_PRIOR_PATH;
    if (by_agent) {
        EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
        EXPECT(PPO_OK, ppo_env_new(agent, selected, &config, 3, E, &env));
    } else {
        EXPECT(PPO_OK, ppo_env_new_from_spec(SPEC, selected, &config, 3, E, &env));
    }
    ppo_agent_free(agent);
    ppo_market_free(selected); /* environments keep what they need */
    return env;
}

int main(int argc, char **argv) {
    static double closes[BARS * N], wave[BARS];
    static struct step step, same;
    ppo_env_outputs outputs = outputs_of(&step), outputs_of_same = outputs_of(&same);
    ppo_prices prices;
    ppo_market *market = NULL, *from_file = NULL;
    ppo_env *env, *env_of_file;
    ppo_episode episodes[E];
    FILE *file;
    char path[1024];
    size_t taken;
    if (argc != 4) {
        return 2;
    }
    file = fopen(argv[1], "wb");
    CHECK(file != NULL);
    for (int i = 0; i < BARS * N; i++) {
        closes[i] = (i < N ? 100 : closes[i - N]) * (1 + 0.03 * (drawn() - 0.49));
    }
    for (int t = 0; t < BARS; t++) {
        wave[t] = drawn();
    }
    EXPECT(PPO_OK, ppo_prices_init(&prices, sizeof prices));
    prices.bars = BARS;
    prices.assets = N;
    prices.columns = 1;
    prices.closes = closes;
    prices.asset_names = NAMES;
    prices.column_names = WAVE;
    prices.signals = wave;
    prices.cash_rate = 0.03;
    EXPECT(PPO_OK, ppo_market_from_prices(&prices, &market));
    snprintf(path, sizeof path, "%s/prices.csv", argv[2]);
    EXPECT(PPO_OK, ppo_market_write_csv(market, path));
    EXPECT(PPO_OK, ppo_market_from_csv(path, "{\"signals\": [\"wave\"], \"cash_rate\": \"cash_rate\"}", NAN, &from_file));
    env = environments(market, 1);
    env_of_file = environments(from_file, 0);
    ppo_market_free(market);
    ppo_market_free(from_file);
    fwrite(closes, sizeof *closes, BARS * N, file);
    fwrite(wave, sizeof *wave, BARS, file);
    for (int t = 0; t < atoi(argv[3]); t++) {
        if (t % 2 == 0) {
            float actions[E * A];
            for (int i = 0; i < E * A; i++) {
                actions[i] = (float)(drawn() * 4 - 2);
            }
            EXPECT(PPO_OK, ppo_env_step(env, actions, E * A, NULL, 0, &outputs));
            EXPECT(PPO_OK, ppo_env_step(env_of_file, actions, E * A, NULL, 0, &outputs_of_same));
            fwrite(actions, sizeof *actions, E * A, file);
        } else {
            double weights[E * A];
            for (int e = 0; e < E; e++) {
                double sum = 0;
                for (int i = 0; i < A; i++) {
                    weights[e * A + i] = drawn();
                    sum += weights[e * A + i];
                }
                for (int i = 0; i < A; i++) {
                    weights[e * A + i] /= sum;
                }
            }
            EXPECT(PPO_OK, ppo_env_step_weights(env, weights, E * A, &outputs));
            EXPECT(PPO_OK, ppo_env_step_weights(env_of_file, weights, E * A, &outputs_of_same));
            fwrite(weights, sizeof *weights, E * A, file);
        }
        EXPECT(PPO_OK, ppo_env_portfolios(env, step.values, step.drawdowns, E, step.weights, E * A));
        EXPECT(PPO_OK, ppo_env_portfolios(env_of_file, same.values, same.drawdowns, E, same.weights, E * A));
        CHECK(memcmp(&step, &same, sizeof step) == 0);
        fwrite(step.rewards, sizeof(double), E, file);
        fwrite(step.raw_rewards, sizeof(double), E, file);
        fwrite(step.net_returns, sizeof(double), E, file);
        fwrite(step.turnovers, sizeof(double), E, file);
        fwrite(step.costs, sizeof(double), E, file);
        fwrite(step.terminated, 1, E, file);
        fwrite(step.truncated, 1, E, file);
        fwrite(step.states, sizeof(float), E * S, file);
        fwrite(step.final_states, sizeof(float), E * S, file);
        fwrite(step.prior, sizeof(double), E * A, file);
        fwrite(step.values, sizeof(double), E, file);
        fwrite(step.drawdowns, sizeof(double), E, file);
        fwrite(step.weights, sizeof(double), E * A, file);
    }
    do {
        EXPECT(PPO_OK, ppo_env_take_episodes(env, episodes, E, &taken));
        for (size_t i = 0; i < taken; i++) {
            double sums[5] = {episodes[i].reward_sum, episodes[i].log_growth, episodes[i].turnover, episodes[i].cost,
                              (double)episodes[i].steps};
            fwrite(sums, sizeof *sums, 5, file);
        }
    } while (taken == E);
    CHECK(fclose(file) == 0);
    ppo_env_free(env);
    ppo_env_free(env_of_file);
    return finished("environment");
}
