package pporisk

// #include <ppo_risk.h>
import "C"

import "unsafe"

// Metrics are the figures of one update of the policy: fields are those of ppo_metrics in include/ppo_risk.h, which this
// struct is in memory.
type Metrics struct {
	structSize         uint32
	reserved           uint32
	Update             uint64
	EnvSteps           uint64
	Episodes           uint64
	SkippedMinibatches uint64
	EnvStepsPerS       float64
	EpisodeReward      float64
	EpisodeLogGrowth   float64
	EpisodeTurnover    float64
	LearningRate       float64
	PolicyGradientLoss float64
	ValueLoss          float64
	EntropyLoss        float64
	ApproxKl           float64
	ClipFraction       float64
	ExplainedVariance  float64
	Std                float64
	GradNorm           float64
}

func (m *Metrics) c() *C.ppo_metrics { return (*C.ppo_metrics)(unsafe.Pointer(m)) }

// emptyMetrics is ready to be written to.
func emptyMetrics() Metrics {
	var metrics Metrics
	initialised("ppo_metrics", C.ppo_metrics_init(metrics.c(), C.sizeof_ppo_metrics))
	return metrics
}

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
