/* Trains a policy on prices and judges it on later ones.
 *
 *     train data/sp500_20_stocks.csv policy.safetensors 300000
 *
 * The prices are a CSV file of daily closes (`make prices` fetches this one: 20 US stocks, chosen with hindsight, which
 * flatters every figure alike), the policy is written to the second argument, the third is how many decisions to learn
 * from. Learning ends with 2012; what is said of the policy is about the years after. The settings are those of
 * `make train`: small corrections to an equal weight that is scaled to a volatility of 15%.
 *
 * It is built as examples/c/infer.c says, with a library that has the trainer. The same program in C++ is
 * examples/cpp/train.cpp. */
#include "ppo_risk.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SPEC_BYTES 65536
#define JUDGED 3

/* The midnights that begin 2012-12-31 and 2013-01-01, in nanoseconds since 1970-01-01 UTC. */
static const int64_t LEARNS_UNTIL = 15705 * INT64_C(86400000000000), JUDGED_FROM = 15706 * INT64_C(86400000000000);

/* Ends the program with the library's words where a call fails. */
static void check(ppo_status status) {
    if (status != PPO_OK) {
        char words[512];
        ppo_last_error(words, sizeof words, NULL);
        fprintf(stderr, "%s: %s\n", ppo_status_name(status), words);
        exit(1);
    }
}

/* The date of a bar, such as 2012-12-31. */
static const char *date(const ppo_market *market, size_t bar, char text[16]) {
    int64_t closed;
    check(ppo_market_time(market, bar, &closed));
    time_t seconds = (time_t)(closed / 1000000000);
    strftime(text, 16, "%Y-%m-%d", gmtime(&seconds));
    return text;
}

/* What the policy is: it sees weights, last returns, volatility and cash, and scores every asset with one small
 * network. Nothing is traded below a turnover of 10%. */
static ppo_agent *untrained(const ppo_market *market, size_t assets, const ppo_config *config) {
    static char spec[SPEC_BYTES];
    size_t at = (size_t)sprintf(spec, "{\"assets\": [");
    for (size_t i = 0; i < assets; i++) {
        char name[64];
        check(ppo_market_asset_name(market, i, name, sizeof name, NULL));
        if (at + sizeof name + 1024 > sizeof spec) {
            fprintf(stderr, "too many assets\n");
            exit(1);
        }
        at += (size_t)sprintf(spec + at, "%s\"%s\"", i == 0 ? "" : ", ", name);
    }
    sprintf(spec + at,
            "], \"state\": {\"window\": 20, \"account\": false, \"columns\": []},"
            " \"action\": {\"distribution\": \"gaussian\", \"cash\": true, \"trade_band\": 0.1,"
            " \"prior\": {\"vol_target\": {\"target\": 0.15, \"half_life\": 20, \"lookback\": 252}}},"
            " \"network\": {\"scorer\": {\"hidden\": [32, 32]}}}");
    ppo_agent *agent = NULL;
    check(ppo_agent_new(spec, config, &agent));
    return agent;
}

/* A line for about every tenth of the updates. `user` points to the configuration. */
static int32_t progress(const ppo_metrics *metrics, void *user) {
    const ppo_config *config = user;
    uint64_t rollout = config->n_envs * config->n_steps, updates = (config->total_steps + rollout - 1) / rollout;
    uint64_t every = (updates + 9) / 10;
    if (metrics->update % every == 0 || metrics->update == updates) {
        printf("%6llu  %9llu", (unsigned long long)metrics->update, (unsigned long long)metrics->env_steps);
        if (isnan(metrics->episode_reward)) {
            printf("  %14s", "none ended"); /* of the episodes in this update */
        } else {
            printf("  %14.5f", metrics->episode_reward);
        }
        printf("  %9.5f  %6.4f\n", metrics->approx_kl, metrics->std);
        fflush(stdout);
    }
    return 0; /* go on */
}

/* ANCHOR: train */
static void train(const ppo_agent *agent, const ppo_market *market, const ppo_config *config, const char *path,
                  ppo_metrics *last) {
    ppo_trainer *trainer = NULL;
    ppo_train_options options;
    ppo_config copy = *config;
    check(ppo_train_options_init(&options, sizeof options));
    options.progress = progress;
    options.user = &copy;
    options.checkpoint_path = path; /* ppo_load reads it, and ppo_trainer_resume goes on from it */
    check(ppo_metrics_init(last, sizeof *last));
    printf("update  decisions  episode reward  approx_kl     std\n");
    check(ppo_trainer_new(agent, market, config, &trainer));
    check(ppo_train(trainer, &options, last));
    ppo_trainer_free(trainer);
}
/* ANCHOR_END: train */

