// Books and the parts of the risk manager through ppo_risk.hpp: the values are those of the C calls. argv:
// the demo policy, a folder to write to (not used).
#include "check.hpp"
#include <cmath>

static const std::size_t ASSETS = 20;

static bool same_bits(const std::vector<double> &left, const std::vector<double> &right) {
    return std::memcmp(left.data(), right.data(), left.size() * sizeof(double)) == 0;
}

static void book(const ppo::agent &agent) {
    const std::string risk = R"({"limits": {"min_cash": 0.0, "max_gross": 0.7}, "drawdown": {"stop_at": 0.3}})";
    ppo::book portfolio(agent, R"({"balance": 5000})", risk);
    ppo_book *raw = nullptr;
    CHECK(ppo_book_new(agent.get(), R"({"balance": 5000})", risk.c_str(), &raw) == PPO_OK);
    std::vector<double> closes(ASSETS, 100.0), weights(ASSETS), expected(ASSETS), held(ASSETS + 1), c_held(ASSETS + 1);
    ppo::bar market;
    ppo::risk_decision decision, c_decision;
    market.set_closes(closes);
    market.cash_return = 0.0001;
    decision.set_weights(weights);
    c_decision.set_weights(expected);
    std::uint32_t k = 1;
    REFUSES(PPO_ERR_NOT_READY, "", portfolio.decide(market, decision));
    for (int bar = 0; bar < 300; bar++) {
        for (double &close : closes) {
            k = k * 1664525u + 1013904223u;
            close *= 1.0 + (static_cast<double>(k >> 8) / 16777216.0 - 0.49) * 0.03;
        }
        CHECK(portfolio.ready() == (bar >= 252));
        if (bar < 260) {
            portfolio.observe(market);
            CHECK(ppo_book_observe(raw, &market) == PPO_OK);
        } else {
            portfolio.decide(market, decision);
            CHECK(ppo_book_decide(raw, &market, &c_decision) == PPO_OK);
            CHECK(same_bits(weights, expected) && decision.gross <= 0.7 + 1e-9 && decision.gross > 0.5);
        }
    }
    ppo::account c_account;
    const ppo::account account = portfolio.account(held);
    CHECK(ppo_book_account(raw, &c_account, c_held.data(), c_held.size()) == PPO_OK);
    CHECK(account.value == c_account.value && same_bits(held, c_held) && std::fabs(account.value - 5000.0) > 1.0);
    double turnover = 7.0, cost = 7.0;
    const ppo::book::trade trade = portfolio.traded(held);
    CHECK(ppo_book_traded(raw, c_held.data(), c_held.size(), &turnover, &cost) == PPO_OK);
    CHECK(trade.turnover == turnover && trade.cost == cost && same_bits(held, c_held));
    ppo_book_free(raw);

    const std::string state = portfolio.state_json();
    ppo::book again = ppo::book::restore(agent, R"({"balance": 5000})", risk, state);
    const std::vector<std::uint8_t> bytes = again.save_state();
    CHECK(bytes == portfolio.save_state() && bytes.size() < state.size() / 2);
    again = ppo::book::restore_state(agent, R"({"balance": 5000})", risk, bytes);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "`state` is bytes of something else",
            ppo::book::restore_state(agent, {}, risk, std::vector<std::uint8_t>(40)));
    CHECK(again.state_json() == state);
    again.set_agent(agent.clone());
    again.record_trade(held, 0.0);
    std::vector<double> cash(ASSETS + 1);
    cash[ASSETS] = 1.0;
    again.set_position(cash, 777.0);
    again.reset();
    CHECK(std::fabs(again.account().value - 777.0) < 1e-9);
    again.deposit(223.0);
    CHECK(std::fabs(again.account().value - 1000.0) < 1e-9);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "`amount`", again.deposit(-1000.0));
    // What was decided is followed from cash: purchases of whole lots, in the order of the assets.
    const std::vector<double> none(ASSETS), lots(ASSETS, 2.0), fewest(ASSETS, 4.0);
    const std::vector<ppo::book::order> orders = portfolio.orders(none, 1e6, lots, fewest, 100.0);
    CHECK(!orders.empty());
    double spent = 0.0;
    for (std::size_t i = 0; i < orders.size(); i++) {
        CHECK(i == 0 || orders[i - 1].asset < orders[i].asset);
        CHECK(orders[i].units >= 4.0 && std::fmod(orders[i].units, 2.0) == 0.0);
        spent += orders[i].units * closes[orders[i].asset];
    }
    CHECK(spent < 7e5 && spent > 3e5);
    portfolio.pin(orders[0].asset);
    CHECK(portfolio.orders(none, 1e6, lots, fewest, 100.0).size() == orders.size() - 1);
    portfolio.pin(orders[0].asset, false);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "`asset`", portfolio.pin(ASSETS));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "without a decision", again.orders(none, 5000.0));
    again.reset_stop(1);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "asset", again.reset_stop(ASSETS));
    // The kill switch, and a bar that is given twice.
    const auto has = [&](const char *words) { return again.state_json().find(words) != std::string::npos; };
    again.halt();
    CHECK(has(R"("switch":"halt")"));
    again.flatten();
    CHECK(has(R"("switch":"flatten")") && again.ready());
    market.time = 1700000000000000000;
    again.decide(market, decision);
    CHECK(decision.state == RISK_STATE_HALTED && decision.cash == 1.0);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "bar.time", again.decide(market, decision));
    again.resume();
    CHECK(has(R"("switch":"open")"));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "asset", again.reset_stop(ASSETS));
    CHECK(again.last_error().find("asset") != std::string::npos);
}

