/* Bars of an hour and of a week, columns of each asset, and an asset that comes late, is halted and ends: into a market,
 * through training and a file, and fed live.
 * argv: the demo policy, which is not used, and a folder to write to. */
#include "check.h"

#define BARS 400
#define N 2
#define HOUR (DAY / 24)

/* Tuesday, 2024-01-02, 00:00:00.000000007: seven nanoseconds past midnight. */
#define FIRST (INT64_C(19724) * DAY + 7)

/* B has its first price at bar 25, so that it takes part from bar 45 on, when it has 20 returns; it has none at bars 48 to
 * 50, and ends at the last bar that is fed live. */
#define LISTED 25
#define TAKES_PART 45
#define HALTED(t) ((t) >= 48 && (t) <= 50)
#define FED 60

static const char SPEC[] = "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false,"
                           " \"listed\": true, \"columns\": [], \"asset_columns\": [\"signal\"]}, \"action\": {\"short\": true, \"max_gross\": 1.5},"
                           " \"network\": {\"scorer\": {\"hidden\": [8]}}}";

static const char *const ASSET_NAMES[N] = {"A", "B"};
static const char *const COLUMN_NAMES[] = {"signal"};
static double closes[BARS * N], ends[BARS * N], signals[BARS * N];
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
    for (int t = 0; t < BARS; t++) {
        if (t < LISTED || HALTED(t)) {
            closes[t * N + 1] = NAN;
        }
    }
    ends[(FED - 1) * N + 1] = 1.0;
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
    prices.gaps = 1;
    prices.ends = ends;
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

/* Gaps have to be meant, and come out as they went in. */
static void gaps(const ppo_market *market) {
    static double found[BARS * N];
    static int64_t times[BARS];
    ppo_prices prices = prices_of(times, BARS);
    ppo_market *made_of = NULL;
    for (int t = 0; t < BARS; t++) {
        times[t] = FIRST + t * HOUR;
    }
    EXPECT(PPO_OK, ppo_market_closes(market, 0, BARS, found, BARS * N));
    for (int i = 0; i < BARS * N; i++) {
        CHECK(isnan(closes[i]) ? isnan(found[i]) : found[i] == closes[i]);
    }
    prices.gaps = 0;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_prices(&prices, &made_of));
    CHECK(says("`prices.ends` is given, expected NULL, or `prices.gaps` of 1"));
    prices.ends = NULL;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_market_from_prices(&prices, &made_of));
    CHECK(says("`prices.closes of B on 2024-01-02T00:00:00.000000007Z (bar 0)` is NaN") && says("with `gaps`"));
    CHECK(made_of == NULL);
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
    bar.asset_columns_len = N;
    bar.asset_columns = signals;
    bar.ends = ends;
    bar.ends_len = N + 1;
    EXPECT(PPO_ERR_LENGTH, ppo_portfolio_push_prices(portfolio, &bar, NULL));
    CHECK(says("`bar.ends` has 3 values, expected 2"));
    EXPECT(PPO_OK, ppo_portfolio_state_json(portfolio, text, sizeof text, NULL));
    CHECK(strcmp(text, before) == 0);
}

static ppo_account account_of(ppo_portfolio *portfolio, double *held) {
    ppo_account account;
    EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
    EXPECT(PPO_OK, ppo_portfolio_account(portfolio, &account, held, N + 1));
    return account;
}

/* The target's weights at a close: B has none where it does not take part, and stays as it is held where it is halted. */
static void weights_are_possible(int t, const double *weights, const double *held) {
    CHECK(fabs(weights[0] + weights[1] + weights[2] - 1.0) < 1e-9);
    if (t < TAKES_PART || t == FED - 1) {
        CHECK(weights[1] == 0.0 && held[1] == 0.0);
    } else if (HALTED(t)) {
        /* The policy knows what is held to 32 bits. */
        CHECK(held[1] != 0.0 && fabs(weights[1] - held[1]) < 1e-6);
    } else {
        CHECK(weights[1] != 0.0);
    }
}

