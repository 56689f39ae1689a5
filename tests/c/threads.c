/* Forty threads on one agent, more than it has buffers for, each with its own inputs, while another changes the log
 * and makes and frees clones: every decision is the one that a single thread got. argv: the demo policy, decisions a
 * thread. */
#include "check.h"
#include <pthread.h>

#define THREADS 40
#define INPUTS 16

static ppo_agent *agent;
static ppo_random *shared_stream;
static float states[INPUTS][STATE];
static double priors[INPUTS][ACTIONS], expected[INPUTS][ACTIONS];
static int decisions, wrong[THREADS], errors[THREADS], busy[THREADS];
static int running = 1; /* read and written as an atomic */

static void listen(uint32_t level, const char *message, void *user) {
    (void)level;
    (void)message;
    (void)user;
}

static void *decide(void *argument) {
    int me = (int)(size_t)argument;
    double weights[ACTIONS], logged;
    float action[ACTIONS];
    for (int i = 0; i < decisions; i++) {
        int k = (i + me) % INPUTS;
        ppo_status status;
        if (ppo_select_action(agent, states[k], STATE, priors[k], ACTIONS, weights, ACTIONS) != PPO_OK) {
            errors[me]++;
        }
        wrong[me] += memcmp(weights, expected[k], sizeof weights) != 0;
        /* A failing call in between: its words are the thread's own. */
        if (i % 64 == me) {
            char words[256], own[64];
            snprintf(own, sizeof own, "`state` has %d values", me);
            errors[me] += ppo_value(agent, states[k], (size_t)me, &logged) != PPO_ERR_LENGTH;
            ppo_last_error(words, sizeof words, NULL);
            errors[me] += strstr(words, own) == NULL;
        }
        /* One stream for all is a mistake that is answered, not a race. */
        status = ppo_sample_action(agent, shared_stream, states[k], STATE, priors[k], ACTIONS, action, ACTIONS, NULL,
                                   0, &logged);
        busy[me] += status == PPO_ERR_BUSY;
        errors[me] += status != PPO_OK && status != PPO_ERR_BUSY;
    }
    return NULL;
}

static void *disturb(void *argument) {
    (void)argument;
    for (unsigned i = 0; __atomic_load_n(&running, __ATOMIC_ACQUIRE); i++) {
        ppo_agent *clone = NULL;
        EXPECT(PPO_OK, ppo_set_log(i % 5, i % 2 ? listen : NULL, NULL));
        EXPECT(PPO_OK, ppo_agent_clone(agent, &clone));
        ppo_agent_free(clone);
        /* Puts another policy in the place of the one that the others decide with. Its layers are too narrow to be
         * rounded: the bits stay. */
        EXPECT(PPO_OK, ppo_agent_set_precision(agent, i % 2 ? PPO_PRECISION_BF16 : PPO_PRECISION_F32));
    }
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t threads[THREADS], other;
    int refused = 0;
    if (argc != 3) {
        return 2;
    }
    decisions = atoi(argv[2]);
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_random_new(1, 0, &shared_stream));
    for (int k = 0; k < INPUTS; k++) {
        input((unsigned)k, states[k], priors[k]);
        EXPECT(PPO_OK, ppo_select_action(agent, states[k], STATE, priors[k], ACTIONS, expected[k], ACTIONS));
    }
    CHECK(pthread_create(&other, NULL, disturb, NULL) == 0);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, decide, (void *)i) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(wrong[i] == 0);
        CHECK(errors[i] == 0);
        refused += busy[i];
    }
    __atomic_store_n(&running, 0, __ATOMIC_RELEASE);
    pthread_join(other, NULL);
    EXPECT(PPO_OK, ppo_set_log(PPO_LOG_OFF, NULL, NULL));
    printf("%d draws from the shared stream were refused\n", refused);
    ppo_agent_free(agent);
    ppo_random_free(shared_stream);
    return finished("threads");
}
