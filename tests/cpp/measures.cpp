// Measures, volatility, Kelly, leverage and regimes through ppo_risk.hpp: the values are those of the C calls, or
// known. argv: the demo policy, a folder to write to (neither is used).
#include "check.hpp"
#include <cmath>

static const std::size_t BARS = 300;

// Returns of two assets that differ, a row for each bar.
static std::vector<double> some_returns() {
    std::vector<double> returns(2 * BARS);
    std::uint32_t k = 1;
    for (std::size_t i = 0; i < returns.size(); i++) {
        k = k * 1664525u + 1013904223u;
        const double size = i % 100 < 50 ? 0.01 : 0.04;
        returns[i] = 0.0005 + (static_cast<double>(k >> 8) / 16777216.0 - 0.5) * size;
    }
    return returns;
}

template <class Struct>
static bool same(const Struct &left, const Struct &right) {
    return std::memcmp(&left, &right, sizeof(Struct)) == 0;
}

static void measures(const std::vector<double> &returns) {
    const std::vector<double> first(returns.begin(), returns.begin() + BARS), second(returns.begin() + BARS,
                                                                                    returns.end());
    ppo::risk_conventions conventions;
    conventions.risk_free = 0.0001;
    ppo::risk_metrics c_metrics;
    CHECK(risk_metrics_compute(first.data(), BARS, &conventions, &c_metrics) == PPO_OK);
    CHECK(same<risk_metrics>(ppo::risk_metrics_compute(first, conventions), c_metrics));
    CHECK(!same<risk_metrics>(ppo::risk_metrics_compute(first), c_metrics));
    ppo::risk_benchmark_metrics c_relative;
    CHECK(risk_benchmark_metrics_compute(first.data(), BARS, second.data(), BARS, nullptr, &c_relative) == PPO_OK);
    CHECK(same<risk_benchmark_metrics>(ppo::risk_benchmark_metrics_compute(first, second), c_relative));
    ppo::risk_tail_risk c_tail;
    const std::vector<double> weights = {0.75, 0.25};
    CHECK(risk_tail_risk_compute(returns.data(), returns.size(), BARS, weights.data(), 2, 0.9, &c_tail) == PPO_OK);
    CHECK(same<risk_tail_risk>(ppo::risk_tail_risk_compute(returns, BARS, weights, 0.9), c_tail));

    ppo::risk_performance performance(conventions);
    risk_performance *raw = nullptr;
    ppo::risk_performance_figures c_figures;
    CHECK(risk_performance_new(&conventions, &raw) == PPO_OK);
    for (const double earned : first) {
        performance.push(earned);
        CHECK(risk_performance_push(raw, earned) == PPO_OK);
    }
    CHECK(risk_performance_read(raw, &c_figures) == PPO_OK);
    CHECK(same<risk_performance_figures>(performance.read(), c_figures));
    risk_performance_free(raw);
    const std::string state = performance.state_json();
    CHECK(ppo::risk_performance::restore(conventions, state).state_json() == state);

    std::vector<risk_drawdown_period> periods(2);
    CHECK(ppo::risk_worst_drawdowns(std::vector<double>{1.0, 0.5, 2.0, 1.8, 1.9}, periods) == 2);
    CHECK(periods[0].depth == 0.5 && periods[0].recovery == 2 && periods[1].peak == 2 && periods[1].valley == 3);
}

static void estimates(const std::vector<double> &returns) {
    std::vector<double> covariance(4), c_covariance(4), weights(2), c_weights(2);
    double shrinkage = 7.0, c_volatility = 7.0, c_leverage = 7.0;
    const double found = ppo::risk_covariance(returns, BARS, 2, covariance);
    CHECK(risk_covariance(returns.data(), returns.size(), BARS, 2, c_covariance.data(), 4, &shrinkage) == PPO_OK);
    CHECK(found == shrinkage && covariance == c_covariance && covariance[0] > 0.0);

    const char *const ewma = R"({"ewma": {"half_life": 20.0}})";
    CHECK(risk_volatility(ewma, returns.data(), returns.size(), &c_volatility) == PPO_OK);
    CHECK(ppo::risk_volatility(ewma, returns) == c_volatility && c_volatility > 0.0);
    ppo::risk_garch_fit c_fit;
    CHECK(risk_volatility_fit(returns.data(), returns.size(), &c_fit) == PPO_OK);
    CHECK(same<risk_garch_fit>(ppo::risk_volatility_fit(returns), c_fit));

    CHECK(std::fabs(ppo::risk_kelly_binary(0.6, 1.0, 1.0) - 0.2) < 1e-15);
    CHECK(std::fabs(ppo::risk_kelly_continuous(0.02, 0.04) - 0.5) < 1e-15);
    const std::vector<double> excess = {0.02, 0.01}, diagonal = {0.04, 0.0, 0.0, 0.04};
    ppo::risk_kelly_unconstrained(excess, diagonal, weights);
    CHECK(std::fabs(weights[0] - 0.5) < 1e-12 && std::fabs(weights[1] - 0.25) < 1e-12);
    ppo::risk_kelly_weights("", excess, diagonal, weights); // half of it
    CHECK(std::fabs(weights[0] - 0.25) < 1e-9 && std::fabs(weights[1] - 0.125) < 1e-9);
    ppo::risk_kelly_estimate estimate, c_estimate;
    estimate.weights = weights.data();
    c_estimate.weights = c_weights.data();
    estimate.weights_len = c_estimate.weights_len = 2;
    ppo::risk_kelly_from_returns("", returns, BARS, 2, estimate);
    CHECK(risk_kelly_from_returns(nullptr, returns.data(), returns.size(), BARS, 2, &c_estimate) == PPO_OK);
    CHECK(weights == c_weights && estimate.mean_shrinkage == c_estimate.mean_shrinkage);

    std::vector<risk_reason> reasons(4);
    std::size_t count = 7;
    const double leverage = ppo::risk_leverage("", 0.3, 0.0, std::nan(""), reasons, &count);
    CHECK(risk_leverage(nullptr, 0.3, 0.0, NAN, nullptr, 0, nullptr, &c_leverage) == PPO_OK);
    CHECK(leverage == c_leverage && count >= 1 && count <= 4 && leverage == 0.5);
}

static void regimes(const std::vector<double> &returns) {
    ppo::risk_regime regime = ppo::risk_regime::fit(returns, 2 * BARS, 1, 2, 3, R"({"starts": 2})");
    CHECK(regime.count().observation_len == 1 && regime.count().regimes == 2);
    regime.update({returns.data(), 1});
    regime.update({});
    std::vector<double> probabilities(2);
    regime.probabilities(probabilities);
    CHECK(std::fabs(probabilities[0] + probabilities[1] - 1.0) < 1e-12 && probabilities[0] > 0.0);
    CHECK(regime.factors().leverage >= 0.0 && regime.factors().limits <= 1.0);
    const std::string state = regime.state_json();
    CHECK(ppo::risk_regime::restore(regime.config_json(), state).state_json() == state);
    CHECK(ppo::risk_regime(regime.config_json()).state_json() != state);
    REFUSES(PPO_ERR_LENGTH, "observation", regime.update({returns.data(), 2}));
    CHECK(regime.last_error().find("observation") != std::string::npos);
}

int main(int argc, char **) {
    if (argc != 3) {
        return 2;
    }
    const std::vector<double> returns = some_returns();
    measures(returns);
    estimates(returns);
    regimes(returns);
    return finished("measures");
}
