/* Trains one policy on several processes, of one machine or of many, by MPI.
 *
 *     mpicc train_mpi.c $(pkg-config --cflags --libs ppo_risk) -o train_mpi
 *     mpirun -n 4 ./train_mpi FOLDER
 *
 * Rank 0 writes FOLDER/checkpoint.safetensors and FOLDER/policy.safetensors, which has the same bytes for 1, 2 and 4 ranks. With a
 * checkpoint in the folder the run goes on from it, on any number of ranks. */
#include <mpi.h>
#include <ppo_risk.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends all ranks, saying why, where a call fails. */
#define MUST(call)                                                                     \
    do {                                                                               \
        ppo_status status_ = (call);                                                   \
        if (status_ != PPO_OK) {                                                       \
            char words_[512];                                                          \
            ppo_last_error(words_, sizeof words_, NULL);                               \
            fprintf(stderr, "%s: %s\n", ppo_status_name(status_), words_);             \
            MPI_Abort(MPI_COMM_WORLD, 1);                                              \
        }                                                                              \
    } while (0)

static const char *const SPEC =
    "{\"assets\": [\"A\", \"B\", \"C\"], \"state\": {\"window\": 20},"
    " \"action\": {}, \"network\": {\"mlp\": {\"hidden\": [64, 64], \"activation\": \"tanh\", \"shared_trunk\": true}}}";
static const char *const MODEL =
    "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\", \"C\"], \"drift\": [0.08, 0.06, 0.04],"
    " \"covariance\": [[0.04, 0.01, 0.01], [0.01, 0.03, 0.01], [0.01, 0.01, 0.02]]}";

/* The one function that the library needs of the transport. */
static int32_t allgather(void *user, const void *send, size_t bytes, void *received) {
    (void)user;
    return MPI_Allgather(send, (int)bytes, MPI_BYTE, received, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
}

int main(int argc, char **argv) {
    int rank, size;
    char checkpoint[1024], policy[1024];
    ppo_agent *agent = NULL;
    ppo_market *market = NULL;
    ppo_trainer *trainer = NULL;
    ppo_collectives collectives;
    ppo_train_options options;
    ppo_metrics metrics;
    ppo_config config;
    FILE *earlier;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (argc != 2) {
        if (rank == 0) fprintf(stderr, "usage: mpirun -n RANKS %s FOLDER\n", argv[0]);
        MPI_Finalize();
        return 2;
    }
    snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.safetensors", argv[1]);
    snprintf(policy, sizeof policy, "%s/policy.safetensors", argv[1]);
    MUST(ppo_market_simulated(MODEL, &market));
    earlier = fopen(checkpoint, "rb");
    if (earlier != NULL) {
        fclose(earlier);
        MUST(ppo_trainer_resume(checkpoint, market, &agent, &trainer));
    } else {
        MUST(ppo_config_init(&config, sizeof config));
        config.total_steps = 16 * 64 * 64;
        config.n_envs = 64;
        config.n_steps = 64;
        config.batch_size = 1024;
        config.threads = 1;
        config.device = PPO_DEVICE_CPU;
        MUST(ppo_agent_new(SPEC, NULL, &agent));
        MUST(ppo_trainer_new(agent, market, &config, &trainer));
    }
    MUST(ppo_collectives_init(&collectives, sizeof collectives));
    collectives.rank = (uint32_t)rank;
    collectives.size = (uint32_t)size;
    collectives.allgather = allgather;
    MUST(ppo_trainer_join(trainer, &collectives));
    MUST(ppo_train_options_init(&options, sizeof options));
    options.checkpoint_path = checkpoint;
    options.checkpoint_interval = 8;
    options.most_updates = 8;
    MUST(ppo_metrics_init(&metrics, sizeof metrics));
    MUST(ppo_train(trainer, &options, &metrics));
    if (rank == 0) {
        MUST(ppo_save(agent, policy));
        printf("ranks %d: update %llu, %.0f decisions a second\n", size, (unsigned long long)metrics.update,
               metrics.env_steps_per_s);
    }
    ppo_trainer_free(trainer);
    ppo_market_free(market);
    ppo_agent_free(agent);
    MPI_Finalize();
    return 0;
}
