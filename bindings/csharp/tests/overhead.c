/* Nanoseconds a decision takes in C. argv: the demo policy, decisions. */
#include "check.h"
#include <time.h>

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    float state[STATE];
    double prior[ACTIONS], weights[ACTIONS], start = 0.0;
    if (argc != 3) {
        return 2;
    }
    int decisions = atoi(argv[2]);
    input(1, state, prior);
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    for (int i = -decisions / 4; i < decisions; i++) {
        if (i == 0) {
            start = nanoseconds();
        }
        EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    }
    printf("%.1f\n", (nanoseconds() - start) / decisions);
    ppo_agent_free(agent);
    return failures;
}
