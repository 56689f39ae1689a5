/* The same calls in hosts that differ: as a program starts, under a locale with a decimal comma, and with other
 * floating-point modes. What comes out is written as bytes, for the test to compare. argv: the demo policy, the file to
 * write, and one of: plain; a locale's name; flush (denormal numbers are taken as zero); upward (rounding); trap
 * (floating-point exceptions are signals). Says whether the modes are still the host's after every call. */
#include "check.h"
#include <fenv.h>
#include <locale.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#define MODES() (_mm_getcsr() & ~0x3Fu)
#define FLUSH() _mm_setcsr(_mm_getcsr() | 0x8040u)
#else
#define MODES() ((unsigned)fegetround())
#define FLUSH() ((void)0)
#endif

#define ROWS 40

static unsigned modes;
static FILE *file;

/* After every call the host has its modes back. */
#define KEPT(call)                      \
    do {                                \
        EXPECT(PPO_OK, call);           \
        CHECK(MODES() == modes);        \
    } while (0)

static float all_states[ROWS][2 * STATE];
static double all_priors[ROWS][2 * ACTIONS];

/* Calculated before the modes are set: these are the host's own. */
static void make_inputs(void) {
    for (unsigned row = 0; row < ROWS; row++) {
        float *state = all_states[row];
        double *prior = all_priors[row];
        input(row, state, prior);
        for (int i = 0; i < STATE && row % 4 != 0; i++) {
            /* 1: denormal in 32 bits; 2: products with the weights are; 3: a mix. */
            float scale = row % 4 == 1 ? 1e-38f : row % 4 == 2 ? 1e-36f : i % 2 ? 1e-39f : 1.0f;
            state[i] *= scale;
        }
        for (int i = 0; i < ACTIONS && row % 8 >= 4; i++) {
            prior[i] *= i % 3 == 0 ? 1e-307 : 1.0;
        }
        memcpy(state + STATE, state, STATE * sizeof *state);
        memcpy(prior + ACTIONS, prior, ACTIONS * sizeof *prior);
    }
}

static void decide(const ppo_agent *agent, ppo_random *stream, unsigned row) {
    const float *state = all_states[row];
    const double *prior = all_priors[row];
    double weights[ACTIONS], rows[2 * ACTIONS], numbers[5] = {0};
    float action[ACTIONS];
    KEPT(ppo_select_action(agent, state, STATE, prior, ACTIONS, weights, ACTIONS));
    KEPT(ppo_select_actions(agent, 2, state, 2 * STATE, prior, 2 * ACTIONS, rows, 2 * ACTIONS));
    fwrite(weights, sizeof *weights, ACTIONS, file);
    fwrite(rows, sizeof *rows, 2 * ACTIONS, file);
    KEPT(ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS, weights, ACTIONS,
                           &numbers[0]));
    KEPT(ppo_evaluate_action(agent, state, STATE, prior, ACTIONS, action, ACTIONS, &numbers[1], &numbers[2],
                             &numbers[3]));
    KEPT(ppo_value(agent, state, STATE, &numbers[4]));
    fwrite(action, sizeof *action, ACTIONS, file);
    fwrite(weights, sizeof *weights, ACTIONS, file);
    fwrite(numbers, sizeof *numbers, 5, file);
}

static void speak(const ppo_agent *agent) {
    static char text[1 << 20];
    static uint8_t bytes[1 << 20];
    size_t needed = 0;
    ppo_agent *made = NULL;
    ppo_config config;
    KEPT(ppo_agent_spec_json(agent, text, sizeof text, &needed));
    fwrite(text, 1, needed, file);
    KEPT(ppo_agent_new(text, NULL, &made));
    KEPT(ppo_save_bytes(made, bytes, sizeof bytes, &needed));
    fwrite(bytes, 1, needed, file);
    ppo_agent_free(made);
    KEPT(ppo_load_bytes(bytes, needed, &made));
    ppo_agent_free(made);
    KEPT(ppo_config_init(&config, sizeof config));
    config.gamma = 0.1 + 0.2;
    config.cost_rate = 1.5e-310;
    KEPT(ppo_config_to_json(&config, text, sizeof text, &needed));
    fwrite(text, 1, needed, file);
    KEPT(ppo_config_from_json(text, &config));
    fwrite(&config, 1, sizeof config, file);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_config_from_json("{\"ppo\": {\"gamma\": 1.5}}", &config));
    CHECK(MODES() == modes);
    KEPT(ppo_last_error(text, sizeof text, &needed));
    fwrite(text, 1, needed, file);
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    ppo_random *stream = NULL;
    const char *way;
    if (argc != 4) {
        return 2;
    }
    way = argv[3];
    file = fopen(argv[2], "wb");
    CHECK(file != NULL);
    make_inputs();
    if (strcmp(way, "flush") == 0) {
        FLUSH();
    } else if (strcmp(way, "upward") == 0) {
        fesetround(FE_UPWARD);
    } else if (strcmp(way, "trap") == 0) {
        feenableexcept(FE_INEXACT | FE_UNDERFLOW | FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    } else if (strcmp(way, "plain") != 0) {
        char number[32];
        if (setlocale(LC_ALL, way) == NULL) {
            printf("there is no locale %s\n", way);
            return 1;
        }
        snprintf(number, sizeof number, "%.1f", 0.5);
        CHECK(strcmp(number, "0,5") == 0);
    }
    modes = MODES();
    KEPT(ppo_load(argv[1], &agent));
    KEPT(ppo_random_new(5, 0, &stream));
    for (unsigned row = 0; row < ROWS; row++) {
        decide(agent, stream, row);
    }
    speak(agent);
    ppo_agent_free(agent);
    ppo_random_free(stream);
    fedisableexcept(FE_ALL_EXCEPT);
    CHECK(fclose(file) == 0);
    return finished("host_modes");
}
