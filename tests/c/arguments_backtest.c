/* Every export of back-tests with what no caller should hand it. argv: the demo policy, a folder (not used). */
#include "check.h"

#define BARS 320

static char text[4096];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {}, \"network\": {\"scorer\": {\"hidden\": [8]}}}";
static const char *const PARAMETERS =
    "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.02, 0.05],"
    " \"covariance\": [[0.04, 0.01], [0.01, 0.0625]], \"cash_rate\": 0.01, \"bars_per_year\": 252}";

int main(int argc, char **argv) {
    ppo_agent *agent = NULL, *demo = NULL;
    ppo_market *market = NULL, *early = NULL, *endless = NULL, *other = NULL;
    ppo_backtest *made = NULL, *plain = NULL, *managed = NULL, *elsewhere = NULL, *restored = NULL;
    ppo_backtest_summary summary;
    size_t bars = 77, assets = 77, size = 77;
    double values[BARS * 3], number = 7.0;
    int64_t times[BARS];
    char small[4] = "abc";
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_load(argv[1], &demo));
    EXPECT(PPO_OK, ppo_market_simulate_prices(PARAMETERS, BARS, 10000 * DAY, 3, &market));
    EXPECT(PPO_OK, ppo_market_select(market, 0, 200, &early));
    EXPECT(PPO_OK, ppo_market_select(market, 0, BARS - 10, &other));
    EXPECT(PPO_OK, ppo_market_simulated(PARAMETERS, &endless));

    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_run(NULL, market, NULL, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_run(agent, NULL, NULL, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_run(agent, market, NULL, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_backtest_run((const ppo_agent *)(const void *)market, market, NULL, &made));
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_backtest_run(agent, (const ppo_market *)(const void *)agent, NULL, &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(agent, market, "", &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(agent, market, "{\"cost\": 1}", &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(agent, market, "{\"cost_rate\": 1}", &made));
    CHECK(says("`options_json: cost_rate`"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(agent, market, "{\"risk\": {\"limit\": {}}}", &made));
    CHECK(says("options_json: risk"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(agent, market, "{\"risk\": {\"trade_band\": 7}}", &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(agent, early, NULL, &made));
    CHECK(says("252 returns of history"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(agent, endless, NULL, &made));
    CHECK(says("a simulation without end"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run(demo, market, NULL, &made));
    CHECK(says("market.assets"));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_run_baseline(NULL, 0, NULL, &made));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_run_baseline(market, 0, NULL, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run_baseline(market, 6, NULL, &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run_baseline(market, UINT32_MAX, NULL, &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run_baseline(market, 0, "{\"managed\": true}", &made));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_run_baseline(endless, 0, NULL, &made));
    CHECK(made == NULL);

    EXPECT(PPO_OK, ppo_backtest_run(agent, market, NULL, &plain));
    EXPECT(PPO_OK, ppo_backtest_run(agent, market, "{\"managed\": true}", &managed));
    EXPECT(PPO_OK, ppo_backtest_run_baseline(other, PPO_BASELINE_EQUAL_WEIGHT, NULL, &elsewhere));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_summary_init(NULL, sizeof summary));
    EXPECT(PPO_ERR_VERSION, ppo_backtest_summary_init(&summary, 95));
    EXPECT(PPO_OK, ppo_backtest_summary_init(&summary, sizeof summary));
    for (int i = 0; i < BARS * 3; i++) {
        values[i] = 7.0;
    }
    for (int i = 0; i < 2; i++) {
        const ppo_backtest *bad = i ? (const ppo_backtest *)(const void *)agent : NULL;
        ppo_status answer = i ? PPO_ERR_WRONG_HANDLE : PPO_ERR_NULL_POINTER;
        EXPECT(answer, ppo_backtest_size(bad, &bars, &assets));
        EXPECT(answer, ppo_backtest_times(bad, times, BARS));
        EXPECT(answer, ppo_backtest_returns(bad, values, BARS));
        EXPECT(answer, ppo_backtest_equity(bad, values, BARS));
        EXPECT(answer, ppo_backtest_weights(bad, values, BARS));
        EXPECT(answer, ppo_backtest_turnover(bad, values, BARS));
        EXPECT(answer, ppo_backtest_costs(bad, values, BARS));
        EXPECT(answer, ppo_backtest_risk(bad, values, BARS, NULL, 0));
        EXPECT(answer, ppo_backtest_state_json(bad, NULL, 0, &size));
        EXPECT(answer, ppo_backtest_summarize(bad, &summary));
        EXPECT(answer, ppo_backtest_reasons_json(bad, text, sizeof text, &size));
        EXPECT(answer, ppo_backtest_compare(bad, plain, NULL, &number, &number, &number));
        EXPECT(answer, ppo_backtest_compare(plain, bad, NULL, &number, &number, &number));
        EXPECT(answer, ppo_backtest_last_error(bad, text, sizeof text, &size));
    }
    CHECK(bars == 77 && assets == 77 && size == 77 && number == 7.0 && summary.bars == 0);
    EXPECT(PPO_OK, ppo_backtest_size(plain, NULL, NULL));
    EXPECT(PPO_OK, ppo_backtest_size(plain, &bars, &assets));
    CHECK(bars == BARS - 253 && assets == 2);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_times(plain, NULL, bars));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_returns(plain, NULL, bars));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_equity(plain, NULL, bars));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_weights(plain, NULL, bars * 3));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_turnover(plain, NULL, bars));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_costs(plain, NULL, bars));
    EXPECT(PPO_ERR_LENGTH, ppo_backtest_times(plain, times, bars - 1));
    EXPECT(PPO_ERR_LENGTH, ppo_backtest_returns(plain, values, bars + 1));
    EXPECT(PPO_ERR_LENGTH, ppo_backtest_equity(plain, values, 0));
    EXPECT(PPO_ERR_LENGTH, ppo_backtest_weights(plain, values, bars));
    EXPECT(PPO_ERR_LENGTH, ppo_backtest_turnover(plain, values, SIZE_MAX));
    EXPECT(PPO_ERR_LENGTH, ppo_backtest_costs(plain, values, 1));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_risk(plain, values, bars, NULL, 0));
    CHECK(says("without a risk manager"));
    EXPECT(PPO_ERR_LENGTH, ppo_backtest_risk(managed, values, bars - 1, NULL, 0));
    EXPECT(PPO_ERR_LENGTH, ppo_backtest_risk(managed, NULL, 0, values, 1));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_risk(managed, NULL, bars, NULL, 0));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_risk(managed, values, bars, values + 1, bars));
    CHECK(says("memory that `leverage` uses"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_reasons_json(plain, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_reasons_json(managed, NULL, 5, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, ppo_backtest_reasons_json(managed, small, sizeof small, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_summarize(plain, NULL));
    summary.struct_size = 5;
    EXPECT(PPO_ERR_VERSION, ppo_backtest_summarize(plain, &summary));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_compare(plain, managed, NULL, NULL, &number, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_compare(plain, managed, NULL, &number, NULL, &number));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_compare(plain, managed, NULL, &number, &number, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_compare(plain, managed, "{\"draw\": 2}", &number, &number, &number));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_compare(plain, managed, "{\"draws\": 0}", &number, &number, &number));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_compare(plain, elsewhere, NULL, &number, &number, &number));
    CHECK(says("`second` is of other times"));
    CHECK(number == 7.0 && strcmp(small, "abc") == 0);
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_restore(NULL, &restored));
    EXPECT(PPO_ERR_NULL_POINTER, ppo_backtest_restore("{}", NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, ppo_backtest_restore("{}", &restored));
    EXPECT(PPO_ERR_INVALID_ARGUMENT,
           ppo_backtest_restore("{\"plain\": {\"name\": \"\", \"dates\": [], \"returns\": [], \"weights\": [], "
                                "\"turnover\": [], \"costs\": []}}",
                                &restored));
    CHECK(restored == NULL);
    for (int i = 0; i < 2; i++) {
        char *state, *again;
        EXPECT(PPO_OK, ppo_backtest_state_json(i ? managed : plain, NULL, 0, &size));
        state = malloc(size), again = malloc(size);
        CHECK(state != NULL && again != NULL);
        EXPECT(PPO_OK, ppo_backtest_state_json(i ? managed : plain, state, size, NULL));
        EXPECT(PPO_OK, ppo_backtest_restore(state, &restored));
        EXPECT(PPO_OK, ppo_backtest_state_json(restored, again, size, NULL));
        CHECK(strcmp(state, again) == 0);
        ppo_backtest_free(restored);
        free(state), free(again);
    }
    for (int i = 0; i < BARS * 3; i++) {
        CHECK(values[i] == 7.0);
    }
    ppo_backtest_free(NULL);
    ppo_backtest_free((ppo_backtest *)(void *)agent);
    CHECK(says("ppo_backtest_free: `backtest` is no live backtest"));
    ppo_backtest_free(elsewhere);
    EXPECT(PPO_ERR_WRONG_HANDLE, ppo_backtest_returns(elsewhere, values, bars));
    ppo_backtest_free(plain);
    ppo_backtest_free(managed);
    ppo_market_free(market);
    ppo_market_free(early);
    ppo_market_free(other);
    ppo_market_free(endless);
    ppo_agent_free(demo);
    ppo_agent_free(agent);
    return finished("arguments_backtest");
}
