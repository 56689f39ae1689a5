/* What the parts of the risk manager answer as bytes, for the Rust test to compare with its own. argv: the settings of
 * limits, hedge, positions and drawdown as JSON, the file to write, bars. Bar by bar the inputs, then what each part
 * answers; all handles are saved and restored every 50 bars. Last the average true ranges of the whole table. */
#include "check.h"

#define N 3
#define BARS 1000
#define REASONS 64

static unsigned seed = 54321u;
static FILE *file;
static risk_reason reasons[REASONS];
static size_t reasons_len;

/* In [0, 1). Sums and quotients alone, so that every compiler gives the same bits. */
static double uniform(void) {
    seed = seed * 1664525u + 1013904223u;
    return (double)(seed >> 8) / 16777216.0;
}

static void put(const double *numbers, size_t count) {
    fwrite(numbers, sizeof *numbers, count, file);
}

static void put_number(uint32_t number) {
    fwrite(&number, sizeof number, 1, file);
}

static void put_reasons(void) {
    CHECK(reasons_len <= REASONS);
    put_number((uint32_t)reasons_len);
    fwrite(reasons, sizeof *reasons, reasons_len, file);
}

static char state[65536];

/* The program starts again. */
#define AGAIN(kind, handle, ...)                                                 \
    do {                                                                         \
        kind *restored_ = NULL;                                                  \
        EXPECT(PPO_OK, kind##_state_json(handle, state, sizeof state, NULL));    \
        EXPECT(PPO_OK, kind##_restore(__VA_ARGS__, state, &restored_));          \
        kind##_free(handle);                                                     \
        handle = restored_;                                                      \
    } while (0)

int main(int argc, char **argv) {
    static double high[BARS][N], low[BARS][N], close[BARS][N], table[BARS][N];
    double closes[N] = {100.0, 50.0, 20.0}, returns[N], target[N], bounds[2][N], betas[N], weights[N] = {0.0, 0.0, 0.0};
    double atr_values[N], units[N], stops[N], allowed[N], equity = 1e5, drawdown;
    risk_limits *limits = NULL;
    risk_hedge *hedge = NULL;
    risk_atr *atr = NULL;
    risk_positions *positions = NULL;
    risk_drawdown *monitor = NULL;
    risk_hedge_position position;
    long bars;
    if (argc != 7) {
        return 2;
    }
    bars = atol(argv[6]);
    file = fopen(argv[5], "wb");
    CHECK(file != NULL && bars > 0 && bars <= BARS);
    EXPECT(PPO_OK, risk_limits_new(argv[1], N, &limits));
    EXPECT(PPO_OK, risk_hedge_new(argv[2], &hedge));
    EXPECT(PPO_OK, risk_positions_new(argv[3], N, &positions));
    EXPECT(PPO_OK, risk_drawdown_new(argv[4], &monitor));
    EXPECT(PPO_OK, risk_atr_new(N, 5, &atr));
    EXPECT(PPO_OK, risk_hedge_position_init(&position, sizeof position));
    for (long bar = 0; bar < bars; bar++) {
        double drift = bar % 200 < 60 ? -0.006 : 0.003, gained = 0.0, factor = bar % 3 == 0 ? 0.5 + uniform() / 2 : 1.0;
        int bounded = bar % 4 == 1, ranged = bar % 5 != 2, with_betas = bar % 2 == 0, own = bar % 7 == 3;
        size_t seen, needed;
        uint32_t trading;
        for (int i = 0; i < N; i++) {
            returns[i] = drift + (uniform() - 0.5) * 0.05;
            closes[i] = closes[i] + closes[i] * returns[i];
            close[bar][i] = closes[i];
            high[bar][i] = closes[i] + closes[i] * uniform() * 0.01;
            low[bar][i] = closes[i] - closes[i] * uniform() * 0.01;
            target[i] = uniform() * 1.2 - 0.2;
            bounds[0][i] = uniform() * -0.2;
            bounds[1][i] = uniform() * 0.5;
            betas[i] = uniform() * 2;
            gained = gained + weights[i] * returns[i];
        }
        equity = equity + equity * gained;
        put(returns, N);
        put(close[bar], N);
        put(high[bar], N);
        put(low[bar], N);
        put(target, N);
        put(weights, N);
        put(bounds[0], N);
        put(bounds[1], N);
        put(betas, N);
        put(&factor, 1);
        put(&equity, 1);
        if (bar % 50 == 49) {
            AGAIN(risk_limits, limits, argv[1], N);
            AGAIN(risk_hedge, hedge, argv[2]);
            AGAIN(risk_atr, atr, N, 5);
            AGAIN(risk_drawdown, monitor, argv[4]);
        }
        if (bar % 200 == 120) {
            EXPECT(PPO_OK, risk_drawdown_reset(monitor));
        }
        EXPECT(PPO_OK, risk_drawdown_update(monitor, equity, own ? 0.08 : NAN, &trading, &drawdown, reasons, REASONS,
                                            &reasons_len));
        put_number(trading);
        put(&drawdown, 1);
        put_reasons();

        EXPECT(PPO_OK, risk_limits_push_returns(limits, returns, N));
        EXPECT(PPO_OK, risk_limits_apply(limits, target, N, weights, N, factor, bounded ? bounds[0] : NULL,
                                         bounded ? N : 0, bounded ? bounds[1] : NULL, bounded ? N : 0, allowed, N,
                                         reasons, REASONS, &reasons_len));
        put(allowed, N);
        put_reasons();
        memcpy(weights, allowed, sizeof weights);

        EXPECT(PPO_OK, risk_hedge_decide(hedge, drawdown, weights, N, equity, with_betas ? betas : NULL,
                                         with_betas ? N : 0, &position, reasons, REASONS, &reasons_len));
        put_number(position.active);
        put_number(position.side);
        put(&position.notional, 1);
        put(&position.net, 1);
        put(&position.ratio, 1);
        put_reasons();

        EXPECT(PPO_OK, risk_atr_update(atr, ranged ? high[bar] : NULL, ranged ? N : 0, ranged ? low[bar] : NULL,
                                       ranged ? N : 0, close[bar], N));
        EXPECT(PPO_OK, risk_atr_values(atr, atr_values, N, &seen, &needed));
        CHECK(seen == (size_t)bar + 1 && needed == 6);
        put(atr_values, N);

        EXPECT(PPO_OK, risk_positions_size(positions, equity, weights, N, close[bar], N, atr_values, N, seen, units, N,
                                           stops, N, reasons, REASONS, &reasons_len));
        put(units, N);
        put(stops, N);
        put_reasons();
        if (bar % 10 == 9) {
            EXPECT(PPO_OK, risk_position_units(equity, 0.02, atr_values[0], 3.0, 7.0, units));
            put(units, 1);
        }
    }
    for (int with_ranges = 0; with_ranges < 2; with_ranges++) {
        size_t count = (size_t)bars * N, given = with_ranges ? count : 0;
        EXPECT(PPO_OK, risk_average_true_range(given ? high[0] : NULL, given, given ? low[0] : NULL, given, close[0],
                                               count, (size_t)bars, N, 5, table[0], count));
        put(table[0], count);
    }
    risk_limits_free(limits);
    risk_hedge_free(hedge);
    risk_atr_free(atr);
    risk_positions_free(positions);
    risk_drawdown_free(monitor);
    CHECK(fclose(file) == 0);
    return finished("results_risk_parts");
}
