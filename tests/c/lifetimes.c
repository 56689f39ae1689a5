/* Every kind of handle, made and freed over and over: the heap and the process do not grow. A new kind is a line
 * of `kinds`. argv: the demo policy, cycles. */
#include "check.h"
#include <malloc.h>
#include <unistd.h>

/* Headers of freed handles rest before they are used again: the first cycles grow. */
#define RESTING 1100

/* What glibc may keep for its own reasons (freed blocks that it counts as used; pages). The smallest block that malloc
 * gives, lost once in fifty cycles, is more. */
#define BYTES 65536
#define PAGES 64

static const char *const spec =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 3, \"account\": false, \"columns\": []}, "
    "\"action\": {\"distribution\": \"gaussian\"}, \"network\": {\"scorer\": {\"hidden\": [4]}}}";

static ppo_agent *agent;
static ppo_random *stream;
static uint8_t bytes[1 << 16];
static size_t size;

static ppo_status agent_new(void) {
    ppo_agent *made = NULL;
    ppo_status status = ppo_agent_new(spec, NULL, &made);
    ppo_agent_free(made);
    return status;
}

static ppo_status agent_loaded(void) {
    ppo_agent *made = NULL;
    ppo_status status = ppo_load_bytes(bytes, size, &made);
    ppo_agent_free(made);
    return status;
}

static ppo_status agent_clone(void) {
    ppo_agent *made = NULL;
    ppo_status status = ppo_agent_clone(agent, &made);
    ppo_agent_free(made);
    return status;
}

/* An error's words are the handle's, and go with it. */
static ppo_status agent_with_an_error(void) {
    ppo_agent *made = NULL;
    double value;
    ppo_status status = ppo_agent_clone(agent, &made);
    if (status == PPO_OK && ppo_value(made, NULL, 0, &value) == PPO_OK) {
        status = PPO_ERR_INVALID_ARGUMENT;
    }
    ppo_agent_free(made);
    return status;
}

static ppo_status agent_refused(void) {
    ppo_agent *made = NULL;
    return ppo_load_bytes(bytes, size - 1, &made) == PPO_ERR_FILE && made == NULL ? PPO_OK : PPO_ERR_FILE;
}

static ppo_status random_new(void) {
    ppo_random *made = NULL;
    ppo_status status = ppo_random_new(1, 2, &made);
    ppo_random_free(made);
    return status;
}

static ppo_status random_clone(void) {
    ppo_random *made = NULL;
    ppo_status status = ppo_random_clone(stream, &made);
    ppo_random_free(made);
    return status;
}

static ppo_status portfolio(void) {
    ppo_portfolio *made = NULL;
    double weights[2];
    double returns[2] = {0.01, 0.02};
    ppo_status status = ppo_portfolio_new(agent, "{\"history\": 20}", &made);
    status |= ppo_portfolio_push_returns(made, returns, 2, NULL);
    if (ppo_portfolio_kelly(made, weights, 2) != PPO_ERR_NOT_READY) {
        status = PPO_ERR_NOT_READY;
    }
    ppo_portfolio_free(made);
    return status;
}

/* The chain in one handle, with an error. */
static ppo_status managed(void) {
    ppo_book *made = NULL;
    uint32_t ready;
    ppo_status status = ppo_book_new(agent, "{\"history\": 20}", NULL, &made);
    if (ppo_book_ready(made, NULL) != PPO_ERR_NULL_POINTER || ppo_book_ready(made, &ready) != PPO_OK) {
        status = PPO_ERR_NOT_READY;
    }
    ppo_book_free(made);
    return status;
}

