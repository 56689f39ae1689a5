// Training through ppo_risk.hpp: the weights are those of the C calls, exceptions of the host come back out of the call
// that was made, jobs and trainers end in any order. argv: the demo policy (not used), a folder to write to.
#include "check.hpp"
#include <stdexcept>

static const char *const SPEC = R"({"assets": ["GAIN", "LOSS"],
    "state": {"assets": 2, "window": 20, "account": false, "columns": []},
    "action": {"distribution": "gaussian", "cash": false},
    "network": {"mlp": {"hidden": [16], "activation": "tanh", "shared_trunk": true}}})";
static const std::size_t STATE = 7, ACTIONS = 2;

// An environment that pays for the first asset; counts, and throws where it is told to.
struct simulator {
    std::size_t steps = 0, throw_at = 0;
    bool throw_in_reset = false;

    ppo::host_environment functions() {
        ppo::host_environment environment;
        environment.reset = [this](std::size_t, std::uint64_t seed, ppo::span<float> state, ppo::span<double> prior) {
            CHECK(state.size() == STATE && prior.size() == 0);
            if (throw_in_reset) {
                throw std::runtime_error("no reset today");
            }
            fill(state, seed);
        };
        environment.step = [this](std::size_t env, ppo::span<const double> weights, ppo::span<float> state,
                                  ppo::span<double>) {
            CHECK(weights.size() == ACTIONS);
            steps++;
            if (steps == throw_at) {
                throw std::domain_error("no step today");
            }
            fill(state, steps * 8 + env);
            ppo_host_result result{};
            result.reward = 0.01 * weights[0] - 0.01 * weights[1];
            result.terminated = steps % 5 == 0 ? 1 : 0;
            return result;
        };
        return environment;
    }

    static void fill(ppo::span<float> state, std::uint64_t seed) {
        auto k = static_cast<std::uint32_t>(seed);
        for (float &value : state) {
            k = k * 1664525u + 1013904223u;
            value = static_cast<float>(k >> 8) / 16777216.0f - 0.5f;
        }
    }
};

static std::int32_t c_reset(void *, std::size_t, std::uint64_t seed, float *state, std::size_t state_len, double *,
                            std::size_t) {
    simulator::fill({state, state_len}, seed);
    return 0;
}

static std::int32_t c_step(void *user, std::size_t env, const double *weights, std::size_t, float *state,
                           std::size_t state_len, double *, std::size_t, ppo_host_result *result) {
    std::size_t &steps = *static_cast<std::size_t *>(user);
    steps++;
    simulator::fill({state, state_len}, steps * 8 + env);
    result->reward = 0.01 * weights[0] - 0.01 * weights[1];
    result->terminated = steps % 5 == 0 ? 1 : 0;
    return 0;
}

static ppo::config settings(std::uint64_t updates) {
    ppo::config config;
    config.n_envs = 8;
    config.n_steps = 16;
    config.batch_size = 64;
    config.seed = 11;
    config.device = PPO_DEVICE_CPU;
    config.total_steps = updates * 8 * 16;
    return config;
}

static void weights_are_those_of_the_c_calls() {
    simulator market;
    const ppo::agent agent(SPEC);
    const ppo::trainer trainer(agent, market.functions(), settings(3));
    std::uint64_t heard = 0;
    ppo::train_options options;
    options.progress = [&heard](const ppo_metrics &metrics) {
        heard++;
        CHECK(metrics.update == heard);
        return false;
    };
    ppo::metrics last;
    CHECK(!trainer.done() && trainer.progress().update == 0);
    CHECK(trainer.train(options, &last));
    CHECK(heard == 3 && last.update == 3 && last.env_steps == 3 * 128);
    CHECK(trainer.done() && trainer.progress().env_steps == 3 * 128);
    CHECK(trainer.config_json().find("total_steps") != std::string::npos);
    CHECK(trainer.agent().save_bytes() == agent.save_bytes());

    ppo_agent *raw = nullptr;
    ppo_trainer *raw_trainer = nullptr;
    ppo_host_environment table;
    std::size_t steps = 0;
    const ppo::config config = settings(3);
    CHECK(ppo_agent_new(SPEC, nullptr, &raw) == PPO_OK);
    CHECK(ppo_host_environment_init(&table, sizeof table) == PPO_OK);
    table.user = &steps;
    table.reset = c_reset;
    table.step = c_step;
    CHECK(ppo_trainer_new_host(raw, &table, &config, &raw_trainer) == PPO_OK);
    CHECK(ppo_train(raw_trainer, nullptr, nullptr) == PPO_OK);
    ppo_trainer_free(raw_trainer);
    const ppo::agent expected(raw);
    CHECK(expected.select_action(std::vector<float>(STATE)) == agent.select_action(std::vector<float>(STATE)));
    CHECK(ppo::agent(SPEC).select_action(std::vector<float>(STATE)) != agent.select_action(std::vector<float>(STATE)));
}

