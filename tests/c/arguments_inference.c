/* The exports of inference besides ppo_select_action with what no caller should hand them, and what they answer: the
 * fallback, batches on threads, the export to ONNX. argv: the demo policy, a folder to write to. */
#include "check.h"

#define ROWS 7

static ppo_agent *agent;
static float state[STATE], states[ROWS * STATE];
static double prior[ACTIONS], priors[ROWS * ACTIONS], fallback[ACTIONS], weights[ACTIONS], many[ROWS * ACTIONS];
static char text[4096];
static uint32_t fell_back;

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static void reset(void) {
    input(3, state, prior);
    for (size_t k = 0; k < ROWS; k++) {
        input((unsigned)k, states + k * STATE, priors + k * ACTIONS);
    }
    for (int i = 0; i < ACTIONS; i++) {
        fallback[i] = i == ACTIONS - 1 ? 1.0 : 0.0;
        weights[i] = 7.0;
    }
    for (int i = 0; i < ROWS * ACTIONS; i++) {
        many[i] = 7.0;
    }
    fell_back = 9;
}

static int untouched(void) {
    for (int i = 0; i < ROWS * ACTIONS; i++) {
        if (weights[i % ACTIONS] != 7.0 || many[i] != 7.0) {
            return 0;
        }
    }
    return fell_back == 9;
}

static ppo_status or_with(const ppo_agent *a, const float *s, size_t sn, const double *p, size_t pn, const double *f,
                          size_t fn, double *w, size_t wn, uint32_t *fell) {
    return ppo_select_action_or(a, s, sn, p, pn, f, fn, w, wn, fell);
}

static ppo_status decide(void) {
    return or_with(agent, state, STATE, prior, ACTIONS, fallback, ACTIONS, weights, ACTIONS, &fell_back);
}

static void falling_back(ppo_agent *freed) {
    static const size_t lengths[] = {0, 1, ACTIONS - 1, ACTIONS + 1, SIZE_MAX};
    double bad[3] = {NAN, INFINITY, -INFINITY}, expected[ACTIONS];
    void *wrong[] = {NULL, freed, many};
    reset();
    for (int i = 0; i < 3; i++) {
        EXPECT(i == 0 ? PPO_ERR_NULL_POINTER : PPO_ERR_WRONG_HANDLE,
               or_with(wrong[i], state, STATE, prior, ACTIONS, fallback, ACTIONS, weights, ACTIONS, &fell_back));
    }
    EXPECT(PPO_ERR_NULL_POINTER, or_with(agent, NULL, STATE, prior, ACTIONS, fallback, ACTIONS, weights, ACTIONS,
                                         &fell_back));
    EXPECT(PPO_ERR_NULL_POINTER, or_with(agent, state, STATE, NULL, ACTIONS, fallback, ACTIONS, weights, ACTIONS,
                                         &fell_back));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, or_with(agent, state, STATE, NULL, 0, fallback, ACTIONS, weights, ACTIONS,
                                             &fell_back));
    CHECK(says("`prior` is missing"));
    EXPECT(PPO_ERR_NULL_POINTER, or_with(agent, state, STATE, prior, ACTIONS, NULL, ACTIONS, weights, ACTIONS,
                                         &fell_back));
    CHECK(says("`fallback` is NULL"));
    EXPECT(PPO_ERR_NULL_POINTER, or_with(agent, state, STATE, prior, ACTIONS, fallback, ACTIONS, NULL, ACTIONS,
                                         &fell_back));
    EXPECT(PPO_ERR_NULL_POINTER, or_with(agent, state, STATE, prior, ACTIONS, fallback, ACTIONS, weights, ACTIONS,
                                         NULL));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i];
        EXPECT(PPO_ERR_LENGTH, or_with(agent, state, n, prior, ACTIONS, fallback, ACTIONS, weights, ACTIONS,
                                       &fell_back));
        EXPECT(PPO_ERR_LENGTH, or_with(agent, state, STATE, prior, n, fallback, ACTIONS, weights, ACTIONS,
                                       &fell_back));
        EXPECT(PPO_ERR_LENGTH, or_with(agent, state, STATE, prior, ACTIONS, fallback, n, weights, ACTIONS,
                                       &fell_back));
        EXPECT(PPO_ERR_LENGTH, or_with(agent, state, STATE, prior, ACTIONS, fallback, ACTIONS, weights, n,
                                       &fell_back));
    }
    EXPECT(PPO_ERR_INVALID_ARGUMENT, or_with(agent, state, STATE, prior, ACTIONS, weights, ACTIONS, weights, ACTIONS,
                                             &fell_back));
    CHECK(says("`weights_out` is memory that `fallback` uses"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, or_with(agent, state, STATE, weights, ACTIONS, fallback, ACTIONS, weights,
                                             ACTIONS, &fell_back));
    /* A fallback that is no portfolio is refused on good days too. */
    for (int i = 0; i < 3; i++) {
        reset();
        fallback[4] = bad[i];
        EXPECT(PPO_ERR_NOT_FINITE, decide());
        CHECK(says("`fallback[4]`") && untouched());
    }
    reset();
    fallback[4] = -0.5;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, decide());
    CHECK(says("`fallback[4]`"));
    fallback[4] = 0.25;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, decide());
    CHECK(says("sum to 1.25"));
    reset();
    prior[1] = -0.5;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, decide());
    CHECK(says("prior[1]") && untouched());
    /* Whatever is in a state or a prior that is broken, the answer is the fallback, to the bit. */
    for (int i = 0; i < 6; i++) {
        reset();
        fallback[2] = 0.1;
        fallback[ACTIONS - 1] = 0.9;
        if (i < 3) {
            state[i * 30] = (float)bad[i];
        } else {
            prior[i * 4] = bad[i - 3];
        }
        EXPECT(PPO_OK, decide());
        CHECK(fell_back == 1 && memcmp(weights, fallback, sizeof weights) == 0);
    }
    /* A good one is decided on as ever. */
    reset();
    EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, expected, ACTIONS));
    EXPECT(PPO_OK, decide());
    CHECK(fell_back == 0 && memcmp(weights, expected, sizeof weights) == 0);
}

