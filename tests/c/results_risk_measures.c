/* Measures as bytes, for the Rust test to compare with its own. argv: the file to write. The returns first, so that
 * both have the same. Pushing and reading allocate nothing. */
#include "allocations.h"
#include "check.h"

#define BARS 300

static unsigned seed = 4242u;
static FILE *file;

/* In [0, 1). Sums and quotients alone, so that every compiler gives the same bits. */
static double uniform(void) {
    seed = seed * 1664525u + 1013904223u;
    return (double)(seed >> 8) / 16777216.0;
}

/* A struct without its first two fields, which are not results. */
static void results(const void *whole, size_t size) {
    CHECK(fwrite((const char *)whole + 8, size - 8, 1, file) == 1);
}

static void measures(const double *returns, const double *benchmark, const risk_conventions *by) {
    risk_metrics metrics;
    risk_benchmark_metrics beside;
    EXPECT(PPO_OK, risk_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_OK, risk_metrics_compute(returns, BARS, by, &metrics));
    results(&metrics, sizeof metrics);
    EXPECT(PPO_OK, risk_benchmark_metrics_init(&beside, sizeof beside));
    EXPECT(PPO_OK, risk_benchmark_metrics_compute(returns, BARS, benchmark, BARS, by, &beside));
    results(&beside, sizeof beside);
}

/* The program starts again in the middle. */
static void performance(const double *returns, const risk_conventions *by) {
    risk_performance *series = NULL, *restored = NULL;
    risk_performance_figures figures;
    static char state[4096];
    EXPECT(PPO_OK, risk_performance_figures_init(&figures, sizeof figures));
    EXPECT(PPO_OK, risk_performance_new(by, &series));
    for (int bar = 0; bar < BARS; bar++) {
        long before = allocations;
        EXPECT(PPO_OK, risk_performance_push(series, returns[bar]));
        EXPECT(PPO_OK, risk_performance_read(series, &figures));
        CHECK(allocations == before);
        if (bar == BARS / 2) {
            EXPECT(PPO_OK, risk_performance_state_json(series, state, sizeof state, NULL));
            EXPECT(PPO_OK, risk_performance_restore(by, state, &restored));
            risk_performance_free(series);
            series = restored;
        }
    }
    results(&figures, sizeof figures);
    risk_performance_free(series);
}

int main(int argc, char **argv) {
    double returns[BARS], benchmark[BARS], equity[BARS + 1];
    risk_conventions by;
    risk_drawdown_period worst[5];
    size_t count = 0;
    if (argc != 2) {
        return 2;
    }
    file = fopen(argv[1], "wb");
    CHECK(file != NULL);
    equity[0] = 1.0;
    for (int bar = 0; bar < BARS; bar++) {
        benchmark[bar] = (uniform() - 0.49) * 0.03;
        returns[bar] = benchmark[bar] * 0.8 + (uniform() - 0.5) * 0.01;
        equity[bar + 1] = equity[bar] + equity[bar] * returns[bar];
    }
    fwrite(returns, sizeof *returns, BARS, file);
    fwrite(benchmark, sizeof *benchmark, BARS, file);
    fwrite(equity, sizeof *equity, BARS + 1, file);
    EXPECT(PPO_OK, risk_conventions_init(&by, sizeof by));
    by.bars_per_year = 52.0;
    by.risk_free = 0.0001;
    by.required_return = 0.0002;
    by.tail = 0.1;
    measures(returns, benchmark, NULL);
    measures(returns, benchmark, &by);
    performance(returns, NULL);
    performance(returns, &by);
    EXPECT(PPO_OK, risk_worst_drawdowns(equity, BARS + 1, worst, 5, &count));
    CHECK(count == 5);
    fwrite(worst, sizeof *worst, count, file);
    CHECK(fclose(file) == 0);
    return finished("results_risk_measures");
}
