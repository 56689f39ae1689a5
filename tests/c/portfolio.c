/* A portfolio over made-up prices, for the Rust test to compare with its own: saved and restored in the middle, handed
 * to another agent, told of other trades. Pushing and deciding allocate nothing. argv: the demo policy, the file to
 * write, bars. Bar by bar: closes, returns, whether taken, account (value, cash, drawdown, volatility), weights held, target,
 * state, prior, leverage with and without a trend, Kelly weights; zeros where nothing was decided. */
#include "allocations.h"
#include "check.h"

#define WARM 260

static const char *const CONFIG = "{\"cost_rate\": 0.002, \"history\": 60}";

/* Sums and quotients alone, so that every compiler gives the same bits. */
static void move(unsigned *seed, double *closes) {
    for (int i = 0; i < ASSETS; i++) {
        *seed = *seed * 1664525u + 1013904223u;
        closes[i] = closes[i] * (0.98 + (double)(*seed >> 8) / 16777216.0 * 0.0405);
    }
}

/* The portfolio's state in another portfolio of the same settings. */
static ppo_portfolio *restarted(ppo_portfolio *portfolio, const ppo_agent *agent) {
    ppo_portfolio *other = NULL;
    size_t size = 0;
    char *json;
    EXPECT(PPO_OK, ppo_portfolio_state_json(portfolio, NULL, 0, &size));
    json = malloc(size);
    EXPECT(PPO_OK, ppo_portfolio_state_json(portfolio, json, size, NULL));
    ppo_portfolio_free(portfolio);
    EXPECT(PPO_OK, ppo_portfolio_new(agent, CONFIG, &other));
    EXPECT(PPO_OK, ppo_portfolio_restore(other, json));
    free(json);
    return other;
}

int main(int argc, char **argv) {
    ppo_agent *agent = NULL, *clone = NULL;
    ppo_portfolio *portfolio = NULL;
    double closes[ASSETS];
    unsigned seed = 5;
    long before, making, counted = 0;
    int bars;
    FILE *file;
    if (argc != 4) {
        return 2;
    }
    bars = atoi(argv[3]);
    file = fopen(argv[2], "wb");
    CHECK(file != NULL);
    before = allocations;
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    EXPECT(PPO_OK, ppo_portfolio_new(agent, CONFIG, &portfolio));
    making = allocations - before;
    for (int i = 0; i < ASSETS; i++) {
        closes[i] = 50.0 + i;
    }
    for (int t = 0; t < bars; t++) {
        double returns[ASSETS], held[ASSETS + 1], target[ACTIONS] = {0}, prior[ACTIONS] = {0}, kelly[ASSETS] = {0};
        double levers[2] = {0}, numbers[4];
        float state[STATE] = {0};
        uint32_t taken = 1, ready = 9;
        ppo_account account;
        ppo_bar bar;
        int due = t > WARM && t % 3 == 0;
        memcpy(returns, closes, sizeof closes);
        move(&seed, closes);
        for (int i = 0; i < ASSETS; i++) {
            returns[i] = closes[i] / returns[i] - 1.0;
        }
        EXPECT(PPO_OK, ppo_account_init(&account, sizeof account));
        before = allocations;
        EXPECT(PPO_OK, ppo_bar_init(&bar, sizeof bar));
        bar.cash_return = 1e-4;
        if (t % 100 == 40) {
            EXPECT(PPO_OK, ppo_portfolio_push_returns(portfolio, returns, ASSETS, &bar));
        } else {
            bar.closes = closes;
            bar.closes_len = ASSETS;
            EXPECT(PPO_OK, ppo_portfolio_push_prices(portfolio, &bar, &taken));
        }
        EXPECT(PPO_OK, ppo_portfolio_account(portfolio, &account, held, ASSETS + 1));
        if (due) {
            EXPECT(PPO_OK, ppo_portfolio_rebalance(portfolio, target, ACTIONS));
            EXPECT(PPO_OK, ppo_portfolio_seen(portfolio, state, STATE, prior, ACTIONS));
        }
        if (t > WARM && t % 50 == 7) {
            EXPECT(PPO_OK, ppo_portfolio_set_position(portfolio, held, ASSETS + 1, account.value + 1000.0));
        }
        if (t > WARM && t % 60 == 9) {
            /* Half of what is held is sold. */
            target[ASSETS] = 1.0;
            for (int i = 0; i < ASSETS; i++) {
                target[i] = held[i] / 2.0;
                target[ASSETS] -= target[i];
            }
            EXPECT(PPO_OK, ppo_portfolio_record_trade(portfolio, target, ACTIONS, 1e-4));
        }
        EXPECT(PPO_OK, ppo_portfolio_ready(portfolio, &ready));
        counted += allocations - before;
        CHECK(t < 252 ? ready == 0 : t <= WARM || ready == 1);
        if (due) {
            EXPECT(PPO_OK, ppo_portfolio_leverage(portfolio, NAN, &levers[0]));
            EXPECT(PPO_OK, ppo_portfolio_leverage(portfolio, 0.01, &levers[1]));
            EXPECT(PPO_OK, ppo_portfolio_kelly(portfolio, kelly, ASSETS));
        }
        numbers[0] = account.value;
        numbers[1] = account.cash;
        numbers[2] = account.drawdown;
        numbers[3] = account.volatility;
        fwrite(closes, sizeof *closes, ASSETS, file);
        fwrite(returns, sizeof *returns, ASSETS, file);
        fwrite(&taken, sizeof taken, 1, file);
        fwrite(numbers, sizeof *numbers, 4, file);
        fwrite(held, sizeof *held, ASSETS + 1, file);
        fwrite(target, sizeof *target, ACTIONS, file);
        fwrite(state, sizeof *state, STATE, file);
        fwrite(prior, sizeof *prior, ACTIONS, file);
        fwrite(levers, sizeof *levers, 2, file);
        fwrite(kelly, sizeof *kelly, ASSETS, file);
        /* After a decision that is traded, after a trade that was reported, and between two decisions. */
        if (t == 261 || t == 369 || t == 400) {
            portfolio = restarted(portfolio, agent);
        }
        if (t == 500) {
            /* The portfolio keeps the policy, whoever is freed. */
            EXPECT(PPO_OK, ppo_agent_clone(agent, &clone));
            ppo_agent_free(agent);
            agent = clone;
            EXPECT(PPO_OK, ppo_portfolio_set_agent(portfolio, agent));
        }
    }
    /* Under valgrind the counter does not count. */
    printf("%ld allocations in %d bars%s\n", counted, bars, making > 10 ? "" : ", not counted");
    CHECK(counted == 0);
    CHECK(fclose(file) == 0);
    ppo_portfolio_free(portfolio);
    ppo_agent_free(agent);
    return finished("portfolio");
}
