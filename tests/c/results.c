/* Results as bytes, for the Rust test to compare with its own. argv: the demo policy, the file to write, rows.
 * Row by row: state, prior, weights, action, the action's weights, log-probability, (log-probability, entropy, value)
 * of the action evaluated, value; then the weights of all rows as a batch gives them. */
#include "check.h"

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    ppo_random *stream = NULL, *copy = NULL;
    FILE *file;
    size_t rows;
    float *states;
    double *priors, *batch;
    if (argc != 4) {
        return 2;
    }
    rows = (size_t)atoi(argv[3]);
    states = malloc(rows * STATE * sizeof *states);
    priors = malloc(rows * ACTIONS * sizeof *priors);
    batch = malloc(rows * ACTIONS * sizeof *batch);
    file = fopen(argv[2], "wb");
    CHECK(states != NULL && priors != NULL && batch != NULL && file != NULL);
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_random_new(42, 7, &stream));
    for (size_t k = 0; k < rows; k++) {
        float *state = states + k * STATE, action[ACTIONS], again[ACTIONS];
        double *prior = priors + k * ACTIONS, weights[ACTIONS], drawn[ACTIONS], numbers[5];
        input((unsigned)k, state, prior);
        EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
        EXPECT(PPO_OK, ppo_random_clone(stream, &copy));
        EXPECT(PPO_OK, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS, drawn, ACTIONS,
                                         &numbers[0]));
        /* A copied stream draws the same, whatever else is asked for. */
        EXPECT(PPO_OK, ppo_sample_action(agent, copy, state, STATE, prior, ACTIONS, again, ACTIONS, NULL, 0, NULL));
        CHECK(memcmp(action, again, sizeof action) == 0);
        ppo_random_free(copy);
        EXPECT(PPO_OK, ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, action, ACTIONS, &numbers[1],
                                           &numbers[2], &numbers[3]));
        EXPECT(PPO_OK, ppo_value(agent, state, STATE, &numbers[4]));
        fwrite(state, sizeof *state, STATE, file);
        fwrite(prior, sizeof *prior, ACTIONS, file);
        fwrite(weights, sizeof *weights, ACTIONS, file);
        fwrite(action, sizeof *action, ACTIONS, file);
        fwrite(drawn, sizeof *drawn, ACTIONS, file);
        fwrite(numbers, sizeof *numbers, 5, file);
    }
    EXPECT(PPO_OK, ppo_select_actions(agent, rows, states, rows * STATE, priors, rows * ACTIONS, batch,
                                      rows * ACTIONS));
    fwrite(batch, sizeof *batch, rows * ACTIONS, file);
    CHECK(fclose(file) == 0);
    free(states);
    free(priors);
    free(batch);
    ppo_agent_free(agent);
    ppo_random_free(stream);
    return finished("results");
}
