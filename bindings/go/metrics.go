package pporisk

// #include <ppo_risk.h>
import "C"

import "unsafe"

// metricsAt copies the library's struct, of which a newer library may have a longer one.
func metricsAt(theirs *C.ppo_metrics) Metrics {
	metrics := emptyMetrics()
	size := metrics.structSize
	if known := uint32(theirs.struct_size); known < size {
		size = known
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&metrics)), size), unsafe.Slice((*byte)(unsafe.Pointer(theirs)), size))
	return metrics
}
