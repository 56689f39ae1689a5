package pporisk

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// owners is every type of the package that owns an object of the library.
var owners = map[string]any{
	"Agent": &Agent{}, "Atr": &Atr{}, "Backtest": &Backtest{}, "DrawdownMonitor": &DrawdownMonitor{},
	"Environments": &Environments{}, "Hedge": &Hedge{}, "Job": &Job{}, "Limits": &Limits{}, "Book": &Book{},
	"Market": &Market{}, "Performance": &Performance{}, "Portfolio": &Portfolio{}, "PositionSizer": &PositionSizer{},
	"Random": &Random{}, "RegimeTracker": &RegimeTracker{}, "RiskManager": &RiskManager{}, "Trainer": &Trainer{},
}

// collect lets the collector take whatever is not referred to, and the finalizers run.
func collect() {
	for k := 0; k < 5; k++ {
		runtime.GC()
		time.Sleep(2 * time.Millisecond)
	}
}

// TestHandlesAreNoData expects every encoder to refuse, also a value and one that was never made: an encoder that wrote {}
// would lose an agent without a word.
func TestHandlesAreNoData(t *testing.T) {
	found := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^type (\w+) struct ?\{\s*\*handle`).FindAllStringSubmatch(sources(t), -1) {
		found[match[1]] = true
	}
	for name := range found {
		if owners[name] == nil {
			t.Errorf("nothing is expected of %s", name)
		}
	}
	for name, owner := range owners {
		if !found[name] {
			t.Errorf("%s owns nothing", name)
		}
		for _, value := range []any{owner, reflect.ValueOf(owner).Elem().Interface()} {
			if text, err := json.Marshal(value); err == nil || !strings.Contains(err.Error(), "no data") {
				t.Errorf("%s as JSON: %s, %v", name, text, err)
			}
			if text, err := xml.Marshal(value); err == nil {
				t.Errorf("%s as XML: %s", name, text)
			}
			var buffer bytes.Buffer
			if err := gob.NewEncoder(&buffer).Encode(value); err == nil {
				t.Errorf("%s as gob: %d bytes", name, buffer.Len())
			}
		}
		for _, text := range []string{`"x"`, `{}`, `[]`} {
			if err := json.Unmarshal([]byte(text), owner); err == nil {
				t.Errorf("%s of the JSON %s", name, text)
			}
		}
	}
}

// TestACopyOfAHandleMayBeTheLast copies values: whichever is forgotten first, the object lives as long as one is used.
func TestACopyOfAHandleMayBeTheLast(t *testing.T) {
	copyOf := func() Agent {
		agent := fresh(t)
		return *agent // the original is forgotten here
	}
	for k := 0; k < 20; k++ {
		agent := copyOf()
		collect()
		if _, err := agent.AssetCount(); err != nil {
			t.Fatalf("round %d: the copy lost its object: %v", k, err)
		}
	}
	// Both are names of one object.
	agent := fresh(t)
	same := *agent
	ok(t, agent.Close())
	if _, err := same.AssetCount(); err != ErrClosed {
		t.Errorf("after the original was closed: %v", err)
	}
	ok(t, same.Close())
	// A value that is written over another one takes nothing away from it.
	kept, other := fresh(t), fresh(t)
	lost := *kept
	*kept = *other
	collect()
	for _, agent := range []*Agent{kept, other, &lost} {
		_, err := agent.AssetCount()
		ok(t, err)
	}
}

// TestACopyOfAJobKeepsItGoing forgets the original of a running job; without any name of it, it is stopped.
func TestACopyOfAJobKeepsItGoing(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	trainer, err := NewHostTrainer(agent, &simulator{}, settings(1_000_000))
	ok(t, err)
	defer trainer.Close()
	start := func() Job {
		job, err := trainer.Start(context.Background(), nil)
		ok(t, err)
		return *job
	}
	job := start()
	collect()
	state, _, err := job.Poll()
	ok(t, err)
	if state != JobRunning {
		t.Errorf("the copy's job is in state %d", state)
	}
	ok(t, job.Close())
	start()
	for deadline := time.Now().Add(60 * time.Second); ; {
		collect()
		if _, err := trainer.Update(); err == nil {
			break // the forgotten job has stopped
		} else if time.Now().After(deadline) {
			t.Fatalf("a forgotten job goes on: %v", err)
		}
	}
}
