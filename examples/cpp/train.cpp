/* Trains a policy on prices and judges it on later ones. The same program as examples/c/train.c, which says more.
 *
 *     train data/sp500_20_stocks.csv policy.safetensors 300000
 *
 * It is built as examples/cpp/infer.cpp says, with a library that has the trainer. */
#include "ppo_risk.hpp"
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

/* The midnights that begin 2012-12-31 and 2013-01-01, in days since 1970-01-01 (C++20 can write such dates). */
static const ppo::time_point LEARNS_UNTIL(std::chrono::hours(24 * 15705)), JUDGED_FROM(std::chrono::hours(24 * 15706));

/* The date of a bar, such as 2012-12-31. */
static std::string date(const ppo::market &market, std::size_t bar) {
    const auto whole = std::chrono::time_point_cast<std::chrono::seconds>(market.time(bar));
    const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&seconds));
    return text;
}

/* What the policy is: it sees weights, last returns, volatility and cash, and scores every asset with one small
 * network. Nothing is traded below a turnover of 10%. */
static std::string spec(const ppo::market &market) {
    const std::size_t assets = market.asset_count();
    std::string names;
    for (std::size_t i = 0; i < assets; i++) {
        names += (i == 0 ? "\"" : ", \"") + market.asset_name(i) + "\"";
    }
    return "{\"assets\": [" + names + R"(], "state": {"window": 20, "account": false, "columns": []},
               "action": {"distribution": "gaussian", "cash": true, "trade_band": 0.1,
                          "prior": {"vol_target": {"target": 0.15, "half_life": 20, "lookback": 252}}},
               "network": {"scorer": {"hidden": [32, 32]}}})";
}

/* Trains with a line for about every tenth of the updates; leaves the policy at `path`. */
static void train(const ppo::agent &agent, const ppo::market &market, const ppo::config &config,
                  const std::string &path) {
    const std::uint64_t rollout = config.n_envs * config.n_steps;
    const std::uint64_t updates = (config.total_steps + rollout - 1) / rollout, every = (updates + 9) / 10;
    ppo::train_options options;
    options.checkpoint_path = path; /* ppo::agent::load reads it, and ppo::trainer::resume goes on from it */
    options.progress = [=](const ppo_metrics &metrics) {
        if (metrics.update % every == 0 || metrics.update == updates) {
            std::printf("%6llu  %9llu", static_cast<unsigned long long>(metrics.update),
                        static_cast<unsigned long long>(metrics.env_steps));
            if (std::isnan(metrics.episode_reward)) {
                std::printf("  %14s", "none ended"); /* of the episodes in this update */
            } else {
                std::printf("  %14.5f", metrics.episode_reward);
            }
            std::printf("  %9.5f  %6.4f\n", metrics.approx_kl, metrics.std);
            std::fflush(stdout);
        }
        return false; /* true would stop */
    };
    ppo::metrics last;
    std::printf("update  decisions  episode reward  approx_kl     std\n");
    ppo::trainer(agent, market, config).train(options, &last);
    std::printf("speed: %.0f decisions a second\n", last.env_steps_per_s);
    std::printf("written to %s\n\n", path.c_str());
}

/* Annual figures after costs, and how sure the differences are. */
static void judge(const ppo::agent &agent, const ppo::market &market) {
    const char *const names[] = {"policy", "equal weight", "volatility target"};
    const ppo::backtest tests[] = {ppo::backtest(agent, market),
                                   ppo::backtest(PPO_BASELINE_EQUAL_WEIGHT, market),
                                   ppo::backtest(PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT, market)};
    std::printf("%-18s  %7s  %10s  %7s  %8s  %8s\n", "", "return", "volatility", "Sharpe", "drawdown", "turnover");
    for (std::size_t i = 0; i < 3; i++) {
        const ppo::backtest_summary sum = tests[i].summarize();
        std::printf("%-18s  %6.1f%%  %9.1f%%  %7.3f  %7.1f%%  %8.2f\n", names[i], 100.0 * sum.annual_return,
                    100.0 * sum.volatility, sum.sharpe, 100.0 * sum.max_drawdown, sum.turnover);
    }
    for (std::size_t i = 1; i < 3; i++) {
        const ppo::comparison difference = tests[0].compare(tests[i]);
        if (std::isnan(difference.low)) {
            std::printf("\nSharpe ratio, policy less %s: %.2f, too few bars for an interval\n", names[i],
                        difference.median);
            continue;
        }
        std::printf("\nSharpe ratio, policy less %s: %.2f, 90%% interval %.2f to %.2f\n", names[i], difference.median,
                    difference.low, difference.high);
        if (difference.low > 0.0 || difference.high < 0.0) {
            std::printf("The interval does not include 0, for this seed on these prices.\n");
        } else {
            std::printf("The interval includes 0: no difference can be claimed.\n");
        }
    }
}

static void run(const std::string &prices, const std::string &path, ppo::config config) {
    // A share of the example's file fell to a third in a bar of 1990, which was no split.
    const ppo::market market = ppo::market::from_csv(prices, R"({"splits": "keep"})");
    const std::size_t last_learnt = market.bar_at(LEARNS_UNTIL, PPO_BAR_AT_OR_BEFORE);
    const std::size_t first_judged = market.bar_at(JUDGED_FROM, PPO_BAR_AT_OR_AFTER);
    const std::size_t last = market.bar_count() - 1;
    std::printf("ppo_risk %s, %zu assets\n\n", ppo::version(), market.asset_count());

    /* Rewarded is logarithmic growth less that of the prior on the same bars; the rest is as ppo::config has it. */
    config.reward = PPO_REWARD_LOG_RETURN;
    config.control_variate = PPO_CONTROL_VARIATE_PRIOR_PATH;
    config.gamma = 0.9;
    config.device = PPO_DEVICE_CPU; /* the same numbers whether there is CUDA or not */
    const ppo::agent agent(spec(market), config);
    std::printf("learns from %s to %s\n", date(market, 0).c_str(), date(market, last_learnt).c_str());
    train(agent, market.select(0, last_learnt), config, path);

    std::printf("judged from %s to %s, at costs of 0.1%%\n", date(market, first_judged).c_str(),
                date(market, last).c_str());
    judge(agent, market.select(first_judged, last));
}

int main(int argc, char **argv) {
    try {
        ppo::config config;
        config.total_steps = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 300000;
        if (argc < 3 || config.total_steps == 0) {
            std::fprintf(stderr, "usage: train PRICES POLICY [DECISIONS]\n");
            return 2;
        }
        if ((ppo::features() & PPO_FEATURE_TRAIN) == 0) {
            std::fprintf(stderr, "this library was built without the trainer\n");
            return 1;
        }
        run(argv[1], argv[2], config);
    } catch (const ppo::error &failure) { /* the library's words where a call fails */
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
    return 0;
}
