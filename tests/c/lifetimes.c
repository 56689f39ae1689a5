/* Every kind of handle, made and freed over and over: the heap and the process do not grow. A new kind is a line
 * of `kinds`. argv: the demo policy, cycles. */
#include "check.h"
#include <malloc.h>
#include <unistd.h>

/* Headers of freed handles rest before they are used again: the first cycles grow. */
#define RESTING 3000

/* What glibc may keep for its own reasons (freed blocks that it counts as used; pages). The smallest block that malloc
 * gives, lost once in fifty cycles, is more. */
#define BYTES 65536
#define PAGES 64

static const char *const spec =
    "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 3, \"account\": false, \"columns\": []}, "
    "\"action\": {\"distribution\": \"gaussian\"}, \"network\": {\"scorer\": {\"hidden\": [4]}}}";

static ppo_agent *agent;
static ppo_random *stream;
static uint8_t bytes[1 << 16];
static size_t size;

static ppo_status agent_new(void) {
    ppo_agent *made = NULL;
    ppo_status status = ppo_agent_new(spec, NULL, &made);
    ppo_agent_free(made);
    return status;
}

static ppo_status agent_loaded(void) {
    ppo_agent *made = NULL;
    ppo_status status = ppo_load_bytes(bytes, size, &made);
    ppo_agent_free(made);
    return status;
}

static ppo_status agent_clone(void) {
    ppo_agent *made = NULL;
    ppo_status status = ppo_agent_clone(agent, &made);
    ppo_agent_free(made);
    return status;
}

/* An error's words are the handle's, and go with it. */
static ppo_status agent_with_an_error(void) {
    ppo_agent *made = NULL;
    double value;
    ppo_status status = ppo_agent_clone(agent, &made);
    if (status == PPO_OK && ppo_value(made, NULL, 0, &value) == PPO_OK) {
        status = PPO_ERR_INVALID_ARGUMENT;
    }
    ppo_agent_free(made);
    return status;
}

static ppo_status agent_refused(void) {
    ppo_agent *made = NULL;
    return ppo_load_bytes(bytes, size - 1, &made) == PPO_ERR_FILE && made == NULL ? PPO_OK : PPO_ERR_FILE;
}

static ppo_status random_new(void) {
    ppo_random *made = NULL;
    ppo_status status = ppo_random_new(1, 2, &made);
    ppo_random_free(made);
    return status;
}

static ppo_status random_clone(void) {
    ppo_random *made = NULL;
    ppo_status status = ppo_random_clone(stream, &made);
    ppo_random_free(made);
    return status;
}

static const struct {
    const char *name;
    ppo_status (*cycle)(void);
} kinds[] = {
    {"ppo_agent_new", agent_new},
    {"ppo_load_bytes", agent_loaded},
    {"ppo_load_bytes, refused", agent_refused},
    {"ppo_agent_clone", agent_clone},
    {"ppo_agent_clone, an error", agent_with_an_error},
    {"ppo_random_new", random_new},
    {"ppo_random_clone", random_clone},
};

static size_t heap(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static long resident(void) {
    long whole = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &whole, &pages) == 2);
    fclose(file);
    return pages;
}

int main(int argc, char **argv) {
    ppo_agent *demo = NULL;
    long cycles;
    if (argc != 3) {
        return 2;
    }
    cycles = atol(argv[2]);
    EXPECT(PPO_OK, ppo_load(argv[1], &demo));
    ppo_agent_free(demo);
    EXPECT(PPO_OK, ppo_agent_new(spec, NULL, &agent));
    EXPECT(PPO_OK, ppo_random_new(3, 0, &stream));
    EXPECT(PPO_OK, ppo_save_bytes(agent, bytes, sizeof bytes, &size));
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        long errors = 0, pages, before;
        size_t used;
        for (long i = 0; i < RESTING; i++) {
            errors += kinds[k].cycle() != PPO_OK;
        }
        before = resident();
        used = heap();
        for (long i = 0; i < cycles; i++) {
            errors += kinds[k].cycle() != PPO_OK;
        }
        pages = resident() - before;
        printf("%s: %ld cycles, %ld bytes and %ld pages more\n", kinds[k].name, cycles,
               (long)(heap() - used), pages);
        CHECK(errors == 0);
#ifndef SANITIZED /* whose allocator keeps what was freed */
        CHECK((long)(heap() - used) < BYTES && pages < PAGES);
#endif
    }
    ppo_agent_free(agent);
    ppo_random_free(stream);
    return finished("lifetimes");
}
