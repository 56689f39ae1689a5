package pporisk

// #include <ppo_risk.h>
import "C"

// Performance measures a series of returns bar by bar. One call at a time: a second one is answered ErrBusy.
type Performance struct{ *handle }

func madePerformance(f func(made **C.risk_performance) C.ppo_status) (*Performance, error) {
	var made *C.risk_performance
	if err := call(func() C.ppo_status { return f(&made) }); err != nil {
		return nil, err
	}
	return ownPerformance(made), nil
}

// NewPerformance begins a series that has no bars yet; nil for the default conventions.
func NewPerformance(conventions *Conventions) (*Performance, error) {
	return madePerformance(func(made **C.risk_performance) C.ppo_status {
		return C.risk_performance_new(conventions.c(), made)
	})
}

// RestorePerformance goes on, bit for bit, from what StateJSON gave, under the conventions that it was made with.
func RestorePerformance(conventions *Conventions, stateJSON string) (restored *Performance, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		restored, err = madePerformance(func(made **C.risk_performance) C.ppo_status {
			return C.risk_performance_restore(conventions.c(), state, made)
		})
		return err
	})
	return restored, err
}
