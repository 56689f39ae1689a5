/* A defect inside the library: a status, words, a line in the log, a poisoned handle, and nothing on the terminal.
 * Needs a library with debug assertions, whose ppo_agent_asset_name has one on purpose. argv: the demo policy. */
#include "check.h"

static char logged[512];
static uint32_t level_of_log;

static void listen(uint32_t level, const char *message, void *user) {
    (void)user;
    level_of_log = level;
    snprintf(logged, sizeof logged, "%s", message);
}

int main(int argc, char **argv) {
    float state[STATE];
    double prior[ACTIONS], weights[ACTIONS];
    ppo_agent *agent = NULL, *clone = NULL;
    char text[512] = "abc";
    size_t size = 77;
    if (argc != 2) {
        return 2;
    }
    input(5, state, prior);
    weights[0] = 7.0;
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_agent_clone(agent, &clone));
    EXPECT(PPO_OK, ppo_set_log(PPO_LOG_ERROR, listen, NULL));
    EXPECT(PPO_ERR_PANIC, ppo_agent_asset_name(agent, SIZE_MAX, text, sizeof text, &size));
    CHECK(strcmp(text, "abc") == 0 && size == 77);
    CHECK(level_of_log == PPO_LOG_ERROR && strstr(logged, "forced by a test") != NULL);
    ppo_last_error(text, sizeof text, NULL);
    CHECK(strstr(text, "ppo_agent_asset_name: a defect of the library at src/ffi/agent/mod.rs") == text);
    /* Poisoned for every call but two: its words, and its end. */
    EXPECT(PPO_ERR_POISONED, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_ERR_POISONED, ppo_agent_asset_count(agent, &size));
    EXPECT(PPO_ERR_POISONED, ppo_agent_clone(agent, &clone));
    CHECK(weights[0] == 7.0 && size == 77);
    ppo_last_error(text, sizeof text, NULL);
    CHECK(strstr(text, "ppo_agent_clone: `agent` is poisoned") == text && strstr(text, "forced by a test") != NULL);
    EXPECT(PPO_OK, ppo_agent_last_error(agent, text, sizeof text, NULL));
    CHECK(strstr(text, "ppo_agent_asset_name: a defect of the library") == text);
    /* Another handle on the same policy is not. */
    EXPECT(PPO_OK, ppo_select_action(clone, state, STATE, prior, ACTIONS, weights, ACTIONS));
    ppo_agent_free(agent);
    ppo_agent_free(clone);
    return finished("panic");
}
