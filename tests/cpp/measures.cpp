// Measures, Kelly, leverage, forecasts and regimes through ppo_risk.hpp: the values are those of the C calls. argv: the
// demo policy, a folder to write to (neither is used).
#include "check.hpp"
#include <cmath>

static const std::size_t BARS = 240, N = 3;

static std::vector<double> table(BARS *N), series(BARS), benchmark(BARS);

static bool same_bits(const std::vector<double> &left, const std::vector<double> &right) {
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size() * sizeof(double)) == 0;
}

// NaN is NaN, and a structure has no padding.
template <class Struct>
static bool same(const Struct &left, const Struct &right) {
    return std::memcmp(&left, &right, sizeof(Struct)) == 0;
}

// Calm bars and wild ones.
static void fill() {
    std::uint32_t seed = 777;
    const auto uniform = [&] {
        seed = seed * 1664525u + 1013904223u;
        return static_cast<double>(seed >> 8) / 16777216.0;
    };
    for (std::size_t bar = 0; bar < BARS; bar++) {
        const double scale = bar % 80 < 50 ? 0.01 : 0.04;
        for (std::size_t asset = 0; asset < N; asset++) {
            table[bar * N + asset] = (uniform() - 0.45 + 0.02 * static_cast<double>(asset)) * scale;
        }
        series[bar] = (table[bar * N] + table[bar * N + 1]) / 2.0;
        benchmark[bar] = table[bar * N + 2];
    }
}

static ppo::risk_conventions weekly() {
    ppo::risk_conventions by;
    CHECK(by.bars_per_year == 252.0 && by.tail == 0.05);
    by.bars_per_year = 52.0;
    by.risk_free = 0.0001;
    by.required_return = 0.0002;
    by.tail = 0.1;
    return by;
}

static void whole_series() {
    const ppo::risk_conventions by = weekly();
    ::risk_metrics metrics;
    ::risk_benchmark_metrics beside;
    CHECK(risk_metrics_init(&metrics, sizeof metrics) == PPO_OK);
    CHECK(risk_benchmark_metrics_init(&beside, sizeof beside) == PPO_OK);
    CHECK(std::isnan(ppo::risk_metrics().sharpe) && std::isnan(ppo::risk_benchmark_metrics().beta));

    CHECK(risk_metrics_compute(series.data(), BARS, nullptr, &metrics) == PPO_OK);
    CHECK(same<::risk_metrics>(ppo::risk_metrics_compute(series), metrics) && metrics.annual_volatility > 0.0);
    const double daily = metrics.value_at_risk;
    CHECK(risk_metrics_compute(series.data(), BARS, &by, &metrics) == PPO_OK);
    CHECK(same<::risk_metrics>(ppo::risk_metrics_compute(series, by), metrics) && metrics.value_at_risk < daily);

    CHECK(risk_benchmark_metrics_compute(series.data(), BARS, benchmark.data(), BARS, nullptr, &beside) == PPO_OK);
    CHECK(same<::risk_benchmark_metrics>(ppo::risk_benchmark_metrics_compute(series, benchmark), beside));
    const double alpha = beside.alpha;
    CHECK(risk_benchmark_metrics_compute(series.data(), BARS, benchmark.data(), BARS, &by, &beside) == PPO_OK);
    CHECK(same<::risk_benchmark_metrics>(ppo::risk_benchmark_metrics_compute(series, benchmark, by), beside));
    CHECK(std::isfinite(alpha) && beside.alpha != alpha);

    const std::vector<double> gains = {0.1, 0.1};
    CHECK(std::fabs(ppo::risk_metrics_compute(gains).total_return - 0.21) < 1e-15);
    CHECK(std::fabs(ppo::risk_benchmark_metrics_compute(series, series).beta - 1.0) < 1e-12);
    REFUSES(PPO_ERR_LENGTH, "benchmark", ppo::risk_benchmark_metrics_compute(series, gains));
    ppo::risk_conventions wrong;
    wrong.tail = 2.0;
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "tail", ppo::risk_metrics_compute(series, wrong));
}

