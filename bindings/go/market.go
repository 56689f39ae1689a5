package pporisk

// #include <ppo_risk.h>
import "C"

import (
	"time"
	"unsafe"
)

// Market is prices, of which decisions may use a range of bars, or a simulation without end. It never changes: any
// number of goroutines may use one at the same time.
type Market struct{ *handle }

// madeMarket makes a call that gives a market.
func madeMarket(f func(market **C.ppo_market) C.ppo_status, handles ...*handle) (*Market, error) {
	var market *C.ppo_market
	if err := use(func() C.ppo_status { return f(&market) }, handles...); err != nil {
		return nil, err
	}
	return ownMarket(market), nil
}

// MarketFromCSV makes a market of the prices in a CSV file; optionsJSON, "" for the defaults, says how it is laid out
// (ppo_market_from_csv in include/ppo_risk.h), cashRate is the annual rate of cash where the file has no column for it,
// NaN for none.
func MarketFromCSV(path, optionsJSON string, cashRate float64) (market *Market, err error) {
	err = withRead(path, func(path *C.char) error {
		return withOptional("options_json", optionsJSON, func(options *C.char) error {
			market, err = madeMarket(func(market **C.ppo_market) C.ppo_status {
				return C.ppo_market_from_csv(path, options, C.double(cashRate), market)
			})
			return err
		})
	})
	return market, err
}

// MarketFromArrow makes a market of the prices in a data frame: stream points to a struct ArrowArrayStream, in memory of C,
// that is moved in and released whatever becomes of the call (ppo_market_from_arrow in include/ppo_risk.h); optionsJSON, ""
// for the defaults, says how its columns are laid out.
func MarketFromArrow(stream unsafe.Pointer, optionsJSON string) (market *Market, err error) {
	err = withOptional("options_json", optionsJSON, func(options *C.char) error {
		market, err = madeMarket(func(market **C.ppo_market) C.ppo_status {
			return C.ppo_market_from_arrow((*C.struct_ArrowArrayStream)(stream), options, market)
		})
		return err
	})
	return market, err
}

// SimulatedMarket makes a market that is simulated without end, for training, from parameters as ParametersJSON writes
// them.
func SimulatedMarket(parametersJSON string) (market *Market, err error) {
	err = withText("parameters_json", parametersJSON, func(parameters *C.char) error {
		market, err = madeMarket(func(market **C.ppo_market) C.ppo_status {
			return C.ppo_market_simulated(parameters, market)
		})
		return err
	})
	return market, err
}

// SimulatePrices makes a market of prices drawn once, from the midnight of the day of firstTime on: on the days that are
// not a Saturday or Sunday, or as far apart as the model's bars_per_year says where that is not about 252. The same seed
// gives the same prices.
func SimulatePrices(parametersJSON string, bars int, firstTime time.Time, seed uint64) (market *Market, err error) {
	first, err := nanoseconds("first_time", firstTime)
	if err != nil {
		return nil, err
	}
	err = withText("parameters_json", parametersJSON, func(parameters *C.char) error {
		market, err = madeMarket(func(market **C.ppo_market) C.ppo_status {
			return C.ppo_market_simulate_prices(parameters, C.size_t(bars), C.int64_t(first), C.uint64_t(seed), market)
		})
		return err
	})
	return market, err
}

// LoadMarketBytes makes a market of the bytes that another one was saved to, also in another process.
func LoadMarketBytes(bytes []byte) (*Market, error) {
	return madeMarket(func(market **C.ppo_market) C.ppo_status {
		return C.ppo_market_load_bytes(bytesOf(bytes), C.size_t(len(bytes)), market)
	})
}

// Time is when a bar closes, in UTC; a date is its midnight.
func (m *Market) Time(bar int) (time.Time, error) {
	var closed C.int64_t
	err := use(func() C.ppo_status { return C.ppo_market_time(m.c(), C.size_t(bar), &closed) }, m.handle)
	if err != nil {
		return time.Time{}, err
	}
	return timeOf(int64(closed)), nil
}

// BarAt looks for the bar of a time.
func (m *Market) BarAt(at time.Time, side BarAt) (int, error) {
	wanted, err := nanoseconds("time", at)
	if err != nil {
		return 0, err
	}
	return m.count(func(bar *C.size_t) C.ppo_status {
		return C.ppo_market_bar_at(m.c(), C.int64_t(wanted), C.uint32_t(side), bar)
	})
}

// WriteCSV writes all of the market's prices to a wide CSV file. Reading it gives the same bits.
func (m *Market) WriteCSV(path string) error {
	return withWritten("path", path, func(path *C.char) error {
		return use(func() C.ppo_status { return C.ppo_market_write_csv(m.c(), path) }, m.handle)
	})
}
