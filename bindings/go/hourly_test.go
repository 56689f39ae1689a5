package pporisk

import (
	"context"
	"math"
	"path/filepath"
	"testing"
	"time"
)

// Bars and assets of the market whose bars are an hour long.
const hourlyBars, hourlyAssets = 400, 2

// hourlyFirst is seven nanoseconds past a midnight.
var hourlyFirst = time.Date(2024, time.January, 2, 0, 0, 0, 7, time.UTC)

// hourlyPrices are closes, and of each asset a signal that says what it does over the bar to come; `gap` apart, or
// without times where it is 0.
func hourlyPrices(gap time.Duration) Prices {
	prices := NewPrices()
	prices.Bars, prices.Assets, prices.AssetColumns = hourlyBars, hourlyAssets, 1
	prices.AssetNames, prices.AssetColumnNames = []string{"A", "B"}, []string{"signal"}
	seed := uniform(9)
	for bar := 0; bar < hourlyBars; bar++ {
		if gap > 0 {
			prices.Times = append(prices.Times, hourlyFirst.Add(time.Duration(bar)*gap))
		}
		for i := 0; i < hourlyAssets; i++ {
			closed := 100.0
			if bar > 0 {
				before := len(prices.Closes) - hourlyAssets
				closed = prices.Closes[before] * (1 + 0.01*prices.AssetSignals[before])
			}
			prices.Closes = append(prices.Closes, closed)
			prices.AssetSignals = append(prices.AssetSignals, seed.next()-0.5)
		}
	}
	return prices
}

// TestBarsOfAnyLength: times go in and come out to the nanosecond, and say how many bars a year has.
func TestBarsOfAnyLength(t *testing.T) {
	for _, kind := range []struct {
		gap         time.Duration
		barsPerYear float64
	}{{7 * 24 * time.Hour, 52}, {time.Hour, 8766}} {
		prices := hourlyPrices(kind.gap)
		market, err := MarketFromPrices(&prices)
		ok(t, err)
		defer market.Close()
		for bar, expected := range prices.Times {
			found, err := market.Time(bar)
			ok(t, err)
			if !found.Equal(expected) {
				t.Fatalf("bar %d closes at %v, expected %v", bar, found, expected)
			}
		}
		number, err := market.BarsPerYear()
		ok(t, err)
		if math.Abs(number-kind.barsPerYear) > 1 {
			t.Errorf("%v bars a year, expected %v", number, kind.barsPerYear)
		}
		after, err := market.BarAt(prices.Times[1].Add(-time.Nanosecond), BarAtOrAfter)
		ok(t, err)
		before, err := market.BarAt(prices.Times[1].Add(-time.Nanosecond), BarAtOrBefore)
		ok(t, err)
		if after != 1 || before != 0 {
			t.Errorf("between %d and %d", before, after)
		}
		_, err = market.BarAt(time.Time{}, BarAtOrAfter)
		refused(t, err, ErrInvalidArgument, "`time`")
	}
	prices := hourlyPrices(0)
	prices.BarsPerYear = 1234.5
	market, err := MarketFromPrices(&prices)
	ok(t, err)
	defer market.Close()
	if number, err := market.BarsPerYear(); err != nil || number != 1234.5 {
		t.Errorf("%v bars a year, %v", number, err)
	}
	prices.CashRate = 5
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "confirm_cash_rate")
	prices.ConfirmCashRate = true
	confirmed, err := MarketFromPrices(&prices)
	ok(t, err)
	ok(t, confirmed.Close())
	prices.AssetSignals = prices.AssetSignals[1:]
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrLength, "`prices.asset_signals`")
}

