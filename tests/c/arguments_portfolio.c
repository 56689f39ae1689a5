/* Every export of portfolios with what no caller should hand it. argv: the demo policy, a folder to write to. */
#include "check.h"

static char text[65536];
static double closes[ASSETS], held[ASSETS + 1], weights[ACTIONS];
static float state[STATE];
static ppo_agent *agent;
static ppo_portfolio *portfolio;

static const char *const SUPPLIED =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 2, \"account\": true, \"columns\": [\"c\"]},"
    " \"action\": {\"distribution\": \"dirichlet\", \"cash\": true, \"prior\": \"supplied\"},"
    " \"network\": {\"mlp\": {\"hidden\": [8], \"activation\": \"tanh\", \"shared_trunk\": true}}}";

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static int untouched(void) {
    for (int i = 0; i < ACTIONS; i++) {
        if (weights[i] != 7.0) {
            return 0;
        }
    }
    return state[0] == 7.0f;
}

static void reset(void) {
    for (int i = 0; i < ASSETS; i++) {
        closes[i] = 40.0 + i;
        held[i] = 0.0;
    }
    held[ASSETS] = 1.0;
    for (int i = 0; i < ACTIONS; i++) {
        weights[i] = 7.0;
    }
    state[0] = 7.0f;
}

static ppo_status push_earning(const double *c, size_t n, double cash_return, uint32_t *taken) {
    ppo_bar bar;
    EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
    bar.closes = c;
    bar.closes_len = n;
    bar.cash_return = cash_return;
    return ppo_portfolio_push_prices(portfolio, &bar, taken);
}

static ppo_status push(const double *c, size_t n) {
    return push_earning(c, n, 0.0, NULL);
}

/* Handles that are none of the wanted kind. */
static void handles(void *bad, ppo_status answer) {
    ppo_account account;
    ppo_portfolio *made = NULL;
    size_t size = 77;
    uint32_t flag = 7;
    double number = 7.0;
    reset();
    EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
    account.value = 7.0;
    EXPECT(answer, ppo_portfolio_new(bad, NULL, &made));
    EXPECT(answer, ppo_portfolio_set_agent(bad, agent));
    EXPECT(answer, ppo_portfolio_set_agent(portfolio, bad));
    EXPECT(answer, ppo_portfolio_push_prices(bad, NULL, &flag));
    EXPECT(answer, ppo_portfolio_push_returns(bad, held, ASSETS, NULL));
    EXPECT(answer, ppo_portfolio_ready(bad, &flag));
    EXPECT(answer, ppo_portfolio_warm_up_bars(bad, &size));
    EXPECT(answer, ppo_portfolio_rebalance(bad, weights, ACTIONS));
    EXPECT(answer, ppo_portfolio_record_trade(bad, held, ASSETS + 1, 0.0));
    EXPECT(answer, ppo_portfolio_set_position(bad, held, ASSETS + 1, 1.0));
    EXPECT(answer, ppo_portfolio_leverage(bad, NAN, &number));
    EXPECT(answer, ppo_portfolio_kelly(bad, weights, ASSETS));
    EXPECT(answer, ppo_portfolio_seen(bad, state, STATE, weights, ACTIONS));
    EXPECT(answer, ppo_portfolio_account(bad, &account, weights, ASSETS + 1));
    EXPECT(answer, ppo_portfolio_state_json(bad, text, sizeof text, &size));
    EXPECT(answer, ppo_portfolio_config_json(bad, text, sizeof text, &size));
    EXPECT(answer, ppo_portfolio_restore(bad, "{}"));
    EXPECT(answer, ppo_portfolio_last_error(bad, text, sizeof text, &size));
    CHECK(untouched() && made == NULL && size == 77 && flag == 7 && number == 7.0 && account.value == 7.0);
    ppo_portfolio_free(bad);
    CHECK(bad == NULL || says("ppo_portfolio_free: `portfolio` is no live portfolio"));
}

static void settings(void) {
    static const struct {
        const char *json, *words;
    } refused[] = {
        {"", "config_json"},
        {"[", "config_json"},
        {"{\"balanc\": 1}", "config_json: balanc"},
        {"{\"balance\": -1}", "balance"},
        {"{\"cost_rate\": 1.5}", "cost_rate"},
        {"{\"history\": 3}", "history"},
        {"{\"half_life\": 0}", "half_life"},
        {"{\"leverage\": {\"max\": -1}}", "max"},
        {"{\"max_halted_bars\": 0}", "max_halted_bars"},
        {"{\"delisting_return\": -2}", "delisting_return"},
        {"{} {}", "config_json"},
    };
    ppo_portfolio *made = NULL;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_new(agent, refused[i].json, &made));
        CHECK(says(refused[i].words));
    }
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_new(agent, NULL, NULL));
    CHECK(made == NULL);
    EXPECT(PPO_OK, ppo_portfolio_new(agent, "{\"history\": 30}", &made));
    EXPECT(PPO_OK, ppo_portfolio_config_json(made, text, sizeof text, NULL));
    CHECK(strstr(text, "\"history\":30") != NULL && strstr(text, "\"balance\":100000.0") != NULL);
    ppo_portfolio_free(made);
    made = NULL;
    EXPECT(PPO_OK, ppo_portfolio_new(agent, text, &made));
    ppo_portfolio_free(made);
}

