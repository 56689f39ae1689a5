/* Every export of markets with what no caller should hand it. argv: the demo policy, a folder to write to. */
#include "check.h"

static char text[4096];

static const double CLOSES[] = {100, 50, 101, 49, 102, 50, 101, 51, 103, 52, 104, 50};
static const char *const NAMES[] = {"A", "B"};
#define BARS 6

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static ppo_prices described(void) {
    ppo_prices prices;
    EXPECT(PPO_OK, ppo_prices_init(&prices, sizeof prices));
    prices.bars = BARS;
    prices.assets = 2;
    prices.closes = CLOSES;
    prices.asset_names = NAMES;
    return prices;
}

/* Prices with one thing wrong: the words that say so. */
static void refused(ppo_status status, const ppo_prices *prices, const char *words) {
    ppo_market *market = (ppo_market *)(void *)text;
    EXPECT(status, ppo_market_from_prices(prices, &market));
    CHECK(market == (ppo_market *)(void *)text);
    if (!says(words)) {
        failures++;
        printf("\"%s\" is not in \"%s\"\n", words, text);
    }
}

static void prices_of_the_host(void) {
    ppo_prices prices = described();
    ppo_market *market = NULL;
    double closes[2 * BARS], rates[BARS] = {0.02, 0.02, 0.02, 0.02, 0.02, 0.02};
    double signals[BARS] = {1, 2, 3, 4, 5, 6}, prior[3 * BARS];
    int64_t times[BARS] = {0, DAY, 2 * DAY, 3 * DAY, 4 * DAY, 4 * DAY};
    const char *names[2] = {"A", NULL};
    const char *empty[2] = {"A", ""};
    int64_t time = 77;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_prices_init(NULL, sizeof prices));
    EXPECT(PPO_ERR_VERSION, ppo_prices_init(&prices, 8));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_from_prices(NULL, &market));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_from_prices(&prices, NULL));
    prices.bars = 1;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "1 bars");
    prices = described();
    prices.assets = 0;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "0 assets");
    prices.assets = UINT64_MAX;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.assets");
    prices.assets = UINT64_MAX / 2;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.closes");
    prices = described();
    prices.closes = NULL;
    refused(PPO_ERR_NULL_POINTER, &prices, "prices.closes");
    memcpy(closes, CLOSES, sizeof closes);
    prices.closes = closes;
    closes[3] = NAN;
    refused(PPO_ERR_NOT_FINITE, &prices, "`prices.closes of B on 2000-01-04 (bar 1)`");
    closes[3] = INFINITY;
    refused(PPO_ERR_NOT_FINITE, &prices, "`prices.closes of B on");
    closes[3] = 0;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "a finite price above 0");
    prices = described();
    prices.asset_names = names;
    refused(PPO_ERR_NULL_POINTER, &prices, "prices.asset_names[1]");
    prices.asset_names = empty;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.asset_names");
    prices = described();
    prices.times = times;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.times[5]`");
    prices.bars_per_year = 252;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.times[5]`");
    prices = described();
    prices.bars_per_year = 0;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "bars_per_year");
    prices.bars_per_year = INFINITY;
    refused(PPO_ERR_NOT_FINITE, &prices, "bars_per_year");
    prices = described();
    memcpy(closes, CLOSES, sizeof closes);
    closes[0] = 200;
    prices.highs = CLOSES;
    prices.lows = closes;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.lows of A on");
    closes[0] = -1;
    prices.lows = NULL;
    prices.volumes = closes;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.volumes of A on");
    prices.volumes = NULL;
    prices.opens = closes;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.opens of A on");
    prices = described();
    prices.cash_rate = -1;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "cash_rate");
    prices.cash_rate = INFINITY;
    refused(PPO_ERR_NOT_FINITE, &prices, "cash_rate");
    prices.cash_rate = 5.0;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "confirm_cash_rate");
    prices.confirm_cash_rate = 2;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.confirm_cash_rate");
    prices.confirm_cash_rate = 1;
    EXPECT(PPO_OK, ppo_market_from_prices(&prices, &market));
    ppo_market_free(market);
    market = NULL;
    prices = described();
    prices.cash_rate = 0.02;
    prices.cash_rates = rates;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "beside rates");
    prices = described();
    prices.columns = 1;
    refused(PPO_ERR_NULL_POINTER, &prices, "prices.signals");
    signals[2] = NAN;
    prices.signals = signals;
    refused(PPO_ERR_NOT_FINITE, &prices, "`prices.signals of C0 on");
    signals[2] = 3;
    prices.column_names = NAMES;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.column_names");
    prices = described();
    prices.asset_columns = 1;
    refused(PPO_ERR_NULL_POINTER, &prices, "prices.asset_signals");
    memcpy(closes, CLOSES, sizeof closes);
    closes[3] = NAN;
    prices.asset_signals = closes;
    refused(PPO_ERR_NOT_FINITE, &prices, "`prices.asset_signals of F0");
    closes[3] = 3;
    prices.asset_column_names = NAMES;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.asset_column_names");
    prices.asset_column_names = NULL;
    prices.asset_columns = UINT64_MAX / 2;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.asset_signals");
    prices = described();
    for (int i = 0; i < 3 * BARS; i++) {
        prior[i] = 0.5;
    }
    prices.prior = prior;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prior on 2000-01-03 (bar 0)");
    prices.prior = NULL;
    prices.gaps = 2;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.gaps` is 2");
    prices.gaps = 1;
    prices.max_halted_bars = 0;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.max_halted_bars` is 0");
    prices.max_halted_bars = 21;
    prices.delisting_return = -2;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.delisting_return` is -2");
    prices.delisting_return = NAN;
    refused(PPO_ERR_NOT_FINITE, &prices, "`prices.delisting_return` is NaN");
    prices.delisting_return = 0;
    memset(closes, 0, sizeof closes);
    closes[3] = NAN;
    prices.ends = closes;
    refused(PPO_ERR_NOT_FINITE, &prices, "`prices.ends[1][1]` is NaN");
    closes[3] = INFINITY;
    refused(PPO_ERR_NOT_FINITE, &prices, "`prices.ends[1][1]` is ");
    closes[3] = 0;
    prices.gaps = 0;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.ends` is given, expected NULL");
    prices.ends = NULL;
    prices.gaps = 1;
    for (int t = 0; t < BARS; t++) {
        closes[2 * t] = NAN;
        closes[2 * t + 1] = t < 3 ? NAN : 50;
    }
    prices.closes = closes;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.closes of A` is without any price");
    closes[0] = -1;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "`prices.closes of A on 2000-01-03 (bar 0)` is -1");
    prices = described();
    prices.reserved = 1;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.reserved");
    prices.reserved = 0;
    prices.prior = NULL;
    prices.reserved_2 = 1;
    refused(PPO_ERR_INVALID_ARGUMENT, &prices, "prices.reserved_2");
    prices.reserved_2 = 0;
    prices.struct_size = 12;
    refused(PPO_ERR_VERSION, &prices, "struct_size");
    /* Without names and times they are made up. */
    prices = described();
    prices.asset_names = NULL;
    prices.columns = 1;
    prices.signals = signals;
    prices.asset_columns = 1;
    prices.asset_signals = CLOSES;
    EXPECT(PPO_OK, ppo_market_from_prices(&prices, &market));
    EXPECT(PPO_OK, ppo_market_asset_name(market, 1, text, sizeof text, NULL));
    CHECK(strcmp(text, "A1") == 0);
    EXPECT(PPO_OK, ppo_market_column_name(market, 0, text, sizeof text, NULL));
    CHECK(strcmp(text, "C0") == 0);
    EXPECT(PPO_OK, ppo_market_asset_column_name(market, 0, text, sizeof text, NULL));
    CHECK(strcmp(text, "F0") == 0);
    EXPECT(PPO_OK, ppo_market_time(market, 5, &time));
    CHECK(time == (10959 + 7) * DAY); /* Monday, 2000-01-10 */
    ppo_market_free(market);
}

static void asks(const char *folder) {
    ppo_prices prices = described();
    ppo_market *market = NULL, *other = NULL, *same = NULL;
    ppo_random *random = NULL;
    const ppo_market *wrong;
    char path[1024], small[2] = "x";
    size_t count = 77, last = 77, size = 0;
    int64_t time = 77;
    uint64_t digest = 77, again = 78;
    double closes[4] = {1, 2, 3, 4}, bars_per_year = 77.0;
    EXPECT(PPO_OK, ppo_market_from_prices(&prices, &market));
    EXPECT(PPO_OK, ppo_random_new(1, 0, &random));
    wrong = (const ppo_market *)(const void *)random;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_bar_count(NULL, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_bar_count(market, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_market_bar_count(wrong, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_asset_count(NULL, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_asset_count(market, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_market_asset_count(wrong, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_column_count(NULL, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_column_count(market, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_market_column_count(wrong, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_asset_column_count(NULL, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_asset_column_count(market, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_market_asset_column_count(wrong, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_bars_per_year(NULL, &bars_per_year));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_bars_per_year(market, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_market_bars_per_year(wrong, &bars_per_year));
    CHECK(count == 77 && bars_per_year == 77.0);
    EXPECT(PPO_OK, ppo_market_bars_per_year(market, &bars_per_year));
    CHECK(bars_per_year == 252.0);
    EXPECT(PPO_OK, ppo_market_asset_column_count(market, &count));
    CHECK(count == 0);
    EXPECT(PPO_OK, ppo_market_bar_count(market, &count));
    CHECK(count == BARS);
    EXPECT(PPO_OK, ppo_market_asset_count(market, &count));
    CHECK(count == 2);
    EXPECT(PPO_OK, ppo_market_column_count(market, &count));
    CHECK(count == 0);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_asset_name(market, 2, text, sizeof text, &size));
    CHECK(says("`index` is 2, expected below 2") && size == 0);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_asset_name(NULL, 0, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_asset_name(market, 0, NULL, 5, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_market_asset_name(market, 0, small, 1, &size));
    CHECK(size == 2 && strcmp(small, "x") == 0);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_column_name(market, 0, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_column_name(NULL, 0, text, sizeof text, &size));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_asset_column_name(market, 0, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_asset_column_name(NULL, 0, text, sizeof text, &size));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_time(market, BARS, &time));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_time(market, 0, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_time(NULL, 0, &time));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_market_time(wrong, 0, &time));
    CHECK(time == 77);
    EXPECT(PPO_OK, ppo_market_time(market, 0, &time));
    CHECK(time == 10959 * DAY);
    count = 77;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_bar_at(market, time - 1, PPO_BAR_AT_OR_BEFORE, &count));
    CHECK(says("2000-01-03"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_bar_at(market, time + 8 * DAY, PPO_BAR_AT_OR_AFTER, &count));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_bar_at(market, time, 2, &count));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_bar_at(market, INT64_MIN, PPO_BAR_AT_OR_BEFORE, &count));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_bar_at(market, INT64_MAX, PPO_BAR_AT_OR_AFTER, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_bar_at(NULL, time, PPO_BAR_AT_OR_AFTER, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_bar_at(market, time, PPO_BAR_AT_OR_AFTER, NULL));
    CHECK(count == 77);
    /* A Saturday: the Monday after, the Friday before. */
    EXPECT(PPO_OK, ppo_market_bar_at(market, time + 5 * DAY, PPO_BAR_AT_OR_AFTER, &count));
    CHECK(count == 5);
    EXPECT(PPO_OK, ppo_market_bar_at(market, time + 5 * DAY, PPO_BAR_AT_OR_BEFORE, &count));
    CHECK(count == 4);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_closes(market, 5, 2, closes, 4));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_closes(market, SIZE_MAX, 2, closes, 4));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_closes(market, 0, 0, closes, 0));
    EXPECT(PPO_ERR_LENGTH, ppo_market_closes(market, 0, 2, closes, 3));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_closes(market, 0, 2, NULL, 4));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_closes(NULL, 0, 2, closes, 4));
    CHECK(closes[0] == 1);
    EXPECT(PPO_OK, ppo_market_closes(market, 2, 2, closes, 4));
    CHECK(memcmp(closes, CLOSES + 4, sizeof closes) == 0);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_digest(NULL, &digest));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_digest(market, NULL));
    EXPECT(PPO_OK, ppo_market_digest(market, &digest));
    {
        uint8_t *bytes;
        size_t len = 0;
        EXPECT(PPO_ERR_NULL_POINTER, ppo_market_save_bytes(NULL, NULL, 0, &len));
        EXPECT(PPO_ERR_NULL_POINTER, ppo_market_save_bytes(market, NULL, 8, &len));
        EXPECT(PPO_OK, ppo_market_save_bytes(market, NULL, 0, &len));
        bytes = malloc(len);
        CHECK(bytes != NULL && len > 0);
        EXPECT(PPO_OK, ppo_market_save_bytes(market, bytes, len, NULL));
        EXPECT(PPO_ERR_NULL_POINTER, ppo_market_load_bytes(NULL, len, &other));
        EXPECT(PPO_ERR_NULL_POINTER, ppo_market_load_bytes(bytes, len, NULL));
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_load_bytes(bytes, 0, &other));
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_load_bytes(bytes, len - 1, &other));
        CHECK(other == NULL);
        EXPECT(PPO_OK, ppo_market_load_bytes(bytes, len, &other));
        EXPECT(PPO_OK, ppo_market_digest(other, &again));
        CHECK(digest == again);
        ppo_market_free(other);
        other = NULL;
        free(bytes);
    }
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_clone(NULL, &other));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_clone(market, NULL));
    EXPECT(PPO_OK, ppo_market_clone(market, &other));
    EXPECT(PPO_OK, ppo_market_digest(other, &again));
    CHECK(digest == again);
    ppo_market_free(other);
    other = NULL;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_select(market, 3, 3, &other));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_select(market, 4, 3, &other));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_select(market, 3, BARS, &other));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_select(NULL, 0, 1, &other));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_select(market, 0, 1, NULL));
    CHECK(other == NULL);
    EXPECT(PPO_OK, ppo_market_select(market, 2, 4, &other));
    EXPECT(PPO_OK, ppo_market_digest(other, &again));
    CHECK(digest != again);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_range(NULL, &count, &last));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_range(other, NULL, &last));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_range(other, &count, NULL));
    EXPECT(PPO_OK, ppo_market_range(other, &count, &last));
    CHECK(count == 2 && last == 4);
    /* Through a file: the same prices. */
    snprintf(path, sizeof path, "%s/market.csv", folder);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_write_csv(NULL, path));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_write_csv(market, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_write_csv(market, ""));
    EXPECT(PPO_ERR_IO, ppo_market_write_csv(market, "/nowhere/at/all.csv"));
    EXPECT(PPO_OK, ppo_market_write_csv(market, path));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_from_csv(NULL, NULL, NAN, &same));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_from_csv(path, NULL, NAN, NULL));
    EXPECT(PPO_ERR_IO, ppo_market_from_csv("/nowhere/at/all.csv", NULL, NAN, &same));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_csv(path, "{\"fil\": 1}", NAN, &same));
    CHECK(says("options_json: fil"));
    EXPECT(PPO_ERR_TABLE, ppo_market_from_csv(path, "{\"signals\": [\"Z\"]}", NAN, &same));
    EXPECT(PPO_ERR_NOT_FINITE, ppo_market_from_csv(path, NULL, INFINITY, &same));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_from_csv(path, NULL, -1, &same));
    CHECK(same == NULL);
    EXPECT(PPO_OK, ppo_market_from_csv(path, "{}", NAN, &same));
    EXPECT(PPO_OK, ppo_market_digest(same, &again));
    CHECK(digest == again);
    ppo_market_free(same);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_parameters_json(market, text, sizeof text, &size));
    ppo_market_free(other);
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_market_range(other, &count, &last));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_last_error(NULL, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_market_last_error(wrong, text, sizeof text, NULL));
    EXPECT(PPO_OK, ppo_market_last_error(market, text, sizeof text, NULL));
    CHECK(strstr(text, "ppo_market_parameters_json: `market` is prices") == text);
    ppo_market_free(NULL);
    ppo_market_free((ppo_market *)(void *)random);
    CHECK(says("ppo_market_free"));
    ppo_random_free(random);
    ppo_market_free(market);
}

#define GBM                                                                                                            \
    "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.1, 0.05], "                                               \
    "\"covariance\": [[0.04, 0.01], [0.01, 0.09]]}"

static void simulations(void) {
    ppo_market *endless = NULL, *prices = NULL, *again = NULL, *fitted = NULL, *regimes = NULL;
    uint64_t first = 1, second = 2;
    size_t count = 77, size = 0;
    int64_t time = 77;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_simulated(NULL, &endless));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_simulated(GBM, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_simulated("{}", &endless));
    EXPECT(PPO_ERR_INVALID_ARGUMENT,
           ppo_market_simulated("{\"model\": \"gbm\", \"assets\": [\"A\"], \"drift\": [0.1], \"covariance\": [[-1]]}",
                                &endless));
    CHECK(says("covariance") && endless == NULL);
    EXPECT(PPO_OK, ppo_market_simulated(GBM, &endless));
    EXPECT(PPO_OK, ppo_market_bar_count(endless, &count));
    CHECK(count == 0);
    EXPECT(PPO_OK, ppo_market_asset_count(endless, &count));
    CHECK(count == 2);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_time(endless, 0, &time));
    CHECK(says("without end"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_select(endless, 0, 1, &prices));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_fit_gbm(endless, &fitted));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_write_csv(endless, "x.csv"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_parameters_json(NULL, text, sizeof text, &size));
    EXPECT(PPO_OK, ppo_market_parameters_json(endless, text, sizeof text, &size));
    CHECK(strlen(text) + 1 == size);
    EXPECT(PPO_OK, ppo_market_simulated(text, &again));
    EXPECT(PPO_OK, ppo_market_digest(endless, &first));
    EXPECT(PPO_OK, ppo_market_digest(again, &second));
    CHECK(first == second);
    ppo_market_free(again);
    again = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_simulate_prices(NULL, 300, 0, 1, &prices));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_simulate_prices(GBM, 300, 0, 1, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_simulate_prices(GBM, 1, 0, 1, &prices));
    CHECK(prices == NULL);
    /* Bars later than the nanoseconds can say: there, but without a time. */
    EXPECT(PPO_OK, ppo_market_simulate_prices(GBM, 300, INT64_MAX, 1, &prices));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_time(prices, 299, &time));
    CHECK(says("2262") && time == 77);
    ppo_market_free(prices);
    prices = NULL;
    EXPECT(PPO_OK, ppo_market_simulate_prices(GBM, 300, 0, 1, &prices));
    EXPECT(PPO_OK, ppo_market_simulate_prices(GBM, 300, 0, 1, &again));
    EXPECT(PPO_OK, ppo_market_digest(prices, &first));
    EXPECT(PPO_OK, ppo_market_digest(again, &second));
    CHECK(first == second);
    ppo_market_free(again);
    EXPECT(PPO_OK, ppo_market_simulate_prices(GBM, 300, 0, 2, &again));
    EXPECT(PPO_OK, ppo_market_digest(again, &second));
    CHECK(first != second);
    ppo_market_free(again);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_fit_gbm(NULL, &fitted));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_fit_gbm(prices, NULL));
    EXPECT(PPO_OK, ppo_market_fit_gbm(prices, &fitted));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_fit_regimes(NULL, 2, 1, &regimes));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_market_fit_regimes(prices, 2, 1, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_market_fit_regimes(prices, 0, 1, &regimes));
    CHECK(regimes == NULL);
    /* Few bars: the fit takes long under valgrind. */
    EXPECT(PPO_OK, ppo_market_select(prices, 0, 39, &again));
    EXPECT(PPO_OK, ppo_market_fit_regimes(again, 2, 1, &regimes));
    ppo_market_free(again);
    EXPECT(PPO_OK, ppo_market_parameters_json(regimes, text, sizeof text, NULL));
    CHECK(strstr(text, "\"model\":\"regime_switching\"") != NULL);
    /* What is fitted to a range sees that range alone. */
    EXPECT(PPO_OK, ppo_market_select(prices, 0, 199, &again));
    ppo_market_free(regimes);
    EXPECT(PPO_OK, ppo_market_fit_gbm(again, &regimes));
    EXPECT(PPO_OK, ppo_market_digest(fitted, &first));
    EXPECT(PPO_OK, ppo_market_digest(regimes, &second));
    CHECK(first != second);
    ppo_market_free(again);
    ppo_market_free(regimes);
    ppo_market_free(fitted);
    ppo_market_free(prices);
    ppo_market_free(endless);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    prices_of_the_host();
    asks(argv[2]);
    simulations();
    return finished("arguments_market");
}
