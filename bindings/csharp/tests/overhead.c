/* Nanoseconds that decisions take in C, for the program that times them in C# in the same process, in turn. */
#include "check.h"
#include <time.h>

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

/* Nanoseconds a decision, over so many of them; below 0 where one failed. */
double decide_in_c(const char *model, int decisions) {
    static ppo_agent *agent;
    float state[STATE];
    double prior[ACTIONS], weights[ACTIONS], start;
    if (agent == NULL) {
        EXPECT(PPO_OK, ppo_load(model, &agent));
    }
    input(1, state, prior);
    start = nanoseconds();
    for (int i = 0; i < decisions; i++) {
        EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    }
    return failures ? -1.0 : (nanoseconds() - start) / decisions;
}