static void drawdowns_and_tail() {
    const std::vector<double> equity = {100.0, 110.0, 99.0, 112.0, 84.0, 90.0};
    std::vector<risk_drawdown_period> worst(4), one(1);
    CHECK(ppo::risk_worst_drawdowns(equity, worst) == 2);
    CHECK(worst[0].depth == 0.25 && worst[0].peak == 3 && worst[0].valley == 4 && worst[0].recovery == 0);
    CHECK(std::fabs(worst[1].depth - 0.1) < 1e-15 && worst[1].peak == 1 && worst[1].recovery == 3);
    CHECK(ppo::risk_worst_drawdowns(equity, one) == 1 && same(one[0], worst[0]));
    std::size_t count = 0;
    std::vector<risk_drawdown_period> expected(4);
    CHECK(risk_worst_drawdowns(equity.data(), equity.size(), expected.data(), 4, &count) == PPO_OK && count == 2);
    CHECK(same(worst[0], expected[0]) && same(worst[1], expected[1]));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "equity", ppo::risk_worst_drawdowns(std::vector<double>{1.0, 0.0}, worst));

    const std::vector<double> weights = {0.5, -0.2, 0.4};
    ::risk_tail_risk tail;
    CHECK(risk_tail_risk_init(&tail, sizeof tail) == PPO_OK && std::isnan(ppo::risk_tail_risk().mean));
    CHECK(risk_tail_risk_compute(table.data(), table.size(), BARS, weights.data(), N, 0.9, &tail) == PPO_OK);
    CHECK(same<::risk_tail_risk>(ppo::risk_tail_risk_compute(table, BARS, weights, 0.9), tail));
    CHECK(tail.historical_value_at_risk > 0.0);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "level", ppo::risk_tail_risk_compute(table, BARS, weights, 1.0));
}

static void bar_by_bar() {
    const ppo::risk_conventions by = weekly();
    ppo::risk_performance plain, relative(by);
    ::risk_performance *raw = nullptr;
    ::risk_performance_figures figures;
    CHECK(risk_performance_new(&by, &raw) == PPO_OK);
    CHECK(risk_performance_figures_init(&figures, sizeof figures) == PPO_OK);
    CHECK(std::isnan(ppo::risk_performance_figures().equity));
    for (std::size_t bar = 0; bar < BARS; bar++) {
        plain.push(series[bar]);
        relative.push(series[bar]);
        CHECK(risk_performance_push(raw, series[bar]) == PPO_OK);
        if (bar == BARS / 2) { // the program starts again
            relative = ppo::risk_performance::restore(by, relative.state_json());
            plain = ppo::risk_performance::restore(ppo::risk_conventions(), plain.state_json());
        }
    }
    CHECK(risk_performance_read(raw, &figures) == PPO_OK);
    risk_performance_free(raw);
    CHECK(same<::risk_performance_figures>(relative.read(), figures) && figures.bars == BARS);
    CHECK(std::fabs(plain.read().sharpe - ppo::risk_metrics_compute(series).sharpe) < 1e-9);
    CHECK(std::fabs(figures.sharpe - plain.read().sharpe) > 0.1);
    REFUSES(PPO_ERR_NOT_FINITE, "simple_return", plain.push(INFINITY));
    CHECK(plain.last_error().find("simple_return") != std::string::npos);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "", ppo::risk_performance::restore(by, "{}"));
    const ppo::risk_performance taken = std::move(plain);
    CHECK(taken && !plain);
    REFUSES(PPO_ERR_NULL_POINTER, "performance", plain.push(0.0));
}

