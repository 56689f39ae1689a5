/* Ranks of one process: threads that gather through memory.
 *
 *     ranks INPUTS efficiency    prints the rate of two ranks over that of two processes that share nothing
 *     ranks INPUTS policies OUT  writes OUT/RANKS-THREADS-RANK: the policy of every rank, for 1, 2 and 4 ranks of 1 to 4 threads
 *     ranks INPUTS parts         prints how the time of an update divides, for 1, 2 and 4 ranks */
#include "training.h"
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 4

static const char *folder;

/* What the ranks of this process share: what each sends, how many there are, how many have come to the meeting that is next, and
 * how many meetings are over. */
static const void *sent[MOST];
static uint32_t ranks_here, arrived, meetings;

/* How long a rank looks for the others before it lets other threads run meanwhile. */
#define PATIENCE_NS 30000

/* Waits for all ranks. As MPI does in shared memory, by looking: sleeping and being woken takes longer than most waits do. */
static void meet(void) {
    uint32_t meeting = __atomic_load_n(&meetings, __ATOMIC_ACQUIRE);
    uint64_t start = nanoseconds();
    if (__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL) == ranks_here) {
        arrived = 0;
        __atomic_store_n(&meetings, meeting + 1, __ATOMIC_RELEASE);
        return;
    }
    while (__atomic_load_n(&meetings, __ATOMIC_ACQUIRE) == meeting) {
        if (nanoseconds() - start > PATIENCE_NS) sched_yield();
    }
}

/* When a rank was where. */
typedef struct {
    uint64_t begun, gathering, rollout, last;
    int gathers;
} clocks;

typedef struct {
    uint32_t number, size, threads;
    clocks clocks;
    training training;
} rank;

/* The first gather of an update is that of headers: between it and the second, rollouts are collected. */
static int32_t allgather(void *user, const void *send, size_t bytes, void *received) {
    rank *self = user;
    uint64_t start = nanoseconds();
    if (self->clocks.gathers++ == 1) self->clocks.rollout += start - self->clocks.last;
    sent[self->number] = send;
    meet();
    for (uint32_t i = 0; i < self->size; i++) memcpy((char *)received + i * bytes, sent[i], bytes);
    meet();
    self->clocks.last = nanoseconds();
    self->clocks.gathering += self->clocks.last - start;
    return 0;
}

/* Updates, each with clocks of its own that are added up. */
static void timed_updates(rank *self, int times) {
    self->clocks.gathering = self->clocks.rollout = 0;
    self->clocks.begun = nanoseconds();
    while (times-- > 0) {
        self->clocks.gathers = 0;
        update(self->training, 1);
    }
    self->clocks.last = nanoseconds();
}

static training joined(rank *self) {
    const shape shape = {self->threads, usual.n_envs, usual.n_steps, usual.batch_size};
    ppo_collectives collectives;
    MUST(ppo_collectives_init(&collectives, sizeof collectives));
    collectives.rank = self->number;
    collectives.size = self->size;
    collectives.user = self;
    collectives.allgather = allgather;
    return begin(folder, "spec.json", shape, &collectives);
}

/* Runs so many ranks of so many threads each, on a thread each. */
static void run(rank *ranks, uint32_t size, uint32_t threads, void *(*work)(void *)) {
    pthread_t running[MOST];
    ranks_here = size;
    for (uint32_t i = 0; i < size; i++) {
        memset(&ranks[i], 0, sizeof ranks[i]);
        ranks[i].number = i;
        ranks[i].size = size;
        ranks[i].threads = threads;
        if (pthread_create(&running[i], NULL, work, &ranks[i]) != 0) exit(1);
    }
    for (uint32_t i = 0; i < size; i++) pthread_join(running[i], NULL);
}

/* ---- policies ---- */

static const char *out;

