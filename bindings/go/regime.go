package pporisk

// #include <ppo_risk.h>
import "C"

// RegimeTracker follows the probabilities of a hidden Markov model's regimes. One call at a time.
type RegimeTracker struct{ *handle }

func madeRegimeTracker(f func(made **C.risk_regime) C.ppo_status) (*RegimeTracker, error) {
	var made *C.risk_regime
	if err := call(func() C.ppo_status { return f(&made) }); err != nil {
		return nil, err
	}
	return ownRegimeTracker(made), nil
}

// NewRegimeTracker makes a tracker that has seen nothing, of a model as ConfigJSON writes it.
func NewRegimeTracker(configJSON string) (made *RegimeTracker, err error) {
	err = withText("config_json", configJSON, func(config *C.char) error {
		made, err = madeRegimeTracker(func(made **C.risk_regime) C.ppo_status {
			return C.risk_regime_new(config, made)
		})
		return err
	})
	return made, err
}

// RestoreRegimeTracker makes a tracker that goes on, bit for bit, from what StateJSON gave.
func RestoreRegimeTracker(configJSON, stateJSON string) (made *RegimeTracker, err error) {
	err = withText("config_json", configJSON, func(config *C.char) error {
		return withText("state_json", stateJSON, func(state *C.char) error {
			made, err = madeRegimeTracker(func(made **C.risk_regime) C.ppo_status {
				return C.risk_regime_restore(config, state, made)
			})
			return err
		})
	})
	return made, err
}

// FitRegimeTracker fits regimes to observations [bars, width], oldest first, and makes a tracker of them, calmest first,
// that has seen nothing; "" for the default options (risk_regime_fit in include/ppo_risk.h).
func FitRegimeTracker(observations []float64, bars, width, regimes int, seed uint64, optionsJSON string) (made *RegimeTracker, err error) {
	err = withOptional("options_json", optionsJSON, func(options *C.char) error {
		made, err = madeRegimeTracker(func(made **C.risk_regime) C.ppo_status {
			return C.risk_regime_fit(float64s(observations), C.size_t(len(observations)), C.size_t(bars), C.size_t(width),
				C.size_t(regimes), C.uint64_t(seed), options, made)
		})
		return err
	})
	return made, err
}
