package pporisk

/*
#include <ppo_risk.h>

static ppo_status worst_drawdowns(const double *equity, size_t equity_len, uint8_t *drawdowns, size_t capacity,
                                  size_t *count) {
    return risk_worst_drawdowns(equity, equity_len, (void *)drawdowns, capacity, count);
}
*/
import "C"

import "unsafe"

// MeasureReturns measures simple returns, oldest first, NaN for an unknown one; nil for the default conventions.
func MeasureReturns(returns []float64, conventions *Conventions) (ReturnMetrics, error) {
	metrics := emptyReturnMetrics()
	err := call(func() C.ppo_status {
		return C.risk_metrics_compute(float64s(returns), C.size_t(len(returns)), conventions.c(), metrics.c())
	})
	return metrics, err
}

// MeasureAgainst measures returns relative to a benchmark's in the same bars.
func MeasureAgainst(returns, benchmark []float64, conventions *Conventions) (BenchmarkMetrics, error) {
	metrics := emptyBenchmarkMetrics()
	err := call(func() C.ppo_status {
		return C.risk_benchmark_metrics_compute(float64s(returns), C.size_t(len(returns)), float64s(benchmark),
			C.size_t(len(benchmark)), conventions.c(), metrics.c())
	})
	return metrics, err
}

// WorstDrawdowns writes the deepest drawdowns of an equity curve, deepest first, as many as `drawdowns` has room for, and
// gives their number.
func WorstDrawdowns(equity []float64, drawdowns []Drawdown) (int, error) {
	var count C.size_t
	err := call(func() C.ppo_status {
		return C.worst_drawdowns(float64s(equity), C.size_t(len(equity)), *(**C.uint8_t)(unsafe.Pointer(&drawdowns)),
			C.size_t(len(drawdowns)), &count)
	})
	return int(count), err
}
