/* Every export of the risk manager with what no caller should hand it. argv: the demo policy, a folder to write to. */
#include "check.h"

#define N 2

static char text[65536];

static int says(const char *words) {
    ppo_last_error(text, sizeof text, NULL);
    return strstr(text, words) != NULL;
}

static const double CLOSES[N] = {100.0, 50.0}, HIGHS[N] = {101.0, 51.0}, LOWS[N] = {99.0, 49.0};
static const double TARGET[N] = {0.6, 0.3}, CURRENT[N] = {0.5, 0.4};

/* A whole bar, portfolio and place for a decision. */
struct all {
    ppo_bar market;
    risk_portfolio portfolio;
    risk_decision decision;
    double weights[N], units[N], stops[N];
    risk_reason reasons[32];
};

static void fill(struct all *all) {
    memset(all, 0, sizeof *all);
    EXPECT(PPO_OK, ppo_bar_init(&all->market, sizeof all->market));
    EXPECT(PPO_OK, risk_portfolio_init(&all->portfolio, sizeof all->portfolio));
    EXPECT(PPO_OK, risk_decision_init(&all->decision, sizeof all->decision));
    all->market.closes = CLOSES;
    all->market.closes_len = N;
    all->market.highs = HIGHS;
    all->market.highs_len = N;
    all->market.lows = LOWS;
    all->market.lows_len = N;
    all->portfolio.target = TARGET;
    all->portfolio.target_len = N;
    all->portfolio.current = CURRENT;
    all->portfolio.current_len = N;
    all->portfolio.equity = 1e5;
    all->decision.weights = all->weights;
    all->decision.weights_len = N;
    all->decision.units = all->units;
    all->decision.units_len = N;
    all->decision.stops = all->stops;
    all->decision.stops_len = N;
    all->decision.reasons = all->reasons;
    all->decision.reasons_capacity = 32;
}

/* What risk_manage must answer, with every byte of the outputs as it was. */
static void refused(ppo_status expected, risk_manager *manager, struct all *all, const char *words) {
    static struct all before;
    before = *all;
    EXPECT(expected, risk_manage(manager, &all->market, &all->portfolio, &all->decision));
    if (!says(words)) {
        failures++;
        printf("\"%s\" is not in \"%s\"\n", words, text);
    }
    CHECK(memcmp(&before, all, sizeof before) == 0);
    fill(all);
}

static void making(risk_manager *live) {
    risk_manager *manager = (risk_manager *)(void *)text;
    size_t size = 77;
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_new(NULL, N, NULL));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_new(NULL, 0, &manager));
    CHECK(says("`assets` is 0"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_new(NULL, SIZE_MAX, &manager));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_new("", N, &manager));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_new("{\"limits\": {\"gros\": 1}}", N, &manager));
    CHECK(says("config_json: limits.gros"));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_new("{\"trade_band\": 2}", N, &manager));
    CHECK(says("`config_json: trade_band` is 2"));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_restore(NULL, N, "{}", NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_restore(NULL, N, NULL, &manager));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_restore(NULL, N, "{}", &manager));
    CHECK(says("state_json"));
    EXPECT(PPO_OK, risk_manager_state_json(live, text, sizeof text, &size));
    EXPECT(PPO_ERR_LENGTH, risk_manager_restore(NULL, N + 1, text, &manager));
    CHECK(manager == (risk_manager *)(void *)text);
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_state_json(live, NULL, 1, &size));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, risk_manager_state_json(live, text, 3, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_config_json(live, NULL, 0, NULL));
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, risk_manager_config_json(live, text, 3, &size));
    EXPECT(PPO_OK, risk_manager_config_json(live, text, sizeof text, &size));
    CHECK(strlen(text) + 1 == size && strstr(text, "\"trade_band\":0.0") != NULL);
    EXPECT(PPO_OK, risk_manager_new(text, N, &manager));
    risk_manager_free(manager);
}

static void structs(void) {
    struct all all;
    EXPECT(PPO_ERR_NULL_POINTER, ppo_bar_init(NULL, sizeof all.market));
    EXPECT(PPO_ERR_NULL_POINTER, risk_portfolio_init(NULL, sizeof all.portfolio));
    EXPECT(PPO_ERR_NULL_POINTER, risk_decision_init(NULL, sizeof all.decision));
    EXPECT(PPO_ERR_VERSION, ppo_bar_init(&all.market, 8));
    EXPECT(PPO_ERR_VERSION, risk_portfolio_init(&all.portfolio, sizeof all.portfolio - 1));
    EXPECT(PPO_ERR_VERSION, risk_decision_init(&all.decision, SIZE_MAX));
    fill(&all);
    CHECK(isnan(all.market.volatility) && isnan(all.market.trend) && isnan(all.portfolio.drawdown));
}

