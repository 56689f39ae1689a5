package pporisk

import (
	"math"
	"testing"
)

// TestCostsOfEachAssetAndBar: rates and half-spreads add up in an environment, and a portfolio with impact needs volumes.
func TestCostsOfEachAssetAndBar(t *testing.T) {
	const bars, assets = 60, 2
	prices := NewPrices()
	prices.Bars, prices.Assets = bars, assets
	prices.Closes, prices.AssetNames = make([]float64, bars*assets), []string{"A", "B"}
	for i := range prices.Closes {
		prices.Closes[i] = 100 + float64(i*7%11)
	}
	prices.HalfSpreads = []float64{0.006, 0.006}
	market, err := MarketFromPrices(&prices)
	ok(t, err)
	defer market.Close()
	const spec = `{"assets": ["A", "B"], "state": {"assets": 2, "window": 5}, "action": {"cash": true},
		"network": {"scorer": {"hidden": [8]}}}`
	config := DefaultConfig()
	config.CostRate = 0.004
	environments, err := NewEnvironmentsFromSpec(spec, market, &config, 0, 1)
	ok(t, err)
	defer environments.Close()
	costs := make([]float64, 1)
	ok(t, environments.StepWeights([]float64{0.5, 0.5, 0}, &StepOutputs{Costs: costs}))
	if math.Abs(1-costs[0]-1/1.01) > 1e-15 {
		t.Fatalf("a cost of %v", costs[0])
	}
	prices.CostRates = []float64{0.1, 0.1, 0.1}
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "`prices.cost_rates_len` is 3")
	agent, err := NewAgent(spec, nil)
	ok(t, err)
	defer agent.Close()
	portfolio, err := NewPortfolio(agent, `{"impact": 1}`)
	ok(t, err)
	defer portfolio.Close()
	bar := NewBar(prices.Closes[:assets])
	_, err = portfolio.PushPrices(&bar)
	ok(t, err)
	_, err = portfolio.PushPrices(&bar)
	refused(t, err, ErrLength, "`volumes` has 0 values")
	bar.Volumes, bar.HalfSpreads, bar.BorrowRates = []float64{10, 20}, []float64{0.1, 0.2}, []float64{0.1, 0.2}
	_, err = portfolio.PushPrices(&bar)
	ok(t, err)
	bar.CostRates = []float64{0.1, 1}
	_, err = portfolio.PushPrices(&bar)
	refused(t, err, ErrInvalidArgument, "cost_rates[1]")
}
