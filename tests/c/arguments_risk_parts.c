/* Every export of the parts of the risk manager with what no caller should hand it. argv: the demo policy, a folder. */
#include "check.h"

#define N 2

static char text[65536];
static char *const untouched = text;

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    if (strstr(text, words) == NULL) {
        printf("\"%s\" is not in \"%s\"\n", words, text);
        return 0;
    }
    return 1;
}

static const double WEIGHTS[N] = {0.6, 0.3}, BAD[N] = {0.6, NAN}, PRICES[N] = {100.0, 50.0};

/* Every output of the calls here, filled with sevens; whether all still are. */
static double places[3][N], number;
static risk_reason reasons[8];
static size_t count, counts[2];
static uint32_t kind;

static void fill(void) {
    memset(places, 7, sizeof places);
    memset(reasons, 7, sizeof reasons);
    count = counts[0] = counts[1] = 7;
    kind = 7;
    number = 7.0;
}

static int sevens(void) {
    const unsigned char *bytes = (const unsigned char *)places, *more = (const unsigned char *)reasons;
    int same = count == 7 && counts[0] == 7 && counts[1] == 7 && kind == 7 && number == 7.0;
    for (size_t i = 0; i < sizeof places; i++) {
        same &= bytes[i] == 7;
    }
    for (size_t i = 0; i < sizeof reasons; i++) {
        same &= more[i] == 7;
    }
    fill();
    return same;
}

/* A call that is refused in these words, with every output as it was. */
#define REFUSED(expected, call, words)  \
    do {                                \
        EXPECT(expected, call);         \
        CHECK(says(words) && sevens()); \
    } while (0)

/* A text of a handle: too little room, no room, the size alone, and all of it, which stays in `text`. */
#define TEXT_OF(function, handle)                                                        \
    do {                                                                                 \
        size_t size_ = 0;                                                                \
        EXPECT(PPO_ERR_NULL_POINTER, function(NULL, text, sizeof text, &size_));         \
        EXPECT(PPO_ERR_NULL_POINTER, function(handle, NULL, 1, &size_));                 \
        EXPECT(PPO_ERR_NULL_POINTER, function(handle, NULL, 0, NULL));                   \
        EXPECT(PPO_ERR_BUFFER_TOO_SMALL, function(handle, text, 1, &size_));             \
        EXPECT(PPO_OK, function(handle, NULL, 0, &size_));                               \
        EXPECT(PPO_OK, function(handle, text, sizeof text, NULL));                       \
        CHECK(strlen(text) + 1 == size_);                                                \
    } while (0)

#define APPLY(handle, target, current, factor, out)                                                     \
    risk_limits_apply(handle, target, N, current, N, factor, NULL, 0, NULL, 0, out, N, reasons, 8, &count)

