// Trains a policy on prices and judges it on later ones. The same program as examples/c/train.c.
//
//	go run ./train ../../data/sp500_20_stocks.csv policy.safetensors 300000
//
// The prices are a CSV file of daily closes (`make prices` fetches this one: 20 US stocks, chosen with hindsight, which
// flatters every figure alike), the policy is written to the second argument, the third is how many decisions to learn
// from. Learning ends with 2012; what is said of the policy is about the years after. The settings are those of
// `make train`: small corrections to an equal weight that is scaled to a volatility of 15%.
//
// It is built with a library that has the trainer.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"time"

	"ppo.risk/pporisk"
)

// The midnights that begin the last day of learning and the first of judging.
var (
	learnsUntil = time.Date(2012, time.December, 31, 0, 0, 0, 0, time.UTC)
	judgedFrom  = time.Date(2013, time.January, 1, 0, 0, 0, 0, time.UTC)
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

// date is that of a bar, such as 2012-12-31.
func date(market *pporisk.Market, bar int) string {
	return must(market.Time(bar)).Format("2006-01-02")
}

// untrained is what the policy is: it sees weights, last returns, volatility and cash, and scores every asset with one
// small network. Nothing is traded below a turnover of 10%.
func untrained(market *pporisk.Market, assets int, config *pporisk.Config) *pporisk.Agent {
	names := make([]string, assets)
	for i := range names {
		names[i] = must(market.AssetName(i))
	}
	spec := fmt.Sprintf(`{"assets": %s, "state": {"window": 20, "account": false, "columns": []},
		"action": {"distribution": "gaussian", "cash": true, "trade_band": 0.1,
		"prior": {"vol_target": {"target": 0.15, "half_life": 20, "lookback": 252}}},
		"network": {"scorer": {"hidden": [32, 32]}}}`, must(json.Marshal(names)))
	return must(pporisk.NewAgent(spec, config))
}

// progress prints a line for about every tenth of the updates.
func progress(config *pporisk.Config) func(pporisk.Metrics) error {
	rollout := config.NEnvs * config.NSteps
	updates := (config.TotalSteps + rollout - 1) / rollout
	every := (updates + 9) / 10
	return func(metrics pporisk.Metrics) error {
		if metrics.Update%every == 0 || metrics.Update == updates {
			fmt.Printf("%6d  %9d", metrics.Update, metrics.EnvSteps)
			if math.IsNaN(metrics.EpisodeReward) {
				fmt.Printf("  %14s", "none ended") // of the episodes in this update
			} else {
				fmt.Printf("  %14.5f", metrics.EpisodeReward)
			}
			fmt.Printf("  %9.5f  %6.4f\n", metrics.ApproxKl, metrics.Std)
		}
		return nil // go on
	}
}

func train(agent *pporisk.Agent, market *pporisk.Market, config *pporisk.Config, path string) pporisk.Metrics {
	options := &pporisk.TrainOptions{
		Progress:       progress(config),
		CheckpointPath: path, // Load reads it, and ResumeTrainer goes on from it
	}
	fmt.Println("update  decisions  episode reward  approx_kl     std")
	trainer := must(pporisk.NewTrainer(agent, market, config))
	defer trainer.Close()
	return must(trainer.Train(context.Background(), options))
}

// judge prints annual figures after costs, and how sure the differences are.
func judge(agent *pporisk.Agent, market *pporisk.Market) {
	names := []string{"policy", "equal weight", "volatility target"}
	tests := []*pporisk.Backtest{
		must(pporisk.RunBacktest(agent, market, "")),
		must(pporisk.RunBaseline(market, pporisk.BaselineEqualWeight, "")),
		must(pporisk.RunBaseline(market, pporisk.BaselineVolTargetEqualWeight, "")),
	}
	fmt.Printf("%-18s  %7s  %10s  %7s  %8s  %8s\n", "", "return", "volatility", "Sharpe", "drawdown", "turnover")
	for i, test := range tests {
		sum := must(test.Summarize())
		fmt.Printf("%-18s  %6.1f%%  %9.1f%%  %7.3f  %7.1f%%  %8.2f\n", names[i], 100*sum.AnnualReturn,
			100*sum.Volatility, sum.Sharpe, 100*sum.MaxDrawdown, sum.Turnover)
	}
	for i, test := range tests[1:] {
		of := must(tests[0].Compare(test, ""))
		if math.IsNaN(of.Low) {
			fmt.Printf("\nSharpe ratio, policy less %s: %.2f, too few bars for an interval\n", names[i+1], of.Median)
			continue
		}
		fmt.Printf("\nSharpe ratio, policy less %s: %.2f, 90%% interval %.2f to %.2f\n", names[i+1], of.Median, of.Low, of.High)
		if of.Low > 0 || of.High < 0 {
			fmt.Println("The interval does not include 0, for this seed on these prices.")
		} else {
			fmt.Println("The interval includes 0: no difference can be claimed.")
		}
	}
	for _, test := range tests {
		test.Close()
	}
}

func main() {
	config := pporisk.DefaultConfig()
	config.TotalSteps = 300000
	if len(os.Args) > 3 {
		config.TotalSteps, _ = strconv.ParseUint(os.Args[3], 10, 64)
	}
	if len(os.Args) < 3 || config.TotalSteps == 0 {
		fmt.Fprintln(os.Stderr, "usage: train PRICES POLICY [DECISIONS]")
		os.Exit(2)
	}
	if pporisk.Features()&pporisk.FeatureTrain == 0 {
		fmt.Fprintln(os.Stderr, "this library was built without the trainer")
		os.Exit(1)
	}
	// A share of the example's file fell to a third in a bar of 1990, which was no split.
	market := must(pporisk.MarketFromCSV(os.Args[1], `{"splits": "keep"}`, math.NaN()))
	defer market.Close()
	bars := must(market.BarCount())
	assets := must(market.AssetCount())
	lastLearnt := must(market.BarAt(learnsUntil, pporisk.BarAtOrBefore))
	firstJudged := must(market.BarAt(judgedFrom, pporisk.BarAtOrAfter))
	early := must(market.Select(0, lastLearnt))
	defer early.Close()
	late := must(market.Select(firstJudged, bars-1))
	defer late.Close()
	fmt.Printf("ppo_risk %s, %d assets\n\n", pporisk.Version(), assets)

	// Rewarded is logarithmic growth less that of the prior on the same bars; the rest is as DefaultConfig has it.
	config.Reward = pporisk.RewardLogReturn
	config.ControlVariate = pporisk.ControlVariatePriorPath
	config.Gamma = 0.9
	config.Device = pporisk.DeviceCPU // the same numbers whether there is CUDA or not
	agent := untrained(market, assets, &config)
	defer agent.Close()
	fmt.Printf("learns from %s to %s\n", date(market, 0), date(market, lastLearnt))
	last := train(agent, early, &config, os.Args[2])
	fmt.Printf("speed: %.0f decisions a second\n", last.EnvStepsPerS)
	fmt.Printf("written to %s\n\n", os.Args[2])

	fmt.Printf("judged from %s to %s, at costs of 0.1%%\n", date(market, firstJudged), date(market, bars-1))
	judge(agent, late)
}
