/* Prints the nanoseconds of a decision: the tenth percentile of many short runs. argv: the demo policy. */
#include "../c/check.h"
#include <time.h>

#define RUNS 2000
#define DECISIONS 50

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static float state[STATE];
    static double prior[ACTIONS], weights[ACTIONS], times[RUNS];
    ppo_agent *agent = NULL;
    if (argc != 2) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    input(0, state, prior);
    for (int run = 0; run < RUNS; run++) {
        double start = nanoseconds();
        for (int i = 0; i < DECISIONS; i++) {
            state[i % STATE] += 1e-6f;
            failures += ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS) != PPO_OK;
        }
        times[run] = (nanoseconds() - start) / DECISIONS;
    }
    qsort(times, RUNS, sizeof *times, ascending);
    if (failures == 0) {
        printf("%.1f\n", times[RUNS / 10]);
    }
    ppo_agent_free(agent);
    return failures != 0;
}
