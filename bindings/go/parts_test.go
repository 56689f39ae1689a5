package pporisk

import (
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestAverageTrueRangesAgree: bar by bar, over the whole table, and across a restart.
func TestAverageTrueRangesAgree(t *testing.T) {
	const rows, n, bars = 60, 3, 14
	seed := uniform(3)
	high, low, close := make([]float64, rows*n), make([]float64, rows*n), make([]float64, rows*n)
	for i := range close {
		close[i] = 100 + 10*seed.next()
		high[i], low[i] = close[i]+seed.next(), close[i]-seed.next()
	}
	table := make([]float64, rows*n)
	ok(t, AverageTrueRange(high, low, close, rows, n, bars, table))
	atr, err := NewAtr(n, bars)
	ok(t, err)
	values := make([]float64, n)
	for row := 0; row < rows; row++ {
		if row == 30 {
			state, err := atr.StateJSON()
			ok(t, err)
			ok(t, atr.Close())
			atr, err = RestoreAtr(n, bars, state)
			ok(t, err)
		}
		at := row * n
		ok(t, atr.Update(high[at:at+n], low[at:at+n], close[at:at+n]))
		seen, needed, err := atr.Values(values)
		if err != nil || seen != row+1 || needed != bars+1 {
			t.Fatalf("%d of %d bars, %v", seen, needed, err)
		}
		for i, value := range values {
			if math.Float64bits(value) != math.Float64bits(table[at+i]) || math.IsNaN(value) != (row < bars) {
				t.Fatalf("row %d: %v, expected %v", row, value, table[at+i])
			}
		}
	}
	refused(t, atr.Update(nil, nil, close[:1]), ErrLength, "`close`")
	refused(t, AverageTrueRange(high, low, close, rows, n, 0, table), ErrInvalidArgument, "bars")
	ok(t, atr.Close())
}

// TestDrawdownsHaltAndHedge follows one fall through the monitor and the hedge.
func TestDrawdownsHaltAndHedge(t *testing.T) {
	const settings = `{"reduce_at": 0.1, "stop_at": 0.3}`
	monitor, err := NewDrawdownMonitor(settings)
	ok(t, err)
	hedge, err := NewHedge(`{"threshold": 0.15, "band": 0.05, "hedge_ratio": 0.5}`)
	ok(t, err)
	defer hedge.Close()
	for _, bar := range []struct {
		equity float64
		state  RiskState
		hedged bool
	}{{100, RiskActive, false}, {95, RiskActive, false}, {88, RiskReducing, false}, {80, RiskReducing, true}, {60, RiskHalted, true}} {
		update, err := monitor.Update(bar.equity, math.NaN(), make([]Reason, 0, 8))
		ok(t, err)
		if update.State != bar.state || math.Abs(update.Drawdown-(1-bar.equity/100)) > 1e-15 ||
			(len(update.Reasons) > 0) != (bar.state != RiskActive) || update.ReasonCount != len(update.Reasons) {
			t.Errorf("at %v: %+v", bar.equity, update)
		}
		position, given, count, err := hedge.Decide(update.Drawdown, []float64{0.5, 0.3}, bar.equity, []float64{1, 2}, make([]Reason, 0, 1))
		ok(t, err)
		notional := 0.0
		if bar.hedged {
			notional = 0.5 * 1.1 * bar.equity
		}
		if (position.Active == Yes) != bar.hedged || math.Abs(position.Notional-notional) > 1e-12*bar.equity ||
			(position.Side == HedgeSell) != bar.hedged || len(given) > 1 || count < len(given) {
			t.Errorf("at %v: %+v, %v of %d", bar.equity, position, given, count)
		}
		state, err := monitor.StateJSON()
		ok(t, err)
		ok(t, monitor.Close())
		monitor, err = RestoreDrawdownMonitor(settings, state)
		ok(t, err)
	}
	ok(t, monitor.Reset())
	update, err := monitor.Update(60, math.NaN(), nil)
	if err != nil || update.State != RiskActive || update.Drawdown != 0 {
		t.Errorf("%+v, %v after the reset", update, err)
	}
	state, err := hedge.StateJSON()
	ok(t, err)
	restored, err := RestoreHedge("", state)
	ok(t, err)
	ok(t, restored.Close())
	config, err := hedge.ConfigJSON()
	ok(t, err)
	same, err := NewHedge(config)
	ok(t, err)
	ok(t, same.Close())
	config, err = monitor.ConfigJSON()
	ok(t, err)
	_, err = NewDrawdownMonitor(config + "x")
	refused(t, err, ErrInvalidArgument, "config_json")
	ok(t, monitor.Close())
}

// TestLimitsAndSizes takes a wish to weights, and the weights to units.
func TestLimitsAndSizes(t *testing.T) {
	limits, err := NewLimits(`{"max_weights": [0.4, 0.4], "max_gross": 0.7}`, 2)
	ok(t, err)
	defer limits.Close()
	weights := make([]float64, 2)
	given, count, err := limits.Apply([]float64{0.9, 0.2}, []float64{0, 0}, 1, nil, nil, weights, make([]Reason, 0, 8))
	ok(t, err)
	if weights[0] != 0.4 || math.Abs(weights[1]-0.2) > 1e-15 || count != 1 || given[0].Code != ReasonAssetMaximum || given[0].Index != 0 {
		t.Errorf("%v because of %v", weights, given)
	}
	_, _, err = limits.Apply([]float64{0.4, 0.1}, []float64{0, 0}, 1, nil, []float64{0.1, math.Inf(1)}, weights, nil)
	if err != nil || weights[0] != 0.1 {
		t.Errorf("%v, %v with a bound", weights, err)
	}
	ok(t, limits.PushReturns([]float64{0.01, -0.02}))
	refused(t, limits.PushReturns([]float64{0.01}), ErrLength, "`returns`")
	config, err := limits.ConfigJSON()
	ok(t, err)
	state, err := limits.StateJSON()
	ok(t, err)
	restored, err := RestoreLimits(config, 2, state)
	ok(t, err)
	defer restored.Close()
	if again, err := restored.StateJSON(); err != nil || again != state {
		t.Errorf("%s became %s, %v", state, again, err)
	}

	sizer, err := NewPositionSizer(`{"risk_per_position": 0.01, "multiple": 2}`, 2)
	ok(t, err)
	defer sizer.Close()
	units, stops := make([]float64, 2), make([]float64, 2)
	given, count, err = sizer.Size(1000, []float64{0.8, 0.1}, []float64{10, 10}, []float64{0.5, 0.5}, 20, units, stops, make([]Reason, 0, 8))
	ok(t, err)
	one, err := PositionUnits(1000, 0.01, 0.5, 2, 0)
	ok(t, err)
	if units[0] != one || one != 10 || stops[0] != 9 || count != 1 || !reflect.DeepEqual(given[0].Code, ReasonPositionRisk) {
		t.Errorf("units %v, stops %v because of %v; one alone %v", units, stops, given, one)
	}
	_, err = sizer.ConfigJSON()
	ok(t, err)
	_, err = PositionUnits(-1, 0.01, 0.5, 2, 0)
	refused(t, err, ErrInvalidArgument, "equity")
}

// TestBooksAreTheirParts: a portfolio and a risk manager by hand come to the decisions of one that is book.
func TestBooksAreTheirParts(t *testing.T) {
	const risk = `{"limits": {"max_weights": [0.3, 0.3, 0.3, 0.3], "min_cash": 0}, "leverage": null, "positions": null}`
	agent, err := NewAgent(fourAssets, nil)
	ok(t, err)
	defer agent.Close()
	market, err := SimulatePrices(fourParameters, 400, day(10000), 3)
	ok(t, err)
	defer market.Close()
	book, err := NewBook(agent, "", risk)
	ok(t, err)
	decision := NewDecision(4, 32)
	closes, held, traded := make([]float64, 4), make([]float64, 5), make([]float64, 5)
	decided := 0
	for bar := 0; bar < 400; bar++ {
		ok(t, market.Closes(bar, 1, closes))
		seen := NewBar(closes)
		ready, err := book.Ready()
		ok(t, err)
		if !ready {
			refused(t, book.Decide(&seen, decision), ErrNotReady, "")
			ok(t, book.Observe(&seen))
			continue
		}
		ok(t, book.Decide(&seen, decision))
		decided++
		turnover, cost, err := book.Traded(traded)
		ok(t, err)
		if math.Abs(turnover-decision.Turnover) > 1e-9 && decision.HedgeNotional == 0 && math.Abs(decision.Cash-traded[4]) > 1e-9 {
			t.Errorf("bar %d: %v and %v traded", bar, turnover, decision.Turnover)
		}
		for i, weight := range decision.Weights {
			if weight > 0.3+1e-12 || math.Abs(weight-traded[i]) > 1e-12 || cost < 0 {
				t.Fatalf("bar %d: decided %v, traded %v", bar, decision.Weights, traded)
			}
		}
		if bar == 300 {
			state, err := book.StateJSON()
			ok(t, err)
			restored, err := RestoreBook(agent, "", risk, state)
			ok(t, err)
			if again, err := restored.StateJSON(); err != nil || again != state {
				t.Errorf("the restored state is another, %v", err)
			}
			ok(t, book.Close())
			book = restored
			saved, err := book.SaveState()
			ok(t, err)
			restored, err = RestoreBookState(agent, "", risk, saved)
			ok(t, err)
			if again, err := restored.StateJSON(); err != nil || again != state || len(saved) > len(state)/2 {
				t.Errorf("the state restored from %d bytes is another, %v", len(saved), err)
			}
			_, err = RestoreBookState(agent, "", risk, saved[1:])
			refused(t, err, ErrInvalidArgument, "`state` is bytes of something else")
			ok(t, book.Close())
			book = restored
		}
	}
	if decided < 50 {
		t.Errorf("%d decisions", decided)
	}
	account, err := book.Account(held)
	ok(t, err)
	sum := 0.0
	for _, weight := range held {
		sum += weight
	}
	if math.Abs(sum-1) > 1e-12 || account.Value < 1000 {
		t.Errorf("%+v with %v", account, held)
	}
	ok(t, book.RecordTrade(held, 0))
	ok(t, book.SetPosition([]float64{0, 0, 0, 0, 1}, 5000))
	if account, err := book.Account(nil); err != nil || account.Value != 5000 || account.Cash != 1 {
		t.Errorf("%+v, %v", account, err)
	}
	ok(t, book.Deposit(1000))
	if account, err := book.Account(nil); err != nil || account.Value != 6000 {
		t.Errorf("%+v, %v", account, err)
	}
	refused(t, book.Deposit(math.Inf(1)), ErrNotFinite, "`amount`")
	refused(t, book.Deposit(-6000), ErrInvalidArgument, "`amount`")
	ok(t, book.Deposit(-1000))
	_, err = book.Orders(make([]float64, 4), 5000, OrderTerms{})
	refused(t, err, ErrInvalidArgument, "without a decision")
	ok(t, book.RecordTrade([]float64{0.5, 0, 0.5, 0, 0}, 0.001))
	orders, err := book.Orders(make([]float64, 4), 5000, OrderTerms{Lots: []float64{1, 1, 1, 1}, MinValue: 10})
	ok(t, err)
	if len(orders) != 2 || orders[0].Asset != 0 || orders[1].Asset != 2 || orders[0].Units <= 0 ||
		orders[0].Units != math.Floor(orders[0].Units) {
		t.Errorf("%+v", orders)
	}
	_, err = book.Orders(make([]float64, 3), 5000, OrderTerms{})
	refused(t, err, ErrLength, "`units`")
	ok(t, book.Pin(0, true))
	orders, err = book.Orders(make([]float64, 4), 5000, OrderTerms{Lots: []float64{1, 1, 1, 1}, MinValue: 10})
	ok(t, err)
	if len(orders) != 1 || orders[0].Asset != 2 {
		t.Errorf("%+v", orders)
	}
	ok(t, book.Pin(0, false))
	refused(t, book.Pin(4, true), ErrInvalidArgument, "`asset`")
	ok(t, book.SetAgent(agent))
	ok(t, book.Reset())
	ok(t, book.ResetStop(0))
	refused(t, book.ResetStop(4), ErrInvalidArgument, "asset")
	// The kill switch, and a bar that is given twice.
	ok(t, book.SetPosition([]float64{0.3, 0.2, 0.1, 0.1, 0.3}, 5000))
	timed := NewBar(closes)
	timed.Time = time.Unix(1700000000, 0)
	ok(t, book.Halt())
	ok(t, book.Decide(&timed, decision))
	halted := false
	for _, reason := range decision.Reasons {
		halted = halted || reason.Code == ReasonOperatorHalt
	}
	if !halted || decision.State != RiskReducing || decision.Weights[0] <= 0.1 {
		t.Errorf("%+v", decision)
	}
	ok(t, book.Flatten())
	refused(t, book.Decide(&timed, decision), ErrInvalidArgument, "bar.time")
	timed.Time = timed.Time.Add(time.Nanosecond)
	ok(t, book.Decide(&timed, decision))
	if decision.State != RiskHalted || decision.Cash != 1 {
		t.Errorf("%+v", decision)
	}
	ok(t, book.Resume())
	if n := testing.AllocsPerRun(50, func() {
		bar := NewBar(closes)
		ok(t, book.Decide(&bar, decision))
	}); n != 0 {
		t.Errorf("a book decision allocates %v times", n)
	}
	ok(t, book.Close())
}

// TestDecisionsHaveAFallbackAndThreads: the other ways to decide.
func TestDecisionsHaveAFallbackAndThreads(t *testing.T) {
	agent := demo(t)
	defer agent.Close()
	state, prior := inputs(4)
	weights, plain, cash := make([]float64, actions), make([]float64, actions), make([]float64, actions)
	cash[actions-1] = 1
	fell, err := agent.SelectActionOr(state, prior, cash, weights)
	ok(t, err)
	ok(t, agent.SelectAction(state, prior, plain))
	if fell || !reflect.DeepEqual(weights, plain) {
		t.Errorf("%v: %v, expected %v", fell, weights, plain)
	}
	state[7] = float32(math.Inf(1))
	fell, err = agent.SelectActionOr(state, prior, cash, weights)
	if err != nil || !fell || !reflect.DeepEqual(weights, cash) {
		t.Errorf("%v, %v: %v, expected the fallback", fell, err, weights)
	}
	_, err = agent.SelectActionOr(state, prior, plain[:3], weights)
	refused(t, err, ErrLength, "`fallback`")
	const rows = 33
	states, priors := make([]float32, rows*stateLen), make([]float64, rows*actions)
	for row := 0; row < rows; row++ {
		input(row, states[row*stateLen:][:stateLen], priors[row*actions:][:actions])
	}
	one, three := make([]float64, rows*actions), make([]float64, rows*actions)
	ok(t, agent.SelectActions(rows, states, priors, one))
	ok(t, agent.SelectActionsThreads(3, rows, states, priors, three))
	if !reflect.DeepEqual(one, three) || one[0] == 0 {
		t.Error("three threads decide otherwise than one")
	}
	explained, err := agent.ExplainActionJSON(states[:stateLen], priors[:actions])
	ok(t, err)
	if !strings.HasPrefix(explained, `{"weights":[`) {
		t.Errorf("an explanation: %s", explained)
	}
	_, err = agent.ExplainActionJSON(states[:1], priors[:actions])
	refused(t, err, ErrLength, "`state`")
	refused(t, agent.SelectActionsThreads(0, rows, states, priors, three), ErrInvalidArgument, "`threads`")
	refused(t, agent.ExportONNX(filepath.Join(t.TempDir(), "no", "folder")), ErrIO, "ppo_export_onnx")
	ok(t, agent.ExportONNX(filepath.Join(t.TempDir(), "policy.onnx")))
}
