package pporisk

// #include <ppo_risk.h>
import "C"

// RiskManager decides once a bar: takes target weights and answers weights that every rule allows, with the reasons. One call at a time on a manager: a second one is answered
// ErrBusy.
type RiskManager struct{ *handle }

// madeManager makes a call that gives a risk manager.
func madeManager(configJSON string, f func(config *C.char, manager **C.risk_manager) C.ppo_status) (*RiskManager, error) {
	var manager *C.risk_manager
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return call(func() C.ppo_status { return f(config, &manager) })
	})
	if err != nil {
		return nil, err
	}
	return ownRiskManager(manager), nil
}

// NewRiskManager makes a risk manager of so many assets that has seen nothing; settings as ConfigJSON writes them, ""
// for the defaults.
func NewRiskManager(configJSON string, assets int) (*RiskManager, error) {
	return madeManager(configJSON, func(config *C.char, manager **C.risk_manager) C.ppo_status {
		return C.risk_manager_new(config, C.size_t(assets), manager)
	})
}

// RestoreRiskManager makes a risk manager that goes on, bit for bit, from what StateJSON gave.
func RestoreRiskManager(configJSON string, assets int, stateJSON string) (manager *RiskManager, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		manager, err = madeManager(configJSON, func(config *C.char, manager **C.risk_manager) C.ppo_status {
			return C.risk_manager_restore(config, C.size_t(assets), state, manager)
		})
		return err
	})
	return manager, err
}

// RiskCounts are what a program sizes its arrays by.
type RiskCounts struct {
	// Assets is N; Observation the length of an observation and Regimes K, both 0 where there are no regimes.
	Assets, Observation, Regimes int
}

// Counts gives what a program sizes its arrays by.
func (m *RiskManager) Counts() (RiskCounts, error) {
	var assets, observation, regimes C.size_t
	err := use(func() C.ppo_status {
		return C.risk_manager_counts(m.c(), &assets, &observation, &regimes)
	}, m.handle)
	return RiskCounts{int(assets), int(observation), int(regimes)}, err
}
