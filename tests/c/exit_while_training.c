/* Ends its own process while jobs train. argv: the way to end, the threads of the trainer (0: two jobs with 1 and 2
 * threads, and a thread that decides all the time), microseconds to wait before. It ends with status 7, or by the signal
 * that it asked for: any other end is a defect. */
#include "check.h"
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define STATUS 7

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {}, \"network\": {\"mlp\": {\"hidden\": [64, 64], \"activation\": \"tanh\", \"shared_trunk\": true}}}";
static const char *const MODEL = "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.08, 0.05], "
                                 "\"covariance\": [[0.04, 0.01], [0.01, 0.09]]}";

static const char *way;
static unsigned pause_us;
static ppo_job *first_job;
static ppo_trainer *first_trainer;
static ppo_agent *first_agent;

static void *end_here(void *unused) {
    (void)unused;
    usleep(pause_us);
    exit(STATUS);
}

static int32_t progress(const ppo_metrics *metrics, void *user) {
    (void)metrics;
    (void)user;
    if (strcmp(way, "callback") == 0) {
        exit(STATUS);
    }
    return 0;
}

static void *decide(void *agent) {
    float state[7] = {0};
    double weights[3];
    for (;;) {
        ppo_select_action(agent, state, 7, NULL, 0, weights, 3);
    }
    return NULL;
}

/* A thread that trains in the foreground. */
static void *train(void *trainer) {
    ppo_train(trainer, NULL, NULL);
    return NULL;
}

/* What a destructor of the host would do. */
static void late(void) {
    ppo_metrics metrics;
    EXPECT(PPO_OK, ppo_metrics_init(&metrics, sizeof metrics));
    ppo_job_wait(first_job, PPO_WAIT_FOREVER);
    ppo_job_free(first_job);
    CHECK(ppo_update(first_trainer, &metrics) != PPO_OK);
    ppo_trainer_free(first_trainer);
    ppo_agent_free(first_agent);
    fflush(stdout);
}

static ppo_trainer *make(uint32_t threads, ppo_agent **agent) {
    ppo_config config;
    ppo_market *market = NULL;
    ppo_trainer *trainer = NULL;
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.total_steps = (uint64_t)1 << 40;
    config.threads = threads;
    config.n_envs = 32;
    config.n_steps = 16;
    config.batch_size = 256;
    EXPECT(PPO_OK, ppo_market_simulated(MODEL, &market));
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, agent));
    EXPECT(PPO_OK, ppo_trainer_new(*agent, market, &config, &trainer));
    ppo_market_free(market);
    return trainer;
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL, *third_agent = NULL;
    ppo_trainer *other = NULL, *third = NULL;
    ppo_job *job = NULL;
    ppo_train_options options;
    pthread_t thread;
    uint32_t threads;
    if (argc != 4) {
        return 2;
    }
    way = argv[1];
    threads = (uint32_t)atoi(argv[2]);
    pause_us = (unsigned)atoi(argv[3]);
    alarm(60); /* what hangs ends by a signal */
    if (strcmp(way, "late") == 0) {
        atexit(late); /* before the library's handler is given, so that it is called after it */
    }
    EXPECT(PPO_OK, ppo_train_options_init(&options, sizeof options));
    options.progress = progress;
    first_trainer = make(threads ? threads : 1, &first_agent);
    /* Before anything trains: the first job's first update may end the process. */
    if (threads == 0) {
        other = make(2, &agent);
        third = make(1, &third_agent);
    }
    EXPECT(PPO_OK, ppo_job_start(first_trainer, &options, &first_job));
    if (threads == 0) {
        ppo_job_start(other, NULL, &job);
        CHECK(pthread_create(&thread, NULL, decide, agent) == 0);
        CHECK(pthread_create(&thread, NULL, train, third) == 0);
    }
    if (failures) {
        return 1;
    }
    if (strcmp(way, "thread") == 0) {
        CHECK(pthread_create(&thread, NULL, end_here, NULL) == 0);
        for (;;) {
            pause();
        }
    }
    if (strcmp(way, "callback") == 0) {
        ppo_job_wait(first_job, PPO_WAIT_FOREVER);
        /* It answers that the process is ending; a second end beside the first is more than exit() allows. */
        for (;;) {
            pause();
        }
    }
    if (strcmp(way, "main") == 0) {
        /* Main ends as a thread; the process goes on, and another thread ends it. */
        CHECK(pthread_create(&thread, NULL, end_here, NULL) == 0);
        pthread_exit(NULL);
    }
    usleep(pause_us);
    if (strcmp(way, "exit") == 0) {
        exit(STATUS);
    } else if (strcmp(way, "quick") == 0) {
        quick_exit(STATUS);
    } else if (strcmp(way, "now") == 0) {
        _exit(STATUS);
    } else if (strcmp(way, "term") == 0) {
        raise(SIGTERM);
    } else if (strcmp(way, "cancelled") == 0) {
        /* Ends while the job's thread is ending. */
        ppo_job_cancel(first_job);
        ppo_job_wait(first_job, PPO_WAIT_FOREVER);
    } else if (strcmp(way, "freed") == 0) {
        ppo_job_free(first_job);
        ppo_trainer_free(first_trainer);
    } else if (strcmp(way, "close") == 0) {
        void *library = dlopen("libppo_risk.so", RTLD_NOW);
        CHECK(library != NULL && dlclose(library) == 0 && dlclose(library) == 0);
    }
    return STATUS;
}
