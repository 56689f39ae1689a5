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
static double decide(const ppo_agent *agent, const float *state, size_t state_len, double *weights, size_t weights_len,
                     size_t decisions) {
    double start = nanoseconds();
    for (size_t i = 0; i < decisions; i++) {
        if (ppo_select_action(agent, state, state_len, NULL, 0, weights, weights_len) != PPO_OK) {
            return -1;
        }
    }
    return (nanoseconds() - start) / (double)decisions;
}
*/
import "C"

import "errors"

// Agent is one of C's, for as long as the process lives.
type Agent struct{ agent *C.ppo_agent }

var errRefused = errors.New("direct: the library refuses")

// Load makes an agent of the bytes of a policy file.
func Load(policy []byte) (Agent, error) {
	var agent *C.ppo_agent
	if C.ppo_load_bytes((*C.uint8_t)(&policy[0]), C.size_t(len(policy)), &agent) != C.PPO_OK {
		return Agent{}, errRefused
	}
	return Agent{agent}, nil
}

// Decide takes so many decisions without a prior and gives the nanoseconds that each took.
func (a Agent) Decide(state []float32, weights []float64, decisions int) (float64, error) {
	took := C.decide(a.agent, (*C.float)(&state[0]), C.size_t(len(state)), (*C.double)(&weights[0]),
		C.size_t(len(weights)), C.size_t(decisions))
	if took < 0 {
		return 0, errRefused
	}
	return float64(took), nil
}
