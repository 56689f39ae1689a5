/* A host as it was written for the first header: every function of it, with the struct as small as it was. Compiled
 * against abi/first/ppo_risk.h and run with today's library. argv: the demo policy, a folder to write to. */
#include "check.h"

static uint32_t lines;

static void listen(uint32_t level, const char *message, void *user) {
    CHECK(level >= PPO_LOG_ERROR && level <= PPO_LOG_DEBUG && message[0] != '\0');
    ++*(uint32_t *)user;
}

/* The configuration of the first header, with a guard behind it that nobody writes to. */
struct guarded {
    ppo_config config;
    unsigned char guard[64];
};

static void make_from_scratch(void) {
    static const char *spec =
        "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 3, \"account\": false, \"columns\": []}, "
        "\"action\": {\"distribution\": \"gaussian\"}, \"network\": {\"scorer\": {\"hidden\": [4]}}}";
    struct guarded guarded;
    ppo_config *config = &guarded.config;
    ppo_agent *one = NULL, *other = NULL;
    uint8_t bytes[2][16384];
    size_t sizes[2] = {0, 0};
    printf("ppo_config: %s\n", sizeof *config == 32 ? "32" : "larger");
    memset(&guarded, 0xA5, sizeof guarded);
    EXPECT(PPO_OK, ppo_config_init(config, sizeof *config));
    for (size_t i = 0; i < sizeof guarded.guard; i++) {
        CHECK(guarded.guard[i] == 0xA5);
    }
    CHECK(config->struct_size == sizeof *config && config->reserved == 0 && config->seed == 0);
    CHECK(config->log_std_init == -1.2 && config->kappa_init == 20.0);
    config->seed = 7;
    EXPECT(PPO_OK, ppo_agent_new(spec, config, &one));
    EXPECT(PPO_OK, ppo_agent_new(spec, NULL, &other));
    EXPECT(PPO_OK, ppo_save_bytes(one, bytes[0], sizeof bytes[0], &sizes[0]));
    EXPECT(PPO_OK, ppo_save_bytes(other, bytes[1], sizeof bytes[1], &sizes[1]));
    CHECK(sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) != 0); /* the seed arrived */
    config->log_std_init = 21.0;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_agent_new(spec, config, &one));
    ppo_agent_free(one);
    ppo_agent_free(other);
}

static void decide(const ppo_agent *agent, const ppo_agent *again) {
    ppo_random *stream = NULL, *copy = NULL;
    float state[2 * STATE], action[ACTIONS], same[ACTIONS];
    double prior[2 * ACTIONS], weights[ACTIONS], others[ACTIONS], rows[2 * ACTIONS], sum = 0.0;
    double log_prob, evaluated, entropy, value, critic;
    char words[256];
    size_t needed = 0;
    input(1, state, prior);
    input(2, state + STATE, prior + ACTIONS);
    EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_OK, ppo_select_action(again, state, STATE, prior, ACTIONS, others, ACTIONS));
    CHECK(memcmp(weights, others, sizeof weights) == 0);
    EXPECT(PPO_OK, ppo_select_actions(agent, 2, state, 2 * STATE, prior, 2 * ACTIONS, rows, 2 * ACTIONS));
    CHECK(memcmp(weights, rows, sizeof weights) == 0);
    for (int i = 0; i < ACTIONS; i++) {
        sum += weights[i];
    }
    CHECK(fabs(sum - 1.0) < 1e-9);
    EXPECT(PPO_OK, ppo_random_new(1, 2, &stream));
    EXPECT(PPO_OK, ppo_random_clone(stream, &copy));
    EXPECT(PPO_OK, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS, NULL, 0, &log_prob));
    EXPECT(PPO_OK, ppo_sample_action(agent, copy, state, STATE, prior, ACTIONS, same, ACTIONS, NULL, 0, NULL));
    CHECK(memcmp(action, same, sizeof action) == 0);
    EXPECT(PPO_OK, ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, action, ACTIONS, &evaluated, &entropy,
                                       &value));
    CHECK(evaluated == log_prob);
    EXPECT(PPO_OK, ppo_value(agent, state, STATE, &critic));
    CHECK(critic == value);
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_sample_action(agent, (ppo_random *)agent, state, STATE, prior, ACTIONS, action,
                                                   ACTIONS, NULL, 0, NULL));
    EXPECT(PPO_ERR_LENGTH, ppo_sample_action(agent, stream, state, 3, prior, ACTIONS, action, ACTIONS, NULL, 0, NULL));
    EXPECT(PPO_OK, ppo_last_error(words, sizeof words, &needed));
    CHECK(strstr(words, "`state` has 3 values") != NULL && needed == strlen(words) + 1);
    EXPECT(PPO_OK, ppo_agent_last_error(agent, words, sizeof words, &needed));
    CHECK(strstr(words, "`state` has 3 values") != NULL);
    EXPECT(PPO_OK, ppo_random_last_error(stream, words, sizeof words, &needed));
    ppo_random_free(stream);
    ppo_random_free(copy);
}