static void kelly() {
    CHECK(std::fabs(ppo::risk_kelly_binary(0.6, 2.0, 0.5) - 1.0) < 1e-15); // 0.6/0.5 - 0.4/2
    CHECK(ppo::risk_kelly_continuous(0.06, 0.03) == 2.0);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "gain", ppo::risk_kelly_binary(0.6, 0.0, 0.5));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "variance", ppo::risk_kelly_continuous(0.06, 0.0));

    std::vector<double> covariance(N * N), c_covariance(N * N);
    double c_shrinkage = 7.0;
    const double shrinkage = ppo::risk_covariance(table, BARS, N, covariance);
    CHECK(risk_covariance(table.data(), table.size(), BARS, N, c_covariance.data(), N * N, &c_shrinkage) == PPO_OK);
    CHECK(shrinkage == c_shrinkage && same_bits(covariance, c_covariance) && covariance[0] > 0.0);
    REFUSES(PPO_ERR_LENGTH, "covariance", ppo::risk_covariance(table, BARS, N, {covariance.data(), N}));

    for (const std::string config : {"", R"({"fraction": 0.01, "max_gross": 1.5, "cash_rate": 0.02})"}) {
        const char *c_config = config.empty() ? nullptr : config.c_str();
        std::vector<double> rooms[5], c_rooms[5];
        for (std::size_t i = 0; i < 5; i++) {
            rooms[i].assign(N, 7.0);
            c_rooms[i].assign(N, 7.0);
        }
        ppo::risk_kelly_estimate estimate;
        ::risk_kelly_estimate expected;
        estimate.set_weights(rooms[0]);
        estimate.set_standard_errors(rooms[1]);
        estimate.set_unconstrained(rooms[2]);
        estimate.set_unconstrained_standard_errors(rooms[3]);
        estimate.set_excess(rooms[4]);
        CHECK(risk_kelly_estimate_init(&expected, sizeof expected) == PPO_OK);
        expected.weights = c_rooms[0].data(), expected.weights_len = N;
        expected.standard_errors = c_rooms[1].data(), expected.standard_errors_len = N;
        expected.unconstrained = c_rooms[2].data(), expected.unconstrained_len = N;
        expected.unconstrained_standard_errors = c_rooms[3].data(), expected.unconstrained_standard_errors_len = N;
        expected.excess = c_rooms[4].data(), expected.excess_len = N;
        ppo::risk_kelly_from_returns(config, table, BARS, N, 252.0, estimate);
        CHECK(risk_kelly_from_returns(c_config, table.data(), table.size(), BARS, N, 252.0, &expected) == PPO_OK);
        for (std::size_t i = 0; i < 5; i++) {
            CHECK(same_bits(rooms[i], c_rooms[i]) && rooms[i][2] != 7.0);
        }
        CHECK(estimate.mean_shrinkage == expected.mean_shrinkage && estimate.covariance_shrinkage == shrinkage);

        std::vector<double> weights(N), full(N), c_weights(N), c_full(N);
        const std::vector<double> &excess = rooms[4];
        ppo::risk_kelly_weights(config, excess, covariance, weights);
        ppo::risk_kelly_unconstrained(excess, covariance, full);
        CHECK(risk_kelly_weights(c_config, excess.data(), N, covariance.data(), N * N, c_weights.data(), N) == PPO_OK);
        CHECK(risk_kelly_unconstrained(excess.data(), N, covariance.data(), N * N, c_full.data(), N) == PPO_OK);
        CHECK(same_bits(weights, c_weights) && same_bits(full, c_full) && !same_bits(weights, full));
        CHECK(same_bits(weights, rooms[0]));
        REFUSES(PPO_ERR_LENGTH, "weights", ppo::risk_kelly_weights(config, excess, covariance, {full.data(), 2}));
    }
    ppo::risk_kelly_estimate empty;
    REFUSES(PPO_ERR_NULL_POINTER, "weights", ppo::risk_kelly_from_returns("", table, BARS, N, 252.0, empty));
    std::vector<double> room(N);
    empty.set_weights(room);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "fraction",
            ppo::risk_kelly_from_returns(R"({"fraction": -1.0})", table, BARS, N, 252.0, empty));
}

static void leverages() {
    const std::string config = R"({"drawdown_stop": 0.3, "cash_rate": 0.01})";
    std::vector<risk_reason> reasons(4), c_reasons(4), one(1);
    std::size_t count = 0, found = 0;
    double factor = 7.0;
    const double leverage = ppo::risk_leverage(config, 0.22, 0.1, 0.02, reasons, &found);
    CHECK(risk_leverage(config.c_str(), 0.22, 0.1, 0.02, c_reasons.data(), 4, &count, &factor) == PPO_OK);
    CHECK(leverage == factor && found == count && count > 1 && count <= 4);
    for (std::size_t i = 0; i < count; i++) {
        CHECK(same(reasons[i], c_reasons[i]) && reasons[i].index == RISK_NO_INDEX);
    }
    CHECK(ppo::risk_leverage(config, 0.22, 0.1, 0.02, one, &found) == factor && found == count);
    CHECK(same(one[0], reasons[0]));
    CHECK(ppo::risk_leverage("", 0.3, 0.0) == 0.5); // 0.15/0.3
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "drawdown", ppo::risk_leverage("", 0.3, 1.5));
}

