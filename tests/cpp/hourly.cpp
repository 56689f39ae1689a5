// Bars of an hour and of a week, and columns of each asset, through ppo_risk.hpp.
// argv: the demo policy, which is not used, and a folder to write to.
#include "check.hpp"
#include <chrono>
#include <cmath>

static const std::size_t BARS = 400, N = 2;

static const char SPEC[] = R"({"assets": ["A", "B"],
    "state": {"assets": 2, "window": 20, "account": false, "columns": [], "asset_columns": ["signal"]},
    "action": {"short": true, "max_gross": 1.5}, "network": {"scorer": {"hidden": [8]}}})";

// Tuesday, 2024-01-02, seven nanoseconds past midnight.
static const ppo::time_point FIRST = ppo::time_point(std::chrono::hours(24 * 19724)) + std::chrono::nanoseconds(7);

struct history {
    std::vector<double> closes, signals;
};

// Closes, and of each asset a signal that says what it does over the bar to come.
static history draw() {
    history drawn;
    std::uint32_t seed = 9;
    for (std::size_t i = 0; i < BARS * N; i++) {
        seed = seed * 1664525u + 1013904223u;
        drawn.signals.push_back(static_cast<double>(seed >> 8) / 16777216.0 - 0.5);
        drawn.closes.push_back(i < N ? 100.0 : drawn.closes[i - N] * (1.0 + 0.01 * drawn.signals[i - N]));
    }
    return drawn;
}

static ppo::prices prices_of(const history &drawn, ppo::span<const std::int64_t> times) {
    static const char *const ASSETS[N] = {"A", "B"};
    static const char *const COLUMNS[] = {"signal"};
    ppo::prices prices;
    prices.bars = times.size() == 0 ? BARS : times.size();
    prices.assets = N;
    prices.closes = drawn.closes.data();
    prices.asset_names = ASSETS;
    prices.times = times.data();
    prices.asset_columns = 1;
    prices.asset_column_names = COLUMNS;
    prices.asset_signals = drawn.signals.data();
    return prices;
}

// Times go in and come out to the nanosecond, and say how many bars a year has.
static ppo::market every(std::chrono::hours gap, std::size_t bars, double bars_per_year, const history &drawn) {
    std::vector<ppo::time_point> times;
    for (std::size_t t = 0; t < bars; t++) {
        times.push_back(FIRST + static_cast<int>(t) * gap);
    }
    ppo::market market = ppo::market::from_prices(prices_of(drawn, ppo::nanoseconds(times)));
    for (std::size_t t = 0; t < bars; t++) {
        CHECK(market.time(t) == times[t]);
    }
    CHECK(std::fabs(market.bars_per_year() - bars_per_year) < 1.0);
    CHECK(market.bar_at(times[1] - std::chrono::nanoseconds(1), PPO_BAR_AT_OR_AFTER) == 1);
    CHECK(market.bar_at(times[1] - std::chrono::nanoseconds(1), PPO_BAR_AT_OR_BEFORE) == 0);
    return market;
}

static ppo::agent trained(const ppo::market &market, const std::string &path) {
    ppo::config config;
    config.n_envs = 2;
    config.n_steps = 64;
    config.batch_size = 64;
    config.total_steps = 384;
    config.device = PPO_DEVICE_CPU;
    const ppo::agent agent(SPEC, config);
    const ppo::trainer trainer(agent, market, config);
    trainer.train();
    agent.save(path);
    return ppo::agent::load(path);
}

static void live(const ppo::agent &agent, const history &drawn) {
    ppo::portfolio portfolio(agent), other(agent);
    std::vector<double> weights(N + 1), expected(N + 1);
    int decided = 0;
    for (std::size_t t = 0; t < 60; t++) {
        const ppo::span<const double> closes(drawn.closes.data() + t * N, N), signals(drawn.signals.data() + t * N, N);
        const std::string before = portfolio.state_json();
        REFUSES(PPO_ERR_LENGTH, "bar.asset_columns", portfolio.push_prices(closes, 0.0, {}, {}, {signals.data(), 1}));
        REFUSES(PPO_ERR_LENGTH, "bar.asset_columns", portfolio.push_returns(signals, 0.0, {}, {}, {closes.data(), 3}));
        CHECK(portfolio.state_json() == before);
        ppo::bar ended;
        ended.set_closes(closes);
        ended.set_asset_columns(signals);
        ended.set_time(FIRST + static_cast<int>(t) * std::chrono::hours(1));
        CHECK(ended.time == ppo::nanoseconds(FIRST) + static_cast<int>(t) * std::int64_t{3600000000000});
        portfolio.push_prices(ended);
        other.push_prices(closes, 0.0, {}, {}, signals);
        if (portfolio.ready()) {
            portfolio.rebalance(weights);
            other.rebalance(expected);
            CHECK(weights == expected && std::fabs(weights[0] + weights[1] + weights[2] - 1.0) < 1e-9);
            decided++;
        }
    }
    CHECK(decided > 30);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    const history drawn = draw();
    every(std::chrono::hours(24 * 7), 100, 52.0, drawn);
    const ppo::market hourly = every(std::chrono::hours(1), BARS, 8766.0, drawn);
    CHECK(hourly.asset_column_count() == 1 && hourly.asset_column_name(0) == "signal");
    ppo::prices daily = prices_of(drawn, {});
    daily.cash_rate = 5.0;
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "confirm_cash_rate", ppo::market::from_prices(daily));
    daily.confirm_cash_rate = 1;
    const ppo::market days = ppo::market::from_prices(daily);
    if ((ppo::features() & PPO_FEATURE_TRAIN) != 0) {
        const ppo::agent agent = trained(hourly, std::string(argv[2]) + "/hourly.safetensors");
        live(agent, drawn);
        REFUSES(PPO_ERR_INVALID_ARGUMENT, "market.bars_per_year", ppo::backtest(agent, days));
        CHECK(ppo::backtest(agent, hourly).times().back() == hourly.time(BARS - 1));
    }
    return finished("hourly");
}
