package pporisk

// #include <ppo_risk.h>
import "C"

import (
	"runtime/cgo"
	"sync"
	"sync/atomic"
)

// HostEnvironment is a simulator of the program's own, which a trainer resets and steps. There are NEnvs of them,
// numbered from 0; calls come one at a time, for a Job from another thread than the program's.
//
// The slices are the library's, for the length of the call. An error ends the training call, which answers an *Error
// with ErrCallback and this error as its cause; a panic does so too, as a *PanicError. Methods may call anything of this
// package (what works on the trainer answers ErrBusy), but not runtime.Goexit, and so not testing's FailNow.
type HostEnvironment interface {
	// Reset starts an episode: `state` [S] gets its first state, not normalised, and `prior` [A] the prior's weights
	// there, where the agent's policy has a prior (else it is nil). `seed` differs from episode to episode and is the
	// same whenever a run is repeated.
	Reset(env int, seed uint64, state []float32, prior []float64) error
	// Step takes one step to the target weights [A], writes what follows to `state` and `prior`, at the end of an
	// episode its final state, and gives what the step came to.
	Step(env int, weights []float64, state []float32, prior []float64) (HostResult, error)
}

// CounterfactualEnvironment is a HostEnvironment that also tells what other weights would have earned, which
// ControlVariateSelfCritical needs.
type CounterfactualEnvironment interface {
	HostEnvironment
	// Counterfactual gives the reward that the target weights [A] would have had on the step just taken: from the same
	// holdings, on the same returns. Nothing may change by it. Called after every step, the last of an episode too.
	Counterfactual(env int, weights []float64) (float64, error)
}

// RememberingEnvironment is a HostEnvironment that can go back to where it was, which ControlVariatePolicyPath needs.
type RememberingEnvironment interface {
	HostEnvironment
	// Remember keeps where an environment is: all that what follows depends on besides the weights, its random numbers to
	// come too. Called at the start of every rollout.
	Remember(env int) error
	// GoBack puts an environment where it was at the last Remember: from there the same weights have to lead to the same
	// states and rewards again. Called once after each.
	GoBack(env int) error
}

// HostResult is what a step of a HostEnvironment came to.
type HostResult struct {
	// Reward to learn from, finite.
	Reward float64
	// Terminated: nothing follows (ruin, say); the future is worth nothing.
	Terminated bool
	// Truncated: the episode is cut off here and would have gone on; never together with Terminated.
	Truncated bool
	// PriorReward: with ControlVariatePriorPath, the reward that the prior's own portfolio, followed since the start of
	// the episode, had on the same returns; otherwise not looked at.
	PriorReward float64
}

// host is what C calls of a trainer's, by number: a HostEnvironment, or the Collectives of a trainer over a market. The trainer
// and every job on it share it.
type host struct {
	environment HostEnvironment
	collectives Collectives
	number      cgo.Handle
	owners      int32
	fault       fault
}

func newHost(environment HostEnvironment) *host {
	h := &host{environment: environment, owners: 1}
	h.number = cgo.NewHandle(h)
	return h
}

// counterfactual is 1 where the environment tells what other weights would have earned.
func (h *host) counterfactual() C.int {
	if _, ok := h.environment.(CounterfactualEnvironment); ok {
		return 1
	}
	return 0
}

// canGoBack is 1 where the environment can go back.
func (h *host) canGoBack() C.int {
	if _, ok := h.environment.(RememberingEnvironment); ok {
		return 1
	}
	return 0
}

// shared gives the host another owner. Here and in dropped, nil is a trainer that has none.
func (h *host) shared() *host {
	if h != nil {
		atomic.AddInt32(&h.owners, 1)
	}
	return h
}

func (h *host) dropped() {
	if h != nil && atomic.AddInt32(&h.owners, -1) == 0 {
		h.number.Delete()
	}
}

// fault keeps the error of a Go function that C had called until the call has come back.
type fault struct {
	mutex sync.Mutex
	err   error
}

func (f *fault) set(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.err = err
}

func (f *fault) take() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	err := f.err
	f.err = nil
	return err
}

// because gives an error of a call its cause: the first of the faults that there is.
func because(err error, faults ...*fault) error {
	failure, ok := err.(*Error)
	if !ok || failure.Code != ErrCallback && failure.Code != ErrCancelled && failure.Code != ErrCollective {
		return err
	}
	for _, f := range faults {
		if cause := f.take(); cause != nil && failure.Cause == nil {
			failure.Cause = cause
		}
	}
	return failure
}

// faultOf is the host's, of one that may be nil.
func (h *host) faultOf() *fault {
	if h == nil {
		return new(fault)
	}
	return &h.fault
}
