/* Two threads decide, one with a book and one with a plain one, while others swap the policies of both and
 * throw the kill switch of the first: no call fails, every decision is one that either policy takes, and what was asked
 * for last holds. argv: the demo policy, decisions a thread. */
#include "check.h"
#include <pthread.h>
#include <sched.h>

/* Bars before the first decision. */
#define WARM 260

static ppo_agent *agents[2];
static ppo_book *book;
static ppo_portfolio *portfolio;
static int decisions, failed[2], odd, swaps;
static int running = 2; /* read and written as an atomic, as are the counts of two threads */

static void next_closes(long t, double *closes) {
    for (long i = 0; i < ASSETS; i++) {
        closes[i] = (t == 0 ? 100.0 : closes[i]) * (1.0 + ((double)((t * 7919 + i * 104729) % 1009) - 504.0) * 4e-5);
    }
}

static void *decide_managed(void *unused) {
    ppo_bar market;
    risk_decision decision;
    double closes[ASSETS], weights[ASSETS];
    (void)unused;
    EXPECT(PPO_OK, ppo_bar_init(&market, sizeof market));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    market.closes = closes;
    market.closes_len = decision.weights_len = ASSETS;
    decision.weights = weights;
    for (long t = 0; t < WARM + decisions; t++) {
        next_closes(t, closes);
        market.time = t + 1;
        if (t < WARM) {
            failed[0] += ppo_book_observe(book, &market) != PPO_OK;
            continue;
        }
        failed[0] += ppo_book_decide(book, &market, &decision) != PPO_OK;
        odd += decision.state == RISK_STATE_HALTED && decision.cash != 1.0;
    }
    __atomic_sub_fetch(&running, 1, __ATOMIC_ACQ_REL);
    return NULL;
}

static void *decide_plain(void *unused) {
    ppo_bar bar;
    double closes[ASSETS], weights[ASSETS + 1];
    (void)unused;
    EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
    bar.closes = closes;
    bar.closes_len = ASSETS;
    for (long t = 0; t < WARM + decisions; t++) {
        next_closes(t, closes);
        failed[1] += ppo_portfolio_push_prices(portfolio, &bar, NULL) != PPO_OK;
        if (t >= WARM) {
            failed[1] += ppo_portfolio_rebalance(portfolio, weights, ASSETS + 1) != PPO_OK;
        }
    }
    __atomic_sub_fetch(&running, 1, __ATOMIC_ACQ_REL);
    return NULL;
}

static void *disturb(void *argument) {
    int wrong = 0;
    for (unsigned i = (unsigned)(size_t)argument; __atomic_load_n(&running, __ATOMIC_ACQUIRE) > 0; i++) {
        wrong += ppo_book_set_agent(book, agents[i % 2]) != PPO_OK;
        wrong += ppo_portfolio_set_agent(portfolio, agents[i % 2]) != PPO_OK;
        wrong += (i % 3 == 0 ? ppo_book_halt(book)
                  : i % 3 == 1 ? ppo_book_flatten(book)
                               : ppo_book_resume(book)) != PPO_OK;
        __atomic_add_fetch(&swaps, 1, __ATOMIC_RELAXED);
    }
    CHECK(wrong == 0);
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t deciding[2], others[2];
    static char state[1 << 20];
    if (argc != 3) {
        return 2;
    }
    decisions = atoi(argv[2]);
    EXPECT(PPO_OK, ppo_load(argv[1], &agents[0]));
    EXPECT(PPO_OK, ppo_agent_clone(agents[0], &agents[1]));
    EXPECT(PPO_OK, ppo_agent_set_precision(agents[1], PPO_PRECISION_BF16));
    EXPECT(PPO_OK, ppo_book_new(agents[0], NULL, NULL, &book));
    EXPECT(PPO_OK, ppo_portfolio_new(agents[0], NULL, &portfolio));
    for (size_t i = 0; i < 2; i++) {
        CHECK(pthread_create(&others[i], NULL, disturb, (void *)i) == 0);
    }
    while (__atomic_load_n(&swaps, __ATOMIC_RELAXED) == 0) {
        sched_yield();
    }
    for (size_t i = 0; i < 2; i++) {
        CHECK(pthread_create(&deciding[i], NULL, i ? decide_plain : decide_managed, NULL) == 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(deciding[i], NULL);
        pthread_join(others[i], NULL);
        CHECK(failed[i] == 0);
    }
    CHECK(odd == 0 && swaps > 0);
    /* The agents may go; what was asked for last is taken up by the next call. */
    EXPECT(PPO_OK, ppo_book_set_agent(book, agents[1]));
    EXPECT(PPO_OK, ppo_book_flatten(book));
    EXPECT(PPO_OK, ppo_book_halt(book));
    ppo_agent_free(agents[0]);
    ppo_agent_free(agents[1]);
    EXPECT(PPO_OK, ppo_book_state_json(book, state, sizeof state, NULL));
    CHECK(strstr(state, "\"switch\":\"halt\"") != NULL);
    ppo_book_free(book);
    ppo_portfolio_free(portfolio);
    return finished("swap");
}
