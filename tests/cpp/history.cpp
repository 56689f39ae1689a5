// Environments and back-tests through ppo_risk.hpp: the values are those of the C calls. argv: the demo policy, a
// folder to write to (neither is used).
#include "check.hpp"
#include <cmath>

static const std::size_t N = 3, A = 4, S = 10, E = 5;

static const char *const SPEC = R"({"assets": ["A", "B", "C"],
    "state": {"assets": 3, "window": 20, "account": false, "columns": []},
    "action": {"cash": true, "prior": "equal_weight"}, "network": {"scorer": {"hidden": [8]}}})";

static const char *const SIMULATION = R"({"model": "gbm", "assets": ["A", "B", "C"], "drift": [0.02, 0.05, 0.08],
    "covariance": [[0.04, 0.01, 0.01], [0.01, 0.0625, 0.01], [0.01, 0.01, 0.09]],
    "cash_rate": 0.01, "bars_per_year": 252})";

template <class T>
static bool same_bits(const std::vector<T> &left, const std::vector<T> &right) {
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size() * sizeof(T)) == 0;
}

// Every array that a step fills.
struct arrays {
    std::vector<double> rewards = std::vector<double>(E, 7.0), raw = rewards, baseline = rewards, net = rewards,
                        turnovers = rewards, costs = rewards, prior = std::vector<double>(E * A, 7.0);
    std::vector<std::uint8_t> terminated = std::vector<std::uint8_t>(E, 7), truncated = terminated;
    std::vector<float> states = std::vector<float>(E * S, 7.0f), final_states = states;

    ppo::env_outputs cpp() {
        ppo::env_outputs outputs;
        outputs.set_rewards(rewards);
        outputs.set_raw_rewards(raw);
        outputs.set_baseline_rewards(baseline);
        outputs.set_net_returns(net);
        outputs.set_turnovers(turnovers);
        outputs.set_costs(costs);
        outputs.set_terminated(terminated);
        outputs.set_truncated(truncated);
        outputs.set_states(states);
        outputs.set_final_states(final_states);
        outputs.set_prior(prior);
        return outputs;
    }

    ppo_env_outputs c() {
        ppo_env_outputs outputs;
        CHECK(ppo_env_outputs_init(&outputs, sizeof outputs) == PPO_OK);
        outputs.len = E;
        outputs.states_len = E * S;
        outputs.prior_len = E * A;
        outputs.rewards = rewards.data();
        outputs.raw_rewards = raw.data();
        outputs.baseline_rewards = baseline.data();
        outputs.net_returns = net.data();
        outputs.turnovers = turnovers.data();
        outputs.costs = costs.data();
        outputs.terminated = terminated.data();
        outputs.truncated = truncated.data();
        outputs.states = states.data();
        outputs.final_states = final_states.data();
        outputs.prior = prior.data();
        return outputs;
    }

    bool same(const arrays &other) const {
        return same_bits(rewards, other.rewards) && same_bits(raw, other.raw) && same_bits(baseline, other.baseline) &&
               same_bits(net, other.net) && same_bits(turnovers, other.turnovers) && same_bits(costs, other.costs) &&
               same_bits(prior, other.prior) && terminated == other.terminated && truncated == other.truncated &&
               same_bits(states, other.states);
    }
};

