package pporisk

/*
#include "decision.h"

static ppo_status observe_bar(uintptr_t manager, BAR) {
    TAKE_BAR;
    return risk_manager_observe((risk_manager *)manager, &bar);
}

static answer manage(uintptr_t manager, BAR, const double *target, size_t target_len, const double *current,
                     size_t current_len, double equity, double drawdown, ROOM) {
    TAKE_BAR;
    risk_portfolio portfolio;
    answer a;
    risk_portfolio_init(&portfolio, sizeof portfolio);
    portfolio.target = target;
    portfolio.target_len = target_len;
    portfolio.current = current;
    portfolio.current_len = current_len;
    portfolio.equity = equity;
    portfolio.drawdown = drawdown;
    TAKE_ROOM(a);
    a.status = risk_manage((risk_manager *)manager, &bar, &portfolio, &a.decision);
    GIVE_ROOM_BACK(a);
    return a;
}
*/
import "C"

import (
	"math"
	"runtime"
	"time"
	"unsafe"
)

// Bar is a bar that just ended, as far as it is known. Begin with NewBar. What is not given (nil, NaN) is
// estimated from earlier bars where that is possible, and otherwise not looked at; the decision's reasons say which.
type Bar struct {
	// Closes of the assets, above 0 [N]. NaN is no price, for policies that were trained on prices with gaps: the asset is
	// then halted, or not there at all.
	Closes []float64
	// Highs and Lows around the closes [N]; both may be nil: the true range is that of closes.
	Highs, Lows []float64
	// Atr is average true ranges, above 0, in the unit of the closes [N]; nil: the manager's own.
	Atr []float64
	// Betas of the assets to the hedge instrument [N]; nil: every asset counts as 1.
	Betas []float64
	// Observation is what the regimes are told apart by; nil: none.
	Observation []float64
	// Volatility is the forecast volatility of the target before leverage, annual, above 0; NaN: the manager's own.
	Volatility float64
	// Trend is the expected return of the target before leverage, annual; NaN: not given.
	Trend float64
	// Time at which the bar closed; the zero time: not given. A bar that is no later than the last one that had a time is
	// refused.
	Time time.Time
	// CashReturn is the simple return of cash over the bar, at least -1. The risk manager does not look at it, nor at
	// what follows.
	CashReturn float64
	// Columns of the policy, known at the close [K]; nil where it has none.
	Columns []float64
	// AssetColumns of the policy, known at the close, an asset's own side by side [N, F]; nil where it has none.
	AssetColumns []float64
	// Prior is the weights of a supplied prior, assets and then cash [N + 1]; nil where the prior is another.
	Prior []float64
	// Ends is not 0 where an asset ends at this close, and what is held of it is paid out [N]; nil: none does.
	Ends []float64
	// CostRates is the commission per traded notional of each asset at this close, in [0, 1), in the place of the portfolio's
	// `cost_rate` [N]; nil: not given.
	CostRates []float64
	// HalfSpreads is half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission [N];
	// nil: not given.
	HalfSpreads []float64
	// BorrowRates is the annual fee on what is sold short, over the bar that begins, in [0, 10], in the place of
	// `borrow_rate` [N]; nil: not given.
	BorrowRates []float64
	// Volumes is the units traded over the bar, at least 0, for a portfolio with impact [N]; nil: not given.
	Volumes []float64
}

// NewBar is a bar of which nothing is given but its closes.
func NewBar(closes []float64) Bar {
	return Bar{Closes: closes, Volatility: math.NaN(), Trend: math.NaN()}
}

// closed is the bar's time for C, 0 where it is not given.
func (b *Bar) closed() (int64, error) {
	if b.Time.IsZero() {
		return 0, nil
	}
	return nanoseconds("bar.time", b.Time)
}

// RiskPortfolio is the portfolio at the close. Begin with NewRiskPortfolio.
type RiskPortfolio struct {
	// Target is the weights wished for [N]. Cash is the rest; negative is short; at most 1e6 in size.
	Target []float64
	// Current is the weights held now, after the bar's drift [N]. At most 100 in size.
	Current []float64
	// Equity is what the portfolio is worth, money above 0.
	Equity float64
	// Drawdown is 1 - equity/peak, in [0, 1]; NaN: the manager follows the peak of the equities that it is shown.
	Drawdown float64
}

// NewRiskPortfolio is a portfolio whose drawdown the manager follows.
func NewRiskPortfolio(target, current []float64, equity float64) RiskPortfolio {
	return RiskPortfolio{target, current, equity, math.NaN()}
}

// Decision is a decision: NewDecision makes room for one, Manage fills it.
type Decision struct {
	// Weights to trade to at this close [N]. Negative is short.
	Weights []float64
	// Units to hold, signed as the weight, NaN where positions are not sized [N]; nil: not wanted.
	Units []float64
	// Stops are prices at which to get out, NaN where there is none [N]; nil: not wanted.
	Stops []float64
	// Reasons in the order of the decision, as many as its capacity has room for.
	Reasons []Reason
	// ReasonCount is the number of reasons that the decision has: more than len(Reasons) where some were left out.
	ReasonCount int
	// State that it was taken in.
	State RiskState
	// HedgeActive is whether the hedge is open.
	HedgeActive bool
	// HedgeSide is the side of the hedge position.
	HedgeSide HedgeSide
	// Cash at the weights; negative where money is borrowed.
	Cash float64
	// Gross is the sum of abs(weights), leverage as held; Net the sum of weights.
	Gross, Net float64
	// Turnover is one-way, from the current weights.
	Turnover float64
	// Leverage is the factor that the target was multiplied by before the limits.
	Leverage float64
	// Volatility is the forecast of the target's before leverage, annual; NaN where there is none.
	Volatility float64
	// Drawdown that it was taken at, in [0, 1].
	Drawdown float64
	// HedgeNotional is the size of the hedge position in money, 0 or more. The hedge is not part of the weights.
	HedgeNotional float64
	// HedgeNet is the net exposure that is hedged, as a signed part of equity.
	HedgeNet float64
	// HedgeRatio is the part of the net exposure that is hedged; 0 while closed.
	HedgeRatio float64
}

