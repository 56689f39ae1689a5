/* Every export that measures, sizes or forecasts, with what no caller should hand it. argv: the demo policy, a folder
 * to write to. */
#include "check.h"

#define BARS 6

static char text[65536];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    if (strstr(text, words) == NULL) {
        printf("\"%s\" is not in \"%s\"\n", words, text);
        return 0;
    }
    return 1;
}

static const double RETURNS[BARS] = {0.01, -0.02, 0.005, 0.0, -0.01, 0.03};
static const double BENCHMARK[BARS] = {0.008, -0.01, 0.004, 0.001, -0.012, 0.02};
static const double WITH_NAN[BARS] = {0.01, NAN, 0.005, 0.0, -0.01, 0.03};
static const double INFINITE[BARS] = {0.01, -0.02, 0.005, 0.0, -INFINITY, 0.03};

/* Any pointer that is no valid one, to see that an output was not written. */
#define UNTOUCHED ((void *)text)

static risk_conventions conventions(void) {
    risk_conventions filled;
    EXPECT(PPO_OK, risk_conventions_init(&filled, sizeof filled));
    return filled;
}

static void convention(double bars_per_year, double risk_free, double required_return, double tail, ppo_status expected,
                       const char *words) {
    risk_conventions by = conventions();
    risk_metrics metrics, before;
    risk_benchmark_metrics beside;
    risk_performance *performance = UNTOUCHED;
    EXPECT(PPO_OK, risk_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_OK, risk_benchmark_metrics_init(&beside, sizeof beside));
    by.bars_per_year = bars_per_year;
    by.risk_free = risk_free;
    by.required_return = required_return;
    by.tail = tail;
    before = metrics;
    EXPECT(expected, risk_metrics_compute(RETURNS, BARS, &by, &metrics));
    CHECK(says(words) && memcmp(&before, &metrics, sizeof before) == 0);
    EXPECT(expected, risk_benchmark_metrics_compute(RETURNS, BARS, BENCHMARK, BARS, &by, &beside));
    EXPECT(expected, risk_performance_new(&by, &performance));
    EXPECT(expected, risk_performance_restore(&by, "{}", &performance));
    CHECK(performance == UNTOUCHED);
}

