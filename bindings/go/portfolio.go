package pporisk

/*
#include "decision.h"

// As in decide.go, so that no call at a close needs memory from Go's heap.

typedef struct {
    ppo_status status;
    uint32_t taken;
} taking;

static taking push_prices(uintptr_t portfolio, BAR) {
    TAKE_BAR;
    taking t = {0};
    t.status = ppo_portfolio_push_prices((ppo_portfolio *)portfolio, &bar, &t.taken);
    return t;
}

static ppo_status push_returns(uintptr_t portfolio, const double *returns, size_t returns_len, BAR) {
    TAKE_BAR;
    return ppo_portfolio_push_returns((ppo_portfolio *)portfolio, returns, returns_len, &bar);
}

static ppo_status rebalance(uintptr_t portfolio, double *weights, size_t weights_len) {
    return ppo_portfolio_rebalance((ppo_portfolio *)portfolio, weights, weights_len);
}
*/
import "C"

import (
	"runtime"
)

// Portfolio is a policy at work on one portfolio: at every close PushPrices, then, when a decision is due, Rebalance. The
// target is taken to be traded at that same close; RecordTrade says what was traded instead. One call at a time on a
// portfolio: a second one is answered ErrBusy.
type Portfolio struct{ *handle }

// NewPortfolio makes a portfolio that has seen nothing, all in cash, and decides with the policy that the agent has now;
// "" for the default configuration (ppo_portfolio_new in include/ppo_risk.h).
func NewPortfolio(agent *Agent, configJSON string) (*Portfolio, error) {
	var portfolio *C.ppo_portfolio
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return use(func() C.ppo_status { return C.ppo_portfolio_new(agent.c(), config, &portfolio) }, agent.handle)
	})
	if err != nil {
		return nil, err
	}
	return ownPortfolio(portfolio), nil
}

// PushPrices takes in a bar that just ended, as closes: of the bar the closes, the return of cash, both kinds of columns,
// the prior and the ends are looked at. The first closes ever are only what later ones are compared with: they are not
// taken in as a bar.
func (p *Portfolio) PushPrices(bar *Bar) (taken bool, err error) {
	if err := p.enter(); err != nil {
		return false, err
	}
	defer p.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	closed, err := bar.closed()
	if err != nil {
		return false, err
	}
	answer := C.push_prices(p.number(), float64s(bar.Closes), C.size_t(len(bar.Closes)), float64s(bar.Highs),
		C.size_t(len(bar.Highs)), float64s(bar.Lows), C.size_t(len(bar.Lows)), float64s(bar.Atr),
		C.size_t(len(bar.Atr)), float64s(bar.Betas), C.size_t(len(bar.Betas)), float64s(bar.Observation),
		C.size_t(len(bar.Observation)), C.double(bar.Volatility), C.double(bar.Trend), C.int64_t(closed),
		C.double(bar.CashReturn), float64s(bar.Columns), C.size_t(len(bar.Columns)), float64s(bar.AssetColumns),
		C.size_t(len(bar.AssetColumns)), float64s(bar.Prior), C.size_t(len(bar.Prior)), float64s(bar.Ends), C.size_t(len(bar.Ends)),
		float64s(bar.CostRates), C.size_t(len(bar.CostRates)), float64s(bar.HalfSpreads), C.size_t(len(bar.HalfSpreads)),
		float64s(bar.BorrowRates), C.size_t(len(bar.BorrowRates)), float64s(bar.Volumes), C.size_t(len(bar.Volumes)))
	return answer.taken != 0, failed(answer.status)
}

// PushReturns takes in a bar that just ended, as simple returns [N]; of the bar, which may be nil for nothing else, all
// that PushPrices looks at but the closes and the ends.
func (p *Portfolio) PushReturns(returns []float64, bar *Bar) error {
	if bar == nil {
		nothing := NewBar(nil)
		bar = &nothing
	}
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	closed, err := bar.closed()
	if err != nil {
		return err
	}
	return failed(C.push_returns(p.number(), float64s(returns), C.size_t(len(returns)), float64s(bar.Closes), C.size_t(len(bar.Closes)), float64s(bar.Highs),
		C.size_t(len(bar.Highs)), float64s(bar.Lows), C.size_t(len(bar.Lows)), float64s(bar.Atr),
		C.size_t(len(bar.Atr)), float64s(bar.Betas), C.size_t(len(bar.Betas)), float64s(bar.Observation),
		C.size_t(len(bar.Observation)), C.double(bar.Volatility), C.double(bar.Trend), C.int64_t(closed),
		C.double(bar.CashReturn), float64s(bar.Columns), C.size_t(len(bar.Columns)), float64s(bar.AssetColumns),
		C.size_t(len(bar.AssetColumns)), float64s(bar.Prior), C.size_t(len(bar.Prior)), float64s(bar.Ends), C.size_t(len(bar.Ends)),
		float64s(bar.CostRates), C.size_t(len(bar.CostRates)), float64s(bar.HalfSpreads), C.size_t(len(bar.HalfSpreads)),
		float64s(bar.BorrowRates), C.size_t(len(bar.BorrowRates)), float64s(bar.Volumes), C.size_t(len(bar.Volumes))))
}

// Rebalance decides at this close and writes the policy's target weights [A]. Asking again at the same close gives the
// same answer. ErrNotReady before WarmUpBars bars.
func (p *Portfolio) Rebalance(weights []float64) error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return failed(C.rebalance(p.number(), float64s(weights), C.size_t(len(weights))))
}