static void deciding(risk_manager *manager) {
    struct all all;
    double bad[N] = {100.0, NAN};
    fill(&all);
    EXPECT(PPO_ERR_NULL_POINTER, risk_manage(NULL, &all.market, &all.portfolio, &all.decision));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manage(manager, NULL, &all.portfolio, &all.decision));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manage(manager, &all.market, NULL, &all.decision));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manage(manager, &all.market, &all.portfolio, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_observe(manager, NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_observe(NULL, &all.market));
    all.market.closes = NULL;
    refused(PPO_ERR_NULL_POINTER, manager, &all, "`bar.closes` is NULL");
    all.market.closes_len = 1;
    refused(PPO_ERR_LENGTH, manager, &all, "`bar.closes` has 1 values");
    all.market.closes = bad;
    EXPECT(PPO_ERR_NOT_FINITE, risk_manager_observe(manager, &all.market));
    refused(PPO_ERR_NOT_FINITE, manager, &all, "`bar.closes[1]` is NaN");
    all.market.highs = NULL;
    refused(PPO_ERR_NULL_POINTER, manager, &all, "`bar.highs` is NULL");
    all.market.highs = NULL;
    all.market.highs_len = 0;
    refused(PPO_ERR_INVALID_ARGUMENT, manager, &all, "`bar.highs` is NULL");
    all.market.lows_len = 3;
    refused(PPO_ERR_LENGTH, manager, &all, "`bar.lows` has 3 values");
    all.market.lows = HIGHS;
    refused(PPO_ERR_INVALID_ARGUMENT, manager, &all, "`bar.lows[0]` is 101");
    all.market.atr_len = N;
    refused(PPO_ERR_NULL_POINTER, manager, &all, "`bar.atr` is NULL");
    all.market.betas = bad;
    all.market.betas_len = N;
    refused(PPO_ERR_NOT_FINITE, manager, &all, "`bar.betas[1]` is NaN");
    all.market.observation = CLOSES;
    all.market.observation_len = N;
    refused(PPO_ERR_LENGTH, manager, &all, "`bar.observation` has 2 values");
    all.market.volatility = -0.1;
    refused(PPO_ERR_INVALID_ARGUMENT, manager, &all, "`bar.volatility` is -0.1");
    all.market.trend = INFINITY;
    refused(PPO_ERR_NOT_FINITE, manager, &all, "`bar.trend` is inf");
    all.market.reserved = 1;
    refused(PPO_ERR_INVALID_ARGUMENT, manager, &all, "`bar.reserved` is 1");
    all.market.struct_size = 40;
    refused(PPO_ERR_VERSION, manager, &all, "`bar.struct_size` is 40");
    all.portfolio.target = bad;
    refused(PPO_ERR_NOT_FINITE, manager, &all, "`portfolio.target[1]` is NaN");
    all.portfolio.current_len = 0;
    refused(PPO_ERR_LENGTH, manager, &all, "`portfolio.current` has 0 values");
    all.portfolio.equity = 0.0;
    refused(PPO_ERR_INVALID_ARGUMENT, manager, &all, "`portfolio.equity` is 0");
    all.portfolio.drawdown = 1.5;
    refused(PPO_ERR_INVALID_ARGUMENT, manager, &all, "`portfolio.drawdown` is 1.5");
    all.decision.weights = NULL;
    refused(PPO_ERR_NULL_POINTER, manager, &all, "`decision.weights` is NULL");
    all.decision.units_len = 1;
    refused(PPO_ERR_LENGTH, manager, &all, "`decision.units` has 1 values");
    all.decision.stops = all.units + 1;
    refused(PPO_ERR_INVALID_ARGUMENT, manager, &all, "memory that `decision.units` uses");
    all.decision.reasons = NULL;
    refused(PPO_ERR_NULL_POINTER, manager, &all, "`decision.reasons` is NULL");
    all.decision.struct_size = 0;
    refused(PPO_ERR_VERSION, manager, &all, "`decision.struct_size` is 0");
    /* Nothing that was refused was taken in: the first decision is that of a manager that has seen nothing. */
    EXPECT(PPO_OK, risk_manage(manager, &all.market, &all.portfolio, &all.decision));
    CHECK(all.decision.state == RISK_STATE_ACTIVE && all.decision.weights == all.weights);
    CHECK(all.decision.reasons_len > 0 && all.decision.reasons_len <= 32 && all.decision.cash > 0.0);
    CHECK(fabs(all.decision.cash + all.weights[0] + all.weights[1] - 1.0) < 1e-9);
    /* Without the arrays that may be left out; and the number of reasons where there is no room. */
    {
        size_t before = all.decision.reasons_len;
        all.decision.units = all.decision.stops = NULL;
        all.decision.units_len = all.decision.stops_len = 0;
        all.decision.reasons_capacity = 1;
        all.reasons[1].code = 77;
        EXPECT(PPO_OK, risk_manage(manager, &all.market, &all.portfolio, &all.decision));
        CHECK(all.decision.reasons_len >= 2 && before >= 2 && all.reasons[1].code == 77);
    }
}

