/* Bars of an hour and of a week, and columns of each asset: into a market, through training and a file, and fed live.
 * argv: the demo policy, which is not used, and a folder to write to. */
#include "check.h"

#define BARS 400
#define N 2
#define HOUR (DAY / 24)

/* Tuesday, 2024-01-02, 00:00:00.000000007: seven nanoseconds past midnight. */
#define FIRST (INT64_C(19724) * DAY + 7)

static const char SPEC[] = "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false,"
                           " \"columns\": [], \"asset_columns\": [\"signal\"]}, \"action\": {\"short\": true, \"max_gross\": 1.5},"
                           " \"network\": {\"scorer\": {\"hidden\": [8]}}}";

static const char *const ASSET_NAMES[N] = {"A", "B"};
static const char *const COLUMN_NAMES[] = {"signal"};
static double closes[BARS * N], signals[BARS * N];
static char text[65536], before[65536];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

/* Closes, and of each asset a signal that says what it does over the bar to come. */
static void draw(void) {
    unsigned seed = 9;
    for (int i = 0; i < BARS * N; i++) {
        seed = seed * 1664525u + 1013904223u;
        signals[i] = (double)(seed >> 8) / 16777216.0 - 0.5;
        closes[i] = i < N ? 100.0 : closes[i - N] * (1.0 + 0.01 * signals[i - N]);
    }
}

/* Prices with these times, NULL for none. */
static ppo_prices prices_of(const int64_t *times, uint64_t bars) {
    ppo_prices prices;
    EXPECT(PPO_OK, ppo_prices_init(&prices, sizeof prices));
    prices.bars = bars;
    prices.assets = N;
    prices.closes = closes;
    prices.asset_names = ASSET_NAMES;
    prices.times = times;
    prices.asset_columns = 1;
    prices.asset_column_names = COLUMN_NAMES;
    prices.asset_signals = signals;
    return prices;
}

static ppo_market *made(const ppo_prices *prices) {
    ppo_market *market = NULL;
    EXPECT(PPO_OK, ppo_market_from_prices(prices, &market));
    return market;
}

/* Times go in and come out to the nanosecond, and say how many bars a year has. */
static ppo_market *every(int64_t gap, double bars_per_year) {
    static int64_t times[BARS];
    ppo_prices prices = prices_of(times, gap > DAY ? 100 : BARS);
    ppo_market *market;
    double found = 0.0;
    for (int t = 0; t < BARS; t++) {
        times[t] = FIRST + t * gap;
    }
    market = made(&prices);
    for (size_t t = 0; t < prices.bars; t++) {
        int64_t time = 0;
        EXPECT(PPO_OK, ppo_market_time(market, t, &time));
        CHECK(time == FIRST + (int64_t)t * gap);
    }
    EXPECT(PPO_OK, ppo_market_bars_per_year(market, &found));
    CHECK(fabs(found - bars_per_year) < 1.0);
    return market;
}

static void times_and_bars_a_year(void) {
    ppo_prices prices = prices_of(NULL, BARS);
    ppo_market *market = every(7 * DAY, 52.0);
    double found = 0.0;
    size_t bar = 0;
    EXPECT(PPO_OK, ppo_market_bar_at(market, FIRST + 1, PPO_BAR_AT_OR_AFTER, &bar));
    CHECK(bar == 1);
    EXPECT(PPO_OK, ppo_market_bar_at(market, FIRST + 7 * DAY - 1, PPO_BAR_AT_OR_BEFORE, &bar));
    CHECK(bar == 0);
    ppo_market_free(market);
    prices.bars_per_year = 1234.5;
    market = made(&prices);
    EXPECT(PPO_OK, ppo_market_bars_per_year(market, &found));
    CHECK(found == 1234.5);
    ppo_market_free(market);
    /* 5.0 is a percentage as a rule, and may be meant. */
    prices.cash_rate = 5.0;
    market = NULL;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_prices(&prices, &market));
    CHECK(says("confirm_cash_rate") && market == NULL);
    prices.confirm_cash_rate = 1;
    ppo_market_free(made(&prices));
}

/* An agent that was trained on the hourly bars for a few hundred decisions, out of its file. */
static ppo_agent *trained(const ppo_market *market, const char *path) {
    ppo_agent *agent = NULL, *loaded = NULL;
    ppo_trainer *trainer = NULL;
    ppo_config config;
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.n_envs = 2;
    config.n_steps = 64;
    config.batch_size = 64;
    config.total_steps = 384;
    config.device = PPO_DEVICE_CPU;
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_trainer_new(agent, market, &config, &trainer));
    EXPECT(PPO_OK, ppo_train(trainer, NULL, NULL));
    EXPECT(PPO_OK, ppo_save(agent, path));
    EXPECT(PPO_OK, ppo_load(path, &loaded));
    EXPECT(PPO_OK, ppo_agent_spec_json(loaded, text, sizeof text, NULL));
    CHECK(strstr(text, "\"asset_columns\":[\"signal\"]") != NULL && strstr(text, "\"bars_per_year\":8766") != NULL);
    ppo_trainer_free(trainer);
    ppo_agent_free(agent);
    return loaded;
}

