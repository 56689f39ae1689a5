//go:build cgo

package pporisk

import "time"

// The times that a number of nanoseconds since 1970-01-01 UTC can say: to some time in 2262.
var firstTime, lastTime = timeOf(-1 << 63), timeOf(1<<63 - 1)

// timeOf is the time of a number of nanoseconds since 1970-01-01 UTC.
func timeOf(nanoseconds int64) time.Time { return time.Unix(0, nanoseconds).UTC() }

// nanoseconds is the number of a time; Go's own is undefined beyond the years that it can say.
func nanoseconds(name string, at time.Time) (int64, error) {
	if at.Before(firstTime) || at.After(lastTime) {
		return 0, invalid(ErrInvalidArgument, "`%s` is %v, expected a time from %v to %v", name, at, firstTime, lastTime)
	}
	return at.UnixNano(), nil
}
