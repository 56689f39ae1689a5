/* Every export that sizes, forecasts or follows regimes, with what no caller should hand it. argv: the demo policy, a
 * folder to write to. */
#include "check.h"

#define N 2
#define BARS 6

static char text[65536];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    if (strstr(text, words) == NULL) {
        printf("\"%s\" is not in \"%s\"\n", words, text);
        return 0;
    }
    return 1;
}

static const double EXCESS[N] = {0.001, 0.002}, UNKNOWN[N] = {0.001, NAN};
static const double COVARIANCE[N * N] = {4e-4, 1e-4, 1e-4, 9e-4}, LOPSIDED[N * N] = {4e-4, 1e-4, 2e-4, 9e-4};
static const double RETURNS[BARS * N] = {0.01, 0.02, -0.02, 0.01, 0.005, -0.01, 0.0, 0.03, -0.01, -0.02, 0.03, 0.01};
static const double BROKEN[BARS * N] = {0.01, 0.02, -0.02, 0.01, 0.005, -0.01, 0.0, NAN, -0.01, -0.02, 0.03, 0.01};
static const char *const MODEL =
    "{\"model\": {\"initial\": [0.5, 0.5], \"transition\": [[0.9, 0.1], [0.2, 0.8]], \"means\": [[0.001], [-0.002]], "
    "\"covariances\": [[[0.0001]], [[0.0009]]]}, \"leverage\": [1.0, 0.5], \"limits\": [1.0, 0.8]}";

#define UNTOUCHED ((void *)text)

static void single(void) {
    double out = 7.0;
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_binary(0.6, 1.0, 1.0, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_binary(1.6, 1.0, 1.0, &out));
    CHECK(says("`probability` is 1.6, expected in [0, 1]"));
    EXPECT(PPO_ERR_NOT_FINITE, risk_kelly_binary(NAN, 1.0, 1.0, &out));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_binary(0.6, 0.0, 1.0, &out));
    EXPECT(PPO_ERR_NOT_FINITE, risk_kelly_binary(0.6, 1.0, INFINITY, &out));
    CHECK(says("`loss` is inf"));
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_continuous(0.1, 0.04, NULL));
    EXPECT(PPO_ERR_NOT_FINITE, risk_kelly_continuous(NAN, 0.04, &out));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_continuous(0.1, 0.0, &out));
    CHECK(says("`variance` is 0") && out == 7.0);
    EXPECT(PPO_OK, risk_kelly_binary(0.75, 1.0, 1.0, &out));
    CHECK(out == 0.5);
    EXPECT(PPO_OK, risk_kelly_continuous(-0.5, 0.25, &out));
    CHECK(out == -2.0);
}