/* Every wrong number of values is refused, and the portfolio stays as it was. */
static void lengths(ppo_portfolio *portfolio, ppo_bar bar) {
    EXPECT(PPO_OK, ppo_portfolio_state_json(portfolio, before, sizeof before, NULL));
    for (size_t len = 0; len < 5; len++) {
        if (len == N) {
            continue;
        }
        bar.asset_columns_len = len;
        bar.asset_columns = len == 0 ? NULL : signals;
        EXPECT(len == 0 ? PPO_ERR_NULL_POINTER : PPO_ERR_LENGTH, ppo_portfolio_push_prices(portfolio, &bar, NULL));
        CHECK(says("bar.asset_columns"));
        EXPECT(len == 0 ? PPO_ERR_NULL_POINTER : PPO_ERR_LENGTH,
               ppo_portfolio_push_returns(portfolio, closes, N, &bar));
    }
    EXPECT(PPO_OK, ppo_portfolio_state_json(portfolio, text, sizeof text, NULL));
    CHECK(strcmp(text, before) == 0);
}

static void live(const ppo_agent *agent) {
    ppo_portfolio *portfolio = NULL;
    ppo_book *book = NULL;
    ppo_bar bar;
    double weights[N + 1] = {0}, other[N] = {0};
    risk_decision decision;
    uint32_t ready = 0, book_ready = 0;
    int decided = 0;
    EXPECT(PPO_OK, ppo_portfolio_new(agent, NULL, &portfolio));
    EXPECT(PPO_OK, ppo_book_new(agent, NULL, NULL, &book));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    decision.weights = other;
    decision.weights_len = N;
    for (int t = 0; t < 60; t++) {
        EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
        bar.closes = closes + t * N;
        bar.closes_len = N;
        bar.asset_columns = signals + t * N;
        bar.asset_columns_len = N;
        bar.time = FIRST + t * HOUR;
        lengths(portfolio, bar);
        EXPECT(PPO_OK, ppo_portfolio_push_prices(portfolio, &bar, NULL));
        EXPECT(PPO_OK, ppo_portfolio_ready(portfolio, &ready));
        EXPECT(PPO_OK, ppo_book_ready(book, &book_ready));
        if (ready) {
            EXPECT(PPO_OK, ppo_portfolio_rebalance(portfolio, weights, N + 1));
            CHECK(fabs(weights[0] + weights[1] + weights[2] - 1.0) < 1e-9);
            decided++;
        }
        if (book_ready) {
            EXPECT(PPO_OK, ppo_book_decide(book, &bar, &decision));
        } else {
            EXPECT(PPO_OK, ppo_book_observe(book, &bar));
        }
    }
    CHECK(decided > 30 && book_ready);
    ppo_book_free(book);
    ppo_portfolio_free(portfolio);
}

/* A policy of hourly bars is none of daily ones. */
static void another_kind_of_bars(const ppo_agent *agent, const ppo_market *hourly) {
    ppo_prices prices = prices_of(NULL, BARS);
    ppo_market *daily = made(&prices);
    ppo_backtest *backtest = NULL;
    ppo_trainer *trainer = NULL;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(agent, daily, NULL, &backtest));
    CHECK(says("market.bars_per_year") && says("about 8766") && backtest == NULL);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_new(agent, daily, NULL, &trainer));
    CHECK(says("market.bars_per_year") && trainer == NULL);
    EXPECT(PPO_OK, ppo_backtest_run(agent, hourly, NULL, &backtest));
    ppo_backtest_free(backtest);
    ppo_market_free(daily);
}

int main(int argc, char **argv) {
    char path[1024];
    ppo_market *hourly;
    size_t count = 0;
    if (argc != 3) {
        return 2;
    }
    draw();
    times_and_bars_a_year();
    hourly = every(HOUR, 8766.0);
    EXPECT(PPO_OK, ppo_market_asset_column_count(hourly, &count));
    EXPECT(PPO_OK, ppo_market_asset_column_name(hourly, 0, text, sizeof text, NULL));
    CHECK(count == 1 && strcmp(text, "signal") == 0);
    if (ppo_features() & PPO_FEATURE_TRAIN) {
        ppo_agent *agent;
        snprintf(path, sizeof path, "%s/hourly.safetensors", argv[2]);
        agent = trained(hourly, path);
        live(agent);
        another_kind_of_bars(agent, hourly);
        ppo_agent_free(agent);
    }
    ppo_market_free(hourly);
    return finished("hourly");
}
