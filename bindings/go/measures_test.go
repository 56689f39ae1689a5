package pporisk

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, found, expected float64) {
	t.Helper()
	if !(math.Abs(found-expected) <= 1e-12*math.Max(1, math.Abs(expected))) {
		t.Errorf("%s is %v, expected %v", what, found, expected)
	}
}

// TestMeasuresAreTheirFormulas computes what a line of Go computes too.
func TestMeasuresAreTheirFormulas(t *testing.T) {
	const n = 300
	seed := uniform(17)
	returns, benchmark, double := make([]float64, n), make([]float64, n), make([]float64, n)
	equity, total, mean := []float64{1}, 1.0, 0.0
	performance, err := NewPerformance(nil)
	ok(t, err)
	for i := range returns {
		returns[i], benchmark[i] = 0.04*(seed.next()-0.48), 0.03*(seed.next()-0.49)
		double[i] = 2 * benchmark[i]
		total *= 1 + returns[i]
		mean += returns[i] / n
		equity = append(equity, total)
		ok(t, performance.Push(returns[i]))
	}
	metrics, err := MeasureReturns(returns, nil)
	ok(t, err)
	near(t, "total return", metrics.TotalReturn, total-1)
	near(t, "annual return", metrics.AnnualReturn, math.Pow(total, 252.0/n)-1)
	conventions := DefaultConventions()
	near(t, "bars per year", conventions.BarsPerYear, 252)
	conventions.BarsPerYear = 12
	monthly, err := MeasureReturns(returns, &conventions)
	ok(t, err)
	near(t, "monthly volatility", monthly.AnnualVolatility, metrics.AnnualVolatility*math.Sqrt(12.0/252))
	conventions.Tail = 2
	_, err = MeasureReturns(returns, &conventions)
	refused(t, err, ErrInvalidArgument, "tail")
	relative, err := MeasureAgainst(double, benchmark, nil)
	ok(t, err)
	near(t, "beta", relative.Beta, 2)
	near(t, "alpha", relative.Alpha, 0)
	_, err = MeasureAgainst(double[1:], benchmark, nil)
	refused(t, err, ErrLength, "")

	drawdowns := make([]Drawdown, 5)
	count, err := WorstDrawdowns(equity, drawdowns)
	ok(t, err)
	near(t, "drawdown", drawdowns[0].Depth, metrics.MaxDrawdown)
	near(t, "drawdown between its points", 1-equity[drawdowns[0].Valley]/equity[drawdowns[0].Peak], metrics.MaxDrawdown)
	if count != 5 || drawdowns[4].Depth > drawdowns[3].Depth {
		t.Errorf("%d of %+v", count, drawdowns)
	}

	state, err := performance.StateJSON()
	ok(t, err)
	restored, err := RestorePerformance(nil, state)
	ok(t, err)
	figures, err := restored.Read()
	ok(t, err)
	near(t, "equity", figures.Equity, total)
	near(t, "mean", figures.Mean, mean)
	near(t, "drawdown of the series", figures.MaxDrawdown, metrics.MaxDrawdown)
	if figures.Bars != n {
		t.Errorf("%d bars", figures.Bars)
	}
	refused(t, restored.Push(math.Inf(1)), ErrNotFinite, "")
	ok(t, restored.Close())
	ok(t, performance.Close())
}