static void bars(void) {
    static const size_t lengths[] = {0, 1, ASSETS - 1, ASSETS + 1, SIZE_MAX, SIZE_MAX / 8 + 1};
    double bad[4] = {NAN, INFINITY, -INFINITY, -2.0}, one = 1.0;
    ppo_status answers[4] = {PPO_ERR_NOT_FINITE, PPO_ERR_NOT_FINITE, PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT};
    ppo_bar besides;
    uint32_t flag = 7;
    reset();
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_push_prices(portfolio, NULL, NULL));
    CHECK(says("`bar` is NULL"));
    EXPECT(PPO_ERR_NULL_POINTER, push(NULL, ASSETS));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_push_returns(portfolio, NULL, ASSETS, NULL));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        EXPECT(PPO_ERR_LENGTH, push(closes, lengths[i]));
        EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_returns(portfolio, held, lengths[i], NULL));
    }
    /* The policy has no columns and computes its prior. */
    EXPECT(PPO_OK, ppo_bar_init(&besides, sizeof besides));
    besides.columns = &one;
    besides.columns_len = 1;
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_returns(portfolio, held, ASSETS, &besides));
    CHECK(says("`bar.columns` has 1 values, expected 0"));
    besides.columns_len = 0;
    besides.asset_columns = &one;
    besides.asset_columns_len = 1;
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_returns(portfolio, held, ASSETS, &besides));
    CHECK(says("`bar.asset_columns` has 1 values, expected 0"));
    besides.asset_columns_len = 0;
    besides.prior = &one;
    besides.prior_len = 1;
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_returns(portfolio, held, ASSETS, &besides));
    CHECK(says("`bar.prior` has 1 values, expected 0"));
    besides.prior_len = 0;
    besides.ends = &one;
    besides.ends_len = 1;
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_returns(portfolio, held, ASSETS, &besides));
    CHECK(says("`bar.ends` has 1 values, expected"));
    besides.struct_size = 3;
    EXPECT(PPO_ERR_VERSION, ppo_portfolio_push_returns(portfolio, held, ASSETS, &besides));
    EXPECT(PPO_OK, push(closes, ASSETS));
    for (int i = 0; i < 4; i++) {
        reset();
        closes[3] = bad[i];
        EXPECT(answers[i], push_earning(closes, ASSETS, 0.0, &flag));
        CHECK(says("`bar.closes[3]"));
        closes[3] = 43.0;
        EXPECT(answers[i], push_earning(closes, ASSETS, bad[i], &flag));
        CHECK(says("cash_return"));
        held[3] = bad[i];
        EXPECT(answers[i], ppo_portfolio_push_returns(portfolio, held, ASSETS, NULL));
        CHECK(says("returns[3]"));
    }
    CHECK(flag == 7);
    /* Nothing of that was taken in: the closes are still compared with the first. */
    reset();
    EXPECT(PPO_OK, push_earning(closes, ASSETS, 0.0, &flag));
    CHECK(flag == 1);
}