static void environments(const ppo::agent &agent, const ppo::market &market) {
    ppo::config config;
    config.seed = 4;
    config.episode_len = 8;
    ppo::env env(agent, market, E, config, 2);
    ppo_env *raw = nullptr;
    CHECK(ppo_env_new(agent.get(), market.get(), &config, 2, E, &raw) == PPO_OK);
    CHECK(env.count() == E && env.asset_count() == N && env.action_len() == A && env.state_len() == S);
    std::vector<float> actions(E * A), states(E * S), c_states(E * S);
    arrays found, expected;
    for (std::size_t step = 0; step < 20; step++) {
        for (std::size_t i = 0; i < actions.size(); i++) {
            actions[i] = static_cast<float>((step * 31 + i * 17) % 13) / 13.0f - 0.5f;
        }
        const ppo_env_outputs c_outputs = expected.c();
        env.step(actions, found.cpp());
        CHECK(ppo_env_step(raw, actions.data(), actions.size(), nullptr, 0, &c_outputs) == PPO_OK);
        CHECK(found.same(expected) && found.rewards[0] != 7.0);
    }
    env.states(states);
    CHECK(ppo_env_states(raw, c_states.data(), c_states.size()) == PPO_OK && same_bits(states, c_states));
    CHECK(same_bits(states, found.states));
    std::vector<double> prior(E * A), values(E), drawdowns(E), weights(E * A), c_values(E), c_drawdowns(E);
    env.prior_weights(prior);
    CHECK(same_bits(prior, found.prior));
    env.portfolios(values, drawdowns, weights);
    CHECK(ppo_env_portfolios(raw, c_values.data(), c_drawdowns.data(), E, nullptr, 0) == PPO_OK);
    CHECK(same_bits(values, c_values) && same_bits(drawdowns, c_drawdowns) && values[0] != config.balance);
    env.portfolios({}, c_drawdowns);
    CHECK(same_bits(drawdowns, c_drawdowns));

    std::vector<ppo_episode> episodes(2 * E), c_episodes(2 * E);
    std::size_t taken = 0;
    CHECK(env.take_episodes({episodes.data(), 3}) == 3 && env.take_episodes(episodes) == 2 * E - 3);
    CHECK(ppo_env_take_episodes(raw, c_episodes.data(), 2 * E, &taken) == PPO_OK && taken == 2 * E);
    CHECK(episodes[0].steps == 8 && std::memcmp(&episodes[0], &c_episodes[3], sizeof episodes[0]) == 0);
    ppo_env_free(raw);

    const std::vector<std::uint8_t> snapshot = env.snapshot();
    env.step_weights(std::vector<double>(E * A, 0.25), found.cpp());
    ppo::env again(SPEC, market, E, config, 2); // without the agent
    again.restore(snapshot);
    again.step_weights(std::vector<double>(E * A, 0.25), expected.cpp());
    CHECK(found.same(expected));
    again.reset();
    again.portfolios(values);
    CHECK(values[1] == config.balance);

    ppo::env_outputs outputs = found.cpp();
    REFUSES(PPO_ERR_LENGTH, "4 values, expected 5", outputs.set_costs({found.costs.data(), 4}));
    REFUSES(PPO_ERR_LENGTH, "one length", env.portfolios(values, {drawdowns.data(), 2}));
    REFUSES(PPO_ERR_LENGTH, "actions", env.step({actions.data(), 3}, outputs));
    CHECK(env.last_error().find("actions") != std::string::npos);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "count", ppo::env(agent, market, 0));
}

static void back_tests(const ppo::agent &agent, const ppo::market &market) {
    const ppo::market late = market.select(300, market.bar_count() - 1);
    const ppo::backtest policy(agent, late, R"({"cost_rate": 0.002})");
    const ppo::backtest baseline(PPO_BASELINE_RISK_PARITY, late), managed(agent, late, R"({"managed": true})");
    ppo_backtest *raw = nullptr;
    CHECK(ppo_backtest_run(agent.get(), late.get(), R"({"cost_rate": 0.002})", &raw) == PPO_OK);
    const std::size_t bars = policy.bars();
    CHECK(bars == market.bar_count() - 301 && policy.assets() == N);
    std::vector<double> found(bars), expected(bars), weights(bars * A), c_weights(bars * A);
    const auto check_same = [&](auto get, auto c_get) {
        get(found);
        CHECK(c_get(raw, expected.data(), bars) == PPO_OK && same_bits(found, expected));
    };
    check_same([&](auto &room) { policy.returns(room); }, ppo_backtest_returns);
    check_same([&](auto &room) { policy.equity(room); }, ppo_backtest_equity);
    check_same([&](auto &room) { policy.turnover(room); }, ppo_backtest_turnover);
    check_same([&](auto &room) { policy.costs(room); }, ppo_backtest_costs);
    policy.weights(weights);
    CHECK(ppo_backtest_weights(raw, c_weights.data(), bars * A) == PPO_OK && same_bits(weights, c_weights));
    const std::vector<ppo::time_point> times = policy.times();
    CHECK(times.size() == bars && times[0] == late.time(301) && times[bars - 1] == late.time(market.bar_count() - 1));

    ppo::backtest_summary c_summary;
    const ppo::backtest_summary summary = policy.summarize();
    CHECK(ppo_backtest_summarize(raw, &c_summary) == PPO_OK);
    CHECK(std::memcmp(&summary, &c_summary, sizeof(ppo_backtest_summary)) == 0 && summary.bars == bars);
    ppo::comparison c_said{};
    const ppo::comparison said = policy.compare(baseline, R"({"draws": 100})");
    CHECK(ppo_backtest_compare(raw, baseline.get(), R"({"draws": 100})", &c_said.median, &c_said.low,
                               &c_said.high) == PPO_OK);
    CHECK(said.median == c_said.median && said.low == c_said.low && said.high == c_said.high);
    CHECK(said.low < said.median && said.median < said.high);
    ppo_backtest_free(raw);

    std::vector<double> hedge(bars);
    managed.risk(found, hedge);
    CHECK(managed.reasons_json().front() == '{' && found[0] > 0.0);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "", policy.reasons_json());
    REFUSES(PPO_ERR_LENGTH, "returns", policy.returns({found.data(), 3}));
    CHECK(policy.last_error().find("returns") != std::string::npos);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "", ppo::backtest(99u, late));
}

int main(int argc, char **) {
    if (argc != 3) {
        return 2;
    }
    const ppo::agent agent(SPEC);
    const ppo::market market = ppo::market::simulate_prices(SIMULATION, 700, {}, 3);
    environments(agent, market);
    back_tests(agent, market);
    return finished("history");
}
