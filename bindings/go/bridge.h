/* The host's functions as C knows them; each calls the Go function of its name in callbacks.go. `user` is a number. */
#ifndef PPORISK_BRIDGE_H
#define PPORISK_BRIDGE_H

#include <ppo_risk.h>

int32_t pporisk_host_reset(void *user, size_t env, uint64_t seed, float *state, size_t state_len, double *prior,
                           size_t prior_len);
int32_t pporisk_host_step(void *user, size_t env, const double *weights, size_t weights_len, float *state,
                          size_t state_len, double *prior, size_t prior_len, ppo_host_result *result);
int32_t pporisk_host_counterfactual(void *user, size_t env, const double *weights, size_t weights_len,
                                    double *reward);
int32_t pporisk_host_remember(void *user, size_t env);
int32_t pporisk_host_go_back(void *user, size_t env);
int32_t pporisk_allgather(void *user, const void *send, size_t bytes, void *received);
int32_t pporisk_progress(const ppo_metrics *metrics, void *user);
void pporisk_log(uint32_t level, const char *message, void *user);

/* Whether a function of the host is running on this thread. */
int pporisk_in_callback(void);

/* The functions of a host's environment, as the library takes them: with a counterfactual, and with a way back. */
static inline ppo_host_environment pporisk_host_environment(uintptr_t user, int counterfactual, int can_go_back) {
    ppo_host_environment environment;
    ppo_host_environment_init(&environment, sizeof environment);
    environment.user = (void *)user;
    environment.reset = pporisk_host_reset;
    environment.step = pporisk_host_step;
    environment.counterfactual = counterfactual ? pporisk_host_counterfactual : NULL;
    environment.remember = can_go_back ? pporisk_host_remember : NULL;
    environment.go_back = can_go_back ? pporisk_host_go_back : NULL;
    return environment;
}

/* The program's collectives, as the library takes them. */
static inline ppo_collectives pporisk_collectives(uintptr_t user, uint32_t rank, uint32_t size) {
    ppo_collectives collectives;
    ppo_collectives_init(&collectives, sizeof collectives);
    collectives.rank = rank;
    collectives.size = size;
    collectives.user = (void *)user;
    collectives.allgather = pporisk_allgather;
    return collectives;
}

/* How a call trains; `user` is a listener's. */
static inline ppo_train_options pporisk_train_options(uintptr_t user, const char *path, uint64_t interval,
                                                      uint64_t most) {
    ppo_train_options options;
    ppo_train_options_init(&options, sizeof options);
    options.progress = pporisk_progress;
    options.user = (void *)user;
    options.checkpoint_path = path;
    options.checkpoint_interval = interval;
    options.most_updates = most;
    return options;
}

#endif
