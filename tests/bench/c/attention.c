/* What a decision costs with an attention over the history: from a state vector, and of a book. argv: the inputs. */
#include "book.h"

#define RUNS 5

static ppo_agent *agent;
static float *state;
static size_t state_len;
static uint64_t times[CALLS];

static void decide(void) {
    double weights[ASSETS];
    opaque(state);
    MUST(ppo_select_action(agent, state, state_len, NULL, 0, weights, ASSETS));
    opaque(weights);
}

int main(int argc, char **argv) {
    char path[4096];
    uint32_t seed = 1;
    uint64_t best = UINT64_MAX;
    quantiles of_book = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    long before;
    if (argc != 2) return 2;
    snprintf(path, sizeof path, "%s/attention.safetensors", argv[1]);
    MUST(ppo_load(path, &agent));
    MUST(ppo_agent_state_len(agent, &state_len));
    state = malloc(state_len * sizeof *state);
    if (state == NULL) return 1;
    for (size_t i = 0; i < state_len; i++) {
        state[i] = next_number(&seed);
    }
    for (int run = 0; run < RUNS; run++) {
        quantiles found;
        for (size_t i = 0; i < CALLS; i++) {
            uint64_t start = nanoseconds();
            decide();
            times[i] = nanoseconds() - start;
        }
        found = quantiles_of(times);
        if (found.p50 < best) best = found.p50;
    }
    printf("select_action_attention_p50_ns %llu\n", (unsigned long long)best);
    before = allocations;
    for (int i = 0; i < CALLS; i++) {
        decide();
    }
    printf("attention_allocations %ld\n", allocations - before);
    before = 0;
    for (int run = 0; run < RUNS; run++) {
        of_book = better(of_book, time_book(agent, times, &before));
    }
    printf("book_attention_p50_ns %llu\n", (unsigned long long)of_book.p50);
    printf("book_attention_allocations %ld\n", before);
    free(state);
    ppo_agent_free(agent);
    return 0;
}
