package pporisk

import (
	"runtime"
	"strings"
	"sync"
	"testing"
)

// TestTheLogComesToGo from many goroutines at once, while it is replaced; the function's panics stay in it.
func TestTheLogComesToGo(t *testing.T) {
	var mutex sync.Mutex
	var lines []string
	keep := func(level LogLevel, message string) {
		mutex.Lock()
		lines = append(lines, message)
		mutex.Unlock()
		if level != LogDebug {
			t.Errorf("level %d of %q", level, message)
		}
	}
	ok(t, SetLog(LogDebug, keep))
	defer SetLog(LogOff, nil)
	fail := func() {
		if _, err := Load("no/such/file"); err == nil {
			t.Error("there is no such file")
		}
	}
	fail()
	if len(lines) == 0 || !strings.Contains(lines[0], "ppo_load: cannot read") {
		t.Fatalf("the log is %q", lines)
	}
	refused(t, SetLog(99, keep), ErrInvalidArgument, "`level`")
	before := len(lines)
	fail()
	if len(lines) == before {
		t.Error("a refused level ended the log")
	}
	var group sync.WaitGroup
	for g := 0; g < 4; g++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for k := 0; k < 200; k++ {
				fail()
			}
		}()
	}
	for k := 0; k < 50; k++ {
		ok(t, SetLog(LogDebug, keep))
		runtime.GC()
	}
	group.Wait()
	var inside error
	ok(t, SetLog(LogDebug, func(LogLevel, string) {
		inside = SetLog(LogOff, nil)
		panic("nobody is told")
	}))
	fail()
	refused(t, inside, ErrBusy, "")
	ok(t, SetLog(LogOff, nil))
	before = len(lines)
	fail()
	if len(lines) != before {
		t.Error("the log goes on after it was switched off")
	}
}
