// Package direct decides in C alone, to measure what the way through Go costs beside it.
package direct

/*
#cgo pkg-config: ppo_risk
#include <ppo_risk.h>
#include <time.h>

static double nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

// Nanoseconds a decision, over so many; negative where a call fails.
static double decide(const char *path, const float *state, size_t state_len, const double *prior, size_t prior_len,
                     double *weights, size_t weights_len, size_t decisions) {
    static ppo_agent *agent;
    double start;
    if (agent == NULL && ppo_load(path, &agent) != PPO_OK) {
        return -1;
    }
    start = nanoseconds();
    for (size_t i = 0; i < decisions; i++) {
        if (ppo_select_action(agent, state, state_len, prior, prior_len, weights, weights_len) != PPO_OK) {
            return -1;
        }
    }
    return (nanoseconds() - start) / (double)decisions;
}
*/
import "C"

import "fmt"

var path *C.char

// Decide takes so many decisions with the policy of a file, the same one on every call, and gives the nanoseconds that
// each took.
func Decide(policy string, state []float32, prior, weights []float64, decisions int) (float64, error) {
	if path == nil {
		path = C.CString(policy)
	}
	took := C.decide(path, (*C.float)(&state[0]), C.size_t(len(state)), (*C.double)(&prior[0]), C.size_t(len(prior)),
		(*C.double)(&weights[0]), C.size_t(len(weights)), C.size_t(decisions))
	if took < 0 {
		return 0, fmt.Errorf("direct: the library refuses to decide with %s", policy)
	}
	return float64(took), nil
}