static void describe(const ppo_agent *agent) {
    static char text[1 << 20];
    size_t assets = 0, actions = 0, state = 0, prior = 0, needed = 0;
    EXPECT(PPO_OK, ppo_agent_asset_count(agent, &assets));
    EXPECT(PPO_OK, ppo_agent_action_len(agent, &actions));
    EXPECT(PPO_OK, ppo_agent_state_len(agent, &state));
    EXPECT(PPO_OK, ppo_agent_prior_len(agent, &prior));
    CHECK(assets == ASSETS && actions == ACTIONS && state == STATE && prior == ACTIONS);
    EXPECT(PPO_OK, ppo_agent_asset_name(agent, 0, text, sizeof text, &needed));
    CHECK(strcmp(text, "AAPL") == 0 && needed == 5);
    EXPECT(PPO_OK, ppo_agent_spec_json(agent, text, sizeof text, &needed));
    CHECK(strstr(text, "\"AAPL\"") != NULL && needed == strlen(text) + 1);
    EXPECT(PPO_OK, ppo_agent_provenance_json(agent, text, sizeof text, &needed));
    CHECK(text[0] == '{' && needed == strlen(text) + 1);
}

int main(int argc, char **argv) {
    static uint8_t bytes[1 << 22];
    char path[4096];
    size_t size = 0;
    ppo_agent *agent = NULL, *clone = NULL, *copy = NULL;
    if (argc != 3) {
        return 2;
    }
    CHECK(ppo_version_number() >= PPO_VERSION_NUMBER && strncmp(ppo_version(), "0.2.", 4) == 0);
    CHECK((ppo_features() & ~(uint32_t)PPO_FEATURE_TRAIN) == 0);
    CHECK(strcmp(ppo_status_name(PPO_ERR_TABLE), "PPO_ERR_TABLE") == 0);
    EXPECT(PPO_OK, ppo_set_log(PPO_LOG_DEBUG, listen, &lines));
    make_from_scratch();
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    describe(agent);
    EXPECT(PPO_OK, ppo_agent_clone(agent, &clone));
    decide(agent, clone);
    EXPECT(PPO_OK, ppo_save_bytes(agent, bytes, sizeof bytes, &size));
    EXPECT(PPO_OK, ppo_load_bytes(bytes, size, &copy));
    decide(agent, copy);
    ppo_agent_free(copy);
    snprintf(path, sizeof path, "%s/first.safetensors", argv[2]);
    EXPECT(PPO_OK, ppo_save(agent, path));
    EXPECT(PPO_OK, ppo_load(path, &copy));
    decide(clone, copy);
    CHECK(lines > 0);
    EXPECT(PPO_OK, ppo_set_log(PPO_LOG_OFF, NULL, NULL));
    ppo_agent_free(agent);
    ppo_agent_free(clone);
    ppo_agent_free(copy);
    ppo_agent_free(NULL);
    return finished("first_release");
}
