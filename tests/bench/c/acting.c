/* What decisions cost. argv: the inputs, and, to leave out all figures but those of one kind, "single" (the latency) or
 * "batch" (the rate). */
#include "../../c/allocations.h"
#include "bench.h"
#include <pthread.h>

#define ROWS 1024
#define BATCHES 300
#define RUNS 5

static ppo_agent *agent;
static float states[ROWS * STATE];
static double all_weights[ROWS * ASSETS];
static uint64_t times[CALLS];

static void decide(void) {
    double weights[ASSETS];
    opaque(states);
    MUST(ppo_select_action(agent, states, STATE, NULL, 0, weights, ASSETS));
    opaque(weights);
}

static void decide_rows(size_t rows) {
    opaque(states);
    MUST(ppo_select_actions(agent, rows, states, rows * STATE, NULL, 0, all_weights, rows * ASSETS));
    opaque(all_weights);
}

static void decide_one_row(void) { decide_rows(1); }

static uint64_t turns_of_nothing;

static void count(void) {
    for (uint64_t turn = 0; turn < turns_of_nothing; turn++) {
        opaque(&turn);
    }
}

static quantiles latency_once(void (*call)(void)) {
    for (size_t i = 0; i < CALLS; i++) {
        uint64_t start = nanoseconds();
        call();
        times[i] = nanoseconds() - start;
    }
    return quantiles_of(times);
}

static const quantiles worst = {UINT64_MAX, UINT64_MAX, UINT64_MAX};

/* The best of the runs, of each quantile. */
static quantiles latency(void (*call)(void)) {
    quantiles best = worst;
    for (int run = 0; run < RUNS; run++) {
        best = better(best, latency_once(call));
    }
    return best;
}

/* One row's median as a batch over that of a single decision; the two in turn, so that they meet the same machine. */
static double one_row_ratio(void) {
    quantiles single = worst, batch = worst;
    for (int run = 0; run < RUNS; run++) {
        single = better(single, latency_once(decide));
        batch = better(batch, latency_once(decide_one_row));
    }
    return (double)batch.p50 / (double)single.p50;
}

/* What the machine's interruptions alone do to one call in a thousand, where half take about `p50` ns. */
static uint64_t machine_p999(uint64_t p50) {
    uint64_t start;
    turns_of_nothing = 1 << 24;
    start = nanoseconds();
    count();
    turns_of_nothing = (uint64_t)((double)p50 * (double)turns_of_nothing / (double)(nanoseconds() - start));
    return latency(count).p999;
}

/* 10^9 operations a second in a batch, two for each multiplication and addition of the network; the best of many. */
static double gflops(void) {
    double products = STATE * HIDDEN + HIDDEN * HIDDEN + HIDDEN * ASSETS;
    uint64_t best = UINT64_MAX;
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t start = nanoseconds(), elapsed;
        decide_rows(ROWS);
        elapsed = nanoseconds() - start;
        if (elapsed < best) best = elapsed;
    }
    return 2 * products * ROWS / (double)best;
}

static void *decide_many(void *unused) {
    for (int i = 0; i < CALLS / 2; i++) {
        decide();
    }
    return unused;
}

static double seconds_of(int threads) {
    pthread_t started[2];
    uint64_t start = nanoseconds();
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&started[i], NULL, decide_many, NULL) != 0) exit(1);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(started[i], NULL);
    }
    return (double)(nanoseconds() - start);
}

int main(int argc, char **argv) {
    uint32_t seed = 1;
    quantiles one;
    double scaling = 0;
    long before;
    if (argc != 2 && argc != 3) return 2;
    agent = benchmark_agent(argv[1]);
    for (size_t i = 0; i < ROWS * STATE; i++) {
        states[i] = next_number(&seed);
    }
    if (argc == 3 && strcmp(argv[2], "batch") == 0) {
        printf("batch1024_gflops %.1f\n", gflops());
        return 0;
    }
    one = latency(decide);
    if (argc == 3) {
        printf("select_action_p50_ns %llu\n", (unsigned long long)one.p50);
        return 0;
    }
    printf("select_action_p50_ns %llu\n", (unsigned long long)one.p50);
    printf("select_action_p999_ns %llu\n", (unsigned long long)one.p999);
    printf("machine_p999_ns %llu\n", (unsigned long long)machine_p999(one.p50));
    printf("select_actions_1_row_ratio %.3f\n", one_row_ratio());
    before = allocations;
    for (int i = 0; i < CALLS; i++) {
        decide();
    }
    printf("select_action_allocations %ld\n", allocations - before);
    printf("select_action_batch1024_gflops %.1f\n", gflops());
    MUST(ppo_agent_set_precision(agent, PPO_PRECISION_BF16));
    one = latency(decide);
    printf("select_action_p50_ns_bf16 %llu\n", (unsigned long long)one.p50);
    printf("select_action_p999_ns_bf16 %llu\n", (unsigned long long)one.p999);
    printf("select_action_batch1024_gflops_bf16 %.1f\n", gflops());
    MUST(ppo_agent_set_precision(agent, PPO_PRECISION_F32));
    for (int run = 0; run < RUNS; run++) {
        double ratio = 2 * seconds_of(1) / seconds_of(2);
        if (ratio > scaling) scaling = ratio;
    }
    printf("select_scaling_2_threads %.2f\n", scaling);
    ppo_agent_free(agent);
    return 0;
}
