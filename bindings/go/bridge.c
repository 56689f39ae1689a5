#include "bridge.h"
#include "_cgo_export.h"

/* A goroutine stays on its thread while C has called it, so the thread tells a callback from other code. */
static __thread int depth;

int pporisk_in_callback(void) {
    return depth > 0;
}

int32_t pporisk_host_reset(void *user, size_t env, uint64_t seed, float *state, size_t state_len, double *prior,
                           size_t prior_len) {
    int32_t answer;
    depth++;
    answer = pporiskHostReset((uintptr_t)user, env, seed, state, state_len, prior, prior_len);
    depth--;
    return answer;
}

int32_t pporisk_host_step(void *user, size_t env, const double *weights, size_t weights_len, float *state,
                          size_t state_len, double *prior, size_t prior_len, ppo_host_result *result) {
    int32_t answer;
    depth++;
    answer = pporiskHostStep((uintptr_t)user, env, (double *)weights, weights_len, state, state_len, prior, prior_len,
                             result);
    depth--;
    return answer;
}

int32_t pporisk_host_counterfactual(void *user, size_t env, const double *weights, size_t weights_len,
                                    double *reward) {
    int32_t answer;
    depth++;
    answer = pporiskHostCounterfactual((uintptr_t)user, env, (double *)weights, weights_len, reward);
    depth--;
    return answer;
}

int32_t pporisk_host_remember(void *user, size_t env) {
    int32_t answer;
    depth++;
    answer = pporiskHostRemember((uintptr_t)user, env);
    depth--;
    return answer;
}

int32_t pporisk_host_go_back(void *user, size_t env) {
    int32_t answer;
    depth++;
    answer = pporiskHostGoBack((uintptr_t)user, env);
    depth--;
    return answer;
}

int32_t pporisk_allgather(void *user, const void *send, size_t bytes, void *received) {
    int32_t answer;
    depth++;
    answer = pporiskAllgather((uintptr_t)user, (void *)send, bytes, received);
    depth--;
    return answer;
}

int32_t pporisk_progress(const ppo_metrics *metrics, void *user) {
    int32_t answer;
    depth++;
    answer = pporiskProgress((ppo_metrics *)metrics, (uintptr_t)user);
    depth--;
    return answer;
}

void pporisk_log(uint32_t level, const char *message, void *user) {
    depth++;
    pporiskLog(level, (char *)message, (uintptr_t)user);
    depth--;
}
