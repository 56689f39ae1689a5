/* Counts the calls that reach the C library's exp, log and their like: none in any decision. Where a system rounds these
 * otherwise, it would decide otherwise.
 * argv: the demo policy, decisions. */
#include "check.h"
#include <dlfcn.h>

static volatile long calls;

typedef double (*of_one)(double);
typedef double (*of_two)(double, double);
typedef float (*of_one_float)(float);
typedef float (*of_two_float)(float, float);

/* The library's calls end here: a program's own functions come before the C library's. */
static void *real(const char *name) {
    calls++;
    return dlsym(RTLD_NEXT, name);
}

#define OF_ONE(name)                           \
    double name(double x) {                    \
        of_one function;                       \
        *(void **)&function = real(#name);     \
        return function(x);                    \
    }                                          \
    float name##f(float x) {                   \
        of_one_float function;                 \
        *(void **)&function = real(#name "f"); \
        return function(x);                    \
    }
#define OF_TWO(name)                           \
    double name(double x, double y) {          \
        of_two function;                       \
        *(void **)&function = real(#name);     \
        return function(x, y);                 \
    }                                          \
    float name##f(float x, float y) {          \
        of_two_float function;                 \
        *(void **)&function = real(#name "f"); \
        return function(x, y);                 \
    }

OF_ONE(exp)
OF_ONE(exp2)
OF_ONE(expm1)
OF_ONE(log)
OF_ONE(log2)
OF_ONE(log10)
OF_ONE(log1p)
OF_ONE(sin)
OF_ONE(cos)
OF_ONE(tan)
OF_ONE(asin)
OF_ONE(acos)
OF_ONE(atan)
OF_ONE(sinh)
OF_ONE(cosh)
OF_ONE(tanh)
OF_ONE(asinh)
OF_ONE(acosh)
OF_ONE(atanh)
OF_ONE(cbrt)
OF_ONE(erf)
OF_ONE(erfc)
OF_ONE(tgamma)
OF_TWO(pow)
OF_TWO(atan2)
OF_TWO(hypot)

/* That the library's calls are counted at all: some normal random numbers are found by way of an exponential. */
static void a_call_is_counted(const ppo_agent *agent) {
    static float state[STATE], action[ACTIONS];
    static double prior[ACTIONS];
    ppo_random *stream = NULL;
    long before = calls;
    input(0, state, prior);
    EXPECT(PPO_OK, ppo_random_new(3, 0, &stream));
    for (int i = 0; i < 1000; i++) {
        EXPECT(PPO_OK, ppo_sample_action(agent, stream, state, STATE, prior, ACTIONS, action, ACTIONS, NULL, 0, NULL));
    }
    ppo_random_free(stream);
    CHECK(calls > before);
}

static void decisions_of_an_agent(const ppo_agent *agent, long decisions) {
    static float states[2 * STATE];
    static double priors[2 * ACTIONS], weights[2 * ACTIONS];
    long before = calls, failed = 0;
    double value = 0.0;
    for (long i = 0; i < decisions; i++) {
        input((unsigned)i, states, priors);
        input((unsigned)i + 1, states + STATE, priors + ACTIONS);
        failed += ppo_select_action(agent, states, STATE, priors, ACTIONS, weights, ACTIONS) != PPO_OK;
        failed += ppo_select_actions(agent, 2, states, 2 * STATE, priors, 2 * ACTIONS, weights, 2 * ACTIONS) != PPO_OK;
        failed += ppo_value(agent, states, STATE, &value) != PPO_OK;
    }
    printf("%ld calls in %ld decisions\n", calls - before, decisions);
    CHECK(calls == before && failed == 0);
}

#define N 3

#define MODEL                                                                                          \
    "{\"initial\": [0.5, 0.5], \"transition\": [[0.97, 0.03], [0.05, 0.95]], \"means\": [[0.001], [-0.002]], " \
    "\"covariances\": [[[0.0001]], [[0.0009]]]}"
#define STATE_SPEC                                                                                      \
    "{\"assets\": 3, \"window\": 5, \"account\": true, \"return_horizons\": [5], \"volatility_windows\": [10], " \
    "\"history\": 4, \"correlation\": {\"assets\": {\"half_life\": 5}}, \"time\": true, \"listed\": true, "       \
    "\"regime\": {\"model\": " MODEL ", \"window\": 20}}"
#define POLICY(action, network) \
    "{\"assets\": [\"A\", \"B\", \"C\"], \"state\": " STATE_SPEC ", \"action\": " action ", \"network\": " network "}"
#define VOL_TARGET "\"prior\": {\"vol_target\": {\"target\": 0.15, \"half_life\": 5, \"lookback\": 20}}"

/* A policy, and a manager and a portfolio around it, of each kind. */
static const struct {
    const char *policy, *portfolio, *risk;
} BOOKS[] = {
    {POLICY("{" VOL_TARGET "}", "{\"scorer\": {\"hidden\": [8]}}"), "{\"cost_rate\": 0.001}",
     "{\"limits\": {\"min_cash\": 0}, \"volatility\": {\"ewma\": {\"half_life\": 10}}, \"leverage\": {\"cash_rate\": 0.02}, \"regime\": {\"model\": " MODEL
     ", \"leverage\": [1, 0.5], \"limits\": [1, 0.8]}}"},
    {POLICY("{\"short\": true, \"max_gross\": 1.5, \"distribution\": \"dirichlet\", " VOL_TARGET "}",
            "{\"attention\": {\"hidden\": [8], \"embedding\": 4}}"),
     "{\"cost_rate\": 0.001, \"borrow_rate\": 0.01, \"impact\": 0.1, \"impact_exponent\": 0.6}",
     "{\"volatility\": {\"garch\": {\"alpha\": 0.1, \"beta\": 0.85}}, \"limits\": {\"min_weights\": [-1, -1, -1], "
     "\"max_gross\": 1.4, \"conditional_value_at_risk\": {\"historical\": 0.03, \"gaussian\": 0.03}}}"},
    {POLICY("{\"reach\": 0, \"prior\": \"hold\"}", "{\"mlp\": {\"hidden\": [8], \"activation\": \"tanh\", \"shared_trunk\": true}}"),
     NULL, "{\"volatility\": {\"decay\": {\"decay\": 0.94}}, \"limits\": {\"min_cash\": 0}, \"stops\": {\"stop\": 0.2, \"cooldown\": 5}}"},
};

static void decisions_of_a_book(size_t kind, long bars) {
    static double closes[N] = {100.0, 50.0, 20.0}, volumes[N] = {1e6, 1e6, 1e6};
    double weights[N], units[N], observation[1] = {0.0};
    uint32_t ready = 0;
    long before, decided = 0;
    unsigned seed = 7u;
    ppo_agent *agent = NULL;
    ppo_book *book = NULL;
    ppo_bar bar;
    risk_decision decision;
    EXPECT(PPO_OK, ppo_agent_new(BOOKS[kind].policy, NULL, &agent));
    EXPECT(PPO_OK, ppo_book_new(agent, BOOKS[kind].portfolio, BOOKS[kind].risk, &book));
    EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    bar.closes = closes;
    bar.volumes = volumes;
    bar.closes_len = bar.volumes_len = N;
    bar.observation = observation;
    bar.observation_len = kind == 0;
    decision.weights = weights;
    decision.units = units;
    decision.weights_len = decision.units_len = N;
    before = calls;
    for (long t = 0; t < bars && failures == 0; t++) {
        for (int i = 0; i < N; i++) {
            seed = seed * 1664525u + 1013904223u;
            closes[i] *= 1.0 + ((double)(seed >> 8) / 16777216.0 - 0.5) * 0.04;
        }
        observation[0] = (double)(seed >> 8) / 16777216.0 * 0.02 - 0.01;
        bar.time = (1 + t) * DAY;
        EXPECT(PPO_OK, ppo_book_ready(book, &ready));
        if (ready == 0) {
            EXPECT(PPO_OK, ppo_book_observe(book, &bar));
        } else {
            EXPECT(PPO_OK, ppo_book_decide(book, &bar, &decision));
            decided++;
        }
    }
    printf("%ld calls in %ld decisions of book %zu\n", calls - before, decided, kind);
    CHECK(calls == before && decided > bars / 2);
    ppo_book_free(book);
    ppo_agent_free(agent);
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    a_call_is_counted(agent);
    decisions_of_an_agent(agent, atol(argv[2]));
    for (size_t kind = 0; kind < sizeof BOOKS / sizeof *BOOKS; kind++) {
        decisions_of_a_book(kind, 400);
    }
    ppo_agent_free(agent);
    return finished("own_functions");
}