static void limits() {
    const std::string settings = R"({"max_weights": [0.5, 0.4, 0.3], "max_gross": 1.0})";
    const std::vector<double> target = {0.8, 0.1, 0.6}, current = {0.0, 0.1, 0.1}, low = {0.0, 0.0, 0.0},
                              high = {0.2, 1.0, 1.0};
    std::vector<double> weights(3), expected(3);
    std::vector<risk_reason> reasons(1), c_reasons(9);
    ppo::risk_limits cpp(settings, 3);
    risk_limits *raw = nullptr;
    std::size_t count = 0;
    CHECK(risk_limits_new(settings.c_str(), 3, &raw) == PPO_OK);
    const std::size_t found = cpp.apply(target, current, weights, reasons, 0.9, low, high);
    CHECK(risk_limits_apply(raw, target.data(), 3, current.data(), 3, 0.9, low.data(), 3, high.data(), 3,
                            expected.data(), 3, c_reasons.data(), 9, &count) == PPO_OK);
    CHECK(same_bits(weights, expected) && found == count && found > 1 && weights[0] <= 0.2);
    CHECK(std::memcmp(&reasons[0], &c_reasons[0], sizeof reasons[0]) == 0);
    CHECK(cpp.apply(target, current, weights) > 0 && weights[0] > 0.2);
    risk_limits_free(raw);
    cpp.push_returns(std::vector<double>{0.01, -0.02, 0.03});
    CHECK(ppo::risk_limits::restore(cpp.config_json(), 3, cpp.state_json()).state_json() == cpp.state_json());
    REFUSES(PPO_ERR_LENGTH, "returns", cpp.push_returns({target.data(), 2}));
}

