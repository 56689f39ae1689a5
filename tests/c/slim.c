/* What an agent costs: prints milliseconds from dlopen to the first action, resident MB with one agent, and the MB that
 * 10,000 clones add. argv: the library, the demo policy. */
#include "ppo_risk.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CLONES 10000
#define STATE 61
#define ACTIONS 21

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double resident_mb(void) {
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &size, &resident) != 2) {
        exit(3);
    }
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

int main(int argc, char **argv) {
    static ppo_agent *clones[CLONES];
    ppo_agent *agent = NULL;
    float state[STATE] = {0};
    double prior[ACTIONS], weights[ACTIONS], start, load, one;
    ppo_status (*load_agent)(const char *, ppo_agent **);
    ppo_status (*clone)(const ppo_agent *, ppo_agent **);
    ppo_status (*decide)(const ppo_agent *, const float *, size_t, const double *, size_t, double *, size_t);
    void *library;
    if (argc != 3) {
        return 2;
    }
    for (int i = 0; i < ACTIONS; i++) {
        prior[i] = 1.0 / ACTIONS;
    }
    start = now_ms();
    library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    *(void **)&load_agent = dlsym(library, "ppo_load");
    *(void **)&clone = dlsym(library, "ppo_agent_clone");
    *(void **)&decide = dlsym(library, "ppo_select_action");
    if (load_agent(argv[2], &agent) != PPO_OK
        || decide(agent, state, STATE, prior, ACTIONS, weights, ACTIONS) != PPO_OK) {
        return 1;
    }
    load = now_ms() - start;
    one = resident_mb();
    for (int i = 0; i < CLONES; i++) {
        if (clone(agent, &clones[i]) != PPO_OK
            || decide(clones[i], state, STATE, prior, ACTIONS, weights, ACTIONS) != PPO_OK) {
            return 1;
        }
    }
    printf("%.3f %.3f %.3f\n", load, one, resident_mb() - one);
    return 0;
}
