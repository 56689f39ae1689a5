/* Costs of each asset and bar: in prices, environments and back-tests, and fed live to portfolios and books.
 * argv: the demo policy and a folder, which are not used. */
#include "check.h"

#define BARS 400
#define N 2

static const char SPEC[] = "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 5}, \"action\": {\"cash\": true},"
                           " \"network\": {\"scorer\": {\"hidden\": [8]}}}";
static const char IMPACT[] = "{\"impact\": 1.0, \"minimum_fee\": 2.0}";

static const char *const NAMES[N] = {"A", "B"};
static double closes[BARS * N], volumes[BARS * N], rates[BARS * N];
static char text[65536];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static ppo_prices prices_of(void) {
    ppo_prices prices;
    EXPECT(PPO_OK, ppo_prices_init(&prices, sizeof prices));
    prices.bars = BARS;
    prices.assets = N;
    prices.closes = closes;
    prices.asset_names = NAMES;
    return prices;
}

static ppo_market *made(const ppo_prices *prices) {
    ppo_market *market = NULL;
    EXPECT(PPO_OK, ppo_market_from_prices(prices, &market));
    return market;
}

/* What a first trade from cash into halves costs in one environment. */
static double cost_of_halves(const ppo_market *market, const ppo_config *config) {
    static const double halves[N + 1] = {0.5, 0.5, 0.0};
    ppo_env *env = NULL;
    ppo_env_outputs outputs;
    double cost = -1.0;
    EXPECT(PPO_OK, ppo_env_new_from_spec(SPEC, market, config, 0, 1, &env));
    EXPECT(PPO_OK, ppo_env_outputs_init(&outputs, sizeof outputs));
    outputs.len = 1;
    outputs.costs = &cost;
    EXPECT(PPO_OK, ppo_env_step_weights(env, halves, N + 1, &outputs));
    ppo_env_free(env);
    return cost;
}

static void in_prices(void) {
    ppo_prices prices = prices_of();
    ppo_market *market;
    ppo_config config;
    ppo_env *env = NULL;
    double each[N] = {0.006, 0.006};
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.cost_rate = 0.004;
    prices.half_spreads = each;
    prices.half_spreads_len = N;
    market = made(&prices);
    CHECK(fabs(1.0 - cost_of_halves(market, &config) - 1.0 / 1.01) < 1e-15);
    /* There are no volumes. */
    config.impact = 1.0;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_env_new_from_spec(SPEC, market, &config, 0, 1, &env));
    CHECK(says("volumes"));
    ppo_market_free(market);

    /* Rates of their own take the place of the one rate. */
    for (int i = 0; i < BARS * N; i++) rates[i] = 0.01;
    prices.cost_rates = rates;
    prices.cost_rates_len = BARS * N;
    prices.half_spreads = NULL;
    prices.half_spreads_len = 0;
    prices.volumes = volumes;
    market = made(&prices);
    config.impact = 0.0;
    CHECK(fabs(1.0 - cost_of_halves(market, &config) - 1.0 / 1.01) < 1e-15);
    config.impact = 1.0;
    CHECK(1.0 - cost_of_halves(market, &config) < 1.0 / 1.01 - 1e-6);
    config.impact = 0.0;
    config.minimum_fee = 1000.0;
    CHECK(fabs(cost_of_halves(market, &config) - 0.02) < 1e-15);
    ppo_market_free(market);

    prices.cost_rates_len = 3;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_prices(&prices, &market));
    CHECK(says("`prices.cost_rates_len` is 3, expected 2 (assets), or 400 * 2"));
    prices.cost_rates = NULL;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_prices(&prices, &market));
    CHECK(says("expected 0, as prices.cost_rates is NULL"));
    prices.cost_rates_len = 0;
    each[1] = 11.0;
    prices.borrow_rates = each;
    prices.borrow_rates_len = N;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_prices(&prices, &market));
    CHECK(says("`prices.borrow_rates of B") && says("expected in [0, 10]"));
}

/* A portfolio with impact needs volumes; costs that are given live are paid, and those out of range refused. */
static void live(void) {
    ppo_agent *agent = NULL;
    ppo_portfolio *portfolio = NULL;
    ppo_book *book = NULL;
    ppo_bar bar;
    ppo_account account;
    double weights[N + 1], each[N] = {0.5, 0.5}, halves[N + 1] = {0.5, 0.5, 0.0}, cost, turnover;
    uint32_t taken = 0;
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_portfolio_new(agent, IMPACT, &portfolio));
    EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
    bar.closes_len = N;
    for (int t = 0; t < 20; t++) {
        bar.closes = closes + t * N;
        bar.volumes = NULL;
        bar.volumes_len = 0;
        if (t > 0) {
            EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_prices(portfolio, &bar, &taken));
            CHECK(says("`volumes` has 0 values, expected 2, as `impact` is 1"));
        }
        bar.volumes = volumes + t * N;
        bar.volumes_len = N;
        EXPECT(PPO_OK, ppo_portfolio_push_prices(portfolio, &bar, &taken));
    }
    EXPECT(PPO_OK, ppo_portfolio_rebalance(portfolio, weights, N + 1));
    bar.closes = closes + 20 * N;
    bar.half_spreads = each;
    bar.half_spreads_len = N - 1;
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_prices(portfolio, &bar, &taken));
    CHECK(says("`bar.half_spreads` has 1 value"));
    bar.half_spreads_len = N;
    each[1] = 1.0;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_portfolio_push_prices(portfolio, &bar, &taken));
    CHECK(says("half_spreads[1]"));
    bar.half_spreads = NULL;
    bar.half_spreads_len = 0;
    EXPECT(PPO_OK, ppo_portfolio_push_prices(portfolio, &bar, &taken));
    EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
    ppo_portfolio_free(portfolio);

    /* A book pays the half-spreads of the bar at which it trades. */
    EXPECT(PPO_OK, ppo_book_new(agent, "{\"cost_rate\": 0.0}", "{\"positions\": null, \"limits\": {\"min_cash\": 0}}", &book));
    EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
    bar.closes_len = N;
    each[0] = each[1] = 0.01;
    for (int t = 0; t < 30; t++) {
        uint32_t ready = 0;
        risk_decision decision;
        bar.closes = closes + t * N;
        bar.half_spreads = each;
        bar.half_spreads_len = N;
        EXPECT(PPO_OK, ppo_book_ready(book, &ready));
        if (!ready) {
            EXPECT(PPO_OK, ppo_book_observe(book, &bar));
            continue;
        }
        EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
        decision.weights = weights;
        decision.weights_len = N;
        EXPECT(PPO_OK, ppo_book_decide(book, &bar, &decision));
        EXPECT(PPO_OK, ppo_book_traded(book, halves, N + 1, &turnover, &cost));
        /* From cash: c w / (1 + c w) of what is bought. */
        CHECK(fabs(cost - 0.01 * (halves[0] + halves[1]) / (1.0 + 0.01 * (halves[0] + halves[1]))) < 1e-12);
        break;
    }
    ppo_book_free(book);
    ppo_agent_free(agent);
}

int main(void) {
    unsigned seed = 5;
    for (int i = 0; i < BARS * N; i++) {
        seed = seed * 1664525u + 1013904223u;
        closes[i] = i < N ? 100.0 : closes[i - N] * (1.0 + 0.01 * ((double)(seed >> 8) / 16777216.0 - 0.5));
        volumes[i] = 1000.0 + (double)(seed >> 20);
    }
    in_prices();
    live();
    if (failures == 0) {
        printf("costs: ok\n");
    }
    return failures != 0;
}
