/* Every export of training with what no caller should hand it. argv: the demo policy, a folder to write to. */
#include "check.h"

static char text[4096];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

/* The configuration as a struct and as JSON. */
static void configuration(void) {
    ppo_config config, again;
    size_t size = 77;
    char small[8] = "abc";
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_config_init(&again, sizeof again));
    CHECK(config.n_envs == 64 && config.threads == 1 && config.episode_len == 252);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_config_from_json(NULL, &config));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_config_from_json("{}", NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_from_json("", &config));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_from_json("[]", &config));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_from_json("{\"ppo\": {\"gama\": 1}}", &config));
    CHECK(says("json: ppo.gama"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_from_json("{\"ppo\": {\"gamma\": 2}}", &config));
    CHECK(says("ppo.gamma"));
    CHECK(memcmp(&config, &again, sizeof config) == 0);
    EXPECT(PPO_OK, ppo_config_from_json("{\"seed\": 5, \"env\": {\"reward\": {\"crra\": {\"a\": 3.5}}}}", &config));
    CHECK(config.seed == 5 && config.reward == PPO_REWARD_CRRA && config.reward_parameter == 3.5);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_config_to_json(&config, NULL, 5, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_config_to_json(&config, NULL, 0, NULL));
    CHECK(size == 77);
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_config_to_json(&config, small, sizeof small, &size));
    CHECK(size > sizeof small && strcmp(small, "abc") == 0);
    EXPECT(PPO_OK, ppo_config_to_json(&config, text, sizeof text, &size));
    CHECK(strlen(text) + 1 == size);
    EXPECT(PPO_OK, ppo_config_from_json(text, &again));
    CHECK(memcmp(&config, &again, sizeof config) == 0);
    EXPECT(PPO_OK, ppo_config_to_json(NULL, text, sizeof text, NULL));
    config.gamma = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_config_to_json(&config, text, sizeof text, &size));
    CHECK(says("ppo.gamma"));
    config.gamma = 0.9;
    config.reward = 99;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_to_json(&config, text, sizeof text, &size));
    config.reward = PPO_REWARD_LOG_RETURN;
    config.start = 2;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_to_json(&config, text, sizeof text, &size));
    config.start = PPO_START_CASH;
    config.struct_size = 40;
    EXPECT(PPO_ERR_VERSION, ppo_config_to_json(&config, text, sizeof text, &size));
    EXPECT(PPO_ERR_VERSION, ppo_config_from_json("{}", &config));
    /* The struct of the first header: what it lacks takes its defaults. */
    config.struct_size = 32;
    EXPECT(PPO_OK, ppo_config_to_json(&config, text, sizeof text, &size));
    CHECK(strstr(text, "\"gamma\":0.99") != NULL && strstr(text, "\"seed\":5") != NULL);
}

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {\"distribution\": \"gaussian\", \"cash\": true},"
    " \"network\": {\"mlp\": {\"hidden\": [8], \"activation\": \"tanh\", \"shared_trunk\": true}}}";
#define S 7

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

/* Structs: NULL, sizes that no version had, what a later version may have, reserved fields. */
static void structs(void) {
    ppo_metrics metrics;
    ppo_train_options options;
    ppo_transition transition;
    ppo_host_environment environment;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_metrics_init(NULL, sizeof metrics));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_train_options_init(NULL, sizeof options));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_transition_init(NULL, sizeof transition));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_host_environment_init(NULL, sizeof environment));
    EXPECT(PPO_ERR_VERSION, ppo_metrics_init(&metrics, sizeof metrics - 1));
    EXPECT(PPO_ERR_VERSION, ppo_train_options_init(&options, 0));
    EXPECT(PPO_ERR_VERSION, ppo_transition_init(&transition, SIZE_MAX));
    EXPECT(PPO_ERR_VERSION, ppo_host_environment_init(&environment, 8));
    EXPECT(PPO_OK, ppo_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_OK, ppo_train_options_init(&options, sizeof options));
    EXPECT(PPO_OK, ppo_transition_init(&transition, sizeof transition));
    EXPECT(PPO_OK, ppo_host_environment_init(&environment, sizeof environment));
    CHECK(metrics.struct_size == sizeof metrics && metrics.update == 0);
    CHECK(options.progress == NULL && options.checkpoint_path == NULL && options.most_updates == 0);
    CHECK(isnan(transition.log_prob) && transition.state == NULL && transition.terminated == 0);
    CHECK(environment.reset == NULL && environment.step == NULL && environment.user == NULL);
}

