/* Every export of books with what no caller should hand it. argv: the demo policy, a folder (not used). */
#include "check.h"

static char text[1 << 18];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL, *other = NULL;
    ppo_book *book = NULL, *made = NULL;
    ppo_bar market;
    risk_decision decision, before;
    ppo_account account;
    double closes[ASSETS], weights[ASSETS], held[ASSETS + 1], number = 7.0;
    uint32_t ready = 77;
    size_t size = 77;
    char small[4] = "abc";
    double units[ASSETS] = {0}, order_units[ASSETS];
    uint32_t order_assets[ASSETS] = {7, 7, 7};
    static uint8_t bytes[1 << 16];
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_agent_new("{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20,"
                                 " \"account\": false, \"columns\": []}, \"action\": {},"
                                 " \"network\": {\"scorer\": {\"hidden\": [8]}}}",
                                 NULL, &other));
    EXPECT(PPO_OK, ppo_bar_init(&market, sizeof market));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_new(NULL, NULL, NULL, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_new(agent, NULL, NULL, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_new(agent, "{\"balanc\": 1}", NULL, &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_new(agent, NULL, "{\"limits\": {\"min_cash\": -1}}", &made));
    CHECK(says("limits.min_cash"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_new(agent, NULL, "{\"limit\": 1}", &made));
    CHECK(says("risk_json"));
    EXPECT(PPO_OK, ppo_book_new(agent, NULL, NULL, &book));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_restore(agent, NULL, NULL, NULL, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_restore(NULL, NULL, NULL, "{}", &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_restore(agent, NULL, NULL, "{}", NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_restore(agent, NULL, NULL, "{}", &made));
    EXPECT(PPO_OK, ppo_book_state_json(book, text, sizeof text, &size));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_restore(other, NULL, NULL, text, &made));
    EXPECT(PPO_OK, ppo_book_save_state(book, bytes, sizeof bytes, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_restore_state(agent, NULL, NULL, NULL, size, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_restore_state(NULL, NULL, NULL, bytes, size, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_restore_state(agent, NULL, NULL, bytes, size, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_restore_state(other, NULL, NULL, bytes, size, &made));
    CHECK(says("`state: manager` is of a policy with another state or prior"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_restore_state(agent, NULL, NULL, bytes, 0, &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_restore_state(agent, NULL, NULL, bytes, size - 1, &made));
    CHECK(says("`state` is cut or altered"));
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0x10;
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_restore_state(agent, NULL, NULL, bytes, size, &made));
        bytes[i] ^= 0x10;
    }
    CHECK(made == NULL);
    size = 77;
    for (int i = 0; i < 2; i++) {
        ppo_book *bad = i ? (ppo_book *)(void *)agent : NULL;
        ppo_status answer = i ? PPO_ERR_WRONG_HANDLE : PPO_ERR_NULL_POINTER;
        EXPECT(answer, ppo_book_ready(bad, &ready));
        EXPECT(answer, ppo_book_observe(bad, &market));
        EXPECT(answer, ppo_book_decide(bad, &market, &decision));
        EXPECT(answer, ppo_book_account(bad, &account, NULL, 0));
        EXPECT(answer, ppo_book_traded(bad, held, ASSETS + 1, NULL, NULL));
        EXPECT(answer, ppo_book_record_trade(bad, held, ASSETS + 1, 0));
        EXPECT(answer, ppo_book_set_position(bad, held, ASSETS + 1, 1));
        EXPECT(answer, ppo_book_deposit(bad, 1));
        EXPECT(answer, ppo_book_orders(bad, held, ASSETS, 1, NULL, 0, NULL, 0, 0, order_assets, ASSETS, order_units,
                                       ASSETS, &size));
        EXPECT(answer, ppo_book_set_agent(bad, agent));
        EXPECT(answer, ppo_book_halt(bad));
        EXPECT(answer, ppo_book_flatten(bad));
        EXPECT(answer, ppo_book_resume(bad));
        EXPECT(answer, ppo_book_reset(bad));
        EXPECT(answer, ppo_book_reset_stop(bad, 0));
        EXPECT(answer, ppo_book_pin(bad, 0, 1));
        EXPECT(answer, ppo_book_state_json(bad, text, sizeof text, &size));
        EXPECT(answer, ppo_book_save_state(bad, bytes, sizeof bytes, &size));
        EXPECT(answer, ppo_book_last_error(bad, text, sizeof text, &size));
    }
    CHECK(ready == 77 && size == 77);
    for (int i = 0; i < ASSETS; i++) {
        closes[i] = 100.0 + i;
        weights[i] = held[i] = 7.0;
    }
    held[ASSETS] = 7.0;
    before = decision;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_ready(book, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_observe(book, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_observe(book, &market));
    CHECK(says("bar.closes"));
    market.closes = closes;
    market.closes_len = ASSETS - 1;
    EXPECT(PPO_ERR_LENGTH, ppo_book_observe(book, &market));
    market.closes_len = ASSETS;
    closes[3] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_book_observe(book, &market));
    CHECK(says("closes[3]"));
    closes[3] = 100.0;
    market.columns = closes;
    market.columns_len = 1;
    EXPECT(PPO_ERR_LENGTH, ppo_book_observe(book, &market));
    CHECK(says("`bar.columns` has 1 values, expected 0"));
    market.columns = NULL;
    market.columns_len = 0;
    market.prior = closes;
    market.prior_len = ASSETS + 1;
    EXPECT(PPO_ERR_LENGTH, ppo_book_observe(book, &market));
    CHECK(says("`bar.prior` has"));
    market.prior = NULL;
    market.prior_len = 0;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_decide(book, &market, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_decide(book, &market, &decision));
    decision.weights = weights;
    decision.weights_len = ASSETS;
    EXPECT(PPO_ERR_NOT_READY, ppo_book_decide(book, &market, &decision));
    CHECK(says("252 returns seen before a decision"));
    decision.weights = closes;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_decide(book, &market, &decision));
    CHECK(says("memory that `bar.closes` uses"));
    decision.weights = weights;
    market.ends = weights;
    market.ends_len = ASSETS;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_decide(book, &market, &decision));
    CHECK(says("memory that `bar.ends` uses"));
    market.ends_len = 1;
    EXPECT(PPO_ERR_LENGTH, ppo_book_observe(book, &market));
    CHECK(says("`bar.ends` has 1 values, expected"));
    market.ends_len = ASSETS;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_observe(book, &market));
    CHECK(says("`bar.ends[0] (") && says("`listed`"));
    market.ends = NULL;
    market.ends_len = 0;
    decision.weights = before.weights;
    decision.weights_len = before.weights_len;
    CHECK(memcmp(&decision, &before, sizeof decision) == 0 && weights[0] == 7.0);
    EXPECT(PPO_OK, ppo_book_observe(book, &market));
    market.cash_return = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_book_observe(book, &market));
    CHECK(says("`bar.cash_return` is NaN"));
    market.cash_return = 0.0;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_account(book, NULL, NULL, 0));
    EXPECT(PPO_ERR_LENGTH, ppo_book_account(book, &account, held, ASSETS));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_traded(book, NULL, ASSETS + 1, NULL, NULL));
    EXPECT(PPO_ERR_LENGTH, ppo_book_traded(book, held, ASSETS, &number, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_record_trade(book, NULL, ASSETS + 1, 0));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_record_trade(book, held, ASSETS + 1, 0));
    EXPECT(PPO_ERR_LENGTH, ppo_book_set_position(book, held, ASSETS, 1));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_set_position(book, held, ASSETS + 1, 1));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_set_agent(book, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_set_agent(book, other));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_reset_stop(book, ASSETS));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_pin(book, ASSETS, 1));
    CHECK(says("`asset` is 20, expected below 20"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_pin(book, 0, 2));
    CHECK(says("`pinned` is 2"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_state_json(book, NULL, 4, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_book_state_json(book, small, sizeof small, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_save_state(book, NULL, 4, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_book_save_state(book, (uint8_t *)small, sizeof small, NULL));
    CHECK(number == 7.0 && size == 77 && held[0] == 7.0 && strcmp(small, "abc") == 0);
    EXPECT(PPO_OK, ppo_book_set_agent(book, agent));
    EXPECT(PPO_OK, ppo_book_traded(book, held, ASSETS + 1, &number, NULL));
    CHECK(number == 0.0 && held[0] == 0.0);
    /* Cash may be owed for fees, and no more; an equity that no decision takes is not taken. */
    for (int i = 0; i <= ASSETS; i++) {
        held[i] = i < 2 ? 0.5015 : 0.0;
    }
    held[ASSETS] = -0.003;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_set_position(book, held, ASSETS + 1, 1e150));
    CHECK(says("`equity` is 1"));
    EXPECT(PPO_OK, ppo_book_set_position(book, held, ASSETS + 1, 1e5));
    EXPECT(PPO_OK, ppo_book_record_trade(book, held, ASSETS + 1, 1e-12));
    /* Orders for what was traded: half of it each of two assets. */
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_orders(book, NULL, ASSETS, 1e5, NULL, 0, NULL, 0, 0, order_assets, ASSETS,
                                                 order_units, ASSETS, &size));
    EXPECT(PPO_ERR_LENGTH, ppo_book_orders(book, units, ASSETS + 1, 1e5, NULL, 0, NULL, 0, 0, order_assets, ASSETS,
                                           order_units, ASSETS, &size));
    EXPECT(PPO_ERR_LENGTH, ppo_book_orders(book, units, ASSETS, 1e5, held, 1, NULL, 0, 0, order_assets, ASSETS,
                                           order_units, ASSETS, &size));
    CHECK(says("`lots` has 1 values"));
    EXPECT(PPO_ERR_LENGTH, ppo_book_orders(book, units, ASSETS, 1e5, NULL, 0, held, 1, 0, order_assets, ASSETS,
                                           order_units, ASSETS, &size));
    CHECK(says("`min_units` has 1 values"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_orders(book, units, ASSETS, 1e5, NULL, 0, NULL, 0, 0, NULL, ASSETS,
                                                 order_units, ASSETS, &size));
    EXPECT(PPO_ERR_LENGTH, ppo_book_orders(book, units, ASSETS, 1e5, NULL, 0, NULL, 0, 0, order_assets, ASSETS,
                                           order_units, ASSETS - 1, &size));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_orders(book, units, ASSETS, 1e5, NULL, 0, NULL, 0, 0, order_assets,
                                                     ASSETS, units, ASSETS, &size));
    CHECK(says("memory that `units` uses"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_book_orders(book, units, ASSETS, 1e5, NULL, 0, NULL, 0, 0, order_assets, ASSETS,
                                                 order_units, ASSETS, NULL));
    EXPECT(PPO_ERR_NOT_FINITE, ppo_book_orders(book, units, ASSETS, NAN, NULL, 0, NULL, 0, 0, order_assets, ASSETS,
                                               order_units, ASSETS, &size));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_orders(book, units, ASSETS, 0, NULL, 0, NULL, 0, 0, order_assets,
                                                     ASSETS, order_units, ASSETS, &size));
    CHECK(says("`units` is worth 0 with `cash`"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_orders(book, units, ASSETS, 1e5, NULL, 0, NULL, 0, -1, order_assets,
                                                     ASSETS, order_units, ASSETS, &size));
    CHECK(says("`min_value` is -1") && size == 77 && order_assets[0] == 7);
    EXPECT(PPO_OK, ppo_book_orders(book, units, ASSETS, 1e5, NULL, 0, NULL, 0, 0, order_assets, ASSETS, order_units,
                                   ASSETS, &size));
    CHECK(size == 2 && order_assets[0] == 0 && order_assets[1] == 1 && order_assets[2] == 7);
    CHECK(order_units[0] * closes[0] > 49000.0 && order_units[0] * closes[0] < 50000.0);
    /* Money paid in and out. */
    EXPECT(PPO_ERR_NOT_FINITE, ppo_book_deposit(book, NAN));
    EXPECT(PPO_ERR_NOT_FINITE, ppo_book_deposit(book, -INFINITY));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_deposit(book, -1.0));
    CHECK(says("the cash that there is"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_deposit(book, -1e5));
    CHECK(says("a value above 0"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_deposit(book, 1e91));
    EXPECT(PPO_OK, ppo_book_deposit(book, 1e3));
    EXPECT(PPO_OK, ppo_book_account(book, &account, NULL, 0));
    CHECK(fabs(account.value - 1.01e5) < 1e-6 && fabs(account.cash * account.value - 700.0) < 1e-6);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_deposit(book, -701.0));
    EXPECT(PPO_OK, ppo_book_deposit(book, -699.0));
    size = 77;
    held[ASSETS] = -0.3;
    held[0] = 0.7985;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_record_trade(book, held, ASSETS + 1, 0.0));
    CHECK(says("cash of at least -0.01"));
    /* A bar that is no later than the last. */
    decision.weights = weights;
    decision.weights_len = ASSETS;
    market.time = 1700000000000000000;
    EXPECT(PPO_OK, ppo_book_observe(book, &market));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_observe(book, &market));
    CHECK(says("`bar.time` is 1700000000000000000, expected later than the last bar's, 1700000000000000000"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_book_orders(book, units, ASSETS, 1e5, NULL, 0, NULL, 0, 0, order_assets,
                                                     ASSETS, order_units, ASSETS, &size));
    CHECK(says("`book` is without a decision to follow"));
    EXPECT(PPO_ERR_NOT_READY, ppo_book_decide(book, &market, &decision));
    /* The kill switch needs no history, holds first and sells then. */
    EXPECT(PPO_OK, ppo_book_halt(book));
    EXPECT(PPO_OK, ppo_book_ready(book, &ready));
    CHECK(ready == 1);
    market.time++;
    EXPECT(PPO_OK, ppo_book_decide(book, &market, &decision));
    CHECK(decision.state == RISK_STATE_REDUCING && weights[0] > 0.3 && weights[2] == 0.0);
    EXPECT(PPO_OK, ppo_book_flatten(book));
    market.time++;
    EXPECT(PPO_OK, ppo_book_decide(book, &market, &decision));
    CHECK(decision.state == RISK_STATE_HALTED && weights[0] == 0.0 && decision.cash == 1.0);
    EXPECT(PPO_OK, ppo_book_state_json(book, text, sizeof text, NULL));
    CHECK(strstr(text, "\"switch\":\"flatten\"") != NULL);
    EXPECT(PPO_OK, ppo_book_restore(agent, NULL, NULL, text, &made));
    EXPECT(PPO_OK, ppo_book_ready(made, &ready));
    CHECK(ready == 1);
    EXPECT(PPO_OK, ppo_book_resume(made));
    EXPECT(PPO_OK, ppo_book_ready(made, &ready));
    CHECK(ready == 0);
    ppo_book_free(made);
    EXPECT(PPO_OK, ppo_book_save_state(book, NULL, 0, &size));
    CHECK(size > 1000 && size < sizeof bytes);
    EXPECT(PPO_OK, ppo_book_save_state(book, bytes, size, NULL));
    EXPECT(PPO_OK, ppo_book_restore_state(agent, NULL, NULL, bytes, size, &made));
    EXPECT(PPO_OK, ppo_book_ready(made, &ready));
    CHECK(ready == 1);
    ppo_book_free(made);
    ppo_book_free(NULL);
    ppo_book_free((ppo_book *)(void *)agent);
    CHECK(says("ppo_book_free: `book` is no live book"));
    ppo_book_free(book);
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_book_ready(book, &ready));
    ppo_agent_free(other);
    ppo_agent_free(agent);
    return finished("arguments_book");
}
