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

// B has its first price at bar 25, so that it takes part from bar 45 on, when it has 20 returns; it has none at bars 48 to
// 50, and ends at the last bar that is fed live.
const hourlyListed, hourlyTakesPart, hourlyFed = 25, 45, 60

func hourlyHalted(bar int) bool { return bar >= 48 && bar <= 50 }

// hourlyFirst is seven nanoseconds past a midnight.
var hourlyFirst = time.Date(2024, time.January, 2, 0, 0, 0, 7, time.UTC)

// hourlyPrices are closes with gaps, and of each asset a signal that says what it does over the bar to come; `gap` apart,
// or without times where it is 0.
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
	for bar := 0; bar < hourlyBars; bar++ {
		if bar < hourlyListed || hourlyHalted(bar) {
			prices.Closes[bar*hourlyAssets+1] = math.NaN()
		}
	}
	prices.Gaps, prices.Ends = true, make([]float64, hourlyBars*hourlyAssets)
	prices.Ends[(hourlyFed-1)*hourlyAssets+1] = 1
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

// TestGapsHaveToBeMeant, and come out as they went in.
func TestGapsHaveToBeMeant(t *testing.T) {
	prices := hourlyPrices(time.Hour)
	market, err := MarketFromPrices(&prices)
	ok(t, err)
	defer market.Close()
	found := make([]float64, hourlyBars*hourlyAssets)
	ok(t, market.Closes(0, hourlyBars, found))
	for i, expected := range prices.Closes {
		if found[i] != expected && !(math.IsNaN(found[i]) && math.IsNaN(expected)) {
			t.Fatalf("close %d is %v, expected %v", i, found[i], expected)
		}
	}
	prices.MaxHaltedBars = 0
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "`prices.max_halted_bars`")
	prices.MaxHaltedBars, prices.DelistingReturn = 21, -2
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "`prices.delisting_return`")
	prices.Gaps, prices.DelistingReturn = false, 0
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "`prices.ends` is given")
	prices.Ends = prices.Ends[1:]
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrLength, "`prices.ends`")
	prices.Ends = nil
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrNotFinite, "`prices.closes of B on 2024-01-02T00:00:00.000000007Z (bar 0)` is NaN")
	refused(t, err, ErrNotFinite, "with `gaps`")
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
	agent, err := NewAgent(`{"assets": ["A", "B"], "state": {"assets": 2, "window": 20, "account": false, "listed": true, "columns": [],
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

// possibleWeights checks a target's weights at a close: B has none where it does not take part, and stays as it is held
// where it is halted.
func possibleWeights(t *testing.T, bar int, weights, held []float64) {
	if sum := weights[0] + weights[1] + weights[2]; math.Abs(sum-1) > 1e-9 {
		t.Errorf("the weights add up to %v", sum)
	}
	possible := weights[1] != 0
	if bar < hourlyTakesPart || bar == hourlyFed-1 {
		possible = weights[1] == 0 && held[1] == 0
	} else if hourlyHalted(bar) {
		// The policy knows what is held to 32 bits.
		possible = held[1] != 0 && math.Abs(weights[1]-held[1]) < 1e-6
	}
	if !possible {
		t.Errorf("bar %d has the weights %v, held are %v", bar, weights, held)
	}
}

// paidOut checks that what is held of an asset that ends is cash at its last close: as much as it is worth to one who goes
// on.
func paidOut(t *testing.T, ended, goesOn *Portfolio) {
	ofEnded, ofOther := make([]float64, hourlyAssets+1), make([]float64, hourlyAssets+1)
	paid, err := ended.Account(ofEnded)
	ok(t, err)
	other, err := goesOn.Account(ofOther)
	ok(t, err)
	if ofOther[1] == 0 || ofEnded[1] != 0 || math.Abs(paid.Value/other.Value-1) > 1e-12 ||
		math.Abs(paid.Cash-other.Cash-ofOther[1]) > 1e-12 {
		t.Errorf("%v of %v after the end, %v of %v without it", ofEnded, paid.Value, ofOther, other.Value)
	}
}

// leftAlone checks that a book does not trade a halted asset, and says so where it is held.
func leftAlone(t *testing.T, book *Book, decision *Decision) {
	held, traded := make([]float64, hourlyAssets+1), make([]float64, hourlyAssets+1)
	_, err := book.Account(held)
	ok(t, err)
	_, cost, err := book.Traded(traded)
	ok(t, err)
	said := false
	for _, reason := range decision.Reasons {
		said = said || reason.Code == ReasonAssetHalted && reason.Index == 1
	}
	if math.Abs(traded[1]*(1-cost)-held[1]) > 1e-12 || said != (held[1] != 0) {
		t.Errorf("%v is traded to, %v were held, and a reason says so: %v", traded, held, said)
	}
}

// feedHourly pushes bar after bar; wrong numbers of values are refused and leave the portfolio as it was.
func feedHourly(t *testing.T, agent *Agent, prices *Prices) {
	portfolio, err := NewPortfolio(agent, "")
	ok(t, err)
	defer portfolio.Close()
	goesOn, err := NewPortfolio(agent, "")
	ok(t, err)
	defer goesOn.Close()
	book, err := NewBook(agent, "", "")
	ok(t, err)
	defer book.Close()
	weights, held, decided := make([]float64, hourlyAssets+1), make([]float64, hourlyAssets+1), 0
	decision := NewDecision(hourlyAssets, 16)
	for bar := 0; bar < hourlyFed; bar++ {
		from, to := bar*hourlyAssets, (bar+1)*hourlyAssets
		ended := NewBar(prices.Closes[from:to])
		ended.Time = prices.Times[bar]
		before, err := portfolio.StateJSON()
		ok(t, err)
		ended.AssetColumns = prices.AssetSignals[from : to+1]
		_, err = portfolio.PushPrices(&ended)
		refused(t, err, ErrLength, "`bar.asset_columns`")
		refused(t, portfolio.PushReturns(prices.Closes[from:to], &ended), ErrLength, "`bar.asset_columns`")
		ended.AssetColumns, ended.Ends = prices.AssetSignals[from:to], prices.Ends[from:to+1]
		_, err = portfolio.PushPrices(&ended)
		refused(t, err, ErrLength, "`bar.ends` has 3 values, expected 2")
		if after, err := portfolio.StateJSON(); err != nil || after != before {
			t.Fatalf("what was refused changed the portfolio: %v", err)
		}
		ended.Ends = nil
		_, err = goesOn.PushPrices(&ended)
		ok(t, err)
		ended.Ends = prices.Ends[from:to]
		_, err = portfolio.PushPrices(&ended)
		ok(t, err)
		if ready, err := portfolio.Ready(); err == nil && ready {
			_, err = portfolio.Account(held)
			ok(t, err)
			ok(t, portfolio.Rebalance(weights))
			decided++
			possibleWeights(t, bar, weights, held)
			if bar == hourlyFed-1 {
				paidOut(t, portfolio, goesOn)
			}
			ok(t, goesOn.Rebalance(weights))
		}
		if ready, err := book.Ready(); err == nil && ready {
			ok(t, book.Decide(&ended, decision))
			if hourlyHalted(bar) {
				leftAlone(t, book, decision)
			} else if (bar < hourlyTakesPart || bar == hourlyFed-1) && decision.Weights[1] != 0 {
				t.Errorf("bar %d has the weights %v in a book", bar, decision.Weights)
			}
		} else {
			ok(t, book.Observe(&ended))
		}
	}
	if decided < 30 {
		t.Errorf("%d decisions", decided)
	}
}
