/* Bars, portfolios and decisions of risk managers. The structs are put together here: such with pointers to Go's memory
 * could not be handed over. What a decision is in numbers comes back by value, so that no call needs memory from Go's
 * heap for it (decide.go). */
#ifndef PPORISK_DECISION_H
#define PPORISK_DECISION_H

#include <ppo_risk.h>

typedef struct {
    ppo_status status;
    risk_decision decision;
} answer;

#define BAR                                                                                                       \
    const double *closes, size_t closes_len, const double *highs, size_t highs_len, const double *lows,           \
        size_t lows_len, const double *atr, size_t atr_len, const double *betas, size_t betas_len,                 \
        const double *observation, size_t observation_len, double volatility, double trend, int64_t time,             \
        double cash_return, const double *columns, size_t columns_len, const double *asset_columns,                \
        size_t asset_columns_len, const double *prior, size_t prior_len, const double *ends, size_t ends_len, \
        const double *cost_rates, size_t cost_rates_len, const double *half_spreads, size_t half_spreads_len,      \
        const double *borrow_rates, size_t borrow_rates_len, const double *volumes, size_t volumes_len

#define TAKE_BAR                                  \
    ppo_bar bar;                           \
    ppo_bar_init(&bar, sizeof bar);     \
    bar.closes = closes;                       \
    bar.closes_len = closes_len;               \
    bar.highs = highs;                         \
    bar.highs_len = highs_len;                 \
    bar.lows = lows;                           \
    bar.lows_len = lows_len;                   \
    bar.atr = atr;                             \
    bar.atr_len = atr_len;                     \
    bar.betas = betas;                         \
    bar.betas_len = betas_len;                 \
    bar.observation = observation;             \
    bar.observation_len = observation_len;     \
    bar.volatility = volatility;               \
    bar.trend = trend;                         \
    bar.time = time;                       \
    bar.cash_return = cash_return;             \
    bar.columns = columns;                     \
    bar.columns_len = columns_len;             \
    bar.asset_columns = asset_columns;         \
    bar.asset_columns_len = asset_columns_len; \
    bar.prior = prior;                         \
    bar.prior_len = prior_len;                 \
    bar.ends = ends;                           \
    bar.ends_len = ends_len;                   \
    bar.cost_rates = cost_rates; \
    bar.cost_rates_len = cost_rates_len; \
    bar.half_spreads = half_spreads; \
    bar.half_spreads_len = half_spreads_len; \
    bar.borrow_rates = borrow_rates; \
    bar.borrow_rates_len = borrow_rates_len; \
    bar.volumes = volumes; \
    bar.volumes_len = volumes_len

/* The arrays that a decision is written to. */
#define ROOM                                                                                                      \
    double *weights, size_t weights_len, double *units, size_t units_len, double *stops, size_t stops_len,        \
        risk_reason *reasons, size_t reasons_capacity

#define TAKE_ROOM(a)                                          \
    risk_decision_init(&(a).decision, sizeof(a).decision);    \
    (a).decision.weights = weights;                           \
    (a).decision.weights_len = weights_len;                   \
    (a).decision.units = units;                               \
    (a).decision.units_len = units_len;                       \
    (a).decision.stops = stops;                               \
    (a).decision.stops_len = stops_len;                       \
    (a).decision.reasons = reasons;                           \
    (a).decision.reasons_capacity = reasons_capacity

/* Pointers to Go's memory must not come back in C's. */
#define GIVE_ROOM_BACK(a)                                                              \
    (a).decision.weights = (a).decision.units = (a).decision.stops = NULL;             \
    (a).decision.reasons = NULL

#endif
