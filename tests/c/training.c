/* Training from C where the best policy is known: a host's environment, transitions handed in, a job in the background
 * with decisions meanwhile. argv: the demo policy (not used), a folder to write to. */
#include "check.h"
#include <pthread.h>
#include <sched.h>

/* Two assets without cash: the first always gains a percent, the second loses one. */
#define S 7
#define A 2
static const char *const SPEC =
    "{\"assets\": [\"GAIN\", \"LOSS\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {\"distribution\": \"gaussian\", \"cash\": false},"
    " \"network\": {\"mlp\": {\"hidden\": [16], \"activation\": \"tanh\", \"shared_trunk\": true}}}";

static char text[4096], path[1024];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static int trainer_says(const ppo_trainer *trainer, const char *words) {
    ppo_trainer_last_error(trainer, text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

/* What the host's environment remembers, and what it is told to do wrong. */
typedef struct {
    size_t resets, steps, left[64];
    uint64_t first_seed;
    int fail_reset_at, fail_step_at, wrong;
    const ppo_trainer *trainer;
    const ppo_agent *agent;
} simulator;

static void fill_state(unsigned k, float *state) {
    for (int i = 0; i < S; i++) {
        k = k * 1664525u + 1013904223u;
        state[i] = (float)(k >> 8) / 16777216.0f - 0.5f;
    }
}

static int32_t reset(void *user, size_t env, uint64_t seed, float *state, size_t state_len, double *prior,
                     size_t prior_len) {
    simulator *me = user;
    CHECK(state_len == S && prior == NULL && prior_len == 0 && env < 64);
    if (me->resets == 0) {
        me->first_seed = seed;
    }
    me->resets++;
    me->left[env] = 1 + seed % 3;
    fill_state((unsigned)seed, state);
    return me->fail_reset_at != 0 && me->resets == (size_t)me->fail_reset_at ? -7 : 0;
}

static int32_t step(void *user, size_t env, const double *weights, size_t weights_len, float *state, size_t state_len,
                    double *prior, size_t prior_len, ppo_host_result *result) {
    simulator *me = user;
    CHECK(weights_len == A && state_len == S && prior == NULL && prior_len == 0);
    CHECK(weights[0] >= 0 && weights[1] >= 0 && fabs(weights[0] + weights[1] - 1) < 1e-12);
    CHECK(result->reward == 0.0 && result->terminated == 0 && result->truncated == 0);
    me->steps++;
    if (me->trainer != NULL) {
        /* Calls on the trainer are refused from here, others are fine. */
        double decided[A];
        EXPECT(PPO_ERR_BUSY, ppo_update(me->trainer, NULL));
        EXPECT(PPO_ERR_BUSY, ppo_train(me->trainer, NULL, NULL));
        EXPECT(PPO_ERR_BUSY, ppo_trainer_progress(me->trainer, NULL, NULL));
        EXPECT(PPO_OK, ppo_select_action(me->agent, state, S, NULL, 0, decided, A));
        me->trainer = NULL;
    }
    fill_state((unsigned)(me->steps * 8 + env), state);
    result->reward = 0.01 * weights[0] - 0.01 * weights[1];
    result->terminated = --me->left[env] == 0;
    if (me->wrong != 0 && me->steps >= 20) {
        state[3] = me->wrong == 1 ? NAN : state[3];
        result->reward = me->wrong == 2 ? INFINITY : result->reward;
        result->truncated = me->wrong == 3 ? 1 : 0;
        result->terminated = me->wrong == 3 ? 1 : me->wrong == 4 ? 5 : result->terminated;
    }
    return me->fail_step_at != 0 && me->steps == (size_t)me->fail_step_at ? 3 : 0;
}

static ppo_config settings(uint64_t updates) {
    ppo_config config;
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.n_envs = 8;
    config.n_steps = 32;
    config.batch_size = 64;
    config.learning_rate = 1e-2;
    config.gamma = 0.5;
    config.device = PPO_DEVICE_CPU;
    config.seed = 11;
    config.total_steps = updates * 8 * 32;
    return config;
}

static ppo_agent *fresh(void) {
    ppo_agent *agent = NULL;
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    return agent;
}

/* Weight of the asset that gains. */
static double gain(const ppo_agent *agent) {
    float state[S];
    double weights[A] = {0, 0};
    fill_state(99, state);
    EXPECT(PPO_OK, ppo_select_action(agent, state, S, NULL, 0, weights, A));
    return weights[0];
}

static ppo_host_environment table(simulator *user) {
    ppo_host_environment environment;
    EXPECT(PPO_OK, ppo_host_environment_init(&environment, sizeof environment));
    environment.user = user;
    environment.reset = reset;
    environment.step = step;
    return environment;
}

/* What the progress function saw, and when it answers something else than 0. */
typedef struct {
    uint64_t updates, stop_at;
    int32_t answer;
    const ppo_trainer *trainer;
    const ppo_agent *agent;
    double before;
    /* Where there are such threads: the first update ends once `watched_from_start`, the last once each saw a change. */
    size_t watchers;
    const size_t *changes;
} listener;

static int watched_from_start;

static void wait_for_watchers(const listener *me, uint64_t last) {
    if (me->watchers == 0) {
        return;
    }
    while (me->updates == 1 && !__atomic_load_n(&watched_from_start, __ATOMIC_ACQUIRE)) {
        sched_yield();
    }
    for (size_t i = 0; me->updates == last && i < me->watchers; i++) {
        while (__atomic_load_n(&me->changes[i], __ATOMIC_RELAXED) == 0) {
            sched_yield();
        }
    }
}

static int32_t progress(const ppo_metrics *metrics, void *user) {
    listener *me = user;
    me->updates++;
    CHECK(metrics->struct_size == sizeof(ppo_metrics) && metrics->update == me->updates);
    CHECK(metrics->env_steps == me->updates * 256 && metrics->learning_rate > 0 && isfinite(metrics->value_loss));
    if (me->trainer != NULL) {
        /* The agent has the new policy already; the trainer is at work. */
        CHECK(gain(me->agent) != me->before);
        me->before = gain(me->agent);
        EXPECT(PPO_ERR_BUSY, ppo_trainer_save(me->trainer, path));
        EXPECT(PPO_ERR_BUSY, ppo_update(me->trainer, NULL));
    }
    wait_for_watchers(me, 60);
    return me->updates == me->stop_at ? me->answer : 0;
}

static void host_environment(const char *folder) {
    simulator world = {0};
    listener heard = {0};
    ppo_agent *agent = fresh(), *resumed = NULL;
    ppo_trainer *trainer = NULL, *second = NULL;
    ppo_host_environment environment = table(&world);
    ppo_config config = settings(40);
    ppo_train_options options;
    ppo_metrics metrics;
    uint32_t done = 7;
    double start = gain(agent);
    EXPECT(PPO_OK, ppo_train_options_init(&options, sizeof options));
    EXPECT(PPO_OK, ppo_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    CHECK(world.resets == 8);
    EXPECT(PPO_ERR_BUSY, ppo_trainer_new_host(agent, &environment, &config, &second));
    CHECK(says("`agent` is in training by another trainer") && second == NULL);
    world.trainer = trainer;
    world.agent = agent;
    heard = (listener){.stop_at = 5, .answer = 1, .trainer = trainer, .agent = agent, .before = start};
    snprintf(path, sizeof path, "%s/checkpoint.safetensors", folder);
    options.progress = progress;
    options.user = &heard;
    options.checkpoint_path = path;
    options.checkpoint_interval = 2;
    EXPECT(PPO_ERR_CANCELLED, ppo_train(trainer, &options, &metrics));
    CHECK(trainer_says(trainer, "stopped by the host after update 5"));
    CHECK(heard.updates == 5 && metrics.update == 5 && world.steps == 5 * 256);
    EXPECT(PPO_OK, ppo_trainer_progress(trainer, &metrics, &done));
    CHECK(done == 0 && metrics.update == 5 && metrics.env_steps == 1280);
    /* The progress function's own error. */
    heard.stop_at = 7;
    heard.answer = -2;
    EXPECT(PPO_ERR_CALLBACK, ppo_train(trainer, &options, NULL));
    CHECK(heard.updates == 7);
    /* To the end: what there is to learn is learnt. */
    heard.stop_at = 0;
    heard.trainer = NULL;
    EXPECT(PPO_OK, ppo_train(trainer, &options, &metrics));
    CHECK(heard.updates == 40 && metrics.update == 40 && metrics.episode_reward > 0.009);
    EXPECT(PPO_OK, ppo_trainer_progress(trainer, NULL, &done));
    CHECK(done == 1 && fabs(start - 0.5) < 0.05 && gain(agent) > 0.9);
    /* Nothing is left to do. */
    EXPECT(PPO_OK, ppo_train(trainer, &options, &metrics));
    CHECK(metrics.update == 0 && heard.updates == 40);
    /* The checkpoint goes on where the run stood, in a new agent. */
    world = (simulator){0};
    EXPECT(PPO_OK, ppo_trainer_resume_host(path, &environment, &resumed, &second));
    CHECK(world.resets == 8 && gain(resumed) == gain(agent));
    EXPECT(PPO_OK, ppo_trainer_progress(second, &metrics, &done));
    CHECK(done == 1 && metrics.update == 40);
    EXPECT(PPO_OK, ppo_update(second, &metrics));
    CHECK(metrics.update == 41 && gain(resumed) != gain(agent));
    ppo_trainer_free(second);
    ppo_agent_free(resumed);
    /* A checkpoint that cannot be written is said, and the agent has the policy of the last update. */
    second = NULL;
    ppo_trainer_free(trainer);
    EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &second));
    options.checkpoint_path = "/nonexistent/folder/file";
    options.progress = NULL;
    EXPECT(PPO_ERR_IO, ppo_train(second, &options, &metrics));
    CHECK(metrics.update == 2);
    ppo_trainer_free(second);
    ppo_agent_free(agent);
}

static void host_errors(void) {
    ppo_agent *agent = fresh();
    ppo_trainer *trainer = NULL;
    ppo_config config = settings(10);
    simulator world = {.fail_reset_at = 3};
    ppo_host_environment environment = table(&world);
    ppo_metrics metrics;
    static const struct {
        int wrong;
        ppo_status answer;
        const char *words;
    } WRONG[] = {{1, PPO_ERR_NOT_FINITE, "`state[3] of environment"},
                 {2, PPO_ERR_NOT_FINITE, "`reward of environment"},
                 {3, PPO_ERR_INVALID_ARGUMENT, "terminated and truncated"},
                 {4, PPO_ERR_INVALID_ARGUMENT, "`result.terminated` is 5"}};
    EXPECT(PPO_OK, ppo_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_ERR_CALLBACK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    CHECK(says("the host's function `reset` answered -7") && trainer == NULL);
    world = (simulator){.fail_step_at = 300};
    EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    EXPECT(PPO_ERR_CALLBACK, ppo_train(trainer, NULL, &metrics));
    CHECK(trainer_says(trainer, "the host's function `step` answered 3") && metrics.update == 1);
    ppo_trainer_free(trainer);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        world = (simulator){.wrong = WRONG[i].wrong};
        trainer = NULL;
        EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
        EXPECT(WRONG[i].answer, ppo_update(trainer, &metrics));
        CHECK(trainer_says(trainer, WRONG[i].words) && metrics.update == 1);
        ppo_trainer_free(trainer);
    }
    /* Only the library's own environments know what their rewards depend on. */
    config.control_variate = PPO_CONTROL_VARIATE_SELF_CRITICAL;
    trainer = NULL;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    CHECK(says("control_variate") && trainer == NULL);
    ppo_agent_free(agent);
}

/* A live agent that learns from what it does. */
static void online(const char *folder) {
    ppo_agent *agent = fresh(), *other = NULL;
    ppo_trainer *trainer = NULL, *again = NULL;
    ppo_random *random = NULL;
    ppo_config config = settings(1000);
    ppo_metrics metrics;
    ppo_transition transition;
    float states[2][S], action[A];
    double weights[A], log_prob;
    uint32_t updated = 7;
    int updates = 0;
    EXPECT(PPO_OK, ppo_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_OK, ppo_transition_init(&transition, sizeof transition));
    EXPECT(PPO_OK, ppo_random_new(1, 0, &random));
    config.n_envs = 2;
    config.n_steps = 128;
    config.learning_rate_schedule = PPO_SCHEDULE_CONSTANT;
    EXPECT(PPO_OK, ppo_trainer_new_online(agent, &config, &trainer));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_train(trainer, NULL, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_update(trainer, &metrics));
    CHECK(trainer_says(trainer, "`transitions` is 0, expected at least 2"));
    for (unsigned i = 0; i < 40 * 256; i++) {
        fill_state(i, states[0]);
        fill_state(i + 2, states[1]);
        EXPECT(PPO_OK, ppo_sample_action(agent, random, states[0], S, NULL, 0, action, A, weights, A, &log_prob));
        EXPECT(PPO_OK, ppo_transition_init(&transition, sizeof transition));
        transition.env = i % 2;
        transition.state = states[0];
        transition.state_len = S;
        transition.action = action;
        transition.action_len = A;
        transition.next_state = states[1];
        transition.next_state_len = S;
        if (i % 3) {
            transition.log_prob = log_prob;
        }
        transition.reward = 0.01 * weights[0] - 0.01 * weights[1];
        transition.terminated = i % 10 >= 8;
        transition.truncated = i % 10 == 5;
        EXPECT(PPO_OK, ppo_observe(trainer, &transition, 1, &updated));
        CHECK(updated == (i % 256 == 255));
        updates += (int)updated;
    }
    EXPECT(PPO_OK, ppo_trainer_progress(trainer, &metrics, NULL));
    CHECK(updates == 40 && metrics.update == 40 && metrics.env_steps == 40 * 256 && metrics.episodes == 3072);
    CHECK(gain(agent) > 0.9);
    /* Kept only, and then all used up by one update. */
    for (int i = 0; i < 300; i++) {
        EXPECT(PPO_OK, ppo_observe(trainer, &transition, 0, &updated));
        CHECK(updated == 0);
    }
    EXPECT(PPO_OK, ppo_update(trainer, &metrics));
    CHECK(metrics.env_steps == 40 * 256 + 300);
    /* What cannot be a transition is refused by the name of its field, and not kept. */
    {
        ppo_transition bad = transition;
        double nan = NAN;
        float broken[S] = {0, NAN, 0, 0, 0, 0, 0};
        updated = 7;
        bad.reward = nan;
        EXPECT(PPO_ERR_NOT_FINITE, ppo_observe(trainer, &bad, 1, &updated));
        CHECK(trainer_says(trainer, "transition.reward"));
        bad = transition;
        bad.state = broken;
        EXPECT(PPO_ERR_NOT_FINITE, ppo_observe(trainer, &bad, 1, &updated));
        bad = transition;
        bad.next_state = broken;
        EXPECT(PPO_ERR_NOT_FINITE, ppo_observe(trainer, &bad, 1, &updated));
        CHECK(trainer_says(trainer, "transition.next_state[1]"));
        bad = transition;
        bad.next_state = NULL;
        bad.next_state_len = 0;
        bad.terminated = 0;
        EXPECT(PPO_ERR_NULL_POINTER, ppo_observe(trainer, &bad, 1, &updated));
        bad.terminated = 1;
        bad.truncated = 1;
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_observe(trainer, &bad, 1, &updated));
        bad.truncated = 0;
        bad.env = 2;
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_observe(trainer, &bad, 1, &updated));
        CHECK(trainer_says(trainer, "`transition.env` is 2, expected below 2"));
        bad.env = 0;
        bad.action_len = 1;
        EXPECT(PPO_ERR_LENGTH, ppo_observe(trainer, &bad, 1, &updated));
        bad.action_len = A;
        bad.prior = weights;
        bad.prior_len = A;
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_observe(trainer, &bad, 1, &updated));
        bad.prior = NULL;
        bad.prior_len = 0;
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_observe(trainer, &bad, 2, &updated));
        CHECK(updated == 7);
        EXPECT(PPO_OK, ppo_observe(trainer, &bad, 1, &updated));
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_update(trainer, &metrics));
    }
    snprintf(path, sizeof path, "%s/online.safetensors", folder);
    EXPECT(PPO_OK, ppo_trainer_save(trainer, path));
    EXPECT(PPO_OK, ppo_trainer_resume_online(path, &other, &again));
    CHECK(gain(other) == gain(agent));
    ppo_trainer_free(again);
    ppo_trainer_free(trainer);
    ppo_random_free(random);
    ppo_agent_free(other);
    ppo_agent_free(agent);
}