static void forecasts() {
    for (const std::string forecast : {"", R"({"rolling": {"bars": 60}})", R"({"decay": {"decay": 0.94}})"}) {
        double annual = 7.0;
        CHECK(risk_volatility(forecast.empty() ? nullptr : forecast.c_str(), series.data(), BARS, 252.0, &annual) == PPO_OK);
        CHECK(ppo::risk_volatility(forecast, series, 252.0) == annual && annual > 0.0 && annual < 1.0);
    }
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "decay", ppo::risk_volatility(R"({"decay": {"decay": 1.5}})", series, 252.0));
    ::risk_garch_fit fit;
    CHECK(risk_garch_fit_init(&fit, sizeof fit) == PPO_OK && std::isnan(ppo::risk_garch_fit().omega));
    CHECK(risk_volatility_fit(series.data(), BARS, &fit) == PPO_OK);
    CHECK(same<::risk_garch_fit>(ppo::risk_volatility_fit(series), fit) && fit.omega > 0.0);
    REFUSES(PPO_ERR_LENGTH, "49 values", ppo::risk_volatility_fit({series.data(), 49}));
}

static void regimes() {
    ppo::risk_regime tracker = ppo::risk_regime::fit(series, BARS, 1, 2, 5, R"({"starts": 3})");
    ::risk_regime *raw = nullptr;
    CHECK(risk_regime_fit(series.data(), BARS, BARS, 1, 2, 5, "{\"starts\": 3}", &raw) == PPO_OK);
    const ppo::risk_regime::counts sizes = tracker.count();
    CHECK(sizes.observation_len == 1 && sizes.regimes == 2);
    std::vector<double> probabilities(2), expected(2);
    for (std::size_t bar = 0; bar < BARS; bar++) {
        if (bar % 10 == 9) {
            tracker.update();
            CHECK(risk_regime_update(raw, nullptr, 0) == PPO_OK);
        } else {
            tracker.update({&series[bar], 1});
            CHECK(risk_regime_update(raw, &series[bar], 1) == PPO_OK);
        }
        if (bar == BARS / 2) { // the program starts again
            tracker = ppo::risk_regime::restore(tracker.config_json(), tracker.state_json());
        }
        tracker.probabilities(probabilities);
        CHECK(risk_regime_probabilities(raw, expected.data(), 2) == PPO_OK);
        CHECK(same_bits(probabilities, expected) && std::fabs(probabilities[0] + probabilities[1] - 1.0) < 1e-12);
    }
    CHECK(probabilities[1] > 0.5); // it ends wild
    risk_regime_free(raw);
    REFUSES(PPO_ERR_LENGTH, "observation", tracker.update({series.data(), 2}));
    CHECK(tracker.last_error().find("observation") != std::string::npos);

    // Of a fit that is cut short, both its starts and its length can be told.
    const std::string hasty = R"({"max_iterations": 2})";
    std::array<char, 16384> config{};
    CHECK(risk_regime_fit(table.data(), table.size(), BARS, N, 4, 5, hasty.c_str(), &raw) == PPO_OK);
    CHECK(risk_regime_config_json(raw, config.data(), config.size(), nullptr) == PPO_OK);
    risk_regime_free(raw);
    CHECK(ppo::risk_regime::fit(table, BARS, N, 4, 5, hasty).config_json() == config.data());
    CHECK(ppo::risk_regime::fit(table, BARS, N, 4, 6, hasty).config_json() != config.data());
    CHECK(ppo::risk_regime::fit(table, BARS, N, 4, 5).config_json() != config.data());

    const std::string known = R"({"model": {"initial": [0.75, 0.25], "transition": [[0.9, 0.1], [0.2, 0.8]],
        "means": [[0.0], [0.0]], "covariances": [[[0.01]], [[0.04]]]}, "leverage": [1.0, 0.0], "limits": [1.0, 0.5]})";
    ppo::risk_regime fresh(known);
    const ppo::risk_regime::scales factors = fresh.factors();
    CHECK(std::fabs(factors.leverage - 0.75) < 1e-15 && std::fabs(factors.limits - 0.875) < 1e-15);
    CHECK(ppo::risk_regime(fresh.config_json()).config_json() == fresh.config_json());
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "model", ppo::risk_regime("{}"));
}

int main(int argc, char **) {
    if (argc != 3) {
        return 2;
    }
    fill();
    whole_series();
    drawdowns_and_tail();
    bar_by_bar();
    kelly();
    leverages();
    forecasts();
    regimes();
    return finished("measures");
}