/* Marks of ends, and closes that are none: of a policy that knows of assets that are missing, and of one that does not. */
static void gaps(void) {
    static char before[65536];
    static const char *const LISTED =
        "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 2, \"listed\": true, \"columns\": []},"
        " \"action\": {}, \"network\": {\"scorer\": {\"hidden\": [8]}}}";
    double ends[ASSETS] = {0}, two[2] = {40.0, NAN};
    ppo_agent *knows = NULL;
    ppo_portfolio *listed = NULL;
    ppo_bar bar;
    uint32_t flag = 7;
    reset();
    EXPECT(PPO_OK, ppo_agent_new(LISTED, NULL, &knows));
    EXPECT(PPO_OK, ppo_portfolio_new(knows, "{\"max_halted_bars\": 3, \"delisting_return\": -0.5}", &listed));
    EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
    bar.closes = two;
    bar.closes_len = 2;
    EXPECT(PPO_OK, ppo_portfolio_push_prices(listed, &bar, NULL));
    EXPECT(PPO_OK, ppo_portfolio_state_json(listed, before, sizeof before, NULL));
    bar.ends = ends;
    for (size_t len = 0; len < 4; len++) {
        bar.ends_len = len == 2 ? SIZE_MAX : len;
        EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_prices(listed, &bar, &flag));
        CHECK(says("`bar.ends` has"));
    }
    bar.ends_len = 2;
    ends[1] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_portfolio_push_prices(listed, &bar, &flag));
    CHECK(says("`bar.ends[1] (B)` is NaN"));
    ends[1] = -INFINITY;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_portfolio_push_prices(listed, &bar, &flag));
    CHECK(says("`bar.ends[1] (B)`"));
    ends[1] = 0;
    bar.ends = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_push_prices(listed, &bar, &flag));
    CHECK(says("bar.ends") && flag == 7);
    EXPECT(PPO_OK, ppo_portfolio_state_json(listed, text, sizeof text, NULL));
    CHECK(strcmp(text, before) == 0);
    bar.ends = ends;
    EXPECT(PPO_OK, ppo_portfolio_push_prices(listed, &bar, &flag));
    CHECK(flag == 1);
    /* Returns are of assets that are all there. */
    EXPECT(PPO_ERR_NOT_FINITE, ppo_portfolio_push_returns(listed, two, 2, &bar));
    CHECK(says("returns[1]"));
    ppo_portfolio_free(listed);
    ppo_agent_free(knows);
    /* The demo policy was trained on assets that are all there. */
    EXPECT(PPO_OK, ppo_portfolio_state_json(portfolio, before, sizeof before, NULL));
    bar.closes = closes;
    bar.closes_len = ASSETS;
    bar.ends_len = ASSETS;
    ends[2] = 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_push_prices(portfolio, &bar, NULL));
    CHECK(says("`bar.ends[2] (") && says("`listed`"));
    ends[2] = 0;
    closes[3] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_portfolio_push_prices(portfolio, &bar, NULL));
    CHECK(says("`bar.closes[3] (") && says("`listed`"));
    EXPECT(PPO_OK, ppo_portfolio_state_json(portfolio, text, sizeof text, NULL));
    CHECK(strcmp(text, before) == 0);
}

static void decisions(void) {
    ppo_account account;
    size_t size = 0;
    uint32_t flag = 7;
    double number = 7.0;
    reset();
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_ready(portfolio, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_warm_up_bars(portfolio, NULL));
    EXPECT(PPO_OK, ppo_portfolio_ready(portfolio, &flag));
    EXPECT(PPO_OK, ppo_portfolio_warm_up_bars(portfolio, &size));
    CHECK(flag == 0 && size == 252);
    EXPECT(PPO_ERR_NOT_READY, ppo_portfolio_rebalance(portfolio, weights, ACTIONS));
    CHECK(says("252 bars before a decision"));
    EXPECT(PPO_ERR_NOT_READY, ppo_portfolio_leverage(portfolio, NAN, &number));
    EXPECT(PPO_ERR_NOT_READY, ppo_portfolio_kelly(portfolio, weights, ASSETS));
    CHECK(says("with 1 bars remembered"));
    for (int t = 0; t < 260; t++) {
        for (int i = 0; i < ASSETS; i++) {
            closes[i] *= (t + i) % 3 ? 1.01 : 0.99;
        }
        EXPECT(PPO_OK, push(closes, ASSETS));
    }
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_leverage(portfolio, NAN, &number));
    CHECK(says("`portfolio: forecast volatility` is 0"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_rebalance(portfolio, NULL, ACTIONS));
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_rebalance(portfolio, weights, ACTIONS - 1));
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_rebalance(portfolio, weights, 0));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_kelly(portfolio, NULL, ASSETS));
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_kelly(portfolio, weights, ACTIONS));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_leverage(portfolio, NAN, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_seen(portfolio, NULL, STATE, weights, ACTIONS));
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_seen(portfolio, state, STATE + 1, weights, ACTIONS));
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_seen(portfolio, state, STATE, weights, ACTIONS + 1));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_seen(portfolio, state, STATE, NULL, ACTIONS));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_seen(portfolio, (float *)weights, STATE, weights, ACTIONS));
    CHECK(says("memory that `state_out` uses"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_account_init(NULL, sizeof account));
    EXPECT(PPO_ERR_VERSION, ppo_account_init(&account, 12));
    EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
    account.value = 7.0;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_account(portfolio, NULL, weights, ASSETS + 1));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_account(portfolio, &account, NULL, ASSETS + 1));
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_account(portfolio, &account, weights, ASSETS));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_account(portfolio, &account, &account.value, ASSETS + 1));
    CHECK(says("memory that `account` uses"));
    account.struct_size = 3;
    EXPECT(PPO_ERR_VERSION, ppo_portfolio_account(portfolio, &account, weights, ASSETS + 1));
    CHECK(untouched() && number == 7.0 && account.value == 7.0);
    EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
    EXPECT(PPO_OK, ppo_portfolio_account(portfolio, &account, NULL, 0));
    CHECK(account.value == 100000.0 && account.cash == 1.0);
    EXPECT(PPO_OK, ppo_portfolio_rebalance(portfolio, weights, ACTIONS));
    EXPECT(PPO_OK, ppo_portfolio_seen(portfolio, state, STATE, NULL, 0));
    EXPECT(PPO_ERR_NOT_FINITE, ppo_portfolio_leverage(portfolio, INFINITY, &number));
    CHECK(number == 7.0);
}

