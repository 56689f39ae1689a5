package pporisk

// #include <ppo_risk.h>
import "C"

// Random is a stream of random numbers. The same seed and index give the same numbers on every machine. One call at a
// time on a stream: a second one is answered ErrBusy.
type Random struct{ *handle }

// NewRandom makes the stream `index` of a run's seed.
func NewRandom(seed, index uint64) (*Random, error) {
	var random *C.ppo_random
	err := call(func() C.ppo_status { return C.ppo_random_new(C.uint64_t(seed), C.uint64_t(index), &random) })
	if err != nil {
		return nil, err
	}
	return ownRandom(random), nil
}

// RestoreRandom makes a stream that goes on from a saved state.
func RestoreRandom(stateJSON string) (random *Random, err error) {
	var made *C.ppo_random
	err = withText("state_json", stateJSON, func(text *C.char) error {
		return call(func() C.ppo_status { return C.ppo_random_restore(text, &made) })
	})
	if err != nil {
		return nil, err
	}
	return ownRandom(made), nil
}
