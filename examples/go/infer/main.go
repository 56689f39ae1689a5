// Decides with a trained policy, bar by bar: prints what it wants in the end, how the account stands, and how long a bar
// took. The same program as examples/c/infer.c.
//
//	go run ./infer ../../models/sp500-20-stocks.safetensors ../../data/sp500_20_stocks.csv
//
// Without a price file the closes are made up. It is built against an installation (docs/go.md).
package main

import (
	"fmt"
	"math"
	"os"
	"sort"
	"time"

	"ppo.risk/pporisk"
)

const madeUpBars = 20000

// check ends the program with the library's words where a call fails.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

// readCloses gives the closes of a price file of the policy's assets: [bars, assets].
func readCloses(path string, agent *pporisk.Agent, assets int) (closes []float64, bars int) {
	// A share of the example's file fell to a third in a bar of 1990, which was no split.
	market := must(pporisk.MarketFromCSV(path, `{"splits": "keep"}`, math.NaN()))
	defer market.Close()
	bars = must(market.BarCount())
	columns := must(market.AssetCount())
	for i := 0; i < assets; i++ {
		name, wanted := "", must(agent.AssetName(i))
		if i < columns {
			name = must(market.AssetName(i))
		}
		if columns != assets || name != wanted {
			fmt.Fprintf(os.Stderr, "%s: not the policy's assets in their order (%s)\n", path, wanted)
			os.Exit(1)
		}
	}
	closes = make([]float64, bars*assets)
	check(market.Closes(0, bars, closes))
	return closes, bars
}

// makeUpCloses gives closes that every machine and language makes up alike: moves of up to 2%, a whole number of 2^-20
// each.
func makeUpCloses(assets, bars int) []float64 {
	closes := make([]float64, bars*assets)
	seed := uint32(5)
	for i := range closes {
		before := 100.0
		if i >= assets {
			before = closes[i-assets]
		}
		seed = seed*1664525 + 1013904223
		closes[i] = before * (float64(1027910+(seed>>8)%41944) / 1048576)
	}
	return closes
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: infer POLICY [PRICES]")
		os.Exit(2)
	}
	agent := must(pporisk.Load(os.Args[1]))
	defer agent.Close()
	assets := must(agent.AssetCount())
	actions := must(agent.ActionLen())
	var closes []float64
	bars := madeUpBars
	if len(os.Args) > 2 {
		closes, bars = readCloses(os.Args[2], agent, assets)
	} else {
		closes = makeUpCloses(assets, bars)
	}
	target, held := make([]float64, actions), make([]float64, assets+1)
	latency := make([]float64, 0, bars)

	portfolio := must(pporisk.NewPortfolio(agent, "")) // 100,000 in cash, costs of 0.1%
	defer portfolio.Close()
	warmUp := must(portfolio.WarmUpBars())
	for bar := 0; bar < bars; bar++ {
		start := time.Now()
		ended := pporisk.NewBar(closes[bar*assets : (bar+1)*assets])
		_, err := portfolio.PushPrices(&ended)
		check(err)
		if bar >= warmUp {
			check(portfolio.Rebalance(target))
			latency = append(latency, float64(time.Since(start).Nanoseconds()))
		}
	}
	decisions := len(latency)
	if decisions == 0 {
		fmt.Fprintf(os.Stderr, "%d bars, but the first decision needs %d\n", bars, warmUp+1)
		os.Exit(1)
	}

	account := must(portfolio.Account(held))
	fmt.Printf("ppo_risk %s: %d bars, %d decisions\n\n", pporisk.Version(), bars, decisions)
	fmt.Printf("%-8s  %8s  %8s\n", "", "held", "wanted")
	for i, weight := range held {
		name, wanted := "cash", 0.0
		if i < assets {
			name = must(agent.AssetName(i))
		}
		if i < actions {
			wanted = target[i]
		}
		fmt.Printf("%-8s  %7.3f%%  %7.3f%%\n", name, 100*weight, 100*wanted)
	}
	// What is wanted is traded where the turnover to it is not below the policy's trade band.
	fmt.Printf("\naccount: value %.2f, %.2f%% below its peak, volatility %.3f%% a bar\n", account.Value,
		100*account.Drawdown, 100*account.Volatility)
	sort.Float64s(latency)
	fmt.Printf("latency of a bar in ns: p50 %.0f, p99 %.0f, p99.9 %.0f, max %.0f\n", latency[decisions/2],
		latency[decisions*99/100], latency[decisions*999/1000], latency[decisions-1])
}