// TestColumnsOfEachAsset trains on hourly bars with them, feeds them live, and is refused a daily market.
func TestColumnsOfEachAsset(t *testing.T) {
	if Features()&FeatureTrain == 0 {
		t.Skip("a library without the trainer")
	}
	prices := hourlyPrices(time.Hour)
	market, err := MarketFromPrices(&prices)
	ok(t, err)
	defer market.Close()
	count, err := market.AssetColumnCount()
	ok(t, err)
	name, err := market.AssetColumnName(0)
	ok(t, err)
	if count != 1 || name != "signal" {
		t.Errorf("%d columns of each asset, the first is %s", count, name)
	}
	agent := hourlyAgent(t, market)
	defer agent.Close()
	feedHourly(t, agent, &prices)

	prices = hourlyPrices(0)
	daily, err := MarketFromPrices(&prices)
	ok(t, err)
	defer daily.Close()
	_, err = RunBacktest(agent, daily, "")
	refused(t, err, ErrInvalidArgument, "market.bars_per_year")
	_, err = NewTrainer(agent, daily, nil)
	refused(t, err, ErrInvalidArgument, "market.bars_per_year")
	backtest, err := RunBacktest(agent, market, "")
	ok(t, err)
	ok(t, backtest.Close())
}

// hourlyAgent is one that was trained for a few hundred decisions, out of its file.
func hourlyAgent(t *testing.T, market *Market) *Agent {
	config := DefaultConfig()
	config.NEnvs, config.NSteps, config.BatchSize = 2, 64, 64
	config.TotalSteps, config.Device = 384, DeviceCPU
	agent, err := NewAgent(`{"assets": ["A", "B"], "state": {"assets": 2, "window": 20, "account": false, "columns": [],
		"asset_columns": ["signal"]}, "action": {"short": true, "max_gross": 1.5}, "network": {"scorer": {"hidden": [8]}}}`, &config)
	ok(t, err)
	defer agent.Close()
	trainer, err := NewTrainer(agent, market, &config)
	ok(t, err)
	defer trainer.Close()
	_, err = trainer.Train(context.Background(), nil)
	ok(t, err)
	path := filepath.Join(t.TempDir(), "hourly.safetensors")
	ok(t, agent.Save(path))
	loaded, err := Load(path)
	ok(t, err)
	return loaded
}

// feedHourly pushes bar after bar; wrong numbers of values are refused and leave the portfolio as it was.
func feedHourly(t *testing.T, agent *Agent, prices *Prices) {
	portfolio, err := NewPortfolio(agent, "")
	ok(t, err)
	defer portfolio.Close()
	book, err := NewBook(agent, "", "")
	ok(t, err)
	defer book.Close()
	weights, decided := make([]float64, hourlyAssets+1), 0
	decision := NewDecision(hourlyAssets, 8)
	for bar := 0; bar < 60; bar++ {
		from, to := bar*hourlyAssets, (bar+1)*hourlyAssets
		ended := NewBar(prices.Closes[from:to])
		ended.Time = prices.Times[bar]
		before, err := portfolio.StateJSON()
		ok(t, err)
		ended.AssetColumns = prices.AssetSignals[from : to+1]
		_, err = portfolio.PushPrices(&ended)
		refused(t, err, ErrLength, "`bar.asset_columns`")
		refused(t, portfolio.PushReturns(prices.Closes[from:to], &ended), ErrLength, "`bar.asset_columns`")
		if after, err := portfolio.StateJSON(); err != nil || after != before {
			t.Fatalf("what was refused changed the portfolio: %v", err)
		}
		ended.AssetColumns = prices.AssetSignals[from:to]
		_, err = portfolio.PushPrices(&ended)
		ok(t, err)
		if ready, err := portfolio.Ready(); err == nil && ready {
			ok(t, portfolio.Rebalance(weights))
			decided++
			if sum := weights[0] + weights[1] + weights[2]; math.Abs(sum-1) > 1e-9 {
				t.Errorf("the weights add up to %v", sum)
			}
		}
		if ready, err := book.Ready(); err == nil && ready {
			ok(t, book.Decide(&ended, decision))
		} else {
			ok(t, book.Observe(&ended))
		}
	}
	if decided < 30 {
		t.Errorf("%d decisions", decided)
	}
}
