/* The header twice in one unit, and in two units of one program: see unit_two.c. */
#include "ppo_risk.h"
#include "ppo_risk.h"

const char *version_seen_by_two(void);

int main(void) {
    return ppo_version() == version_seen_by_two() && ppo_version_number() == PPO_VERSION_NUMBER ? 0 : 1;
}
