package pporisk

/*
#include <ppo_risk.h>

// The struct is put together here: one with pointers to Go's memory could not be handed over.
static ppo_status from_prices(uint64_t bars, uint64_t assets, uint64_t columns, const double *closes,
                              const char *const *asset_names, const int32_t *dates, const double *opens,
                              const double *highs, const double *lows, const double *volumes, const double *cash_rates,
                              double cash_rate, const char *const *column_names, const double *signals,
                              const double *prior, ppo_market **market) {
    ppo_prices prices;
    ppo_prices_init(&prices, sizeof prices);
    prices.bars = bars;
    prices.assets = assets;
    prices.columns = columns;
    prices.closes = closes;
    prices.asset_names = asset_names;
    prices.dates = dates;
    prices.opens = opens;
    prices.highs = highs;
    prices.lows = lows;
    prices.volumes = volumes;
    prices.cash_rates = cash_rates;
    prices.cash_rate = cash_rate;
    prices.column_names = column_names;
    prices.signals = signals;
    prices.prior = prior;
    return ppo_market_from_prices(&prices, market);
}
*/
import "C"

import "math"

// Prices are T bars of N assets for MarketFromPrices. Begin with NewPrices. Arrays are row-major, a row for each bar;
// those that are nil are not given. Ranges are those of ppo_prices in include/ppo_risk.h.
type Prices struct {
	// Bars T, at least 2, Assets N, at least 1, and Columns K of the program's own that a policy sees at each close.
	Bars, Assets, Columns int
	// Closes [T, N].
	Closes []float64
	// AssetNames [N], distinct; nil calls them A0, A1, ...
	AssetNames []string
	// Dates [T] in days since 1970-01-01, strictly increasing; nil: the working days from 2000-01-03 on.
	Dates []int32
	// Opens, Highs, Lows and Volumes [T, N]; may be nil.
	Opens, Highs, Lows, Volumes []float64
	// CashRates [T] is the annual rate of cash over the bar that begins at each close; may be nil.
	CashRates []float64
	// CashRate is the annual rate of cash at every bar; NaN: not given. With neither, cash earns nothing.
	CashRate float64
	// ColumnNames [K], distinct; nil calls them C0, C1, ...
	ColumnNames []string
	// Signals [T, K] are the columns.
	Signals []float64
	// Prior [T, N + 1] is weights for a policy with the prior `supplied`, assets then cash; may be nil.
	Prior []float64
}

// NewPrices is a description with nothing in it.
func NewPrices() Prices { return Prices{CashRate: math.NaN()} }

// MarketFromPrices makes a market of the program's prices, which are copied, with decisions at every bar.
func MarketFromPrices(p *Prices) (market *Market, err error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	err = withTexts("asset_names", p.AssetNames, func(assetNames **C.char) error {
		return withTexts("column_names", p.ColumnNames, func(columnNames **C.char) error {
			market, err = madeMarket(func(market **C.ppo_market) C.ppo_status {
				return C.from_prices(C.uint64_t(p.Bars), C.uint64_t(p.Assets), C.uint64_t(p.Columns),
					float64s(p.Closes), assetNames, int32s(p.Dates), float64s(p.Opens), float64s(p.Highs),
					float64s(p.Lows), float64s(p.Volumes), float64s(p.CashRates), C.double(p.CashRate), columnNames,
					float64s(p.Signals), float64s(p.Prior), market)
			})
			return err
		})
	})
	return market, err
}

// check holds every array to the counts, for C is given the counts alone.
func (p *Prices) check() error {
	const most = math.MaxInt32
	if p.Bars < 0 || p.Assets < 0 || p.Columns < 0 || p.Bars > most || p.Assets > most-1 || p.Columns > most {
		return invalid(ErrInvalidArgument, "`prices` has %d bars of %d assets and %d columns, expected 0 to %d of each",
			p.Bars, p.Assets, p.Columns, most-1)
	}
	for _, array := range []struct {
		name          string
		given         bool
		len, expected int
	}{
		{"closes", p.Closes != nil, len(p.Closes), p.Bars * p.Assets},
		{"asset_names", p.AssetNames != nil, len(p.AssetNames), p.Assets},
		{"dates", p.Dates != nil, len(p.Dates), p.Bars},
		{"opens", p.Opens != nil, len(p.Opens), p.Bars * p.Assets},
		{"highs", p.Highs != nil, len(p.Highs), p.Bars * p.Assets},
		{"lows", p.Lows != nil, len(p.Lows), p.Bars * p.Assets},
		{"volumes", p.Volumes != nil, len(p.Volumes), p.Bars * p.Assets},
		{"cash_rates", p.CashRates != nil, len(p.CashRates), p.Bars},
		{"column_names", p.ColumnNames != nil, len(p.ColumnNames), p.Columns},
		{"signals", p.Signals != nil, len(p.Signals), p.Bars * p.Columns},
		{"prior", p.Prior != nil, len(p.Prior), p.Bars * (p.Assets + 1)},
	} {
		if array.given && array.len != array.expected {
			return invalid(ErrLength, "`prices.%s` has length %d, expected %d", array.name, array.len, array.expected)
		}
	}
	return nil
}
