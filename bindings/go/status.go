package pporisk

// #include <ppo_risk.h>
import "C"

import (
	"errors"
	"runtime"
)

// Name is the status's name, such as "PPO_ERR_LENGTH".
func (s Status) Name() string { return C.GoString(C.ppo_status_name(C.ppo_status(s))) }

func (s Status) Error() string { return s.Name() }

// Error is a failed call of the library.
type Error struct {
	// Code is what the library answered.
	Code Status
	// Message names the input, what it held and what was expected.
	Message string
	// Cause is the error of a Go function that the library had to call, or of the context that stopped the call; else
	// nil.
	Cause error
	// What the system says of a file or folder that is not there.
	system error
}

// Name is the name of the code, such as "PPO_ERR_LENGTH".
func (e *Error) Name() string { return e.Code.Name() }

func (e *Error) Error() string {
	words := e.Name() + ": " + e.Message
	if e.Cause != nil {
		words += ": " + e.Cause.Error()
	}
	return words
}

// Is holds for the error's Status, and for fs.ErrNotExist where a file is not there, or no folder to write it to.
func (e *Error) Is(target error) bool {
	if status, ok := target.(Status); ok {
		return status == e.Code
	}
	return e.system != nil && errors.Is(e.system, target)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// failed gives a status its words, those of this thread's last failed call. The caller has locked the goroutine to the
// thread since before the call: so the words are that call's, even where others fail on the same handle meanwhile.
func failed(status C.ppo_status) error {
	if status == C.PPO_OK {
		return nil
	}
	message, _ := copied(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.ppo_last_error(buffer, capacity, needed)
	})
	return &Error{Code: Status(status), Message: message}
}

// call makes a call of the library and takes its words where it fails.
func call(f func() C.ppo_status) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return failed(f())
}
