/* What the programs that time training share: a trainer of 10 simulated assets, as a rank or alone. */
#ifndef TRAINING_H
#define TRAINING_H

#include "bench.h"

/* Timings of each kind, of which the median counts, and updates of one. */
#define REPEATS 9
#define UPDATES 4
#define WARM_UP 3
/* Of the policies that are compared. */
#define POLICY_UPDATES 3

typedef struct {
    uint32_t threads, n_envs, n_steps, batch_size;
} shape;

static const shape usual = {1, 64, 64, 1024};

typedef struct {
    ppo_agent *agent;
    ppo_market *market;
    ppo_trainer *trainer;
} training;

/* `network` names the file of the policy's spec: spec.json, 2 x 256 tanh, or attention.json. `collectives` is NULL for a trainer
 * alone. */
static inline training begin(const char *folder, const char *network, shape shape, const ppo_collectives *collectives) {
    training made = {NULL, NULL, NULL};
    ppo_config config;
    char *spec = contents(folder, network), *market = contents(folder, "market.json");
    MUST(ppo_config_init(&config, sizeof config));
    config.total_steps = (uint64_t)1 << 40;
    config.device = PPO_DEVICE_CPU;
    config.ent_coef = 0.01;
    config.threads = shape.threads;
    config.n_envs = shape.n_envs;
    config.n_steps = shape.n_steps;
    config.batch_size = shape.batch_size;
    MUST(ppo_agent_new(spec, NULL, &made.agent));
    MUST(ppo_market_simulated(market, &made.market));
    MUST(ppo_trainer_new(made.agent, made.market, &config, &made.trainer));
    if (collectives != NULL) MUST(ppo_trainer_join(made.trainer, collectives));
    free(spec);
    free(market);
    return made;
}

static inline void end(training training) {
    ppo_trainer_free(training.trainer);
    ppo_market_free(training.market);
    ppo_agent_free(training.agent);
}

static inline void update(training training, int times) {
    while (times-- > 0) MUST(ppo_update(training.trainer, NULL));
}

/* Decisions a second of one update after another. */
static inline double rate_of(training training, shape shape) {
    uint64_t start = nanoseconds();
    update(training, UPDATES);
    return (double)UPDATES * shape.n_envs * shape.n_steps * 1e9 / (double)(nanoseconds() - start);
}

static inline int rising(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of REPEATS numbers, which are sorted. */
static inline double median(double *values) {
    qsort(values, REPEATS, sizeof *values, rising);
    return values[REPEATS / 2];
}

#endif
