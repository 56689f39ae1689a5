/* What one rank of many has to do itself, for docs/scale.py: one process that takes itself for rank 0 of N, and whose gathers are
 * copies of what it sends. Its numbers mean nothing, but its work is a rank's. argv: the inputs. */
#include "ranks.h"

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
    /* Nanoseconds: of collecting, of the gathers, and of minibatches after each other, with how many these are. */
    uint64_t rollout, gathering, minibatches;
    int counted;
} rank;

/* Gathers before those of minibatches: headers, the rollout, lengths and episodes. */
#define BEFORE 4

static int32_t allgather(void *user, const void *send, size_t bytes, void *received) {
    rank *self = user;
    uint64_t start = nanoseconds();
    int number = self->gathers++;
    if (number == 1) self->rollout += start - self->ended;
    if (number > BEFORE) {
        self->minibatches += start - self->ended;
        self->counted++;
    }
    for (uint32_t i = 0; i < self->size; i++) {
        char *part = (char *)received + i * bytes;
        memcpy(part, send, bytes);
        if (number == 0 && bytes == HEADER) part[HEADER_RANK] = (char)i;
    }
    self->ended = nanoseconds();
    self->gathering += self->ended - start;
    return 0;
}

/* A rank of so many, and the least microseconds that it took in any round: for a decision collected, for a minibatch (its gather
 * left out), and for the rest of an update, of a decision of all ranks. */
typedef struct {
    rank rank;
    shape shape;
    training training;
    double decision, minibatch, rest;
} trial;

static void prepare(trial *trial, const char *folder, uint32_t size, shape shape) {
    ppo_collectives collectives;
    memset(trial, 0, sizeof *trial);
    trial->rank.size = size;
    trial->shape = shape;
    trial->decision = trial->minibatch = trial->rest = 1e9;
    MUST(ppo_collectives_init(&collectives, sizeof collectives));
    collectives.size = size;
    collectives.user = &trial->rank;
    collectives.allgather = allgather;
    trial->training = begin(folder, shape, &collectives);
    update(trial->training, 1);
}

static void lower(double *least, double value) {
    if (value < *least) *least = value;
}

/* One update. */
static void run(trial *trial) {
    const double decisions = (double)trial->shape.n_envs * trial->shape.n_steps;
    const double minibatches = 4 * decisions / trial->shape.batch_size;
    rank *rank = &trial->rank;
    double minibatch, whole;
    uint64_t start;
    rank->gathers = rank->counted = 0;
    rank->rollout = rank->gathering = rank->minibatches = 0;
    start = nanoseconds();
    update(trial->training, 1);
    whole = (double)(nanoseconds() - start - rank->rollout - rank->gathering) / 1e3;
    minibatch = (double)rank->minibatches / rank->counted / 1e3;
    lower(&trial->decision, (double)rank->rollout / 1e3 / (decisions / rank->size));
    lower(&trial->minibatch, minibatch);
    lower(&trial->rest, (whole - minibatch * minibatches) / decisions);
}

int main(int argc, char **argv) {
    const shape small = {1, 256, 16, 1024}, large = {1, 256, 16, 4096}, shared = {1, 16 * MANY, 16, 128 * MANY};
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
    row = (wide.minibatch - one.minibatch) / (large.batch_size - small.batch_size);
    step = one.minibatch - row * small.batch_size;
    printf("ranks_decision_us %.2f\n", one.decision);
    printf("ranks_row_us %.3f\n", row);
    printf("ranks_step_us %.1f\n", step);
    /* Rows of a rank of many: 128. */
    printf("ranks_partial_us %.1f\n", (many.minibatch - step - 128 * row) / MANY);
    printf("ranks_rest_us %.3f\n", many.rest);
    end(one.training);
    end(wide.training);
    end(many.training);
    return 0;
}