static void measures(void) {
    risk_conventions by = conventions();
    risk_metrics metrics, before;
    risk_benchmark_metrics beside, beside_before;
    EXPECT(PPO_ERR_NULL_POINTER, risk_conventions_init(NULL, sizeof by));
    EXPECT(PPO_ERR_VERSION, risk_conventions_init(&by, 8));
    EXPECT(PPO_ERR_NULL_POINTER, risk_metrics_init(NULL, sizeof metrics));
    EXPECT(PPO_ERR_VERSION, risk_metrics_init(&metrics, sizeof metrics - 1));
    EXPECT(PPO_ERR_NULL_POINTER, risk_benchmark_metrics_init(NULL, sizeof beside));
    EXPECT(PPO_ERR_VERSION, risk_benchmark_metrics_init(&beside, SIZE_MAX));
    EXPECT(PPO_OK, risk_metrics_init(&metrics, sizeof metrics));
    EXPECT(PPO_OK, risk_benchmark_metrics_init(&beside, sizeof beside));
    CHECK(isnan(metrics.sharpe) && isnan(metrics.kurtosis) && isnan(beside.beta) && by.bars_per_year == 252.0);
    before = metrics;
    beside_before = beside;
    EXPECT(PPO_ERR_NULL_POINTER, risk_metrics_compute(NULL, BARS, &by, &metrics));
    EXPECT(PPO_ERR_NULL_POINTER, risk_metrics_compute(RETURNS, BARS, &by, NULL));
    EXPECT(PPO_ERR_NOT_FINITE, risk_metrics_compute(INFINITE, BARS, NULL, &metrics));
    CHECK(says("`returns[4]` is -inf, expected a finite number, or NaN where it is not known"));
    by.reserved = 1;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_metrics_compute(RETURNS, BARS, &by, &metrics));
    CHECK(says("`conventions.reserved` is 1"));
    by = conventions();
    by.struct_size = 12;
    EXPECT(PPO_ERR_VERSION, risk_metrics_compute(RETURNS, BARS, &by, &metrics));
    by = conventions();
    EXPECT(PPO_ERR_NULL_POINTER, risk_benchmark_metrics_compute(NULL, BARS, BENCHMARK, BARS, &by, &beside));
    EXPECT(PPO_ERR_NULL_POINTER, risk_benchmark_metrics_compute(RETURNS, BARS, NULL, BARS, &by, &beside));
    EXPECT(PPO_ERR_NULL_POINTER, risk_benchmark_metrics_compute(RETURNS, BARS, BENCHMARK, BARS, &by, NULL));
    EXPECT(PPO_ERR_LENGTH, risk_benchmark_metrics_compute(RETURNS, BARS, BENCHMARK, BARS - 1, &by, &beside));
    CHECK(says("`benchmark` has 5 values, expected 6"));
    EXPECT(PPO_ERR_NOT_FINITE, risk_benchmark_metrics_compute(RETURNS, BARS, INFINITE, BARS, NULL, &beside));
    CHECK(says("`benchmark[4]` is -inf"));
    CHECK(memcmp(&before, &metrics, sizeof before) == 0);
    CHECK(memcmp(&beside_before, &beside, sizeof beside) == 0);
    metrics.struct_size = 127;
    EXPECT(PPO_ERR_VERSION, risk_metrics_compute(RETURNS, BARS, &by, &metrics));
    CHECK(says("`metrics.struct_size` is 127"));
    beside.struct_size = 0;
    EXPECT(PPO_ERR_VERSION, risk_benchmark_metrics_compute(RETURNS, BARS, BENCHMARK, BARS, &by, &beside));
    metrics.struct_size = sizeof metrics;
    convention(0.0, 0.0, 0.0, 0.05, PPO_ERR_INVALID_ARGUMENT, "`conventions.bars_per_year` is 0");
    convention(NAN, 0.0, 0.0, 0.05, PPO_ERR_NOT_FINITE, "`conventions.bars_per_year` is NaN");
    convention(252.0, NAN, 0.0, 0.05, PPO_ERR_NOT_FINITE, "`conventions.risk_free` is NaN");
    convention(252.0, 0.0, INFINITY, 0.05, PPO_ERR_NOT_FINITE, "`conventions.required_return` is inf");
    convention(252.0, 0.0, 0.0, 1.5, PPO_ERR_INVALID_ARGUMENT, "`conventions.tail` is 1.5");
    /* An unknown return is none; of no returns nothing is known. */
    EXPECT(PPO_OK, risk_metrics_compute(WITH_NAN, BARS, &by, &metrics));
    CHECK(metrics.annual_volatility > 0.0 && isnan(metrics.value_at_risk) && metrics.struct_size == sizeof metrics);
    EXPECT(PPO_OK, risk_metrics_compute(RETURNS, 0, NULL, &metrics));
    CHECK(isnan(metrics.annual_return) && isnan(metrics.max_drawdown));
}

static void drawdowns(void) {
    const double equity[5] = {1.0, 0.9, 1.0, 0.5, 0.7}, ruined[3] = {1.0, 0.0, 1.0}, unknown[3] = {1.0, NAN, 1.0};
    risk_drawdown_period found[3], before[3];
    size_t count = 77;
    memset(found, 7, sizeof found);
    memcpy(before, found, sizeof found);
    EXPECT(PPO_ERR_NULL_POINTER, risk_worst_drawdowns(NULL, 5, found, 3, &count));
    EXPECT(PPO_ERR_NULL_POINTER, risk_worst_drawdowns(equity, 5, NULL, 3, &count));
    EXPECT(PPO_ERR_NULL_POINTER, risk_worst_drawdowns(equity, 5, found, 3, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_worst_drawdowns(ruined, 3, found, 3, &count));
    CHECK(says("`equity[1]` is 0, expected a finite number above 0"));
    EXPECT(PPO_ERR_NOT_FINITE, risk_worst_drawdowns(unknown, 3, found, 3, &count));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_worst_drawdowns((const double *)(const void *)found, 3, found, 3, &count));
    CHECK(says("memory that `equity` uses"));
    CHECK(count == 77 && memcmp(before, found, sizeof found) == 0);
    EXPECT(PPO_OK, risk_worst_drawdowns(equity, 5, found, 3, &count));
    CHECK(count == 2 && found[0].depth == 0.5 && found[0].peak == 2 && found[0].valley == 3 && found[0].recovery == 0);
    CHECK(found[1].peak == 0 && found[1].valley == 1 && found[1].recovery == 2);
    CHECK(memcmp(&before[2], &found[2], sizeof *found) == 0);
    EXPECT(PPO_OK, risk_worst_drawdowns(equity, 5, found, 1, &count));
    CHECK(count == 1);
}