static void limits(ppo_agent *agent) {
    risk_limits *made = (risk_limits *)(void *)untouched, *wrong = (risk_limits *)(void *)agent, *again = NULL;
    const double low[N] = {-1.0, 0.5}, high[N] = {INFINITY, -0.5};
    EXPECT(PPO_ERR_NULL_POINTER, risk_limits_new(NULL, N, NULL));
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_limits_new(NULL, 0, &made), "`assets` is 0, expected 1 to 65536");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_limits_new(NULL, SIZE_MAX, &made), "`assets` is 18446744073709551615");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_limits_new("{\"gros\": 1}", N, &made), "config_json: gros");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_limits_new("{\"max_gross\": -1}", N, &made), "`config_json: max_gross` is -1");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_limits_new("{\"tail_bars\": 1000000000000000}", N, &made),
            "`config_json: tail_bars` is 1000000000000000, expected 2 to 33554432");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_limits_new("{\"min_cash\": 0.5, \"min_net\": 0.6}", N, &made),
            "`config_json: min_net` is 0.6");
    EXPECT(PPO_ERR_NULL_POINTER, risk_limits_restore(NULL, N, "{\"returns\": []}", NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_limits_restore(NULL, N, NULL, &made));
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_limits_restore(NULL, N, "{}", &made), "state_json");
    REFUSED(PPO_ERR_LENGTH, risk_limits_restore(NULL, N, "{\"returns\": [0.1]}", &made),
            "`state_json: returns` has 1 values");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_limits_restore(NULL, 0, "{\"returns\": []}", &made), "`assets` is 0");
    CHECK(made == (risk_limits *)(void *)untouched);
    EXPECT(PPO_OK, risk_limits_new("{\"max_weights\": [0.5, 0.5]}", N, &made));
    TEXT_OF(risk_limits_state_json, made);
    EXPECT(PPO_OK, risk_limits_restore(NULL, N, text, &again));
    TEXT_OF(risk_limits_config_json, made);
    CHECK(strstr(text, "\"max_weights\":[0.5,0.5]") != NULL);

    EXPECT(PPO_ERR_NULL_POINTER, risk_limits_push_returns(NULL, WEIGHTS, N));
    REFUSED(PPO_ERR_NULL_POINTER, risk_limits_push_returns(made, NULL, N), "`returns` is NULL");
    REFUSED(PPO_ERR_LENGTH, risk_limits_push_returns(made, WEIGHTS, 0), "`returns` has 0 values");
    REFUSED(PPO_ERR_NOT_FINITE, risk_limits_push_returns(made, BAD, N), "`returns[1]` is NaN");
    EXPECT(PPO_ERR_NULL_POINTER, APPLY(NULL, WEIGHTS, WEIGHTS, 1.0, places[0]));
    REFUSED(PPO_ERR_NULL_POINTER, APPLY(made, NULL, WEIGHTS, 1.0, places[0]), "`target` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER, APPLY(made, WEIGHTS, NULL, 1.0, places[0]), "`current` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER, APPLY(made, WEIGHTS, WEIGHTS, 1.0, NULL), "`weights` is NULL");
    REFUSED(PPO_ERR_NOT_FINITE, APPLY(made, BAD, WEIGHTS, 1.0, places[0]), "`target[1]` is NaN");
    REFUSED(PPO_ERR_NOT_FINITE, APPLY(made, WEIGHTS, BAD, 1.0, places[0]), "`current[1]` is NaN");
    REFUSED(PPO_ERR_NOT_FINITE, APPLY(made, WEIGHTS, WEIGHTS, NAN, places[0]), "`factor` is NaN");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, APPLY(made, WEIGHTS, WEIGHTS, 1.5, places[0]), "`factor` is 1.5");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, APPLY(made, places[0], WEIGHTS, 1.0, places[0]), "memory that `target` uses");
    REFUSED(PPO_ERR_LENGTH,
            risk_limits_apply(made, WEIGHTS, 3, WEIGHTS, N, 1.0, NULL, 0, NULL, 0, places[0], N, reasons, 8, &count),
            "`target` has 3 values");
    REFUSED(PPO_ERR_LENGTH,
            risk_limits_apply(made, WEIGHTS, N, WEIGHTS, 0, 1.0, NULL, 0, NULL, 0, places[0], N, reasons, 8, &count),
            "`current` has 0 values");
    REFUSED(PPO_ERR_LENGTH,
            risk_limits_apply(made, WEIGHTS, N, WEIGHTS, N, 1.0, low, 1, NULL, 0, places[0], N, reasons, 8, &count),
            "`low` has 1 values");
    REFUSED(PPO_ERR_NULL_POINTER,
            risk_limits_apply(made, WEIGHTS, N, WEIGHTS, N, 1.0, NULL, 0, NULL, N, places[0], N, reasons, 8, &count),
            "`high` is NULL");
    REFUSED(PPO_ERR_INVALID_ARGUMENT,
            risk_limits_apply(made, WEIGHTS, N, WEIGHTS, N, 1.0, low, N, NULL, 0, places[0], N, reasons, 8, &count),
            "`low[1]` is 0.5");
    REFUSED(PPO_ERR_INVALID_ARGUMENT,
            risk_limits_apply(made, WEIGHTS, N, WEIGHTS, N, 1.0, NULL, 0, high, N, places[0], N, reasons, 8, &count),
            "`high[1]` is -0.5");
    REFUSED(PPO_ERR_LENGTH,
            risk_limits_apply(made, WEIGHTS, N, WEIGHTS, N, 1.0, NULL, 0, NULL, 0, places[0], 1, reasons, 8, &count),
            "`weights` has 1 values");
    REFUSED(PPO_ERR_NULL_POINTER,
            risk_limits_apply(made, WEIGHTS, N, WEIGHTS, N, 1.0, NULL, 0, NULL, 0, places[0], N, NULL, 8, &count),
            "`reasons` is NULL");
    REFUSED(PPO_ERR_INVALID_ARGUMENT,
            risk_limits_apply(made, WEIGHTS, N, WEIGHTS, N, 1.0, NULL, 0, NULL, 0, places[0], N,
                              (risk_reason *)(void *)places[0], 1, &count),
            "memory that `weights` uses");
    EXPECT(PPO_OK, APPLY(made, WEIGHTS, WEIGHTS, 1.0, places[0]));
    CHECK(places[0][0] == 0.5 && places[0][1] == 0.3 && count == 1 && reasons[0].code == RISK_REASON_ASSET_MAXIMUM);
    fill();
    EXPECT(PPO_OK,
           risk_limits_apply(made, WEIGHTS, N, WEIGHTS, N, 0.5, NULL, 0, NULL, 0, places[0], N, NULL, 0, NULL));
    CHECK(places[0][0] == 0.25 && places[0][1] == 0.25);
    fill();

    EXPECT(PPO_ERR_WRONG_HANDLE, risk_limits_push_returns(wrong, WEIGHTS, N));
    EXPECT(PPO_ERR_WRONG_HANDLE, APPLY(wrong, WEIGHTS, WEIGHTS, 1.0, places[0]));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_limits_config_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_limits_state_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_limits_last_error(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_limits_last_error(NULL, text, sizeof text, NULL));
    EXPECT(PPO_OK, risk_limits_last_error(made, text, sizeof text, NULL));
    CHECK(strstr(text, "risk_limits_apply: `reasons` is memory that `weights` uses") != NULL);
    risk_limits_free(again);
    risk_limits_free(made);
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_limits_push_returns(made, WEIGHTS, N));
    risk_limits_free(NULL);
    CHECK(sevens());
}

