/* Back-tests over simulated prices, written for Rust to compare: of a policy, of the same under a risk manager, of the
 * six baselines, and a comparison. argv: a file to write. */
#include "check.h"

#define N 4
#define BARS 700

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\", \"C\", \"D\"],"
    " \"state\": {\"assets\": 4, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {\"cash\": true, \"prior\": {\"vol_target\": {\"target\": 0.15, \"half_life\": 20, \"lookback\": 252}},"
    " \"trade_band\": 0.05}, \"network\": {\"scorer\": {\"hidden\": [16]}}}";
static const char *const PARAMETERS =
    "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\", \"C\", \"D\"], \"drift\": [0.02, 0.05, 0.08, 0.11],"
    " \"covariance\": [[0.04, 0.01, 0.01, 0.01], [0.01, 0.0625, 0.01, 0.01], [0.01, 0.01, 0.09, 0.02],"
    " [0.01, 0.01, 0.02, 0.1225]], \"cash_rate\": 0.01, \"bars_per_year\": 252}";

static FILE *file;

static void put(const double *values, size_t count) {
    CHECK(fwrite(values, sizeof *values, count, file) == count);
}

/* Every array of a back-test, and its figures. */
static void write_out(const ppo_backtest *backtest) {
    ppo_backtest_summary summary;
    size_t bars = 0, assets = 0;
    double *values;
    int64_t *times;
    EXPECT(PPO_OK, ppo_backtest_summary_init(&summary, sizeof summary));
    EXPECT(PPO_OK, ppo_backtest_size(backtest, &bars, &assets));
    CHECK(bars > 22 && assets == N);
    values = malloc(bars * (N + 1) * sizeof *values);
    times = malloc(bars * sizeof *times);
    EXPECT(PPO_OK, ppo_backtest_times(backtest, times, bars));
    for (size_t t = 0; t < bars; t++) {
        CHECK(times[t] % DAY == 0);
        values[t] = (double)(times[t] / DAY);
    }
    put(values, bars);
    EXPECT(PPO_OK, ppo_backtest_returns(backtest, values, bars));
    put(values, bars);
    EXPECT(PPO_OK, ppo_backtest_equity(backtest, values, bars));
    put(values, bars);
    EXPECT(PPO_OK, ppo_backtest_turnover(backtest, values, bars));
    put(values, bars);
    EXPECT(PPO_OK, ppo_backtest_costs(backtest, values, bars));
    put(values, bars);
    EXPECT(PPO_OK, ppo_backtest_weights(backtest, values, bars * (N + 1)));
    put(values, bars * (N + 1));
    EXPECT(PPO_OK, ppo_backtest_summarize(backtest, &summary));
    CHECK(summary.bars == bars);
    put(&summary.annual_return, 10);
    free(values);
    free(times);
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    ppo_market *market = NULL, *later = NULL;
    ppo_backtest *plain = NULL, *managed = NULL, *baseline = NULL, *prior = NULL;
    double interval[3], *values;
    char text[4096];
    size_t bars = 0;
    if (argc != 2) {
        return 2;
    }
    file = fopen(argv[1], "wb");
    CHECK(file != NULL);
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_market_simulate_prices(PARAMETERS, BARS, 10000 * DAY, 3, &market));
    EXPECT(PPO_OK, ppo_market_select(market, 300, BARS - 1, &later));
    EXPECT(PPO_OK, ppo_backtest_run(agent, later, "{\"cost_rate\": 0.002}", &plain));
    write_out(plain);
    EXPECT(PPO_OK, ppo_backtest_run(agent, later, "{\"managed\": true}", &managed));
    write_out(managed);
    EXPECT(PPO_OK, ppo_backtest_size(managed, &bars, NULL));
    values = malloc(2 * bars * sizeof *values);
    EXPECT(PPO_OK, ppo_backtest_risk(managed, values, bars, values + bars, bars));
    put(values, 2 * bars);
    free(values);
    EXPECT(PPO_OK, ppo_backtest_reasons_json(managed, text, sizeof text, NULL));
    CHECK(strstr(text, "\"TRADE_BAND\":") != NULL || strstr(text, "\"LEVERAGE") != NULL);
    for (uint32_t i = 0; i < 6; i++) {
        EXPECT(PPO_OK, ppo_backtest_run_baseline(later, i, NULL, &baseline));
        write_out(baseline);
        EXPECT(PPO_OK, ppo_backtest_compare(plain, baseline, "{\"draws\": 200}", &interval[0], &interval[1],
                                            &interval[2]));
        put(interval, 3);
        ppo_backtest_free(baseline);
        baseline = NULL;
    }
    /* The prior of an untrained agent is that agent: no difference, to the bit. */
    EXPECT(PPO_OK, ppo_backtest_run(agent, later, "{\"cost_rate\": 0.002, \"prior\": true}", &prior));
    write_out(prior);
    EXPECT(PPO_OK, ppo_backtest_compare(plain, prior, NULL, &interval[0], &interval[1], &interval[2]));
    CHECK(interval[0] == 0.0 && interval[1] == 0.0 && interval[2] == 0.0);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run_baseline(later, 0, "{\"prior\": true}", &baseline));
    /* 399 bars are fewer than twelve blocks of 60: a median, and no interval. */
    EXPECT(PPO_OK, ppo_backtest_compare(plain, managed, "{\"block\": 60}", &interval[0], &interval[1], &interval[2]));
    CHECK(!isnan(interval[0]) && isnan(interval[1]) && isnan(interval[2]));
    CHECK(fclose(file) == 0);
    ppo_backtest_free(prior);
    ppo_backtest_free(plain);
    ppo_backtest_free(managed);
    ppo_market_free(later);
    ppo_market_free(market);
    ppo_agent_free(agent);
    return finished("backtest");
}
