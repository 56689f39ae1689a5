/* Holds a portfolio to its limits through a made-up fall in prices: bar by bar what is decided, and why. The same
 * program as examples/c/risk.c.
 *
 *     risk
 *
 * It is built as examples/cpp/infer.cpp says. The wish never changes: 75% stocks, 25% gold. */
#include "ppo_risk.hpp"
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

using weights = std::array<double, 2>;

/* Any settings may be left out; risk_manager::config_json writes them all. */
static const char *const SETTINGS = R"({
    "limits": {"max_weights": [0.6, 0.4], "min_cash": 0.05},
    "drawdown": {"reduce_at": 0.06, "stop_at": 0.1},
    "stops": {"stop": 0.16, "cooldown": 5},
    "hedge": {"threshold": 0.05, "band": 0.02},
    "leverage": null, "positions": null, "trade_band": 0.02
})";

static const std::vector<std::string> NAMES = {"STOCKS", "GOLD"};

/* Returns of each bar. */
static const std::vector<weights> RETURNS = {
    {0.000, 0.000},  {0.010, 0.004},  {0.012, 0.001},  {-0.008, 0.006}, {0.015, -0.002},
    {-0.040, 0.003}, {-0.035, 0.005}, {-0.030, 0.004}, {0.022, -0.006}, {0.024, 0.010},
    {0.018, 0.006},  {-0.045, 0.002}, {-0.060, 0.001}, {-0.050, 0.004}, {0.012, 0.003},
    {0.030, -0.004}, {0.010, 0.002},  {0.020, 0.002},  {0.015, 0.008},  {0.010, 0.004},
};

/* What the bar makes of the portfolio: equity grows with what was held, and so does each weight's part of it. */
static void drift(const weights &returns, weights &closes, weights &held, double &equity) {
    double growth = 1.0;
    for (std::size_t i = 0; i < held.size(); i++) {
        growth += held[i] * returns[i];
    }
    for (std::size_t i = 0; i < held.size(); i++) {
        closes[i] *= 1.0 + returns[i];
        held[i] *= (1.0 + returns[i]) / growth;
    }
    equity *= growth;
}

/* One line of numbers, then what shaped the decision. Codes from 100 on only say what was not looked at. */
static void print(std::size_t bar, double equity, const ppo::risk_decision &decision) {
    static const char *const states[] = {"ACTIVE", "REDUCING", "HALTED"};
    std::printf("%3zu  equity %6.0f  drawdown %4.1f%%  %-8s  stocks %4.1f%%  gold %4.1f%%\n", bar, equity,
                100.0 * decision.drawdown, states[decision.state], 100.0 * decision.weights[0],
                100.0 * decision.weights[1]);
    if (decision.hedge_side == RISK_HEDGE_SELL) {
        std::printf("       hedge: short %.0f of the index\n", decision.hedge_notional);
    }
    for (std::size_t i = 0; i < std::min(decision.reasons_len, decision.reasons_capacity); i++) {
        if (decision.reasons[i].code < 100) {
            std::printf("       %s\n", ppo::risk_reason_describe(decision.reasons[i], NAMES).c_str());
        }
    }
}

static void run() {
    const weights wish = {0.75, 0.25};
    weights closes = {100.0, 40.0}, held = {0.0, 0.0}, decided;
    double equity = 100000.0;
    std::array<risk_reason, 64> reasons;
    ppo::risk_manager manager(SETTINGS, wish.size());
    ppo::bar market;
    ppo::risk_portfolio portfolio;
    ppo::risk_decision decision;
    /* The structs keep the places of the arrays; what stands in them is new with every bar. */
    market.set_closes(closes);
    portfolio.set_target(wish);
    portfolio.set_current(held);
    decision.set_weights(decided);
    decision.set_reasons(reasons);

    for (std::size_t bar = 0; bar < RETURNS.size(); bar++) {
        drift(RETURNS[bar], closes, held, equity);
        if (bar == 15) {
            /* HALTED stays until a person has looked at it. */
            std::printf("     risk_manager_reset: trading goes on\n");
            manager.reset();
        }
        portfolio.equity = equity;
        manager.manage(market, portfolio, decision);
        print(bar, equity, decision);
        held = decided; /* The host trades here; this one at the close, without costs or the hedge. */
    }
}

int main() {
    try {
        run();
    } catch (const ppo::error &failure) { /* the library's words where a call fails */
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
    return 0;
}
