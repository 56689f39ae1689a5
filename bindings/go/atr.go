package pporisk

// #include <ppo_risk.h>
import "C"

// Atr is Wilder's average true range of N assets, bar by bar. One call at a time.
type Atr struct{ *handle }

// madeATR makes a call that gives one.
func madeATR(f func(made **C.risk_atr) C.ppo_status) (*Atr, error) {
	var made *C.risk_atr
	if err := call(func() C.ppo_status { return f(&made) }); err != nil {
		return nil, err
	}
	return ownAtr(made), nil
}

// NewAtr makes averages over so many true ranges (Wilder's are 14) that have seen nothing.
func NewAtr(assets, bars int) (*Atr, error) {
	return madeATR(func(made **C.risk_atr) C.ppo_status {
		return C.risk_atr_new(C.size_t(assets), C.size_t(bars), made)
	})
}

// RestoreAtr makes averages that go on, bit for bit, from what StateJSON gave.
func RestoreAtr(assets, bars int, stateJSON string) (restored *Atr, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		restored, err = madeATR(func(made **C.risk_atr) C.ppo_status {
			return C.risk_atr_restore(C.size_t(assets), C.size_t(bars), state, made)
		})
		return err
	})
	return restored, err
}

// AverageTrueRange is that over a whole table: arrays are [rows, assets], highs and lows may both be nil. Row t of
// `values` is, bit for bit, what Atr gives after bar t.
func AverageTrueRange(high, low, close []float64, rows, assets, bars int, values []float64) error {
	return call(func() C.ppo_status {
		return C.risk_average_true_range(float64s(high), C.size_t(len(high)), float64s(low), C.size_t(len(low)),
			float64s(close), C.size_t(len(close)), C.size_t(rows), C.size_t(assets), C.size_t(bars), float64s(values),
			C.size_t(len(values)))
	})
}