static void *write_policy(void *of) {
    rank *self = of;
    char path[4096];
    self->training = joined(self);
    update(self->training, POLICY_UPDATES);
    snprintf(path, sizeof path, "%s/%u-%u-%u", out, self->size, self->threads, self->number);
    MUST(ppo_save(self->training.agent, path));
    end(self->training);
    return NULL;
}

/* ---- parts ---- */

static void *time_parts(void *of) {
    rank *self = of;
    self->training = joined(self);
    update(self->training, WARM_UP);
    timed_updates(self, UPDATES * REPEATS);
    end(self->training);
    return NULL;
}

static void print_parts(uint32_t size) {
    rank ranks[MOST];
    const double updates = UPDATES * REPEATS * 1e6;
    const clocks *first = &ranks[0].clocks;
    double whole;
    run(ranks, size, 1, time_parts);
    whole = (double)(first->last - first->begun);
    printf("ranks_%u_update_ms %.2f\n", size, whole / updates);
    printf("ranks_%u_rollout_ms %.2f\n", size, (double)first->rollout / updates);
    printf("ranks_%u_gather_ms %.2f\n", size, (double)first->gathering / updates);
}

/* ---- efficiency ---- */

/* What two processes that train alone and one with two ranks share. They take turns. */
typedef struct {
    pthread_barrier_t turn;
    int done;
    double alone[2][REPEATS], ranks[REPEATS];
} turns;

static turns *shared;

static void next_turn(void) {
    pthread_barrier_wait(&shared->turn);
}

static void train_alone(int number) {
    training training = begin(folder, "spec.json", usual, NULL);
    update(training, WARM_UP);
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        next_turn();
        shared->alone[number][repeat] = rate_of(training, usual);
        __sync_fetch_and_add(&shared->done, 1);
        /* So that the other's timing is never beside an idle processor. */
        while (__sync_fetch_and_add(&shared->done, 0) < 2 * (repeat + 1)) update(training, 1);
        next_turn();
    }
    next_turn();
    end(training);
}

static void *train_as_rank(void *of) {
    rank *self = of;
    self->training = joined(self);
    update(self->training, WARM_UP);
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double rate;
        next_turn();
        next_turn();
        meet();
        rate = rate_of(self->training, usual);
        if (self->number == 0) shared->ranks[repeat] = rate;
    }
    next_turn();
    end(self->training);
    return NULL;
}

static void print_efficiency(void) {
    double ratios[REPEATS];
    pthread_barrierattr_t between_processes;
    rank ranks[MOST];
    int status, failed = 0;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) exit(1);
    pthread_barrierattr_init(&between_processes);
    pthread_barrierattr_setpshared(&between_processes, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&shared->turn, &between_processes, 4);
    for (int child = 0; child < 3; child++) {
        pid_t process = fork();
        if (process < 0) exit(1);
        if (process > 0) continue;
        if (child < 2) train_alone(child);
        else run(ranks, 2, 1, train_as_rank);
        exit(0);
    }
    while (wait(&status) > 0) failed |= status != 0;
    if (failed) exit(1);
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        ratios[repeat] = shared->ranks[repeat] / (shared->alone[0][repeat] + shared->alone[1][repeat]);
    }
    printf("ranks_2_efficiency %.3f\n", median(ratios));
    printf("ranks_2_env_steps_per_s %.0f\n", median(shared->ranks));
}

int main(int argc, char **argv) {
    rank ranks[MOST];
    if (argc < 3) return 2;
    folder = argv[1];
    if (strcmp(argv[2], "efficiency") == 0) {
        print_efficiency();
    } else if (strcmp(argv[2], "policies") == 0 && argc == 4) {
        out = argv[3];
        for (uint32_t size = 1; size <= MOST; size *= 2) {
            for (uint32_t threads = 1; threads <= 4; threads++) run(ranks, size, threads, write_policy);
        }
    } else if (strcmp(argv[2], "parts") == 0) {
        for (uint32_t size = 1; size <= MOST; size *= 2) print_parts(size);
    } else {
        return 2;
    }
    return 0;
}
