// Agents, random streams, configuration and the log through ppo_risk.hpp: the values are those of the C calls, failures
// are exceptions, handles are freed once. argv: the demo policy, a folder to write to.
#include "check.hpp"
#include <type_traits>
#if __cplusplus >= 202002L
#include <span>
#endif

std::size_t state_len_of(const ppo::agent &agent); // unit_two.cpp

static_assert(std::is_nothrow_move_constructible_v<ppo::agent> && std::is_nothrow_move_assignable_v<ppo::agent>);
static_assert(!std::is_copy_constructible_v<ppo::agent> && !std::is_copy_assignable_v<ppo::agent>);
static_assert(!std::is_copy_constructible_v<ppo::random>);
static_assert(sizeof(ppo::agent) == sizeof(void *), "a class is its handle and nothing else");
// No array of another kind of number, and no output into an array that may not be written.
static_assert(!std::is_convertible_v<std::vector<double> &, ppo::span<const float>>);
static_assert(!std::is_convertible_v<const std::vector<double> &, ppo::span<double>>);
static_assert(std::is_convertible_v<std::vector<double> &, ppo::span<const double>>);

template <class T>
static bool same(const std::vector<T> &left, const std::vector<T> &right) {
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size() * sizeof(T)) == 0;
}

static std::vector<float> some_state(std::size_t len) {
    std::vector<float> state(len);
    for (std::size_t i = 0; i < len; i++) {
        state[i] = static_cast<float>(i % 7) * 0.01f - 0.02f;
    }
    return state;
}

static void values_are_those_of_the_c_calls(const std::string &path) {
    const ppo::agent agent = ppo::agent::load(path);
    CHECK(agent.asset_count() == 20 && agent.action_len() == 21 && agent.state_len() == 61 && agent.prior_len() == 21);
    CHECK(state_len_of(agent) == 61);
    CHECK(agent.asset_name(0) == "AAPL" && agent.asset_name(19) == "XOM");
    const std::vector<float> state = some_state(61);
    const std::vector<double> prior(21, 1.0 / 21.0);
    std::vector<double> expected(21), weights(21);
    CHECK(ppo_select_action(agent.get(), state.data(), 61, prior.data(), 21, expected.data(), 21) == PPO_OK);
    agent.select_action(state, prior, weights);
    CHECK(same(weights, expected));
    CHECK(same(agent.select_action(state, prior), expected));
    CHECK(agent.explain_action_json(state, prior).compare(0, 12, "{\"weights\":[") == 0);

    // An array of any kind, and a pointer with a length.
    std::array<double, 21> fixed{};
    agent.select_action({state.data(), state.size()}, prior, fixed);
    CHECK(std::memcmp(fixed.data(), expected.data(), sizeof fixed) == 0);
    double plain[21] = {};
    agent.select_action(state, prior, plain);
    CHECK(std::memcmp(plain, expected.data(), sizeof plain) == 0);
#if __cplusplus >= 202002L
    agent.select_action(std::span(state), std::span(prior), std::span(weights));
    CHECK(same(weights, expected));
#endif

    std::vector<float> states(state);
    states.insert(states.end(), state.begin(), state.end());
    std::vector<double> priors(prior), two(42);
    priors.insert(priors.end(), prior.begin(), prior.end());
    agent.select_actions(2, states, priors, two);
    CHECK(std::memcmp(two.data() + 21, expected.data(), sizeof fixed) == 0);

    ppo::random stream(42, 7), copy = stream.clone();
    std::vector<float> action(21), again(21);
    std::vector<double> drawn(21);
    const double log_prob = agent.sample_action(stream, state, prior, action, drawn);
    double same_log_prob = 0.0;
    ppo_random *raw = nullptr;
    CHECK(ppo_random_new(42, 7, &raw) == PPO_OK);
    CHECK(ppo_sample_action(agent.get(), raw, state.data(), 61, prior.data(), 21, again.data(), 21, expected.data(),
                            21, &same_log_prob) == PPO_OK);
    ppo_random_free(raw);
    CHECK(same(action, again) && same(drawn, expected) && !(log_prob < same_log_prob) && !(log_prob > same_log_prob));
    agent.sample_action(copy, state, prior, again); // without weights
    CHECK(same(action, again));

    const ppo::evaluation said = agent.evaluate_action(state, prior, action);
    double numbers[3] = {};
    CHECK(ppo_evaluate_action(agent.get(), state.data(), 61, prior.data(), 21, action.data(), 21, &numbers[0],
                              &numbers[1], &numbers[2]) == PPO_OK);
    const double found[3] = {said.log_prob, said.entropy, said.value};
    CHECK(std::memcmp(numbers, found, sizeof found) == 0);
    const double value = agent.value(state);
    CHECK(std::memcmp(&value, &numbers[2], sizeof value) == 0);
}

