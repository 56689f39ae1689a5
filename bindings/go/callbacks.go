package pporisk

// #include <ppo_risk.h>
import "C"

import (
	"fmt"
	"runtime/cgo"
	"runtime/debug"
	"unsafe"
)

// PanicError is a panic in a Go function that the library had called.
type PanicError struct {
	// Value is what was panicked with.
	Value any
	// Stack is the goroutine's at that place.
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap gives the value of the panic where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// guardedly calls a function of the program; its panic becomes its error.
func guardedly(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{value, debug.Stack()}
		}
	}()
	return f()
}

// What the host's functions answer.
const (
	goOn  = 0
	stop  = 1
	fails = -1
)

//export pporiskHostReset
func pporiskHostReset(user C.uintptr_t, env C.size_t, seed C.uint64_t, state *C.float, stateLen C.size_t, prior *C.double, priorLen C.size_t) C.int32_t {
	h := cgo.Handle(user).Value().(*host)
	err := guardedly(func() error {
		return h.environment.Reset(int(env), uint64(seed), unsafe.Slice((*float32)(state), stateLen),
			unsafe.Slice((*float64)(prior), priorLen))
	})
	if err != nil {
		h.fault.set(err)
		return fails
	}
	return goOn
}

//export pporiskHostStep
func pporiskHostStep(user C.uintptr_t, env C.size_t, weights *C.double, weightsLen C.size_t, state *C.float, stateLen C.size_t, prior *C.double, priorLen C.size_t, result *C.ppo_host_result) C.int32_t {
	h := cgo.Handle(user).Value().(*host)
	err := guardedly(func() error {
		answer, err := h.environment.Step(int(env), unsafe.Slice((*float64)(weights), weightsLen),
			unsafe.Slice((*float32)(state), stateLen), unsafe.Slice((*float64)(prior), priorLen))
		result.reward = C.double(answer.Reward)
		result.terminated = flag(answer.Terminated)
		result.truncated = flag(answer.Truncated)
		result.prior_reward = C.double(answer.PriorReward)
		return err
	})
	if err != nil {
		h.fault.set(err)
		return fails
	}
	return goOn
}

//export pporiskHostCounterfactual
func pporiskHostCounterfactual(user C.uintptr_t, env C.size_t, weights *C.double, weightsLen C.size_t, reward *C.double) C.int32_t {
	h := cgo.Handle(user).Value().(*host)
	err := guardedly(func() error {
		told, err := h.environment.(CounterfactualEnvironment).Counterfactual(int(env), unsafe.Slice((*float64)(weights), weightsLen))
		*reward = C.double(told)
		return err
	})
	if err != nil {
		h.fault.set(err)
		return fails
	}
	return goOn
}

//export pporiskHostRemember
func pporiskHostRemember(user C.uintptr_t, env C.size_t) C.int32_t {
	return hostPlace(user, func(world RememberingEnvironment) error { return world.Remember(int(env)) })
}

//export pporiskHostGoBack
func pporiskHostGoBack(user C.uintptr_t, env C.size_t) C.int32_t {
	return hostPlace(user, func(world RememberingEnvironment) error { return world.GoBack(int(env)) })
}

func hostPlace(user C.uintptr_t, act func(world RememberingEnvironment) error) C.int32_t {
	h := cgo.Handle(user).Value().(*host)
	if err := guardedly(func() error { return act(h.environment.(RememberingEnvironment)) }); err != nil {
		h.fault.set(err)
		return fails
	}
	return goOn
}

//export pporiskAllgather
func pporiskAllgather(user C.uintptr_t, send unsafe.Pointer, bytes C.size_t, received unsafe.Pointer) C.int32_t {
	h := cgo.Handle(user).Value().(*host)
	err := guardedly(func() error {
		all := uintptr(bytes) * uintptr(h.collectives.Size())
		return h.collectives.Allgather(unsafe.Slice((*byte)(send), bytes), unsafe.Slice((*byte)(received), all))
	})
	if err != nil {
		h.fault.set(err)
		return fails
	}
	return goOn
}

//export pporiskProgress
func pporiskProgress(metrics *C.ppo_metrics, user C.uintptr_t) C.int32_t {
	return C.int32_t(cgo.Handle(user).Value().(*listener).hear(metricsAt(metrics)))
}

//export pporiskLog
func pporiskLog(level C.uint32_t, message *C.char, user C.uintptr_t) {
	to := cgo.Handle(user).Value().(func(LogLevel, string))
	// There is nobody to tell of a panic.
	_ = guardedly(func() error {
		to(LogLevel(level), C.GoString(message))
		return nil
	})
}

func flag(yes bool) C.uint32_t {
	if yes {
		return 1
	}
	return 0
}
