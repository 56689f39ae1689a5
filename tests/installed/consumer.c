/* A program of another project: decides once with the policy it is given. */
#include <ppo_risk.h>
#include <stdio.h>

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    size_t actions = 0;
    float state[61] = {0};
    double prior[21] = {0}, weights[21], sum = 0;
    prior[0] = 1.0;
    if (argc != 2 || ppo_load(argv[1], &agent) != PPO_OK || ppo_agent_action_len(agent, &actions) != PPO_OK ||
        ppo_select_action(agent, state, 61, prior, 21, weights, 21) != PPO_OK) {
        return 1;
    }
    for (size_t i = 0; i < actions; i++) {
        sum += weights[i];
    }
    printf("ppo_risk %s: %d weights, sum %.6f\n", ppo_version(), (int)actions, sum);
    ppo_agent_free(agent);
    return ppo_version_number() == PPO_VERSION_NUMBER ? 0 : 1;
}
