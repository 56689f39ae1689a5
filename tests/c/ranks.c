/* Ranks that train one policy: threads of one process that gather through memory. argv: a folder to write to. The policy file of
 * every rank is that of one trainer alone. */
#include "check.h"
#include <pthread.h>
#include <stdlib.h>

#define MOST 4
#define UPDATES 3

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20},"
    " \"action\": {}, \"network\": {\"scorer\": {\"hidden\": [12, 8]}}}";
static const char *const MODEL = "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.08, 0.05], "
                                 "\"covariance\": [[0.04, 0.01], [0.01, 0.09]]}";

/* What the ranks share. */
static pthread_barrier_t barrier;
static const void *sent[MOST];

typedef struct {
    uint32_t number, size;
    int gathers, fails_at;
    char path[1024];
    ppo_status answer;
} rank;

static int32_t allgather(void *user, const void *send, size_t bytes, void *received) {
    rank *self = user;
    sent[self->number] = send;
    pthread_barrier_wait(&barrier);
    for (uint32_t i = 0; i < self->size; i++) {
        memcpy((char *)received + i * bytes, sent[i], bytes);
    }
    pthread_barrier_wait(&barrier);
    return ++self->gathers == self->fails_at ? 5 : 0;
}

static void *train(void *of) {
    rank *self = of;
    ppo_agent *agent = NULL;
    ppo_market *market = NULL;
    ppo_trainer *trainer = NULL;
    ppo_collectives collectives;
    ppo_config config;
    EXPECT(PPO_OK, ppo_config_init(&config, sizeof config));
    config.total_steps = (uint64_t)1 << 40;
    config.n_envs = 64;
    config.n_steps = 8;
    config.batch_size = 128;
    config.threads = 1;
    config.device = PPO_DEVICE_CPU;
    EXPECT(PPO_OK, ppo_agent_new(SPEC, NULL, &agent));
    EXPECT(PPO_OK, ppo_market_simulated(MODEL, &market));
    EXPECT(PPO_OK, ppo_trainer_new(agent, market, &config, &trainer));
    EXPECT(PPO_OK, ppo_collectives_init(&collectives, sizeof collectives));
    collectives.rank = self->number;
    collectives.size = self->size;
    collectives.user = self;
    collectives.allgather = allgather;
    if (self->size > 1) {
        EXPECT(PPO_OK, ppo_trainer_join(trainer, &collectives));
    }
    if (failures > 0) exit(finished("ranks")); /* the others would wait */
    for (int i = 0; i < UPDATES && self->answer == PPO_OK; i++) {
        self->answer = ppo_update(trainer, NULL);
    }
    if (self->answer == PPO_OK) {
        EXPECT(PPO_OK, ppo_save(agent, self->path));
    }
    ppo_trainer_free(trainer);
    ppo_market_free(market);
    ppo_agent_free(agent);
    return NULL;
}

/* Trains as so many ranks; writes the policy files to FOLDER/SIZE-RANK. */
static void run(const char *folder, uint32_t size, int fails_at, rank *ranks) {
    pthread_t threads[MOST];
    CHECK(pthread_barrier_init(&barrier, NULL, size) == 0);
    for (uint32_t i = 0; i < size; i++) {
        rank fresh = {i, size, 0, fails_at, "", PPO_OK};
        ranks[i] = fresh;
        snprintf(ranks[i].path, sizeof ranks[i].path, "%s/%u-%u", folder, size, i);
        CHECK(pthread_create(&threads[i], NULL, train, &ranks[i]) == 0);
    }
    for (uint32_t i = 0; i < size; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    pthread_barrier_destroy(&barrier);
}

/* The bytes of a file, and how many. */
static char *contents(const char *path, size_t *len) {
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(1 << 20);
    *len = 0;
    CHECK(file != NULL && bytes != NULL);
    if (file != NULL) {
        *len = fread(bytes, 1, 1 << 20, file);
        fclose(file);
    }
    return bytes;
}

int main(int argc, char **argv) {
    rank ranks[MOST];
    size_t len, other_len;
    char *alone, *other;
    if (argc != 2) return 2;
    run(argv[1], 1, 0, ranks);
    alone = contents(ranks[0].path, &len);
    CHECK(len > 0);
    for (uint32_t size = 2; size <= MOST; size *= 2) {
        run(argv[1], size, 0, ranks);
        for (uint32_t i = 0; i < size; i++) {
            other = contents(ranks[i].path, &other_len);
            CHECK(other_len == len && memcmp(alone, other, len) == 0);
            free(other);
        }
    }
    free(alone);
    /* What the function answers ends the update. */
    run(argv[1], 2, 6, ranks);
    CHECK(ranks[0].answer == PPO_ERR_COLLECTIVE && ranks[1].answer == PPO_ERR_COLLECTIVE);
    return finished("ranks");
}
