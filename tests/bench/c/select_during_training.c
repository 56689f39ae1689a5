/* What decisions cost while a job trains the same agent. argv: the inputs. */
#include "bench.h"

/* How many timings there are; the best counts. */
#define RUNS 3

static uint64_t times[CALLS];

/* One decision in a hundred takes longer; the best of the runs. */
static uint64_t select_p99(const ppo_agent *agent) {
    static float state[STATE];
    double weights[ASSETS];
    quantiles best = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    for (int run = 0; run < RUNS; run++) {
        for (int i = 0; i < CALLS; i++) {
            uint64_t start = nanoseconds();
            MUST(ppo_select_action(agent, state, STATE, NULL, 0, weights, ASSETS));
            times[i] = nanoseconds() - start;
        }
        best = better(best, quantiles_of(times));
    }
    return best.p99;
}

static int32_t reset(void *user, size_t env, uint64_t seed, float *state, size_t state_len, double *prior,
                     size_t prior_len) {
    (void)user, (void)env, (void)seed, (void)prior, (void)prior_len;
    memset(state, 0, state_len * sizeof *state);
    return 0;
}

static int32_t step(void *user, size_t env, const double *weights, size_t weights_len, float *state,
                    size_t state_len, double *prior, size_t prior_len, ppo_host_result *result) {
    (void)weights_len;
    result->reward = weights[0];
    result->terminated = 1;
    return reset(user, env, 0, state, state_len, prior, prior_len);
}

/* A job trains the agent on one other thread, in environments of this program's. */
static uint64_t p99_during_training(const ppo_agent *agent) {
    ppo_host_environment environment;
    ppo_trainer *trainer = NULL;
    ppo_config config;
    ppo_job *job = NULL;
    uint32_t state;
    uint64_t p99;
    MUST(ppo_config_init(&config, sizeof config));
    MUST(ppo_host_environment_init(&environment, sizeof environment));
    config.total_steps = (uint64_t)1 << 40;
    config.device = PPO_DEVICE_CPU;
    environment.reset = reset;
    environment.step = step;
    MUST(ppo_trainer_new_host(agent, &environment, &config, &trainer));
    MUST(ppo_job_start(trainer, NULL, &job));
    p99 = select_p99(agent);
    MUST(ppo_job_poll(job, &state, NULL));
    if (state != PPO_JOB_RUNNING) {
        fprintf(stderr, "the job trained to its end\n");
        exit(1);
    }
    ppo_job_free(job);
    ppo_trainer_free(trainer);
    return p99;
}

int main(int argc, char **argv) {
    ppo_agent *agent;
    if (argc != 2) return 2;
    agent = benchmark_agent(argv[1]);
    printf("select_action_p99_ns %llu\n", (unsigned long long)select_p99(agent));
    printf("select_during_training_p99_ns %llu\n", (unsigned long long)p99_during_training(agent));
    ppo_agent_free(agent);
    return 0;
}
