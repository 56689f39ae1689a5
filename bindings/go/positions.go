package pporisk

// #include <ppo_risk.h>
import "C"

// PositionSizer turns weights into units: no position larger than its average true range allows. One call at a time.
type PositionSizer struct{ *handle }

// madePositionSizer makes a call that gives one.
func madePositionSizer(configJSON string, f func(config *C.char, made **C.risk_positions) C.ppo_status) (*PositionSizer, error) {
	var made *C.risk_positions
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return call(func() C.ppo_status { return f(config, &made) })
	})
	if err != nil {
		return nil, err
	}
	return ownPositionSizer(made), nil
}

// NewPositionSizer makes one for so many assets; settings as the key "positions" of RiskManager.ConfigJSON, "" for the
// defaults.
func NewPositionSizer(configJSON string, assets int) (*PositionSizer, error) {
	return madePositionSizer(configJSON, func(config *C.char, made **C.risk_positions) C.ppo_status {
		return C.risk_positions_new(config, C.size_t(assets), made)
	})
}

// Size writes the units to hold for weights, and the prices at which to get out, which may be nil; all arrays are [N].
// `atr` is NaN where there is none yet, `atrSeen` the bars that the averages have seen. The reasons are written to
// `room`, as many as its capacity has room for; `count` is all of them.
func (s *PositionSizer) Size(equity float64, weights, closes, atr []float64, atrSeen int, units, stops []float64, room []Reason) (given []Reason, count int, err error) {
	var n C.size_t
	err = use(func() C.ppo_status {
		return C.risk_positions_size(s.c(), C.double(equity), float64s(weights), C.size_t(len(weights)),
			float64s(closes), C.size_t(len(closes)), float64s(atr), C.size_t(len(atr)), C.size_t(atrSeen),
			float64s(units), C.size_t(len(units)), float64s(stops), C.size_t(len(stops)), reasons(room),
			C.size_t(cap(room)), &n)
	}, s.handle)
	if err != nil {
		return nil, 0, err
	}
	return filled(room, n), int(n), nil
}

// PositionUnits is the units of a single position: equity * risk / (atr * multiple), floored to the lot; 0 for any size.
func PositionUnits(equity, risk, atr, multiple, lot float64) (float64, error) {
	var units C.double
	err := call(func() C.ppo_status {
		return C.risk_position_units(C.double(equity), C.double(risk), C.double(atr), C.double(multiple), C.double(lot),
			&units)
	})
	return float64(units), err
}
