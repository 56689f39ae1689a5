package pporisk

/*
#include <ppo_risk.h>

// Handles come as numbers and results go back by value, so that no call needs memory from Go's heap: cgo's check of a
// pointer to an incomplete type does.

static ppo_status select_action(uintptr_t agent, const float *state, size_t state_len, const double *prior,
                                size_t prior_len, double *weights, size_t weights_len) {
    return ppo_select_action((const ppo_agent *)agent, state, state_len, prior, prior_len, weights, weights_len);
}

typedef struct {
    ppo_status status;
    double log_prob, entropy, value;
} numbers;

typedef struct {
    ppo_status status;
    uint32_t fell_back;
} decided;

static decided select_action_or(uintptr_t agent, const float *state, size_t state_len, const double *prior,
                                size_t prior_len, const double *fallback, size_t fallback_len, double *weights,
                                size_t weights_len) {
    decided d = {0};
    d.status = ppo_select_action_or((const ppo_agent *)agent, state, state_len, prior, prior_len, fallback,
                                    fallback_len, weights, weights_len, &d.fell_back);
    return d;
}

static numbers sample(uintptr_t agent, uintptr_t random, const float *state, size_t state_len, const double *prior,
                      size_t prior_len, float *action, size_t action_len, double *weights, size_t weights_len) {
    numbers n = {0};
    n.status = ppo_sample_action((const ppo_agent *)agent, (ppo_random *)random, state, state_len, prior, prior_len,
                                 action, action_len, weights, weights_len, &n.log_prob);
    return n;
}

static numbers evaluate(uintptr_t agent, const float *state, size_t state_len, const double *prior, size_t prior_len,
                        const float *action, size_t action_len) {
    numbers n = {0};
    n.status = ppo_evaluate_action((const ppo_agent *)agent, state, state_len, prior, prior_len, action, action_len,
                                   &n.log_prob, &n.entropy, &n.value);
    return n;
}

static numbers value(uintptr_t agent, const float *state, size_t state_len) {
    numbers n = {0};
    n.status = ppo_value((const ppo_agent *)agent, state, state_len, &n.value);
    return n;
}
*/
import "C"

import "runtime"

// SelectAction decides: it writes the deterministic target weights in a state to `weights` [A]: assets, then cash where
// the policy may hold it. `state` [S] is not normalised; `prior` [A] holds the prior's weights at this close, and is nil
// where the policy has none. For the order path: it allocates nothing and takes no lock.
func (a *Agent) SelectAction(state []float32, prior, weights []float64) error {
	if err := a.enter(); err != nil {
		return err
	}
	runtime.LockOSThread()
	status := C.select_action(a.number(), float32s(state), C.size_t(len(state)), float64s(prior), C.size_t(len(prior)),
		float64s(weights), C.size_t(len(weights)))
	var err error
	if status != C.PPO_OK {
		err = failed(status)
	}
	runtime.UnlockOSThread()
	a.leave()
	return err
}

// SelectActionOr decides, and has an answer when a feed breaks: where the state or the prior holds NaN or an infinity, or
// the network's scores overflow, `weights` gets the program's own `fallback` [A], such as all cash or what is held now,
// and the answer says so. Otherwise as SelectAction.
func (a *Agent) SelectActionOr(state []float32, prior, fallback, weights []float64) (fellBack bool, err error) {
	if err := a.enter(); err != nil {
		return false, err
	}
	defer a.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	d := C.select_action_or(a.number(), float32s(state), C.size_t(len(state)), float64s(prior), C.size_t(len(prior)),
		float64s(fallback), C.size_t(len(fallback)), float64s(weights), C.size_t(len(weights)))
	return d.fell_back != 0, failed(d.status)
}

// SelectActionsThreads is SelectActions on several threads of the library's, 1 to 256, which are started for the call:
// the same bits, however many; for large batches.
func (a *Agent) SelectActionsThreads(threads, rows int, states []float32, priors, weights []float64) error {
	return use(func() C.ppo_status {
		return C.ppo_select_actions_threads(a.c(), C.uint32_t(threads), C.size_t(rows), float32s(states),
			C.size_t(len(states)), float64s(priors), C.size_t(len(priors)), float64s(weights), C.size_t(len(weights)))
	}, a.handle)
}

// SampleAction draws an action, as in training, and gives the log-probability density of it. `action` [A] gets it as the
// policy is trained on it, `weights` [A], which may be nil, its target weights.
func (a *Agent) SampleAction(random *Random, state []float32, prior []float64, action []float32, weights []float64) (logProb float64, err error) {
	if err := a.enter(); err != nil {
		return 0, err
	}
	defer a.leave()
	if err := random.enter(); err != nil {
		return 0, err
	}
	defer random.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	n := C.sample(a.number(), random.number(), float32s(state), C.size_t(len(state)), float64s(prior), C.size_t(len(prior)),
		float32s(action), C.size_t(len(action)), float64s(weights), C.size_t(len(weights)))
	return float64(n.log_prob), failed(n.status)
}

// Evaluation is what a policy says of an action.
type Evaluation struct {
	// LogProb is the log-probability density of the action.
	LogProb float64
	// Entropy is the entropy of the distribution over actions, in nats.
	Entropy float64
	// Value is the critic's value of the state.
	Value float64
}

// EvaluateAction gives what the policy says of an action [A], such as one drawn before.
func (a *Agent) EvaluateAction(state []float32, prior []float64, action []float32) (Evaluation, error) {
	if err := a.enter(); err != nil {
		return Evaluation{}, err
	}
	defer a.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	n := C.evaluate(a.number(), float32s(state), C.size_t(len(state)), float64s(prior), C.size_t(len(prior)),
		float32s(action), C.size_t(len(action)))
	return Evaluation{float64(n.log_prob), float64(n.entropy), float64(n.value)}, failed(n.status)
}

// Value is the critic's value of a state: expected discounted reward as the trainer scaled it.
func (a *Agent) Value(state []float32) (float64, error) {
	if err := a.enter(); err != nil {
		return 0, err
	}
	defer a.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	n := C.value(a.number(), float32s(state), C.size_t(len(state)))
	return float64(n.value), failed(n.status)
}
