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

// Conventions are what measures are relative to: begin with DefaultConventions. risk_conventions of include/ppo_risk.h.
type Conventions struct {
	structSize uint32
	reserved   uint32
	// BarsPerYear: bars in a year, above 0; default 252.
	BarsPerYear float64
	// RiskFree: risk-free return of one bar; default 0. Sharpe, omega and alpha use it.
	RiskFree float64
	// RequiredReturn: required return of one bar; default 0. Sortino, downside risk and omega use it.
	RequiredReturn float64
	// Tail: part of the bars in the tail of value at risk, in [0, 1]; default 0.05.
	Tail float64
}

// c is the conventions for C; NULL, and so the defaults, for nil.
func (c *Conventions) c() *C.risk_conventions { return (*C.risk_conventions)(unsafe.Pointer(c)) }

// DefaultConventions gives the defaults.
func DefaultConventions() Conventions {
	var empty Conventions
	initialised("risk_conventions", C.risk_conventions_init(empty.c(), C.sizeof_risk_conventions))
	return empty
}

// ReturnMetrics are measures of a series of returns: risk_metrics of include/ppo_risk.h.
type ReturnMetrics struct {
	structSize uint32
	reserved   uint32
	// TotalReturn: growth over all bars.
	TotalReturn float64
	// AnnualReturn: compound growth per year.
	AnnualReturn float64
	// AnnualVolatility: annual standard deviation.
	AnnualVolatility float64
	// Sharpe: annual Sharpe ratio.
	Sharpe float64
	// Sortino: annual Sortino ratio; infinite without a loss.
	Sortino float64
	// DownsideRisk: annual root mean square of what returns fall short of the required one.
	DownsideRisk float64
	// MaxDrawdown: largest fall from the running peak, a fraction of it.
	MaxDrawdown float64
	// Calmar: annual return over the largest drawdown.
	Calmar float64
	// Omega: sum of gains over sum of losses.
	Omega float64
	// ValueAtRisk: loss of one bar that the tail exceeds; NaN where a return is unknown.
	ValueAtRisk float64
	// ConditionalValueAtRisk: mean loss of one bar in the tail.
	ConditionalValueAtRisk float64
	// Stability: R squared of a straight line through cumulative log returns.
	Stability float64
	// TailRatio: size of the 95% quantile over the size of the 5% quantile.
	TailRatio float64
	// Skewness: skewness; NaN where a return is unknown.
	Skewness float64
	// Kurtosis: excess kurtosis; NaN where a return is unknown.
	Kurtosis float64
}

func (r *ReturnMetrics) c() *C.risk_metrics { return (*C.risk_metrics)(unsafe.Pointer(r)) }

func emptyReturnMetrics() ReturnMetrics {
	var empty ReturnMetrics
	initialised("risk_metrics", C.risk_metrics_init(empty.c(), C.sizeof_risk_metrics))
	return empty
}

// MeasureReturns measures simple returns, oldest first, NaN for an unknown one; nil for the default conventions.
func MeasureReturns(returns []float64, conventions *Conventions) (ReturnMetrics, error) {
	metrics := emptyReturnMetrics()
	err := call(func() C.ppo_status {
		return C.risk_metrics_compute(float64s(returns), C.size_t(len(returns)), conventions.c(), metrics.c())
	})
	return metrics, err
}

// RelativeMetrics are measures relative to a benchmark: risk_benchmark_metrics of include/ppo_risk.h.
type RelativeMetrics struct {
	structSize uint32
	reserved   uint32
	// Beta: slope of the returns on the benchmark's.
	Beta float64
	// Alpha: annual return that beta does not explain.
	Alpha float64
	// UpBeta: Beta over the bars in which the benchmark rose.
	UpBeta float64
	// UpAlpha: Alpha over the bars in which the benchmark rose.
	UpAlpha float64
	// DownBeta: Beta over the bars in which the benchmark fell.
	DownBeta float64
	// DownAlpha: Alpha over the bars in which the benchmark fell.
	DownAlpha float64
	// Capture: annual return over the benchmark's; infinite where that is 0.
	Capture float64
	// UpCapture: capture over the bars in which the benchmark rose.
	UpCapture float64
	// DownCapture: capture over the bars in which the benchmark fell.
	DownCapture float64
	// UpDownCapture: up capture over down capture.
	UpDownCapture float64
	// InformationRatio: mean active return over its standard deviation, per bar: times the root of bars per year for a year.
	InformationRatio float64
	// Batting: part of the bars in which the returns were above the benchmark's.
	Batting float64
	// UpBatting: of the bars in which the benchmark did not fall.
	UpBatting float64
	// DownBatting: of the bars in which the benchmark fell.
	DownBatting float64
	// BetaFragility: Taleb's fragility heuristic; negative: fragile.
	BetaFragility float64
}

func (r *RelativeMetrics) c() *C.risk_benchmark_metrics {
	return (*C.risk_benchmark_metrics)(unsafe.Pointer(r))
}

func emptyRelativeMetrics() RelativeMetrics {
	var empty RelativeMetrics
	initialised("risk_benchmark_metrics", C.risk_benchmark_metrics_init(empty.c(), C.sizeof_risk_benchmark_metrics))
	return empty
}

// MeasureAgainst measures returns relative to a benchmark's in the same bars.
func MeasureAgainst(returns, benchmark []float64, conventions *Conventions) (RelativeMetrics, error) {
	metrics := emptyRelativeMetrics()
	err := call(func() C.ppo_status {
		return C.risk_benchmark_metrics_compute(float64s(returns), C.size_t(len(returns)), float64s(benchmark),
			C.size_t(len(benchmark)), conventions.c(), metrics.c())
	})
	return metrics, err
}

// Drawdown is a fall of an equity curve from its peak.
type Drawdown struct {
	// Depth is the largest fall from the peak, a positive fraction of it.
	Depth float64
	// Peak and Valley are points of the curve, the first among equals; Recovery is the first that is back at the peak or
	// above it, 0 while still under water.
	Peak, Valley, Recovery uint64
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
