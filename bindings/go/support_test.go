package pporisk

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The demo policy: 20 assets, cash, a prior.
const (
	assets    = 20
	actions   = 21
	stateLen  = 61
	modelPath = "../../models/sp500-20-stocks.safetensors"
)

// ok fails the test on an error.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused expects a status and words.
func refused(t testing.TB, err error, status Status, words string) {
	t.Helper()
	var failure *Error
	if !errors.As(err, &failure) || failure.Code != status || !strings.Contains(failure.Message, words) {
		t.Errorf("%v, expected %s with %q", err, status.Name(), words)
	}
	if !errors.Is(err, status) {
		t.Errorf("errors.Is does not find %s in %v", status.Name(), err)
	}
}

func demo(t testing.TB) *Agent {
	t.Helper()
	agent, err := Load(modelPath)
	ok(t, err)
	return agent
}

// input is tests/c/check.h's: a state and a prior that differ with k.
func input(k int, state []float32, prior []float64) {
	seed := 2654435761 * (uint32(k) + 1)
	next := func() uint32 {
		seed = seed*1664525 + 1013904223
		return seed >> 8
	}
	for i := range state {
		value := float32(next()) / 16777216
		value *= 0.1
		state[i] = value - 0.05
	}
	for i := range prior {
		prior[i] = float64(next()) / 16777216 / 10.5
	}
}

// day is the midnight that begins a day, counted from 1970-01-01.
func day(number int) time.Time { return time.Unix(86400*int64(number), 0).UTC() }

func inputs(k int) ([]float32, []float64) {
	state, prior := make([]float32, stateLen), make([]float64, actions)
	input(k, state, prior)
	return state, prior
}

// compiled is a program of C that uses the library.
func compiled(t testing.TB, source string) string {
	t.Helper()
	flags, err := exec.Command("pkg-config", "--cflags", "--libs", "ppo_risk").Output()
	ok(t, err)
	program := filepath.Join(t.TempDir(), "program")
	arguments := append([]string{"-std=c99", "-D_GNU_SOURCE", "-O2", "-o", program, source}, strings.Fields(string(flags))...)
	if output, err := exec.Command("cc", append(arguments, "-lm")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return program
}