// TestEstimatesAreTheirFormulas does so for volatility, tails, leverage and Kelly.
func TestEstimatesAreTheirFormulas(t *testing.T) {
	const bars, assets = 400, 2
	seed := uniform(29)
	table, one := make([]float64, bars*assets), make([]float64, bars)
	for i := range table {
		table[i] = 0.02 * (seed.next() - 0.48)
	}
	for i := range one {
		one[i] = table[i*assets]
	}
	flat := []float64{0.01, -0.01, 0.01, -0.01}
	volatility, err := ForecastVolatility(`{"ewma": {"half_life": 5}}`, flat, 252)
	ok(t, err)
	near(t, "volatility", volatility, 0.01*math.Sqrt(252))
	fit, err := FitGarch(one)
	ok(t, err)
	if !(fit.Omega > 0 && fit.Alpha+fit.Beta < 1 && fit.NextVariance > 0) {
		t.Errorf("%+v", fit)
	}
	_, err = FitGarch(one[:10])
	refused(t, err, ErrLength, "`returns` has 10 values")
	covariance := make([]float64, assets*assets)
	shrinkage, err := Covariance(table, bars, assets, covariance)
	ok(t, err)
	if covariance[1] != covariance[2] || shrinkage < 0 || shrinkage > 1 || covariance[0] <= 0 {
		t.Errorf("%v, shrunk by %v", covariance, shrinkage)
	}
	tail, err := MeasureTail(table, bars, []float64{1, 0}, 0.95)
	ok(t, err)
	double, err := MeasureTail(table, bars, []float64{2, 0}, 0.95)
	ok(t, err)
	near(t, "value at risk", double.HistoricalValueAtRisk, 2*tail.HistoricalValueAtRisk)
	near(t, "deviation", double.Deviation, 2*tail.Deviation)
	leverage, given, count, err := DynamicLeverage("", 0.3, 0, math.NaN(), make([]Reason, 0, 4))
	ok(t, err)
	near(t, "leverage", leverage, 0.5)
	if count != len(given) || count == 0 || given[0].Code != ReasonVolatilityTarget {
		t.Errorf("%v of %d", given, count)
	}

	stake, err := KellyBinary(0.6, 1, 1)
	ok(t, err)
	near(t, "stake", stake, 0.2)
	weight, err := KellyContinuous(0.0004, 0.0002)
	ok(t, err)
	near(t, "weight", weight, 2)
	full, capped := make([]float64, 2), make([]float64, 2)
	ok(t, KellyUnconstrained([]float64{0.02, 0.03}, []float64{0.04, 0, 0, 0.03}, full))
	near(t, "full Kelly", full[0], 0.5)
	near(t, "full Kelly", full[1], 1)
	ok(t, KellyWeights(`{"fraction": 1, "max_gross": 10, "max_weights": [0.2, 5]}`, []float64{0.02, 0.03}, []float64{0.04, 0, 0, 0.03}, capped))
	near(t, "capped", capped[0], 0.2)
	near(t, "not capped", capped[1], 1)
	estimate := KellyEstimate{Weights: make([]float64, 2), Excess: make([]float64, 2), StandardErrors: make([]float64, 2),
		Unconstrained: make([]float64, 2), UnconstrainedStandardErrors: make([]float64, 2)}
	ok(t, KellyFromReturns("", table, bars, assets, 252, &estimate))
	near(t, "covariance's shrinkage", estimate.CovarianceShrinkage, shrinkage)
	again := make([]float64, 2)
	ok(t, KellyUnconstrained(estimate.Excess, covariance, again))
	if estimate.MeanShrinkage <= 0 || estimate.UnconstrainedStandardErrors[0] <= 0 || math.Abs(again[0]/2-estimate.Unconstrained[0]) > 1e-3*math.Abs(again[0]) {
		t.Errorf("%+v, half of %v", estimate, again)
	}
	estimate.Excess = estimate.Excess[:1]
	refused(t, KellyFromReturns("", table, bars, assets, 252, &estimate), ErrLength, "excess")
}

// TestRegimesAreFittedAndFollowed tells calm bars from wild ones.
func TestRegimesAreFittedAndFollowed(t *testing.T) {
	const bars = 400
	seed := uniform(31)
	observations := make([]float64, bars)
	for i := range observations {
		size := 0.01
		if i/100%2 == 1 {
			size = 0.08
		}
		observations[i] = size * (seed.next() - 0.5)
	}
	tracker, err := FitRegimeTracker(observations, bars, 1, 2, 1, "")
	ok(t, err)
	if width, regimes, err := tracker.Counts(); err != nil || width != 1 || regimes != 2 {
		t.Errorf("%d, %d, %v", width, regimes, err)
	}
	config, err := tracker.ConfigJSON()
	ok(t, err)
	probabilities := make([]float64, 2)
	for i, observation := range observations {
		if i == 150 {
			ok(t, tracker.Probabilities(probabilities))
			if probabilities[1] < 0.9 {
				t.Errorf("in wild bars %v", probabilities)
			}
			state, err := tracker.StateJSON()
			ok(t, err)
			ok(t, tracker.Close())
			tracker, err = RestoreRegimeTracker(config, state)
			ok(t, err)
		}
		ok(t, tracker.Update([]float64{observation}))
	}
	fresh, err := NewRegimeTracker(config)
	ok(t, err)
	ok(t, fresh.Update(nil))
	leverage, limits, err := fresh.Factors()
	if err != nil || leverage != 1 || limits != 1 {
		t.Errorf("factors %v and %v, %v", leverage, limits, err)
	}
	refused(t, tracker.Update([]float64{1, 2}), ErrLength, "observation")
	ok(t, fresh.Close())
	ok(t, tracker.Close())
}
