package pporisk

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// byC runs a program of tests/c that writes to a file, and gives what it wrote. `place` stands for the file.
func byC(t *testing.T, source string, arguments ...string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "written")
	for i, argument := range arguments {
		if argument == place {
			arguments[i] = file
		}
	}
	if output, err := exec.Command(compiled(t, "../../tests/c/"+source), arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	written, err := os.ReadFile(file)
	ok(t, err)
	return written
}

const place = "the file to write"

// table is the environment of tests/c/update.c.
type table struct{ taken [16]uint }

const tableSpec = `{"assets": ["A", "B", "C"], "state": {"assets": 3, "window": 20, "account": false, "columns": []},
	"action": {"distribution": "dirichlet", "cash": true, "prior": "supplied"},
	"network": {"mlp": {"hidden": [32, 16], "activation": "tanh", "shared_trunk": true}}}`

func (w *table) look(env int, state []float32, prior []float64) {
	for i := range state {
		eighths := float32((uint(env)*7+w.taken[env]*3+uint(i)*5)%11) * 0.125
		state[i] = eighths - 0.5
	}
	for i := range prior {
		prior[i] = float64(1+(env+i)%3) / 8
	}
}

func (w *table) Reset(env int, seed uint64, state []float32, prior []float64) error {
	w.taken[env] = uint(seed % 5)
	w.look(env, state, prior)
	return nil
}

func (w *table) Step(env int, weights []float64, state []float32, prior []float64) (HostResult, error) {
	gained := float64(weights[0]*0.25) - float64(weights[1]*0.125)
	result := HostResult{Reward: gained + float64(weights[2]*float64(w.taken[env]%4)*0.0625)}
	w.taken[env]++
	result.Terminated = w.taken[env]%13 == 0
	result.Truncated = w.taken[env]%13 == 7
	w.look(env, state, prior)
	return result, nil
}

// TestTrainingIsCsBits compares the policy after two updates with that of tests/c/update.c.
func TestTrainingIsCsBits(t *testing.T) {
	trains(t)
	expected := byC(t, "update.c", place)
	config := DefaultConfig()
	config.Seed = 5
	config.NEnvs = 16
	config.NSteps = 24
	config.BatchSize = 96
	config.Device = DeviceCPU
	config.TotalSteps = 4 * 16 * 24
	agent, err := NewAgent(tableSpec, &config)
	ok(t, err)
	defer agent.Close()
	trainer, err := NewHostTrainer(agent, &table{}, &config)
	ok(t, err)
	defer trainer.Close()
	for k := 0; k < 2; k++ {
		_, err := trainer.Update()
		ok(t, err)
	}
	found, err := agent.SaveBytes()
	ok(t, err)
	if !bytes.Equal(found, expected) {
		t.Error("the policy that Go has trained is not C's")
	}
	json, err := config.JSON()
	ok(t, err)
	if again, err := ConfigFromJSON(json); err != nil || again != config {
		t.Errorf("%s became %+v (%v)", json, again, err)
	}
}
