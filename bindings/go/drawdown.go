package pporisk

// #include <ppo_risk.h>
import "C"

// DrawdownMonitor follows equity, its peak and its drawdown, and the state that they lead to. One call at a time.
type DrawdownMonitor struct{ *handle }

// madeDrawdownMonitor makes a call that gives one.
func madeDrawdownMonitor(configJSON string, f func(config *C.char, made **C.risk_drawdown) C.ppo_status) (*DrawdownMonitor, error) {
	var made *C.risk_drawdown
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return call(func() C.ppo_status { return f(config, &made) })
	})
	if err != nil {
		return nil, err
	}
	return ownDrawdownMonitor(made), nil
}

// NewDrawdownMonitor makes a monitor that is RiskActive, without a peak; settings as the key "drawdown" of
// RiskManager.ConfigJSON, "" for the defaults, which have no thresholds.
func NewDrawdownMonitor(configJSON string) (*DrawdownMonitor, error) {
	return madeDrawdownMonitor(configJSON, func(config *C.char, made **C.risk_drawdown) C.ppo_status {
		return C.risk_drawdown_new(config, made)
	})
}

// RestoreDrawdownMonitor makes one that goes on from what StateJSON gave.
func RestoreDrawdownMonitor(configJSON string, stateJSON string) (restored *DrawdownMonitor, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		restored, err = madeDrawdownMonitor(configJSON, func(config *C.char, made **C.risk_drawdown) C.ppo_status {
			return C.risk_drawdown_restore(config, state, made)
		})
		return err
	})
	return restored, err
}

// DrawdownUpdate is what a bar's equity came to.
type DrawdownUpdate struct {
	// State for the decision of this bar.
	State RiskState
	// Drawdown of this bar, in [0, 1].
	Drawdown float64
	// Reasons, as many as there was room for, and ReasonCount, all of them.
	Reasons     []Reason
	ReasonCount int
}

// Update takes in a bar's equity; drawdown NaN: the monitor follows the peak of the equities that it is shown. The
// reasons are written to `room`, as many as its capacity has room for.
func (m *DrawdownMonitor) Update(equity, drawdown float64, room []Reason) (DrawdownUpdate, error) {
	var state C.uint32_t
	var found C.double
	var count C.size_t
	err := use(func() C.ppo_status {
		return C.risk_drawdown_update(m.c(), C.double(equity), C.double(drawdown), &state, &found, reasons(room),
			C.size_t(cap(room)), &count)
	}, m.handle)
	if err != nil {
		return DrawdownUpdate{}, err
	}
	return DrawdownUpdate{RiskState(state), float64(found), filled(room, count), int(count)}, nil
}
