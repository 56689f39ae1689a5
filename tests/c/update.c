/* Two updates in a host's environment; the policy is written for Rust to compare. argv: a file to write, the control variate
 * (a PPO_CONTROL_VARIATE_ number; without it none). */
#include "check.h"

#define S 10
#define A 4
static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\", \"C\"],"
    " \"state\": {\"assets\": 3, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {\"distribution\": \"dirichlet\", \"cash\": true, \"prior\": \"supplied\"},"
    " \"network\": {\"mlp\": {\"hidden\": [32, 16], \"activation\": \"tanh\", \"shared_trunk\": true}}}";

/* Steps that each environment has taken in its episode, and had when it was to remember where it is. */
static unsigned taken[16];
static unsigned kept[16];

/* Sums, products and quotients of small integers, so that Rust gives the same bits. */
static void look(size_t env, float *state, double *prior) {
    for (int i = 0; i < S; i++) {
        state[i] = (float)((env * 7 + taken[env] * 3 + (size_t)i * 5) % 11) * 0.125f - 0.5f;
    }
    for (int i = 0; i < A; i++) {
        prior[i] = (double)(1 + (env + (size_t)i) % 3) / 8.0;
    }
}

static int32_t reset(void *user, size_t env, uint64_t seed, float *state, size_t state_len, double *prior,
                     size_t prior_len) {
    (void)user;
    CHECK(state_len == S && prior_len == A);
    taken[env] = (unsigned)(seed % 5);
    look(env, state, prior);
    return 0;
}

/* Of the step that comes next. */
static double earned(size_t env, const double *weights) {
    return weights[0] * 0.25 - weights[1] * 0.125 + weights[2] * (double)(taken[env] % 4) * 0.0625;
}

static int32_t counterfactual(void *user, size_t env, const double *weights, size_t weights_len, double *reward) {
    (void)user;
    CHECK(weights_len == A);
    taken[env]--;
    *reward = earned(env, weights);
    taken[env]++;
    return 0;
}

static int32_t remember(void *user, size_t env) {
    (void)user;
    kept[env] = taken[env];
    return 0;
}

static int32_t go_back(void *user, size_t env) {
    (void)user;
    taken[env] = kept[env];
    return 0;
}

static int32_t step(void *user, size_t env, const double *weights, size_t weights_len, float *state, size_t state_len,
                    double *prior, size_t prior_len, ppo_host_result *result) {
    (void)user;
    CHECK(weights_len == A && state_len == S && prior_len == A);
    result->reward = earned(env, weights);
    result->prior_reward = (double)(taken[env] % 4) * 0.03125;
    taken[env]++;
    result->terminated = taken[env] % 13 == 0;
    result->truncated = taken[env] % 13 == 7;
    look(env, state, prior);
    return 0;
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    ppo_trainer *trainer = NULL;
    ppo_config config;
    ppo_host_environment environment;
    if (argc < 2) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_host_environment_init(&environment, sizeof environment));
    config.seed = 5;
    config.n_envs = 16;
    config.n_steps = 24;
    config.batch_size = 96;
    config.device = PPO_DEVICE_CPU;
    config.total_steps = 4 * 16 * 24;
    environment.reset = reset;
    environment.step = step;
    config.control_variate = argc > 2 ? (uint32_t)(argv[2][0] - '0') : PPO_CONTROL_VARIATE_NONE;
    EXPECT(PPO_OK, ppo_agent_new(SPEC, &config, &agent));
    if (config.control_variate == PPO_CONTROL_VARIATE_SELF_CRITICAL) {
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_new_host(agent, &environment, &config, &trainer));
        environment.counterfactual = counterfactual;
    }
    if (config.control_variate == PPO_CONTROL_VARIATE_POLICY_PATH) {
        environment.remember = remember;
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_new_host(agent, &environment, &config, &trainer));
        environment.go_back = go_back;
    }
    EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    EXPECT(PPO_OK, ppo_update(trainer, NULL));
    EXPECT(PPO_OK, ppo_update(trainer, NULL));
    EXPECT(PPO_OK, ppo_save(agent, argv[1]));
    ppo_trainer_free(trainer);
    ppo_agent_free(agent);
    return finished("update");
}
