package pporisk

// #include <ppo_risk.h>
import "C"

// String is the name of the code, as in JSON: "DRAWDOWN_STOP".
func (c ReasonCode) String() string { return C.GoString(C.risk_reason_name(C.uint32_t(c))) }

// Describe puts the reason in a line for people, with the names of the assets and sectors; nil where there are none.
func (r Reason) Describe(assets, sectors []string) (line string, err error) {
	theirs := C.risk_reason{code: C.uint32_t(r.Code), index: C.uint32_t(r.Index), found: C.double(r.Found),
		allowed: C.double(r.Allowed)}
	err = withTexts("assets", assets, func(assetNames **C.char) error {
		return withTexts("sectors", sectors, func(sectorNames **C.char) error {
			line, err = text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
				return C.risk_reason_describe(&theirs, assetNames, C.size_t(len(assets)), sectorNames,
					C.size_t(len(sectors)), buffer, capacity, needed)
			})
			return err
		})
	})
	return line, err
}

// filled is the reasons that were written to a room.
func filled(room []Reason, count C.size_t) []Reason {
	if int(count) < cap(room) {
		return room[:count]
	}
	return room[:cap(room)]
}