static void policies_go_out_and_come_back(const std::string &path, const std::string &folder) {
    const ppo::agent agent = ppo::agent::load(path);
    const std::vector<std::uint8_t> bytes = agent.save_bytes();
    CHECK(bytes.size() > 1000);
    CHECK(ppo::agent::load_bytes(bytes).save_bytes() == bytes);
    agent.save(folder + "/cpp.safetensors");
    CHECK(ppo::agent::load(folder + "/cpp.safetensors").save_bytes() == bytes);
    CHECK(agent.clone().save_bytes() == bytes);
    CHECK(agent.provenance_json().front() == '{');

    ppo::config config;
    CHECK(config.struct_size == sizeof(ppo_config) && config.n_envs == 64);
    config.seed = 5;
    const ppo::agent first(agent.spec_json(), config), second(agent.spec_json(), config), other(agent.spec_json());
    CHECK(first.spec_json() == agent.spec_json());
    CHECK(first.save_bytes() == second.save_bytes() && first.save_bytes() != other.save_bytes());
    const ppo::config back = ppo::config::from_json(config.to_json());
    CHECK(back.seed == 5 && std::memcmp(&back, &config, sizeof config) == 0);
}

static void failures_are_exceptions(const std::string &path) {
    const ppo::agent agent = ppo::agent::load(path);
    const std::vector<float> state = some_state(61);
    const std::vector<double> prior(21, 1.0 / 21.0);
    std::vector<double> weights(21, -7.0);
    REFUSES(PPO_ERR_IO, "no-such-file", ppo::agent::load("no-such-file"));
    REFUSES(PPO_ERR_FILE, "PPO_ERR_FILE: ", ppo::agent::load_bytes(std::vector<std::uint8_t>(100)));
    REFUSES(PPO_ERR_LENGTH, "state", agent.select_action({state.data(), 60}, prior, weights));
    REFUSES(PPO_ERR_LENGTH, "weights_out", agent.select_action(state, prior, {weights.data(), 20}));
    CHECK(weights[0] < -6.0); // untouched
    CHECK(agent.last_error().find("weights_out") != std::string::npos);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "prior", agent.select_action(state));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "index", agent.asset_name(20));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "no_such_key", ppo::config::from_json("{\"no_such_key\": 1}"));
    ppo::config config;
    config.log_std_init = 100.0;
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "log_std_init", ppo::agent(agent.spec_json(), config));
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "level", ppo::set_log(99, [](std::uint32_t, const char *) {}));
    CHECK(std::string(ppo::status_name(PPO_ERR_LENGTH)) == "PPO_ERR_LENGTH");
}

static void handles_are_freed_once(const std::string &path) {
    // A second free would be logged at this level.
    std::vector<std::string> lines;
    ppo::set_log(PPO_LOG_ERROR, [&lines](std::uint32_t, const char *message) { lines.emplace_back(message); });
    {
        ppo::agent first = ppo::agent::load(path);
        ppo_agent *const raw = first.get();
        ppo::agent second = std::move(first);
        CHECK(second.get() == raw && !first && second);
        REFUSES(PPO_ERR_NULL_POINTER, "agent", first.state_len());
        first = std::move(second);
        CHECK(first.get() == raw && first.state_len() == 61);
        ppo::agent &alias = first;
        first = std::move(alias); // onto itself
        CHECK(first.get() == raw && first.state_len() == 61);
        ppo::agent third = first.clone();
        third = std::move(first); // frees the clone
        CHECK(third.get() == raw);
        ppo_agent *const mine = third.release();
        CHECK(!third);
        const ppo::agent fourth(mine);
        CHECK(fourth.state_len() == 61);
        std::vector<ppo::random> streams;
        for (std::uint64_t i = 0; i < 20; i++) {
            streams.emplace_back(1, i); // moved as the vector grows
        }
    }
    CHECK(lines.empty());
    // And the log does hear of one.
    ppo_agent *raw = ppo::agent::load(path).release();
    ppo_agent_free(raw);
    ppo_agent_free(raw);
    CHECK(lines.size() == 1);
    // What a log function throws goes nowhere; an empty one ends the log.
    ppo::set_log(PPO_LOG_DEBUG, [](std::uint32_t, const char *) { throw 1; });
    REFUSES(PPO_ERR_IO, "no-such-file", ppo::agent::load("no-such-file"));
    ppo_status inside = PPO_OK;
    ppo::set_log(PPO_LOG_DEBUG, [&inside](std::uint32_t, const char *) {
        try {
            ppo::set_log(PPO_LOG_OFF, {});
        } catch (const ppo::error &failure) {
            inside = failure.code();
        }
    });
    REFUSES(PPO_ERR_IO, "no-such-file", ppo::agent::load("no-such-file"));
    CHECK(inside == PPO_ERR_BUSY);
    ppo::set_log(PPO_LOG_OFF, {});
    ppo_agent_free(raw);
    CHECK(lines.size() == 1);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    CHECK(ppo::version_number() == PPO_VERSION_NUMBER && ppo::version()[0] == '0');
    CHECK(ppo::features() == ppo_features());
    values_are_those_of_the_c_calls(argv[1]);
    policies_go_out_and_come_back(argv[1], argv[2]);
    failures_are_exceptions(argv[1]);
    handles_are_freed_once(argv[1]);
    return finished("agents");
}