static void performance(const char *model) {
    risk_performance *series = NULL, *untouched = UNTOUCHED, *wrong;
    risk_performance_figures figures, before;
    ppo_agent *agent = NULL;
    size_t size = 77;
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_figures_init(NULL, sizeof figures));
    EXPECT(PPO_ERR_VERSION, risk_performance_figures_init(&figures, 4));
    EXPECT(PPO_OK, risk_performance_figures_init(&figures, sizeof figures));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_new(NULL, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_restore(NULL, "{}", NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_restore(NULL, NULL, &untouched));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_performance_restore(NULL, "{\"bars\": 1}", &untouched));
    CHECK(says("state_json"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT,
           risk_performance_restore(NULL,
                                    "{\"bars\":1,\"known\":2,\"mean\":0.0,\"squares\":0.0,\"downside_squares\":0.0,"
                                    "\"equity\":1.0,\"peak\":1.0,\"max_drawdown\":0.0}",
                                    &untouched));
    CHECK(says("`state_json: known` is 2") && untouched == UNTOUCHED);
    EXPECT(PPO_OK, risk_performance_new(NULL, &series));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_push(NULL, 0.01));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_read(NULL, &figures));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_read(series, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_state_json(NULL, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_state_json(series, NULL, 1, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_performance_last_error(NULL, text, sizeof text, NULL));
    CHECK(size == 77);
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, risk_performance_state_json(series, text, 3, &size));
    EXPECT(PPO_ERR_NOT_FINITE, risk_performance_push(series, INFINITY));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_performance_push(series, -1e300));
    EXPECT(PPO_OK, risk_performance_last_error(series, text, sizeof text, NULL));
    CHECK(strstr(text, "risk_performance_push: `simple_return` is ") == text);
    /* What was refused was not taken in. */
    EXPECT(PPO_OK, risk_performance_read(series, &figures));
    CHECK(figures.bars == 0 && figures.equity == 1.0 && isnan(figures.sharpe));
    EXPECT(PPO_OK, risk_performance_push(series, NAN));
    EXPECT(PPO_OK, risk_performance_push(series, -0.5));
    EXPECT(PPO_OK, risk_performance_read(series, &figures));
    CHECK(figures.bars == 2 && figures.equity == 0.5 && figures.drawdown == 0.5 && figures.mean == -0.5);
    before = figures;
    figures.struct_size = before.struct_size = 111;
    EXPECT(PPO_ERR_VERSION, risk_performance_read(series, &figures));
    CHECK(memcmp(&before, &figures, sizeof figures) == 0);
    figures.struct_size = sizeof figures;
    EXPECT(PPO_OK, ppo_load(model, &agent));
    wrong = (risk_performance *)(void *)agent;
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_performance_push(wrong, 0.01));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_performance_read(wrong, &figures));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_performance_state_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_performance_last_error(wrong, text, sizeof text, NULL));
    ppo_agent_free(agent);
    risk_performance_free(series);
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_performance_push(series, 0.01));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_performance_read(series, &figures));
    risk_performance_free(NULL);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    measures();
    drawdowns();
    performance(argv[1]);
    return finished("arguments_risk_measures");
}
