/* A thread that is cancelled inside a call: the call ends as it would, and the thread ends at its next cancellation point
 * after it. argv: the demo policy, a folder. */
#include "check.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <unistd.h>

static const char *model, *folder;
static int reached;

/* Every cancellation point inside the call is one at which the thread is to end, for it was cancelled before. */
#define INSIDE(call)                                                       \
    do {                                                                   \
        int was_;                                                          \
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &was_);              \
        EXPECT(PPO_OK, call);                                              \
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was_);             \
        CHECK(was_ == PTHREAD_CANCEL_ENABLE);                              \
        reached++;                                                         \
    } while (0)

static void log_line(uint32_t level, const char *message, void *user) {
    (void)level;
    (void)user;
    pthread_testcancel();
    CHECK(message != NULL);
}

static void *work(void *unused) {
    static char path[PATH_MAX];
    static float state[STATE];
    static double prior[ACTIONS], weights[ACTIONS];
    ppo_agent *agent = NULL, *loaded = NULL;
    ppo_market *market = NULL;
    FILE *table;
    int was;
    (void)unused;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was);
    CHECK(pthread_cancel(pthread_self()) == 0);
    input(1, state, prior);
    snprintf(path, sizeof path, "%s/cancelled.csv", folder);
    table = fopen(path, "w");
    CHECK(table != NULL);
    fprintf(table, "date,A,B\n2020-01-01,1,2\n2020-01-02,1.5,2\n2020-01-03,1.25,2.5\n");
    fclose(table);
    INSIDE(ppo_market_from_csv(path, NULL, 0, &market));
    INSIDE(ppo_load(model, &agent));
    INSIDE(ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    snprintf(path, sizeof path, "%s/cancelled.safetensors", folder);
    INSIDE(ppo_save(agent, path));
    INSIDE(ppo_load(path, &loaded));
    /* The words of a failed decision go to a function that is a cancellation point. */
    INSIDE(ppo_set_log(PPO_LOG_DEBUG, log_line, NULL));
    INSIDE(ppo_select_action(agent, state, 1, prior, ACTIONS, weights, ACTIONS) == PPO_ERR_LENGTH ? PPO_OK : -1);
    INSIDE(ppo_set_log(PPO_LOG_OFF, NULL, NULL));
    if (ppo_features() & PPO_FEATURE_TRAIN) {
        ppo_config config;
        ppo_trainer *trainer = NULL;
        ppo_job *job = NULL;
        ppo_market *endless = NULL;
        ppo_agent *learner = NULL;
        EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
        config.total_steps = 4096;
        INSIDE(ppo_market_simulated("{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.08, 0.05], "
                                    "\"covariance\": [[0.04, 0.01], [0.01, 0.09]]}",
                                    &endless));
        INSIDE(ppo_agent_new("{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": "
                             "false, \"columns\": []}, \"action\": {}, \"network\": {\"scorer\": {\"hidden\": [8]}}}",
                             NULL, &learner));
        INSIDE(ppo_trainer_new(learner, endless, &config, &trainer));
        INSIDE(ppo_job_start(trainer, NULL, &job));
        INSIDE(ppo_job_wait(job, PPO_WAIT_FOREVER));
        ppo_job_free(job);
        ppo_trainer_free(trainer);
        ppo_agent_free(learner);
        ppo_market_free(endless);
    }
    ppo_agent_free(loaded);
    ppo_agent_free(agent);
    ppo_market_free(market);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &was);
    pthread_testcancel();
    CHECK(!"cancelled after the calls");
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t thread;
    void *ended = NULL;
    if (argc != 3) {
        return 2;
    }
    model = argv[1];
    folder = argv[2];
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0 && pthread_join(thread, &ended) == 0);
    CHECK(ended == PTHREAD_CANCELED && reached >= 8);
    return finished("cancelled");
}
