/* A book of 10 assets, one decision a bar, with a risk manager of its defaults. */
#ifndef BOOK_H
#define BOOK_H

#include "../../c/allocations.h"
#include "bench.h"

/* Bars before the first decision: what the risk manager's volatility forecast remembers, so that none is left out. */
#define WARM_UP 300

/* A bar around 100, whatever its number. */
static inline void next_bar(long bar, double *closes) {
    for (int i = 0; i < ASSETS; i++) {
        closes[i] = 100 + ((double)((bar * 7919 + i * 104729L) % 1009) - 504) * 2e-3;
    }
}

/* Times CALLS bars through ppo_book_decide; adds what was allocated. */
static inline quantiles time_book(ppo_agent *agent, uint64_t *times, long *allocated) {
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
        next_bar(bar, closes);
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

#endif
