package pporisk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

const small = `{"assets": ["A", "B"], "state": {"assets": 2, "window": 20, "account": false, "columns": []},
	"action": {"distribution": "gaussian", "cash": true},
	"network": {"mlp": {"hidden": [8], "activation": "tanh", "shared_trunk": true}}}`

// TestBadInputsAreRefused expects the codes and words of tests/c/arguments.c, and outputs as they were.
func TestBadInputsAreRefused(t *testing.T) {
	agent := demo(t)
	defer agent.Close()
	stream, err := NewRandom(1, 0)
	ok(t, err)
	defer stream.Close()
	state, prior := inputs(3)
	weights, action := make([]float64, actions), make([]float32, actions)
	for i := range weights {
		weights[i], action[i] = 7, 7
	}
	refused(t, agent.SelectAction(nil, prior, weights), ErrNullPointer, "ppo_select_action: `state` is NULL")
	refused(t, agent.SelectAction(state, nil, weights), ErrInvalidArgument, "`prior` is missing")
	refused(t, agent.SelectAction(state, prior, nil), ErrNullPointer, "`weights_out` is NULL")
	for _, n := range []int{0, 1, stateLen - 1} {
		refused(t, agent.SelectAction(state[:n], prior, weights), ErrLength, "`state`")
		_, err := agent.Value(state[:n])
		refused(t, err, ErrLength, "`state`")
	}
	for _, n := range []int{0, 1, actions - 1} {
		refused(t, agent.SelectAction(state, prior[:n], weights), ErrLength, "`prior`")
		refused(t, agent.SelectAction(state, prior, weights[:n]), ErrLength, "`weights_out`")
		_, err := agent.SampleAction(stream, state, prior, action[:n], weights)
		refused(t, err, ErrLength, "`action_out`")
		_, err = agent.EvaluateAction(state, prior, action[:n])
		refused(t, err, ErrLength, "`action` has")
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		state[5] = float32(bad)
		refused(t, agent.SelectAction(state, prior, weights), ErrNotFinite, "state[5]")
		refused(t, agent.SelectActions(1, state, prior, weights), ErrNotFinite, "state")
		state[5] = 0
		prior[2] = bad
		refused(t, agent.SelectAction(state, prior, weights), ErrNotFinite, "prior[2]")
		prior[2] = 0
	}
	refused(t, agent.SelectAction(state, weights, weights), ErrInvalidArgument, "`weights_out` is memory that `prior` uses")
	refused(t, agent.SelectActions(-1, state, prior, weights), ErrLength, "")
	prior[1] = -0.5
	refused(t, agent.SelectAction(state, prior, weights), ErrInvalidArgument, "prior[1]")
	for i := range weights {
		if weights[i] != 7 || action[i] != 7 {
			t.Fatal("an output was written on an error")
		}
	}
	_, err = agent.AssetName(20)
	refused(t, err, ErrInvalidArgument, "`index`")
	_, err = agent.AssetName(-2)
	refused(t, err, ErrInvalidArgument, "`index`")
	words, err := agent.LastError()
	ok(t, err)
	if !strings.Contains(words, "ppo_agent_asset_name: `index`") {
		t.Errorf("the agent's last words are %q", words)
	}

	_, err = Load("no/such/file")
	refused(t, err, ErrIO, "ppo_load: cannot read")
	_, err = Load("")
	refused(t, err, ErrInvalidArgument, "`path`")
	_, err = Load("a\x00b")
	refused(t, err, ErrInvalidArgument, "`path` has a zero byte at 1")
	_, err = LoadBytes(nil)
	refused(t, err, ErrNullPointer, "`bytes` is NULL")
	_, err = LoadBytes([]byte("no policy"))
	refused(t, err, ErrFile, "")
	_, err = NewAgent("{", nil)
	refused(t, err, ErrInvalidArgument, "spec_json")
	refused(t, agent.Save(filepath.Join(t.TempDir(), "no", "folder")), ErrIO, "ppo_save")

	_, err = ConfigFromJSON(`{"ppo": {"gama": 1}}`)
	refused(t, err, ErrInvalidArgument, "json: ppo.gama")
	_, err = ConfigFromJSON(`{"ppo": {"gamma": 2}}`)
	refused(t, err, ErrInvalidArgument, "ppo.gamma")
	config := DefaultConfig()
	config.Gamma = math.NaN()
	_, err = config.JSON()
	refused(t, err, ErrNotFinite, "ppo.gamma")
	_, err = (&Config{}).JSON()
	refused(t, err, ErrVersion, "")
	if name := (&Error{Code: ErrTable}).Name(); name != "PPO_ERR_TABLE" {
		t.Errorf("the name of ErrTable is %s", name)
	}
	refused(t, SetTorchThreads(0), ErrInvalidArgument, "`threads`")
	if Features()&FeatureTrain == 0 {
		refused(t, SetTorchThreads(1), ErrNotBuilt, "without libtorch")
	}
}