static void drawdown_and_hedge() {
    ppo::risk_drawdown monitor(R"({"reduce_at": 0.1, "stop_at": 0.3})");
    std::vector<risk_reason> reasons(4);
    CHECK(monitor.update(100.0).state == RISK_STATE_ACTIVE);
    const ppo::risk_drawdown::bar bar = monitor.update(80.0, std::nan(""), reasons);
    CHECK(bar.state == RISK_STATE_REDUCING && std::fabs(bar.drawdown - 0.2) < 1e-15 && bar.reasons > 0);
    CHECK(reasons[0].code == RISK_REASON_DRAWDOWN_REDUCE);
    CHECK(ppo::risk_drawdown("").update(80.0, 0.25).drawdown == 0.25);
    ppo::risk_drawdown again = ppo::risk_drawdown::restore(monitor.config_json(), monitor.state_json());
    CHECK(again.state_json() == monitor.state_json());
    again.reset();
    CHECK(again.update(80.0).state == RISK_STATE_ACTIVE);

    const std::string settings = R"({"threshold": 0.1, "band": 0.02})";
    const std::vector<double> weights = {0.5, 0.25}, betas = {1.5, 0.5};
    ppo::risk_hedge hedge(settings);
    risk_hedge *raw = nullptr;
    std::size_t count = 0;
    ppo::risk_hedge_position position, expected;
    CHECK(risk_hedge_new(settings.c_str(), &raw) == PPO_OK);
    const std::size_t found = hedge.decide(0.2, weights, 1000.0, position, betas, reasons);
    CHECK(risk_hedge_decide(raw, 0.2, weights.data(), 2, 1000.0, betas.data(), 2, &expected, nullptr, 0, &count) ==
          PPO_OK);
    CHECK(std::memcmp(&position, &expected, sizeof(::risk_hedge_position)) == 0 && found == count);
    CHECK(position.active == 1 && std::fabs(position.net - 0.875) < 1e-15);
    CHECK(hedge.decide(0.2, weights, 1000.0, position) > 0 && std::fabs(position.net - 0.75) < 1e-15);
    risk_hedge_free(raw);
    CHECK(ppo::risk_hedge::restore(settings, hedge.state_json()).state_json() == hedge.state_json());
    CHECK(hedge.config_json().find("0.02") != std::string::npos);
}

static void sizes() {
    const std::vector<double> high = {11.0, 21.0, 12.0, 22.0, 13.0, 24.0}, low = {9.0, 19.0, 10.0, 20.0, 10.0, 20.0},
                              close = {10.0, 20.0, 11.0, 21.0, 12.0, 22.0};
    std::vector<double> table(6), last(2), units(2), stops(2);
    ppo::risk_average_true_range(high, low, close, 3, 2, 2, table);
    ppo::risk_atr atr(2, 2);
    ppo::risk_atr::progress bars{};
    for (std::size_t t = 0; t < 3; t++) {
        atr.update({high.data() + 2 * t, 2}, {low.data() + 2 * t, 2}, {close.data() + 2 * t, 2});
        bars = atr.values(last);
        CHECK(std::memcmp(last.data(), table.data() + 2 * t, 2 * sizeof(double)) == 0);
    }
    CHECK(bars.seen == 3 && bars.needed == 3 && last[0] == 2.5 && last[1] == 3.0); // (2 + 3) / 2, (2 + 4) / 2
    CHECK(ppo::risk_atr::restore(2, 2, atr.state_json()).state_json() == atr.state_json());

    CHECK(ppo::risk_position_units(1000.0, 0.01, 2.5, 2.0) == 2.0);
    CHECK(ppo::risk_position_units(1000.0, 0.01, 2.5, 2.0, 1.5) == 1.5);
    ppo::risk_positions positions("", 2);
    risk_positions *raw = nullptr;
    std::vector<double> c_units(2), c_stops(2);
    std::vector<risk_reason> reasons(9);
    std::size_t count = 0;
    CHECK(risk_positions_new(nullptr, 2, &raw) == PPO_OK);
    const std::vector<double> weights = {0.9, -0.9}, prices = {12.0, 22.0};
    const std::size_t found = positions.size(1000.0, weights, prices, last, 3, units, stops, reasons);
    CHECK(risk_positions_size(raw, 1000.0, weights.data(), 2, prices.data(), 2, last.data(), 2, 3, c_units.data(), 2,
                              c_stops.data(), 2, nullptr, 0, &count) == PPO_OK);
    CHECK(same_bits(units, c_units) && same_bits(stops, c_stops) && found == count && found > 0);
    CHECK(units[0] > 0.0 && units[1] < 0.0 && stops[0] < 12.0 && stops[1] > 22.0);
    CHECK(ppo::risk_positions(positions.config_json(), 2).config_json() == positions.config_json());
    risk_positions_free(raw);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    book(ppo::agent::load(argv[1]));
    limits();
    drawdown_and_hedge();
    sizes();
    return finished("parts");
}