#define DECIDE(handle, drawdown, weights, weights_len, equity, betas, betas_len, place)                              \
    risk_hedge_decide(handle, drawdown, weights, weights_len, equity, betas, betas_len, place, reasons, 8, &count)

static void hedge(ppo_agent *agent) {
    risk_hedge *made = (risk_hedge *)(void *)untouched, *wrong = (risk_hedge *)(void *)agent, *again = NULL;
    risk_hedge_position position, before;
    EXPECT(PPO_ERR_NULL_POINTER, risk_hedge_position_init(NULL, sizeof position));
    EXPECT(PPO_ERR_VERSION, risk_hedge_position_init(&position, sizeof position - 8));
    EXPECT(PPO_OK, risk_hedge_position_init(&position, sizeof position));
    before = position;
    EXPECT(PPO_ERR_NULL_POINTER, risk_hedge_new(NULL, NULL));
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_hedge_new("{\"thresh\": 1}", &made), "config_json: thresh");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_hedge_new("{\"band\": 0.5}", &made), "`config_json: band` is 0.5");
    EXPECT(PPO_ERR_NULL_POINTER, risk_hedge_restore(NULL, "{\"active\": true}", NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_hedge_restore(NULL, NULL, &made));
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_hedge_restore(NULL, "{\"active\": 3}", &made), "state_json: active");
    CHECK(made == (risk_hedge *)(void *)untouched);
    EXPECT(PPO_OK, risk_hedge_new(NULL, &made));
    TEXT_OF(risk_hedge_config_json, made);
    CHECK(strstr(text, "\"threshold\":0.1") != NULL);
    TEXT_OF(risk_hedge_state_json, made);
    EXPECT(PPO_OK, risk_hedge_restore(NULL, text, &again));

    EXPECT(PPO_ERR_NULL_POINTER, DECIDE(NULL, 0.2, WEIGHTS, N, 1e5, NULL, 0, &position));
    REFUSED(PPO_ERR_NULL_POINTER, DECIDE(made, 0.2, NULL, N, 1e5, NULL, 0, &position), "`weights` is NULL");
    REFUSED(PPO_ERR_LENGTH, DECIDE(made, 0.2, WEIGHTS, 0, 1e5, NULL, 0, &position), "`weights` has 0 values");
    REFUSED(PPO_ERR_NOT_FINITE, DECIDE(made, 0.2, BAD, N, 1e5, NULL, 0, &position), "`weights[1]` is NaN");
    REFUSED(PPO_ERR_NOT_FINITE, DECIDE(made, NAN, WEIGHTS, N, 1e5, NULL, 0, &position), "`drawdown` is NaN");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, DECIDE(made, 1.1, WEIGHTS, N, 1e5, NULL, 0, &position), "`drawdown` is 1.1");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, DECIDE(made, 0.2, WEIGHTS, N, 0.0, NULL, 0, &position), "`equity` is 0");
    REFUSED(PPO_ERR_NOT_FINITE, DECIDE(made, 0.2, WEIGHTS, N, INFINITY, NULL, 0, &position), "`equity` is inf");
    REFUSED(PPO_ERR_NULL_POINTER, DECIDE(made, 0.2, WEIGHTS, N, 1e5, NULL, N, &position), "`betas` is NULL");
    REFUSED(PPO_ERR_LENGTH, DECIDE(made, 0.2, WEIGHTS, N, 1e5, PRICES, 1, &position), "`betas` has 1 values");
    REFUSED(PPO_ERR_NOT_FINITE, DECIDE(made, 0.2, WEIGHTS, N, 1e5, BAD, N, &position), "`betas[1]` is NaN");
    REFUSED(PPO_ERR_NULL_POINTER, DECIDE(made, 0.2, WEIGHTS, N, 1e5, NULL, 0, NULL), "`position` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER,
            risk_hedge_decide(made, 0.2, WEIGHTS, N, 1e5, NULL, 0, &position, NULL, 8, &count), "`reasons` is NULL");
    REFUSED(PPO_ERR_INVALID_ARGUMENT,
            risk_hedge_decide(made, 0.2, WEIGHTS, N, 1e5, NULL, 0, &position, (risk_reason *)(void *)&position, 1,
                              &count),
            "memory that `position` uses");
    CHECK(memcmp(&position, &before, sizeof position) == 0);
    position.struct_size = 3;
    REFUSED(PPO_ERR_VERSION, DECIDE(made, 0.2, WEIGHTS, N, 1e5, NULL, 0, &position), "`position.struct_size` is 3");
    position.struct_size = sizeof position;
    /* What was refused has not opened it: that is what the first call that is not refused does. */
    EXPECT(PPO_OK, DECIDE(made, 0.2, WEIGHTS, N, 1e5, NULL, 0, &position));
    CHECK(position.struct_size == sizeof position && position.active == 1 && position.side == RISK_HEDGE_SELL);
    CHECK(count == 2 && reasons[0].code == RISK_REASON_HEDGE_OPENED);
    fill();
    EXPECT(PPO_OK, risk_hedge_decide(made, 0.2, WEIGHTS, N, 1e5, NULL, 0, &position, NULL, 0, NULL));

    EXPECT(PPO_ERR_WRONG_HANDLE, DECIDE(wrong, 0.2, WEIGHTS, N, 1e5, NULL, 0, &position));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_hedge_config_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_hedge_state_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_hedge_last_error(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_hedge_last_error(NULL, text, sizeof text, NULL));
    EXPECT(PPO_OK, risk_hedge_last_error(made, text, sizeof text, NULL));
    CHECK(strstr(text, "risk_hedge_decide: `position.struct_size` is 3") != NULL);
    risk_hedge_free(again);
    risk_hedge_free(made);
    EXPECT(PPO_ERR_WRONG_HANDLE, DECIDE(made, 0.2, WEIGHTS, N, 1e5, NULL, 0, &position));
    risk_hedge_free(NULL);
    CHECK(sevens());
}

