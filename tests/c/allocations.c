/* Counts the process's allocations: none in a million decisions, the first one included; and making and freeing
 * handles, 100,000 times over, leaves no more memory in use. argv: the demo policy, decisions. */
#include "allocations.h"
#include "check.h"
#include <malloc.h>

int main(int argc, char **argv) {
    static float state[STATE];
    static double prior[ACTIONS], weights[ACTIONS];
    float action[ACTIONS];
    double numbers[4];
    ppo_agent *agent = NULL;
    ppo_random *stream = NULL;
    long before, counted, decisions;
    size_t used;
    if (argc != 3) {
        return 2;
    }
    decisions = atol(argv[2]);
    before = allocations;
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_random_new(3, 0, &stream));
    CHECK(allocations > before + 10); /* the counter counts the library's */
    input(0, state, prior);
    before = allocations;
    for (long i = 0; i < decisions; i++) {
        state[i % STATE] += 1e-6f;
        if (ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS) != PPO_OK) {
            failures++;
        }
    }
    counted = allocations - before;
    printf("%ld allocations in %ld decisions\n", counted, decisions); /* allocates its buffer */
    CHECK(counted == 0);
    before = allocations;
    for (long i = 0; i < decisions / 100; i++) {
        ppo_status status = ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS, weights,
                                              ACTIONS, &numbers[0]);
        status |= ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, action, ACTIONS, &numbers[1], &numbers[2],
                                      &numbers[3]);
        status |= ppo_value(agent, state, STATE, &numbers[3]);
        failures += status != PPO_OK;
    }
    CHECK(allocations == before);
    used = 0;
    for (long i = 0; i < 100000; i++) {
        ppo_agent *clone = NULL;
        ppo_random *copy = NULL;
        EXPECT(PPO_OK, ppo_agent_clone(agent, &clone));
        EXPECT(PPO_OK, ppo_random_clone(stream, &copy));
        ppo_agent_free(clone);
        ppo_random_free(copy);
        /* Headers rest before they are used again, so the first thousands grow. */
        if (i == 5000) {
            used = mallinfo2().uordblks;
        }
    }
    printf("%zu bytes in use after 5,000 handles, %zu after 100,000\n", used, mallinfo2().uordblks);
    CHECK(mallinfo2().uordblks <= used + 1024);
    ppo_agent_free(agent);
    ppo_random_free(stream);
    return finished("allocations");
}
