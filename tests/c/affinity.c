/* The threads of a training run on the processors that the process has, not on the one that their starter was bound to;
 * a host that wants them bound does so in its progress function. */
#include "check.h"
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

static cpu_set_t all, bound;
static int own, called, stays;

static int32_t progress(const ppo_metrics *metrics, void *user) {
    cpu_set_t found;
    (void)metrics;
    (void)user;
    CHECK(sched_getaffinity(0, sizeof found, &found) == 0);
    if (called == 0) {
        own = CPU_EQUAL(&found, &all);
        CHECK(sched_setaffinity(0, sizeof bound, &bound) == 0);
    } else {
        stays = CPU_EQUAL(&found, &bound);
    }
    called++;
    return called == 3;
}

/* How many threads of this process, this one aside, may not run everywhere. */
static int bound_threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    int count = 0;
    CHECK(tasks != NULL);
    while ((task = readdir(tasks)) != NULL) {
        cpu_set_t found;
        int id = atoi(task->d_name);
        if (id > 0 && id != getpid() && sched_getaffinity(id, sizeof found, &found) == 0) {
            count += !CPU_EQUAL(&found, &all);
        }
    }
    closedir(tasks);
    return count;
}

int main(void) {
    ppo_agent *agent = NULL;
    ppo_market *market = NULL;
    ppo_trainer *trainer = NULL;
    ppo_job *job = NULL;
    ppo_config config;
    ppo_train_options options;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    if (CPU_COUNT(&all) < 2) {
        printf("affinity: one processor\n");
        return 0;
    }
    CPU_ZERO(&bound);
    for (int i = 0; CPU_COUNT(&bound) == 0; i++) {
        if (CPU_ISSET(i, &all)) {
            CPU_SET(i, &bound);
        }
    }
    CHECK(sched_setaffinity(0, sizeof bound, &bound) == 0);
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_train_options_init(&options, sizeof options));
    config.threads = 2;
    config.total_steps = (uint64_t)1 << 40;
    options.progress = progress;
    EXPECT(PPO_OK, ppo_market_simulated("{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.08, 0.05], "
                                        "\"covariance\": [[0.04, 0.01], [0.01, 0.09]]}",
                                        &market));
    EXPECT(PPO_OK, ppo_agent_new("{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": "
                                 "false, \"columns\": []}, \"action\": {}, \"network\": {\"scorer\": {\"hidden\": [8]}}}",
                                 NULL, &agent));
    EXPECT(PPO_OK, ppo_trainer_new(agent, market, &config, &trainer));
    EXPECT(PPO_OK, ppo_job_start(trainer, NULL, &job));
    for (int i = 0; i < 200 && bound_threads() > 0; i++) {
        usleep(10000); /* the threads have begun */
    }
    CHECK(bound_threads() == 0);
    ppo_job_free(job);
    EXPECT(PPO_OK, ppo_job_start(trainer, &options, &job));
    EXPECT(PPO_ERR_CANCELLED, ppo_job_wait(job, PPO_WAIT_FOREVER));
    CHECK(own && stays && called == 3);
    ppo_job_free(job);
    ppo_trainer_free(trainer);
    ppo_agent_free(agent);
    ppo_market_free(market);
    return finished("affinity");
}
