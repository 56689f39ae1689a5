/* Sizes, forecasts and regimes as bytes, for the Rust test to compare with its own. argv: the file to write. The
 * returns first, so that both have the same. Updates allocate nothing. */
#include "allocations.h"
#include "check.h"

#define N 3
#define BARS 240

static unsigned seed = 777u;
static FILE *file;
static double returns[BARS * N], series[BARS];

/* In [0, 1). Sums and quotients alone, so that every compiler gives the same bits. */
static double uniform(void) {
    seed = seed * 1664525u + 1013904223u;
    return (double)(seed >> 8) / 16777216.0;
}

static void reals(const double *values, size_t count) {
    CHECK(fwrite(values, sizeof *values, count, file) == count);
}

static void kelly(const char *config) {
    double weights[N], errors[N], full[N], full_errors[N], excess[N], covariance[N * N], shrinkage;
    risk_kelly_estimate estimate;
    EXPECT(PPO_OK, risk_kelly_estimate_init(&estimate, sizeof estimate));
    estimate.weights = weights;
    estimate.standard_errors = errors;
    estimate.unconstrained = full;
    estimate.unconstrained_standard_errors = full_errors;
    estimate.excess = excess;
    estimate.weights_len = estimate.standard_errors_len = estimate.unconstrained_len = N;
    estimate.unconstrained_standard_errors_len = estimate.excess_len = N;
    EXPECT(PPO_OK, risk_kelly_from_returns(config, returns, BARS * N, BARS, N, 252, &estimate));
    reals(weights, N);
    reals(errors, N);
    reals(full, N);
    reals(full_errors, N);
    reals(excess, N);
    reals(&estimate.mean_shrinkage, 1);
    reals(&estimate.covariance_shrinkage, 1);
    EXPECT(PPO_OK, risk_covariance(returns, BARS * N, BARS, N, covariance, N * N, &shrinkage));
    reals(covariance, N * N);
    reals(&shrinkage, 1);
    EXPECT(PPO_OK, risk_kelly_weights(config, excess, N, covariance, N * N, weights, N));
    reals(weights, N);
    EXPECT(PPO_OK, risk_kelly_unconstrained(excess, N, covariance, N * N, weights, N));
    reals(weights, N);
}

static void leverage(const char *config, double volatility, double drawdown, double trend) {
    risk_reason reasons[4];
    size_t count = 0;
    double factor;
    EXPECT(PPO_OK, risk_leverage(config, volatility, drawdown, trend, reasons, 4, &count, &factor));
    reals(&factor, 1);
    for (size_t i = 0; i < count; i++) {
        double code = reasons[i].code;
        CHECK(reasons[i].index == RISK_NO_INDEX);
        reals(&code, 1);
        reals(&reasons[i].found, 1);
        reals(&reasons[i].allowed, 1);
    }
}

static void volatility(const char *forecast) {
    double annual;
    EXPECT(PPO_OK, risk_volatility(forecast, series, BARS, 252, &annual));
    reals(&annual, 1);
}

/* Fitted, told of every bar but each tenth; the program starts again in the middle. */
static void regimes(void) {
    static char config[65536], state[4096];
    risk_regime *regime = NULL, *restored = NULL;
    double probabilities[2], factors[2];
    long before;
    EXPECT(PPO_OK, risk_regime_fit(series, BARS, BARS, 1, 2, 5, "{\"starts\": 3}", &regime));
    EXPECT(PPO_OK, risk_regime_config_json(regime, config, sizeof config, NULL));
    for (int bar = 0; bar < BARS; bar++) {
        if (bar == BARS / 2) {
            EXPECT(PPO_OK, risk_regime_state_json(regime, state, sizeof state, NULL));
            EXPECT(PPO_OK, risk_regime_restore(config, state, &restored));
            risk_regime_free(regime);
            regime = restored;
        }
        before = allocations;
        if (bar % 10 == 9) {
            EXPECT(PPO_OK, risk_regime_update(regime, NULL, 0));
        } else {
            EXPECT(PPO_OK, risk_regime_update(regime, &series[bar], 1));
        }
        EXPECT(PPO_OK, risk_regime_probabilities(regime, probabilities, 2));
        CHECK(allocations == before);
        reals(probabilities, 2);
    }
    EXPECT(PPO_OK, risk_regime_factors(regime, &factors[0], &factors[1]));
    reals(factors, 2);
    risk_regime_free(regime);
}

int main(int argc, char **argv) {
    const double weights[N] = {0.5, -0.2, 0.4};
    double number;
    risk_garch_fit fit;
    risk_tail_risk tail;
    if (argc != 2) {
        return 2;
    }
    file = fopen(argv[1], "wb");
    CHECK(file != NULL);
    for (int bar = 0; bar < BARS; bar++) {
        double scale = bar % 80 < 50 ? 0.01 : 0.04;
        for (int i = 0; i < N; i++) {
            returns[bar * N + i] = (uniform() - 0.45 + 0.02 * i) * scale;
        }
        series[bar] = (returns[bar * N] + returns[bar * N + 1]) / 2.0;
    }
    reals(returns, BARS * N);
    reals(series, BARS);
    kelly(NULL);
    kelly("{\"fraction\": 0.01, \"max_gross\": 1.5, \"min_weights\": [-0.5, -0.5, -0.5], \"cash_rate\": 0.02}");
    EXPECT(PPO_OK, risk_kelly_binary(0.6, 0.9, 0.7, &number));
    reals(&number, 1);
    EXPECT(PPO_OK, risk_kelly_continuous(0.07, 0.03, &number));
    reals(&number, 1);
    leverage(NULL, 0.05, 0.1, NAN);
    leverage("{\"drawdown_stop\": 0.3, \"cash_rate\": 0.01}", 0.22, 0.1, 0.02);
    volatility(NULL);
    volatility("{\"rolling\": {\"bars\": 60}}");
    volatility("{\"decay\": {\"decay\": 0.94}}");
    volatility("{\"garch\": {\"alpha\": 0.1, \"beta\": 0.85}}");
    EXPECT(PPO_OK, risk_garch_fit_init(&fit, sizeof fit));
    EXPECT(PPO_OK, risk_volatility_fit(series, BARS, &fit));
    reals(&fit.omega, 6);
    EXPECT(PPO_OK, risk_tail_risk_init(&tail, sizeof tail));
    EXPECT(PPO_OK, risk_tail_risk_compute(returns, BARS * N, BARS, weights, N, 0.95, &tail));
    reals(&tail.mean, 6);
    regimes();
    CHECK(fclose(file) == 0);
    return finished("results_risk_sizes");
}
