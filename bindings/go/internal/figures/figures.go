// Package figures measures what Go adds to a call.
package figures

import (
	"math"
	"time"

	pporisk "ppo_risk"
	"ppo_risk/internal/direct"
)

// A small policy, so that little time goes where both go alike.
const spec = `{"assets": ["A", "B"], "state": {"assets": 2, "window": 20, "account": false, "columns": []},
	"action": {"distribution": "gaussian", "cash": true},
	"network": {"mlp": {"hidden": [4], "activation": "tanh", "shared_trunk": true}}}`

// SelectActionOverhead is the nanoseconds that Agent.SelectAction takes beyond ppo_select_action: the difference of the
// fastest of many short rounds of each, taken in turn, so that what else the machine does falls out.
func SelectActionOverhead() (float64, error) {
	const rounds, decisions = 5000, 20
	agent, err := pporisk.NewAgent(spec, nil)
	if err != nil {
		return 0, err
	}
	defer agent.Close()
	policy, err := agent.SaveBytes()
	if err != nil {
		return 0, err
	}
	direct, err := direct.Load(policy)
	if err != nil {
		return 0, err
	}
	state, weights := make([]float32, 7), make([]float64, 3)
	inC, inGo := math.Inf(1), math.Inf(1)
	for round := 0; round < rounds; round++ {
		took, err := direct.Decide(state, weights, decisions)
		if err != nil {
			return 0, err
		}
		inC = math.Min(inC, took)
		start := time.Now()
		for k := 0; k < decisions; k++ {
			if err := agent.SelectAction(state, nil, weights); err != nil {
				return 0, err
			}
		}
		inGo = math.Min(inGo, float64(time.Since(start).Nanoseconds())/decisions)
	}
	return inGo - inC, nil
}
