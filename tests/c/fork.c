/* A child of fork() goes on deciding, loading and freeing; what needs libtorch is refused there, and nothing hangs.
 * argv: the demo policy. */
#include "check.h"
#include <sys/wait.h>
#include <unistd.h>

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {}, \"network\": {\"scorer\": {\"hidden\": [8]}}}";

static int32_t reset(void *user, size_t env, uint64_t seed, float *state, size_t state_len, double *prior,
                     size_t prior_len) {
    (void)user;
    (void)env;
    (void)seed;
    (void)prior;
    (void)prior_len;
    memset(state, 0, state_len * sizeof *state);
    return 0;
}

static int32_t step(void *user, size_t env, const double *weights, size_t weights_len, float *state, size_t state_len,
                    double *prior, size_t prior_len, ppo_host_result *result) {
    (void)weights_len;
    result->reward = weights[0];
    result->terminated = 1;
    return reset(user, env, 0, state, state_len, prior, prior_len);
}

/* A parent whose library has used libtorch, with a job at work. */
static void training(void) {
    ppo_agent *agent = NULL;
    ppo_trainer *trainer = NULL, *other = NULL;
    ppo_job *job = NULL;
    ppo_config config;
    ppo_host_environment environment;
    float state[7] = {0};
    double weights[3];
    uint32_t threads;
    pid_t child;
    int status = -1;
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_host_environment_init(&environment, sizeof environment));
    config.total_steps = (uint64_t)1 << 40;
    config.threads = 2;
    environment.reset = reset;
    environment.step = step;
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    EXPECT(PPO_OK, ppo_job_start(trainer, NULL, &job));
    child = fork();
    if (child == 0) {
        alarm(20);
        EXPECT(PPO_OK, ppo_select_action(agent, state, 7, NULL, 0, weights, 3));
        EXPECT(PPO_ERR_FORKED, ppo_torch_threads(&threads));
        EXPECT(PPO_ERR_FORKED, ppo_update(trainer, NULL));
        EXPECT(PPO_ERR_FORKED, ppo_trainer_new_online(agent, &config, &other));
        EXPECT(PPO_ERR_FORKED, ppo_job_wait(job, PPO_WAIT_FOREVER));
        ppo_job_free(job);
        ppo_trainer_free(trainer);
        ppo_agent_free(agent);
        fflush(stdout);
        _exit(failures != 0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(PPO_ERR_TIMEOUT, ppo_job_wait(job, 0));
    ppo_job_free(job);
    ppo_trainer_free(trainer);
    ppo_agent_free(agent);
}

int main(int argc, char **argv) {
    float state[STATE];
    double prior[ACTIONS], expected[ACTIONS], weights[ACTIONS];
    ppo_agent *agent = NULL, *other = NULL;
    pid_t child;
    int status = -1;
    if (argc != 2) {
        return 2;
    }
    input(5, state, prior);
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, expected, ACTIONS));
    child = fork();
    if (child == 0) {
        alarm(20); /* a child that hangs ends */
        EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
        CHECK(memcmp(weights, expected, sizeof weights) == 0);
        EXPECT(PPO_OK, ppo_load(argv[1], &other));
        EXPECT(PPO_ERR_LENGTH, ppo_value(other, state, 1, weights));
        ppo_agent_free(other);
        ppo_agent_free(agent);
        status = finished("the child of fork");
        fflush(stdout);
        _exit(status);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    CHECK(memcmp(weights, expected, sizeof weights) == 0);
    ppo_agent_free(agent);
    if (ppo_features() & PPO_FEATURE_TRAIN) {
        training();
    }
    return finished("fork");
}
