package pporisk

// #include <ppo_risk.h>
import "C"

import "time"

// Backtest is what a policy or a baseline would have come to over a market's bars. It never changes: any number of
// goroutines may use one at the same time.
type Backtest struct{ *handle }

// madeBacktest makes a call that gives a back-test.
func madeBacktest(optionsJSON string, f func(options *C.char, backtest **C.ppo_backtest) C.ppo_status, handles ...*handle) (*Backtest, error) {
	var backtest *C.ppo_backtest
	err := withOptional("options_json", optionsJSON, func(options *C.char) error {
		return use(func() C.ppo_status { return f(options, &backtest) }, handles...)
	})
	if err != nil {
		return nil, err
	}
	return ownBacktest(backtest), nil
}

// RunBacktest runs an agent's deterministic decisions over a market's bars, as one episode that starts in cash; "" for
// the default options (ppo_backtest_run in include/ppo_risk.h).
func RunBacktest(agent *Agent, market *Market, optionsJSON string) (*Backtest, error) {
	return madeBacktest(optionsJSON, func(options *C.char, backtest **C.ppo_backtest) C.ppo_status {
		return C.ppo_backtest_run(agent.c(), market.c(), options, backtest)
	}, agent.handle, market.handle)
}

// RunBaseline runs a baseline over a market's bars, at the times and costs that RunBacktest has.
func RunBaseline(market *Market, baseline Baseline, optionsJSON string) (*Backtest, error) {
	return madeBacktest(optionsJSON, func(options *C.char, backtest **C.ppo_backtest) C.ppo_status {
		return C.ppo_backtest_run_baseline(market.c(), C.uint32_t(baseline), options, backtest)
	}, market.handle)
}

// RestoreBacktest makes a back-test of the JSON of another one, also in another process.
func RestoreBacktest(stateJSON string) (*Backtest, error) {
	return madeBacktest(stateJSON, func(state *C.char, backtest **C.ppo_backtest) C.ppo_status {
		return C.ppo_backtest_restore(state, backtest)
	})
}

// Interval is how sure the difference of two back-tests is.
type Interval struct {
	// Median of the draws; NaN where a ratio is not defined. Low and High are the ends of the interval, NaN where there
	// are too few bars for one (252, and 12 blocks).
	Median, Low, High float64
}

// Compare gives the annual Sharpe ratio, over cash, of this back-test less that of a second one over the same times, by
// a paired block bootstrap; "" for the default options (ppo_backtest_compare in include/ppo_risk.h).
func (b *Backtest) Compare(second *Backtest, optionsJSON string) (Interval, error) {
	var median, low, high C.double
	err := withOptional("options_json", optionsJSON, func(options *C.char) error {
		return use(func() C.ppo_status {
			return C.ppo_backtest_compare(b.c(), second.c(), options, &median, &low, &high)
		}, b.handle, second.handle)
	})
	return Interval{float64(median), float64(low), float64(high)}, err
}

// Times writes the time of the close that ends each bar [T], in UTC; a date is its midnight.
func (b *Backtest) Times(times []time.Time) error {
	numbers := make([]int64, len(times))
	err := use(func() C.ppo_status {
		return C.ppo_backtest_times(b.c(), int64s(numbers), C.size_t(len(numbers)))
	}, b.handle)
	if err != nil {
		return err
	}
	for bar, number := range numbers {
		times[bar] = timeOf(number)
	}
	return nil
}
