package pporisk

import (
	"math"
	"testing"
)

// TestPortfoliosAreCsBits compares with tests/c/portfolio.c, which restarts and is told of trades on the way.
func TestPortfoliosAreCsBits(t *testing.T) {
	const warm, bars = 260, 640
	expected := byC(t, "portfolio.c", modelPath, place, "640")
	const config = `{"cost_rate": 0.002, "history": 60}`
	found := &written{t: t}
	agent := demo(t)
	defer agent.Close()
	portfolio, err := NewPortfolio(agent, config)
	ok(t, err)
	closes, seed := make([]float64, assets), uniform(5)
	for i := range closes {
		closes[i] = 50 + float64(i)
	}
	for bar := 0; bar < bars; bar++ {
		returns, held, target := make([]float64, assets), make([]float64, assets+1), make([]float64, actions)
		prior, kelly, levers := make([]float64, actions), make([]float64, assets), make([]float64, 2)
		state, taken := make([]float32, stateLen), true
		due := bar > warm && bar%3 == 0
		for i := range closes {
			before := closes[i]
			closes[i] *= 0.98 + float64(seed.next()*0.0405)
			returns[i] = closes[i]/before - 1
		}
		ended := NewBar(closes)
		ended.CashReturn = 1e-4
		if bar%100 == 40 {
			ok(t, portfolio.PushReturns(returns, &ended))
		} else {
			taken, err = portfolio.PushPrices(&ended)
			ok(t, err)
		}
		account, err := portfolio.Account(held)
		ok(t, err)
		if due {
			ok(t, portfolio.Rebalance(target))
			ok(t, portfolio.Seen(state, prior))
		}
		if bar > warm && bar%50 == 7 {
			ok(t, portfolio.SetPosition(held, account.Value+1000))
		}
		if bar > warm && bar%60 == 9 {
			target[assets] = 1
			for i := 0; i < assets; i++ {
				target[i] = held[i] / 2
				target[assets] -= target[i]
			}
			ok(t, portfolio.RecordTrade(target, 1e-4))
		}
		ready, err := portfolio.Ready()
		if err != nil || bar < 252 && ready || bar > warm && !ready {
			t.Fatalf("bar %d: ready %v, %v", bar, ready, err)
		}
		if due {
			levers[0], err = portfolio.Leverage(math.NaN())
			ok(t, err)
			levers[1], err = portfolio.Leverage(0.01)
			ok(t, err)
			ok(t, portfolio.Kelly(kelly))
		}
		found.put(closes, returns, uint32(flag(taken)), account.Value, account.Cash, account.Drawdown, account.Volatility,
			held, target, state, prior, levers, kelly)
		if bar == 261 || bar == 369 || bar == 400 {
			saved, err := portfolio.StateJSON()
			ok(t, err)
			ok(t, portfolio.Close())
			portfolio, err = NewPortfolio(agent, config)
			ok(t, err)
			ok(t, portfolio.Restore(saved))
		}
		if bar == 500 {
			clone, err := agent.Clone()
			ok(t, err)
			ok(t, portfolio.SetAgent(clone))
			ok(t, clone.Close())
		}
	}
	found.equal("portfolio", expected)
	if n, err := portfolio.WarmUpBars(); err != nil || n < 200 {
		t.Errorf("%d bars to warm up, %v", n, err)
	}
	if json, err := portfolio.ConfigJSON(); err != nil || len(json) < 20 {
		t.Errorf("the settings are %s, %v", json, err)
	}
	weights := make([]float64, actions)
	ended := NewBar(closes)
	if n := testing.AllocsPerRun(100, func() {
		_, err := portfolio.PushPrices(&ended)
		ok(t, err)
		ok(t, portfolio.Rebalance(weights))
	}); n != 0 {
		t.Errorf("a bar and a decision allocate %v times", n)
	}
	ok(t, portfolio.Close())
}
