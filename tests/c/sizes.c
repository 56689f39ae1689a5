/* Sizes that no machine has memory for. argv: a file with one case a line: what is made, a tab, and either a number or
 * the JSON that it is made of. Each is tried in a child of its own that may take 1 GiB more than it has; printed is how
 * each ended: its line, a tab, and the status, or "signal N". */
#include "check.h"
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
    " \"action\": {}, \"network\": {\"scorer\": {\"hidden\": [8]}}}";
static const char *const MODEL = "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.08, 0.05], "
                                 "\"covariance\": [[0.04, 0.01], [0.01, 0.09]]}";

static ppo_agent *agent;
static ppo_market *endless, *prices;
static ppo_backtest *first, *second;

static int32_t reset(void *user, size_t env, uint64_t seed, float *state, size_t state_len, double *prior,
                     size_t prior_len) {
    (void)user;
    (void)env;
    (void)seed;
    (void)prior;
    (void)prior_len;
    memset(state, 0, state_len * sizeof *state);
    return 0;
}

static int32_t step(void *user, size_t env, const double *weights, size_t weights_len, float *state, size_t state_len,
                    double *prior, size_t prior_len, ppo_host_result *result) {
    (void)weights_len;
    result->reward = weights[0];
    result->terminated = 1;
    return reset(user, env, 0, state, state_len, prior, prior_len);
}

/* The worst that a configuration comes to in everything that takes one. */
static ppo_status configured(const ppo_config *config) {
    ppo_host_environment host;
    ppo_trainer *trainer = NULL;
    ppo_env *env = NULL;
    ppo_status worst = PPO_OK, status;
    EXPECT(PPO_OK, ppo_host_environment_init(&host, sizeof host));
    host.reset = reset;
    host.step = step;
    if ((status = ppo_env_new(agent, endless, config, 0, 2, &env)) != PPO_OK && worst != PPO_ERR_PANIC) {
        worst = status;
    }
    for (int kind = 0; kind < 3; kind++) {
        status = kind == 0   ? ppo_trainer_new(agent, endless, config, &trainer)
                 : kind == 1 ? ppo_trainer_new_host(agent, &host, config, &trainer)
                             : ppo_trainer_new_online(agent, config, &trainer);
        if (status == PPO_OK) {
            /* One step of what trains is enough where it was made. */
            if (config->n_envs * config->n_steps <= 4096 && kind != 2 && config->n_epochs < 10) {
                status = ppo_update(trainer, NULL);
            }
            ppo_trainer_free(trainer);
        }
        if (status != PPO_OK && worst != PPO_ERR_PANIC) {
            worst = status;
        }
    }
    return worst;
}