template <class Exception, class Call>
static void throws(int line, const std::string &words, Call call) {
    try {
        call();
    } catch (const ppo::error &failure) {
        failures++;
        std::printf("line %d: the library's own: %s\n", line, failure.what());
        return;
    } catch (const Exception &exception) {
        if (exception.what() != words) {
            failures++;
            std::printf("line %d: %s\n", line, exception.what());
        }
        return;
    }
    failures++;
    std::printf("line %d: nothing was thrown\n", line);
}

static void a_host_tells_what_other_weights_would_have_earned() {
    simulator market;
    ppo::config config = settings(3);
    config.control_variate = PPO_CONTROL_VARIATE_SELF_CRITICAL;
    const ppo::agent agent(SPEC);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "counterfactual", ppo::trainer(agent, market.functions(), config));
    std::size_t asked = 0;
    ppo::host_environment environment = market.functions();
    environment.counterfactual = [&asked](std::size_t, ppo::span<const double> weights) {
        if (++asked == 300) {
            throw std::domain_error("it cannot be told");
        }
        return 0.01 * weights[0] - 0.01 * weights[1];
    };
    const ppo::trainer trainer(agent, environment, config);
    trainer.update();
    trainer.update();
    CHECK(asked == market.steps && asked == 2 * 8 * 16);
    throws<std::domain_error>(__LINE__, "it cannot be told", [&] { trainer.update(); });
}

static void a_host_goes_back_to_follow_the_policy_without_noise() {
    simulator market;
    ppo::config config = settings(3);
    config.control_variate = PPO_CONTROL_VARIATE_POLICY_PATH;
    const ppo::agent agent(SPEC);
    REFUSES(PPO_ERR_INVALID_ARGUMENT, "go back", ppo::trainer(agent, market.functions(), config));
    std::size_t kept = 0;
    std::size_t remembered = 0;
    std::size_t back = 0;
    ppo::host_environment environment = market.functions();
    environment.remember = [&](std::size_t) {
        remembered++;
        kept = market.steps;
    };
    environment.go_back = [&](std::size_t) {
        if (++back == 17) {
            throw std::domain_error("there is no way back");
        }
        CHECK(market.steps == kept + 8 * 16);
    };
    const ppo::trainer trainer(agent, environment, config);
    trainer.update();
    trainer.update();
    CHECK(remembered == 16 && back == 16 && market.steps == 2 * 2 * 8 * 16);
    throws<std::domain_error>(__LINE__, "there is no way back", [&] { trainer.update(); });
}

static void exceptions_come_back() {
    const ppo::agent agent(SPEC);
    simulator market;
    market.throw_in_reset = true;
    throws<std::runtime_error>(__LINE__, "no reset today", [&] { ppo::trainer(agent, market.functions()); });
    market.throw_in_reset = false;
    market.throw_at = 20;
    const ppo::trainer trainer(agent, market.functions(), settings(2));
    throws<std::domain_error>(__LINE__, "no step today", [&] { trainer.train(); });
    market.throw_at = market.steps + 5;
    throws<std::domain_error>(__LINE__, "no step today", [&] { trainer.update(); });
    market.throw_at = market.steps + 5;
    throws<std::domain_error>(__LINE__, "no step today", [&] { trainer.start().wait(); });
    ppo::train_options options;
    options.progress = [](const ppo_metrics &) -> bool { throw std::range_error("no progress today"); };
    throws<std::range_error>(__LINE__, "no progress today", [&] { trainer.train(options); });
    const ppo::trainer second(ppo::agent(SPEC), market.functions(), settings(2));
    throws<std::range_error>(__LINE__, "no progress today", [&] { second.start(options).wait(); });
    options.progress = [](const ppo_metrics &) { return true; }; // stops, as in every language
    const ppo::trainer stopped(ppo::agent(SPEC), market.functions(), settings(2));
    CHECK(!stopped.train(options) && stopped.progress().update == 1);
    REFUSES(PPO_ERR_BUSY, "trainer", ppo::trainer::online(agent));
}

