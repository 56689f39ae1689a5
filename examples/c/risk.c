/* Holds a portfolio to its limits through a made-up fall in prices: bar by bar what is decided, and why.
 *
 *     risk
 *
 * It is built as examples/c/infer.c says. The wish never changes: 75% stocks, 25% gold. */
#include "ppo_risk.h"
#include <stdio.h>
#include <stdlib.h>

#define ASSETS 2
#define BARS 20
#define REASONS 64

/* Any settings may be left out; risk_manager_config_json writes them all. */
static const char *const SETTINGS = "{\"limits\": {\"max_weights\": [0.6, 0.4], \"min_cash\": 0.05},"
                                    " \"drawdown\": {\"reduce_at\": 0.06, \"stop_at\": 0.1},"
                                    " \"stops\": {\"stop\": 0.16, \"cooldown\": 5},"
                                    " \"hedge\": {\"threshold\": 0.05, \"band\": 0.02},"
                                    " \"leverage\": null, \"positions\": null, \"trade_band\": 0.02}";

static const char *const NAMES[ASSETS] = {"STOCKS", "GOLD"};

/* Returns of each bar. */
static const double RETURNS[BARS][ASSETS] = {
    {0.000, 0.000},  {0.010, 0.004},  {0.012, 0.001},  {-0.008, 0.006}, {0.015, -0.002},
    {-0.040, 0.003}, {-0.035, 0.005}, {-0.030, 0.004}, {0.022, -0.006}, {0.024, 0.010},
    {0.018, 0.006},  {-0.045, 0.002}, {-0.060, 0.001}, {-0.050, 0.004}, {0.012, 0.003},
    {0.030, -0.004}, {0.010, 0.002},  {0.020, 0.002},  {0.015, 0.008},  {0.010, 0.004},
};

/* Ends the program with the library's words where a call fails. */
static void check(ppo_status status) {
    if (status != PPO_OK) {
        char words[512];
        ppo_last_error(words, sizeof words, NULL);
        fprintf(stderr, "%s: %s\n", ppo_status_name(status), words);
        exit(1);
    }
}

/* What the bar makes of the portfolio: equity grows with what was held, and so does each weight's part of it. */
static void drift(const double *returns, double *closes, double *held, double *equity) {
    double growth = 1.0;
    for (size_t i = 0; i < ASSETS; i++) {
        growth += held[i] * returns[i];
    }
    for (size_t i = 0; i < ASSETS; i++) {
        closes[i] *= 1.0 + returns[i];
        held[i] *= (1.0 + returns[i]) / growth;
    }
    *equity *= growth;
}

/* One line of numbers, then what shaped the decision. Codes from 100 on only say what was not looked at. */
static void print(size_t bar, double equity, const risk_decision *decision) {
    static const char *const states[] = {"ACTIVE", "REDUCING", "HALTED"};
    printf("%3zu  equity %6.0f  drawdown %4.1f%%  %-8s  stocks %4.1f%%  gold %4.1f%%\n", bar, equity,
           100.0 * decision->drawdown, states[decision->state], 100.0 * decision->weights[0],
           100.0 * decision->weights[1]);
    if (decision->hedge_side == RISK_HEDGE_SELL) {
        printf("       hedge: short %.0f of the index\n", decision->hedge_notional);
    }
    for (size_t i = 0; i < decision->reasons_len && i < decision->reasons_capacity; i++) {
        char line[128];
        if (decision->reasons[i].code < 100) {
            check(risk_reason_describe(&decision->reasons[i], NAMES, ASSETS, NULL, 0, line, sizeof line, NULL));
            printf("       %s\n", line);
        }
    }
}

int main(void) {
    double closes[ASSETS] = {100.0, 40.0}, wish[ASSETS] = {0.75, 0.25}, held[ASSETS] = {0.0, 0.0}, equity = 100000.0;
    double weights[ASSETS];
    risk_reason reasons[REASONS];
    ppo_bar market;
    risk_portfolio portfolio;
    risk_decision decision;
    risk_manager *manager = NULL;
    check(risk_manager_new(SETTINGS, ASSETS, &manager));
    check(ppo_bar_init(&market, sizeof market));
    check(risk_portfolio_init(&portfolio, sizeof portfolio));
    check(risk_decision_init(&decision, sizeof decision));
    /* The structs keep the places of the arrays; what stands in them is new with every bar. */
    market.closes = closes;
    market.closes_len = ASSETS;
    portfolio.target = wish;
    portfolio.target_len = ASSETS;
    portfolio.current = held;
    portfolio.current_len = ASSETS;
    decision.weights = weights;
    decision.weights_len = ASSETS;
    decision.reasons = reasons;
    decision.reasons_capacity = REASONS;

    for (size_t bar = 0; bar < BARS; bar++) {
        drift(RETURNS[bar], closes, held, &equity);
        if (bar == 15) {
            /* HALTED stays until a person has looked at it. */
            printf("     risk_manager_reset: trading goes on\n");
            check(risk_manager_reset(manager));
        }
        portfolio.equity = equity;
        check(risk_manage(manager, &market, &portfolio, &decision));
        print(bar, equity, &decision);
        /* The host trades here; this one gets what was decided, at the close and without costs or the hedge. */
        for (size_t i = 0; i < ASSETS; i++) {
            held[i] = weights[i];
        }
    }
    risk_manager_free(manager);
    return 0;
}