static void reasons(void) {
    risk_reason reason = {RISK_REASON_ASSET_STOP, 1, 0.25, 0.2};
    const char *names[N] = {"AAPL", "XOM"}, *broken[N] = {"AAPL", NULL};
    size_t size = 77;
    CHECK(strcmp(risk_reason_name(RISK_REASON_DRAWDOWN_STOP), "DRAWDOWN_STOP") == 0);
    CHECK(strcmp(risk_reason_name(0), "UNKNOWN") == 0);
    EXPECT(PPO_ERR_NULL_POINTER, risk_reason_describe(NULL, names, N, NULL, 0, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_reason_describe(&reason, NULL, N, NULL, 0, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_reason_describe(&reason, names, N, NULL, 1, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_reason_describe(&reason, broken, N, NULL, 0, text, sizeof text, &size));
    EXPECT(PPO_ERR_NULL_POINTER, risk_reason_describe(&reason, names, N, NULL, 0, NULL, 1, &size));
    CHECK(size == 77);
    EXPECT(PPO_ERR_BUFFER_TOO_SMALL, risk_reason_describe(&reason, names, N, NULL, 0, text, 4, &size));
    EXPECT(PPO_OK, risk_reason_describe(&reason, names, N, NULL, 0, text, sizeof text, &size));
    CHECK(strcmp(text, "ASSET_STOP XOM: found 0.25, allowed 0.2") == 0 && size == strlen(text) + 1);
    reason.index = RISK_NO_INDEX;
    reason.code = 9999;
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_reason_describe(&reason, names, N, NULL, 0, text, sizeof text, &size));
    CHECK(says("`reason.code` is 9999"));
}

static void handles(risk_manager *manager, const char *model) {
    ppo_agent *agent = NULL;
    risk_manager *wrong;
    struct all all;
    double probabilities[3] = {7.0, 7.0, 7.0};
    size_t assets = 0, observation = 9, regimes = 9;
    fill(&all);
    EXPECT(PPO_OK, ppo_load(model, &agent));
    wrong = (risk_manager *)(void *)agent;
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manage(wrong, &all.market, &all.portfolio, &all.decision));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_observe(wrong, &all.market));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_reset(wrong));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_reset_stop(wrong, 0));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_regimes(wrong, probabilities, 3));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_counts(wrong, &assets, NULL, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_config_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_state_json(wrong, text, sizeof text, NULL));
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_last_error(wrong, text, sizeof text, NULL));
    ppo_agent_free(agent);
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_reset(NULL));
    EXPECT(PPO_ERR_NULL_POINTER, risk_manager_last_error(NULL, text, sizeof text, NULL));
    EXPECT(PPO_OK, risk_manager_reset(manager));
    EXPECT(PPO_OK, risk_manager_counts(manager, &assets, &observation, &regimes));
    CHECK(assets == N && observation == 0 && regimes == 0);
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_regimes(manager, probabilities, 3));
    CHECK(says("without regimes") && probabilities[0] == 7.0);
    EXPECT(PPO_OK, risk_manager_reset_stop(manager, N - 1));
    EXPECT(PPO_ERR_INVALID_ARGUMENT, risk_manager_reset_stop(manager, N));
    EXPECT(PPO_OK, risk_manager_last_error(manager, text, sizeof text, NULL));
    CHECK(strcmp(text, "risk_manager_reset_stop: `asset` is 2, expected below 2 (assets)") == 0);
    risk_manager_free(manager);
    EXPECT(PPO_ERR_WRONG_HANDLE, risk_manager_reset(manager));
    risk_manager_free(NULL);
}

int main(int argc, char **argv) {
    risk_manager *manager = NULL;
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, risk_manager_new(NULL, N, &manager));
    making(manager);
    structs();
    deciding(manager);
    reasons();
    handles(manager, argv[1]);
    return finished("arguments_risk");
}
