/* How a host that loads the library comes to its end. argv: the library, the demo policy, and one of
 *   reload  loads, uses and closes the library, a hundred times in each of four threads;
 *   leave   returns from main with live handles, while threads go on deciding;
 *   late    frees handles at the very end: as a thread ends, and after main has returned. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ppo_risk.h"

#define THREADS 4
#define ROUNDS 100

struct functions {
    void *library;
    ppo_status (*load)(const char *, ppo_agent **);
    ppo_status (*value)(const ppo_agent *, const float *, size_t, double *);
    ppo_status (*state_len)(const ppo_agent *, size_t *);
    ppo_status (*set_log)(uint32_t, ppo_log_callback, void *);
    void (*release)(ppo_agent *);
};

static const char *path, *model;
static struct functions ours;
static ppo_agent *shared, *last;
static pthread_key_t key;
static volatile int errors;

#define FIND(from, function, name) (*(void **)(&(from)->function) = dlsym((from)->library, name))

static void open_library(struct functions *functions) {
    functions->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (functions->library == NULL) {
        printf("%s\n", dlerror());
        exit(3);
    }
    FIND(functions, load, "ppo_load");
    FIND(functions, value, "ppo_value");
    FIND(functions, state_len, "ppo_agent_state_len");
    FIND(functions, set_log, "ppo_set_log");
    FIND(functions, release, "ppo_agent_free");
}

static void decide(const struct functions *functions, const ppo_agent *agent) {
    static const float state[4096];
    size_t states = 0;
    double value;
    errors |= functions->state_len(agent, &states) != PPO_OK;
    errors |= functions->value(agent, state, states, &value) != PPO_OK;
    errors |= functions->value(agent, state, 1, &value) != PPO_ERR_LENGTH;
}

static void *reload(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        struct functions functions;
        ppo_agent *agent = NULL;
        open_library(&functions);
        errors |= functions.load(model, &agent) != PPO_OK;
        decide(&functions, agent);
        functions.release(agent);
        errors |= dlclose(functions.library) != 0;
    }
    return NULL;
}

static void *go_on(void *unused) {
    (void)unused;
    for (;;) {
        decide(&ours, shared);
    }
    return NULL;
}

static void listen(uint32_t level, const char *message, void *user) {
    (void)level;
    (void)message;
    (void)user;
}

static void release(void *agent) {
    decide(&ours, agent);
    ours.release(agent);
}

static void *end_with_a_handle(void *unused) {
    ppo_agent *agent = NULL;
    (void)unused;
    errors |= ours.load(model, &agent) != PPO_OK;
    pthread_setspecific(key, agent);
    return NULL;
}

static void *release_last(void *unused) {
    (void)unused;
    release(last);
    return NULL;
}

/* After main: the handle is freed by a thread that never saw it before. */
static void at_exit(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, release_last, NULL);
    pthread_join(thread, NULL);
    if (errors) {
        _exit(4);
    }
    printf("freed\n");
}

int main(int argc, char **argv) {
    pthread_t threads[THREADS];
    if (argc != 4) {
        return 2;
    }
    path = argv[1];
    model = argv[2];
    if (strcmp(argv[3], "reload") == 0) {
        for (int i = 0; i < THREADS; i++) {
            pthread_create(&threads[i], NULL, reload, NULL);
        }
        for (int i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
        }
    } else if (strcmp(argv[3], "leave") == 0) {
        struct timespec nap = {0, 50000000};
        open_library(&ours);
        errors |= ours.set_log(PPO_LOG_DEBUG, listen, NULL) != PPO_OK;
        errors |= ours.load(model, &shared) != PPO_OK;
        for (int i = 0; i < THREADS; i++) {
            pthread_create(&threads[i], NULL, go_on, NULL);
        }
        nanosleep(&nap, NULL);
    } else {
        open_library(&ours);
        errors |= ours.load(model, &last) != PPO_OK;
        pthread_key_create(&key, release);
        for (int i = 0; i < THREADS; i++) {
            pthread_create(&threads[i], NULL, end_with_a_handle, NULL);
        }
        for (int i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
        }
        atexit(at_exit);
    }
    printf("lifecycle: %s\n", errors ? "FAILED" : "ok");
    return errors;
}
