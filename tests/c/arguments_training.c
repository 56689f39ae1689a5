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
    config.reserved_2 = 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_to_json(&config, text, sizeof text, &size));
    config.reserved_2 = 0;
    config.struct_size = 40;
    EXPECT(PPO_ERR_VERSION, ppo_config_to_json(&config, text, sizeof text, &size));
    EXPECT(PPO_ERR_VERSION, ppo_config_from_json("{}", &config));
    /* The struct of the first header: what it lacks takes its defaults. */
    config.struct_size = 32;
    EXPECT(PPO_OK, ppo_config_to_json(&config, text, sizeof text, &size));
    CHECK(strstr(text, "\"gamma\":0.99") != NULL && strstr(text, "\"seed\":5") != NULL);
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc != 3) {
        return 2;
    }
    configuration();
    return finished("arguments_training");
}
