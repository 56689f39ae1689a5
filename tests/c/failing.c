/* Calls of the order path that fail while there is no memory: each answers its status and its words, and asks for none.
 * argv: the demo policy. */
#include <stddef.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);

/* Whether there is memory, and how often it was asked for while there was none. */
static volatile int empty;
static volatile long asked;

static void *unless_empty(void *(*give)(size_t), size_t size) {
    if (empty) {
        asked++;
        return NULL;
    }
    return give(size);
}

void *malloc(size_t size) {
    return unless_empty(__libc_malloc, size);
}

void *calloc(size_t count, size_t size) {
    if (empty) {
        asked++;
        return NULL;
    }
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    if (empty) {
        asked++;
        return NULL;
    }
    return __libc_realloc(old, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (empty) {
        asked++;
        return 12;
    }
    *out = __libc_memalign(alignment, size);
    return *out == NULL ? 12 : 0;
}

#include "check.h"
#include <pthread.h>

static ppo_agent *agent;
static ppo_random *stream;
static ppo_book *book;
static risk_manager *manager;
static char spoken[2048];
static ppo_status answer;
static long wanted;

/* The call with no memory to be had; then its status, its words on the thread, and those on its handle where it has. */
#define FAILS(expected, words, call)                                                                            \
    do {                                                                                                        \
        asked = 0;                                                                                              \
        empty = 1;                                                                                              \
        answer = (call);                                                                                        \
        wanted = asked;                                                                                         \
        ppo_last_error(spoken, sizeof spoken, NULL);                                                            \
        empty = 0;                                                                                              \
        if (answer != (expected) || strstr(spoken, words) == NULL || wanted != 0) {                             \
            failures++;                                                                                         \
            printf("line %d: %s, \"%s\", asked for memory %ld times\n", __LINE__, ppo_status_name(answer), spoken, \
                   wanted);                                                                                     \
        }                                                                                                       \
    } while (0)

static void *fail(void *unused) {
    static float state[STATE], wide[STATE], action[ACTIONS];
    static double prior[ACTIONS], bad[ACTIONS], weights[ACTIONS], closes[ASSETS], number;
    static double current[ASSETS], allowed[ASSETS], above[ACTIONS];
    ppo_bar market;
    risk_portfolio portfolio;
    risk_decision decision;
    (void)unused;
    input(3, state, prior);
    input(3, wide, bad);
    wide[7] = NAN;
    bad[2] = -INFINITY;
    for (int i = 0; i < ASSETS; i++) {
        closes[i] = 100;
        above[i] = 101;
    }
    FAILS(PPO_ERR_NULL_POINTER, "ppo_select_action: `state` is NULL",
          ppo_select_action(agent, NULL, STATE, prior, ACTIONS, weights, ACTIONS));
    FAILS(PPO_ERR_LENGTH, "`state` has 60 values, expected 61",
          ppo_select_action(agent, state, STATE - 1, prior, ACTIONS, weights, ACTIONS));
    FAILS(PPO_ERR_NOT_FINITE, "`state[7]` is NaN",
          ppo_select_action(agent, wide, STATE, prior, ACTIONS, weights, ACTIONS));
    FAILS(PPO_ERR_LENGTH, "`prior`", ppo_select_action(agent, state, STATE, prior, 3, weights, ACTIONS));
    FAILS(PPO_ERR_NOT_FINITE, "`prior[2]` is -inf",
          ppo_select_action(agent, state, STATE, bad, ACTIONS, weights, ACTIONS));
    FAILS(PPO_ERR_INVALID_ARGUMENT, "memory that",
          ppo_select_action(agent, state, STATE, prior, ACTIONS, prior, ACTIONS));
    FAILS(PPO_ERR_NULL_POINTER, "`agent` is NULL",
          ppo_select_action(NULL, state, STATE, prior, ACTIONS, weights, ACTIONS));
    FAILS(PPO_ERR_WRONG_HANDLE, "`agent`",
          ppo_select_action((ppo_agent *)(void *)stream, state, STATE, prior, ACTIONS, weights, ACTIONS));
    FAILS(PPO_ERR_LENGTH, "`action_out` has 3 values, expected 21",
          ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, 3, weights, ACTIONS, &number));
    FAILS(PPO_ERR_NOT_FINITE, "`state[7]` is NaN", ppo_value(agent, wide, STATE, &number));
    EXPECT(PPO_OK, ppo_bar_init(&market, sizeof market));
    EXPECT(PPO_OK, risk_portfolio_init(&portfolio, sizeof portfolio));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    market.closes = closes;
    market.closes_len = ASSETS;
    portfolio.target = weights;
    portfolio.target_len = ASSETS;
    portfolio.current = current;
    portfolio.current_len = ASSETS;
    portfolio.equity = 1000;
    decision.weights = allowed;
    decision.weights_len = ASSETS;
    FAILS(PPO_ERR_NULL_POINTER, "risk_manage: `manager` is NULL", risk_manage(NULL, &market, &portfolio, &decision));
    FAILS(PPO_ERR_NULL_POINTER, "`bar` is NULL", risk_manage(manager, NULL, &portfolio, &decision));
    market.closes_len = 3;
    FAILS(PPO_ERR_LENGTH, "closes", risk_manage(manager, &market, &portfolio, &decision));
    FAILS(PPO_ERR_LENGTH, "closes", ppo_book_decide(book, &market, &decision));
    market.closes_len = ASSETS;
    closes[5] = NAN;
    FAILS(PPO_ERR_NOT_FINITE, "closes[5]", risk_manage(manager, &market, &portfolio, &decision));
    FAILS(PPO_ERR_NOT_READY, "returns seen before a decision",
          ppo_book_decide(book, &market, &decision));
    closes[5] = 100;
    FAILS(PPO_ERR_NULL_POINTER, "`decision` is NULL", ppo_book_decide(book, &market, NULL));
    closes[5] = -1;
    FAILS(PPO_ERR_INVALID_ARGUMENT, "closes[5]", ppo_book_observe(book, &market));
    closes[5] = 100;
    market.highs = market.lows = closes;
    market.highs_len = market.lows_len = ASSETS;
    closes[5] = NAN;
    FAILS(PPO_ERR_NOT_FINITE, "[5]", risk_manage(manager, &market, &portfolio, &decision));
    closes[5] = 100;
    market.highs = above;
    market.lows = above;
    FAILS(PPO_ERR_INVALID_ARGUMENT, "[0]", risk_manage(manager, &market, &portfolio, &decision));
    market.highs = market.lows = NULL;
    market.highs_len = market.lows_len = 0;
    FAILS(PPO_ERR_LENGTH, "weights", ppo_book_record_trade(book, bad, 3, 0));
    FAILS(PPO_ERR_NOT_FINITE, "weights[2]", ppo_book_record_trade(book, bad, ACTIONS, 0));
    FAILS(PPO_ERR_INVALID_ARGUMENT, "weights", ppo_book_set_position(book, above, ACTIONS, 1000));
    market.struct_size = 3;
    FAILS(PPO_ERR_VERSION, "bar.struct_size", risk_manage(manager, &market, &portfolio, &decision));
    /* The handle has the words, too. */
    EXPECT(PPO_OK, ppo_agent_last_error(agent, spoken, sizeof spoken, NULL));
    CHECK(strstr(spoken, "`state[7]` is NaN") != NULL);
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t thread;
    if (argc != 2) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_random_new(3, 0, &stream));
    EXPECT(PPO_OK, ppo_book_new(agent, NULL, NULL, &book));
    EXPECT(PPO_OK, risk_manager_new(NULL, ASSETS, &manager));
    fail(NULL);
    /* On a thread whose first call it is. */
    CHECK(pthread_create(&thread, NULL, fail, NULL) == 0 && pthread_join(thread, NULL) == 0);
    ppo_book_free(book);
    risk_manager_free(manager);
    ppo_random_free(stream);
    ppo_agent_free(agent);
    return finished("failing");
}
