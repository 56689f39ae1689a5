package pporisk

// #include <stddef.h>
// #include <stdint.h>
import "C"

import "unsafe"

// The first element of a slice for C: NULL for a nil slice alone, so that an empty one is refused for its length.

func float32s(s []float32) *C.float  { return *(**C.float)(unsafe.Pointer(&s)) }
func float64s(s []float64) *C.double { return *(**C.double)(unsafe.Pointer(&s)) }
func uint32s(s []uint32) *C.uint32_t { return *(**C.uint32_t)(unsafe.Pointer(&s)) }
func int64s(s []int64) *C.int64_t    { return *(**C.int64_t)(unsafe.Pointer(&s)) }
func bytesOf(s []byte) *C.uint8_t    { return *(**C.uint8_t)(unsafe.Pointer(&s)) }
