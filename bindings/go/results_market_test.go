package pporisk

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"
)

const fourAssets = `{"assets": ["A", "B", "C", "D"],
	"state": {"assets": 4, "window": 20, "account": false, "columns": []},
	"action": {"cash": true, "prior": {"vol_target": {"target": 0.15, "half_life": 20, "lookback": 252}},
	"trade_band": 0.05}, "network": {"scorer": {"hidden": [16]}}}`

const fourParameters = `{"model": "gbm", "assets": ["A", "B", "C", "D"], "drift": [0.02, 0.05, 0.08, 0.11],
	"covariance": [[0.04, 0.01, 0.01, 0.01], [0.01, 0.0625, 0.01, 0.01], [0.01, 0.01, 0.09, 0.02],
	[0.01, 0.01, 0.02, 0.1225]], "cash_rate": 0.01, "bars_per_year": 252}`

// put is write_out of tests/c/backtest.c.
func putBacktest(found *written, backtest *Backtest) {
	t := found.t
	bars, assets, err := backtest.Size()
	ok(t, err)
	times := make([]time.Time, bars)
	ok(t, backtest.Times(times))
	for _, at := range times {
		found.put(float64(at.Unix() / 86400))
	}
	values := make([]float64, bars)
	for _, copyOut := range []func([]float64) error{backtest.Returns, backtest.Equity, backtest.Turnover, backtest.Costs} {
		ok(t, copyOut(values))
		found.put(values)
	}
	weights := make([]float64, bars*(assets+1))
	ok(t, backtest.Weights(weights))
	summary, err := backtest.Summarize()
	ok(t, err)
	found.put(weights, summary.AnnualReturn, summary.Volatility, summary.Sharpe, summary.Sortino, summary.MaxDrawdown,
		summary.Calmar, summary.ValueAtRisk, summary.ConditionalValueAtRisk, summary.Turnover, summary.CostsPaid)
	if summary.Bars != uint64(bars) {
		t.Errorf("%d bars, expected %d", summary.Bars, bars)
	}
}

// TestBacktestsAreCsBits compares with tests/c/backtest.c.
func TestBacktestsAreCsBits(t *testing.T) {
	expected := byC(t, "backtest.c", place)
	found := &written{t: t}
	agent, err := NewAgent(fourAssets, nil)
	ok(t, err)
	defer agent.Close()
	market, err := SimulatePrices(fourParameters, 700, day(10000), 3)
	ok(t, err)
	defer market.Close()
	later, err := market.Select(300, 699)
	ok(t, err)
	defer later.Close()
	plain, err := RunBacktest(agent, later, `{"cost_rate": 0.002}`)
	ok(t, err)
	defer plain.Close()
	putBacktest(found, plain)
	managed, err := RunBacktest(agent, later, `{"managed": true}`)
	ok(t, err)
	defer managed.Close()
	putBacktest(found, managed)
	bars, _, err := managed.Size()
	ok(t, err)
	leverage, hedge := make([]float64, bars), make([]float64, bars)
	ok(t, managed.Risk(leverage, hedge))
	found.put(leverage, hedge)
	if reasons, err := managed.ReasonsJSON(); err != nil || len(reasons) < 10 {
		t.Errorf("reasons %s, %v", reasons, err)
	}
	_, err = plain.ReasonsJSON()
	refused(t, err, ErrInvalidArgument, "risk manager")
	for baseline := BaselineEqualWeight; baseline <= BaselineVolTargetEqualWeight; baseline++ {
		other, err := RunBaseline(later, baseline, "")
		ok(t, err)
		putBacktest(found, other)
		interval, err := plain.Compare(other, `{"draws": 200}`)
		ok(t, err)
		found.put(interval.Median, interval.Low, interval.High)
		ok(t, other.Close())
	}
	prior, err := RunBacktest(agent, later, `{"cost_rate": 0.002, "prior": true}`)
	ok(t, err)
	defer prior.Close()
	putBacktest(found, prior)
	found.equal("back-tests", expected)
	_, err = RunBaseline(later, 77, "")
	refused(t, err, ErrInvalidArgument, "77")
}