// NewDecision makes room for decisions on so many assets, with units and stops, and for so many reasons.
func NewDecision(assets, reasons int) *Decision {
	return &Decision{Weights: make([]float64, assets), Units: make([]float64, assets),
		Stops: make([]float64, assets), Reasons: make([]Reason, 0, reasons)}
}

// Manage takes in the bar that just ended and decides what the portfolio may do at its close. To be called once a bar;
// bars without a decision go to Observe. On an error the decision is as it was, and so is the manager. It allocates
// nothing.
func (m *RiskManager) Manage(bar *Bar, portfolio *RiskPortfolio, decision *Decision) error {
	if err := m.enter(); err != nil {
		return err
	}
	defer m.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	closed, err := bar.closed()
	if err != nil {
		return err
	}
	answer := C.manage(m.number(), float64s(bar.Closes), C.size_t(len(bar.Closes)), float64s(bar.Highs),
		C.size_t(len(bar.Highs)), float64s(bar.Lows), C.size_t(len(bar.Lows)), float64s(bar.Atr),
		C.size_t(len(bar.Atr)), float64s(bar.Betas), C.size_t(len(bar.Betas)), float64s(bar.Observation),
		C.size_t(len(bar.Observation)), C.double(bar.Volatility), C.double(bar.Trend), C.int64_t(closed),
		C.double(bar.CashReturn), float64s(bar.Columns), C.size_t(len(bar.Columns)), float64s(bar.AssetColumns),
		C.size_t(len(bar.AssetColumns)), float64s(bar.Prior), C.size_t(len(bar.Prior)), float64s(bar.Ends), C.size_t(len(bar.Ends)),
		float64s(bar.CostRates), C.size_t(len(bar.CostRates)), float64s(bar.HalfSpreads), C.size_t(len(bar.HalfSpreads)),
		float64s(bar.BorrowRates), C.size_t(len(bar.BorrowRates)), float64s(bar.Volumes), C.size_t(len(bar.Volumes)),
		float64s(portfolio.Target),
		C.size_t(len(portfolio.Target)), float64s(portfolio.Current), C.size_t(len(portfolio.Current)),
		C.double(portfolio.Equity), C.double(portfolio.Drawdown), float64s(decision.Weights),
		C.size_t(len(decision.Weights)), float64s(decision.Units), C.size_t(len(decision.Units)),
		float64s(decision.Stops), C.size_t(len(decision.Stops)), reasons(decision.Reasons), C.size_t(cap(decision.Reasons)))
	if err := failed(answer.status); err != nil {
		return err
	}
	decision.take(&answer.decision)
	return nil
}

// Observe takes in a bar on which nothing is decided, so that Atr, volatility, tail risk and regimes know it.
func (m *RiskManager) Observe(bar *Bar) error {
	if err := m.enter(); err != nil {
		return err
	}
	defer m.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	closed, err := bar.closed()
	if err != nil {
		return err
	}
	return failed(C.observe_bar(m.number(), float64s(bar.Closes), C.size_t(len(bar.Closes)), float64s(bar.Highs),
		C.size_t(len(bar.Highs)), float64s(bar.Lows), C.size_t(len(bar.Lows)), float64s(bar.Atr),
		C.size_t(len(bar.Atr)), float64s(bar.Betas), C.size_t(len(bar.Betas)), float64s(bar.Observation),
		C.size_t(len(bar.Observation)), C.double(bar.Volatility), C.double(bar.Trend), C.int64_t(closed),
		C.double(bar.CashReturn), float64s(bar.Columns), C.size_t(len(bar.Columns)), float64s(bar.AssetColumns),
		C.size_t(len(bar.AssetColumns)), float64s(bar.Prior), C.size_t(len(bar.Prior)), float64s(bar.Ends), C.size_t(len(bar.Ends)),
		float64s(bar.CostRates), C.size_t(len(bar.CostRates)), float64s(bar.HalfSpreads), C.size_t(len(bar.HalfSpreads)),
		float64s(bar.BorrowRates), C.size_t(len(bar.BorrowRates)), float64s(bar.Volumes), C.size_t(len(bar.Volumes))))
}

// take reads the numbers of a decision whose arrays are filled.
func (d *Decision) take(theirs *C.risk_decision) {
	d.ReasonCount = int(theirs.reasons_len)
	room := cap(d.Reasons)
	if d.ReasonCount < room {
		room = d.ReasonCount
	}
	d.Reasons = d.Reasons[:room]
	d.State = RiskState(theirs.state)
	d.HedgeActive = theirs.hedge_active != 0
	d.HedgeSide = HedgeSide(theirs.hedge_side)
	d.Cash = float64(theirs.cash)
	d.Gross = float64(theirs.gross)
	d.Net = float64(theirs.net)
	d.Turnover = float64(theirs.turnover)
	d.Leverage = float64(theirs.leverage)
	d.Volatility = float64(theirs.volatility)
	d.Drawdown = float64(theirs.drawdown)
	d.HedgeNotional = float64(theirs.hedge_notional)
	d.HedgeNet = float64(theirs.hedge_net)
	d.HedgeRatio = float64(theirs.hedge_ratio)
}

// reasons is the first place for a reason; NULL where there is none.
func reasons(of []Reason) *C.risk_reason {
	if cap(of) == 0 {
		return nil
	}
	return *(**C.risk_reason)(unsafe.Pointer(&of))
}
