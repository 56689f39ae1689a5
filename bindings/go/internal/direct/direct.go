// Package direct decides in C alone, to measure what the way through Go costs beside it.
package direct

/*
#cgo pkg-config: ppo_risk
#cgo CFLAGS: -I${SRCDIR}/../../../../tests/c
#cgo LDFLAGS: -lm
#include <stdlib.h>
#include "overhead.c"
*/
import "C"

import (
	"errors"
	"unsafe"
)

// Load makes one more agent of a policy file, which decides from now on.
func Load(path string) error {
	model := C.CString(path)
	defer C.free(unsafe.Pointer(model))
	if C.load_in_c(model) != 0 {
		return errors.New("direct: C does not load the policy")
	}
	return nil
}

// Decide takes so many decisions and gives the nanoseconds that each took, below 0 where one failed.
func Decide(decisions int) float64 { return float64(C.decide_in_c(C.int(decisions))) }

// DecideAll decides in so many states and gives the nanoseconds that the call took, below 0 where it failed.
func DecideAll(rows int, states []float32, priors, weights []float64) float64 {
	return float64(C.decide_all_in_c(C.int(rows), (*C.float)(&states[0]), (*C.double)(&priors[0]),
		(*C.double)(&weights[0])))
}