static void portfolio(void) {
    double weights[N + 1] = {7.0, 7.0, 7.0};
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_weights(NULL, NULL, N, COVARIANCE, N * N, weights, N));
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_weights(NULL, EXCESS, N, NULL, N * N, weights, N));
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_weights(NULL, EXCESS, N, COVARIANCE, N * N, NULL, N));
    EXPECT(PPO_ERR_LENGTH, risk_kelly_weights(NULL, EXCESS, N, COVARIANCE, N, weights, N));
    CHECK(says("`covariance` has 2 values, expected 4"));
    EXPECT(PPO_ERR_LENGTH, risk_kelly_weights(NULL, EXCESS, N, COVARIANCE, N * N, weights, N + 1));
    EXPECT(PPO_ERR_LENGTH, risk_kelly_weights(NULL, EXCESS, SIZE_MAX, COVARIANCE, N * N, weights, N));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_weights(NULL, EXCESS, 0, COVARIANCE, 0, weights, 0));
    EXPECT(PPO_ERR_NOT_FINITE, risk_kelly_weights(NULL, UNKNOWN, N, COVARIANCE, N * N, weights, N));
    CHECK(says("`excess[1]` is NaN"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_weights(NULL, EXCESS, N, LOPSIDED, N * N, weights, N));
    CHECK(says("`covariance[0][1]` is 0.0001"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_weights("{\"fracton\": 1}", EXCESS, N, COVARIANCE, N * N, weights, N));
    CHECK(says("config_json: fracton"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_weights("{\"fraction\": 0}", EXCESS, N, COVARIANCE, N * N, weights, N));
    CHECK(says("`config_json: fraction` is 0"));
    EXPECT(PPO_ERR_LENGTH,
           risk_kelly_weights("{\"max_weights\": [1, 1, 1]}", EXCESS, N, COVARIANCE, N * N, weights, N));
    CHECK(says("`config_json: max_weights` has 3 values"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_weights(NULL, weights, N, COVARIANCE, N * N, weights + 1, N));
    CHECK(says("memory that `excess` uses"));
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_unconstrained(NULL, N, COVARIANCE, N * N, weights, N));
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_unconstrained(EXCESS, N, NULL, N * N, weights, N));
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_unconstrained(EXCESS, N, COVARIANCE, N * N, NULL, N));
    EXPECT(PPO_ERR_LENGTH, risk_kelly_unconstrained(EXCESS, N, COVARIANCE, 3, weights, N));
    EXPECT(PPO_ERR_LENGTH, risk_kelly_unconstrained(EXCESS, N, COVARIANCE, N * N, weights, 1));
    EXPECT(PPO_ERR_NOT_FINITE, risk_kelly_unconstrained(UNKNOWN, N, COVARIANCE, N * N, weights, N));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_unconstrained(EXCESS, N, LOPSIDED, N * N, weights, N));
    CHECK(weights[0] == 7.0 && weights[1] == 7.0 && weights[2] == 7.0);
    EXPECT(PPO_OK, risk_kelly_weights(NULL, EXCESS, N, COVARIANCE, N * N, weights, N));
    CHECK(fabs(weights[0] + weights[1] - 1.0) < 1e-9 && weights[2] == 7.0);
}

/* An estimate and places for all of it. */
struct all {
    risk_kelly_estimate estimate;
    double weights[N], errors[N], full[N], full_errors[N], excess[N];
};

static void fill(struct all *all) {
    memset(all, 0, sizeof *all);
    EXPECT(PPO_OK, risk_kelly_estimate_init(&all->estimate, sizeof all->estimate));
    all->estimate.weights = all->weights;
    all->estimate.standard_errors = all->errors;
    all->estimate.unconstrained = all->full;
    all->estimate.unconstrained_standard_errors = all->full_errors;
    all->estimate.excess = all->excess;
    all->estimate.weights_len = all->estimate.standard_errors_len = all->estimate.unconstrained_len = N;
    all->estimate.unconstrained_standard_errors_len = all->estimate.excess_len = N;
}

static void refused(ppo_status expected, struct all *all, const char *words) {
    static struct all before;
    before = *all;
    EXPECT(expected, risk_kelly_from_returns(NULL, RETURNS, BARS * N, BARS, N, 252, &all->estimate));
    CHECK(says(words) && memcmp(&before, all, sizeof before) == 0);
    fill(all);
}

