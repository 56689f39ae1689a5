package pporisk

import (
	"bytes"
	"testing"
)

// TestStepsAreCsBits compares with tests/c/environment.c, with a snapshot that is gone back to on the way.
func TestStepsAreCsBits(t *testing.T) {
	const bars, n, e, steps = 400, 5, 8, 150
	const a, s = n + 1, 3*n + 1 + 2 + 1
	const spec = `{"assets": ["V", "W", "X", "Y", "Z"], "state": {"assets": 5, "window": 20, "account": true,
		"columns": ["wave"]}, "action": {"distribution": "gaussian", "trade_band": 0.02, "weight_cap": 0.6,
		"prior": {"vol_target": {"target": 0.15, "half_life": 20, "lookback": 60}}},
		"network": {"scorer": {"hidden": [4]}}}`
	expected := byC(t, "environment.c", place, t.TempDir(), "150")
	found := &written{t: t}
	seed := uniform(12345)
	prices := NewPrices()
	prices.Bars, prices.Assets, prices.Columns, prices.CashRate = bars, n, 1, 0.03
	prices.AssetNames, prices.ColumnNames = []string{"V", "W", "X", "Y", "Z"}, []string{"wave"}
	prices.Closes = make([]float64, bars*n)
	prices.Signals = make([]float64, bars)
	for i := range prices.Closes {
		before := 100.0
		if i >= n {
			before = prices.Closes[i-n]
		}
		prices.Closes[i] = before * (1 + float64(0.03*(seed.next()-0.49)))
	}
	for i := range prices.Signals {
		prices.Signals[i] = seed.next()
	}
	market, err := MarketFromPrices(&prices)
	ok(t, err)
	selected, err := market.Select(100, 300)
	ok(t, err)
	config := DefaultConfig()
	config.Seed, config.EpisodeLen, config.ControlVariate = 9, 60, ControlVariatePriorPath
	agent, err := NewAgent(spec, nil)
	ok(t, err)
	env, err := NewEnvironments(agent, selected, &config, 3, e)
	ok(t, err)
	defer env.Close()
	again, err := NewEnvironmentsFromSpec(spec, selected, &config, 3, e)
	ok(t, err)
	defer again.Close()
	// They keep what they need.
	for _, handle := range []interface{ Close() error }{agent, selected, market} {
		ok(t, handle.Close())
	}
	found.put(prices.Closes, prices.Signals)
	rows := func() []float64 { return make([]float64, e) }
	out := StepOutputs{Rewards: rows(), RawRewards: rows(), NetReturns: rows(), Turnovers: rows(), Costs: rows(),
		Terminated: make([]uint8, e), Truncated: make([]uint8, e), States: make([]float32, e*s),
		FinalStates: make([]float32, e*s), Prior: make([]float64, e*a)}
	values, drawdowns, held := rows(), rows(), make([]float64, e*a)
	for step := 0; step < steps; step++ {
		if step == 70 {
			snapshot, err := env.Snapshot()
			ok(t, err)
			ok(t, env.Reset())
			ok(t, env.Restore(snapshot))
			ok(t, again.Restore(snapshot))
			refused(t, env.Restore(snapshot[:len(snapshot)-1]), ErrInvalidArgument, "")
		}
		if step%2 == 0 {
			actions := make([]float32, e*a)
			for i := range actions {
				actions[i] = float32(float64(seed.next()*4) - 2)
			}
			ok(t, env.Step(actions, nil, &out))
			found.put(actions)
		} else {
			weights := make([]float64, e*a)
			for row := 0; row < e; row++ {
				sum := 0.0
				for i := row * a; i < (row+1)*a; i++ {
					weights[i] = seed.next()
					sum += weights[i]
				}
				for i := row * a; i < (row+1)*a; i++ {
					weights[i] /= sum
				}
			}
			ok(t, env.StepWeights(weights, &out))
			found.put(weights)
		}
		ok(t, env.Portfolios(values, drawdowns, held))
		found.put(out.Rewards, out.RawRewards, out.NetReturns, out.Turnovers, out.Costs, out.Terminated, out.Truncated,
			out.States, out.FinalStates, out.Prior, values, drawdowns, held)
	}
	states, prior := make([]float32, e*s), make([]float64, e*a)
	ok(t, env.States(states))
	ok(t, env.PriorWeights(prior))
	for i := range states {
		if states[i] != out.States[i] {
			t.Fatalf("state %d is %v, expected %v", i, states[i], out.States[i])
		}
	}
	for i := range prior {
		if prior[i] != out.Prior[i] {
			t.Fatalf("prior weight %d is %v, expected %v", i, prior[i], out.Prior[i])
		}
	}
	episodes := make([]Episode, e)
	for taken := e; taken == e; {
		taken, err = env.TakeEpisodes(episodes)
		ok(t, err)
		for _, episode := range episodes[:taken] {
			found.put(episode.RewardSum, episode.LogGrowth, episode.Turnover, episode.Cost, float64(episode.Steps))
		}
	}
	found.equal("environments", expected)

	one, err := env.Snapshot()
	ok(t, err)
	two, err := again.Snapshot()
	ok(t, err)
	if bytes.Equal(one, two) {
		t.Error("environments that went on are where the snapshot was")
	}
	for expected, question := range map[int]func() (int, error){e: env.Count, n: env.AssetCount, a: env.ActionLen, s: env.StateLen} {
		if found, err := question(); err != nil || found != expected {
			t.Errorf("%d, %v, expected %d", found, err, expected)
		}
	}
	out.Costs = out.Costs[:e-1]
	refused(t, env.StepWeights(held, &out), ErrLength, "`outputs.costs` has length 7, expected 8")
	refused(t, env.StepWeights(held[:a], nil), ErrLength, "`weights`")
	out.Costs, out.States = nil, out.States[:s]
	refused(t, env.StepWeights(held, &out), ErrLength, "`outputs.final_states`")
	refused(t, env.Portfolios(values, drawdowns[:1], nil), ErrLength, "`drawdowns`")
	_, err = env.TakeEpisodes(nil)
	refused(t, err, ErrNullPointer, "episodes")
	ok(t, env.StepWeights(held, &StepOutputs{Prior: prior}))
	ok(t, env.StepWeights(held, nil))
}
