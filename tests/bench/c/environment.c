/* Steps a second of 64 environments on one thread, all that a step does included: softmax, exact costs, reward, drift,
 * state written, returns drawn. 10 assets, fully invested, gaussian, no prior, shaped reward, episodes of 252 steps,
 * volatility over 20 bars, correlated geometric Brownian motion. Then the same of assets that come and go, long and short,
 * with costs of each asset and bar, impact, least fees and fees on shorts. argv: the inputs. */
#include "bench.h"
#include <math.h>

#define ENVIRONMENTS 64
/* Steps of all of them in one timing: two episodes. */
#define STEPS 504
/* Timings, of which the median counts. */
#define REPEATS 31
#define SCORES 16

/* Bars of the market with everything. */
#define BARS 3000
/* Long and short of each asset, and unused. */
#define BOTH_SIDES (2 * ASSETS + 1)
/* Weights, returns, volatilities and who is there of each asset, and cash. */
#define LISTED_STATE (4 * ASSETS + 1)

/* Standard normal, as a new policy samples them: Box and Muller's; drawn beforehand, as that is the policy's work. */
static void draw(float *scores, size_t count, uint32_t *seed) {
    for (size_t i = 0; i < count; i++) {
        float u = (next_number(seed) + 1.000001f) / 2.000002f, v = next_number(seed);
        scores[i] = sqrtf(-2 * logf(u)) * cosf(3.14159265f * v);
    }
}

/* Prints what a second of steps comes to. */
static void measure(const char *name, ppo_env *env, size_t score_len, size_t state_len) {
    static float scores[SCORES][ENVIRONMENTS * BOTH_SIDES], states[ENVIRONMENTS * LISTED_STATE];
    static double rewards[ENVIRONMENTS];
    static ppo_episode episodes[4 * ENVIRONMENTS];
    uint64_t times[REPEATS];
    ppo_env_outputs outputs;
    uint32_t seed = 1;
    size_t taken;
    MUST(ppo_env_outputs_init(&outputs, sizeof outputs));
    outputs.len = ENVIRONMENTS;
    outputs.states_len = ENVIRONMENTS * state_len;
    outputs.rewards = rewards;
    outputs.states = states;
    for (int i = 0; i < SCORES; i++) draw(scores[i], ENVIRONMENTS * score_len, &seed);
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t start = nanoseconds();
        for (int step = 0; step < STEPS; step++) {
            MUST(ppo_env_step(env, scores[step % SCORES], ENVIRONMENTS * score_len, NULL, 0, &outputs));
            opaque(rewards);
        }
        MUST(ppo_env_take_episodes(env, episodes, 4 * ENVIRONMENTS, &taken));
        times[repeat] = nanoseconds() - start;
    }
    qsort(times, REPEATS, sizeof *times, ascending);
    printf("%s %.0f\n", name, STEPS * ENVIRONMENTS * 1e9 / (double)times[REPEATS / 2]);
}

/* Prices of assets that are listed one after another and miss bars, with volumes and costs of their own. */
static ppo_market *ragged_market(void) {
    static double closes[BARS * ASSETS], volumes[BARS * ASSETS], half_spreads[BARS * ASSETS], borrow_rates[ASSETS];
    uint32_t seed = 2;
    ppo_prices prices;
    ppo_market *market = NULL;
    for (int bar = 0; bar < BARS; bar++) {
        for (int i = 0; i < ASSETS; i++) {
            int cell = bar * ASSETS + i;
            closes[cell] = bar == 0 ? 100 : closes[cell - ASSETS] * (1 + 0.01 * next_number(&seed));
            volumes[cell] = 1e6 * (1.1 + next_number(&seed));
            half_spreads[cell] = 2e-4 * (1.1 + next_number(&seed));
            borrow_rates[i] = 0.01;
        }
    }
    for (int i = 1; i < ASSETS; i++) {
        for (int bar = 0; bar < 100 * i; bar++) closes[bar * ASSETS + i] = NAN;
        for (int gap = 0; gap < 40; gap++) {
            int bar = 100 * i + 1 + (int)((0.5 + 0.5 * next_number(&seed)) * (BARS - 100 * i - 5));
            for (int k = 0; k < 3; k++) closes[(bar + k) * ASSETS + i] = NAN;
        }
    }
    MUST(ppo_prices_init(&prices, sizeof prices));
    prices.bars = BARS;
    prices.assets = ASSETS;
    prices.closes = closes;
    prices.gaps = 1;
    prices.volumes = volumes;
    prices.half_spreads = half_spreads;
    prices.half_spreads_len = BARS * ASSETS;
    prices.borrow_rates = borrow_rates;
    prices.borrow_rates_len = ASSETS;
    MUST(ppo_market_from_prices(&prices, &market));
    return market;
}

/* Long and short in assets that come and go, with every cost there is. */
static const char *everything =
    "{\"assets\": [\"A0\", \"A1\", \"A2\", \"A3\", \"A4\", \"A5\", \"A6\", \"A7\", \"A8\", \"A9\"],"
    "\"state\": {\"assets\": 10, \"window\": 20, \"listed\": true},"
    "\"action\": {\"cash\": true, \"short\": true, \"max_gross\": 1.5},"
    "\"network\": {\"scorer\": {\"hidden\": [8]}}}";

int main(int argc, char **argv) {
    ppo_market *market = NULL;
    ppo_env *env = NULL;
    ppo_config config;
    if (argc != 2) return 2;
    MUST(ppo_market_simulated(contents(argv[1], "market.json"), &market));
    MUST(ppo_env_new_from_spec(contents(argv[1], "spec.json"), market, NULL, 0, ENVIRONMENTS, &env));
    measure("env_steps_per_s", env, ASSETS, STATE);
    ppo_env_free(env);
    ppo_market_free(market);
    market = ragged_market();
    MUST(ppo_config_init(&config, sizeof config));
    config.impact = 1;
    config.minimum_fee = 1;
    MUST(ppo_env_new_from_spec(everything, market, &config, 0, ENVIRONMENTS, &env));
    measure("env_steps_with_all_costs_per_s", env, BOTH_SIDES, LISTED_STATE);
    ppo_env_free(env);
    ppo_market_free(market);
    return 0;
}