/* Annual figures after costs, and how sure the differences are. */
static void judge(const ppo_agent *agent, const ppo_market *market) {
    static const char *const names[JUDGED] = {"policy", "equal weight", "volatility target"};
    ppo_backtest *tests[JUDGED] = {NULL, NULL, NULL};
    check(ppo_backtest_run(agent, market, NULL, &tests[0]));
    check(ppo_backtest_run_baseline(market, PPO_BASELINE_EQUAL_WEIGHT, NULL, &tests[1]));
    check(ppo_backtest_run_baseline(market, PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT, NULL, &tests[2]));
    printf("%-18s  %7s  %10s  %7s  %8s  %8s\n", "", "return", "volatility", "Sharpe", "drawdown", "turnover");
    for (size_t i = 0; i < JUDGED; i++) {
        ppo_backtest_summary sum;
        check(ppo_backtest_summary_init(&sum, sizeof sum));
        check(ppo_backtest_summarize(tests[i], &sum));
        printf("%-18s  %6.1f%%  %9.1f%%  %7.3f  %7.1f%%  %8.2f\n", names[i], 100.0 * sum.annual_return,
               100.0 * sum.volatility, sum.sharpe, 100.0 * sum.max_drawdown, sum.turnover);
    }
    for (size_t i = 1; i < JUDGED; i++) {
        double median, low, high;
        check(ppo_backtest_compare(tests[0], tests[i], NULL, &median, &low, &high));
        if (isnan(low)) {
            printf("\nSharpe ratio, policy less %s: %.2f, too few bars for an interval\n", names[i], median);
            continue;
        }
        printf("\nSharpe ratio, policy less %s: %.2f, 90%% interval %.2f to %.2f\n", names[i], median, low, high);
        if (low > 0.0 || high < 0.0) {
            printf("The interval does not include 0, for this seed on these prices.\n");
        } else {
            printf("The interval includes 0: no difference can be claimed.\n");
        }
    }
    for (size_t i = 0; i < JUDGED; i++) {
        ppo_backtest_free(tests[i]);
    }
}

int main(int argc, char **argv) {
    ppo_market *market = NULL, *early = NULL, *late = NULL;
    ppo_config config;
    ppo_metrics last;
    size_t bars, assets, last_learnt, first_judged;
    char from[16], to[16];
    check(ppo_config_init(&config, sizeof config));
    config.total_steps = argc > 3 ? strtoul(argv[3], NULL, 10) : 300000;
    if (argc < 3 || config.total_steps == 0) {
        fprintf(stderr, "usage: train PRICES POLICY [DECISIONS]\n");
        return 2;
    }
    if ((ppo_features() & PPO_FEATURE_TRAIN) == 0) {
        fprintf(stderr, "this library was built without the trainer\n");
        return 1;
    }
    /* A share of the example's file fell to a third in a bar of 1990, which was no split. */
    check(ppo_market_from_csv(argv[1], "{\"splits\": \"keep\"}", NAN, &market));
    check(ppo_market_bar_count(market, &bars));
    check(ppo_market_asset_count(market, &assets));
    check(ppo_market_bar_at(market, LEARNS_UNTIL, PPO_BAR_AT_OR_BEFORE, &last_learnt));
    check(ppo_market_bar_at(market, JUDGED_FROM, PPO_BAR_AT_OR_AFTER, &first_judged));
    check(ppo_market_select(market, 0, last_learnt, &early));
    check(ppo_market_select(market, first_judged, bars - 1, &late));
    printf("ppo_risk %s, %zu assets\n\n", ppo_version(), assets);

    /* Rewarded is logarithmic growth less that of the prior on the same bars; the rest is as ppo_config_init has it. */
    config.reward = PPO_REWARD_LOG_RETURN;
    config.control_variate = PPO_CONTROL_VARIATE_PRIOR_PATH;
    config.gamma = 0.9;
    config.device = PPO_DEVICE_CPU; /* the same numbers whether there is CUDA or not */
    ppo_agent *agent = untrained(market, assets, &config);
    printf("learns from %s to %s\n", date(market, 0, from), date(market, last_learnt, to));
    train(agent, early, &config, argv[2], &last);
    printf("speed: %.0f decisions a second\n", last.env_steps_per_s);
    printf("written to %s\n\n", argv[2]);

    printf("judged from %s to %s, at costs of 0.1%%\n", date(market, first_judged, from), date(market, bars - 1, to));
    judge(agent, late);
    ppo_agent_free(agent);
    ppo_market_free(early);
    ppo_market_free(late);
    ppo_market_free(market);
    return 0;
}
