package pporisk

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestResultsAreCsBits compares with what tests/c/results.c writes, byte for byte.
func TestResultsAreCsBits(t *testing.T) {
	const rows = 200
	file := filepath.Join(t.TempDir(), "results.bin")
	output, err := exec.Command(compiled(t, "../../tests/c/results.c"), modelPath, file, "200").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	expected, err := os.ReadFile(file)
	ok(t, err)

	agent := demo(t)
	defer agent.Close()
	stream, err := NewRandom(42, 7)
	ok(t, err)
	defer stream.Close()
	var found bytes.Buffer
	write := func(values any) { ok(t, binary.Write(&found, binary.LittleEndian, values)) }
	states, priors := make([]float32, rows*stateLen), make([]float64, rows*actions)
	for k := 0; k < rows; k++ {
		state, prior := states[k*stateLen:][:stateLen], priors[k*actions:][:actions]
		weights, drawn, action := make([]float64, actions), make([]float64, actions), make([]float32, actions)
		again := make([]float32, actions)
		input(k, state, prior)
		ok(t, agent.SelectAction(state, prior, weights))
		copied, err := stream.Clone()
		ok(t, err)
		logProb, err := agent.SampleAction(stream, state, prior, action, drawn)
		ok(t, err)
		_, err = agent.SampleAction(copied, state, prior, again, nil)
		ok(t, err)
		copied.Close()
		for i := range action {
			if action[i] != again[i] {
				t.Fatalf("row %d: a copied stream draws %v, the stream itself %v", k, again[i], action[i])
			}
		}
		said, err := agent.EvaluateAction(state, prior, action)
		ok(t, err)
		value, err := agent.Value(state)
		ok(t, err)
		write(state)
		write(prior)
		write(weights)
		write(action)
		write(drawn)
		write([]float64{logProb, said.LogProb, said.Entropy, said.Value, value})
	}
	batch := make([]float64, rows*actions)
	ok(t, agent.SelectActions(rows, states, priors, batch))
	write(batch)
	if !bytes.Equal(found.Bytes(), expected) {
		t.Fatal("Go's results are not C's")
	}
}

// TestPoliciesAreCsBytes saves, loads and describes.
func TestPoliciesAreCsBytes(t *testing.T) {
	agent := demo(t)
	defer agent.Close()
	expected, err := os.ReadFile(modelPath)
	ok(t, err)
	saved, err := agent.SaveBytes()
	ok(t, err)
	path := filepath.Join(t.TempDir(), "policy.safetensors")
	ok(t, agent.Save(path))
	file, err := os.ReadFile(path)
	ok(t, err)
	if !bytes.Equal(saved, file) || len(file) < len(expected)/2 {
		t.Error("Save and SaveBytes differ")
	}
	loaded, err := LoadBytes(saved)
	ok(t, err)
	defer loaded.Close()
	again, err := loaded.SaveBytes()
	ok(t, err)
	if !bytes.Equal(saved, again) {
		t.Error("a policy that was saved and loaded is another")
	}
	spec, err := loaded.SpecJSON()
	ok(t, err)
	fresh, err := NewAgent(spec, nil)
	ok(t, err)
	defer fresh.Close()
	respec, err := fresh.SpecJSON()
	ok(t, err)
	if spec != respec {
		t.Errorf("%s became %s", spec, respec)
	}
	for index, name := range map[int]string{0: "AAPL", 19: "XOM"} {
		if found, err := agent.AssetName(index); err != nil || found != name {
			t.Errorf("asset %d is %q (%v), expected %s", index, found, err, name)
		}
	}
	for what, question := range map[string]func() (int, error){"20": agent.AssetCount, "21": agent.ActionLen,
		"61": agent.StateLen, "21 ": agent.PriorLen} {
		if n, err := question(); err != nil || n != map[string]int{"20": assets, "21": actions, "61": stateLen, "21 ": actions}[what] {
			t.Errorf("%d (%v), expected %s", n, err, what)
		}
	}
}
