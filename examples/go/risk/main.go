// Holds a portfolio to its limits through a made-up fall in prices: bar by bar what is decided, and why. The same program
// as examples/c/risk.c.
//
//	go run ./risk
//
// The wish never changes: 75% stocks, 25% gold.
package main

import (
	"fmt"
	"os"

	"ppo.risk/pporisk"
)

const (
	assets  = 2
	reasons = 64
)

// Any settings may be left out; RiskManager.ConfigJSON writes them all.
const settings = `{"limits": {"max_weights": [0.6, 0.4], "min_cash": 0.05},
	"drawdown": {"reduce_at": 0.06, "stop_at": 0.1},
	"stops": {"stop": 0.16, "cooldown": 5},
	"hedge": {"threshold": 0.05, "band": 0.02},
	"leverage": null, "positions": null, "trade_band": 0.02}`

var names = []string{"STOCKS", "GOLD"}

// Returns of each bar.
var returns = [][assets]float64{
	{0.000, 0.000}, {0.010, 0.004}, {0.012, 0.001}, {-0.008, 0.006}, {0.015, -0.002},
	{-0.040, 0.003}, {-0.035, 0.005}, {-0.030, 0.004}, {0.022, -0.006}, {0.024, 0.010},
	{0.018, 0.006}, {-0.045, 0.002}, {-0.060, 0.001}, {-0.050, 0.004}, {0.012, 0.003},
	{0.030, -0.004}, {0.010, 0.002}, {0.020, 0.002}, {0.015, 0.008}, {0.010, 0.004},
}

// check ends the program with the library's words where a call fails.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// drift is what the bar makes of the portfolio: equity grows with what was held, and so does each weight's part of it.
func drift(returns [assets]float64, closes, held []float64, equity *float64) {
	growth := 1.0
	for i := range held {
		growth += float64(held[i] * returns[i])
	}
	for i := range held {
		closes[i] *= 1 + returns[i]
		held[i] *= (1 + returns[i]) / growth
	}
	*equity *= growth
}

// show prints one line of numbers, then what shaped the decision. Codes from 100 on only say what was not looked at.
func show(bar int, equity float64, decision *pporisk.Decision) {
	states := [...]string{"ACTIVE", "REDUCING", "HALTED"}
	fmt.Printf("%3d  equity %6.0f  drawdown %4.1f%%  %-8s  stocks %4.1f%%  gold %4.1f%%\n", bar, equity,
		100*decision.Drawdown, states[decision.State], 100*decision.Weights[0], 100*decision.Weights[1])
	if decision.HedgeSide == pporisk.HedgeSell {
		fmt.Printf("       hedge: short %.0f of the index\n", decision.HedgeNotional)
	}
	for _, reason := range decision.Reasons {
		if reason.Code < 100 {
			line, err := reason.Describe(names, nil)
			check(err)
			fmt.Printf("       %s\n", line)
		}
	}
}

func main() {
	closes, wish, held, equity := []float64{100, 40}, []float64{0.75, 0.25}, []float64{0, 0}, 100000.0
	manager, err := pporisk.NewRiskManager(settings, assets)
	check(err)
	defer manager.Close()
	// The structs keep the places of the arrays; what stands in them is new with every bar.
	market := pporisk.NewBar(closes)
	portfolio := pporisk.NewRiskPortfolio(wish, held, equity)
	decision := pporisk.NewDecision(assets, reasons)

	for bar := range returns {
		drift(returns[bar], closes, held, &equity)
		if bar == 15 {
			// HALTED stays until a person has looked at it.
			fmt.Println("     risk_manager_reset: trading goes on")
			check(manager.Reset())
		}
		portfolio.Equity = equity
		check(manager.Manage(&market, &portfolio, decision))
		show(bar, equity, decision)
		// The host trades here; this one gets what was decided, at the close and without costs or the hedge.
		copy(held, decision.Weights)
	}
}
