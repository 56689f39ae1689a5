package pporisk

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

// written collects numbers as C's fwrite does.
type written struct {
	bytes.Buffer
	t *testing.T
}

func (w *written) put(values ...any) {
	for _, value := range values {
		ok(w.t, binary.Write(w, binary.LittleEndian, value))
	}
}

// equal expects the bytes of C.
func (w *written) equal(what string, expected []byte) {
	w.t.Helper()
	found := w.Bytes()
	for i := range found {
		if i >= len(expected) || found[i] != expected[i] {
			w.t.Fatalf("%s: Go's results are not C's from byte %d of %d on", what, i, len(expected))
		}
	}
	if len(found) != len(expected) || len(found) == 0 {
		w.t.Fatalf("%s: %d bytes, expected %d", what, len(found), len(expected))
	}
}

// uniform is the numbers of the programs of tests/c, in [0, 1).
type uniform uint32

func (u *uniform) next() float64 {
	*u = *u*1664525 + 1013904223
	return float64(*u>>8) / 16777216
}

// With everything on, so that every field of a decision is used.
const riskSettings = `{
	"limits": {"min_weights": [-0.2, -0.2, -0.2], "max_weights": [0.6, 0.6, 0.6], "max_gross": 1.2, "max_turnover": 0.4},
	"drawdown": {"reduce_at": 0.05, "stop_at": 0.09}, "stops": {"stop": 0.06, "cooldown": 5}, "hedge": {"threshold": 0.04},
	"regime": {"leverage": [1, 0.5], "limits": [1, 0.8], "model": {"initial": [0.5, 0.5],
		"transition": [[0.97, 0.03], [0.05, 0.95]],
		"means": [[0.003], [-0.006]],
		"covariances": [[[4e-5]], [[4e-5]]]}}}`

