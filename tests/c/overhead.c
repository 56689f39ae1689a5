/* What decisions of the demo policy take in C, for programs in other languages that time their own in the same process,
 * in turn with these. */
#include "check.h"
#include <time.h>

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static ppo_agent *agent;

/* From now on one more agent decides, in a place of its own: where a policy lies in memory is worth a few percent, so
 * that several have to be measured. Earlier ones stay. Answers 0. */
int load_in_c(const char *model) {
    EXPECT(PPO_OK, ppo_load(model, &agent));
    return failures;
}

/* Nanoseconds a call of ppo_select_action, over so many of them; below 0 where one failed. */
double decide_in_c(int decisions) {
    float state[STATE];
    double prior[ACTIONS], weights[ACTIONS], start;
    input(1, state, prior);
    start = nanoseconds();
    for (int i = 0; i < decisions; i++) {
        EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    }
    return failures ? -1.0 : (nanoseconds() - start) / decisions;
}

/* Nanoseconds of one call of ppo_select_actions on so many rows; below 0 where it failed. */
double decide_all_in_c(int rows, const float *states, const double *priors, double *weights) {
    size_t n = (size_t)rows;
    double start = nanoseconds();
    EXPECT(PPO_OK, ppo_select_actions(agent, n, states, n * STATE, priors, n * ACTIONS, weights, n * ACTIONS));
    return failures ? -1.0 : nanoseconds() - start;
}
