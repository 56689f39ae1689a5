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
		return &Error{Code: ErrInvalidArgument, Message: fmt.Sprintf("`%s` has a zero byte at %d", name, at)}
	}
	text := C.CString(value)
	defer C.free(unsafe.Pointer(text))
	return f(text)
}
