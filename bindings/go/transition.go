package pporisk

/*
#include <ppo_risk.h>

// The struct is put together here: one with pointers to Go's memory could not be handed over.
static ppo_status observe(const ppo_trainer *trainer, uint64_t env, const float *state, size_t state_len,
                          const double *prior, size_t prior_len, const float *action, size_t action_len,
                          const float *next_state, size_t next_state_len, double log_prob, double reward,
                          uint32_t terminated, uint32_t truncated, uint32_t update, uint32_t *updated) {
    ppo_transition transition;
    ppo_transition_init(&transition, sizeof transition);
    transition.env = env;
    transition.state = state;
    transition.state_len = state_len;
    transition.prior = prior;
    transition.prior_len = prior_len;
    transition.action = action;
    transition.action_len = action_len;
    transition.next_state = next_state;
    transition.next_state_len = next_state_len;
    transition.log_prob = log_prob;
    transition.reward = reward;
    transition.terminated = terminated;
    transition.truncated = truncated;
    return ppo_observe(trainer, &transition, update, updated);
}
*/
import "C"

import "math"

// Transition is one decision of a live agent and what came of it. Begin with NewTransition.
type Transition struct {
	// Env is the sequence that it continues, from 0, below NEnvs: one for each account or market. The transitions of a
	// sequence come in the order of time, none left out.
	Env uint64
	// State [S] that the decision was taken in, and Prior [A], as SampleAction was given them.
	State []float32
	Prior []float64
	// Action [A] as SampleAction wrote it.
	Action []float32
	// NextState [S] is the state that it led to, at the end of an episode its final one; may be nil where Terminated.
	NextState []float32
	// LogProb is what SampleAction gave. NaN: the agent's policy of now is asked, which is right as long as no update
	// lies between the decision and this call.
	LogProb float64
	// Reward, finite.
	Reward float64
	// Terminated: nothing follows; the future is worth nothing.
	Terminated bool
	// Truncated: the episode was cut off and would have gone on; never together with Terminated.
	Truncated bool
}

// NewTransition is a transition with nothing in it.
func NewTransition() Transition { return Transition{LogProb: math.NaN()} }

// Observe keeps a transition (copied) for the next update of a trainer that NewOnlineTrainer made. With `update` it
// updates as soon as a whole rollout of NEnvs times NSteps has been kept, and says so; otherwise that is left to Update.
func (t *Trainer) Observe(of *Transition, update bool) (updated bool, err error) {
	var done C.uint32_t
	err = use(func() C.ppo_status {
		return C.observe(t.c(), C.uint64_t(of.Env), float32s(of.State), C.size_t(len(of.State)), float64s(of.Prior),
			C.size_t(len(of.Prior)), float32s(of.Action), C.size_t(len(of.Action)), float32s(of.NextState),
			C.size_t(len(of.NextState)), C.double(of.LogProb), C.double(of.Reward), flag(of.Terminated),
			flag(of.Truncated), flag(update), &done)
	}, t.handle)
	return done != 0, err
}