// TestDecisionsOnRiskAreCsBits compares with tests/c/results_risk.c, which saves, restores and resets on the way.
// Products are rounded before they are added (float64), for Go may fuse the two on some machines.
func TestDecisionsOnRiskAreCsBits(t *testing.T) {
	const n, bars = 3, 700
	expected := byC(t, "results_risk.c", riskSettings, place, "700")
	found := &written{t: t}
	manager, err := NewRiskManager(riskSettings, n)
	ok(t, err)
	closes, highs, lows := []float64{100, 50, 20}, make([]float64, n), make([]float64, n)
	target, current, observation := make([]float64, n), make([]float64, n), make([]float64, 1)
	atr, betas, regimes := make([]float64, n), make([]float64, n), make([]float64, 2)
	seed, equity := uniform(12345), 1e5
	decision := NewDecision(n, 64)
	codes := map[ReasonCode]bool{}
	// C's NAN, for it is written too.
	nan := math.Float64frombits(0x7ff8000000000000)
	for bar := 0; bar < bars; bar++ {
		drift, gained := 0.003, 0.0
		if bar%200 == 2 {
			drift = -0.2
		} else if bar%200 < 60 {
			drift = -0.006
		}
		for i := 0; i < n; i++ {
			change := drift + float64((seed.next()-0.5)*0.05)
			closes[i] = closes[i] + float64(closes[i]*change)
			highs[i] = closes[i] + float64(float64(closes[i]*seed.next())*0.01)
			lows[i] = closes[i] - float64(float64(closes[i]*seed.next())*0.01)
			target[i] = float64(seed.next()*1.2) - 0.2
			atr[i] = closes[i] * (0.01 + float64(seed.next()*0.03))
			betas[i] = seed.next() * 2
			gained = gained + float64(current[i]*change)
		}
		observation[0] = drift + float64((seed.next()-0.5)*0.02)
		equity = equity + float64(equity*gained)
		// What a host may leave out, it leaves out on some bars.
		market, portfolio := NewBar(closes), NewRiskPortfolio(target, current, equity)
		market.Volatility, market.Trend, portfolio.Drawdown = nan, nan, nan
		if bar%13 != 6 {
			market.Highs, market.Lows = highs, lows
		}
		if bar%17 != 3 {
			market.Observation = observation
		}
		if bar%6 == 1 {
			market.Atr = atr
		}
		if bar%4 == 2 {
			market.Betas = betas
		}
		if bar%9 == 4 {
			market.Volatility = 0.1 + float64(seed.next()*0.3)
		}
		if bar%5 == 3 {
			market.Trend = (seed.next() - 0.3) * 0.4
		}
		if bar%11 == 7 {
			portfolio.Drawdown = seed.next() * 0.08
		}
		if bar%50 == 49 {
			state, err := manager.StateJSON()
			ok(t, err)
			restored, err := RestoreRiskManager(riskSettings, n, state)
			ok(t, err)
			ok(t, manager.Close())
			manager = restored
		}
		if bar%200 == 120 {
			ok(t, manager.Reset())
			ok(t, manager.ResetStop(1))
		}
		found.put(closes, highs, lows, target, current, atr, betas, equity, observation, market.Volatility, market.Trend,
			portfolio.Drawdown)
		if counts, err := manager.Counts(); err != nil || counts != (RiskCounts{n, 1, 2}) {
			t.Fatalf("%+v, %v", counts, err)
		}
		if bar%10 == 5 {
			ok(t, manager.Observe(&market))
		} else {
			ok(t, manager.Manage(&market, &portfolio, decision))
		}
		ok(t, manager.Regimes(regimes))
		found.put(regimes)
		if bar%10 == 5 {
			continue
		}
		found.put(uint32(decision.State), uint32(flag(decision.HedgeActive)), uint32(decision.HedgeSide), decision.Cash,
			decision.Gross, decision.Net, decision.Turnover, decision.Leverage, decision.Volatility, decision.Drawdown,
			decision.HedgeNotional, decision.HedgeNet, decision.HedgeRatio, decision.Weights, decision.Units,
			decision.Stops, uint32(decision.ReasonCount))
		if len(decision.Reasons) != decision.ReasonCount {
			t.Fatalf("%d reasons of %d", len(decision.Reasons), decision.ReasonCount)
		}
		for _, reason := range decision.Reasons {
			found.put(uint32(reason.Code), reason.Index, reason.Found, reason.Allowed)
			codes[reason.Code] = true
		}
		copy(current, decision.Weights)
	}
	if sum := regimes[0] + regimes[1]; math.Abs(sum-1) > 1e-12 || regimes[0] == 0.5 {
		t.Errorf("probabilities %v", regimes)
	}
	ok(t, manager.Close())
	found.equal("risk manager", expected)
	for _, code := range []ReasonCode{ReasonAssetStop, ReasonHedgeOpened, ReasonDrawdownStop} {
		if !codes[code] {
			t.Errorf("no decision had %v", code)
		}
	}
}

// TestReasonsAreTold gives names, lines and those that there is room for.
func TestReasonsAreTold(t *testing.T) {
	manager, err := NewRiskManager("", 2)
	ok(t, err)
	defer manager.Close()
	bar := NewBar([]float64{100, 100})
	wish := NewRiskPortfolio([]float64{9, 0}, []float64{0, 0}, 1000)
	decision := NewDecision(2, 1)
	ok(t, manager.Manage(&bar, &wish, decision))
	if len(decision.Reasons) != 1 || decision.ReasonCount < 2 {
		t.Errorf("%d reasons of %d, expected 1 of more", len(decision.Reasons), decision.ReasonCount)
	}
	if decision.Gross > 2 || math.IsNaN(decision.Cash) {
		t.Errorf("%+v", decision)
	}
	reason := Reason{Code: ReasonAssetMaximum, Index: 1, Found: 9, Allowed: 1}
	line, err := reason.Describe([]string{"AAPL", "MSFT"}, nil)
	ok(t, err)
	unnamed, err := reason.Describe(nil, nil)
	ok(t, err)
	if reason.Code.String() != "ASSET_MAXIMUM" || !bytes.Contains([]byte(line), []byte("MSFT")) || bytes.Contains([]byte(unnamed), []byte("MSFT")) {
		t.Errorf("%v: %q, %q", reason.Code, line, unnamed)
	}
	if name := ReasonCode(9999).String(); name != "UNKNOWN" {
		t.Errorf("the name of no code is %s", name)
	}
	_, err = manager.ConfigJSON()
	ok(t, err)
	refused(t, manager.Regimes(make([]float64, 2)), ErrInvalidArgument, "regime")
}