static void ranges(ppo_agent *agent) {
    static const double HIGH[N] = {101.0, 51.0}, LOW[N] = {99.0, 49.0};
    risk_atr *made = (risk_atr *)(void *)untouched, *wrong = (risk_atr *)(void *)agent, *again = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, risk_atr_new(N, 14, NULL));
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_atr_new(0, 14, &made), "`assets` is 0");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_atr_new(SIZE_MAX, 14, &made), "`assets` is 18446744073709551615");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_atr_new(N, 0, &made), "`bars` is 0");
    EXPECT(PPO_ERR_NULL_POINTER, risk_atr_restore(N, 14, "{}", NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_atr_restore(N, 14, NULL, &made));
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_atr_restore(N, 14, "{}", &made), "state_json");
    REFUSED(PPO_ERR_INVALID_ARGUMENT,
            risk_atr_restore(N, 14, "{\"seen\": 1, \"closes\": [1, 0], \"running\": [0, 0]}", &made),
            "`state_json: closes[1]` is 0");
    CHECK(made == (risk_atr *)(void *)untouched);
    EXPECT(PPO_OK, risk_atr_new(N, 1, &made));
    TEXT_OF(risk_atr_state_json, made);
    EXPECT(PPO_OK, risk_atr_restore(N, 1, text, &again));
    REFUSED(PPO_ERR_LENGTH, risk_atr_restore(N + 1, 1, text, &made), "`state_json: closes` has 2 values");

    EXPECT(PPO_ERR_NULL_POINTER, risk_atr_update(NULL, HIGH, N, LOW, N, PRICES, N));
    REFUSED(PPO_ERR_NULL_POINTER, risk_atr_update(made, HIGH, N, LOW, N, NULL, N), "`close` is NULL");
    REFUSED(PPO_ERR_LENGTH, risk_atr_update(made, HIGH, N, LOW, N, PRICES, 0), "`close` has 0 values");
    REFUSED(PPO_ERR_NOT_FINITE, risk_atr_update(made, NULL, 0, NULL, 0, BAD, N), "`close[1]` is NaN");
    REFUSED(PPO_ERR_NULL_POINTER, risk_atr_update(made, NULL, N, LOW, N, PRICES, N), "`high` is NULL");
    REFUSED(PPO_ERR_LENGTH, risk_atr_update(made, HIGH, N, LOW, 1, PRICES, N), "`low` has 1 values");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_atr_update(made, HIGH, N, NULL, 0, PRICES, N), "`low` is missing");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_atr_update(made, NULL, 0, LOW, N, PRICES, N), "`high` is missing");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_atr_update(made, LOW, N, HIGH, N, PRICES, N), "`high[0]` is 99");
    EXPECT(PPO_ERR_NULL_POINTER, risk_atr_values(NULL, places[0], N, &counts[0], &counts[1]));
    REFUSED(PPO_ERR_NULL_POINTER, risk_atr_values(made, NULL, N, &counts[0], &counts[1]), "`values` is NULL");
    REFUSED(PPO_ERR_LENGTH, risk_atr_values(made, places[0], 3, &counts[0], &counts[1]), "`values` has 3 values");
    EXPECT(PPO_OK, risk_atr_update(made, HIGH, N, LOW, N, PRICES, N));
    EXPECT(PPO_OK, risk_atr_values(made, places[0], N, &counts[0], &counts[1]));
    CHECK(isnan(places[0][0]) && isnan(places[0][1]) && counts[0] == 1 && counts[1] == 2);
    EXPECT(PPO_OK, risk_atr_update(made, HIGH, N, LOW, N, PRICES, N));
    EXPECT(PPO_OK, risk_atr_values(made, places[0], N, NULL, NULL));
    CHECK(places[0][0] == 2.0 && places[0][1] == 2.0);
    fill();

