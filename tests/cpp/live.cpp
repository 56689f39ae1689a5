// Markets, environments, portfolios and the risk manager through ppo_risk.hpp: the values are those of the C calls.
// argv: the demo policy, a folder to write to.
#include "check.hpp"
#include "../c/frame.h"
#include <cmath>

static const std::size_t ASSETS = 20, BARS = 320;

// Closes of twenty assets that go up and down, a row for each bar.
static std::vector<double> some_closes() {
    std::vector<double> closes(BARS * ASSETS);
    std::uint32_t k = 1;
    for (std::size_t i = 0; i < closes.size(); i++) {
        k = k * 1664525u + 1013904223u;
        const double before = i < ASSETS ? 100.0 : closes[i - ASSETS];
        closes[i] = before * (1.0 + (static_cast<double>(k >> 8) / 16777216.0 - 0.5) * 0.03);
    }
    return closes;
}

static bool same_bits(const double *left, const double *right, std::size_t len) {
    return std::memcmp(left, right, len * sizeof *left) == 0;
}

static void markets(const std::string &folder) {
    const std::vector<double> closes = some_closes();
    ppo::prices prices;
    prices.bars = BARS;
    prices.assets = ASSETS;
    prices.closes = closes.data();
    const ppo::market market = ppo::market::from_prices(prices);
    CHECK(market.bar_count() == BARS && market.asset_count() == ASSETS && market.column_count() == 0);
    CHECK(market.asset_name(3) == "A3");
    const ppo::time_point first(std::chrono::hours(24 * 10959)); // Monday, 2000-01-03
    CHECK(market.time(0) == first && market.bars_per_year() == 252.0);
    CHECK(market.bar_at(first + std::chrono::nanoseconds(1), PPO_BAR_AT_OR_AFTER) == 1);
    std::vector<double> found(2 * ASSETS);
    market.closes(5, 2, found);
    CHECK(same_bits(found.data(), closes.data() + 5 * ASSETS, found.size()));
    const ppo::market part = market.select(10, 200);
    CHECK(part.range().first == 10 && part.range().second == 200 && part.digest() != market.digest());
    CHECK(market.clone().digest() == market.digest());
    market.write_csv(folder + "/cpp.csv");
    CHECK(ppo::market::from_csv(folder + "/cpp.csv").digest() == market.digest());

    static const std::int32_t days[] = {18262, 18263};
    static const double twice[] = {100.0, 101.0};
    frame rows = {};
    rows.columns[0] = {"date", "tdD", days, nullptr, nullptr};
    rows.columns[1] = {"A", "g", twice, nullptr, nullptr};
    rows.n_columns = 2;
    rows.batches[0] = 2;
    rows.n_batches = 1;
    ArrowArrayStream stream = stream_of(&rows);
    const ppo::market framed = ppo::market::from_arrow(&stream, R"({"asset_name": "ACME"})");
    CHECK(framed.bar_count() == 2 && framed.asset_name(0) == "ACME");
    CHECK_RELEASED(&rows, stream);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "`stream` is one that was released", ppo::market::from_arrow(&stream));

    const ppo::market model = part.fit_gbm();
    CHECK(ppo::market::simulated(model.parameters_json()).digest() == model.digest());
    const ppo::market drawn = ppo::market::simulate_prices(model.parameters_json(), 50, {}, 9);
    CHECK(drawn.bar_count() == 50 && drawn.time(1) == ppo::time_point(std::chrono::hours(24)));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "regimes", part.fit_regimes(0, 1));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "index", market.column_name(0));
    REFUSES(PPO_ERR_IO, "no-such-file", ppo::market::from_csv("no-such-file"));
    CHECK(market.last_error().find("index") != std::string::npos);
}

