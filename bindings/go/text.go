package pporisk

// #include <stdlib.h>
// #include <ppo_risk.h>
import "C"

import (
	"fmt"
	"strings"
	"unsafe"
)

type copyOut func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status

// copied takes a text, growing the buffer until it fits. The text may grow between two calls.
func copied(f copyOut) (string, C.ppo_status) {
	buffer := make([]byte, 256)
	for {
		var needed C.size_t
		status := f((*C.char)(unsafe.Pointer(&buffer[0])), C.size_t(len(buffer)), &needed)
		switch {
		case status == C.PPO_ERR_BUFFER_TOO_SMALL && int(needed) > len(buffer):
			buffer = make([]byte, needed)
		case status != C.PPO_OK:
			return "", status
		default:
			return string(buffer[:needed-1]), status
		}
	}
}

// text makes a call that copies a text out.
func text(f copyOut) (string, error) {
	var words string
	err := call(func() C.ppo_status {
		var status C.ppo_status
		words, status = copied(f)
		return status
	})
	return words, err
}

// withText hands a text to C for the length of a call. A text cannot hold a zero byte there.
func withText(name, value string, f func(text *C.char) error) error {
	if at := strings.IndexByte(value, 0); at >= 0 {
		return invalid(ErrInvalidArgument, "`%s` has a zero byte at %d", name, at)
	}
	text := C.CString(value)
	defer C.free(unsafe.Pointer(text))
	return f(text)
}

// withOptional is withText, with NULL for "".
func withOptional(name, value string, f func(text *C.char) error) error {
	if value == "" {
		return f(nil)
	}
	return withText(name, value, f)
}

// withTexts hands texts to C for the length of a call: an array in C's memory, or NULL for nil.
func withTexts(name string, values []string, f func(texts **C.char) error) error {
	if values == nil {
		return f(nil)
	}
	// Room for one at least: malloc may answer NULL for none.
	texts := (**C.char)(C.calloc(C.size_t(len(values)+1), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	slots := unsafe.Slice(texts, len(values))
	defer func() {
		for _, text := range slots {
			C.free(unsafe.Pointer(text))
		}
		C.free(unsafe.Pointer(texts))
	}()
	for i, value := range values {
		if at := strings.IndexByte(value, 0); at >= 0 {
			return invalid(ErrInvalidArgument, "`%s[%d]` has a zero byte at %d", name, i, at)
		}
		slots[i] = C.CString(value)
	}
	return f(texts)
}

// invalid is an error that is found before the library is called, in its tone.
func invalid(code Status, format string, values ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, values...)}
}
