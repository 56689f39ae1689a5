/* What a risk decision costs, every limit switched on, 252 scenarios; and one bar of the regime filter. argv: the
 * inputs. */
#include "../../c/allocations.h"
#include "bench.h"

#define BARS 1000
/* Until the scenarios are full, less is done. */
#define WARM_UP 300
#define REASONS 64

static uint64_t times[CALLS];
static const double *prices; /* [BARS, ASSETS] */

/* What is held, and wished for where nothing binds. */
static const double even[ASSETS] = {0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08};
/* Breaks a weight's maximum, two sectors', gross and net exposure, the cash floor and the turnover. */
static const double concentrated[ASSETS] = {0.5, 0.3, 0.2, 0.2, 0.1, 0, 0, 0, 0, 0};

/* Times a million decisions; in each at least `binds` reasons have to shape it, or none where it is 0. */
static quantiles manage(const char *settings, const double *target, int binds, long *allocated) {
    static double highs[ASSETS], lows[ASSETS], betas[ASSETS], weights[ASSETS];
    static risk_reason reasons[REASONS];
    risk_manager *manager = NULL;
    risk_portfolio portfolio;
    risk_decision decision;
    ppo_bar market;
    quantiles found;
    MUST(risk_manager_new(settings, ASSETS, &manager));
    MUST(ppo_bar_init(&market, sizeof market));
    MUST(risk_portfolio_init(&portfolio, sizeof portfolio));
    MUST(risk_decision_init(&decision, sizeof decision));
    market.closes_len = market.highs_len = market.lows_len = market.betas_len = ASSETS;
    market.highs = highs;
    market.lows = lows;
    market.betas = betas;
    market.volatility = 0.15; /* leverage 1: the wish is what the limits are made for */
    market.trend = 0.5;
    portfolio.target = target;
    portfolio.current = even;
    portfolio.target_len = portfolio.current_len = ASSETS;
    portfolio.equity = 1e6;
    portfolio.drawdown = 0.05;
    decision.weights = weights;
    decision.weights_len = ASSETS;
    decision.reasons = reasons;
    decision.reasons_capacity = REASONS;
    for (long call = 0; call < WARM_UP + CALLS; call++) {
        /* Through the prices and back again, so that no bar holds a jump. */
        long step = call % (2 * BARS - 2), bar = step < BARS ? step : 2 * BARS - 2 - step;
        long before;
        int shaped = 0;
        uint64_t start;
        market.closes = prices + bar * ASSETS;
        for (int i = 0; i < ASSETS; i++) {
            highs[i] = market.closes[i] * 1.01;
            lows[i] = market.closes[i] * 0.99;
            betas[i] = 1;
        }
        before = allocations;
        start = nanoseconds();
        MUST(risk_manage(manager, &market, &portfolio, &decision));
        if (call < WARM_UP) continue;
        times[call - WARM_UP] = nanoseconds() - start;
        *allocated += allocations - before;
        for (size_t i = 0; i < decision.reasons_len; i++) {
            /* Codes below 30 have changed the weights. */
            shaped += reasons[i].code < 30;
        }
        if (binds == 0 ? shaped != 0 : shaped < binds) {
            fprintf(stderr, "%d limits bind, expected %d\n", shaped, binds);
            exit(1);
        }
    }
    found = quantiles_of(times);
    risk_manager_free(manager);
    return found;
}

/* The regime filter: 3 regimes, 10 assets, over the returns of the prices. */
static uint64_t hmm_filter(const char *model) {
    static double returns[BARS - 1][ASSETS];
    risk_regime *regime = NULL;
    uint64_t p50;
    for (int bar = 0; bar < BARS - 1; bar++) {
        for (int i = 0; i < ASSETS; i++) {
            returns[bar][i] = prices[(bar + 1) * ASSETS + i] / prices[bar * ASSETS + i] - 1;
        }
    }
    MUST(risk_regime_new(model, &regime));
    for (int i = 0; i < CALLS; i++) {
        uint64_t start = nanoseconds();
        MUST(risk_regime_update(regime, returns[i % (BARS - 1)], ASSETS));
        times[i] = nanoseconds() - start;
    }
    p50 = quantiles_of(times).p50;
    risk_regime_free(regime);
    return p50;
}

int main(int argc, char **argv) {
    const char *settings;
    quantiles calm, binding;
    long allocated = 0;
    if (argc != 2) return 2;
    settings = contents(argv[1], "risk.json");
    prices = (const double *)(const void *)contents(argv[1], "prices.f64");
    calm = manage(settings, even, 0, &allocated);
    binding = manage(settings, concentrated, 3, &allocated);
    printf("risk_manage_p50_ns %llu\n", (unsigned long long)calm.p50);
    printf("risk_manage_p999_ns %llu\n", (unsigned long long)calm.p999);
    printf("risk_manage_binding_p50_ns %llu\n", (unsigned long long)binding.p50);
    printf("risk_manage_binding_p999_ns %llu\n", (unsigned long long)binding.p999);
    printf("risk_manage_allocations %ld\n", allocated);
    printf("hmm_filter_p50_ns %llu\n", (unsigned long long)hmm_filter(contents(argv[1], "regime.json")));
    return 0;
}
