// Command figures prints what decisions through Go cost beyond the C calls, one figure a line. Both are timed in this
// process, in turn, so that what else the machine does falls on both alike.
//
//	go run ./internal/figures POLICY
package main

import (
	"fmt"
	"log"
	"os"
	"sort"
	"time"

	"ppo.risk/pporisk"
	"ppo.risk/pporisk/internal/direct"
)

const (
	copies            = 9
	rounds, decisions = 301, 200
	batches, rows     = 41, 1024
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: figures POLICY")
	}
	var single, overhead, ratio []float64
	for copy := 0; copy < copies; copy++ {
		here, there, over := measure(os.Args[1])
		single, overhead, ratio = append(single, here), append(overhead, here-there), append(ratio, over)
	}
	fmt.Printf("go_select_action_p50_ns %.0f\n", median(single))
	fmt.Printf("go_select_action_overhead_ns %.0f\n", median(overhead))
	fmt.Printf("go_select_actions_1024_over_c %.3f\n", median(ratio))
}

// Nanoseconds of a decision in Go and in C, and what a batch takes in Go over what it takes in C, with one copy of the
// policy for each: where one lies in memory is worth a few percent.
func measure(policy string) (float64, float64, float64) {
	agent, err := pporisk.Load(policy)
	must(err)
	defer agent.Close()
	must(direct.Load(policy))
	s, err := agent.StateLen()
	must(err)
	a, err := agent.ActionLen()
	must(err)
	states, priors, weights := make([]float32, rows*s), make([]float64, rows*a), make([]float64, rows*a)
	for i := range priors {
		priors[i] = 1 / float64(a)
	}
	inGo, inC := inTurn(rounds, func() {
		for k := 0; k < decisions; k++ {
			must(agent.SelectAction(states[:s], priors[:a], weights[:a]))
		}
	}, func() float64 { return decisions * direct.Decide(decisions) })
	allInGo, allInC := inTurn(batches, func() { must(agent.SelectActions(rows, states, priors, weights)) },
		func() float64 { return direct.DecideAll(rows, states, priors, weights) })
	return median(inGo) / decisions, median(inC) / decisions, median(allInGo) / median(allInC)
}

// Nanoseconds of each round in Go and in C.
func inTurn(rounds int, here func(), inC func() float64) ([]float64, []float64) {
	found, there := make([]float64, rounds), make([]float64, rounds)
	for i := range found {
		start := time.Now()
		here()
		found[i] = float64(time.Since(start).Nanoseconds())
		if there[i] = inC(); there[i] <= 0 {
			log.Fatal("a decision in C fails")
		}
	}
	return found, there
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func median(values []float64) float64 {
	sorted := append([]float64(nil), values...)
	sort.Float64s(sorted)
	return sorted[len(sorted)/2]
}
