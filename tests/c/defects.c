/* Mistakes of a host around the library, one at a time: what the sanitizers have to find. argv: the demo policy. */
#include "check.h"

/* Does not return to a place where the handle is still to be found. */
static void forget(const char *model) {
    ppo_agent *agent = NULL;
    EXPECT(PPO_OK, ppo_load(model, &agent));
#ifndef LEAK
    ppo_agent_free(agent);
#endif
}

int main(int argc, char **argv) {
    char *text = malloc(16);
    size_t needed = 0;
    if (argc != 2 || text == NULL) {
        return 2;
    }
    forget(argv[1]);
    EXPECT(PPO_OK, ppo_last_error(text, 16, &needed));
#if defined(OVERFLOW)
    text[needed + 15] = 'x';
#elif defined(USE_AFTER_FREE)
    free(text);
    text[needed - 1] = 'x';
#elif defined(UNDEFINED)
    {
        int largest = 2147483647 - 1 + (int)needed;
        printf("%d\n", largest + (int)needed);
    }
#endif
#ifndef USE_AFTER_FREE
    free(text);
#endif
    return finished("defects");
}