static ppo_status on_threads(const ppo_agent *a, uint32_t threads, size_t rows, const float *s, size_t sn,
                             const double *p, size_t pn, double *w, size_t wn) {
    return ppo_select_actions_threads(a, threads, rows, s, sn, p, pn, w, wn);
}

static void batches(ppo_agent *freed) {
    static const uint32_t threads[] = {1, 2, 3, ROWS, 200};
    double expected[ROWS * ACTIONS];
    reset();
    EXPECT(PPO_ERR_NULL_POINTER, on_threads(NULL, 2, ROWS, states, ROWS * STATE, priors, ROWS * ACTIONS, many,
                                            ROWS * ACTIONS));
    EXPECT(PPO_ERR_WRONG_HANDLE, on_threads(freed, 2, ROWS, states, ROWS * STATE, priors, ROWS * ACTIONS, many,
                                            ROWS * ACTIONS));
    EXPECT(PPO_ERR_NULL_POINTER, on_threads(agent, 2, ROWS, NULL, ROWS * STATE, priors, ROWS * ACTIONS, many,
                                            ROWS * ACTIONS));
    EXPECT(PPO_ERR_NULL_POINTER, on_threads(agent, 2, ROWS, states, ROWS * STATE, NULL, ROWS * ACTIONS, many,
                                            ROWS * ACTIONS));
    EXPECT(PPO_ERR_NULL_POINTER, on_threads(agent, 2, ROWS, states, ROWS * STATE, priors, ROWS * ACTIONS, NULL,
                                            ROWS * ACTIONS));
    EXPECT(PPO_ERR_LENGTH, on_threads(agent, 2, ROWS, states, STATE, priors, ROWS * ACTIONS, many, ROWS * ACTIONS));
    EXPECT(PPO_ERR_LENGTH, on_threads(agent, 2, ROWS, states, ROWS * STATE, priors, ACTIONS, many, ROWS * ACTIONS));
    EXPECT(PPO_ERR_LENGTH, on_threads(agent, 2, ROWS, states, ROWS * STATE, priors, ROWS * ACTIONS, many, ACTIONS));
    EXPECT(PPO_ERR_LENGTH, on_threads(agent, 2, SIZE_MAX, states, ROWS * STATE, priors, ROWS * ACTIONS, many,
                                      ROWS * ACTIONS));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, on_threads(agent, 0, ROWS, states, ROWS * STATE, priors, ROWS * ACTIONS, many,
                                                ROWS * ACTIONS));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, on_threads(agent, 257, ROWS, states, ROWS * STATE, priors, ROWS * ACTIONS, many,
                                                ROWS * ACTIONS));
    CHECK(says("`threads` is 257, expected 1 to 256"));
    EXPECT(PPO_OK, on_threads(agent, 2, 0, NULL, 0, NULL, 0, NULL, 0));
    states[(ROWS - 1) * STATE + 2] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, on_threads(agent, 2, ROWS, states, ROWS * STATE, priors, ROWS * ACTIONS, many,
                                          ROWS * ACTIONS));
    CHECK(says("`states[6][2]`") && untouched());
    reset();
    for (size_t k = 0; k < ROWS; k++) {
        EXPECT(PPO_OK, ppo_select_action(agent, states + k * STATE, STATE, priors + k * ACTIONS, ACTIONS,
                                         expected + k * ACTIONS, ACTIONS));
    }
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        reset();
        EXPECT(PPO_OK, on_threads(agent, threads[i], ROWS, states, ROWS * STATE, priors, ROWS * ACTIONS, many,
                                  ROWS * ACTIONS));
        CHECK(memcmp(many, expected, sizeof many) == 0);
    }
}

