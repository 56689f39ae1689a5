/* What the library leaves behind in the process: nothing. It is loaded with dlopen, used, and everything that belongs
 * to the host is compared with what it was before. argv: the library, the demo policy, the file that gets what has
 * changed; standard output and standard error are the library's, to leave alone. */
#include <dirent.h>
#include <dlfcn.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "ppo_risk.h"

extern char **environ;

#define TEXT 65536

/* Everything of the host that a library could change, as lines of text. */
static void describe(char *out) {
    char place[4096], line[4096], *end = out;
    struct sigaction action;
    sigset_t blocked;
    mode_t mask = umask(0);
    FILE *status;
    umask(mask);
    end += sprintf(end, "rounding %d\n", fegetround());
#if defined(__x86_64__)
    {
        unsigned mxcsr;
        unsigned short x87;
        __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
        __asm__ volatile("fnstcw %0" : "=m"(x87));
        /* The lowest six bits say what calculations have met. */
        end += sprintf(end, "mxcsr %x x87 %x\n", mxcsr & ~0x3Fu, (unsigned)x87);
    }
#endif
    for (int number = 1; number < NSIG; number++) {
        if (sigaction(number, NULL, &action) == 0) {
            void *handler;
            memcpy(&handler, &action.sa_handler, sizeof handler);
            end += sprintf(end, "signal %d %p flags %x\n", number, handler, (unsigned)action.sa_flags);
        }
    }
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(&blocked, number) == 1) {
            end += sprintf(end, "blocked %d\n", number);
        }
    }
    status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        /* But for SigQ, which counts the queued signals of all of the user's processes. */
        if ((strncmp(line, "Sig", 3) == 0 && line[3] != 'Q') || strncmp(line, "Threads:", 8) == 0 || strncmp(line, "Umask:", 6) == 0 ||
            strncmp(line, "Cpus_allowed:", 13) == 0 || strncmp(line, "NoNewPrivs:", 11) == 0 ||
            strncmp(line, "Seccomp:", 8) == 0 || strncmp(line, "Name:", 5) == 0) {
            end += sprintf(end, "%s", line);
        }
    }
    fclose(status);
    end += sprintf(end, "locale %s\n", setlocale(LC_ALL, NULL));
    end += sprintf(end, "folder %s\n", getcwd(place, sizeof place));
    end += sprintf(end, "umask %o\n", (unsigned)mask);
    for (char **variable = environ; *variable != NULL; variable++) {
        end += sprintf(end, "environment %s\n", *variable);
    }
    for (int number = 0; number < RLIM_NLIMITS; number++) {
        struct rlimit limit;
        if (getrlimit((__rlimit_resource_t)number, &limit) == 0) {
            end += sprintf(end, "limit %d %ld %ld\n", number, (long)limit.rlim_cur, (long)limit.rlim_max);
        }
    }
    for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
        struct itimerval timer;
        getitimer((__itimer_which_t)which, &timer);
        end += sprintf(end, "timer %d %ld\n", which, (long)timer.it_value.tv_sec);
    }
    for (int number = 0; number < 256; number++) {
        char link[64];
        ssize_t length;
        sprintf(link, "/proc/self/fd/%d", number);
        length = readlink(link, place, sizeof place - 1);
        if (length >= 0) {
            place[length] = '\0';
            end += sprintf(end, "descriptor %d %s\n", number, place);
        }
    }
    if (end - out >= TEXT) {
        abort();
    }
}

/* Lines that are in one text and not in the other. */
static int differences(FILE *report, const char *when, const char *before, const char *after) {
    int found = 0;
    const char *texts[2] = {before, after};
    for (int side = 0; side < 2; side++) {
        static char copy[TEXT], wanted[4200];
        strcpy(copy, texts[side]);
        for (char *line = strtok(copy, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            snprintf(wanted, sizeof wanted, "%s\n", line);
            if (strstr(texts[1 - side], wanted) == NULL) {
                fprintf(report, "%s: %c %s\n", when, side == 0 ? '-' : '+', line);
                found++;
            }
        }
    }
    return found;
}

/* Two OpenMP runtimes in one process fight over its processors. */
static int openmp_runtimes(void) {
    char line[4096], found[4096] = "";
    int runtimes = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        char *path = strchr(line, '/');
        if (path != NULL && (strstr(path, "libgomp") || strstr(path, "libomp") || strstr(path, "libiomp")) &&
            strcmp(path, found) != 0) {
            strcpy(found, path);
            runtimes++;
        }
    }
    fclose(maps);
    return runtimes;
}

static double seconds(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static ppo_status (*load)(const char *, ppo_agent **);
static ppo_status (*value_of)(const ppo_agent *, const float *, size_t, double *);
static ppo_status (*select_action)(const ppo_agent *, const float *, size_t, const double *, size_t, double *, size_t);
static ppo_status (*state_len)(const ppo_agent *, size_t *);
static ppo_status (*action_len)(const ppo_agent *, size_t *);
static void (*agent_free)(ppo_agent *);

/* A pointer to a function out of dlsym, as POSIX has it. */
static void *find(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        exit(3);
    }
    return found;
}

#define FIND(library, function, name) (*(void **)(&(function)) = find(library, name))

static int use(const char *path) {
    static float state[4096];
    static double prior[4096], weights[4096];
    ppo_agent *agent = NULL;
    size_t states = 0, actions = 0;
    int errors = load(path, &agent) != PPO_OK;
    errors += load("/nowhere", &agent) != PPO_ERR_IO;
    errors += state_len(agent, &states) != PPO_OK || action_len(agent, &actions) != PPO_OK;
    for (size_t i = 0; i < actions; i++) {
        prior[i] = 1.0 / (double)actions;
    }
    for (int i = 0; i < 100; i++) {
        errors += select_action(agent, state, states, prior, actions, weights, actions) != PPO_OK;
        errors += value_of(agent, state, 1, weights) != PPO_ERR_LENGTH;
    }
    agent_free(agent);
    return errors;
}

int main(int argc, char **argv) {
    static char before[TEXT], loaded[TEXT], used[TEXT];
    void *library;
    FILE *report;
    int errors = 0;
    double busy, start;
    struct timespec nap = {1, 0};
    if (argc != 4) {
        return 2;
    }
    /* What a host may have set before. */
    umask(027);
    setenv("PPO_RISK_HOST", "1", 1);
    signal(SIGUSR1, SIG_IGN);
    report = fopen(argv[3], "w");
    describe(before);
    library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(report, "%s\n", dlerror());
        return 1;
    }
    describe(loaded);
    errors += differences(report, "loading", before, loaded);
    FIND(library, load, "ppo_load");
    FIND(library, value_of, "ppo_value");
    FIND(library, select_action, "ppo_select_action");
    FIND(library, state_len, "ppo_agent_state_len");
    FIND(library, action_len, "ppo_agent_action_len");
    FIND(library, agent_free, "ppo_agent_free");
    if (use(argv[2]) != 0) {
        fprintf(report, "a call did not answer as it should\n");
        errors++;
    }
    describe(used);
    errors += differences(report, "calls", before, used);
    if (openmp_runtimes() > 1) {
        fprintf(report, "%d OpenMP runtimes\n", openmp_runtimes());
        errors++;
    }
    /* Nothing goes on behind the host's back. */
    start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    nanosleep(&nap, NULL);
    busy = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    if (busy > 0.01) {
        fprintf(report, "%.3f s of processor time in an idle second\n", busy);
        errors++;
    }
    fclose(report);
    return errors != 0;
}
