/* Decides with a trained policy: loads it, streams states through it, prints the last weights and the latency. The
 * same program as examples/c/infer.c.
 *
 *     infer models/sp500-20-stocks.safetensors 100000
 *
 * Build against an installation (docs/install.md):
 *
 *     c++ -std=c++17 infer.cpp $(pkg-config --cflags --libs ppo_risk) -o infer
 *
 * The states here are made up. A host fills them as ppo_agent_state_len says: current weights, last returns, rolling
 * volatility, cash ratio. */
#include "ppo_risk.hpp"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

static double nanoseconds() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::nano>(now).count();
}

/* A state like one of the market's: returns and volatilities of a percent or so, and the weights held. */
static void next_state(std::vector<float> &state, std::size_t assets, const std::vector<double> &held,
                       std::size_t bar) {
    for (std::size_t i = 0; i < assets; i++) {
        const std::size_t wiggle = (bar * 7919 + i * 104729) % 1000;
        state[i] = static_cast<float>(held[i]);
        state[assets + i] = (static_cast<float>(wiggle) - 500.0f) * 4e-5f;
        state[2 * assets + i] = 0.01f + static_cast<float>(wiggle % 97) * 1e-4f;
    }
}

static void run(const std::string &policy, std::size_t decisions) {
    const ppo::agent agent = ppo::agent::load(policy);
    const std::size_t assets = agent.asset_count();
    std::vector<float> state(agent.state_len());
    std::vector<double> weights(agent.action_len()), prior(agent.prior_len()), latency(decisions);
    /* The policy's prior at this close: 80% in equal parts, cash for the rest (or all of it, without cash). */
    for (std::size_t i = 0; i < prior.size(); i++) {
        const double invested = prior.size() > assets ? 0.8 : 1.0;
        prior[i] = i < assets ? invested / static_cast<double>(assets) : 1.0 - invested;
    }
    for (std::size_t bar = 0; bar < decisions; bar++) {
        next_state(state, assets, weights, bar);
        state[3 * assets] = weights.size() > assets ? static_cast<float>(weights[assets]) : 0.0f;
        const double start = nanoseconds();
        agent.select_action(state, prior, weights);
        latency[bar] = nanoseconds() - start;
    }

    std::printf("ppo_risk %s, %zu decisions\n", ppo::version(), decisions);
    for (std::size_t i = 0; i < weights.size(); i++) {
        const std::string name = i < assets ? agent.asset_name(i) : "cash";
        std::printf("%-8s %7.4f\n", name.c_str(), weights[i]);
    }
    std::sort(latency.begin(), latency.end());
    std::printf("latency in ns: p50 %.0f, p99 %.0f, p99.9 %.0f, max %.0f\n", latency[decisions / 2],
                latency[decisions * 99 / 100], latency[decisions * 999 / 1000], latency[decisions - 1]);
}

int main(int argc, char **argv) {
    const std::size_t decisions = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100000;
    if (argc < 2 || decisions == 0) {
        std::fprintf(stderr, "usage: infer POLICY [DECISIONS]\n");
        return 2;
    }
    try {
        run(argv[1], decisions);
    } catch (const ppo::error &failure) { /* the library's words where a call fails */
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
    return 0;
}
