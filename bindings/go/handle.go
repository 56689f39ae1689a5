package pporisk

// #include "bridge.h"
import "C"

import (
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// ErrClosed is the answer to a call on a handle that is closed, or that was never made.
var ErrClosed = errors.New("pporisk: the handle is closed")

// handle owns an object of the library: it counts the calls at work on it and frees it once, after the last of them.
// The package's types hold a pointer to one, so that a copy of such a value is the same object under another name: closing
// either closes it, and it is freed by itself once the program has forgotten all of them.
type handle struct {
	pointer unsafe.Pointer
	free    func(unsafe.Pointer)
	// Calls at work; below zero once the handle is closing.
	uses   int64
	once   sync.Once
	closed sync.Once
	freed  chan struct{}
}

const closing = math.MinInt64

func newHandle(pointer unsafe.Pointer, free func(unsafe.Pointer)) *handle {
	h := &handle{pointer: pointer, free: free, freed: make(chan struct{})}
	// On what copies share, not on one of them. What frees may take its time, so not on the finalizers' goroutine.
	runtime.SetFinalizer(h, func(h *handle) {
		if !h.isClosing() {
			go h.shut()
		}
	})
	return h
}

// errNoData is the answer to an encoder. Without it encoding/json would write {}, and whoever reads that has nothing.
var errNoData = errors.New("pporisk: a handle is no data: SaveBytes, StateJSON or Save give what the object is")

// MarshalText refuses, so that no encoder takes a handle for data: SaveBytes, StateJSON or Save give what it is.
func (h *handle) MarshalText() ([]byte, error) { return nil, errNoData }

// UnmarshalText refuses, as MarshalText does.
func (h *handle) UnmarshalText([]byte) error { return errNoData }

// MarshalBinary refuses, as MarshalText does.
func (h *handle) MarshalBinary() ([]byte, error) { return nil, errNoData }

// UnmarshalBinary refuses, as MarshalText does.
func (h *handle) UnmarshalBinary([]byte) error { return errNoData }

// number is the pointer as the order path hands it over (decide.go).
func (h *handle) number() C.uintptr_t { return C.uintptr_t(uintptr(h.pointer)) }

// enter begins a call, which has to leave again where the answer is nil.
func (h *handle) enter() error {
	if h == nil {
		return ErrClosed
	}
	if atomic.AddInt64(&h.uses, 1) < 0 {
		h.leave()
		return ErrClosed
	}
	return nil
}

func (h *handle) leave() {
	if atomic.AddInt64(&h.uses, -1) == closing {
		h.release()
	}
}

func (h *handle) release() {
	h.once.Do(func() {
		h.free(h.pointer)
		close(h.freed)
	})
}

// isClosing says whether Close was called; not of a handle that is not there.
func (h *handle) isClosing() bool { return h != nil && atomic.LoadInt64(&h.uses) < 0 }

// shut refuses further calls and frees the object now or, where calls are at work, after the last of them.
func (h *handle) shut() {
	h.closed.Do(func() {
		if atomic.AddInt64(&h.uses, closing) == closing {
			h.release()
		}
	})
}

// Close frees the object. Calls at work on it finish first, and Close waits for them, but for one case: a function that
// the library has called does not wait, for the call that it would wait for may be the one it is in. Closing again
// does nothing.
func (h *handle) Close() error {
	if h == nil {
		return nil
	}
	h.shut()
	if C.pporisk_in_callback() == 0 {
		<-h.freed
	}
	return nil
}

// use makes a call on handles that stay open for its length. A handle that is not given is nil here only by mistake.
func use(f func() C.ppo_status, handles ...*handle) error {
	for i, h := range handles {
		if err := h.enter(); err != nil {
			for _, entered := range handles[:i] {
				entered.leave()
			}
			return err
		}
	}
	defer func() {
		for _, h := range handles {
			h.leave()
		}
	}()
	return call(f)
}

// textOf copies a text out of a handle.
func (h *handle) text(f copyOut) (string, error) {
	if err := h.enter(); err != nil {
		return "", err
	}
	defer h.leave()
	return text(f)
}

// count asks a handle for a number.
func (h *handle) count(f func(n *C.size_t) C.ppo_status) (int, error) {
	var n C.size_t
	err := use(func() C.ppo_status { return f(&n) }, h)
	return int(n), err
}

// bytes copies bytes out of a handle. With room for none, the library answers the size alone.
func (h *handle) bytes(f func(buffer *C.uint8_t, capacity C.size_t, needed *C.size_t) C.ppo_status) ([]byte, error) {
	var buffer []byte
	err := use(func() C.ppo_status {
		for {
			var needed C.size_t
			status := f(bytesOf(buffer), C.size_t(len(buffer)), &needed)
			switch {
			case status != C.PPO_OK && status != C.PPO_ERR_BUFFER_TOO_SMALL:
				return status
			case int(needed) <= len(buffer):
				buffer = buffer[:needed]
				return status
			}
			buffer = make([]byte, needed)
		}
	}, h)
	if err != nil {
		return nil, err
	}
	return buffer, nil
}