static void history(void) {
    struct all all;
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_estimate_init(NULL, sizeof all.estimate));
    EXPECT(PPO_ERR_VERSION, risk_kelly_estimate_init(&all.estimate, 24));
    fill(&all);
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_from_returns(NULL, NULL, BARS * N, BARS, N, 252, &all.estimate));
    EXPECT(PPO_ERR_NULL_POINTER, risk_kelly_from_returns(NULL, RETURNS, BARS * N, BARS, N, 252, NULL));
    EXPECT(PPO_ERR_LENGTH, risk_kelly_from_returns(NULL, RETURNS, BARS * N - 1, BARS, N, 252, &all.estimate));
    EXPECT(PPO_ERR_LENGTH, risk_kelly_from_returns(NULL, RETURNS, BARS * N, SIZE_MAX, N, 252, &all.estimate));
    EXPECT(PPO_ERR_NOT_FINITE, risk_kelly_from_returns(NULL, BROKEN, BARS * N, BARS, N, 252, &all.estimate));
    CHECK(says("`returns[3][1]` is NaN"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_from_returns(NULL, RETURNS, N, 1, N, 252, &all.estimate));
    CHECK(says("expected at least 2 bars"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_kelly_from_returns("7", RETURNS, BARS * N, BARS, N, 252, &all.estimate));
    EXPECT(PPO_ERR_INVALID_ARGUMENT,
           risk_kelly_from_returns("{\"cash_rate\": -1}", RETURNS, BARS * N, BARS, N, 252, &all.estimate));
    CHECK(says("`config_json: cash_rate` is -1"));
    all.estimate.weights = NULL;
    refused(PPO_ERR_NULL_POINTER, &all, "`estimate.weights` is NULL");
    all.estimate.weights = NULL;
    all.estimate.weights_len = 0;
    refused(PPO_ERR_NULL_POINTER, &all, "`estimate.weights` is NULL");
    all.estimate.standard_errors = NULL;
    refused(PPO_ERR_NULL_POINTER, &all, "`estimate.standard_errors` is NULL");
    all.estimate.unconstrained_len = 1;
    refused(PPO_ERR_LENGTH, &all, "`estimate.unconstrained` has 1 values");
    all.estimate.unconstrained_standard_errors_len = 0;
    refused(PPO_ERR_LENGTH, &all, "`estimate.unconstrained_standard_errors` has 0 values");
    all.estimate.excess = all.weights + 1;
    refused(PPO_ERR_INVALID_ARGUMENT, &all, "memory that `estimate.weights` uses");
    all.estimate.excess = (double *)(void *)&all.estimate;
    refused(PPO_ERR_INVALID_ARGUMENT, &all, "memory that `estimate` uses");
    all.estimate.reserved = 1;
    refused(PPO_ERR_INVALID_ARGUMENT, &all, "`estimate.reserved` is 1");
    all.estimate.struct_size = 16;
    refused(PPO_ERR_VERSION, &all, "`estimate.struct_size` is 16");
    EXPECT(PPO_OK, risk_kelly_from_returns(NULL, RETURNS, BARS * N, BARS, N, 252, &all.estimate));
    CHECK(all.full_errors[0] > 0.0 && all.excess[1] > 0.0 && all.estimate.mean_shrinkage > 0.0);
    CHECK(all.estimate.weights == all.weights && all.estimate.covariance_shrinkage >= 0.0);
    fill(&all);
    all.estimate.standard_errors = all.estimate.excess = NULL;
    all.estimate.standard_errors_len = all.estimate.excess_len = 0;
    EXPECT(PPO_OK, risk_kelly_from_returns(NULL, RETURNS, BARS * N, BARS, N, 252, &all.estimate));
    CHECK(all.errors[0] == 0.0 && all.excess[0] == 0.0 && all.full_errors[1] > 0.0);
}

static void leverage(void) {
    risk_reason reasons[4];
    double out = 7.0;
    size_t count = 77;
    memset(reasons, 7, sizeof reasons);
    EXPECT(PPO_ERR_NULL_POINTER, risk_leverage(NULL, 0.2, 0.0, NAN, reasons, 4, &count, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_leverage(NULL, 0.2, 0.0, NAN, NULL, 4, &count, &out));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_leverage("{\"mx\": 2}", 0.2, 0.0, NAN, reasons, 4, &count, &out));
    CHECK(says("config_json: mx"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_leverage("{\"max\": -2}", 0.2, 0.0, NAN, reasons, 4, &count, &out));
    CHECK(says("`config_json: max` is -2"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_leverage(NULL, 0.0, 0.0, NAN, reasons, 4, &count, &out));
    EXPECT(PPO_ERR_NOT_FINITE, risk_leverage(NULL, NAN, 0.0, NAN, reasons, 4, &count, &out));
    CHECK(says("`volatility` is NaN"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_leverage(NULL, 0.2, 1.5, NAN, reasons, 4, &count, &out));
    CHECK(says("`drawdown` is 1.5"));
    EXPECT(PPO_ERR_NOT_FINITE, risk_leverage(NULL, 0.2, NAN, NAN, reasons, 4, &count, &out));
    EXPECT(PPO_ERR_NOT_FINITE, risk_leverage(NULL, 0.2, 0.0, -INFINITY, reasons, 4, &count, &out));
    CHECK(says("`trend` is -inf") && out == 7.0 && count == 77 && reasons[0].code == 0x07070707u);
    EXPECT(PPO_OK, risk_leverage(NULL, 0.05, 0.0, 0.001, reasons, 2, &count, &out));
    CHECK(count == 3 && reasons[0].code == RISK_REASON_VOLATILITY_TARGET && reasons[1].code == RISK_REASON_LEVERAGE_MAXIMUM);
    CHECK(reasons[2].code == 0x07070707u && out > 0.0 && out < 1.5);
    EXPECT(PPO_OK, risk_leverage(NULL, 0.3, 0.0, NAN, NULL, 0, NULL, &out));
    CHECK(out == 0.5);
}

static void volatility(void) {
    double series[60], out = 7.0;
    risk_garch_fit fit, before;
    for (int bar = 0; bar < 60; bar++) {
        series[bar] = ((bar * 37) % 23 - 11) * 0.001;
    }
    EXPECT(PPO_ERR_NULL_POINTER, risk_volatility(NULL, NULL, BARS, 252, &out));
    EXPECT(PPO_ERR_NULL_POINTER, risk_volatility(NULL, series, 60, 252, NULL));
    EXPECT(PPO_ERR_LENGTH, risk_volatility(NULL, series, 0, 252, &out));
    CHECK(says("`returns` has 0 values"));
    EXPECT(PPO_ERR_NOT_FINITE, risk_volatility(NULL, BROKEN, BARS * N, 252, &out));
    CHECK(says("`returns[7]` is NaN"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_volatility("{\"ewma\": {\"half_life\": 0}}", series, 60, 252, &out));
    CHECK(says("`forecast_json: ewma.half_life` is 0"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_volatility("{\"emwa\": {}}", series, 60, 252, &out));
    CHECK(says("forecast_json"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_volatility("{\"garch\": {\"alpha\": 0.5, \"beta\": 0.6}}", series, 60, 252, &out));
    CHECK(says("`forecast_json: garch.alpha + garch.beta` is 1.1") && out == 7.0);
    EXPECT(PPO_OK, risk_volatility("{\"garch\": {\"alpha\": 0.1, \"beta\": 0.8, \"omega\": null}}", series, 60, 252, &out));
    CHECK(out > 0.0);
    EXPECT(PPO_ERR_NULL_POINTER, risk_garch_fit_init(NULL, sizeof fit));
    EXPECT(PPO_ERR_VERSION, risk_garch_fit_init(&fit, 0));
    EXPECT(PPO_OK, risk_garch_fit_init(&fit, sizeof fit));
    before = fit;
    EXPECT(PPO_ERR_NULL_POINTER, risk_volatility_fit(NULL, 60, &fit));
    EXPECT(PPO_ERR_NULL_POINTER, risk_volatility_fit(series, 60, NULL));
    EXPECT(PPO_ERR_LENGTH, risk_volatility_fit(series, 49, &fit));
    CHECK(says("`returns` has 49 values, expected at least 50"));
    series[3] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, risk_volatility_fit(series, 60, &fit));
    CHECK(says("`returns[3]` is NaN") && memcmp(&before, &fit, sizeof fit) == 0);
    series[3] = 0.0;
    fit.struct_size = 55;
    EXPECT(PPO_ERR_VERSION, risk_volatility_fit(series, 60, &fit));
    fit.struct_size = sizeof fit;
    EXPECT(PPO_OK, risk_volatility_fit(series, 60, &fit));
    CHECK(fit.omega > 0.0 && fit.alpha >= 0.0 && fit.alpha + fit.beta < 1.0 && fit.next_variance > 0.0);
}

static void tail(void) {
    const double weights[N] = {0.5, 0.5};
    double covariance[N * N] = {7.0, 7.0, 7.0, 7.0}, shrinkage = 7.0;
    risk_tail_risk found, before;
    EXPECT(PPO_ERR_NULL_POINTER, risk_tail_risk_init(NULL, sizeof found));
    EXPECT(PPO_ERR_VERSION, risk_tail_risk_init(&found, 20));
    EXPECT(PPO_OK, risk_tail_risk_init(&found, sizeof found));
    before = found;
    EXPECT(PPO_ERR_NULL_POINTER, risk_tail_risk_compute(NULL, BARS * N, BARS, weights, N, 0.9, &found));
    EXPECT(PPO_ERR_NULL_POINTER, risk_tail_risk_compute(RETURNS, BARS * N, BARS, NULL, N, 0.9, &found));
    EXPECT(PPO_ERR_NULL_POINTER, risk_tail_risk_compute(RETURNS, BARS * N, BARS, weights, N, 0.9, NULL));
    EXPECT(PPO_ERR_LENGTH, risk_tail_risk_compute(RETURNS, BARS * N, BARS - 1, weights, N, 0.9, &found));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_tail_risk_compute(RETURNS, N, 1, weights, N, 0.9, &found));
    CHECK(says("`scenarios` is 1 bars, expected at least 2"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_tail_risk_compute(RETURNS, BARS * N, BARS, weights, N, 1.0, &found));
    CHECK(says("`level` is 1"));
    EXPECT(PPO_ERR_NOT_FINITE, risk_tail_risk_compute(RETURNS, BARS * N, BARS, weights, N, NAN, &found));
    EXPECT(PPO_ERR_NOT_FINITE, risk_tail_risk_compute(RETURNS, BARS * N, BARS, UNKNOWN, N, 0.9, &found));
    CHECK(says("`weights[1]` is NaN"));
    EXPECT(PPO_ERR_NOT_FINITE, risk_tail_risk_compute(BROKEN, BARS * N, BARS, weights, N, 0.9, &found));
    CHECK(says("`scenarios[3][1]` is NaN") && memcmp(&before, &found, sizeof found) == 0);
    found.struct_size = 8;
    EXPECT(PPO_ERR_VERSION, risk_tail_risk_compute(RETURNS, BARS * N, BARS, weights, N, 0.9, &found));
    EXPECT(PPO_ERR_NULL_POINTER, risk_covariance(NULL, BARS * N, BARS, N, covariance, N * N, &shrinkage));
    EXPECT(PPO_ERR_NULL_POINTER, risk_covariance(RETURNS, BARS * N, BARS, N, NULL, N * N, &shrinkage));
    EXPECT(PPO_ERR_LENGTH, risk_covariance(RETURNS, BARS * N, BARS, N, covariance, N, &shrinkage));
    EXPECT(PPO_ERR_LENGTH, risk_covariance(RETURNS, BARS, BARS, N, covariance, N * N, &shrinkage));
    EXPECT(PPO_ERR_NOT_FINITE, risk_covariance(BROKEN, BARS * N, BARS, N, covariance, N * N, &shrinkage));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_covariance(RETURNS, N, 1, N, covariance, N * N, &shrinkage));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_covariance(covariance, N * N, 2, N, covariance, N * N, &shrinkage));
    CHECK(says("memory that `returns` uses"));
    CHECK(covariance[0] == 7.0 && covariance[3] == 7.0 && shrinkage == 7.0);
    EXPECT(PPO_OK, risk_covariance(RETURNS, BARS * N, BARS, N, covariance, N * N, NULL));
    CHECK(covariance[0] > 0.0 && covariance[1] == covariance[2]);
}

static void making(void) {
    risk_regime *regime = UNTOUCHED;
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_new(MODEL, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_new(NULL, &regime));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_regime_new("{}", &regime));
    CHECK(says("model"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT,
           risk_regime_new("{\"model\": {\"initial\": [1], \"transition\": [[1]], \"means\": [[0]], \"covariances\": "
                           "[[[1]]]}, \"limits\": [2]}",
                           &regime));
    CHECK(says("`config_json: limits[0]` is 2"));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_restore(MODEL, "{}", NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_restore(NULL, "{}", &regime));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_restore(MODEL, NULL, &regime));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_regime_restore(MODEL, "{\"seen\": 1}", &regime));
    CHECK(says("state_json"));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_fit(RETURNS, BARS * N, BARS, N, 2, 1, NULL, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_fit(NULL, BARS * N, BARS, N, 2, 1, NULL, &regime));
    EXPECT(PPO_ERR_LENGTH, risk_regime_fit(RETURNS, BARS, BARS, N, 2, 1, NULL, &regime));
    EXPECT(PPO_ERR_NOT_FINITE, risk_regime_fit(BROKEN, BARS * N, BARS, N, 2, 1, NULL, &regime));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_regime_fit(RETURNS, BARS * N, BARS, N, 0, 1, NULL, &regime));
    CHECK(says("`regimes` is 0"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_regime_fit(RETURNS, BARS * N, BARS, N, 3, 1, NULL, &regime));
    CHECK(says("6 bars"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_regime_fit(RETURNS, BARS * N, BARS, N, 2, 1, "{\"start\": 1}", &regime));
    CHECK(says("options_json: start"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_regime_fit(RETURNS, BARS * N, BARS, N, 2, 1, "{\"starts\": 0}", &regime));
    CHECK(says("`options_json: starts` is 0") && regime == UNTOUCHED);
}

static void regimes(const char *model) {
    const double observation[1] = {0.01}, unknown[1] = {NAN};
    double probabilities[3] = {7.0, 7.0, 7.0}, leverage = 7.0, limits = 7.0;
    size_t width = 77, count = 77, size = 77;
    risk_regime *regime = NULL, *wrong;
    ppo_agent *agent = NULL;
    EXPECT(PPO_OK, risk_regime_new(MODEL, &regime));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_update(NULL, observation, 1));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_update(regime, NULL, 1));
    EXPECT(PPO_ERR_LENGTH, risk_regime_update(regime, observation, 0));
    EXPECT(PPO_ERR_LENGTH, risk_regime_update(regime, observation, 2));
    EXPECT(PPO_ERR_NOT_FINITE, risk_regime_update(regime, unknown, 1));
    EXPECT(PPO_OK, risk_regime_last_error(regime, text, sizeof text, NULL));
    CHECK(strstr(text, "risk_regime_update: `observation[0]` is NaN") == text);
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_probabilities(NULL, probabilities, 2));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_probabilities(regime, NULL, 2));
    EXPECT(PPO_ERR_LENGTH, risk_regime_probabilities(regime, probabilities, 3));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_factors(NULL, &leverage, &limits));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_counts(NULL, &width, &count));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_config_json(NULL, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_config_json(regime, NULL, 1, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_state_json(regime, NULL, 0, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_regime_last_error(NULL, text, sizeof text, NULL));
    CHECK(size == 77 && probabilities[0] == 7.0 && leverage == 7.0 && width == 77);
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, risk_regime_config_json(regime, text, 3, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, risk_regime_state_json(regime, text, 3, &size));
    /* What was refused was not taken in. */
    EXPECT(PPO_OK, risk_regime_probabilities(regime, probabilities, 2));
    CHECK(probabilities[0] == 0.5 && probabilities[1] == 0.5 && probabilities[2] == 7.0);
    EXPECT(PPO_OK, risk_regime_factors(regime, &leverage, &limits));
    CHECK(leverage == 0.75 && limits == 0.9);
    EXPECT(PPO_OK, risk_regime_factors(regime, NULL, NULL));
    EXPECT(PPO_OK, risk_regime_counts(regime, &width, &count));
    CHECK(width == 1 && count == 2);
    EXPECT(PPO_OK, risk_regime_update(regime, observation, 1));
    EXPECT(PPO_OK, risk_regime_update(regime, NULL, 0));
    EXPECT(PPO_OK, ppo_load(model, &agent));
    wrong = (risk_regime *)(void *)agent;
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_regime_update(wrong, observation, 1));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_regime_probabilities(wrong, probabilities, 2));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_regime_factors(wrong, &leverage, &limits));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_regime_counts(wrong, &width, &count));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_regime_config_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_regime_state_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_regime_last_error(wrong, text, sizeof text, NULL));
    ppo_agent_free(agent);
    risk_regime_free(regime);
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_regime_update(regime, observation, 1));
    risk_regime_free(NULL);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    single();
    portfolio();
    history();
    leverage();
    volatility();
    tail();
    making();
    regimes(argv[1]);
    return finished("arguments_risk_sizes");
}
