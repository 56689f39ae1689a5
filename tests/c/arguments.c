/* Every export of the library, agents and random streams with what no caller should hand it. argv: the demo policy, a folder to write to. */
#include "check.h"

static ppo_agent *agent, *freed_agent, *plain;
static ppo_random *stream, *freed_stream;
static float state[STATE], action[ACTIONS];
static double prior[ACTIONS], weights[ACTIONS];
static char text[4096];
static unsigned char zeros[256];

/* No handles of the wanted kind, with what using one is answered. */
static struct {
    void *pointer;
    ppo_status answer;
} bad_agents[5], bad_streams[5];
#define BAD 5

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {\"distribution\": \"dirichlet\", \"cash\": true},"
    " \"network\": {\"mlp\": {\"hidden\": [8], \"activation\": \"tanh\", \"shared_trunk\": true}}}";

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static int untouched(void) {
    for (int i = 0; i < ACTIONS; i++) {
        if (weights[i] != 7.0 || action[i] != 7.0f) {
            return 0;
        }
    }
    return 1;
}

static void reset(void) {
    input(3, state, prior);
    for (int i = 0; i < ACTIONS; i++) {
        weights[i] = 7.0;
        action[i] = 7.0f;
    }
}

static ppo_status select_with(const float *s, size_t sn, const double *p, size_t pn, double *w, size_t wn) {
    return ppo_select_action(agent, s, sn, p, pn, w, wn);
}

static void handles(void) {
    size_t size = 77;
    uint32_t precision = 7;
    double number = 7.0;
    ppo_agent *other = NULL;
    ppo_random *copy = NULL;
    for (int i = 0; i < BAD; i++) {
        ppo_agent *bad = bad_agents[i].pointer;
        ppo_status answer = bad_agents[i].answer;
        reset();
        EXPECT(answer, ppo_select_action(bad, state, STATE, prior, ACTIONS, weights, ACTIONS));
        EXPECT(answer, ppo_select_actions(bad, 1, state, STATE, prior, ACTIONS, weights, ACTIONS));
        EXPECT(answer, ppo_sample_action(bad, stream, state, STATE, prior, ACTIONS, action, ACTIONS, weights, ACTIONS,
                                         &number));
        EXPECT(answer, ppo_evaluate_action(bad, state, STATE, prior, ACTIONS, action, ACTIONS, &number, &number,
                                           &number));
        EXPECT(answer, ppo_value(bad, state, STATE, &number));
        EXPECT(answer, ppo_save(bad, "nowhere"));
        EXPECT(answer, ppo_save_bytes(bad, zeros, sizeof zeros, &size));
        EXPECT(answer, ppo_agent_clone(bad, &other));
        EXPECT(answer, ppo_agent_set_precision(bad, PPO_PRECISION_BF16));
        EXPECT(answer, ppo_agent_precision(bad, &precision));
        EXPECT(answer, ppo_agent_asset_count(bad, &size));
        EXPECT(answer, ppo_agent_action_len(bad, &size));
        EXPECT(answer, ppo_agent_score_len(bad, &size));
        EXPECT(answer, ppo_agent_state_len(bad, &size));
        EXPECT(answer, ppo_agent_prior_len(bad, &size));
        EXPECT(answer, ppo_agent_asset_name(bad, 0, text, sizeof text, &size));
        EXPECT(answer, ppo_agent_spec_json(bad, text, sizeof text, &size));
        EXPECT(answer, ppo_agent_provenance_json(bad, text, sizeof text, &size));
        EXPECT(answer, ppo_agent_last_error(bad, text, sizeof text, &size));
        CHECK(untouched() && size == 77 && number == 7.0 && other == NULL && zeros[0] == 0 && precision == 7);
    }
    for (int i = 0; i < BAD; i++) {
        ppo_random *bad = bad_streams[i].pointer;
        ppo_status answer = bad_streams[i].answer;
        EXPECT(answer, ppo_sample_action(agent, bad, state, STATE, prior, ACTIONS, action, ACTIONS, weights, ACTIONS,
                                         &number));
        EXPECT(answer, ppo_random_clone(bad, &copy));
        EXPECT(answer, ppo_random_state_json(bad, text, sizeof text, &size));
        EXPECT(answer, ppo_random_last_error(bad, text, sizeof text, &size));
        CHECK(untouched() && size == 77 && number == 7.0 && copy == NULL);
    }
    /* Freeing: NULL is fine; what is no live handle is left alone, and said so. */
    ppo_agent_free(NULL);
    ppo_random_free(NULL);
    for (int i = 1; i < BAD; i++) {
        ppo_agent_free(bad_agents[i].pointer);
        CHECK(says("ppo_agent_free: `agent` is no live agent"));
        ppo_random_free(bad_streams[i].pointer);
        CHECK(says("ppo_random_free: `random` is no live random"));
    }
    EXPECT(PPO_OK, ppo_agent_asset_count(agent, &size));
    EXPECT(PPO_OK, ppo_random_clone(stream, &copy));
    ppo_random_free(copy);
}

static void decisions(void) {
    static const size_t lengths[] = {0, 1, STATE - 1, STATE + 1, 2 * STATE, SIZE_MAX, SIZE_MAX / 8 + 1};
    static const size_t few[] = {0, 1, ACTIONS - 1, ACTIONS + 1, SIZE_MAX, SIZE_MAX / 8 + 1};
    double number = 7.0, bad[3] = {NAN, INFINITY, -INFINITY};
    reset();
    EXPECT(PPO_ERR_NULL_POINTER, select_with(NULL, STATE, prior, ACTIONS, weights, ACTIONS));
    CHECK(says("ppo_select_action: `state` is NULL"));
    EXPECT(PPO_ERR_NULL_POINTER, select_with(NULL, 0, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_ERR_NULL_POINTER, select_with(state, STATE, NULL, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, select_with(state, STATE, NULL, 0, weights, ACTIONS));
    CHECK(says("`prior` is missing"));
    EXPECT(PPO_ERR_NULL_POINTER, select_with(state, STATE, prior, ACTIONS, NULL, ACTIONS));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_select_actions(agent, 1, NULL, STATE, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_select_actions(agent, 1, state, STATE, NULL, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_select_actions(agent, 1, state, STATE, prior, ACTIONS, NULL, ACTIONS));
    EXPECT(PPO_ERR_LENGTH, ppo_select_actions(agent, 2, state, STATE, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_ERR_LENGTH, ppo_select_actions(agent, SIZE_MAX, state, STATE, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_OK, ppo_select_actions(agent, 0, NULL, 0, NULL, 0, NULL, 0));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_sample_action(agent, stream, NULL, STATE, prior, ACTIONS, action, ACTIONS,
                                                   weights, ACTIONS, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_sample_action(agent, stream, state, STATE, NULL, ACTIONS, action, ACTIONS,
                                                   weights, ACTIONS, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, NULL, ACTIONS,
                                                   weights, ACTIONS, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS,
                                                   NULL, ACTIONS, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_value(agent, NULL, STATE, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_value(agent, state, STATE, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_evaluate_action(agent, NULL, STATE, prior, ACTIONS, action, ACTIONS, &number,
                                                     NULL, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_evaluate_action(agent, state, STATE, NULL, ACTIONS, action, ACTIONS, &number,
                                                     NULL, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, NULL, ACTIONS, &number,
                                                     NULL, NULL));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i];
        EXPECT(PPO_ERR_LENGTH, select_with(state, n, prior, ACTIONS, weights, ACTIONS));
        EXPECT(PPO_ERR_LENGTH, ppo_select_actions(agent, 1, state, n, prior, ACTIONS, weights, ACTIONS));
        EXPECT(PPO_ERR_LENGTH, ppo_value(agent, state, n, &number));
        EXPECT(PPO_ERR_LENGTH, ppo_sample_action(agent, stream, state, n, prior, ACTIONS, action, ACTIONS, NULL, 0,
                                                 NULL));
        EXPECT(PPO_ERR_LENGTH, ppo_evaluate_action(agent, state, n, prior, ACTIONS, action, ACTIONS, &number, NULL,
                                                   NULL));
    }
    for (size_t i = 0; i < sizeof few / sizeof *few; i++) {
        size_t n = few[i];
        EXPECT(PPO_ERR_LENGTH, select_with(state, STATE, prior, n, weights, ACTIONS));
        EXPECT(PPO_ERR_LENGTH, select_with(state, STATE, prior, ACTIONS, weights, n));
        EXPECT(PPO_ERR_LENGTH, ppo_select_actions(agent, 1, state, STATE, prior, n, weights, ACTIONS));
        EXPECT(PPO_ERR_LENGTH, ppo_select_actions(agent, 1, state, STATE, prior, ACTIONS, weights, n));
        EXPECT(PPO_ERR_LENGTH, ppo_sample_action(agent, stream, state, STATE, prior, n, action, ACTIONS, NULL, 0,
                                                 NULL));
        EXPECT(PPO_ERR_LENGTH, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, n, NULL, 0,
                                                 NULL));
        EXPECT(PPO_ERR_LENGTH, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS,
                                                 weights, n, NULL));
        EXPECT(PPO_ERR_LENGTH, ppo_evaluate_action(agent, state, STATE, prior, n, action, ACTIONS, &number, NULL,
                                                   NULL));
        EXPECT(PPO_ERR_LENGTH, ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, action, n, &number, NULL,
                                                   NULL));
    }
    CHECK(says("`action` has"));
    for (int i = 0; i < 3; i++) {
        reset();
        state[5] = (float)bad[i];
        EXPECT(PPO_ERR_NOT_FINITE, select_with(state, STATE, prior, ACTIONS, weights, ACTIONS));
        CHECK(says("state[5]"));
        EXPECT(PPO_ERR_NOT_FINITE, ppo_select_actions(agent, 1, state, STATE, prior, ACTIONS, weights, ACTIONS));
        EXPECT(PPO_ERR_NOT_FINITE, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS,
                                                     weights, ACTIONS, &number));
        EXPECT(PPO_ERR_NOT_FINITE, ppo_value(agent, state, STATE, &number));
        EXPECT(PPO_ERR_NOT_FINITE, ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, action, ACTIONS, &number,
                                                       NULL, NULL));
        reset();
        prior[2] = bad[i];
        EXPECT(PPO_ERR_NOT_FINITE, select_with(state, STATE, prior, ACTIONS, weights, ACTIONS));
        EXPECT(PPO_ERR_NOT_FINITE, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS,
                                                     weights, ACTIONS, &number));
        CHECK(untouched());
        reset();
        action[4] = (float)bad[i];
        EXPECT(PPO_ERR_NOT_FINITE, ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, action, ACTIONS, &number,
                                                       NULL, NULL));
        action[4] = 7.0f;
    }
    reset();
    prior[1] = -0.5;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, select_with(state, STATE, prior, ACTIONS, weights, ACTIONS));
    reset();
    /* Memory that two arrays share. */
    EXPECT(PPO_ERR_INVALID_ARGUMENT, select_with(state, STATE, weights, ACTIONS, weights, ACTIONS));
    CHECK(says("`weights_out` is memory that `prior` uses"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, select_with((float *)(void *)weights, STATE, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS,
                                                       (float *)(void *)weights, ACTIONS, weights, ACTIONS, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT,
           select_with((float *)(void *)((char *)state + 1), STATE, prior, ACTIONS, weights, ACTIONS));
    CHECK(says("misaligned"));
    CHECK(untouched() && number == 7.0);
    /* An error in a later row leaves the earlier ones alone. */
    {
        float states[2 * STATE];
        double priors[2 * ACTIONS], both[2 * ACTIONS];
        input(1, states, priors);
        input(2, states + STATE, priors + ACTIONS);
        states[STATE + 9] = NAN;
        both[0] = 7.0;
        EXPECT(PPO_ERR_NOT_FINITE,
               ppo_select_actions(agent, 2, states, 2 * STATE, priors, 2 * ACTIONS, both, 2 * ACTIONS));
        CHECK(says("`states[1][9]`") && both[0] == 7.0);
    }
    /* A policy without a prior refuses one. */
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_select_action(plain, state, 7, prior, 3, weights, 3));
    EXPECT(PPO_OK, ppo_select_action(plain, state, 7, NULL, 0, weights, 3));
    /* The handle has its last failure's words too. */
    ppo_agent_last_error(plain, text, sizeof text, NULL);
    CHECK(strstr(text, "`prior` is given") != NULL);
}

static void making(const char *model, const char *folder) {
    ppo_agent *made = NULL;
    ppo_random *drawn = NULL;
    ppo_config config;
    char path[1024];
    size_t size = 77;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_new(NULL, NULL, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_new(SPEC, NULL, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_new("", NULL, &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_new("{}", NULL, &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_new("{\"assets\": 1}", NULL, &made));
    CHECK(says("spec_json: assets"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_new("\xff\xfe", NULL, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_config_init(NULL, sizeof config));
    EXPECT(PPO_ERR_VERSION, ppo_config_init(&config, 0));
    EXPECT(PPO_ERR_VERSION, ppo_config_init(&config, sizeof config - 1));
    EXPECT(PPO_OK, ppo_config_init(&config, 32));
    EXPECT(PPO_ERR_VERSION, ppo_config_init(&config, SIZE_MAX));
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    CHECK(config.struct_size == sizeof config && config.seed == 0 && config.log_std_init == -1.2
          && config.kappa_init == 20.0 && config.reserved == 0);
    config.reserved = 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_new(SPEC, &config, &made));
    config.reserved = 0;
    config.kappa_init = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_agent_new(SPEC, &config, &made));
    CHECK(says("kappa_init"));
    config.kappa_init = -1.0;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_new(SPEC, &config, &made));
    config.kappa_init = 20.0;
    config.struct_size = 8;
    EXPECT(PPO_ERR_VERSION, ppo_agent_new(SPEC, &config, &made));
    {
        /* A newer header's struct: fine while what this library does not know is zero. */
        struct {
            ppo_config known;
            double later[2];
        } newer;
        memset(&newer, 0xff, sizeof newer);
        EXPECT(PPO_OK, ppo_config_init(&newer.known, sizeof newer));
        CHECK(newer.known.struct_size == sizeof newer && newer.later[1] == 0.0);
        EXPECT(PPO_OK, ppo_agent_new(SPEC, &newer.known, &made));
        ppo_agent_free(made);
        made = NULL;
        newer.later[1] = 0.5;
        EXPECT(PPO_ERR_VERSION, ppo_agent_new(SPEC, &newer.known, &made));
    }
    EXPECT(PPO_ERR_NULL_POINTER, ppo_load(NULL, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_load(model, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_load("", &made));
    EXPECT(PPO_ERR_IO, ppo_load("no/such/file", &made));
    EXPECT(PPO_ERR_FILE, ppo_load(folder, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_load_bytes(NULL, 8, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_load_bytes(zeros, 8, NULL));
    EXPECT(PPO_ERR_FILE, ppo_load_bytes(zeros, 0, &made));
    EXPECT(PPO_ERR_FILE, ppo_load_bytes(zeros, sizeof zeros, &made));
    EXPECT(PPO_ERR_LENGTH, ppo_load_bytes(zeros, SIZE_MAX, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_save(agent, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_save(agent, ""));
    EXPECT(PPO_ERR_IO, ppo_save(agent, folder));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_clone(agent, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_set_precision(agent, 2));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_set_precision(agent, UINT32_MAX));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_precision(agent, NULL));
    {
        uint32_t precision = 7;
        EXPECT(PPO_OK, ppo_agent_precision(agent, &precision));
        CHECK(precision == PPO_PRECISION_F32);
        EXPECT(PPO_OK, ppo_agent_clone(agent, &made));
        EXPECT(PPO_OK, ppo_agent_set_precision(made, PPO_PRECISION_BF16));
        EXPECT(PPO_OK, ppo_agent_precision(made, &precision));
        CHECK(precision == PPO_PRECISION_BF16);
        ppo_agent_free(made);
        made = NULL;
    }
    EXPECT(PPO_ERR_NULL_POINTER, ppo_random_restore(NULL, &drawn));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_random_restore("{}", NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_random_restore("{}", &drawn));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_random_restore("{\"s\": [1, 2, 3]}", &drawn));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_random_restore("{\"s\": [1, 2, 3, -4]}", &drawn));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_random_restore("{\"s\": [0, 0, 0, 0]}", &drawn));
    CHECK(says("all zeros"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_random_state_json(stream, NULL, 8, &size));
    {
        char state[256], again[256];
        EXPECT(PPO_OK, ppo_random_state_json(stream, state, sizeof state, NULL));
        EXPECT(PPO_OK, ppo_random_restore(state, &drawn));
        EXPECT(PPO_OK, ppo_random_state_json(drawn, again, sizeof again, NULL));
        CHECK(strcmp(state, again) == 0);
        ppo_random_free(drawn);
        drawn = NULL;
    }
    EXPECT(PPO_ERR_NULL_POINTER, ppo_random_new(1, 0, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_random_clone(stream, NULL));
    CHECK(made == NULL && drawn == NULL);
    /* Bytes and file are the same policy, to the byte. */
    EXPECT(PPO_ERR_NULL_POINTER, ppo_save_bytes(agent, NULL, 10, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_save_bytes(agent, NULL, 0, NULL));
    CHECK(size == 77);
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_save_bytes(agent, zeros, sizeof zeros, &size));
    CHECK(size > sizeof zeros && zeros[0] == 0);
    EXPECT(PPO_OK, ppo_save_bytes(agent, NULL, 0, &size));
    {
        unsigned char *bytes = malloc(size), *again = malloc(size + 1);
        FILE *file;
        CHECK(bytes != NULL && again != NULL);
        EXPECT(PPO_OK, ppo_save_bytes(agent, bytes, size, NULL));
        snprintf(path, sizeof path, "%s/saved.safetensors", folder);
        EXPECT(PPO_OK, ppo_save(agent, path));
        file = fopen(path, "rb");
        CHECK(file != NULL && fread(again, 1, size + 1, file) == size && memcmp(bytes, again, size) == 0);
        fclose(file);
        EXPECT(PPO_OK, ppo_load_bytes(bytes, size, &made));
        ppo_agent_free(made);
        made = NULL;
        bytes[size / 2] ^= 1;
        EXPECT(PPO_ERR_FILE, ppo_load_bytes(bytes, size, &made));
        CHECK(says("sha256") && made == NULL);
        free(bytes);
        free(again);
    }
}

static void asking(void) {
    size_t size = 77, count;
    char small[4] = "abc";
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_asset_count(agent, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_action_len(agent, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_score_len(agent, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_state_len(agent, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_prior_len(agent, NULL));
    EXPECT(PPO_OK, ppo_agent_asset_count(agent, &count));
    CHECK(count == ASSETS);
    EXPECT(PPO_OK, ppo_agent_action_len(agent, &count));
    CHECK(count == ACTIONS);
    EXPECT(PPO_OK, ppo_agent_state_len(agent, &count));
    CHECK(count == STATE);
    EXPECT(PPO_OK, ppo_agent_prior_len(agent, &count));
    CHECK(count == ACTIONS);
    EXPECT(PPO_OK, ppo_agent_prior_len(plain, &count));
    CHECK(count == 0);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_asset_name(agent, ASSETS, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_asset_name(agent, 0, NULL, 10, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_asset_name(agent, 0, NULL, 0, NULL));
    CHECK(size == 77);
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_agent_asset_name(agent, 0, small, sizeof small, &size));
    CHECK(size == 5 && strcmp(small, "abc") == 0);
    EXPECT(PPO_OK, ppo_agent_asset_name(agent, 0, text, 5, &size));
    CHECK(strcmp(text, "AAPL") == 0);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_spec_json(agent, NULL, 1, NULL));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_agent_spec_json(agent, small, sizeof small, NULL));
    EXPECT(PPO_OK, ppo_agent_spec_json(agent, text, sizeof text, &size));
    CHECK(strlen(text) + 1 == size && strstr(text, "\"AAPL\"") != NULL);
    {
        /* What a policy is, given back, makes one like it. */
        ppo_agent *like = NULL;
        char again[4096];
        EXPECT(PPO_OK, ppo_agent_new(text, NULL, &like));
        EXPECT(PPO_OK, ppo_agent_spec_json(like, again, sizeof again, NULL));
        CHECK(strcmp(text, again) == 0);
        ppo_agent_free(like);
    }
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_provenance_json(agent, NULL, 1, NULL));
    EXPECT(PPO_OK, ppo_agent_provenance_json(agent, NULL, 0, &size));
    CHECK(size > 10);
    EXPECT(PPO_OK, ppo_agent_provenance_json(plain, text, sizeof text, NULL));
    CHECK(strncmp(text, "{\"seed\":", 8) == 0);
}

static int lines;
static ppo_status inner = 1;

static void listen(uint32_t level, const char *message, void *user) {
    ppo_random *other = NULL;
    lines++;
    CHECK(user == &lines && level >= PPO_LOG_ERROR && level <= PPO_LOG_DEBUG && strlen(message) > 0);
    /* Other calls are fine from here, this one is not. */
    EXPECT(PPO_ERR_NULL_POINTER, ppo_value(agent, state, STATE, NULL));
    EXPECT(PPO_OK, ppo_random_new(1, 2, &other));
    ppo_random_free(other);
    inner = ppo_set_log(PPO_LOG_DEBUG, listen, user);
}

static void library(void) {
    char small[6];
    size_t size = 0;
    double number;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_value(agent, state, STATE, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_last_error(NULL, 5, &size));
    EXPECT(PPO_OK, ppo_last_error(NULL, 0, NULL));
    EXPECT(PPO_OK, ppo_last_error(NULL, 0, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_last_error(small, sizeof small, NULL));
    CHECK(strcmp(small, "ppo_v") == 0);
    EXPECT(PPO_OK, ppo_last_error(text, sizeof text, NULL));
    CHECK(strlen(text) + 1 == size && strstr(text, "ppo_value: `value` is NULL") == text);
    /* A call that succeeds leaves the words. */
    EXPECT(PPO_OK, ppo_value(agent, state, STATE, &number));
    CHECK(says("ppo_value: `value` is NULL"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_last_error(agent, NULL, 5, NULL));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_agent_last_error(agent, small, sizeof small, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_random_last_error(stream, NULL, 5, NULL));
    EXPECT(PPO_OK, ppo_random_last_error(stream, text, sizeof text, NULL));
    CHECK(ppo_version_number() == PPO_VERSION_NUMBER && strlen(ppo_version()) >= 5);
    CHECK((ppo_features() & ~(uint32_t)PPO_FEATURE_TRAIN) == 0);
    CHECK(strcmp(ppo_status_name(PPO_ERR_BUSY), "PPO_ERR_BUSY") == 0);
    CHECK(strcmp(ppo_status_name(1), "unknown status") == 0);
    CHECK(strcmp(ppo_status_name(INT32_MIN), "unknown status") == 0);
    /* The log: silent until asked for, every failed call at the lowest level, errors alone at the highest. */
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_set_log(5, listen, &lines));
    EXPECT(PPO_OK, ppo_set_log(PPO_LOG_DEBUG, listen, &lines));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_value(agent, state, STATE, NULL));
    CHECK(lines == 1 && inner == PPO_ERR_BUSY);
    EXPECT(PPO_OK, ppo_set_log(PPO_LOG_ERROR, listen, &lines));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_value(agent, state, STATE, NULL));
    CHECK(lines == 1);
    ppo_agent_free(freed_agent);
    CHECK(lines == 2);
    EXPECT(PPO_OK, ppo_set_log(PPO_LOG_DEBUG, NULL, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_value(agent, state, STATE, NULL));
    CHECK(lines == 2);
}

int main(int argc, char **argv) {
    ppo_agent *clone = NULL;
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &plain));
    EXPECT(PPO_OK, ppo_agent_clone(agent, &freed_agent));
    EXPECT(PPO_OK, ppo_random_new(1, 0, &stream));
    EXPECT(PPO_OK, ppo_random_new(1, 0, &freed_stream));
    ppo_agent_free(freed_agent);
    ppo_random_free(freed_stream);
    bad_agents[0].answer = bad_streams[0].answer = PPO_ERR_NULL_POINTER;
    for (int i = 1; i < BAD; i++) {
        bad_agents[i].answer = bad_streams[i].answer = PPO_ERR_WRONG_HANDLE;
    }
    bad_agents[1].pointer = stream;
    bad_streams[1].pointer = agent;
    bad_agents[2].pointer = freed_agent;
    bad_streams[2].pointer = freed_stream;
    bad_agents[3].pointer = bad_streams[3].pointer = zeros;
    bad_agents[4].pointer = bad_streams[4].pointer = zeros + 1;
    handles();
    decisions();
    making(argv[1], argv[2]);
    asking();
    library();
    /* A clone outlives the agent it was made from. */
    reset();
    EXPECT(PPO_OK, ppo_agent_clone(agent, &clone));
    ppo_agent_free(agent);
    EXPECT(PPO_OK, ppo_select_action(clone, state, STATE, prior, ACTIONS, weights, ACTIONS));
    ppo_agent_free(clone);
    ppo_agent_free(plain);
    ppo_random_free(stream);
    return finished("arguments");
}
