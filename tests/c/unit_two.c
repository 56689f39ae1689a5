/* The second unit of unit_one.c. */
#include "ppo_risk.h"

const char *version_seen_by_two(void);

const char *version_seen_by_two(void) {
    return ppo_version();
}