static void portfolios(const ppo::agent &agent) {
    const std::vector<double> closes = some_closes();
    ppo::portfolio portfolio(agent, R"({"balance": 50000})");
    ppo_portfolio *raw = nullptr;
    CHECK(ppo_portfolio_new(agent.get(), R"({"balance": 50000})", &raw) == PPO_OK);
    std::vector<double> weights(21), expected(21), held(21);
    REFUSES(PPO_ERR_NOT_READY, "", portfolio.rebalance(weights));
    for (std::size_t bar = 0; bar < BARS; bar++) {
        const ppo::span<const double> row(closes.data() + bar * ASSETS, ASSETS);
        std::uint32_t taken = 0;
        CHECK(portfolio.push_prices(row, 0.0001) == (bar > 0));
        ppo::bar bar_of_c;
        bar_of_c.closes = row.data();
        bar_of_c.closes_len = ASSETS;
        bar_of_c.cash_return = 0.0001;
        CHECK(ppo_portfolio_push_prices(raw, &bar_of_c, &taken) == PPO_OK);
        CHECK(portfolio.ready() == (bar >= portfolio.warm_up_bars()));
        if (portfolio.ready()) {
            portfolio.rebalance(weights);
            CHECK(ppo_portfolio_rebalance(raw, expected.data(), 21) == PPO_OK);
            CHECK(same_bits(weights.data(), expected.data(), 21));
        }
    }
    ppo::account c_account;
    const ppo::account account = portfolio.account(held);
    CHECK(ppo_portfolio_account(raw, &c_account, expected.data(), 21) == PPO_OK);
    CHECK(same_bits(&account.value, &c_account.value, 4) && same_bits(held.data(), expected.data(), 21));
    CHECK(std::fabs(account.value / 50000.0 - 1.0) > 1e-6);
    double c_leverage = 0.0;
    const double leverage = portfolio.leverage();
    CHECK(ppo_portfolio_leverage(raw, NAN, &c_leverage) == PPO_OK && same_bits(&leverage, &c_leverage, 1));
    portfolio.kelly({weights.data(), ASSETS});
    CHECK(ppo_portfolio_kelly(raw, expected.data(), ASSETS) == PPO_OK);
    CHECK(same_bits(weights.data(), expected.data(), ASSETS));
    ppo_portfolio_free(raw);

    std::vector<float> state(61);
    portfolio.seen(state);
    CHECK(portfolio.config_json().find("50000") != std::string::npos);
    ppo::portfolio second(agent);
    second.restore(portfolio.state_json());
    CHECK(second.state_json() == portfolio.state_json());
    second.set_agent(agent.clone());
    second.push_returns(std::vector<double>(ASSETS, 0.01), 0.0);
    second.record_trade(held, 0.0);
    std::vector<double> cash(21);
    cash[20] = 1.0;
    second.set_position(cash, 777.0);
    CHECK(std::fabs(second.account().value - 777.0) < 1e-9);
    REFUSES(PPO_ERR_LENGTH, "closes", second.push_prices({closes.data(), 3}));
    CHECK(second.last_error().find("closes") != std::string::npos);
}

static void risk() {
    const std::vector<double> closes = some_closes();
    const std::vector<double> target(ASSETS, 0.05);
    std::vector<double> current(ASSETS), weights(ASSETS), expected(ASSETS);
    std::vector<risk_reason> reasons(64);
    ppo::risk_manager manager("", ASSETS);
    risk_manager *raw = nullptr;
    CHECK(risk_manager_new(nullptr, ASSETS, &raw) == PPO_OK);
    CHECK(manager.count().assets == ASSETS && manager.count().regimes == 0);
    ppo::risk_decision decision, c_decision;
    decision.set_weights(weights);
    decision.set_reasons(reasons);
    c_decision.set_weights(expected);
    for (std::size_t bar = 0; bar < 100; bar++) {
        ppo::bar ended;
        ended.set_closes({closes.data() + bar * ASSETS, ASSETS});
        if (bar < 50) {
            manager.observe(ended);
            CHECK(risk_manager_observe(raw, &ended) == PPO_OK);
            continue;
        }
        ppo::risk_portfolio wish;
        wish.set_target(target);
        wish.set_current(current);
        wish.equity = 1000.0 * (bar < 90 ? 1.0 : 0.5);
        manager.manage(ended, wish, decision);
        CHECK(risk_manage(raw, &ended, &wish, &c_decision) == PPO_OK);
        CHECK(same_bits(weights.data(), expected.data(), ASSETS));
        CHECK(decision.reasons_len == c_decision.reasons_len);
        current = weights;
    }
    risk_manager_free(raw);
    CHECK(decision.reasons_len > 0);
    CHECK(std::string(ppo::risk_reason_name(reasons[0].code)) == risk_reason_name(reasons[0].code));
    const std::string line = ppo::risk_reason_describe(reasons[0]);
    CHECK(line.find(ppo::risk_reason_name(reasons[0].code)) != std::string::npos);
    const std::string state = manager.state_json();
    CHECK(ppo::risk_manager::restore(manager.config_json(), ASSETS, state).state_json() == state);
    manager.reset();
    CHECK(manager.state_json() != state);
    manager.reset_stop(0);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "asset", manager.reset_stop(ASSETS));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "regimes", manager.regimes(weights));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "no_such_key", ppo::risk_manager("{\"no_such_key\": 1}", ASSETS));
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    markets(argv[2]);
    portfolios(ppo::agent::load(argv[1]));
    risk();
    return finished("live");
}
