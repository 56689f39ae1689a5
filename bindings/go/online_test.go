package pporisk

import (
	"path/filepath"
	"testing"
)

// TestTransitionsTeach hands in what was decided and what came of it, until the best weights are learnt.
func TestTransitionsTeach(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	config := settings(40)
	config.NEnvs, config.NSteps = 1, 256
	trainer, err := NewOnlineTrainer(agent, config)
	ok(t, err)
	defer trainer.Close()
	stream, err := NewRandom(7, 0)
	ok(t, err)
	defer stream.Close()
	state, next := make([]float32, 7), make([]float32, 7)
	action, weights := make([]float32, 2), make([]float64, 2)
	updates := 0
	for k := 0; k < 40*256; k++ {
		fillState(uint32(k), state)
		fillState(uint32(k+1), next)
		transition := NewTransition()
		transition.State, transition.Action, transition.NextState = state, action, next
		transition.LogProb, err = agent.SampleAction(stream, state, nil, action, weights)
		ok(t, err)
		transition.Reward = 0.01*weights[0] - 0.01*weights[1]
		transition.Terminated = k%3 == 2
		updated, err := trainer.Observe(&transition, true)
		ok(t, err)
		if updated {
			updates++
		}
	}
	if updates != 40 || gain(t, agent) < 0.9 {
		t.Errorf("%d updates, and the weight that gains is %v", updates, gain(t, agent))
	}
	short := NewTransition()
	short.State = state[:3]
	_, err = trainer.Observe(&short, false)
	refused(t, err, ErrLength, "transition.state")
	path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
	ok(t, trainer.Save(path))
	resumed, second, err := ResumeOnlineTrainer(path)
	ok(t, err)
	defer resumed.Close()
	defer second.Close()
	same, err := second.Agent()
	ok(t, err)
	defer same.Close()
	if gain(t, resumed) != gain(t, agent) || gain(t, same) != gain(t, agent) {
		t.Error("the checkpoint's policy is another")
	}
}
