/* Decisions of a risk manager as bytes, for the Rust test to compare with its own. argv: the settings as JSON, the file
 * to write, bars. Bar by bar: closes, highs, lows, target, current, ATR, betas, equity, observation, volatility, trend,
 * drawdown as given (some bars give less: the test knows which); then the regimes' probabilities, state, hedge,
 * numbers, weights, units, stops, reasons. What is held is the last decision, so every bar depends on all before it. */
#include "check.h"

#define N 3
#define REASONS 64

static unsigned seed = 12345u;

/* In [0, 1). Sums and quotients alone, so that every compiler gives the same bits. */
static double uniform(void) {
    seed = seed * 1664525u + 1013904223u;
    return (double)(seed >> 8) / 16777216.0;
}

int main(int argc, char **argv) {
    double closes[N] = {100.0, 50.0, 20.0}, highs[N], lows[N], target[N], current[N] = {0.0, 0.0, 0.0};
    double weights[N], units[N], stops[N], atr[N], betas[N], observation[1], regimes[2], equity = 1e5;
    risk_reason reasons[REASONS];
    ppo_bar market;
    risk_portfolio portfolio;
    risk_decision decision;
    risk_manager *manager = NULL, *restored = NULL;
    static char state[262144];
    FILE *file;
    long bars;
    if (argc != 4) {
        return 2;
    }
    bars = atol(argv[3]);
    file = fopen(argv[2], "wb");
    CHECK(file != NULL);
    EXPECT(PPO_OK, risk_manager_new(argv[1], N, &manager));
    EXPECT(PPO_OK, ppo_bar_init(&market, sizeof market));
    EXPECT(PPO_OK, risk_portfolio_init(&portfolio, sizeof portfolio));
    EXPECT(PPO_OK, risk_decision_init(&decision, sizeof decision));
    market.closes = closes;
    market.closes_len = N;
    portfolio.target = target;
    portfolio.current = current;
    portfolio.target_len = portfolio.current_len = N;
    decision.weights = weights;
    decision.units = units;
    decision.stops = stops;
    decision.weights_len = decision.units_len = decision.stops_len = N;
    decision.reasons = reasons;
    decision.reasons_capacity = REASONS;
    for (long bar = 0; bar < bars; bar++) {
        /* Falling for 60 bars of 200, with a crash; rising in the others. */
        double drift = bar % 200 == 2 ? -0.2 : bar % 200 < 60 ? -0.006 : 0.003, gained = 0.0, numbers[10];
        for (int i = 0; i < N; i++) {
            double change = drift + (uniform() - 0.5) * 0.05;
            closes[i] = closes[i] + closes[i] * change;
            highs[i] = closes[i] + closes[i] * uniform() * 0.01;
            lows[i] = closes[i] - closes[i] * uniform() * 0.01;
            target[i] = uniform() * 1.2 - 0.2;
            atr[i] = closes[i] * (0.01 + uniform() * 0.03);
            betas[i] = uniform() * 2.0;
            gained = gained + current[i] * change;
        }
        observation[0] = drift + (uniform() - 0.5) * 0.02;
        equity = equity + equity * gained;
        portfolio.equity = equity;
        /* What a host may leave out, it leaves out on some bars. */
        market.highs = bar % 13 != 6 ? highs : NULL;
        market.lows = bar % 13 != 6 ? lows : NULL;
        market.highs_len = market.lows_len = bar % 13 != 6 ? N : 0;
        market.observation = bar % 17 != 3 ? observation : NULL;
        market.observation_len = bar % 17 != 3 ? 1 : 0;
        market.atr = bar % 6 == 1 ? atr : NULL;
        market.atr_len = bar % 6 == 1 ? N : 0;
        market.betas = bar % 4 == 2 ? betas : NULL;
        market.betas_len = bar % 4 == 2 ? N : 0;
        market.volatility = bar % 9 == 4 ? 0.1 + uniform() * 0.3 : NAN;
        market.trend = bar % 5 == 3 ? (uniform() - 0.3) * 0.4 : NAN;
        portfolio.drawdown = bar % 11 == 7 ? uniform() * 0.08 : NAN;
        if (bar % 50 == 49) {
            /* The program starts again. */
            EXPECT(PPO_OK, risk_manager_state_json(manager, state, sizeof state, NULL));
            EXPECT(PPO_OK, risk_manager_restore(argv[1], N, state, &restored));
            risk_manager_free(manager);
            manager = restored;
        }
        if (bar % 200 == 120) {
            EXPECT(PPO_OK, risk_manager_reset(manager));
            EXPECT(PPO_OK, risk_manager_reset_stop(manager, 1));
        }
        fwrite(closes, sizeof *closes, N, file);
        fwrite(highs, sizeof *highs, N, file);
        fwrite(lows, sizeof *lows, N, file);
        fwrite(target, sizeof *target, N, file);
        fwrite(current, sizeof *current, N, file);
        fwrite(atr, sizeof *atr, N, file);
        fwrite(betas, sizeof *betas, N, file);
        fwrite(&equity, sizeof equity, 1, file);
        fwrite(observation, sizeof *observation, 1, file);
        fwrite(&market.volatility, sizeof market.volatility, 1, file);
        fwrite(&market.trend, sizeof market.trend, 1, file);
        fwrite(&portfolio.drawdown, sizeof portfolio.drawdown, 1, file);
        if (bar % 10 == 5) {
            EXPECT(PPO_OK, risk_manager_observe(manager, &market));
        } else {
            EXPECT(PPO_OK, risk_manage(manager, &market, &portfolio, &decision));
        }
        EXPECT(PPO_OK, risk_manager_regimes(manager, regimes, 2));
        fwrite(regimes, sizeof *regimes, 2, file);
        if (bar % 10 == 5) {
            continue;
        }
        CHECK(decision.reasons_len <= REASONS);
        numbers[0] = decision.cash;
        numbers[1] = decision.gross;
        numbers[2] = decision.net;
        numbers[3] = decision.turnover;
        numbers[4] = decision.leverage;
        numbers[5] = decision.volatility;
        numbers[6] = decision.drawdown;
        numbers[7] = decision.hedge_notional;
        numbers[8] = decision.hedge_net;
        numbers[9] = decision.hedge_ratio;
        fwrite(&decision.state, sizeof decision.state, 1, file);
        fwrite(&decision.hedge_active, sizeof decision.hedge_active, 1, file);
        fwrite(&decision.hedge_side, sizeof decision.hedge_side, 1, file);
        fwrite(numbers, sizeof *numbers, 10, file);
        fwrite(weights, sizeof *weights, N, file);
        fwrite(units, sizeof *units, N, file);
        fwrite(stops, sizeof *stops, N, file);
        fwrite(&(uint32_t){(uint32_t)decision.reasons_len}, sizeof(uint32_t), 1, file);
        fwrite(reasons, sizeof *reasons, decision.reasons_len, file);
        memcpy(current, weights, sizeof current);
    }
    risk_manager_free(manager);
    CHECK(fclose(file) == 0);
    return finished("results_risk");
}
