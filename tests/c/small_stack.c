/* What a host does in its order path and around a restart, in threads of 64 KiB of stack. argv: the demo policy, a
 * folder. */
#include "check.h"
#include <limits.h>
#include <pthread.h>

#define SMALL (64 * 1024)

static const char *model;
static char path[PATH_MAX];

/* JSON of any depth is read or refused. */
static void nested(void) {
    static char json[1 << 16];
    for (int depth = 1; depth < 4000; depth *= 2) {
        for (int kind = 0; kind < 2; kind++) {
            const char *open = kind ? "{\"limits\":" : "[", *close = kind ? "}" : "]";
            size_t end = 0;
            risk_manager *manager = NULL;
            ppo_config config;
            for (int i = 0; i < depth; i++) {
                end += (size_t)sprintf(json + end, "%s", open);
            }
            end += (size_t)sprintf(json + end, "1");
            for (int i = 0; i < depth; i++) {
                end += (size_t)sprintf(json + end, "%s", close);
            }
            EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_new(json, 2, &manager));
            EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
            EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_from_json(json, &config));
        }
    }
}

static void *work(void *unused) {
    static float state[STATE];
    static double prior[ACTIONS], weights[ACTIONS], batch[8 * ACTIONS], priors[8 * ACTIONS], closes[ASSETS], held[ASSETS];
    static float states[8 * STATE], action[ACTIONS];
    static char text[1 << 20];
    static uint8_t bytes[1 << 20];
    double number;
    size_t needed;
    ppo_agent *agent = NULL, *made = NULL;
    ppo_random *stream = NULL;
    ppo_book *book = NULL, *again = NULL;
    ppo_config config;
    ppo_bar market;
    risk_decision decision;
    (void)unused;
    EXPECT(PPO_OK, ppo_load(model, &agent));
    EXPECT(PPO_OK, ppo_random_new(1, 0, &stream));
    input(1, state, prior);
    EXPECT(PPO_OK, ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_ERR_LENGTH, ppo_select_action(agent, state, 1, prior, ACTIONS, weights, ACTIONS));
    EXPECT(PPO_OK, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS, weights, ACTIONS,
                                     &number));
    for (int i = 0; i < 8; i++) {
        memcpy(states + i * STATE, state, sizeof state);
        memcpy(priors + i * ACTIONS, prior, sizeof prior);
    }
    EXPECT(PPO_OK, ppo_select_actions(agent, 8, states, 8 * STATE, priors, 8 * ACTIONS, batch, 8 * ACTIONS));
    EXPECT(PPO_OK, ppo_save(agent, path));
    EXPECT(PPO_OK, ppo_save_bytes(agent, bytes, sizeof bytes, &needed));
    EXPECT(PPO_OK, ppo_load_bytes(bytes, needed, &made));
    ppo_agent_free(made);
    EXPECT(PPO_OK, ppo_agent_spec_json(agent, text, sizeof text, &needed));
    EXPECT(PPO_OK, ppo_agent_new(text, NULL, &made));
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    EXPECT(PPO_OK, ppo_config_to_json(&config, text, sizeof text, &needed));
    EXPECT(PPO_OK, ppo_config_from_json(text, &config));
    EXPECT(PPO_OK, ppo_book_new(agent, NULL, NULL, &book));
    EXPECT(PPO_OK, ppo_bar_init(&market, sizeof market));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    market.closes = closes;
    market.closes_len = ASSETS;
    decision.weights = held;
    decision.weights_len = ASSETS;
    for (int bar = 0; bar < 280; bar++) {
        for (int i = 0; i < ASSETS; i++) {
            closes[i] = 100 + (bar * (i + 3)) % 11;
        }
        EXPECT(PPO_OK, ppo_book_observe(book, &market));
    }
    for (int i = 0; i < ASSETS; i++) {
        closes[i] = 101 + i % 5;
    }
    EXPECT(PPO_OK, ppo_book_decide(book, &market, &decision));
    EXPECT(PPO_OK, ppo_book_state_json(book, text, sizeof text, &needed));
    EXPECT(PPO_OK, ppo_book_restore(agent, NULL, NULL, text, &again));
    ppo_book_free(again);
    ppo_book_free(book);
    nested();
    ppo_random_free(stream);
    ppo_agent_free(made);
    ppo_agent_free(agent);
    return NULL;
}

int main(int argc, char **argv) {
    pthread_attr_t small;
    pthread_t thread;
    if (argc != 3) {
        return 2;
    }
    model = argv[1];
    snprintf(path, sizeof path, "%s/small_stack.safetensors", argv[2]);
    CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, SMALL) == 0);
    CHECK(pthread_create(&thread, &small, work, NULL) == 0 && pthread_join(thread, NULL) == 0);
    return finished("small_stack");
}
