/* Counts the process's allocations: none in any decision of a risk manager, none in a call of its parts, the first ones
 * included. argv: the settings of a manager of 3 assets as JSON, bars. */
#include "allocations.h"
#include "check.h"

#define N 3
#define REASONS 64

static unsigned seed = 777u;

/* In [0, 1). */
static double uniform(void) {
    seed = seed * 1664525u + 1013904223u;
    return (double)(seed >> 8) / 16777216.0;
}

static double closes[N] = {100.0, 50.0, 20.0}, highs[N], lows[N], returns[N], target[N], current[N];
static double weights[N], units[N], stops[N], atr_values[N];
static risk_reason reasons[REASONS];
static size_t reasons_len;

/* A bar of prices that go nowhere in the long run, and a wish that breaks limits. */
static void next(long bar) {
    double drift = bar % 200 < 60 ? -0.006 : 0.003;
    for (int i = 0; i < N; i++) {
        returns[i] = drift + (uniform() - 0.5) * 0.05 + (closes[i] > 1000.0 ? -0.01 : closes[i] < 1.0 ? 0.01 : 0.0);
        closes[i] += closes[i] * returns[i];
        highs[i] = closes[i] * 1.01;
        lows[i] = closes[i] * 0.99;
        target[i] = uniform() * 1.2 - 0.2;
    }
}

static void manager(const char *settings, long bars) {
    double observation[1];
    long before, failed = 0, halted = 0, said = 0;
    ppo_bar market;
    risk_portfolio portfolio;
    risk_decision decision;
    risk_manager *made = NULL;
    EXPECT(PPO_OK, risk_manager_new(settings, N, &made));
    EXPECT(PPO_OK, ppo_bar_init(&market, sizeof market));
    EXPECT(PPO_OK, risk_portfolio_init(&portfolio, sizeof portfolio));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    market.closes = closes;
    market.highs = highs;
    market.lows = lows;
    market.closes_len = market.highs_len = market.lows_len = N;
    market.observation = observation;
    market.observation_len = 1;
    portfolio.target = target;
    portfolio.current = current;
    portfolio.target_len = portfolio.current_len = N;
    portfolio.equity = 1e5;
    decision.weights = weights;
    decision.units = units;
    decision.stops = stops;
    decision.weights_len = decision.units_len = decision.stops_len = N;
    decision.reasons = reasons;
    decision.reasons_capacity = REASONS;
    before = allocations;
    for (long bar = 0; bar < bars; bar++) {
        double gained = 0.0;
        next(bar);
        for (int i = 0; i < N; i++) {
            gained += current[i] * returns[i];
        }
        observation[0] = returns[0];
        portfolio.equity *= 1.0 + gained;
        if (portfolio.equity < 1e3 || portfolio.equity > 1e7) {
            portfolio.equity = 1e5;
        }
        if (bar % 10 == 5) {
            failed += risk_manager_observe(made, &market) != PPO_OK;
            continue;
        }
        failed += risk_manage(made, &market, &portfolio, &decision) != PPO_OK;
        halted += decision.state == RISK_STATE_HALTED;
        said += (long)decision.reasons_len;
        memcpy(current, weights, sizeof current);
        if (bar % 50 == 0) {
            failed += risk_manager_reset(made) != PPO_OK;
        }
    }
    before = allocations - before;
    printf("%ld allocations in %ld bars of a manager\n", before, bars); /* allocates its buffer */
    CHECK(before == 0 && failed == 0 && halted > 0 && said > 3 * bars);
    risk_manager_free(made);
}

static void parts(long bars) {
    long before, failed = 0, said = 0;
    risk_hedge_position position;
    risk_limits *limits = NULL;
    risk_hedge *hedge = NULL;
    risk_atr *atr = NULL;
    risk_positions *positions = NULL;
    risk_drawdown *monitor = NULL;
    EXPECT(PPO_OK, risk_limits_new("{\"max_weights\": [0.6, 0.5, 0.7], \"max_gross\": 1, \"max_turnover\": 0.4, "
                                   "\"conditional_value_at_risk\": {\"historical\": 0.012, \"gaussian\": 0.012}}",
                                   N, &limits));
    EXPECT(PPO_OK, risk_hedge_new(NULL, &hedge));
    EXPECT(PPO_OK, risk_atr_new(N, 14, &atr));
    EXPECT(PPO_OK, risk_positions_new("{\"max_open_risk\": 0.02, \"max_units\": [100, 100, 100]}", N, &positions));
    EXPECT(PPO_OK, risk_drawdown_new("{\"reduce_at\": 0.05, \"stop_at\": 0.1}", &monitor));
    EXPECT(PPO_OK, risk_hedge_position_init(&position, sizeof position));
    memset(current, 0, sizeof current);
    before = allocations;
    for (long bar = 0; bar < bars; bar++) {
        double drawdown = uniform() * 0.2, units_of_one;
        uint32_t state;
        next(bar);
        failed += risk_drawdown_update(monitor, 1e5, drawdown, &state, &drawdown, reasons, REASONS, &reasons_len);
        said += (long)reasons_len;
        failed += risk_limits_push_returns(limits, returns, N);
        failed += risk_limits_apply(limits, target, N, current, N, 0.9, NULL, 0, NULL, 0, weights, N, reasons, REASONS,
                                    &reasons_len);
        said += (long)reasons_len;
        failed += risk_hedge_decide(hedge, drawdown, weights, N, 1e5, NULL, 0, &position, reasons, REASONS,
                                    &reasons_len);
        said += (long)reasons_len;
        failed += risk_atr_update(atr, bar % 2 ? highs : NULL, bar % 2 ? N : 0, bar % 2 ? lows : NULL, bar % 2 ? N : 0,
                                  closes, N);
        failed += risk_atr_values(atr, atr_values, N, NULL, NULL);
        failed += risk_positions_size(positions, 1e5, weights, N, closes, N, atr_values, N, (size_t)bar, units, N,
                                      stops, N, reasons, REASONS, &reasons_len);
        said += (long)reasons_len;
        if (bar > 14) {
            failed += risk_position_units(1e5, 0.01, atr_values[0], 2.0, 1.0, &units_of_one);
        }
        memcpy(current, weights, sizeof current);
        if (bar % 50 == 0) {
            failed += risk_drawdown_reset(monitor);
        }
    }
    before = allocations - before;
    printf("%ld allocations in %ld bars of the parts\n", before, bars);
    CHECK(before == 0 && failed == 0 && said > 3 * bars);
    risk_limits_free(limits);
    risk_hedge_free(hedge);
    risk_atr_free(atr);
    risk_positions_free(positions);
    risk_drawdown_free(monitor);
}

int main(int argc, char **argv) {
    long bars, before = allocations;
    risk_atr *atr = NULL;
    if (argc != 3) {
        return 2;
    }
    bars = atol(argv[2]);
    EXPECT(PPO_OK, risk_atr_new(N, 14, &atr));
    CHECK(allocations > before + 2); /* the counter counts the library's */
    risk_atr_free(atr);
    manager(argv[1], bars);
    parts(bars);
    return finished("allocations_risk");
}
