package pporisk

// #include <ppo_risk.h>
import "C"

import "unsafe"

// Performance measures a series of returns bar by bar. One call at a time: a second one is answered ErrBusy.
type Performance struct{ *handle }

func (p *Performance) c() *C.risk_performance { return (*C.risk_performance)(p.pointer) }

func madePerformance(f func(made **C.risk_performance) C.ppo_status) (*Performance, error) {
	var made *C.risk_performance
	if err := call(func() C.ppo_status { return f(&made) }); err != nil {
		return nil, err
	}
	return &Performance{newHandle(unsafe.Pointer(made), func(p unsafe.Pointer) {
		C.risk_performance_free((*C.risk_performance)(p))
	})}, nil
}

// NewPerformance begins a series that has no bars yet; nil for the default conventions.
func NewPerformance(conventions *Conventions) (*Performance, error) {
	return madePerformance(func(made **C.risk_performance) C.ppo_status {
		return C.risk_performance_new(conventions.c(), made)
	})
}

// RestorePerformance goes on, bit for bit, from what StateJSON gave, under the conventions that it was made with.
func RestorePerformance(conventions *Conventions, stateJSON string) (restored *Performance, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		restored, err = madePerformance(func(made **C.risk_performance) C.ppo_status {
			return C.risk_performance_restore(conventions.c(), state, made)
		})
		return err
	})
	return restored, err
}

// PerformanceFigures are the figures so far: risk_performance_figures of include/ppo_risk.h.
type PerformanceFigures struct {
	structSize uint32
	reserved   uint32
	// Bars: bars seen, those of unknown return among them.
	Bars uint64
	// Equity: equity, 1 at the start.
	Equity float64
	// Peak: highest equity so far, the start included.
	Peak float64
	// Drawdown: fall from the peak now, a positive fraction of it.
	Drawdown float64
	// MaxDrawdown: largest drawdown so far.
	MaxDrawdown float64
	// Mean: mean return of one bar.
	Mean float64
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
	// Calmar: annual return over the largest drawdown.
	Calmar float64
}

func (p *PerformanceFigures) c() *C.risk_performance_figures {
	return (*C.risk_performance_figures)(unsafe.Pointer(p))
}

func emptyPerformanceFigures() PerformanceFigures {
	var empty PerformanceFigures
	initialised("risk_performance_figures", C.risk_performance_figures_init(empty.c(), C.sizeof_risk_performance_figures))
	return empty
}

// Push takes in one bar's simple return; NaN for an unknown one, which leaves equity as it was.
func (p *Performance) Push(simpleReturn float64) error {
	return use(func() C.ppo_status { return C.risk_performance_push(p.c(), C.double(simpleReturn)) }, p.handle)
}

// Read reads the figures so far.
func (p *Performance) Read() (PerformanceFigures, error) {
	figures := emptyPerformanceFigures()
	err := use(func() C.ppo_status { return C.risk_performance_read(p.c(), figures.c()) }, p.handle)
	return figures, err
}

// StateJSON is all that the bars have left behind, for RestorePerformance.
func (p *Performance) StateJSON() (string, error) {
	return p.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.risk_performance_state_json(p.c(), buffer, capacity, needed)
	})
}

// LastError is the words of the last failed call, whichever goroutine made it.
func (p *Performance) LastError() (string, error) {
	return p.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.risk_performance_last_error(p.c(), buffer, capacity, needed)
	})
}