/* A halted asset is traded by nobody, and the decision says so where it is held. */
static void book_leaves_it(ppo_book *book, const risk_decision *decision) {
    ppo_account account;
    double held[N + 1], traded[N + 1], cost = 0.0;
    int said = 0;
    EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
    EXPECT(PPO_OK, ppo_book_account(book, &account, held, N + 1));
    EXPECT(PPO_OK, ppo_book_traded(book, traded, N + 1, NULL, &cost));
    CHECK(fabs(traded[1] * (1.0 - cost) - held[1]) < 1e-12);
    for (size_t i = 0; i < decision->reasons_len; i++) {
        said += decision->reasons[i].code == RISK_REASON_ASSET_HALTED && decision->reasons[i].index == 1;
    }
    CHECK(said == (held[1] != 0.0));
}

/* What is held of an asset that ends is cash at its last close: as much as it is worth to one who goes on. */
static void is_paid_out(ppo_portfolio *ended, ppo_portfolio *goes_on) {
    double of_ended[N + 1], of_other[N + 1];
    ppo_account paid = account_of(ended, of_ended), other = account_of(goes_on, of_other);
    CHECK(of_other[1] != 0.0 && of_ended[1] == 0.0);
    CHECK(fabs(paid.value / other.value - 1.0) < 1e-12 && fabs(paid.cash - other.cash - of_other[1]) < 1e-12);
}

static void live(const ppo_agent *agent) {
    ppo_portfolio *portfolio = NULL, *goes_on = NULL;
    ppo_book *book = NULL;
    ppo_bar bar;
    double weights[N + 1] = {0}, held[N + 1], other[N] = {0};
    risk_reason reasons[16];
    risk_decision decision;
    uint32_t ready = 0, book_ready = 0;
    int decided = 0;
    EXPECT(PPO_OK, ppo_portfolio_new(agent, NULL, &portfolio));
    EXPECT(PPO_OK, ppo_portfolio_new(agent, NULL, &goes_on));
    EXPECT(PPO_OK, ppo_book_new(agent, NULL, NULL, &book));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    decision.weights = other;
    decision.weights_len = N;
    decision.reasons = reasons;
    decision.reasons_capacity = sizeof reasons / sizeof *reasons;
    for (int t = 0; t < FED; t++) {
        EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
        bar.closes = closes + t * N;
        bar.closes_len = N;
        bar.asset_columns = signals + t * N;
        bar.asset_columns_len = N;
        bar.time = FIRST + t * HOUR;
        lengths(portfolio, bar);
        EXPECT(PPO_OK, ppo_portfolio_push_prices(goes_on, &bar, NULL));
        bar.ends = ends + t * N;
        bar.ends_len = N;
        EXPECT(PPO_OK, ppo_portfolio_push_prices(portfolio, &bar, NULL));
        EXPECT(PPO_OK, ppo_portfolio_ready(portfolio, &ready));
        EXPECT(PPO_OK, ppo_book_ready(book, &book_ready));
        if (ready) {
            account_of(portfolio, held);
            EXPECT(PPO_OK, ppo_portfolio_rebalance(portfolio, weights, N + 1));
            weights_are_possible(t, weights, held);
            if (t == FED - 1) {
                is_paid_out(portfolio, goes_on);
            }
            EXPECT(PPO_OK, ppo_portfolio_rebalance(goes_on, weights, N + 1));
            decided++;
        }
        if (book_ready) {
            EXPECT(PPO_OK, ppo_book_decide(book, &bar, &decision));
            if (t < TAKES_PART || t == FED - 1) {
                CHECK(other[1] == 0.0);
            } else if (HALTED(t)) {
                book_leaves_it(book, &decision);
            }
        } else {
            EXPECT(PPO_OK, ppo_book_observe(book, &bar));
        }
    }
    CHECK(decided > 30 && book_ready);
    ppo_book_free(book);
    ppo_portfolio_free(goes_on);
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
    gaps(hourly);
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