static int32_t allgather(void *user, const void *send, size_t bytes, void *received) {
    (void)user, (void)send, (void)bytes, (void)received;
    return 5;
}

/* Ranks that a trainer of transitions, which it may be NULL, cannot be one of. */
static void collectives(const ppo_trainer *trainer) {
    ppo_collectives ranks;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_collectives_init(NULL, sizeof ranks));
    EXPECT(PPO_ERR_VERSION, ppo_collectives_init(&ranks, 4));
    EXPECT(PPO_OK, ppo_collectives_init(&ranks, sizeof ranks));
    CHECK(ranks.size == 1 && ranks.rank == 0 && ranks.allgather == NULL);
    if (trainer == NULL) {
        EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_join(trainer, &ranks));
        return;
    }
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_join(trainer, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_join(trainer, &ranks));
    CHECK(says("`collectives.allgather` is NULL"));
    ranks.allgather = allgather;
    ranks.reserved = 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_join(trainer, &ranks));
    ranks.reserved = 0;
    ranks.size = 3;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_join(trainer, &ranks));
    CHECK(says("`collectives.size` is 3"));
    ranks.size = 2;
    ranks.rank = 2;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_join(trainer, &ranks));
    CHECK(says("`collectives.rank` is 2"));
    ranks.rank = 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_join(trainer, &ranks));
    CHECK(says("for other experience"));
}