static ppo_agent *watched;
static double gain_at_start;
static volatile int selecting = 1;

/* Decides without pause; counts how often the answer changed. */
static void *decide(void *argument) {
    size_t *changes = argument;
    double before = gain_at_start;
    while (selecting) {
        double now = gain(watched);
        CHECK(now > 0.0 && now < 1.0);
        __atomic_add_fetch(changes, now != before, __ATOMIC_RELAXED);
        before = now;
    }
    return NULL;
}

static int32_t free_job(const ppo_metrics *metrics, void *user) {
    ppo_job **job = user;
    (void)metrics;
    if (*job != NULL) {
        EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_job_wait(*job, 1000));
        EXPECT(PPO_OK, ppo_job_cancel(*job));
        ppo_job_free(*job);
        *job = NULL;
    }
    return 0;
}

static void jobs(void) {
    simulator world = {0};
    listener heard = {0};
    ppo_agent *agent = fresh(), *same = NULL;
    ppo_trainer *trainer = NULL;
    ppo_job *job = NULL, *second = NULL;
    ppo_host_environment environment = table(&world);
    ppo_config config = settings(60);
    ppo_train_options options;
    ppo_metrics metrics;
    pthread_t threads[2];
    size_t changes[2] = {0, 0};
    uint32_t state = 77;
    EXPECT(PPO_OK, ppo_train_options_init(&options, sizeof options));
    EXPECT(PPO_OK, ppo_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    watched = agent;
    gain_at_start = gain(agent);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&threads[i], NULL, decide, &changes[i]) == 0);
    }
    heard.watchers = 2;
    heard.changes = changes;
    options.progress = progress;
    options.user = &heard;
    EXPECT(PPO_OK, ppo_job_start(trainer, &options, &job));
    EXPECT(PPO_ERR_BUSY, ppo_job_start(trainer, &options, &second));
    EXPECT(PPO_ERR_BUSY, ppo_update(trainer, NULL));
    CHECK(second == NULL);
    EXPECT(PPO_ERR_TIMEOUT, ppo_job_wait(job, 0));
    EXPECT(PPO_OK, ppo_job_poll(job, &state, &metrics));
    CHECK(state == PPO_JOB_RUNNING);
    __atomic_store_n(&watched_from_start, 1, __ATOMIC_RELEASE);
    /* The trainer may go; the agent can be had from it while the job works. */
    EXPECT(PPO_OK, ppo_trainer_agent(trainer, &same));
    ppo_trainer_free(trainer);
    EXPECT(PPO_OK, ppo_job_wait(job, PPO_WAIT_FOREVER));
    EXPECT(PPO_OK, ppo_job_wait(job, 10));
    EXPECT(PPO_OK, ppo_job_poll(job, &state, &metrics));
    CHECK(state == PPO_JOB_FINISHED && metrics.update == 60 && heard.updates == 60);
    ppo_job_free(job);
    selecting = 0;
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        CHECK(changes[i] > 0);
    }
    CHECK(gain(agent) > 0.95 && gain(same) == gain(agent));
    /* Stopped: by cancel, by the progress function, by a free. */
    trainer = NULL;
    world = (simulator){0};
    options.progress = NULL;
    config.total_steps = (uint64_t)1 << 40;
    EXPECT(PPO_OK, ppo_trainer_new_host(agent, &environment, &config, &trainer));
    EXPECT(PPO_OK, ppo_job_start(trainer, &options, &job));
    EXPECT(PPO_ERR_TIMEOUT, ppo_job_wait(job, 20));
    EXPECT(PPO_OK, ppo_job_cancel(job));
    EXPECT(PPO_ERR_CANCELLED, ppo_job_wait(job, PPO_WAIT_FOREVER));
    EXPECT(PPO_OK, ppo_job_poll(job, &state, NULL));
    CHECK(state == PPO_JOB_CANCELLED);
    ppo_job_last_error(job, text, sizeof text, NULL);
    CHECK(strstr(text, "stopped by the host") != NULL);
    ppo_job_free(job);
    EXPECT(PPO_OK, ppo_job_start(trainer, &options, &job));
    ppo_job_free(job);
    EXPECT(PPO_OK, ppo_update(trainer, &metrics));
    /* Freed by its own progress function. */
    job = NULL;
    options.progress = free_job;
    options.user = &job;
    EXPECT(PPO_OK, ppo_job_start(trainer, &options, &job));
    while (ppo_update(trainer, &metrics) == PPO_ERR_BUSY) {
    }
    CHECK(job == NULL);
    /* An error of the host's environment ends a job with its words. */
    world.fail_step_at = (int)world.steps + 10;
    options.progress = NULL;
    EXPECT(PPO_OK, ppo_job_start(trainer, &options, &job));
    EXPECT(PPO_ERR_CALLBACK, ppo_job_wait(job, PPO_WAIT_FOREVER));
    EXPECT(PPO_OK, ppo_job_poll(job, &state, NULL));
    CHECK(state == PPO_JOB_FAILED && says("`step` answered 3"));
    ppo_job_free(job);
    ppo_trainer_free(trainer);
    ppo_agent_free(same);
    ppo_agent_free(agent);
}

int main(int argc, char **argv) {
    uint32_t before = 0, after = 0;
    if (argc != 3) {
        return 2;
    }
    /* What the host has set for libtorch is as it was. */
    EXPECT(PPO_OK, ppo_torch_set_threads(2));
    EXPECT(PPO_OK, ppo_torch_threads(&before));
    host_environment(argv[2]);
    host_errors();
    online(argv[2]);
    EXPECT(PPO_OK, ppo_torch_threads(&after));
    CHECK(before == 2 && after == 2);
    jobs();
    return finished("training");
}
