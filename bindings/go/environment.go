package pporisk

/*
#include <ppo_risk.h>

// The struct is put together here: one with pointers to Go's memory could not be handed over.
#define ROWS                                                                                                        \
    int wanted, uint64_t len, uint64_t states_len, uint64_t prior_len, double *rewards, double *raw_rewards,        \
        double *baseline_rewards, double *net_returns, double *turnovers, double *costs, uint8_t *terminated,       \
        uint8_t *truncated, float *states, float *final_states, double *prior

#define TAKE_ROWS                                       \
    ppo_env_outputs outputs;                            \
    ppo_env_outputs_init(&outputs, sizeof outputs);     \
    outputs.len = len;                                  \
    outputs.states_len = states_len;                    \
    outputs.prior_len = prior_len;                      \
    outputs.rewards = rewards;                          \
    outputs.raw_rewards = raw_rewards;                  \
    outputs.baseline_rewards = baseline_rewards;        \
    outputs.net_returns = net_returns;                  \
    outputs.turnovers = turnovers;                      \
    outputs.costs = costs;                              \
    outputs.terminated = terminated;                    \
    outputs.truncated = truncated;                      \
    outputs.states = states;                            \
    outputs.final_states = final_states;                \
    outputs.prior = prior

static ppo_status step(ppo_env *env, const float *actions, size_t actions_len, const float *deterministic,
                       size_t deterministic_len, ROWS) {
    TAKE_ROWS;
    return ppo_env_step(env, actions, actions_len, deterministic, deterministic_len, wanted ? &outputs : NULL);
}

static ppo_status step_weights(ppo_env *env, const double *weights, size_t weights_len, ROWS) {
    TAKE_ROWS;
    return ppo_env_step_weights(env, weights, weights_len, wanted ? &outputs : NULL);
}
*/
import "C"

import "unsafe"

// Environments are copies of the library's own environment over a market, stepped side by side: those that a trainer
// learns in. One call at a time: a second one is answered ErrBusy.
type Environments struct{ *handle }

// madeEnvironments makes a call that gives environments.
func madeEnvironments(f func(env **C.ppo_env) C.ppo_status, handles ...*handle) (*Environments, error) {
	var env *C.ppo_env
	if err := use(func() C.ppo_status { return f(&env) }, handles...); err != nil {
		return nil, err
	}
	return ownEnvironments(env), nil
}

// NewEnvironments makes so many environments for an agent's policy, of which the spec alone is used; nil for the default
// configuration. Environment firstIndex + i sees the same bars however a run is split.
func NewEnvironments(agent *Agent, market *Market, config *Config, firstIndex uint64, count int) (*Environments, error) {
	return madeEnvironments(func(env **C.ppo_env) C.ppo_status {
		return C.ppo_env_new(agent.c(), market.c(), config.c(), C.uint64_t(firstIndex), C.size_t(count), env)
	}, agent.handle, market.handle)
}

// NewEnvironmentsFromSpec makes environments for a policy's spec, without an agent.
func NewEnvironmentsFromSpec(specJSON string, market *Market, config *Config, firstIndex uint64, count int) (environments *Environments, err error) {
	err = withText("spec_json", specJSON, func(spec *C.char) error {
		environments, err = madeEnvironments(func(env **C.ppo_env) C.ppo_status {
			return C.ppo_env_new_from_spec(spec, market.c(), config.c(), C.uint64_t(firstIndex), C.size_t(count), env)
		}, market.handle)
		return err
	})
	return environments, err
}

// StepOutputs are the arrays that a step writes to; those that are nil are not wanted. E environments, S values in a
// state, A in an action. All but the last three have one length, and so have States and FinalStates.
type StepOutputs struct {
	// Rewards to learn from [E], and RawRewards as the mode gives them.
	Rewards, RawRewards []float64
	// BaselineRewards are those of the deterministic actions, with ControlVariateSelfCritical [E].
	BaselineRewards []float64
	// NetReturns of the portfolios [E], one-way Turnovers of the trades and their Costs.
	NetReturns, Turnovers, Costs []float64
	// Terminated is 1 where a portfolio is ruined, Truncated where an episode or the prices ended [E].
	Terminated, Truncated []uint8
	// States is what an agent sees next, FinalStates those in which episodes ended [E, S].
	States, FinalStates []float32
	// Prior is the prior's weights beside States [E, A].
	Prior []float64
}

