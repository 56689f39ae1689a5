/* Decides with a trained policy, bar by bar: prints what it wants in the end, how the account stands, and how long a
 * bar took.
 *
 *     infer models/sp500-20-stocks.safetensors data/sp500_20_stocks.csv
 *
 * Without a price file the closes are made up. Build against an installation (docs/install.md):
 *
 *     cc -std=c99 infer.c $(pkg-config --cflags --libs ppo_risk) -o infer
 *
 * or in the checkout, without one (programs look for the library by its soname):
 *
 *     cargo build --release --no-default-features
 *     ln -sf libppo_risk.so target/release/libppo_risk.so.0.2
 *     cc -std=c99 -Iinclude examples/c/infer.c -Ltarget/release -lppo_risk -Wl,-rpath,$PWD/target/release -o infer
 *
 * The same program in C++ is examples/cpp/infer.cpp. */
#define _POSIX_C_SOURCE 199309L

#include "ppo_risk.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MADE_UP_BARS 20000

/* Ends the program with the library's words where a call fails. */
static void check(ppo_status status) {
    if (status != PPO_OK) {
        char words[512];
        ppo_last_error(words, sizeof words, NULL);
        fprintf(stderr, "%s: %s\n", ppo_status_name(status), words);
        exit(1);
    }
}

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void *room(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return memory;
}

/* The closes of a price file of the policy's assets: [bars, assets]. */
static double *read_closes(const char *path, const ppo_agent *agent, size_t assets, size_t *bars) {
    ppo_market *market = NULL;
    size_t columns;
    /* A share of the example's file fell to a third in a bar of 1990, which was no split. */
    check(ppo_market_from_csv(path, "{\"splits\": \"keep\"}", NAN, &market));
    check(ppo_market_bar_count(market, bars));
    check(ppo_market_asset_count(market, &columns));
    for (size_t i = 0; i < assets; i++) {
        char name[64] = "", wanted[64] = "";
        check(ppo_agent_asset_name(agent, i, wanted, sizeof wanted, NULL));
        if (i < columns) {
            check(ppo_market_asset_name(market, i, name, sizeof name, NULL));
        }
        if (columns != assets || strcmp(name, wanted) != 0) {
            fprintf(stderr, "%s: not the policy's assets in their order (%s)\n", path, wanted);
            exit(1);
        }
    }
    double *closes = room(*bars * assets, sizeof *closes);
    check(ppo_market_closes(market, 0, *bars, closes, *bars * assets));
    ppo_market_free(market);
    return closes;
}

/* Closes that every machine and language makes up alike: moves of up to 2%, a whole number of 2^-20 each. */
static double *make_up_closes(size_t assets, size_t bars) {
    double *closes = room(bars * assets, sizeof *closes);
    uint32_t seed = 5;
    for (size_t i = 0; i < bars * assets; i++) {
        double before = i < assets ? 100.0 : closes[i - assets];
        seed = seed * 1664525u + 1013904223u;
        closes[i] = before * ((double)(1027910 + (seed >> 8) % 41944) / 1048576.0);
    }
    return closes;
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    ppo_portfolio *portfolio = NULL;
    ppo_account account;
    size_t assets, actions, warm_up, bars = MADE_UP_BARS, decisions = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: infer POLICY [PRICES]\n");
        return 2;
    }
    check(ppo_load(argv[1], &agent));
    check(ppo_agent_asset_count(agent, &assets));
    check(ppo_agent_action_len(agent, &actions));
    double *closes = argc > 2 ? read_closes(argv[2], agent, assets, &bars) : make_up_closes(assets, bars);
    double *target = room(actions, sizeof *target), *held = room(assets + 1, sizeof *held);
    double *latency = room(bars, sizeof *latency);

    check(ppo_portfolio_new(agent, NULL, &portfolio)); /* 100,000 in cash, costs of 0.1% */
    check(ppo_portfolio_warm_up_bars(portfolio, &warm_up));
    for (size_t bar = 0; bar < bars; bar++) {
        double start = nanoseconds();
        ppo_bar ended;
        check(ppo_bar_init(&ended, sizeof ended));
        ended.closes = closes + bar * assets;
        ended.closes_len = assets;
        check(ppo_portfolio_push_prices(portfolio, &ended, NULL));
        if (bar >= warm_up) {
            check(ppo_portfolio_rebalance(portfolio, target, actions));
            latency[decisions++] = nanoseconds() - start;
        }
    }
    if (decisions == 0) {
        fprintf(stderr, "%zu bars, but the first decision needs %zu\n", bars, warm_up + 1);
        return 1;
    }

    check(ppo_account_init(&account, sizeof account));
    check(ppo_portfolio_account(portfolio, &account, held, assets + 1));
    printf("ppo_risk %s: %zu bars, %zu decisions\n\n", ppo_version(), bars, decisions);
    printf("%-8s  %8s  %8s\n", "", "held", "wanted");
    for (size_t i = 0; i <= assets; i++) {
        char name[64] = "cash";
        if (i < assets) {
            check(ppo_agent_asset_name(agent, i, name, sizeof name, NULL));
        }
        printf("%-8s  %7.3f%%  %7.3f%%\n", name, 100.0 * held[i], i < actions ? 100.0 * target[i] : 0.0);
    }
    /* What is wanted is traded where the turnover to it is not below the policy's trade band. */
    printf("\naccount: value %.2f, %.2f%% below its peak, volatility %.3f%% a bar\n", account.value,
           100.0 * account.drawdown, 100.0 * account.volatility);
    qsort(latency, decisions, sizeof *latency, ascending);
    printf("latency of a bar in ns: p50 %.0f, p99 %.0f, p99.9 %.0f, max %.0f\n", latency[decisions / 2],
           latency[decisions * 99 / 100], latency[decisions * 999 / 1000], latency[decisions - 1]);
    free(closes);
    free(target);
    free(held);
    free(latency);
    ppo_portfolio_free(portfolio);
    ppo_agent_free(agent);
    return 0;
}
