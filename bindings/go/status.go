package pporisk

// #include <ppo_risk.h>
import "C"

import "runtime"

// Status is what a function of the library answers. As an error it is what errors.Is compares with.
type Status int32

// Statuses of the library; include/ppo_risk.h says when each is answered. A newer library may answer others.
const (
	OK                 Status = C.PPO_OK
	ErrNullPointer     Status = C.PPO_ERR_NULL_POINTER
	ErrInvalidArgument Status = C.PPO_ERR_INVALID_ARGUMENT
	ErrLength          Status = C.PPO_ERR_LENGTH
	ErrNotFinite       Status = C.PPO_ERR_NOT_FINITE
	ErrBufferTooSmall  Status = C.PPO_ERR_BUFFER_TOO_SMALL
	ErrWrongHandle     Status = C.PPO_ERR_WRONG_HANDLE
	ErrPoisoned        Status = C.PPO_ERR_POISONED
	ErrPanic           Status = C.PPO_ERR_PANIC
	ErrBusy            Status = C.PPO_ERR_BUSY
	ErrIO              Status = C.PPO_ERR_IO
	ErrFile            Status = C.PPO_ERR_FILE
	ErrTable           Status = C.PPO_ERR_TABLE
	ErrTorch           Status = C.PPO_ERR_TORCH
	ErrTraining        Status = C.PPO_ERR_TRAINING
	ErrNotBuilt        Status = C.PPO_ERR_NOT_BUILT
	ErrForked          Status = C.PPO_ERR_FORKED
	ErrCancelled       Status = C.PPO_ERR_CANCELLED
	ErrVersion         Status = C.PPO_ERR_VERSION
	ErrTimeout         Status = C.PPO_ERR_TIMEOUT
	ErrCallback        Status = C.PPO_ERR_CALLBACK
	ErrNotReady        Status = C.PPO_ERR_NOT_READY
	ErrOutOfMemory     Status = C.PPO_ERR_OUT_OF_MEMORY
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

// Is holds for the error's Status.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Code
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