// TestMarketsAndManagersRefuse does so for the handles that come with arrays in structs.
func TestMarketsAndManagersRefuse(t *testing.T) {
	prices := NewPrices()
	prices.Bars, prices.Assets = 3, 2
	_, err := MarketFromPrices(&prices)
	refused(t, err, ErrNullPointer, "closes")
	prices.Closes = []float64{1, 2, 3, 4, 5}
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrLength, "`prices.closes` has length 5, expected 6")
	prices.Closes = append(prices.Closes, -6)
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "-6")
	prices.Closes[5] = 6
	prices.AssetNames = []string{"A", "A\x00"}
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "`asset_names[1]` has a zero byte at 1")
	prices.AssetNames[1] = "A"
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "A")
	prices.Bars = -1
	_, err = MarketFromPrices(&prices)
	refused(t, err, ErrInvalidArgument, "-1 bars")
	_, err = MarketFromCSV("no/such/file", "", math.NaN())
	refused(t, err, ErrIO, "ppo_market_from_csv")
	_, err = MarketFromArrow(nil, "")
	refused(t, err, ErrNullPointer, "`stream` is NULL")
	var released [5]uintptr // a struct ArrowArrayStream whose functions are NULL
	_, err = MarketFromArrow(unsafe.Pointer(&released), "")
	refused(t, err, ErrInvalidArgument, "`stream` is one that was released")
	_, err = SimulatedMarket(`{"model": "none"}`)
	refused(t, err, ErrInvalidArgument, "")

	_, err = NewRiskManager(`{"no_such_key": 1}`, 2)
	refused(t, err, ErrInvalidArgument, "no_such_key")
	manager, err := NewRiskManager("", 2)
	ok(t, err)
	defer manager.Close()
	bar := NewBar([]float64{100, 100})
	portfolio := NewRiskPortfolio([]float64{0.5, 0.5}, []float64{0, 0}, 1000)
	decision := NewDecision(2, 8)
	decision.Weights[0], decision.Gross = 7, 7
	bar.Closes = bar.Closes[:1]
	refused(t, manager.Manage(&bar, &portfolio, decision), ErrLength, "closes")
	refused(t, manager.Observe(&bar), ErrLength, "closes")
	bar.Closes = []float64{100, math.NaN()}
	refused(t, manager.Manage(&bar, &portfolio, decision), ErrNotFinite, "closes[1]")
	bar.Closes[1] = 100
	portfolio.Equity = 0
	refused(t, manager.Manage(&bar, &portfolio, decision), ErrInvalidArgument, "equity")
	if decision.Weights[0] != 7 || decision.Gross != 7 || len(decision.Reasons) != 0 {
		t.Error("a decision was written on an error")
	}
	refused(t, manager.ResetStop(2), ErrInvalidArgument, "asset")
	_, err = Reason{Code: 9999}.Describe(nil, nil)
	refused(t, err, ErrInvalidArgument, "")
	agent, err := NewAgent(small, nil)
	ok(t, err)
	defer agent.Close()
	account, err := NewPortfolio(agent, "")
	ok(t, err)
	defer account.Close()
	refused(t, account.Rebalance(make([]float64, 3)), ErrNotReady, "")
	short := NewBar([]float64{1})
	_, err = account.PushPrices(&short)
	refused(t, err, ErrLength, "`bar.closes`")
}

// TestADefectPoisonsItsHandle forces a panic in the library, which only one with debug assertions can be made to meet.
func TestADefectPoisonsItsHandle(t *testing.T) {
	agent := demo(t)
	defer agent.Close()
	clone, err := agent.Clone()
	ok(t, err)
	defer clone.Close()
	if _, err = agent.AssetName(-1); errors.Is(err, ErrInvalidArgument) {
		t.Skip("the library has no debug assertions")
	}
	refused(t, err, ErrPanic, "forced by a test")
	_, err = agent.ActionLen()
	refused(t, err, ErrPoisoned, "is poisoned")
	words, err := agent.LastError()
	ok(t, err)
	if !strings.Contains(words, "forced by a test") {
		t.Errorf("the poisoned agent's words are %q", words)
	}
	_, err = clone.ActionLen()
	ok(t, err)
}

// TestErrorsAreTheCallsOwn lets goroutines fail in different ways on one handle: each gets its own words.
func TestErrorsAreTheCallsOwn(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	agent := demo(t)
	defer agent.Close()
	var group sync.WaitGroup
	for g := 0; g < 8; g++ {
		group.Add(1)
		go func(g int) {
			defer group.Done()
			state, prior := inputs(g)
			weights := make([]float64, actions)
			state[g] = float32(math.NaN())
			for k := 0; k < 2000; k++ {
				err := agent.SelectAction(state, prior, weights)
				if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("state[%d]", g)) {
					t.Errorf("goroutine %d was told %v", g, err)
					return
				}
				if k%16 == 0 {
					runtime.Gosched()
				}
			}
		}(g)
	}
	group.Wait()
}

// TestClosedHandlesAreRefused calls handles that are closed, twice over, or never were open.
func TestClosedHandlesAreRefused(t *testing.T) {
	agent := demo(t)
	stream, err := NewRandom(1, 0)
	ok(t, err)
	state, prior := inputs(0)
	weights := make([]float64, actions)
	open := demo(t)
	defer open.Close()
	ok(t, agent.Close())
	ok(t, agent.Close())
	ok(t, stream.Close())
	_, cloned := agent.Clone()
	_, sampled := open.SampleAction(stream, state, prior, make([]float32, actions), nil)
	_, copied := stream.Clone()
	_, described := agent.SpecJSON()
	_, saved := agent.SaveBytes()
	_, counted := agent.ActionLen()
	_, made := NewOnlineTrainer(agent, nil)
	_, trained := (&Trainer{}).Train(context.Background(), nil)
	for what, err := range map[string]error{
		"SelectAction": agent.SelectAction(state, prior, weights), "Clone": cloned, "SampleAction": sampled,
		"Random.Clone": copied, "SpecJSON": described, "SaveBytes": saved, "ActionLen": counted,
		"NewOnlineTrainer": made, "Train": trained, "zero": (&Agent{}).SelectAction(state, prior, weights),
		"Job.Wait": (&Job{}).Wait(context.Background()), "Save": agent.Save(filepath.Join(os.TempDir(), "never")),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s answers %v, expected ErrClosed", what, err)
		}
	}
	ok(t, (&Agent{}).Close())
	ok(t, (&Job{}).Close())
	// The handle that stayed open was left by the call that failed.
	ok(t, open.Close())
}