/* A baseline over simulated prices. */
static ppo_status backtest(void) {
    static const char *const PARAMETERS =
        "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.02, 0.05],"
        " \"covariance\": [[0.04, 0.01], [0.01, 0.0625]], \"cash_rate\": 0.01, \"bars_per_year\": 252}";
    ppo_market *prices = NULL;
    ppo_backtest *made = NULL;
    ppo_status status = ppo_market_simulate_prices(PARAMETERS, 280, 10000 * DAY, 1, &prices);
    status |= ppo_backtest_run_baseline(prices, PPO_BASELINE_EQUAL_WEIGHT, NULL, &made);
    ppo_market_free(prices);
    ppo_backtest_free(made);
    return status;
}

static const double closes[] = {100, 50, 101, 49, 102, 50, 101, 51, 103, 52, 104, 50, 105, 51, 104, 50, 103, 51};

/* Prices, a part of them, and a second handle on the part. */
static ppo_status market(void) {
    ppo_prices prices;
    ppo_market *made = NULL, *part = NULL, *same = NULL;
    ppo_status status = ppo_prices_init(&prices, sizeof prices);
    prices.bars = 9;
    prices.assets = 2;
    prices.closes = closes;
    status |= ppo_market_from_prices(&prices, &made);
    status |= ppo_market_select(made, 4, 8, &part);
    status |= ppo_market_clone(part, &same);
    ppo_market_free(made);
    ppo_market_free(part);
    ppo_market_free(same);
    return status;
}

/* Environments over a market that goes before them, with a step and an error. */
static ppo_status env(void) {
    static const double weights[] = {0.5, 0.25, 0.25, 1, 0, 0};
    ppo_prices prices;
    ppo_market *over = NULL;
    ppo_env *made = NULL;
    ppo_status status = ppo_prices_init(&prices, sizeof prices);
    prices.bars = 9;
    prices.assets = 2;
    prices.closes = closes;
    status |= ppo_market_from_prices(&prices, &over);
    status |= ppo_env_new(agent, over, NULL, 0, 2, &made);
    ppo_market_free(over);
    status |= ppo_env_step_weights(made, weights, 6, NULL);
    if (ppo_env_step_weights(made, weights, 5, NULL) == PPO_OK) {
        status = PPO_ERR_INVALID_ARGUMENT;
    }
    ppo_env_free(made);
    return status;
}

/* A manager restored from another's state, each with a decision, and an error. */
static ppo_status manager(void) {
    static const char *const tight = "{\"limits\": {\"tail_bars\": 20, \"fewest_tail_bars\": 2}}";
    static const double prices[] = {100, 50}, held[] = {0.5, 0.25};
    double weights[2];
    ppo_bar bar;
    risk_portfolio account;
    risk_decision decision;
    risk_manager *made = NULL, *restored = NULL;
    ppo_status status = ppo_bar_init(&bar, sizeof bar);
    status |= risk_portfolio_init(&account, sizeof account);
    status |= risk_decision_init(&decision, sizeof decision);
    bar.closes = prices;
    account.target = account.current = held;
    decision.weights = weights;
    bar.closes_len = account.target_len = account.current_len = decision.weights_len = 2;
    account.equity = 1e5;
    status |= risk_manager_new(tight, 2, &made);
    status |= risk_manage(made, &bar, &account, &decision);
    status |= risk_manager_state_json(made, (char *)bytes, sizeof bytes, NULL);
    status |= risk_manager_restore(tight, 2, (char *)bytes, &restored);
    status |= risk_manage(restored, &bar, &account, &decision);
    if (risk_manager_reset_stop(restored, 2) == PPO_OK) {
        status = PPO_ERR_INVALID_ARGUMENT;
    }
    risk_manager_free(made);
    risk_manager_free(restored);
    return status;
}

