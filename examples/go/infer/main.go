// Decides with a trained policy: loads it, streams states through it, prints the last weights and the latency. The same
// program as examples/c/infer.c.
//
//	go run ./infer ../../models/sp500-20-stocks.safetensors 100000
//
// Build against an installation (docs/go.md).
//
// The states here are made up. A host fills them as Agent.StateLen says: current weights, last returns, rolling
// volatility, cash ratio.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"

	pporisk "ppo_risk"
)

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

// nextState is a state like one of the market's: returns and volatilities of a percent or so, and the weights held.
func nextState(state []float32, assets int, held []float64, bar int) {
	for i := 0; i < assets; i++ {
		wiggle := (bar*7919 + i*104729) % 1000
		state[i] = float32(held[i])
		state[assets+i] = (float32(wiggle) - 500) * 4e-5
		state[2*assets+i] = 0.01 + float32(float32(wiggle%97)*1e-4)
	}
}

func main() {
	decisions := 100000
	if len(os.Args) > 2 {
		decisions, _ = strconv.Atoi(os.Args[2])
	}
	if len(os.Args) < 2 || decisions <= 0 {
		fmt.Fprintln(os.Stderr, "usage: infer POLICY [DECISIONS]")
		os.Exit(2)
	}
	agent := must(pporisk.Load(os.Args[1]))
	defer agent.Close()
	assets := must(agent.AssetCount())
	actions := must(agent.ActionLen())

	state := make([]float32, must(agent.StateLen()))
	weights := make([]float64, actions)
	prior := make([]float64, must(agent.PriorLen()))
	latency := make([]float64, decisions)
	// The policy's prior at this close: 80% in equal parts, cash for the rest (or all of it, without cash).
	invested := 1.0
	if len(prior) > assets {
		invested = 0.8
	}
	for i := range prior {
		prior[i] = 1 - invested
		if i < assets {
			prior[i] = invested / float64(assets)
		}
	}
	if len(prior) == 0 {
		prior = nil
	}
	for bar := range latency {
		nextState(state, assets, weights, bar)
		state[3*assets] = 0
		if actions > assets {
			state[3*assets] = float32(weights[assets])
		}
		start := time.Now()
		check(agent.SelectAction(state, prior, weights))
		latency[bar] = float64(time.Since(start).Nanoseconds())
	}

	fmt.Printf("ppo_risk %s, %d decisions\n", pporisk.Version(), decisions)
	for i, weight := range weights {
		name := "cash"
		if i < assets {
			name = must(agent.AssetName(i))
		}
		fmt.Printf("%-8s %7.4f\n", name, weight)
	}
	sort.Float64s(latency)
	fmt.Printf("latency in ns: p50 %.0f, p99 %.0f, p99.9 %.0f, max %.0f\n", latency[decisions/2],
		latency[decisions*99/100], latency[decisions*999/1000], latency[decisions-1])
}
