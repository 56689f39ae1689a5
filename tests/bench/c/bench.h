/* What the programs of this folder share. Each is linked with an installed library alone, and prints `name value` lines.
 * Its first argument is the folder of inputs that tests/bench/installed.rs writes. */
#ifndef BENCH_H
#define BENCH_H

#include "ppo_risk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Calls of one timing of single calls. */
#define CALLS 1000000
/* The benchmark network: 31 inputs, 2 x 256 tanh, 10 assets without cash. */
#define ASSETS 10
#define STATE 31
#define HIDDEN 256

/* Ends the program, saying where, if a call fails. */
#define MUST(call)                                                                                          \
    do {                                                                                                    \
        ppo_status answer_ = (call);                                                                        \
        if (answer_ != PPO_OK) {                                                                            \
            char words_[512];                                                                               \
            ppo_last_error(words_, sizeof words_, NULL);                                                    \
            fprintf(stderr, "%s, line %d: %s: %s: %s\n", __FILE__, __LINE__, #call,                         \
                    ppo_status_name(answer_), words_);                                                      \
            exit(1);                                                                                        \
        }                                                                                                   \
    } while (0)

static inline uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1000000000u * (uint64_t)now.tv_sec + (uint64_t)now.tv_nsec;
}

/* Keeps the compiler from working out, or leaving out, what a pointer leads to. */
static inline void opaque(const void *pointer) {
    __asm__ volatile("" : : "r"(pointer) : "memory");
}

static inline int ascending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

typedef struct {
    uint64_t p50, p99, p999;
} quantiles;

/* Of CALLS times, which are sorted. */
static inline quantiles quantiles_of(uint64_t *times) {
    quantiles found;
    qsort(times, CALLS, sizeof *times, ascending);
    found.p50 = times[CALLS / 2];
    found.p99 = times[CALLS / 100 * 99];
    found.p999 = times[CALLS / 1000 * 999];
    return found;
}

/* The smaller of each. */
static inline quantiles better(quantiles a, quantiles b) {
    if (b.p50 < a.p50) a.p50 = b.p50;
    if (b.p99 < a.p99) a.p99 = b.p99;
    if (b.p999 < a.p999) a.p999 = b.p999;
    return a;
}

/* A file of the inputs with a zero byte at its end, which is never freed. */
static inline char *contents(const char *folder, const char *name) {
    char path[4096];
    FILE *file;
    char *text;
    long size;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0
        || (text = calloc((size_t)size + 1, 1)) == NULL || fread(text, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return text;
}

/* An agent with the benchmark policy. */
static inline ppo_agent *benchmark_agent(const char *folder) {
    char path[4096];
    ppo_agent *agent = NULL;
    snprintf(path, sizeof path, "%s/policy.safetensors", folder);
    MUST(ppo_load(path, &agent));
    return agent;
}

/* Numbers in [-1, 1) that look random. */
static inline float next_number(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return (float)(*seed >> 8) / 8388608.0f - 1.0f;
}

#endif