/* Every part of the manager by itself, used once. */
static ppo_status parts(void) {
    static const double prices[] = {100, 50}, held[] = {0.5, 0.25};
    double room[2];
    risk_hedge_position position;
    risk_limits *limits = NULL;
    risk_hedge *hedge = NULL;
    risk_atr *atr = NULL;
    risk_positions *positions = NULL;
    risk_drawdown *monitor = NULL;
    ppo_status status = risk_hedge_position_init(&position, sizeof position);
    status |= risk_limits_new("{\"tail_bars\": 20, \"fewest_tail_bars\": 2, \"max_gross\": 0.5}", 2, &limits);
    status |= risk_limits_apply(limits, held, 2, held, 2, 1.0, NULL, 0, NULL, 0, room, 2, NULL, 0, NULL);
    status |= risk_hedge_new(NULL, &hedge);
    status |= risk_hedge_decide(hedge, 0.2, held, 2, 1e5, NULL, 0, &position, NULL, 0, NULL);
    status |= risk_atr_new(2, 14, &atr);
    status |= risk_atr_update(atr, NULL, 0, NULL, 0, prices, 2);
    status |= risk_positions_new(NULL, 2, &positions);
    status |= risk_positions_size(positions, 1e5, held, 2, prices, 2, held, 2, 20, room, 2, NULL, 0, NULL, 0, NULL);
    status |= risk_drawdown_new("{\"stop_at\": 0.1}", &monitor);
    status |= risk_drawdown_update(monitor, 1e5, 0.2, NULL, NULL, NULL, 0, NULL);
    risk_limits_free(limits);
    risk_hedge_free(hedge);
    risk_atr_free(atr);
    risk_positions_free(positions);
    risk_drawdown_free(monitor);
    return status;
}

/* Told of a bar, refused another, saved and restored. */
static ppo_status performance(void) {
    risk_performance *made = NULL, *restored = NULL;
    static char state[1024];
    ppo_status status = risk_performance_new(NULL, &made);
    status |= risk_performance_push(made, 0.01);
    if (risk_performance_push(made, INFINITY) != PPO_ERR_NOT_FINITE) {
        status = PPO_ERR_NOT_FINITE;
    }
    status |= risk_performance_state_json(made, state, sizeof state, NULL);
    status |= risk_performance_restore(NULL, state, &restored);
    risk_performance_free(restored);
    risk_performance_free(made);
    return status;
}

static ppo_status regime(void) {
    static const char *const model =
        "{\"model\": {\"initial\": [0.5, 0.5], \"transition\": [[0.9, 0.1], [0.2, 0.8]], \"means\": [[0.0], [0.1]], "
        "\"covariances\": [[[0.01]], [[0.09]]]}}";
    risk_regime *made = NULL, *restored = NULL;
    static char state[1024];
    double observation[2] = {0.01, 0.02};
    ppo_status status = risk_regime_new(model, &made);
    status |= risk_regime_update(made, observation, 1);
    status |= risk_regime_update(made, NULL, 0);
    if (risk_regime_update(made, observation, 2) != PPO_ERR_LENGTH) {
        status = PPO_ERR_LENGTH;
    }
    status |= risk_regime_state_json(made, state, sizeof state, NULL);
    status |= risk_regime_restore(model, state, &restored);
    risk_regime_free(restored);
    risk_regime_free(made);
    return status;
}

/* Without libtorch there is no trainer to be had. */
static ppo_status or_not_built(ppo_status status) {
    return status == PPO_ERR_NOT_BUILT ? PPO_OK : status;
}

static ppo_config settings(void) {
    ppo_config config;
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.device = PPO_DEVICE_CPU;
    config.n_envs = config.n_steps = config.batch_size = config.n_epochs = 2;
    config.total_steps = 4;
    return config;
}

static ppo_status trainer_online(void) {
    ppo_config config = settings();
    ppo_trainer *made = NULL;
    ppo_status status = ppo_trainer_new_online(agent, &config, &made);
    ppo_trainer_free(made);
    return or_not_built(status);
}

static int32_t reset(void *user, size_t env, uint64_t seed, float *state, size_t state_len, double *prior,
                     size_t prior_len) {
    (void)user;
    (void)seed;
    (void)prior;
    (void)prior_len;
    for (size_t i = 0; i < state_len; i++) {
        state[i] = (float)(i + env) * 0.01f;
    }
    return 0;
}

