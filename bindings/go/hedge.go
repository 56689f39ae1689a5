package pporisk

// #include <ppo_risk.h>
import "C"

// Hedge is an overlay that is opened in a drawdown and lowers the net exposure until it is over. One call at a time.
type Hedge struct{ *handle }

// madeHedge makes a call that gives one.
func madeHedge(configJSON string, f func(config *C.char, made **C.risk_hedge) C.ppo_status) (*Hedge, error) {
	var made *C.risk_hedge
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return call(func() C.ppo_status { return f(config, &made) })
	})
	if err != nil {
		return nil, err
	}
	return ownHedge(made), nil
}

// NewHedge makes a hedge that is closed; settings as the key "hedge" of RiskManager.ConfigJSON, "" for the defaults.
func NewHedge(configJSON string) (*Hedge, error) {
	return madeHedge(configJSON, func(config *C.char, made **C.risk_hedge) C.ppo_status {
		return C.risk_hedge_new(config, made)
	})
}

// RestoreHedge makes one that goes on from what StateJSON gave.
func RestoreHedge(configJSON string, stateJSON string) (restored *Hedge, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		restored, err = madeHedge(configJSON, func(config *C.char, made **C.risk_hedge) C.ppo_status {
			return C.risk_hedge_restore(config, state, made)
		})
		return err
	})
	return restored, err
}

// Decide gives the hedge for a bar, with the weights that the portfolio will hold [N] and betas of the assets [N]; nil:
// every asset counts as 1. The reasons are written to `room`, as many as its capacity has room for; `count` is all of
// them.
func (h *Hedge) Decide(drawdown float64, weights []float64, equity float64, betas []float64, room []Reason) (position HedgePosition, given []Reason, count int, err error) {
	position = emptyHedgePosition()
	var n C.size_t
	err = use(func() C.ppo_status {
		return C.risk_hedge_decide(h.c(), C.double(drawdown), float64s(weights), C.size_t(len(weights)),
			C.double(equity), float64s(betas), C.size_t(len(betas)), position.c(), reasons(room), C.size_t(cap(room)), &n)
	}, h.handle)
	if err != nil {
		return position, nil, 0, err
	}
	return position, filled(room, n), int(n), nil
}
