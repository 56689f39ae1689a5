/* Decides with a trained policy: loads it, streams states through it, prints the last weights and the latency.
 *
 *     infer models/sp500-20-stocks.safetensors 100000
 *
 * Build against an installation (docs/install.md):
 *
 *     cc -std=c99 infer.c $(pkg-config --cflags --libs ppo_risk) -o infer
 *
 * or in the checkout, without one (programs look for the library by its soname):
 *
 *     cargo build --release --no-default-features
 *     ln -sf libppo_risk.so target/release/libppo_risk.so.0.1
 *     cc -std=c99 -Iinclude examples/c/infer.c -Ltarget/release -lppo_risk -Wl,-rpath,$PWD/target/release -o infer
 *
 * The states here are made up. A host fills them as ppo_agent_state_len says: current weights, last returns, rolling
 * volatility, cash ratio. */
#define _POSIX_C_SOURCE 199309L

#include "ppo_risk.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Ends the program with the library's words where a call fails. */
static void check(ppo_status status) {
    if (status != PPO_OK) {
        char words[512];
        ppo_last_error(words, sizeof words, NULL);
        fprintf(stderr, "%s: %s\n", ppo_status_name(status), words);
        exit(1);
    }
}

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void *room(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return memory;
}

/* A state like one of the market's: returns and volatilities of a percent or so, and the weights held. */
static void next_state(float *state, size_t assets, const double *held, size_t bar) {
    for (size_t i = 0; i < assets; i++) {
        size_t wiggle = (bar * 7919 + i * 104729) % 1000;
        state[i] = (float)held[i];
        state[assets + i] = ((float)wiggle - 500.0f) * 4e-5f;
        state[2 * assets + i] = 0.01f + (float)(wiggle % 97) * 1e-4f;
    }
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    size_t assets, actions, state_len, prior_len, decisions = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000;
    if (argc < 2 || decisions == 0) {
        fprintf(stderr, "usage: infer POLICY [DECISIONS]\n");
        return 2;
    }
    check(ppo_load(argv[1], &agent));
    check(ppo_agent_asset_count(agent, &assets));
    check(ppo_agent_action_len(agent, &actions));
    check(ppo_agent_state_len(agent, &state_len));
    check(ppo_agent_prior_len(agent, &prior_len));

    float *state = room(state_len, sizeof *state);
    double *weights = room(actions, sizeof *weights);
    double *prior = prior_len > 0 ? room(prior_len, sizeof *prior) : NULL;
    double *latency = room(decisions, sizeof *latency);
    /* The policy's prior at this close: 80% in equal parts, cash for the rest (or all of it, without cash). */
    for (size_t i = 0; i < prior_len; i++) {
        double invested = prior_len > assets ? 0.8 : 1.0;
        prior[i] = i < assets ? invested / (double)assets : 1.0 - invested;
    }
    for (size_t bar = 0; bar < decisions; bar++) {
        next_state(state, assets, weights, bar);
        state[3 * assets] = actions > assets ? (float)weights[assets] : 0.0f;
        double start = nanoseconds();
        check(ppo_select_action(agent, state, state_len, prior, prior_len, weights, actions));
        latency[bar] = nanoseconds() - start;
    }

    printf("ppo_risk %s, %zu decisions\n", ppo_version(), decisions);
    for (size_t i = 0; i < actions; i++) {
        char name[64] = "cash";
        if (i < assets) {
            check(ppo_agent_asset_name(agent, i, name, sizeof name, NULL));
        }
        printf("%-8s %7.4f\n", name, weights[i]);
    }
    qsort(latency, decisions, sizeof *latency, ascending);
    printf("latency in ns: p50 %.0f, p99 %.0f, p99.9 %.0f, max %.0f\n", latency[decisions / 2],
           latency[decisions * 99 / 100], latency[decisions * 999 / 1000], latency[decisions - 1]);
    free(state);
    free(weights);
    free(prior);
    free(latency);
    ppo_agent_free(agent);
    return 0;
}