static int32_t step(void *user, size_t env, const double *weights, size_t weights_len, float *state, size_t state_len,
                    double *prior, size_t prior_len, ppo_host_result *result) {
    (void)weights_len;
    result->reward = weights[0];
    return reset(user, env, 0, state, state_len, prior, prior_len);
}

/* A trainer over a host's environments, and a job that trains it to its end. */
static ppo_status job(void) {
    ppo_config config = settings();
    ppo_host_environment environment;
    ppo_trainer *trainer = NULL;
    ppo_job *made = NULL;
    ppo_status status = ppo_host_environment_init(&environment, sizeof environment);
    environment.reset = reset;
    environment.step = step;
    status |= ppo_trainer_new_host(agent, &environment, &config, &trainer);
    if (status == PPO_OK) {
        status |= ppo_job_start(trainer, NULL, &made);
        status |= ppo_job_wait(made, PPO_WAIT_FOREVER);
    }
    ppo_job_free(made);
    ppo_trainer_free(trainer);
    return or_not_built(status);
}

/* `share`: one of so many of the cycles asked for, where one takes long. */
static const struct {
    const char *name;
    ppo_status (*cycle)(void);
    long share;
} kinds[] = {
    {"ppo_agent_new", agent_new, 1},
    {"ppo_load_bytes", agent_loaded, 1},
    {"ppo_load_bytes, refused", agent_refused, 1},
    {"ppo_agent_clone", agent_clone, 1},
    {"ppo_agent_clone, an error", agent_with_an_error, 1},
    {"ppo_random_new", random_new, 1},
    {"ppo_random_clone", random_clone, 1},
    {"ppo_market_from_prices", market, 1},
    {"ppo_env_new", env, 1},
    {"ppo_portfolio_new, an error", portfolio, 1},
    {"ppo_book_new, an error", managed, 1},
    {"ppo_backtest_run_baseline", backtest, 50},
    {"risk_manager_new, an error", manager, 10},
    {"risk_limits_new and the other parts", parts, 5},
    {"risk_performance_new, an error", performance, 1},
    {"risk_regime_new, an error", regime, 1},
    {"ppo_trainer_new_online", trainer_online, 50},
    {"ppo_job_start", job, 100},
};

static size_t heap(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static long resident(void) {
    long whole = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &whole, &pages) == 2);
    fclose(file);
    return pages;
}

int main(int argc, char **argv) {
    ppo_agent *demo = NULL;
    long cycles;
    if (argc != 3) {
        return 2;
    }
    cycles = atol(argv[2]);
    EXPECT(PPO_OK, ppo_load(argv[1], &demo));
    ppo_agent_free(demo);
    EXPECT(PPO_OK, ppo_agent_new(spec, NULL, &agent));
    EXPECT(PPO_OK, ppo_random_new(3, 0, &stream));
    EXPECT(PPO_OK, ppo_save_bytes(agent, bytes, sizeof bytes, &size));
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        long errors = 0, pages, before;
        long turns = cycles / kinds[k].share;
        size_t used;
        for (long i = 0; i < RESTING; i++) {
            errors += kinds[k].cycle() != PPO_OK;
        }
        before = resident();
        used = heap();
        for (long i = 0; i < turns; i++) {
            errors += kinds[k].cycle() != PPO_OK;
        }
        pages = resident() - before;
        printf("%s: %ld cycles, %ld bytes and %ld pages more\n", kinds[k].name, turns,
               (long)(heap() - used), pages);
        CHECK(errors == 0);
#ifndef SANITIZED /* whose allocator keeps what was freed */
        CHECK((long)(heap() - used) < BYTES && pages < PAGES);
#endif
    }
    ppo_agent_free(agent);
    ppo_random_free(stream);
    return finished("lifetimes");
}
