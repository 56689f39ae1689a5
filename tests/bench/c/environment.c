/* Steps a second of 64 environments on one thread, all that a step does included: softmax, exact costs, reward, drift,
 * state written, returns drawn. 10 assets, fully invested, gaussian, no prior, shaped reward, episodes of 252 steps,
 * volatility over 20 bars, correlated geometric Brownian motion. argv: the inputs. */
#include "bench.h"
#include <math.h>

#define ENVIRONMENTS 64
/* Steps of all of them in one timing: two episodes. */
#define STEPS 504
/* Timings, of which the median counts. */
#define REPEATS 31
#define SCORES 16

int main(int argc, char **argv) {
    static float scores[SCORES][ENVIRONMENTS * ASSETS], states[ENVIRONMENTS * STATE];
    static double rewards[ENVIRONMENTS];
    static ppo_episode episodes[4 * ENVIRONMENTS];
    uint64_t times[REPEATS];
    ppo_env_outputs outputs;
    ppo_market *market = NULL;
    ppo_env *env = NULL;
    uint32_t seed = 1;
    size_t taken;
    if (argc != 2) return 2;
    MUST(ppo_market_simulated(contents(argv[1], "market.json"), &market));
    MUST(ppo_env_new_from_spec(contents(argv[1], "spec.json"), market, NULL, 0, ENVIRONMENTS, &env));
    MUST(ppo_env_outputs_init(&outputs, sizeof outputs));
    outputs.len = ENVIRONMENTS;
    outputs.states_len = ENVIRONMENTS * STATE;
    outputs.rewards = rewards;
    outputs.states = states;
    /* Standard normal, as a new policy samples them: Box and Muller's; drawn beforehand, as that is the policy's work. */
    for (int i = 0; i < SCORES; i++) {
        for (int j = 0; j < ENVIRONMENTS * ASSETS; j++) {
            float u = (next_number(&seed) + 1.000001f) / 2.000002f, v = next_number(&seed);
            scores[i][j] = sqrtf(-2 * logf(u)) * cosf(3.14159265f * v);
        }
    }
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t start = nanoseconds();
        for (int step = 0; step < STEPS; step++) {
            MUST(ppo_env_step(env, scores[step % SCORES], ENVIRONMENTS * ASSETS, NULL, 0, &outputs));
            opaque(rewards);
        }
        MUST(ppo_env_take_episodes(env, episodes, 4 * ENVIRONMENTS, &taken));
        times[repeat] = nanoseconds() - start;
    }
    qsort(times, REPEATS, sizeof *times, ascending);
    printf("env_steps_per_s %.0f\n", STEPS * ENVIRONMENTS * 1e9 / (double)times[REPEATS / 2]);
    ppo_env_free(env);
    ppo_market_free(market);
    return 0;
}
