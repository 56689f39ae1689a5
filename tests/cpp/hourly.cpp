// Bars of an hour and of a week, columns of each asset, and an asset that comes late, is halted and ends, through
// ppo_risk.hpp.
// argv: the demo policy, which is not used, and a folder to write to.
#include "check.hpp"
#include <chrono>
#include <cmath>

static const std::size_t BARS = 400, N = 2;

// B has its first price at bar 25, so that it takes part from bar 45 on, when it has 20 returns; it has none at bars 48 to
// 50, and ends at the last bar that is fed live.
static const std::size_t LISTED = 25, TAKES_PART = 45, FED = 60;

static bool halted(std::size_t bar) {
    return bar >= 48 && bar <= 50;
}

static const char SPEC[] = R"({"assets": ["A", "B"],
    "state": {"assets": 2, "window": 20, "account": false, "listed": true, "columns": [], "asset_columns": ["signal"]},
    "action": {"short": true, "max_gross": 1.5}, "network": {"scorer": {"hidden": [8]}}})";

// Tuesday, 2024-01-02, seven nanoseconds past midnight.
static const ppo::time_point FIRST = ppo::time_point(std::chrono::hours(24 * 19724)) + std::chrono::nanoseconds(7);

struct history {
    std::vector<double> closes, ends, signals;
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
    for (std::size_t t = 0; t < BARS; t++) {
        if (t < LISTED || halted(t)) {
            drawn.closes[t * N + 1] = std::nan("");
        }
    }
    drawn.ends.resize(BARS * N);
    drawn.ends[(FED - 1) * N + 1] = 1.0;
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
    prices.gaps = 1;
    prices.ends = drawn.ends.data();
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

// Gaps have to be meant, and come out as they went in.
static void gaps(const ppo::market &hourly, const history &drawn) {
    std::vector<double> found(BARS * N);
    hourly.closes(0, BARS, found);
    for (std::size_t i = 0; i < BARS * N; i++) {
        CHECK(std::isnan(drawn.closes[i]) ? std::isnan(found[i]) : found[i] == drawn.closes[i]);
    }
    const std::vector<std::int64_t> times = ppo::nanoseconds(std::vector<ppo::time_point>{FIRST, hourly.time(1)});
    ppo::prices prices = prices_of(drawn, times);
    prices.gaps = 0;
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "`prices.ends` is given", ppo::market::from_prices(prices));
    prices.ends = nullptr;
    REFUSES(PPO_ERR_NOT_FINITE, "`prices.closes of B on 2024-01-02T00:00:00.000000007Z (bar 0)` is NaN",
            ppo::market::from_prices(prices));
    REFUSES(PPO_ERR_NOT_FINITE, "with `gaps`", ppo::market::from_prices(prices));
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

// The target's weights at a close: B has none where it does not take part, and stays as it is held where it is halted.
static void weights_are_possible(std::size_t t, const std::vector<double> &weights, const std::vector<double> &held) {
    CHECK(std::fabs(weights[0] + weights[1] + weights[2] - 1.0) < 1e-9);
    if (t < TAKES_PART || t == FED - 1) {
        CHECK(weights[1] == 0.0 && held[1] == 0.0);
    } else if (halted(t)) {
        // The policy knows what is held to 32 bits.
        CHECK(held[1] != 0.0 && std::fabs(weights[1] - held[1]) < 1e-6);
    } else {
        CHECK(weights[1] != 0.0);
    }
}

// What is held of an asset that ends is cash at its last close: as much as it is worth to one who goes on.
static void is_paid_out(ppo::portfolio &ended, ppo::portfolio &goes_on) {
    std::vector<double> of_ended(N + 1), of_other(N + 1);
    const ppo::account paid = ended.account(of_ended), other = goes_on.account(of_other);
    CHECK(of_other[1] != 0.0 && of_ended[1] == 0.0);
    CHECK(std::fabs(paid.value / other.value - 1.0) < 1e-12 && std::fabs(paid.cash - other.cash - of_other[1]) < 1e-12);
}

static void live(const ppo::agent &agent, const history &drawn) {
    ppo::portfolio portfolio(agent), other(agent), goes_on(agent);
    std::vector<double> weights(N + 1), expected(N + 1), held(N + 1);
    int decided = 0;
    for (std::size_t t = 0; t < FED; t++) {
        const ppo::span<const double> ends(drawn.ends.data() + t * N, N);
        const ppo::span<const double> closes(drawn.closes.data() + t * N, N), signals(drawn.signals.data() + t * N, N);
        const std::string before = portfolio.state_json();
        REFUSES(PPO_ERR_LENGTH, "bar.asset_columns", portfolio.push_prices(closes, 0.0, {}, {}, {signals.data(), 1}));
        REFUSES(PPO_ERR_LENGTH, "bar.asset_columns", portfolio.push_returns(signals, 0.0, {}, {}, {closes.data(), 3}));
        REFUSES(PPO_ERR_LENGTH, "bar.ends", portfolio.push_prices(closes, 0.0, {}, {}, signals, {ends.data(), 1}));
        CHECK(portfolio.state_json() == before);
        ppo::bar ended;
        ended.set_closes(closes);
        ended.set_asset_columns(signals);
        ended.set_ends(ends);
        ended.set_time(FIRST + static_cast<int>(t) * std::chrono::hours(1));
        CHECK(ended.time == ppo::nanoseconds(FIRST) + static_cast<int>(t) * std::int64_t{3600000000000});
        portfolio.push_prices(ended);
        other.push_prices(closes, 0.0, {}, {}, signals, ends);
        goes_on.push_prices(closes, 0.0, {}, {}, signals);
        if (portfolio.ready()) {
            portfolio.account(held);
            portfolio.rebalance(weights);
            other.rebalance(expected);
            CHECK(weights == expected);
            weights_are_possible(t, weights, held);
            if (t == FED - 1) {
                is_paid_out(portfolio, goes_on);
            }
            goes_on.rebalance(expected);
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
    gaps(hourly, drawn);
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