// TestMarketsAreTheirPrices hands prices over, cuts, saves and reads them.
func TestMarketsAreTheirPrices(t *testing.T) {
	const bars, assets = 400, 3
	prices := NewPrices()
	prices.Bars, prices.Assets, prices.Columns = bars, assets, 1
	prices.AssetNames, prices.ColumnNames = []string{"X", "Y", "Zürich"}, []string{"mood"}
	prices.CashRate = 0.02
	seed := uniform(9)
	last := [assets]float64{100, 100, 100}
	for t := 0; t < bars; t++ {
		prices.Times = append(prices.Times, day(12000+3*t))
		prices.Signals = append(prices.Signals, seed.next())
		for i := range last {
			last[i] *= 0.98 + 0.041*seed.next()
			prices.Closes = append(prices.Closes, last[i])
		}
	}
	market, err := MarketFromPrices(&prices)
	ok(t, err)
	defer market.Close()
	closes := make([]float64, bars*assets)
	ok(t, market.Closes(0, bars, closes))
	for i := range closes {
		if closes[i] != prices.Closes[i] {
			t.Fatalf("close %d is %v, expected %v", i, closes[i], prices.Closes[i])
		}
	}
	name, err := market.AssetName(2)
	ok(t, err)
	column, err := market.ColumnName(0)
	ok(t, err)
	columns, err := market.ColumnCount()
	ok(t, err)
	if name != "Zürich" || column != "mood" || columns != 1 {
		t.Errorf("%s, %s, %d", name, column, columns)
	}
	closed, err := market.Time(7)
	ok(t, err)
	after, err := market.BarAt(closed.Add(time.Nanosecond), BarAtOrAfter)
	ok(t, err)
	before, err := market.BarAt(closed.Add(time.Nanosecond), BarAtOrBefore)
	ok(t, err)
	if closed != day(12021) || after != 8 || before != 7 {
		t.Errorf("bar 7 is on %v, between %d and %d", closed, before, after)
	}
	selected, err := market.Select(100, 300)
	ok(t, err)
	defer selected.Close()
	first, end, err := selected.Range()
	count, _ := selected.BarCount()
	if err != nil || first != 100 || end != 300 || count != bars {
		t.Errorf("%d to %d of %d, %v", first, end, count, err)
	}
	path := filepath.Join(t.TempDir(), "prices.csv")
	ok(t, market.WriteCSV(path))
	read, err := MarketFromCSV(path, `{"signals": ["mood"], "cash_rate": "cash_rate"}`, math.NaN())
	ok(t, err)
	defer read.Close()
	one, err := market.Digest()
	ok(t, err)
	two, err := read.Digest()
	ok(t, err)
	three, err := selected.Digest()
	ok(t, err)
	if one != two || one == three {
		t.Errorf("digests %x, %x, %x", one, two, three)
	}
	for what, fit := range map[string]func() (*Market, error){
		"gbm":              market.FitGBM,
		"regime_switching": func() (*Market, error) { return market.FitRegimes(2, 1) },
	} {
		fitted, err := fit()
		ok(t, err)
		parameters, err := fitted.ParametersJSON()
		ok(t, err)
		again, err := SimulatedMarket(parameters)
		ok(t, err)
		one, _ := fitted.Digest()
		two, _ := again.Digest()
		assetCount, _ := again.AssetCount()
		if one != two || assetCount != assets {
			t.Errorf("%s: the parameters of %x give %x", what, one, two)
		}
		_, _, err = again.Range()
		refused(t, err, ErrInvalidArgument, "")
		ok(t, again.Close())
		ok(t, fitted.Close())
	}
	clone, err := market.Clone()
	ok(t, err)
	ok(t, clone.Close())
}

// TestTrainersOverMarketsGoOn: a run that was stopped and resumed has the bits of one that never was.
func TestTrainersOverMarketsGoOn(t *testing.T) {
	trains(t)
	market, err := SimulatePrices(fourParameters, 700, day(10000), 3)
	ok(t, err)
	defer market.Close()
	config := DefaultConfig()
	config.NEnvs, config.NSteps, config.BatchSize, config.Device = 8, 16, 64, DeviceCPU
	config.Reward = RewardLogReturn
	config.TotalSteps = 4 * 8 * 16
	path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
	var policies [2][]byte
	for k := range policies {
		agent, err := NewAgent(fourAssets, &config)
		ok(t, err)
		trainer, err := NewTrainer(agent, market, &config)
		ok(t, err)
		for update := 0; update < 4; update++ {
			if k == 1 && update == 2 {
				ok(t, trainer.Save(path))
				ok(t, trainer.Close())
				ok(t, agent.Close())
				agent, trainer, err = ResumeTrainer(path, market)
				ok(t, err)
			}
			metrics, err := trainer.Update()
			ok(t, err)
			if metrics.Update != uint64(update+1) || math.IsNaN(metrics.ValueLoss) {
				t.Errorf("%+v", metrics)
			}
		}
		policies[k], err = agent.SaveBytes()
		ok(t, err)
		ok(t, trainer.Close())
		ok(t, agent.Close())
	}
	if len(policies[0]) == 0 || fmt.Sprintf("%x", policies[0]) != fmt.Sprintf("%x", policies[1]) {
		t.Error("the run that was resumed came to another policy")
	}
	other, err := market.Select(10, 600)
	ok(t, err)
	defer other.Close()
	_, _, err = ResumeTrainer(path, other)
	refused(t, err, ErrInvalidArgument, "market")
	_, _, err = ResumeOnlineTrainer(path)
	if err == nil {
		t.Error("a checkpoint over a market was resumed without one")
	}
}
