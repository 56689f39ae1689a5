package pporisk

import (
	"bytes"
	"errors"
	"sync"
	"testing"
)

// memory is what ranks of one process gather through.
type memory struct {
	mutex   sync.Mutex
	arrived *sync.Cond
	sent    [][]byte
	count   int
	turn    int
}

func newMemory(size int) *memory {
	m := &memory{sent: make([][]byte, size)}
	m.arrived = sync.NewCond(&m.mutex)
	return m
}

// wait waits for all ranks.
func (m *memory) wait() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	turn := m.turn
	if m.count++; m.count == len(m.sent) {
		m.count = 0
		m.turn++
		m.arrived.Broadcast()
	}
	for turn == m.turn {
		m.arrived.Wait()
	}
}

type rank struct {
	number int
	memory *memory
	fails  error
}

func (r *rank) Rank() int { return r.number }

func (r *rank) Size() int { return len(r.memory.sent) }

func (r *rank) Allgather(send, received []byte) error {
	if r.fails != nil {
		return r.fails
	}
	r.memory.mutex.Lock()
	r.memory.sent[r.number] = append([]byte(nil), send...)
	r.memory.mutex.Unlock()
	r.memory.wait()
	copy(received, bytes.Join(r.memory.sent, nil))
	r.memory.wait()
	return nil
}

// rankTrainer is a trainer over a market with blocks of environments for four ranks.
func rankTrainer(t *testing.T) (*Agent, *Trainer) {
	market, err := SimulatedMarket(`{"model": "gbm", "assets": ["GAIN", "LOSS"], "drift": [0.05, 0.1],
		"covariance": [[0.04, 0.01], [0.01, 0.09]]}`)
	ok(t, err)
	defer market.Close()
	config := settings(100)
	config.NEnvs, config.NSteps, config.BatchSize, config.Threads = 64, 8, 128, 1
	agent := fresh(t)
	trainer, err := NewTrainer(agent, market, config)
	ok(t, err)
	return agent, trainer
}

// TestRanksTrainOnePolicy: that of two and of four is that of one.
func TestRanksTrainOnePolicy(t *testing.T) {
	trains(t)
	policy := func(agent *Agent, trainer *Trainer) []byte {
		for i := 0; i < 3; i++ {
			_, err := trainer.Update()
			ok(t, err)
		}
		saved, err := agent.SaveBytes()
		ok(t, err)
		return saved
	}
	agent, trainer := rankTrainer(t)
	alone := policy(agent, trainer)
	ok(t, trainer.Close())
	ok(t, agent.Close())
	for size := 2; size <= 4; size *= 2 {
		shared := newMemory(size)
		var group sync.WaitGroup
		for number := 0; number < size; number++ {
			agent, trainer := rankTrainer(t)
			ok(t, trainer.Join(&rank{number, shared, nil}))
			group.Add(1)
			go func() {
				defer group.Done()
				defer agent.Close()
				defer trainer.Close()
				if !bytes.Equal(policy(agent, trainer), alone) {
					t.Errorf("a rank of %d has another policy", size)
				}
			}()
		}
		group.Wait()
	}
}

func TestWhatARankAnswersIsTheCause(t *testing.T) {
	trains(t)
	agent, trainer := rankTrainer(t)
	defer agent.Close()
	defer trainer.Close()
	mine := errors.New("a rank is gone")
	ok(t, trainer.Join(&rank{0, newMemory(2), mine}))
	_, err := trainer.Update()
	refused(t, err, ErrCollective, "the host's function `allgather` answered -1")
	if !errors.Is(err, mine) {
		t.Errorf("%v does not have the program's error", err)
	}
	refused(t, trainer.Join(&rank{0, newMemory(3), nil}), ErrInvalidArgument, "a power of two")
}
