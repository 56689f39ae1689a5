/* What the programs of this folder share: a check that says where it failed, and the demo policy's inputs. */
#ifndef CHECK_H
#define CHECK_H

#include "ppo_risk.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

/* Says so and goes on where a condition does not hold. */
#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            failures++;                                                                   \
            printf("%s, line %d: %s\n", __FILE__, __LINE__, #condition);                  \
        }                                                                                 \
    } while (0)

/* Adds the error message of a failed call to the file that REFUSALS names, where it names one: a test reads them all. */
static inline void keep_words(ppo_status answer) {
    const char *path = getenv("REFUSALS");
    FILE *file = answer != PPO_OK && path != NULL ? fopen(path, "a") : NULL;
    if (file != NULL) {
        char words[4096];
        ppo_last_error(words, sizeof words, NULL);
        fprintf(file, "%s\t%s\n", ppo_status_name(answer), words);
        fclose(file);
    }
}

/* Says so and goes on where a call answers another status. */
#define EXPECT(expected, call)                                                            \
    do {                                                                                  \
        ppo_status answer_ = (call);                                                      \
        keep_words(answer_);                                                              \
        if (answer_ != (expected)) {                                                      \
            char words_[512];                                                             \
            ppo_last_error(words_, sizeof words_, NULL);                                  \
            failures++;                                                                   \
            printf("%s, line %d: %s answers %s, expected %s (%s)\n", __FILE__, __LINE__,  \
                   #call, ppo_status_name(answer_), ppo_status_name(expected), words_);   \
        }                                                                                 \
    } while (0)

/* A day in nanoseconds, as times of bars count. */
#define DAY INT64_C(86400000000000)

/* The demo policy: 20 assets, cash, a prior. */
#define ASSETS 20
#define ACTIONS 21
#define STATE 61

/* A state and a prior that differ with `k`. Sums and quotients alone, so that every compiler gives the same bits. */
static inline void input(unsigned k, float *state, double *prior) {
    unsigned seed = 2654435761u * (k + 1u);
    for (int i = 0; i < STATE; i++) {
        seed = seed * 1664525u + 1013904223u;
        state[i] = (float)(seed >> 8) / 16777216.0f * 0.1f - 0.05f;
    }
    for (int i = 0; i < ACTIONS; i++) {
        seed = seed * 1664525u + 1013904223u;
        prior[i] = (double)(seed >> 8) / 16777216.0 / 10.5;
    }
}

static inline int finished(const char *what) {
    printf("%s: %s\n", what, failures ? "FAILED" : "ok");
    return failures ? 1 : 0;
}

#endif
