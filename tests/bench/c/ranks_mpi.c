/* Ranks that gather by MPI; compiled with mpicc, run by mpirun.
 *
 *     ranks_mpi INPUTS efficiency    of two processes: the rate as ranks over the rate alone, in turn; printed by rank 0
 *     ranks_mpi INPUTS policies OUT  writes OUT/mpi-RANKS, the policy */
#include "training.h"
#include <mpi.h>

static int32_t allgather(void *user, const void *send, size_t bytes, void *received) {
    (void)user;
    return MPI_Allgather(send, (int)bytes, MPI_BYTE, received, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
}

static double sum_of_ranks(double value) {
    double sum;
    MPI_Allreduce(&value, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    return sum;
}

static void print_efficiency(const char *folder, const ppo_collectives *collectives) {
    training alone = begin(folder, "spec.json", usual, NULL), together = begin(folder, "spec.json", usual, collectives);
    double ratios[REPEATS];
    update(alone, WARM_UP);
    update(together, WARM_UP);
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double apart;
        MPI_Barrier(MPI_COMM_WORLD);
        apart = sum_of_ranks(rate_of(alone, usual));
        MPI_Barrier(MPI_COMM_WORLD);
        ratios[repeat] = rate_of(together, usual) / apart;
    }
    if (collectives->rank == 0) printf("ranks_2_efficiency_mpi %.3f\n", median(ratios));
    end(together);
    end(alone);
}

static void write_policy(const char *folder, const ppo_collectives *collectives, const char *out) {
    training together = begin(folder, "spec.json", usual, collectives);
    char path[4096];
    update(together, POLICY_UPDATES);
    snprintf(path, sizeof path, "%s/mpi-%u", out, collectives->size);
    if (collectives->rank == 0) MUST(ppo_save(together.agent, path));
    end(together);
}

int main(int argc, char **argv) {
    ppo_collectives collectives;
    int rank, size;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MUST(ppo_collectives_init(&collectives, sizeof collectives));
    collectives.rank = (uint32_t)rank;
    collectives.size = (uint32_t)size;
    collectives.allgather = allgather;
    if (argc == 3 && strcmp(argv[2], "efficiency") == 0) print_efficiency(argv[1], &collectives);
    else if (argc == 4 && strcmp(argv[2], "policies") == 0) write_policy(argv[1], &collectives, argv[3]);
    else return 2;
    MPI_Finalize();
    return 0;
}