/* Why a decision is what it is: the text is whole or not there, and only what can be decided in is explained. */
static void explaining(ppo_agent *freed) {
    static char json[1 << 18];
    size_t needed = 0;
    reset();
    EXPECT(PPO_ERR_NULL_POINTER, ppo_explain_action_json(NULL, state, STATE, prior, ACTIONS, json, sizeof json, &needed));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_explain_action_json(freed, state, STATE, prior, ACTIONS, json, sizeof json, &needed));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_explain_action_json(agent, NULL, STATE, prior, ACTIONS, json, sizeof json, &needed));
    EXPECT(PPO_ERR_LENGTH, ppo_explain_action_json(agent, state, STATE - 1, prior, ACTIONS, json, sizeof json, &needed));
    EXPECT(PPO_ERR_LENGTH, ppo_explain_action_json(agent, state, STATE, prior, ACTIONS - 1, json, sizeof json, &needed));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_explain_action_json(agent, state, STATE, prior, ACTIONS, NULL, 0, NULL));
    state[2] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_explain_action_json(agent, state, STATE, prior, ACTIONS, json, sizeof json, &needed));
    CHECK(says("state[2]") && needed == 0 && json[0] == 0);
    reset();
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_explain_action_json(agent, state, STATE, prior, ACTIONS, json, 2, &needed));
    CHECK(needed > 2 && needed <= sizeof json && json[0] == 0);
    EXPECT(PPO_OK, ppo_explain_action_json(agent, state, STATE, prior, ACTIONS, json, needed, &needed));
    CHECK(strlen(json) + 1 == needed && strncmp(json, "{\"weights\":[", 12) == 0);
    CHECK(strstr(json, "\"at_mean\":[") != NULL && strstr(json, "\"block\":\"volatility\",\"moves\":[") != NULL);
}

