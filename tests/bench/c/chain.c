/* One bar of 10 assets through ppo_book_decide: state, decision of the benchmark network, risk manager with its
 * defaults; and saving such a book. argv: the inputs. */
#include "book.h"

#define RUNS 3
/* Times that a book is saved. */
#define SAVES 2001

static uint64_t times[CALLS];

/* Prints the median time in which a book whose histories are full is saved as bytes, and their number. */
static void save(ppo_agent *agent) {
    static uint8_t state[1 << 17];
    double closes[ASSETS];
    ppo_book *book = NULL;
    ppo_bar market;
    size_t size = 0;
    MUST(ppo_book_new(agent, NULL, NULL, &book));
    MUST(ppo_bar_init(&market, sizeof market));
    market.closes = closes;
    market.closes_len = ASSETS;
    for (long bar = 0; bar < WARM_UP; bar++) {
        next_bar(bar, closes);
        MUST(ppo_book_observe(book, &market));
    }
    for (int i = 0; i < SAVES; i++) {
        uint64_t start = nanoseconds();
        MUST(ppo_book_save_state(book, state, sizeof state, &size));
        times[i] = nanoseconds() - start;
    }
    qsort(times, SAVES, sizeof *times, ascending);
    printf("book_save_state_us %.2f\n", (double)times[SAVES / 2] / 1e3);
    printf("book_state_bytes %zu\n", size);
    ppo_book_free(book);
}

int main(int argc, char **argv) {
    quantiles best = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    ppo_agent *agent;
    long allocated = 0;
    if (argc != 2) return 2;
    agent = benchmark_agent(argv[1]);
    for (int i = 0; i < RUNS; i++) {
        best = better(best, time_book(agent, times, &allocated));
    }
    printf("chain_p50_ns %llu\n", (unsigned long long)best.p50);
    printf("chain_p999_ns %llu\n", (unsigned long long)best.p999);
    printf("chain_allocations %ld\n", allocated);
    save(agent);
    ppo_agent_free(agent);
    return 0;
}
