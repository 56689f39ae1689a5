/* Decisions a second of training, rollout and update counted: 10 assets, 4 epochs, 2 x 256 tanh, and an attention; and what an
 * update asks of the allocator. argv: the inputs. */
#include "../../c/allocations.h"
#include "training.h"
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Decisions of a timing. */
#define DECISIONS 16384

static const char *folder;

static uint64_t steps_of(const ppo_trainer *trainer) {
    ppo_metrics metrics;
    MUST(ppo_metrics_init(&metrics, sizeof metrics));
    MUST(ppo_trainer_progress(trainer, &metrics, NULL));
    return metrics.env_steps;
}

/* Decisions a second, and allocations of the updates that were timed, each. */
static double rate(const char *network, shape shape, double *allocated) {
    double rates[REPEATS];
    training timed = begin(folder, network, shape, NULL);
    long before, updates = 0;
    update(timed, WARM_UP);
    before = allocations;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t first = steps_of(timed.trainer), start = nanoseconds(), steps;
        do {
            update(timed, 1);
            updates++;
            steps = steps_of(timed.trainer) - first;
        } while (steps < DECISIONS);
        rates[repeat] = (double)steps * 1e9 / (double)(nanoseconds() - start);
    }
    *allocated = (double)(allocations - before) / (double)updates;
    end(timed);
    return median(rates);
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
    found = rate("spec.json", shape, &ignored);
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
    alone = rate("spec.json", wide, &allocated);
    printf("train_env_steps_per_s %.0f\n", alone);
    printf("train_allocations_per_update %.0f\n", allocated);
    printf("train_rss_mb %.1f\n", most_memory());
    printf("train_busy_neighbour %.3f\n", rate_beside(wide) / alone);
    printf("train_batch64_env_steps_per_s %.0f\n", rate("spec.json", narrow, &ignored));
    printf("train_attention_env_steps_per_s %.0f\n", rate("attention.json", wide, &ignored));
    on_one_processor();
    printf("train_1_core_env_steps_per_s %.0f\n", rate("spec.json", one, &ignored));
    return 0;
}
