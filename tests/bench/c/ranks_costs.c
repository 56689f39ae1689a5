/* What one rank of many has to do itself, for docs/scale.py: one process that takes itself for rank 0 of N, and whose gathers are
 * copies of what it sends. Its numbers mean nothing, but its work is a rank's. argv: the inputs. */
#include "training.h"

/* Ranks of the larger trial. */
#define MANY 64
/* Updates of each trial, in turn. */
#define ROUNDS 15
/* Bytes that ranks exchange before every update, and where their number is among them. */
#define HEADER 64
#define HEADER_RANK 8

typedef struct {
    uint32_t size;
    /* Gathers since the update began, when the last of them ended, and when the last minibatch's did. */
    int gathers;
    uint64_t ended;
    /* Nanoseconds: of collecting, of the gathers, of all minibatches but the first, and of the quickest one ever. */
    uint64_t rollout, gathering, minibatches, minibatch;
    /* Bytes that a rank sends: of its rollout, and of a minibatch. */
    size_t rollout_bytes, minibatch_bytes;
} rank;

/* Gathers of an update: headers, after which rollouts are collected, lengths and episodes, the rollout, then minibatches. */
enum { HEADERS, LENGTHS, EPISODES, ROLLOUT, FIRST_MINIBATCH };

static int32_t allgather(void *user, const void *send, size_t bytes, void *received) {
    rank *self = user;
    uint64_t start = nanoseconds();
    int number = self->gathers++;
    if (number == LENGTHS) self->rollout += start - self->ended;
    if (number == ROLLOUT) self->rollout_bytes = bytes;
    if (number > FIRST_MINIBATCH) {
        uint64_t took = start - self->ended;
        self->minibatches += took;
        self->minibatch = took < self->minibatch ? took : self->minibatch;
        self->minibatch_bytes = bytes;
    }
    for (uint32_t i = 0; i < self->size; i++) {
        char *part = (char *)received + i * bytes;
        memcpy(part, send, bytes);
        if (number == HEADERS && bytes == HEADER) part[HEADER_RANK] = (char)i;
    }
    self->ended = nanoseconds();
    self->gathering += self->ended - start;
    return 0;
}

/* A rank of so many; the least microseconds in any update, for a decision collected and for the rest, of a decision of all
 * ranks: what is neither collecting, nor gathers, nor minibatches. */
typedef struct {
    rank rank;
    shape shape;
    training training;
    double decision, rest;
} trial;

static void prepare(trial *trial, const char *folder, uint32_t size, shape shape) {
    ppo_collectives collectives;
    memset(trial, 0, sizeof *trial);
    trial->rank.size = size;
    trial->shape = shape;
    trial->decision = trial->rest = 1e9;
    trial->rank.minibatch = UINT64_MAX;
    MUST(ppo_collectives_init(&collectives, sizeof collectives));
    collectives.size = size;
    collectives.user = &trial->rank;
    collectives.allgather = allgather;
    trial->training = begin(folder, "spec.json", shape, &collectives);
    update(trial->training, 1);
}

static void lower(double *least, double value) {
    if (value < *least) *least = value;
}

/* One update. Its first minibatch, which is not told from what comes before it, is counted as the quickest. */
static void run(trial *trial) {
    const double decisions = (double)trial->shape.n_envs * trial->shape.n_steps;
    rank *rank = &trial->rank;
    uint64_t start, rest;
    rank->gathers = 0;
    rank->rollout = rank->gathering = rank->minibatches = 0;
    start = nanoseconds();
    update(trial->training, 1);
    rest = nanoseconds() - start - rank->rollout - rank->gathering - rank->minibatches - rank->minibatch;
    lower(&trial->decision, (double)rank->rollout / 1e3 / (decisions / rank->size));
    lower(&trial->rest, (double)rest / 1e3 / decisions);
}

/* Microseconds of its quickest minibatch. */
static double minibatch(const trial *trial) {
    return (double)trial->rank.minibatch / 1e3;
}

int main(int argc, char **argv) {
    const shape small = {1, 256, 16, 256}, large = {1, 256, 16, 1024}, shared = {1, 16 * MANY, 16, 128 * MANY};
    trial one, wide, many;
    double row, step;
    if (argc != 2) return 2;
    prepare(&one, argv[1], 1, small);
    prepare(&wide, argv[1], 1, large);
    prepare(&many, argv[1], MANY, shared);
    for (int round = 0; round < ROUNDS; round++) {
        run(&one);
        run(&wide);
        run(&many);
    }
    row = (minibatch(&wide) - minibatch(&one)) / (large.batch_size - small.batch_size);
    step = minibatch(&one) - row * small.batch_size;
    printf("ranks_decision_us %.2f\n", one.decision);
    printf("ranks_row_us %.3f\n", row);
    printf("ranks_step_us %.1f\n", step);
    /* Rows of a rank of many: 128. */
    printf("ranks_partial_us %.1f\n", (minibatch(&many) - step - 128 * row) / MANY);
    printf("ranks_rest_us %.3f\n", many.rest);
    printf("ranks_minibatch_bytes %zu\n", many.rank.minibatch_bytes);
    printf("ranks_decision_bytes %zu\n", many.rank.rollout_bytes / (shared.n_envs * shared.n_steps / MANY));
    end(one.training);
    end(wide.training);
    end(many.training);
    return 0;
}
