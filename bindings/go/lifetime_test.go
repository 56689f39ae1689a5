package pporisk

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// resident is the process's memory in bytes.
func resident(t testing.TB) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("there is no /proc here")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	ok(t, err)
	return pages * os.Getpagesize()
}

// flat expects that a hundred thousand rounds leave nothing. What is lost is lost every time; a process's memory may also grow
// by what the allocators keep, which it does not do three times in a row.
func flat(t *testing.T, what string, round func()) {
	t.Helper()
	const rounds = 100_000
	for k := 0; k < rounds/10; k++ {
		round()
	}
	// A handle that is lost takes more than 100 bytes, its Go side alone; the allocators' own ups and downs are mostly a
	// megabyte or two.
	grown := 64*rounds + 1
	for times := 0; times < 3 && grown > 64*rounds; times++ {
		debug.FreeOSMemory()
		before := resident(t)
		for k := 0; k < rounds; k++ {
			round()
		}
		debug.FreeOSMemory()
		grown = resident(t) - before
	}
	if grown > 64*rounds {
		t.Errorf("%s: %d rounds left %d bytes", what, rounds, grown)
	}
}

// TestHandlesLeaveNothingBehind makes and closes, a hundred thousand times.
func TestHandlesLeaveNothingBehind(t *testing.T) {
	agent := fresh(t)
	defer agent.Close()
	flat(t, "agents", func() {
		clone, err := agent.Clone()
		ok(t, err)
		ok(t, clone.Close())
	})
	flat(t, "random streams", func() {
		stream, err := NewRandom(1, 2)
		ok(t, err)
		ok(t, stream.Close())
	})
	flat(t, "risk managers", func() {
		manager, err := NewRiskManager("", 2)
		ok(t, err)
		ok(t, manager.Close())
	})
	flat(t, "errors", func() {
		if _, err := agent.AssetName(7); err == nil {
			t.Fatal("there is no asset 7")
		}
	})
}

// TestForgottenHandlesAreFreed leaves them to the garbage collector.
func TestForgottenHandlesAreFreed(t *testing.T) {
	var freed int32
	agent := fresh(t)
	defer agent.Close()
	const handles = 1000
	func() {
		for k := 0; k < handles; k++ {
			clone, err := agent.Clone()
			ok(t, err)
			free := clone.handle.free
			clone.handle.free = func(p unsafe.Pointer) {
				free(p)
				atomic.AddInt32(&freed, 1)
			}
			if k%2 == 0 {
				ok(t, clone.Close())
			}
		}
	}()
	waitFor(t, "forgotten agents", func() bool { return atomic.LoadInt32(&freed) == handles })
}

// TestAForgottenJobStops, and takes its trainer and their environment with it.
func TestAForgottenJobStops(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	var number *host
	func() {
		trainer, err := NewHostTrainer(agent, &simulator{}, settings(1_000_000))
		ok(t, err)
		number = trainer.host
		_, err = trainer.Start(context.Background(), nil)
		ok(t, err)
	}()
	waitFor(t, "the job's end", func() bool { return atomic.LoadInt32(&number.owners) == 0 })
	// The agent is free for another trainer.
	trainer, err := NewHostTrainer(agent, &simulator{}, settings(1))
	ok(t, err)
	ok(t, trainer.Close())
}

// waitFor collects until something has happened.
func waitFor(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: did not happen", what)
		}
		runtime.GC()
	}
}

// TestTheOrderPathAllocatesNothing in Go; in C it is counted elsewhere.
func TestTheOrderPathAllocatesNothing(t *testing.T) {
	agent := demo(t)
	defer agent.Close()
	stream, err := NewRandom(1, 0)
	ok(t, err)
	defer stream.Close()
	state, prior := inputs(1)
	weights, action := make([]float64, actions), make([]float32, actions)
	manager, err := NewRiskManager("", 2)
	ok(t, err)
	defer manager.Close()
	bar := NewBar([]float64{100, 101})
	wish := NewRiskPortfolio([]float64{0.4, 0.4}, []float64{0.3, 0.3}, 1000)
	decision := NewDecision(2, 16)
	for what, f := range map[string]func(){
		"SelectAction": func() { ok(t, agent.SelectAction(state, prior, weights)) },
		"SampleAction": func() {
			_, err := agent.SampleAction(stream, state, prior, action, weights)
			ok(t, err)
		},
		"EvaluateAction": func() {
			_, err := agent.EvaluateAction(state, prior, action)
			ok(t, err)
		},
		"Value": func() {
			_, err := agent.Value(state)
			ok(t, err)
		},
		"Manage":  func() { ok(t, manager.Manage(&bar, &wish, decision)) },
		"Observe": func() { ok(t, manager.Observe(&bar)) },
	} {
		f()
		if n := testing.AllocsPerRun(1000, f); n != 0 {
			t.Errorf("%s allocates %v times a call", what, n)
		}
	}
}