#define TABLE(high, low, close, rows, bars, out) \
    risk_average_true_range(high, (rows) * N, low, (rows) * N, close, (rows) * N, rows, N, bars, out, (rows) * N)
    REFUSED(PPO_ERR_NULL_POINTER, TABLE(HIGH, LOW, NULL, 1, 1, places[0]), "`close` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER, TABLE(NULL, LOW, PRICES, 1, 1, places[0]), "`high` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER, TABLE(HIGH, LOW, PRICES, 1, 1, NULL), "`values` is NULL");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, TABLE(HIGH, LOW, PRICES, 1, 0, places[0]), "`bars` is 0");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, TABLE(LOW, HIGH, PRICES, 1, 1, places[0]), "`high[0] of bar 0` is 99");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, TABLE(HIGH, places[0], places[0], 1, 1, places[0]), "memory that `low` uses");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, TABLE(HIGH, LOW, PRICES, (size_t)0, 1, places[0]), "`rows` is 0");
    REFUSED(PPO_ERR_INVALID_ARGUMENT,
            risk_average_true_range(NULL, 0, NULL, 0, PRICES, N, SIZE_MAX, N, 1, places[0], N), "`rows` is 1844");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_average_true_range(NULL, 0, NULL, 0, PRICES, N, 1, 0, 1, places[0], N),
            "`assets` is 0");
    REFUSED(PPO_ERR_LENGTH, risk_average_true_range(NULL, 0, NULL, 0, PRICES, N, 1, 1, 1, places[0], 1),
            "`close` has 2 values");
    REFUSED(PPO_ERR_NOT_FINITE, risk_average_true_range(NULL, 0, NULL, 0, BAD, N, 1, N, 1, places[0], N),
            "`close[1] of bar 0` is NaN");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_average_true_range(HIGH, N, NULL, 0, PRICES, N, 1, N, 1, places[0], N),
            "`low of bar 0` is missing");

    EXPECT(PPO_ERR_WRONG_HANDLE, risk_atr_update(wrong, HIGH, N, LOW, N, PRICES, N));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_atr_values(wrong, places[0], N, NULL, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_atr_state_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_atr_last_error(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_atr_last_error(NULL, text, sizeof text, NULL));
    EXPECT(PPO_OK, risk_atr_last_error(made, text, sizeof text, NULL));
    CHECK(strstr(text, "risk_atr_values: `values` has 3 values") != NULL);
    risk_atr_free(again);
    risk_atr_free(made);
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_atr_values(made, places[0], N, NULL, NULL));
    risk_atr_free(NULL);
    CHECK(sevens());
}

