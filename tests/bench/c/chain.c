/* One bar of 10 assets through ppo_book_decide: state, decision of the benchmark network, risk manager with its
 * defaults. argv: the inputs. */
#include "../../c/allocations.h"
#include "bench.h"

#define RUNS 3
/* Bars before the first decision: what the risk manager's volatility forecast remembers, so that none is left out. */
#define WARM_UP 300

static uint64_t times[CALLS];

/* One run over bars around 100, whatever their number; adds what was allocated. */
static quantiles run(ppo_agent *agent, long *allocated) {
    double closes[ASSETS], weights[ASSETS];
    ppo_book *book = NULL;
    risk_decision decision;
    ppo_bar market;
    quantiles found;
    MUST(ppo_book_new(agent, NULL, NULL, &book));
    MUST(ppo_bar_init(&market, sizeof market));
    MUST(risk_decision_init(&decision, sizeof decision));
    market.closes = closes;
    market.closes_len = ASSETS;
    decision.weights = weights;
    decision.weights_len = ASSETS;
    for (long bar = 0; bar < WARM_UP + CALLS; bar++) {
        for (int i = 0; i < ASSETS; i++) {
            closes[i] = 100 + ((double)((bar * 7919 + i * 104729L) % 1009) - 504) * 2e-3;
        }
        if (bar < WARM_UP) {
            MUST(ppo_book_observe(book, &market));
        } else {
            long before = allocations;
            uint64_t start = nanoseconds();
            MUST(ppo_book_decide(book, &market, &decision));
            times[bar - WARM_UP] = nanoseconds() - start;
            *allocated += allocations - before;
        }
    }
    found = quantiles_of(times);
    ppo_book_free(book);
    return found;
}

int main(int argc, char **argv) {
    quantiles best = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    ppo_agent *agent;
    long allocated = 0;
    if (argc != 2) return 2;
    agent = benchmark_agent(argv[1]);
    for (int i = 0; i < RUNS; i++) {
        best = better(best, run(agent, &allocated));
    }
    printf("chain_p50_ns %llu\n", (unsigned long long)best.p50);
    printf("chain_p999_ns %llu\n", (unsigned long long)best.p999);
    printf("chain_allocations %ld\n", allocated);
    ppo_agent_free(agent);
    return 0;
}