static void jobs_end_in_any_order(const std::string &folder) {
    simulator market;
    ppo::job job;
    {
        ppo::trainer trainer(ppo::agent(SPEC), market.functions(), settings(4));
        ppo::train_options options;
        options.checkpoint_path = folder + "/cpp.checkpoint";
        ppo::job started = trainer.start(std::move(options));
        job = std::move(started);
        CHECK(!started);
    } // the trainer goes first
    CHECK(job.wait() && job.state() == PPO_JOB_FINISHED && job.metrics().update == 4);
    const ppo::trainer resumed = ppo::trainer::resume(folder + "/cpp.checkpoint", market.functions());
    CHECK(resumed.progress().update == 4 && resumed.done());
    resumed.save(folder + "/cpp.again");
    CHECK(ppo::agent::load(folder + "/cpp.again").save_bytes() == resumed.agent().save_bytes());

    simulator slow;
    ppo::train_options options;
    const ppo::trainer endless(ppo::agent(SPEC), slow.functions(), settings(1000000));
    ppo::job running = endless.start();
    CHECK(!running.wait(0));
    running.cancel();
    CHECK(running.wait() && running.state() == PPO_JOB_CANCELLED);
    running = endless.start();
    running = ppo::job(); // is stopped and waited for
    CHECK(endless.progress().update >= 1);
    // By its end, too: what it calls is there until then.
    struct token {
        bool *gone;
        explicit token(bool *flag) : gone(flag) {}
        token(const token &) = delete;
        token &operator=(const token &) = delete;
        ~token() { *gone = true; }
    };
    bool gone = false, called_after = false;
    options.progress = [&called_after, &gone, kept = std::make_shared<token>(&gone)](const ppo_metrics &) {
        called_after = called_after || gone;
        return false;
    };
    { const ppo::job left = endless.start(std::move(options)); }
    CHECK(gone && !called_after);
}

static void transitions_are_learnt_from(const std::string &folder) {
    const ppo::agent agent(SPEC);
    ppo::config config = settings(1000);
    config.n_envs = 1;
    config.n_steps = 64;
    const ppo::trainer trainer = ppo::trainer::online(agent, config);
    ppo::random stream(3);
    std::vector<float> state(STATE), next(STATE), action(ACTIONS);
    std::size_t updates = 0;
    for (std::size_t i = 0; i < 130; i++) {
        simulator::fill(state, i);
        simulator::fill(next, i + 1);
        ppo::transition seen;
        seen.log_prob = agent.sample_action(stream, state, {}, action);
        seen.set_state(state);
        seen.set_prior({});
        seen.set_action(action);
        seen.set_next_state(next);
        seen.reward = static_cast<double>(action[0]);
        updates += trainer.observe(seen, true) ? 1 : 0;
    }
    CHECK(updates == 2);
    CHECK(trainer.update().update == 3); // on the two that are left
    ppo::transition wrong;
    wrong.set_state({state.data(), 3});
    REFUSES(PPO_ERR_LENGTH, "state", trainer.observe(wrong));
    trainer.save(folder + "/cpp.online");
    CHECK(ppo::trainer::resume_online(folder + "/cpp.online").progress().update == 3);
    REFUSES(PPO_ERR_IO, "no-such-file", ppo::trainer::resume_online("no-such-file"));
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    if ((ppo::features() & PPO_FEATURE_TRAIN) == 0) {
        REFUSES(PPO_ERR_NOT_BUILT, "train", ppo::trainer::online(ppo::agent(SPEC)));
        REFUSES(PPO_ERR_NOT_BUILT, "", ppo::torch_threads());
        return finished("training");
    }
    const std::uint32_t threads = ppo::torch_threads();
    ppo::set_torch_threads(1);
    CHECK(ppo::torch_threads() == 1);
    ppo::set_torch_threads(threads);
    weights_are_those_of_the_c_calls();
    a_host_tells_what_other_weights_would_have_earned();
    a_host_goes_back_to_follow_the_policy_without_noise();
    exceptions_come_back();
    jobs_end_in_any_order(argv[2]);
    transitions_are_learnt_from(argv[2]);
    return finished("training");
}