#define SIZE(handle, equity, weights, closes, atr, units)                                                           \
    risk_positions_size(handle, equity, weights, N, closes, N, atr, N, 9, units, N, places[1], N, reasons, 8, &count)

static void positions(ppo_agent *agent) {
    static const double ATR[N] = {2.0, 1.0}, NONE[N] = {0.0, 1.0};
    risk_positions *made = (risk_positions *)(void *)untouched, *wrong = (risk_positions *)(void *)agent;
    EXPECT(PPO_ERR_NULL_POINTER, risk_positions_new(NULL, N, NULL));
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_positions_new(NULL, 0, &made), "`assets` is 0");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_positions_new(NULL, SIZE_MAX, &made), "`assets` is 18446744073709551615");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_positions_new("{\"lot\": 1}", N, &made), "config_json: lot");
    REFUSED(PPO_ERR_LENGTH, risk_positions_new("{\"lots\": [1]}", N, &made), "`config_json: lots`");
    CHECK(made == (risk_positions *)(void *)untouched);
    EXPECT(PPO_OK, risk_positions_new("{\"lots\": [1, 10]}", N, &made));
    TEXT_OF(risk_positions_config_json, made);
    CHECK(strstr(text, "\"lots\":[1.0,10.0]") != NULL);

    EXPECT(PPO_ERR_NULL_POINTER, SIZE(NULL, 1e5, WEIGHTS, PRICES, ATR, places[0]));
    REFUSED(PPO_ERR_NULL_POINTER, SIZE(made, 1e5, NULL, PRICES, ATR, places[0]), "`weights` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER, SIZE(made, 1e5, WEIGHTS, NULL, ATR, places[0]), "`closes` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER, SIZE(made, 1e5, WEIGHTS, PRICES, NULL, places[0]), "`atr` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER, SIZE(made, 1e5, WEIGHTS, PRICES, ATR, NULL), "`units` is NULL");
    REFUSED(PPO_ERR_NOT_FINITE, SIZE(made, 1e5, BAD, PRICES, ATR, places[0]), "`weights[1]` is NaN");
    REFUSED(PPO_ERR_NOT_FINITE, SIZE(made, 1e5, WEIGHTS, BAD, ATR, places[0]), "`closes[1]` is NaN");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, SIZE(made, 1e5, WEIGHTS, PRICES, NONE, places[0]), "`atr[0]` is 0");
    REFUSED(PPO_ERR_NOT_FINITE, SIZE(made, NAN, WEIGHTS, PRICES, ATR, places[0]), "`equity` is NaN");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, SIZE(made, 1e5, WEIGHTS, places[0], ATR, places[0]), "memory that `closes` uses");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, SIZE(made, 1e5, WEIGHTS, PRICES, ATR, places[1]), "memory that `units` uses");
    REFUSED(PPO_ERR_LENGTH,
            risk_positions_size(made, 1e5, WEIGHTS, 1, PRICES, N, ATR, N, 9, places[0], N, NULL, 0, NULL, 0, &count),
            "`weights` has 1 values");
    REFUSED(PPO_ERR_LENGTH,
            risk_positions_size(made, 1e5, WEIGHTS, N, PRICES, 0, ATR, N, 9, places[0], N, NULL, 0, NULL, 0, &count),
            "`closes` has 0 values");
    REFUSED(PPO_ERR_LENGTH,
            risk_positions_size(made, 1e5, WEIGHTS, N, PRICES, N, ATR, 3, 9, places[0], N, NULL, 0, NULL, 0, &count),
            "`atr` has 3 values");
    REFUSED(PPO_ERR_LENGTH,
            risk_positions_size(made, 1e5, WEIGHTS, N, PRICES, N, ATR, N, 9, places[0], 3, NULL, 0, NULL, 0, &count),
            "`units` has 3 values");
    REFUSED(PPO_ERR_NULL_POINTER,
            risk_positions_size(made, 1e5, WEIGHTS, N, PRICES, N, ATR, N, 9, places[0], N, NULL, N, NULL, 0, &count),
            "`stops` is NULL");
    REFUSED(PPO_ERR_NULL_POINTER,
            risk_positions_size(made, 1e5, WEIGHTS, N, PRICES, N, ATR, N, 9, places[0], N, NULL, 0, NULL, 1, &count),
            "`reasons` is NULL");
    EXPECT(PPO_OK, SIZE(made, 1e5, WEIGHTS, PRICES, ATR, places[0]));
    /* 1% of 100,000 over twice the range: 250 and 500 units. */
    CHECK(places[0][0] == 250.0 && places[0][1] == 500.0 && places[1][0] == 96.0 && places[1][1] == 48.0);
    CHECK(count == 2 && reasons[0].code == RISK_REASON_POSITION_RISK && reasons[1].index == 1);
    fill();
    EXPECT(PPO_OK,
           risk_positions_size(made, 1e5, WEIGHTS, N, PRICES, N, ATR, N, 9, places[0], N, NULL, 0, NULL, 0, NULL));
    fill();

    REFUSED(PPO_ERR_NULL_POINTER, risk_position_units(1e5, 0.01, 2.0, 2.0, 0.0, NULL), "`units` is NULL");
    REFUSED(PPO_ERR_NOT_FINITE, risk_position_units(NAN, 0.01, 2.0, 2.0, 0.0, &number), "`equity` is NaN");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_position_units(1e5, 2.0, 2.0, 2.0, 0.0, &number), "`risk` is 2");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_position_units(1e5, 0.01, 0.0, 2.0, 0.0, &number), "`atr` is 0");
    REFUSED(PPO_ERR_NOT_FINITE, risk_position_units(1e5, 0.01, 2.0, INFINITY, 0.0, &number), "multiple` is inf");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_position_units(1e5, 0.01, 2.0, 2.0, -1.0, &number), "`lot` is -1");
    EXPECT(PPO_OK, risk_position_units(1e5, 0.01, 2.0, 2.0, 100.0, &number));
    CHECK(number == 200.0);
    fill();

    EXPECT(PPO_ERR_WRONG_HANDLE, SIZE(wrong, 1e5, WEIGHTS, PRICES, ATR, places[0]));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_positions_config_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_positions_last_error(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_positions_last_error(NULL, text, sizeof text, NULL));
    EXPECT(PPO_OK, risk_positions_last_error(made, text, sizeof text, NULL));
    CHECK(strstr(text, "risk_positions_size: `reasons` is NULL") != NULL);
    risk_positions_free(made);
    EXPECT(PPO_ERR_WRONG_HANDLE, SIZE(made, 1e5, WEIGHTS, PRICES, ATR, places[0]));
    risk_positions_free(NULL);
    CHECK(sevens());
}