/* Calls that make a trainer. */
static void making(const char *folder) {
    ppo_agent *agent = NULL, *made = NULL;
    ppo_trainer *trainer = NULL;
    ppo_random *random = NULL;
    ppo_config config;
    ppo_host_environment environment;
    ppo_status built = ppo_features() & PPO_FEATURE_TRAIN ? PPO_OK : PPO_ERR_NOT_BUILT;
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_random_new(1, 0, &random));
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_host_environment_init(&environment, sizeof environment));
    config.n_envs = 2;
    config.n_steps = 8;
    config.batch_size = 8;
    environment.reset = reset;
    environment.step = step;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new(NULL, NULL, &config, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new(agent, NULL, &config, &trainer));
    CHECK(says("`market` is NULL"));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_trainer_new(agent, (const ppo_market *)(const void *)agent, &config, &trainer));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_trainer_new((const ppo_agent *)(const void *)random, NULL, &config, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new_host(NULL, &environment, &config, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new_host(agent, NULL, &config, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new_host(agent, &environment, &config, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new_online(NULL, &config, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new_online(agent, &config, NULL));
    environment.step = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    CHECK(says("`environment.step` is NULL"));
    environment.step = step;
    environment.reset = NULL;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    environment.reset = reset;
    environment.reserved = 3;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    environment.reserved = 0;
    config.learning_rate = INFINITY;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_trainer_new_online(agent, &config, &trainer));
    CHECK(says("ppo.learning_rate"));
    config.learning_rate = 1e-3;
    config.batch_size = 17;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    config.batch_size = 8;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume(NULL, NULL, &made, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume("x", NULL, &made, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume_host(NULL, &environment, &made, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume_host("x", NULL, &made, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume_host("x", &environment, NULL, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume_host("x", &environment, &made, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_resume_online("", &made, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume_online(NULL, &made, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume_online("x", NULL, &trainer));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_resume_online("x", &made, NULL));
    EXPECT(built == PPO_OK ? PPO_ERR_IO : built, ppo_trainer_resume_online("no/such/file", &made, &trainer));
    EXPECT(built == PPO_OK ? PPO_ERR_IO : built, ppo_trainer_resume_host("no/such/file", &environment, &made, &trainer));
    {
        /* A policy file is no checkpoint. */
        char path[1024];
        snprintf(path, sizeof path, "%s/policy.safetensors", folder);
        EXPECT(PPO_OK, ppo_save(agent, path));
        EXPECT(built == PPO_OK ? PPO_ERR_FILE : built, ppo_trainer_resume_online(path, &made, &trainer));
    }
    CHECK(trainer == NULL && made == NULL);
    EXPECT(built, ppo_trainer_new_online(agent, &config, &trainer));
    if (built != PPO_OK) {
        CHECK(says("`this library` is built without libtorch") && trainer == NULL);
        EXPECT(built, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    }
    collectives(trainer);
    ppo_trainer_free(trainer);
    ppo_random_free(random);
    ppo_agent_free(agent);
}

/* Handles that are none. */
static void handles(void) {
    ppo_random *random = NULL;
    ppo_trainer *trainer;
    ppo_job *job = NULL;
    ppo_agent *agent = NULL;
    ppo_metrics metrics;
    ppo_transition transition;
    uint32_t number = 77;
    size_t size = 77;
    EXPECT(PPO_OK, ppo_random_new(1, 0, &random));
    EXPECT(PPO_OK, ppo_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_OK, ppo_transition_init(&transition, sizeof transition));
    for (int i = 0; i < 2; i++) {
        ppo_status answer = i ? PPO_ERR_WRONG_HANDLE : PPO_ERR_NULL_POINTER;
        const ppo_job *no_job = i ? (const ppo_job *)(const void *)random : NULL;
        trainer = i ? (ppo_trainer *)(void *)random : NULL;
        EXPECT(answer, ppo_train(trainer, NULL, &metrics));
        EXPECT(answer, ppo_update(trainer, &metrics));
        EXPECT(answer, ppo_trainer_join(trainer, NULL));
        EXPECT(answer, ppo_observe(trainer, &transition, 0, &number));
        EXPECT(answer, ppo_trainer_save(trainer, "nowhere"));
        EXPECT(answer, ppo_trainer_progress(trainer, &metrics, &number));
        EXPECT(answer, ppo_trainer_config_json(trainer, text, sizeof text, &size));
        EXPECT(answer, ppo_trainer_agent(trainer, &agent));
        EXPECT(answer, ppo_trainer_last_error(trainer, text, sizeof text, &size));
        EXPECT(answer, ppo_job_start(trainer, NULL, &job));
        EXPECT(answer, ppo_job_poll(no_job, &number, &metrics));
        EXPECT(answer, ppo_job_wait(no_job, 0));
        EXPECT(answer, ppo_job_cancel(no_job));
        EXPECT(answer, ppo_job_last_error(no_job, text, sizeof text, &size));
        CHECK(number == 77 && size == 77 && agent == NULL && job == NULL && metrics.update == 0);
    }
    ppo_trainer_free(NULL);
    ppo_job_free(NULL);
    ppo_trainer_free((ppo_trainer *)(void *)random);
    CHECK(says("ppo_trainer_free: `trainer` is no live trainer"));
    ppo_job_free((ppo_job *)(void *)random);
    CHECK(says("ppo_job_free: `job` is no live job"));
    ppo_random_free(random);
}

/* Calls on a trainer and a job that live. */
static void using_them(const char *folder) {
    ppo_agent *agent = NULL, *other = NULL;
    ppo_trainer *trainer = NULL;
    ppo_job *job = NULL;
    ppo_config config;
    ppo_host_environment environment;
    ppo_train_options options;
    ppo_metrics metrics, untouched;
    ppo_transition transition;
    uint32_t number = 77;
    char small[4] = "abc", path[1024];
    size_t size = 77;
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_host_environment_init(&environment, sizeof environment));
    EXPECT(PPO_OK, ppo_train_options_init(&options, sizeof options));
    EXPECT(PPO_OK, ppo_transition_init(&transition, sizeof transition));
    EXPECT(PPO_OK, ppo_metrics_init(&metrics, sizeof metrics));
    config.n_envs = 2;
    config.n_steps = 8;
    config.batch_size = 8;
    config.total_steps = 16;
    environment.reset = reset;
    environment.step = step;
    EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    untouched = metrics;
    metrics.struct_size = 12;
    EXPECT(PPO_ERR_VERSION, ppo_train(trainer, NULL, &metrics));
    EXPECT(PPO_ERR_VERSION, ppo_update(trainer, &metrics));
    EXPECT(PPO_ERR_VERSION, ppo_trainer_progress(trainer, &metrics, &number));
    metrics.struct_size = sizeof metrics;
    options.checkpoint_interval = 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_train(trainer, &options, &metrics));
    CHECK(says("options.checkpoint_interval"));
    options.checkpoint_path = "";
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_job_start(trainer, &options, &job));
    options.checkpoint_path = NULL;
    options.checkpoint_interval = 0;
    options.struct_size = 47;
    EXPECT(PPO_ERR_VERSION, ppo_train(trainer, &options, &metrics));
    options.struct_size = sizeof options;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_job_start(trainer, &options, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_observe(trainer, NULL, 0, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_observe(trainer, &transition, 0, &number));
    CHECK(says("transition.state"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_save(trainer, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_save(trainer, ""));
    EXPECT(PPO_ERR_IO, ppo_trainer_save(trainer, folder));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_agent(trainer, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_trainer_config_json(trainer, NULL, 4, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_trainer_config_json(trainer, small, sizeof small, NULL));
    CHECK(number == 77 && size == 77 && job == NULL && memcmp(&metrics, &untouched, sizeof metrics) == 0);
    CHECK(strcmp(small, "abc") == 0);
    EXPECT(PPO_OK, ppo_trainer_config_json(trainer, text, sizeof text, &size));
    CHECK(strstr(text, "\"n_envs\":2") != NULL && strlen(text) + 1 == size);
    {
        /* A transition has no place where there are environments. */
        float state[S] = {0}, action[3] = {0};
        transition.state = transition.next_state = state;
        transition.state_len = transition.next_state_len = S;
        transition.action = action;
        transition.action_len = 3;
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_observe(trainer, &transition, 0, &number));
        CHECK(says("`trainer` is one with environments"));
    }
    EXPECT(PPO_OK, ppo_job_start(trainer, NULL, &job));
    EXPECT(PPO_OK, ppo_job_wait(job, PPO_WAIT_FOREVER));
    metrics.struct_size = 12;
    EXPECT(PPO_ERR_VERSION, ppo_job_poll(job, &number, &metrics));
    CHECK(number == 77);
    metrics.struct_size = sizeof metrics;
    EXPECT(PPO_OK, ppo_job_poll(job, NULL, NULL));
    EXPECT(PPO_OK, ppo_job_poll(job, &number, &metrics));
    CHECK(number == PPO_JOB_FINISHED && metrics.update == 1);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_job_last_error(job, NULL, 5, NULL));
    EXPECT(PPO_OK, ppo_job_cancel(job));
    EXPECT(PPO_OK, ppo_job_wait(job, 0));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_trainer_save((const ppo_trainer *)(const void *)job, "x"));
    /* Freed handles are found out. */
    ppo_job_free(job);
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_job_wait(job, 0));
    snprintf(path, sizeof path, "%s/trainer.safetensors", folder);
    EXPECT(PPO_OK, ppo_trainer_save(trainer, path));
    ppo_trainer_free(trainer);
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_update(trainer, NULL));
    trainer = NULL;
    /* A checkpoint is a policy, and its trainer holds the agent it makes. */
    EXPECT(PPO_OK, ppo_load(path, &other));
    ppo_agent_free(other);
    ppo_agent_free(agent);
}

static void torch(void) {
    ppo_status built = ppo_features() & PPO_FEATURE_TRAIN ? PPO_OK : PPO_ERR_NOT_BUILT;
    uint32_t threads = 77;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_torch_threads(NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_torch_set_threads(0));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_torch_set_threads(UINT32_MAX));
    EXPECT(built, ppo_torch_threads(&threads));
    CHECK(built == PPO_OK ? threads >= 1 && threads <= 1024 : threads == 77);
    EXPECT(built, ppo_torch_set_threads(1));
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    configuration();
    structs();
    making(argv[2]);
    handles();
    if (ppo_features() & PPO_FEATURE_TRAIN) {
        using_them(argv[2]);
    }
    torch();
    return finished("arguments_training");
}
