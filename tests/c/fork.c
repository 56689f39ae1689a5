/* A child of fork() goes on deciding, loading and freeing. argv: the demo policy. */
#include "check.h"
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    float state[STATE];
    double prior[ACTIONS], expected[ACTIONS], weights[ACTIONS];
    ppo_agent *agent = NULL, *other = NULL;
    pid_t child;
    int status = -1;
    if (argc != 2) {
        return 2;
    }
    input(5, state, prior);
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, expected, ACTIONS));
    child = fork();
    if (child == 0) {
        alarm(20); /* a child that hangs ends */
        EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
        CHECK(memcmp(weights, expected, sizeof weights) == 0);
        EXPECT(PPO_OK, ppo_load(argv[1], &other));
        EXPECT(PPO_ERR_LENGTH, ppo_value(other, state, 1, weights));
        ppo_agent_free(other);
        ppo_agent_free(agent);
        status = finished("the child of fork");
        fflush(stdout);
        _exit(status);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    CHECK(memcmp(weights, expected, sizeof weights) == 0);
    ppo_agent_free(agent);
    return finished("fork");
}
