/* Decisions a second of training, rollout and update counted: 10 assets, 4 epochs, 2 x 256 tanh; and what an update asks of
 * the allocator. argv: the inputs. */
#include "../../c/allocations.h"
#include "bench.h"
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many timings there are, of which the median counts, and decisions of one. */
#define REPEATS 7
#define DECISIONS 16384

typedef struct {
    uint32_t threads, n_envs, n_steps, batch_size;
} shape;

static const char *folder;

static uint64_t steps_of(const ppo_trainer *trainer) {
    ppo_metrics metrics;
    MUST(ppo_metrics_init(&metrics, sizeof metrics));
    MUST(ppo_trainer_progress(trainer, &metrics, NULL));
    return metrics.env_steps;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Decisions a second, and allocations of the updates that were timed, each. */
static double rate(shape shape, double *allocated) {
    double rates[REPEATS];
    ppo_trainer *trainer = NULL;
    ppo_market *market = NULL;
    ppo_agent *agent = NULL;
    ppo_config config;
    long before, updates = 0;
    MUST(ppo_agent_new(contents(folder, "spec.json"), NULL, &agent));
    MUST(ppo_market_simulated(contents(folder, "market.json"), &market));
    MUST(ppo_config_init(&config, sizeof config));
    config.total_steps = (uint64_t)1 << 40;
    config.device = PPO_DEVICE_CPU;
    config.ent_coef = 0.01;
    config.threads = shape.threads;
    config.n_envs = shape.n_envs;
    config.n_steps = shape.n_steps;
    config.batch_size = shape.batch_size;
    MUST(ppo_trainer_new(agent, market, &config, &trainer));
    for (int i = 0; i < 3; i++) MUST(ppo_update(trainer, NULL));
    before = allocations;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t first = steps_of(trainer), start = nanoseconds(), steps;
        do {
            MUST(ppo_update(trainer, NULL));
            updates++;
            steps = steps_of(trainer) - first;
        } while (steps < DECISIONS);
        rates[repeat] = (double)steps * 1e9 / (double)(nanoseconds() - start);
    }
    *allocated = (double)(allocations - before) / (double)updates;
    qsort(rates, REPEATS, sizeof *rates, compare);
    ppo_trainer_free(trainer);
    ppo_market_free(market);
    ppo_agent_free(agent);
    return rates[REPEATS / 2];
}

/* The same while another process keeps one processor busy. */
static double rate_beside(shape shape) {
    double found, ignored;
    volatile unsigned long turns = 0;
    pid_t neighbour = fork();
    if (neighbour == 0) {
        for (;;) turns++;
    }
    if (neighbour < 0) {
        perror("fork");
        exit(1);
    }
    found = rate(shape, &ignored);
    kill(neighbour, SIGKILL);
    waitpid(neighbour, NULL, 0);
    return found;
}

/* Most memory that the process has had, in MB. */
static double most_memory(void) {
    char line[256];
    double kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) sscanf(line, "VmHWM: %lf", &kilobytes);
    if (status != NULL) fclose(status);
    return kilobytes / 1024;
}

/* From now on this thread runs on the first processor alone. */
static void on_one_processor(void) {
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    if (sched_setaffinity(0, sizeof first, &first) != 0) perror("sched_setaffinity");
}

int main(int argc, char **argv) {
    const shape wide = {2, 64, 64, 1024}, narrow = {2, 8, 256, 64}, one = {1, 64, 64, 1024};
    double alone, allocated, ignored;
    if (argc != 2) return 2;
    folder = argv[1];
    alone = rate(wide, &allocated);
    printf("train_env_steps_per_s %.0f\n", alone);
    printf("train_allocations_per_update %.0f\n", allocated);
    printf("train_rss_mb %.1f\n", most_memory());
    printf("train_busy_neighbour %.3f\n", rate_beside(wide) / alone);
    printf("train_batch64_env_steps_per_s %.0f\n", rate(narrow, &ignored));
    on_one_processor();
    printf("train_1_core_env_steps_per_s %.0f\n", rate(one, &ignored));
    return 0;
}