static void trades(void) {
    double bad[] = {NAN, INFINITY, -0.5, 0.9};
    reset();
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_record_trade(portfolio, NULL, ASSETS + 1, 0.0));
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_record_trade(portfolio, held, ASSETS, 0.0));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_set_position(portfolio, NULL, ASSETS + 1, 1.0));
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_set_position(portfolio, held, ASSETS + 2, 1.0));
    for (int i = 0; i < 4; i++) {
        ppo_status answer = i < 2 ? PPO_ERR_NOT_FINITE : PPO_ERR_INVALID_ARGUMENT;
        reset();
        EXPECT(answer, ppo_portfolio_record_trade(portfolio, held, ASSETS + 1, bad[i]));
        CHECK(says("`cost`"));
        if (i < 3) {
            EXPECT(answer, ppo_portfolio_set_position(portfolio, held, ASSETS + 1, bad[i]));
            CHECK(says("`equity`"));
        }
        held[0] = bad[i];
        EXPECT(answer, ppo_portfolio_record_trade(portfolio, held, ASSETS + 1, 0.0));
        EXPECT(answer, ppo_portfolio_set_position(portfolio, held, ASSETS + 1, 1.0));
        CHECK(says("weights"));
    }
}

static void states(void) {
    static char json[65536], small[8] = "abc";
    ppo_portfolio *other = NULL;
    ppo_agent *unlike = NULL;
    ppo_bar bar;
    double returns[2] = {0.01, 0.02}, column = 0.5, prior[3] = {0.2, 0.3, 0.5};
    size_t size = 77;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_restore(portfolio, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_restore(portfolio, "{}"));
    CHECK(says("state_json"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_restore(portfolio, "\xff"));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_portfolio_config_json(portfolio, small, sizeof small, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_config_json(portfolio, NULL, 5, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_portfolio_state_json(portfolio, small, sizeof small, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_state_json(portfolio, NULL, 5, &size));
    CHECK(strcmp(small, "abc") == 0);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_new(SUPPLIED, NULL, NULL));
    EXPECT(PPO_OK, ppo_agent_new(SUPPLIED, NULL, &unlike));
    EXPECT(PPO_OK, ppo_portfolio_new(unlike, NULL, &other));
    /* This one takes a column and a prior. */
    EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_push_returns(other, returns, 2, NULL));
    bar.prior = prior;
    bar.prior_len = 3;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_portfolio_push_returns(other, returns, 2, &bar));
    bar.columns = &column;
    bar.columns_len = 1;
    bar.prior_len = 2;
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_returns(other, returns, 2, &bar));
    bar.prior_len = 3;
    column = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_portfolio_push_returns(other, returns, 2, &bar));
    column = 0.5;
    EXPECT(PPO_OK, ppo_portfolio_push_returns(other, returns, 2, &bar));
    EXPECT(PPO_OK, ppo_portfolio_state_json(other, json, sizeof json, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_restore(portfolio, json));
    CHECK(says("another state or prior"));
    EXPECT(PPO_OK, ppo_portfolio_restore(other, json));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_set_agent(portfolio, unlike));
    CHECK(says("of another spec"));
    EXPECT(PPO_OK, ppo_portfolio_last_error(portfolio, json, sizeof json, NULL));
    CHECK(strstr(json, "ppo_portfolio_set_agent: ") != NULL);
    EXPECT(PPO_OK, ppo_portfolio_set_agent(other, unlike));
    ppo_portfolio_free(other);
    ppo_agent_free(unlike);
}

int main(int argc, char **argv) {
    static unsigned char zeros[256];
    ppo_portfolio *freed = NULL;
    ppo_random *stream = NULL;
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_portfolio_new(agent, NULL, &portfolio));
    EXPECT(PPO_OK, ppo_portfolio_new(agent, NULL, &freed));
    EXPECT(PPO_OK, ppo_random_new(1, 0, &stream));
    ppo_portfolio_free(freed);
    handles(NULL, PPO_ERR_NULL_POINTER);
    handles(freed, PPO_ERR_WRONG_HANDLE);
    handles(stream, PPO_ERR_WRONG_HANDLE);
    handles(zeros, PPO_ERR_WRONG_HANDLE);
    settings();
    bars();
    gaps();
    decisions();
    trades();
    states();
    ppo_portfolio_free(portfolio);
    ppo_agent_free(agent);
    ppo_random_free(stream);
    return finished("arguments_portfolio");
}
