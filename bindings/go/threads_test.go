package pporisk

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// twoAssets is without cash: the first always gains a percent, the second loses one. The same as tests/c/training.c.
const twoAssets = `{"assets": ["GAIN", "LOSS"], "state": {"assets": 2, "window": 20, "account": false, "columns": []},
	"action": {"distribution": "gaussian", "cash": false},
	"network": {"mlp": {"hidden": [16], "activation": "tanh", "shared_trunk": true}}}`

// simulator is that of tests/c/training.c.
type simulator struct {
	resets, steps int
	left          [64]uint64
	onReset       func() error
	onStep        func() error
	wrong         func(state []float32, result *HostResult)
}

func fillState(k uint32, state []float32) {
	for i := range state {
		k = k*1664525 + 1013904223
		state[i] = float32(k>>8)/16777216 - 0.5
	}
}

func (s *simulator) Reset(env int, seed uint64, state []float32, prior []float64) error {
	s.resets++
	s.left[env] = 1 + seed%3
	fillState(uint32(seed), state)
	if s.onReset != nil {
		return s.onReset()
	}
	return nil
}

func (s *simulator) Step(env int, weights []float64, state []float32, prior []float64) (HostResult, error) {
	s.steps++
	fillState(uint32(s.steps*8+env), state)
	s.left[env]--
	result := HostResult{Reward: 0.01*weights[0] - 0.01*weights[1], Terminated: s.left[env] == 0}
	if s.wrong != nil {
		s.wrong(state, &result)
	}
	if s.onStep != nil {
		return result, s.onStep()
	}
	return result, nil
}

func settings(updates uint64) *Config {
	config := DefaultConfig()
	config.NEnvs = 8
	config.NSteps = 32
	config.BatchSize = 64
	config.LearningRate = 1e-2
	config.Gamma = 0.5
	config.Device = DeviceCPU
	config.Seed = 11
	config.TotalSteps = updates * 8 * 32
	return &config
}

// trains skips where the library was built without libtorch.
func trains(t *testing.T) {
	t.Helper()
	if Features()&FeatureTrain == 0 {
		t.Skip("the library is built without libtorch")
	}
}

func fresh(t testing.TB) *Agent {
	t.Helper()
	agent, err := NewAgent(twoAssets, nil)
	ok(t, err)
	return agent
}

// gain is the weight of the asset that gains.
func gain(t testing.TB, agent *Agent) float64 {
	t.Helper()
	state, weights := make([]float32, 7), make([]float64, 2)
	fillState(99, state)
	ok(t, agent.SelectAction(state, nil, weights))
	return weights[0]
}

// TestGoroutinesDecideWhileAnotherTrains: eight decide with the agent that learns, and each sees weights that are whole.
func TestGoroutinesDecideWhileAnotherTrains(t *testing.T) {
	trains(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(9))
	agent := fresh(t)
	defer agent.Close()
	trainer, err := NewHostTrainer(agent, &simulator{}, settings(40))
	ok(t, err)
	defer trainer.Close()
	start := gain(t, agent)
	var ended int32
	var decisions, changes int64
	var group sync.WaitGroup
	for g := 0; g < 8; g++ {
		group.Add(1)
		go func() {
			defer group.Done()
			state, weights := make([]float32, 7), make([]float64, 2)
			fillState(99, state)
			last := start
			for atomic.LoadInt32(&ended) == 0 {
				if err := agent.SelectAction(state, nil, weights); err != nil {
					t.Error(err)
					return
				}
				sum := weights[0] + weights[1]
				if weights[0] < 0 || weights[1] < 0 || sum < 1-1e-12 || sum > 1+1e-12 {
					t.Errorf("weights %v", weights)
					return
				}
				atomic.AddInt64(&decisions, 1)
				if weights[0] != last {
					atomic.AddInt64(&changes, 1)
					last = weights[0]
				}
				runtime.Gosched()
			}
		}()
	}
	metrics, err := trainer.Train(context.Background(), nil)
	atomic.StoreInt32(&ended, 1)
	group.Wait()
	ok(t, err)
	if metrics.Update != 40 || gain(t, agent) < 0.9 {
		t.Errorf("%d updates, and the weight that gains is %v", metrics.Update, gain(t, agent))
	}
	if decisions < 1000 || changes < 8 {
		t.Errorf("%d decisions, %d changes of the policy", decisions, changes)
	}
}

// TestCloseWaitsForCalls closes an agent that goroutines decide with: each call is answered or told ErrClosed.
func TestCloseWaitsForCalls(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	for round := 0; round < 200; round++ {
		agent := demo(t)
		var group, begun sync.WaitGroup
		for g := 0; g < 4; g++ {
			group.Add(1)
			begun.Add(1)
			go func(g int) {
				defer group.Done()
				state, prior := inputs(g)
				weights := make([]float64, actions)
				ok := agent.SelectAction(state, prior, weights)
				begun.Done()
				for ; ok == nil; ok = agent.SelectAction(state, prior, weights) {
				}
				if ok != ErrClosed {
					t.Errorf("%v, expected ErrClosed", ok)
				}
			}(g)
		}
		begun.Wait()
		ok(t, agent.Close())
		select {
		case <-agent.freed:
		default:
			t.Fatal("Close came back before the agent was freed")
		}
		group.Wait()
	}
}

// TestCloseWhileTraining ends the training after its update, and waits for that.
func TestCloseWhileTraining(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	trainer, err := NewHostTrainer(agent, &simulator{}, settings(1_000_000))
	ok(t, err)
	heard := make(chan uint64, 1)
	answer := make(chan error, 1)
	go func() {
		_, err := trainer.Train(context.Background(), &TrainOptions{Progress: func(m Metrics) error {
			select {
			case heard <- m.Update:
			default:
			}
			return nil
		}})
		answer <- err
	}()
	<-heard
	ok(t, trainer.Close())
	select {
	case err := <-answer:
		if !errors.Is(err, ErrCancelled) || !errors.Is(err, ErrClosed) {
			t.Errorf("%v, expected ErrCancelled because of ErrClosed", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the training went on")
	}
	if _, err := trainer.Update(); err != ErrClosed {
		t.Errorf("%v, expected ErrClosed", err)
	}
}
