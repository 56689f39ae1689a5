package pporisk

// #include <ppo_risk.h>
import "C"

import "unsafe"

// Hedge is an overlay that is opened in a drawdown and lowers the net exposure until it is over. One call at a time.
type Hedge struct{ *handle }

func (h *Hedge) c() *C.risk_hedge { return (*C.risk_hedge)(h.pointer) }

// madeHedge makes a call that gives one.
func madeHedge(configJSON string, f func(config *C.char, made **C.risk_hedge) C.ppo_status) (*Hedge, error) {
	var made *C.risk_hedge
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return call(func() C.ppo_status { return f(config, &made) })
	})
	if err != nil {
		return nil, err
	}
	return &Hedge{newHandle(unsafe.Pointer(made), func(p unsafe.Pointer) { C.risk_hedge_free((*C.risk_hedge)(p)) })}, nil
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

// HedgePosition is the hedge position to hold after a bar: risk_hedge_position of include/ppo_risk.h.
type HedgePosition struct {
	structSize uint32
	reserved   uint32
	// Active is whether the hedge is open.
	Active Flag
	// Side of the position, opposite to the net exposure.
	Side HedgeSide
	// Notional is the size of the position in money, 0 or more.
	Notional float64
	// Net exposure that is hedged, as a signed part of equity.
	Net float64
	// Ratio is the part of the net exposure that is hedged; 0 while closed.
	Ratio float64
}

func (p *HedgePosition) c() *C.risk_hedge_position {
	return (*C.risk_hedge_position)(unsafe.Pointer(p))
}

// Decide gives the hedge for a bar, with the weights that the portfolio will hold [N] and betas of the assets [N]; nil:
// every asset counts as 1. The reasons are written to `room`, as many as its capacity has room for; `count` is all of
// them.
func (h *Hedge) Decide(drawdown float64, weights []float64, equity float64, betas []float64, room []Reason) (position HedgePosition, given []Reason, count int, err error) {
	initialised("risk_hedge_position", C.risk_hedge_position_init(position.c(), C.sizeof_risk_hedge_position))
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

// ConfigJSON is the settings, every key with its value.
func (h *Hedge) ConfigJSON() (string, error) {
	return h.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.risk_hedge_config_json(h.c(), buffer, capacity, needed)
	})
}

// StateJSON is all that is remembered, for RestoreHedge.
func (h *Hedge) StateJSON() (string, error) {
	return h.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.risk_hedge_state_json(h.c(), buffer, capacity, needed)
	})
}

// LastError is the words of the last failed call, whichever goroutine made it.
func (h *Hedge) LastError() (string, error) {
	return h.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.risk_hedge_last_error(h.c(), buffer, capacity, needed)
	})
}
