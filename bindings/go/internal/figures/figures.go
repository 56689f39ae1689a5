// Package figures measures what Go adds to a call.
package figures

import (
	"math"
	"time"

	pporisk "ppo_risk"
	"ppo_risk/internal/direct"
)

// SelectActionOverhead is the nanoseconds that Agent.SelectAction takes beyond ppo_select_action: the difference of the
// fastest of many short rounds of each, taken in turn, so that what else the machine does falls out.
func SelectActionOverhead(policy string) (float64, error) {
	const rounds, decisions = 1000, 40
	agent, err := pporisk.Load(policy)
	if err != nil {
		return 0, err
	}
	defer agent.Close()
	n, err := agent.StateLen()
	if err != nil {
		return 0, err
	}
	a, err := agent.ActionLen()
	if err != nil {
		return 0, err
	}
	state, prior, weights := make([]float32, n), make([]float64, a), make([]float64, a)
	for i := range prior {
		prior[i] = 1 / float64(a)
	}
	inC, inGo := math.Inf(1), math.Inf(1)
	for round := 0; round < rounds; round++ {
		took, err := direct.Decide(policy, state, prior, weights, decisions)
		if err != nil {
			return 0, err
		}
		inC = math.Min(inC, took)
		start := time.Now()
		for k := 0; k < decisions; k++ {
			if err := agent.SelectAction(state, prior, weights); err != nil {
				return 0, err
			}
		}
		inGo = math.Min(inGo, float64(time.Since(start).Nanoseconds())/decisions)
	}
	return inGo - inC, nil
}
