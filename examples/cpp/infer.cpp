/* Decides with a trained policy, bar by bar: prints what it wants in the end, how the account stands, and how long a
 * bar took. The same program as examples/c/infer.c.
 *
 *     infer models/sp500-20-stocks.safetensors data/sp500_20_stocks.csv
 *
 * Without a price file the closes are made up. Build against an installation (docs/install.md):
 *
 *     c++ -std=c++17 infer.cpp $(pkg-config --cflags --libs ppo_risk) -o infer */
#include "ppo_risk.hpp"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

static const std::size_t MADE_UP_BARS = 20000;

static double nanoseconds() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::nano>(now).count();
}

/* The closes of a price file of the policy's assets: [bars, assets]. */
static std::vector<double> read_closes(const std::string &path, const ppo::agent &agent) {
    // A share of the example's file fell to a third in a bar of 1990, which was no split.
    const ppo::market market = ppo::market::from_csv(path, R"({"splits": "keep"})");
    const std::size_t assets = agent.asset_count(), bars = market.bar_count();
    for (std::size_t i = 0; i < assets; i++) {
        const std::string wanted = agent.asset_name(i);
        if (market.asset_count() != assets || market.asset_name(i) != wanted) {
            throw std::runtime_error(path + ": not the policy's assets in their order (" + wanted + ")");
        }
    }
    std::vector<double> closes(bars * assets);
    market.closes(0, bars, closes);
    return closes;
}

/* Closes that every machine and language makes up alike: moves of up to 2%, a whole number of 2^-20 each. */
static std::vector<double> make_up_closes(std::size_t assets) {
    std::vector<double> closes(MADE_UP_BARS * assets);
    std::uint32_t seed = 5;
    for (std::size_t i = 0; i < closes.size(); i++) {
        const double before = i < assets ? 100.0 : closes[i - assets];
        seed = seed * 1664525u + 1013904223u;
        closes[i] = before * (static_cast<double>(1027910 + (seed >> 8) % 41944) / 1048576.0);
    }
    return closes;
}

static void run(const std::string &policy, const std::string &prices) {
    const ppo::agent agent = ppo::agent::load(policy);
    const std::size_t assets = agent.asset_count(), actions = agent.action_len();
    const std::vector<double> closes = prices.empty() ? make_up_closes(assets) : read_closes(prices, agent);
    const std::size_t bars = closes.size() / assets;
    std::vector<double> target(actions), held(assets + 1), latency;
    latency.reserve(bars);

    ppo::portfolio portfolio(agent); /* 100,000 in cash, costs of 0.1% */
    const std::size_t warm_up = portfolio.warm_up_bars();
    for (std::size_t bar = 0; bar < bars; bar++) {
        const double start = nanoseconds();
        portfolio.push_prices({closes.data() + bar * assets, assets});
        if (bar >= warm_up) {
            portfolio.rebalance(target);
            latency.push_back(nanoseconds() - start);
        }
    }
    const std::size_t decisions = latency.size();
    if (decisions == 0) {
        throw std::runtime_error(std::to_string(bars) + " bars, but the first decision needs " +
                                 std::to_string(warm_up + 1));
    }

    const ppo::account account = portfolio.account(held);
    std::printf("ppo_risk %s: %zu bars, %zu decisions\n\n", ppo::version(), bars, decisions);
    std::printf("%-8s  %8s  %8s\n", "", "held", "wanted");
    for (std::size_t i = 0; i <= assets; i++) {
        const std::string name = i < assets ? agent.asset_name(i) : "cash";
        std::printf("%-8s  %7.3f%%  %7.3f%%\n", name.c_str(), 100.0 * held[i], i < actions ? 100.0 * target[i] : 0.0);
    }
    /* What is wanted is traded where the turnover to it is not below the policy's trade band. */
    std::printf("\naccount: value %.2f, %.2f%% below its peak, volatility %.3f%% a bar\n", account.value,
                100.0 * account.drawdown, 100.0 * account.volatility);
    std::sort(latency.begin(), latency.end());
    std::printf("latency of a bar in ns: p50 %.0f, p99 %.0f, p99.9 %.0f, max %.0f\n", latency[decisions / 2],
                latency[decisions * 99 / 100], latency[decisions * 999 / 1000], latency[decisions - 1]);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: infer POLICY [PRICES]\n");
        return 2;
    }
    try {
        run(argv[1], argc > 2 ? argv[2] : "");
    } catch (const std::exception &failure) { /* the library's words where a call fails */
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
    return 0;
}