static ppo_status sized(const char *what, size_t count) {
    static double numbers[64];
    

    ppo_market *market = NULL;
    ppo_config config;
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.n_envs = 4;
    config.n_steps = 16;
    config.batch_size = 16;
    config.n_epochs = 1;
#define FIELD(name)                        \
    if (strcmp(what, #name) == 0) {        \
        config.name = count;               \
        return configured(&config);        \
    }
    FIELD(n_envs)
    FIELD(n_steps)
    FIELD(batch_size)
    FIELD(n_epochs)
    FIELD(total_steps)
    FIELD(episode_len)
#undef FIELD
    if (strcmp(what, "n_envs and n_steps") == 0) {
        config.n_envs = config.n_steps = count;
        return configured(&config);
    } else if (strcmp(what, "ppo_market_simulate_prices") == 0) {
        return ppo_market_simulate_prices(MODEL, count, 0, 1, &market);
    } else if (strcmp(what, "ppo_market_fit_regimes") == 0) {
        return ppo_market_fit_regimes(prices, count, 1, &market);
    } else if (strcmp(what, "ppo_market_select") == 0) {
        return ppo_market_select(prices, 0, count, &market);
    } else if (strcmp(what, "ppo_env_new") == 0) {
        ppo_env *env = NULL;
        return ppo_env_new(agent, endless, NULL, 0, count, &env);
    } else if (strcmp(what, "ppo_env_new_from_spec") == 0) {
        ppo_env *env = NULL;
        return ppo_env_new_from_spec(SPEC, endless, NULL, 0, count, &env);
    } else if (strcmp(what, "ppo_select_actions") == 0) {
        float state[7] = {0};
        return ppo_select_actions(agent, count, state, 7, NULL, 0, numbers, 3);
    } else if (strcmp(what, "ppo_select_actions_threads") == 0) {
        float state[7] = {0};
        return ppo_select_actions_threads(agent, (uint32_t)count, 1, state, 7, NULL, 0, numbers, 3);
    } else if (strcmp(what, "ppo_prices.bars") == 0 || strcmp(what, "ppo_prices.assets") == 0 ||
               strcmp(what, "ppo_prices.columns") == 0) {
        /* The array cannot be as long as that, so that only what overflows may be asked. */
        ppo_prices given;
        EXPECT(PPO_OK, ppo_prices_init(&given, sizeof given));
        given.bars = given.assets = 4;
        given.closes = numbers;
        if (count < ((size_t)1 << 60)) {
            return PPO_ERR_LENGTH;
        }
        *(strcmp(what, "ppo_prices.bars") == 0     ? &given.bars
          : strcmp(what, "ppo_prices.assets") == 0 ? &given.assets
                                                   : &given.columns) = count;
        return ppo_market_from_prices(&given, &market);
    } else if (strcmp(what, "risk_atr_new, assets") == 0 || strcmp(what, "risk_atr_new, bars") == 0) {
        risk_atr *atr = NULL;
        int assets = strcmp(what, "risk_atr_new, assets") == 0;
        return risk_atr_new(assets ? count : 2, assets ? 14 : count, &atr);
    } else if (strcmp(what, "risk_limits_new") == 0) {
        risk_limits *limits = NULL;
        return risk_limits_new(NULL, count, &limits);
    } else if (strcmp(what, "risk_manager_new") == 0) {
        risk_manager *manager = NULL;
        return risk_manager_new(NULL, count, &manager);
    } else if (strcmp(what, "risk_positions_new") == 0) {
        risk_positions *positions = NULL;
        return risk_positions_new(NULL, count, &positions);
    } else if (strcmp(what, "ppo_random_new") == 0) {
        ppo_random *random = NULL;
        return ppo_random_new(count, count, &random);
    }
    printf("%s: there is no such case\n", what);
    return PPO_ERR_PANIC;
}

static ppo_status made_of(const char *what, const char *json) {
    if (strcmp(what, "spec") == 0) {
        ppo_agent *made = NULL;
        ppo_env *env = NULL;
        ppo_status status = ppo_agent_new(json, NULL, &made);
        ppo_status other = ppo_env_new_from_spec(json, endless, NULL, 0, 1, &env);
        return status == PPO_OK || other == PPO_ERR_PANIC ? other : status;
    } else if (strcmp(what, "train") == 0) {
        ppo_config config;
        ppo_status status;
        EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
        status = ppo_config_from_json(json, &config);
        return status == PPO_OK ? configured(&config) : status;
    } else if (strcmp(what, "risk") == 0) {
        risk_manager *manager = NULL;
        return risk_manager_new(json, 2, &manager);
    } else if (strcmp(what, "portfolio") == 0) {
        ppo_portfolio *portfolio = NULL;
        return ppo_portfolio_new(agent, json, &portfolio);
    } else if (strcmp(what, "compare") == 0) {
        double median, low, high;
        return ppo_backtest_compare(first, second, json, &median, &low, &high);
    }
    printf("%s: there is no such case\n", what);
    return PPO_ERR_PANIC;
}

static void prepare(void) {
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_market_simulated(MODEL, &endless));
    EXPECT(PPO_OK, ppo_market_simulate_prices(MODEL, 400, 0, 1, &prices));
    EXPECT(PPO_OK, ppo_backtest_run_baseline(prices, PPO_BASELINE_EQUAL_WEIGHT, NULL, &first));
    EXPECT(PPO_OK, ppo_backtest_run_baseline(prices, PPO_BASELINE_BUY_AND_HOLD, NULL, &second));
}

static void limit(void) {
    struct rlimit room;
    unsigned long pages = 0;
    FILE *sizes = fopen("/proc/self/statm", "r");
    CHECK(sizes != NULL && fscanf(sizes, "%lu", &pages) == 1);
    fclose(sizes);
    room.rlim_cur = room.rlim_max = pages * (unsigned long)sysconf(_SC_PAGESIZE) + ((unsigned long)1 << 30);
    CHECK(setrlimit(RLIMIT_AS, &room) == 0);
}

int main(int argc, char **argv) {
    static char line[1 << 16];
    FILE *cases;
    if (argc != 2) {
        return 2;
    }
    prepare();
    cases = fopen(argv[1], "r");
    CHECK(cases != NULL);
    while (failures == 0 && fgets(line, sizeof line, cases) != NULL) {
        char *tab = strchr(line, '\t');
        pid_t child;
        int ended = 0;
        line[strcspn(line, "\n")] = 0;
        CHECK(tab != NULL);
        *tab = 0;
        fflush(stdout);
        child = fork();
        if (child == 0) {
            ppo_status status;
            limit();
            alarm(60);
            status = tab[1] == '{' ? made_of(line, tab + 1) : sized(line, (size_t)strtoull(tab + 1, NULL, 10));
            fflush(stdout);
            _exit(failures ? 100 : -status);
        }
        CHECK(child > 0 && waitpid(child, &ended, 0) == child);
        if (WIFEXITED(ended)) {
            printf("%s\t%s\t%s\n", line, tab + 1, ppo_status_name(-WEXITSTATUS(ended)));
        } else {
            printf("%s\t%s\tsignal %d\n", line, tab + 1, WTERMSIG(ended));
        }
    }
    fclose(cases);
    return failures ? 1 : 0;
}
