/* MB of resident memory that one more agent, loaded from its file and ready to act, adds. argv: the inputs. */
#include "bench.h"
#include <unistd.h>

#define AGENTS 50

static double resident_mb(void) {
    long size, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &size, &resident) != 2) exit(1);
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

int main(int argc, char **argv) {
    static ppo_agent *agents[AGENTS + 1];
    static float state[STATE];
    double weights[ASSETS], before;
    if (argc != 2) return 2;
    before = 0;
    /* The first one brings the library's own pages in. */
    for (int i = 0; i <= AGENTS; i++) {
        agents[i] = benchmark_agent(argv[1]);
        MUST(ppo_select_action(agents[i], state, STATE, NULL, 0, weights, ASSETS));
        if (i == 0) before = resident_mb();
    }
    printf("agent_rss_mb %.3f\n", (resident_mb() - before) / AGENTS);
    return 0;
}
