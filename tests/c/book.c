/* A book over made-up closes, written for Rust to compare; saved and restored on the way; allocations of
 * the calls of every bar counted. argv: the demo policy, a file to write, bars. */
#include "allocations.h"
#include "check.h"

/* Bars after which decisions begin. */
#define WARM 260

static const char *const CONFIG = "{\"cost_rate\": 0.002, \"history\": 60}";
static const char *const RISK =
    "{\"limits\": {\"min_cash\": 0.02, \"max_gross\": 0.7}, \"drawdown\": {\"reduce_at\": 0.08, \"stop_at\": 0.3},"
    " \"trade_band\": 0.02, \"hedge\": {\"threshold\": 0.05, \"band\": 0.01}}";
static char state[1 << 20];

/* Closes that rise, fall far and recover; sums, products and quotients alone. */
static void next_closes(long t, double *closes) {
    for (long i = 0; i < ASSETS; i++) {
        long wiggle = (t * 7919 + i * 104729) % 1009;
        double drift = t % 300 > 240 ? -0.006 : 0.0012;
        closes[i] = (t == 0 ? 100.0 : closes[i]) * (1.0 + drift + ((double)wiggle - 504.0) * 4e-5);
    }
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    ppo_book *book = NULL;
    ppo_bar market;
    risk_decision decision;
    risk_reason reasons[64];
    ppo_account account;
    double closes[ASSETS], weights[ASSETS], units[ASSETS], held[ASSETS + 1], numbers[8], turnover, cost;
    double nothing[ASSETS] = {0}, lots[ASSETS], order_units[ASSETS], listed[2];
    uint32_t order_assets[ASSETS];
    size_t orders = 0;
    uint32_t ready = 7;
    FILE *file;
    long bars, counted = 0;
    if (argc != 4) {
        return 2;
    }
    bars = atol(argv[3]);
    for (int i = 0; i < ASSETS; i++) {
        lots[i] = 0.5 * i;
    }
    file = fopen(argv[2], "wb");
    CHECK(file != NULL);
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_book_new(agent, CONFIG, RISK, &book));
    EXPECT(PPO_OK, ppo_bar_init(&market, sizeof market));
    market.cash_return = 1e-4;
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
    market.closes = closes;
    market.closes_len = ASSETS;
    decision.weights = weights;
    decision.weights_len = ASSETS;
    decision.units = units;
    decision.units_len = ASSETS;
    decision.reasons = reasons;
    decision.reasons_capacity = 64;
    for (long t = 0; t < bars; t++) {
        ppo_status answer;
        long before;
        next_closes(t, closes);
        if (t % 111 == 110) {
            EXPECT(PPO_OK, ppo_book_state_json(book, state, sizeof state, NULL));
            ppo_book_free(book);
            book = NULL;
            EXPECT(PPO_OK, ppo_book_restore(agent, CONFIG, RISK, state, &book));
        }
        if (t % 100 == 90) {
            size_t size = 0, again = 1;
            EXPECT(PPO_OK, ppo_book_save_state(book, (uint8_t *)state, sizeof state / 2, &size));
            ppo_book_free(book);
            book = NULL;
            EXPECT(PPO_OK, ppo_book_restore_state(agent, CONFIG, RISK, (uint8_t *)state, size, &book));
            EXPECT(PPO_OK, ppo_book_save_state(book, (uint8_t *)state + sizeof state / 2, sizeof state / 2, &again));
            CHECK(again == size && memcmp(state, state + sizeof state / 2, size) == 0);
        }
        if (t == 700) {
            EXPECT(PPO_OK, ppo_book_reset(book));
        }
        before = allocations;
        EXPECT(PPO_OK, ppo_book_ready(book, &ready));
        CHECK(ready == (t >= 252));
        if (t < WARM || t % 7 == 3) {
            answer = ppo_book_observe(book, &market);
        } else {
            answer = ppo_book_decide(book, &market, &decision);
        }
        CHECK(answer == PPO_OK);
        EXPECT(PPO_OK, ppo_book_account(book, &account, held, ASSETS + 1));
        counted += allocations - before;
        CHECK(fwrite(closes, sizeof *closes, ASSETS, file) == ASSETS);
        CHECK(fwrite(held, sizeof *held, ASSETS + 1, file) == ASSETS + 1);
        CHECK(fwrite(&account.value, sizeof account.value, 1, file) == 1);
        if (t >= WARM && t % 7 != 3) {
            before = allocations;
            EXPECT(PPO_OK, ppo_book_traded(book, held, ASSETS + 1, &turnover, &cost));
            EXPECT(PPO_OK, ppo_book_orders(book, nothing, ASSETS, account.value, lots, ASSETS, NULL, 0, 300.0,
                                           order_assets, ASSETS, order_units, ASSETS, &orders));
            if (t % 50 == 20) {
                EXPECT(PPO_OK, ppo_book_deposit(book, 1000.0));
            }
            counted += allocations - before;
            numbers[0] = decision.cash;
            numbers[1] = decision.gross;
            numbers[2] = decision.leverage;
            numbers[3] = decision.drawdown;
            numbers[4] = decision.hedge_notional;
            numbers[5] = turnover;
            numbers[6] = cost;
            numbers[7] = (double)decision.reasons_len;
            CHECK(fwrite(weights, sizeof *weights, ASSETS, file) == ASSETS);
            CHECK(fwrite(units, sizeof *units, ASSETS, file) == ASSETS);
            CHECK(fwrite(held, sizeof *held, ASSETS + 1, file) == ASSETS + 1);
            CHECK(fwrite(numbers, sizeof *numbers, 8, file) == 8);
            numbers[0] = (double)orders;
            CHECK(fwrite(numbers, sizeof *numbers, 1, file) == 1);
            for (size_t i = 0; i < orders; i++) {
                listed[0] = order_assets[i];
                listed[1] = order_units[i];
                CHECK(fwrite(listed, sizeof *listed, 2, file) == 2);
            }
        }
    }
    CHECK(fclose(file) == 0);
    CHECK(counted == 0);
    printf("%ld allocations in %ld bars\n", counted, bars);
    ppo_book_free(book);
    ppo_agent_free(agent);
    return finished("book");
}