// check holds the arrays that share a length to it, for C is given one length for all of them.
func (o *StepOutputs) check() (rows, states C.uint64_t, err error) {
	longest := 0
	for pass := 0; pass < 2; pass++ {
		for _, array := range []struct {
			name  string
			given bool
			len   int
		}{
			{"rewards", o.Rewards != nil, len(o.Rewards)},
			{"raw_rewards", o.RawRewards != nil, len(o.RawRewards)},
			{"baseline_rewards", o.BaselineRewards != nil, len(o.BaselineRewards)},
			{"net_returns", o.NetReturns != nil, len(o.NetReturns)},
			{"turnovers", o.Turnovers != nil, len(o.Turnovers)},
			{"costs", o.Costs != nil, len(o.Costs)},
			{"terminated", o.Terminated != nil, len(o.Terminated)},
			{"truncated", o.Truncated != nil, len(o.Truncated)},
		} {
			switch {
			case pass == 0 && array.len > longest:
				longest = array.len
			case pass == 1 && array.given && array.len != longest:
				return 0, 0, invalid(ErrLength, "`outputs.%s` has length %d, expected %d as the others", array.name,
					array.len, longest)
			}
		}
	}
	if o.States != nil && o.FinalStates != nil && len(o.States) != len(o.FinalStates) {
		return 0, 0, invalid(ErrLength, "`outputs.final_states` has length %d, expected %d as `outputs.states`",
			len(o.FinalStates), len(o.States))
	}
	seen := len(o.States)
	if o.States == nil {
		seen = len(o.FinalStates)
	}
	return C.uint64_t(longest), C.uint64_t(seen), nil
}

// none is outputs of which none is wanted.
var none StepOutputs

// rowsOf gives the outputs, their lengths, and whether there are any; C takes E from them even where all are nil.
func (e *Environments) rowsOf(outputs *StepOutputs) (o *StepOutputs, wanted C.int, rows, states C.uint64_t, err error) {
	if outputs == nil {
		return &none, 0, 0, 0, nil
	}
	rows, states, err = outputs.check()
	if err == nil && rows == 0 {
		var count int
		count, err = e.Count()
		rows = C.uint64_t(count)
	}
	return outputs, 1, rows, states, err
}

// Step takes one sampled action in every environment [E, A], as SampleAction gives them; `deterministic` [E, A] is nil
// without ControlVariateSelfCritical, `outputs` where nothing is wanted. An environment whose episode ends begins the
// next one at once.
func (e *Environments) Step(actions, deterministic []float32, outputs *StepOutputs) error {
	o, wanted, rows, states, err := e.rowsOf(outputs)
	if err != nil {
		return err
	}
	return use(func() C.ppo_status {
		return C.step(e.c(), float32s(actions), C.size_t(len(actions)), float32s(deterministic),
			C.size_t(len(deterministic)), wanted, rows, states, C.uint64_t(len(o.Prior)), float64s(o.Rewards),
			float64s(o.RawRewards), float64s(o.BaselineRewards), float64s(o.NetReturns), float64s(o.Turnovers),
			float64s(o.Costs), bytesOf(o.Terminated), bytesOf(o.Truncated), float32s(o.States), float32s(o.FinalStates),
			float64s(o.Prior))
	}, e.handle)
}

// StepWeights trades to target weights [E, A] as they are, but for the spec's caps and floors.
func (e *Environments) StepWeights(weights []float64, outputs *StepOutputs) error {
	o, wanted, rows, states, err := e.rowsOf(outputs)
	if err != nil {
		return err
	}
	return use(func() C.ppo_status {
		return C.step_weights(e.c(), float64s(weights), C.size_t(len(weights)), wanted, rows, states,
			C.uint64_t(len(o.Prior)), float64s(o.Rewards), float64s(o.RawRewards), float64s(o.BaselineRewards),
			float64s(o.NetReturns), float64s(o.Turnovers), float64s(o.Costs), bytesOf(o.Terminated),
			bytesOf(o.Truncated), float32s(o.States), float32s(o.FinalStates), float64s(o.Prior))
	}, e.handle)
}

// Portfolios copies the portfolios at this close: values [E], drawdowns [E] and weights held [E, N + 1]; each may be nil.
func (e *Environments) Portfolios(values, drawdowns, weights []float64) error {
	rows := len(values)
	if values == nil {
		rows = len(drawdowns)
	}
	if values != nil && drawdowns != nil && len(values) != len(drawdowns) {
		return invalid(ErrLength, "`drawdowns` has length %d, expected %d as `values`", len(drawdowns), len(values))
	}
	return use(func() C.ppo_status {
		return C.ppo_env_portfolios(e.c(), float64s(values), float64s(drawdowns), C.size_t(rows), float64s(weights),
			C.size_t(len(weights)))
	}, e.handle)
}

// TakeEpisodes takes the episodes that have ended since the last call, the first to end first, as many as `episodes` has
// room for, and says how many.
func (e *Environments) TakeEpisodes(episodes []Episode) (int, error) {
	return e.count(func(taken *C.size_t) C.ppo_status {
		return C.ppo_env_take_episodes(e.c(), *(**C.ppo_episode)(unsafe.Pointer(&episodes)), C.size_t(len(episodes)), taken)
	})
}