/* Members of one spec decide together; who is alone does not disagree. */
static void deciding_together(ppo_agent *freed) {
    ppo_agent *untrained = NULL, *pair = NULL, *three = NULL;
    static char spec[1 << 16];
    double alone[ACTIONS], other[ACTIONS], together[ACTIONS], turnover = 0, disagreement = -1;
    size_t count = 0, needed = 0;
    ppo_config config;
    reset();
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_agent_spec_json(agent, spec, sizeof spec, &needed));
    EXPECT(PPO_OK, ppo_agent_new(spec, &config, &untrained));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_with_member(NULL, untrained, &pair));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_with_member(agent, NULL, &pair));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_with_member(agent, untrained, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_agent_with_member(agent, freed, &pair));
    CHECK(pair == NULL);
    EXPECT(PPO_OK, ppo_agent_with_member(agent, untrained, &pair));
    EXPECT(PPO_OK, ppo_agent_with_member(pair, agent, &three));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_member_count(NULL, &count));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_agent_member_count(pair, NULL));
    EXPECT(PPO_OK, ppo_agent_member_count(three, &count));
    CHECK(count == 3);
    EXPECT(PPO_OK, ppo_agent_member_count(agent, &count));
    CHECK(count == 1);
    EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, alone, ACTIONS));
    EXPECT(PPO_OK, ppo_select_action(untrained, state, STATE, prior, ACTIONS, other, ACTIONS));
    EXPECT(PPO_OK, ppo_select_action(pair, state, STATE, prior, ACTIONS, together, ACTIONS));
    for (size_t i = 0; i < ACTIONS; i++) {
        CHECK(fabs(together[i] - 0.5 * (alone[i] + other[i])) < 1e-15);
        turnover += 0.25 * fabs(alone[i] - other[i]);
    }
    EXPECT(PPO_ERR_NULL_POINTER, ppo_disagreement(NULL, state, STATE, prior, ACTIONS, &disagreement));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_disagreement(freed, state, STATE, prior, ACTIONS, &disagreement));
    EXPECT(PPO_ERR_LENGTH, ppo_disagreement(pair, state, STATE - 1, prior, ACTIONS, &disagreement));
    EXPECT(PPO_ERR_LENGTH, ppo_disagreement(pair, state, STATE, prior, ACTIONS - 1, &disagreement));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_disagreement(pair, state, STATE, prior, ACTIONS, NULL));
    state[2] = NAN;
    EXPECT(PPO_ERR_NOT_FINITE, ppo_disagreement(pair, state, STATE, prior, ACTIONS, &disagreement));
    reset();
    CHECK(disagreement == -1);
    EXPECT(PPO_OK, ppo_disagreement(pair, state, STATE, prior, ACTIONS, &disagreement));
    CHECK(turnover > 0 && fabs(disagreement - turnover) < 1e-15);
    EXPECT(PPO_OK, ppo_disagreement(agent, state, STATE, prior, ACTIONS, &disagreement));
    CHECK(disagreement == 0);
    ppo_agent_free(three);
    ppo_agent_free(pair);
    ppo_agent_free(untrained);
}

static void exporting(ppo_agent *freed, const char *folder) {
    char path[1024];
    FILE *file;
    snprintf(path, sizeof path, "%s/policy.onnx", folder);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_export_onnx(NULL, path));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_export_onnx(freed, path));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_export_onnx(agent, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_export_onnx(agent, ""));
    EXPECT(PPO_ERR_IO, ppo_export_onnx(agent, folder));
    CHECK(says("cannot write"));
    CHECK(fopen(path, "rb") == NULL);
    EXPECT(PPO_OK, ppo_export_onnx(agent, path));
    file = fopen(path, "rb");
    /* IR version 8, then the producer: the fields that ModelProto starts with. */
    CHECK(file != NULL && fread(text, 1, 12, file) == 12 && memcmp(text, "\x08\x08\x12\x08ppo_risk", 12) == 0);
    if (file != NULL) {
        fclose(file);
    }
}

int main(int argc, char **argv) {
    ppo_agent *freed = NULL;
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_agent_clone(agent, &freed));
    ppo_agent_free(freed);
    falling_back(freed);
    batches(freed);
    explaining(freed);
    deciding_together(freed);
    exporting(freed, argv[2]);
    ppo_agent_free(agent);
    return finished("arguments_inference");
}
