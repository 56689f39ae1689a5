package pporisk

/*
#include "bridge.h"

static ppo_status set_log(uint32_t level, uintptr_t user) {
    return ppo_set_log(level, user == 0 ? NULL : pporisk_log, (void *)user);
}
*/
import "C"

import (
	"runtime/cgo"
	"sync"
)

var log struct {
	sync.Mutex
	number cgo.Handle
}

// SetLog sends the library's log, up to a level, to a function; nil switches it off. Until then there is none. The
// function is called on whichever thread the library is working on, on several at the same time, and must not call
// SetLog (ErrBusy); its panics are dropped. When SetLog returns, calls of the former function have ended. For the whole
// process.
func SetLog(level LogLevel, to func(level LogLevel, message string)) error {
	// Not Lock: whoever holds it may be waiting for the very function that calls this.
	if !log.TryLock() {
		return &Error{Code: ErrBusy, Message: "SetLog: another call is changing the log"}
	}
	defer log.Unlock()
	var number cgo.Handle
	if to != nil {
		number = cgo.NewHandle(to)
	}
	former := number
	err := call(func() C.ppo_status { return C.set_log(C.uint32_t(level), C.uintptr_t(number)) })
	if err == nil {
		former, log.number = log.number, number
	}
	if former != 0 {
		former.Delete()
	}
	return err
}
