/* A host's mistake: two threads decide into the same output. ThreadSanitizer has to find it. argv: the demo policy. */
#include "check.h"
#include <pthread.h>

static ppo_agent *agent;
static double weights[ACTIONS];

static void *decide(void *unused) {
    float state[STATE];
    double prior[ACTIONS];
    (void)unused;
    input(1, state, prior);
    for (int i = 0; i < 200; i++) {
        EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    }
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t threads[2];
    if (argc != 2) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&threads[i], NULL, decide, NULL) == 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    ppo_agent_free(agent);
    return finished("race");
}
