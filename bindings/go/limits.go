package pporisk

// #include <ppo_risk.h>
import "C"

// Limits are what a portfolio may hold, and the last bars' returns that its tail risk is measured on. One call at a time.
type Limits struct{ *handle }

// madeLimits makes a call that gives one.
func madeLimits(configJSON string, f func(config *C.char, made **C.risk_limits) C.ppo_status) (*Limits, error) {
	var made *C.risk_limits
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return call(func() C.ppo_status { return f(config, &made) })
	})
	if err != nil {
		return nil, err
	}
	return ownLimits(made), nil
}

// NewLimits makes limits on so many assets that have seen no returns; settings as the key "limits" of
// RiskManager.ConfigJSON, "" for the defaults.
func NewLimits(configJSON string, assets int) (*Limits, error) {
	return madeLimits(configJSON, func(config *C.char, made **C.risk_limits) C.ppo_status {
		return C.risk_limits_new(config, C.size_t(assets), made)
	})
}

// RestoreLimits makes one that goes on from what StateJSON gave.
func RestoreLimits(configJSON string, assets int, stateJSON string) (restored *Limits, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		restored, err = madeLimits(configJSON, func(config *C.char, made **C.risk_limits) C.ppo_status {
			return C.risk_limits_restore(config, C.size_t(assets), state, made)
		})
		return err
	})
	return restored, err
}

// Apply writes the allowed weights nearest to a target to `weights`; all arrays are [N]. Turnover counts from `current`;
// `factor`, 0 to 1, multiplies every limit on exposure; `low` and `high` are further bounds, nil for none. The reasons
// are written to `room`, as many as its capacity has room for; `count` is all of them.
func (l *Limits) Apply(target, current []float64, factor float64, low, high, weights []float64, room []Reason) (given []Reason, count int, err error) {
	var n C.size_t
	err = use(func() C.ppo_status {
		return C.risk_limits_apply(l.c(), float64s(target), C.size_t(len(target)), float64s(current),
			C.size_t(len(current)), C.double(factor), float64s(low), C.size_t(len(low)), float64s(high),
			C.size_t(len(high)), float64s(weights), C.size_t(len(weights)), reasons(room), C.size_t(cap(room)), &n)
	}, l.handle)
	if err != nil {
		return nil, 0, err
	}
	return filled(room, n), int(n), nil
}