#define UPDATE(handle, equity, drawdown) \
    risk_drawdown_update(handle, equity, drawdown, &kind, &number, reasons, 8, &count)

static void drawdown(ppo_agent *agent) {
    static const char *const settings = "{\"stop_at\": 0.2}";
    risk_drawdown *made = (risk_drawdown *)(void *)untouched, *wrong = (risk_drawdown *)(void *)agent, *again = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, risk_drawdown_new(NULL, NULL));
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_drawdown_new("{\"stop\": 1}", &made), "config_json: stop");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_drawdown_new("{\"stop_at\": 1.5}", &made), "`config_json: stop_at` is 1.5");
    EXPECT(PPO_OK, risk_drawdown_new(settings, &made));
    EXPECT(PPO_ERR_NULL_POINTER, UPDATE(NULL, 1e5, NAN));
    REFUSED(PPO_ERR_NOT_FINITE, UPDATE(made, NAN, NAN), "`equity` is NaN");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, UPDATE(made, 0.0, NAN), "`equity` is 0");
    REFUSED(PPO_ERR_INVALID_ARGUMENT, UPDATE(made, 1e5, 1.5), "`drawdown` is 1.5");
    REFUSED(PPO_ERR_NOT_FINITE, UPDATE(made, 1e5, INFINITY), "`drawdown` is inf");
    REFUSED(PPO_ERR_NULL_POINTER, risk_drawdown_update(made, 1e5, NAN, &kind, &number, NULL, 1, &count),
            "`reasons` is NULL");
    REFUSED(PPO_ERR_INVALID_ARGUMENT,
            risk_drawdown_update(made, 1e5, NAN, &kind, &places[0][0], (risk_reason *)(void *)places[0], 1, &count),
            "memory that `found` uses");
    /* Nothing that was refused was taken in: there is no peak above this equity. */
    EXPECT(PPO_OK, UPDATE(made, 1e3, NAN));
    CHECK(kind == RISK_STATE_ACTIVE && number == 0.0 && count == 0);
    EXPECT(PPO_OK, risk_drawdown_update(made, 750.0, NAN, NULL, NULL, NULL, 0, NULL));
    EXPECT(PPO_OK, UPDATE(made, 750.0, NAN));
    CHECK(kind == RISK_STATE_HALTED && number == 0.25 && count == 1 && reasons[0].code == RISK_REASON_HALTED);
    fill();
    TEXT_OF(risk_drawdown_config_json, made);
    CHECK(strstr(text, "\"stop_at\":0.2") != NULL);
    TEXT_OF(risk_drawdown_state_json, made);
    EXPECT(PPO_ERR_NULL_POINTER, risk_drawdown_restore(settings, text, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_drawdown_restore(settings, NULL, &again));
    EXPECT(PPO_OK, risk_drawdown_restore(settings, text, &again));
    EXPECT(PPO_OK, risk_drawdown_reset(made));
    EXPECT(PPO_OK, UPDATE(made, 750.0, NAN));
    CHECK(kind == RISK_STATE_ACTIVE && number == 0.0);
    EXPECT(PPO_OK, UPDATE(again, 750.0, NAN));
    CHECK(kind == RISK_STATE_HALTED && number == 0.25);
    fill();
    risk_drawdown_free(again);
    again = NULL;
    REFUSED(PPO_ERR_INVALID_ARGUMENT, risk_drawdown_restore(settings, "{}", &again), "state_json");
    REFUSED(PPO_ERR_INVALID_ARGUMENT,
            risk_drawdown_restore(NULL, "{\"trading\": \"HALTED\", \"peak\": 2, \"equity\": 1, \"drawdown\": 0.5}",
                                  &again),
            "`state_json: trading`");
    CHECK(again == NULL);

    EXPECT(PPO_ERR_NULL_POINTER, risk_drawdown_reset(NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_drawdown_reset(wrong));
    EXPECT(PPO_ERR_WRONG_HANDLE, UPDATE(wrong, 1e5, NAN));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_drawdown_config_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_drawdown_state_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_drawdown_last_error(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_drawdown_last_error(NULL, text, sizeof text, NULL));
    EXPECT(PPO_OK, UPDATE(made, 750.0, NAN));
    EXPECT(PPO_ERR_NOT_FINITE, UPDATE(made, INFINITY, NAN));
    EXPECT(PPO_OK, risk_drawdown_last_error(made, text, sizeof text, NULL));
    CHECK(strstr(text, "risk_drawdown_update: `equity` is inf") != NULL);
    risk_drawdown_free(made);
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_drawdown_reset(made));
    risk_drawdown_free(NULL);
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    fill();
    limits(agent);
    hedge(agent);
    ranges(agent);
    positions(agent);
    drawdown(agent);
    ppo_agent_free(agent);
    return finished("arguments_risk_parts");
}
