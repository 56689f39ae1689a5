/* Saves over and over until it is killed. argv: the demo policy, the file. */
#include "check.h"

int main(int argc, char **argv) {
    ppo_agent *agent = NULL;
    if (argc != 3) {
        return 2;
    }
    EXPECT(PPO_OK, ppo_load(argv[1], &agent));
    printf("ready\n");
    fflush(stdout);
    while (failures == 0) {
        EXPECT(PPO_OK, ppo_save(agent, argv[2]));
    }
    return finished("killed");
}
