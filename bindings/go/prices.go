package pporisk

/*
#include <ppo_risk.h>

// The struct is put together here: one with pointers to Go's memory could not be handed over.
static ppo_status from_prices(uint64_t bars, uint64_t assets, uint64_t columns, const double *closes,
                              const char *const *asset_names, const int64_t *times, double bars_per_year,
                              uint32_t confirm_cash_rate, const double *opens, const double *highs, const double *lows,
                              const double *volumes, const double *cash_rates, double cash_rate,
                              const char *const *column_names, const double *signals, uint64_t asset_columns,
                              const char *const *asset_column_names, const double *asset_signals, const double *prior,
                              uint32_t gaps, const double *ends, uint32_t max_halted_bars, double delisting_return,
                              const double *cost_rates, uint64_t cost_rates_len, const double *half_spreads,
                              uint64_t half_spreads_len, const double *borrow_rates, uint64_t borrow_rates_len,
                              ppo_market **market) {
    ppo_prices prices;
    ppo_prices_init(&prices, sizeof prices);
    prices.bars = bars;
    prices.assets = assets;
    prices.columns = columns;
    prices.closes = closes;
    prices.asset_names = asset_names;
    prices.times = times;
    prices.bars_per_year = bars_per_year;
    prices.confirm_cash_rate = confirm_cash_rate;
    prices.opens = opens;
    prices.highs = highs;
    prices.lows = lows;
    prices.volumes = volumes;
    prices.cash_rates = cash_rates;
    prices.cash_rate = cash_rate;
    prices.column_names = column_names;
    prices.signals = signals;
    prices.asset_columns = asset_columns;
    prices.asset_column_names = asset_column_names;
    prices.asset_signals = asset_signals;
    prices.prior = prior;
    prices.gaps = gaps;
    prices.ends = ends;
    prices.max_halted_bars = max_halted_bars;
    prices.delisting_return = delisting_return;
    prices.cost_rates = cost_rates;
    prices.cost_rates_len = cost_rates_len;
    prices.half_spreads = half_spreads;
    prices.half_spreads_len = half_spreads_len;
    prices.borrow_rates = borrow_rates;
    prices.borrow_rates_len = borrow_rates_len;
    return ppo_market_from_prices(&prices, market);
}
*/
import "C"

import (
	"fmt"
	"math"
	"time"
)

// Prices are T bars of N assets for MarketFromPrices. Begin with NewPrices. Arrays are row-major, a row for each bar;
// those that are nil are not given. Ranges are those of ppo_prices in include/ppo_risk.h.
type Prices struct {
	// Bars T, at least 2, Assets N, at least 1, and Columns K of the program's own that a policy sees at each close.
	Bars, Assets, Columns int
	// Closes [T, N]; with Gaps, NaN where an asset has none.
	Closes []float64
	// AssetNames [N], distinct; nil calls them A0, A1, ...
	AssetNames []string
	// Times [T] at which the bars close, strictly increasing; a date is its midnight in UTC. nil: from 2000-01-03 on, the
	// days that are not a Saturday or Sunday, or as far apart as BarsPerYear says.
	Times []time.Time
	// BarsPerYear, above 0; NaN: as the times say (252 with neither).
	BarsPerYear float64
	// ConfirmCashRate says that rates of cash above 1 (100% a year) are meant: they are as a rule percentages, and refused.
	ConfirmCashRate bool
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
	// AssetColumns F of the program's own that a policy sees at each close for each asset.
	AssetColumns int
	// AssetColumnNames [F], distinct; nil calls them F0, F1, ...
	AssetColumnNames []string
	// AssetSignals [T, N, F] are these columns, an asset's own side by side.
	AssetSignals []float64
	// Prior [T, N + 1] is weights for a policy with the prior `supplied`, assets then cash; may be nil.
	Prior []float64
	// Gaps says that assets may be missing: a close of NaN is then none. The asset is absent before its first, halted
	// without one, and ends after MaxHaltedBars of them. Without it, closes of NaN are refused.
	Gaps bool
	// Ends [T, N] is not 0 where an asset ends at a bar, and what is held of it is paid out; may be nil. Needs Gaps.
	Ends []float64
	// MaxHaltedBars is the bars without a price after which an asset has ended, at least 1; NewPrices says 21.
	MaxHaltedBars uint32
	// DelistingReturn is the simple return over its last price with which an asset that ends is paid out, at least -1.
	DelistingReturn float64
	// CostRates is the commission per traded notional of each asset, in [0, 1), in the place of the environment's
	// `cost_rate`: [N] for every bar, or [T, N]; nil: not given.
	CostRates []float64
	// HalfSpreads is half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission:
	// [N] for every bar, or [T, N]; nil: not given.
	HalfSpreads []float64
	// BorrowRates is the annual fee on what is sold short, over the bar that begins, in [0, 10], in the place of
	// `borrow_rate`: [N] for every bar, or [T, N]; nil: not given.
	BorrowRates []float64
}

// NewPrices is a description with nothing in it.
func NewPrices() Prices {
	return Prices{CashRate: math.NaN(), BarsPerYear: math.NaN(), MaxHaltedBars: 21}
}

// MarketFromPrices makes a market of the program's prices, which are copied, with decisions at every bar.
func MarketFromPrices(p *Prices) (market *Market, err error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	var times []int64
	for bar, at := range p.Times {
		closed, err := nanoseconds(fmt.Sprintf("prices.times[%d]", bar), at)
		if err != nil {
			return nil, err
		}
		times = append(times, closed)
	}
	err = withTexts("asset_names", p.AssetNames, func(assetNames **C.char) error {
		return withTexts("column_names", p.ColumnNames, func(columnNames **C.char) error {
			return withTexts("asset_column_names", p.AssetColumnNames, func(assetColumnNames **C.char) error {
				market, err = madeMarket(func(market **C.ppo_market) C.ppo_status {
					return C.from_prices(C.uint64_t(p.Bars), C.uint64_t(p.Assets), C.uint64_t(p.Columns),
						float64s(p.Closes), assetNames, int64s(times), C.double(p.BarsPerYear),
						flag(p.ConfirmCashRate), float64s(p.Opens), float64s(p.Highs), float64s(p.Lows),
						float64s(p.Volumes), float64s(p.CashRates), C.double(p.CashRate), columnNames,
						float64s(p.Signals), C.uint64_t(p.AssetColumns), assetColumnNames, float64s(p.AssetSignals),
						float64s(p.Prior), flag(p.Gaps), float64s(p.Ends), C.uint32_t(p.MaxHaltedBars),
						C.double(p.DelistingReturn), float64s(p.CostRates), C.uint64_t(len(p.CostRates)),
						float64s(p.HalfSpreads), C.uint64_t(len(p.HalfSpreads)), float64s(p.BorrowRates),
						C.uint64_t(len(p.BorrowRates)), market)
				})
				return err
			})
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
	// Each product of two of these numbers is below 2^62: one of three could come round to a length that is too short.
	cells := p.Bars * p.Assets
	if p.AssetColumns < 0 || p.AssetColumns > most || (cells > 0 && p.AssetColumns > math.MaxInt/cells) {
		return invalid(ErrInvalidArgument, "`prices.asset_columns` is %d, expected 0 to what %d bars of %d assets have room for",
			p.AssetColumns, p.Bars, p.Assets)
	}
	for _, array := range []struct {
		name          string
		given         bool
		len, expected int
	}{
		{"closes", p.Closes != nil, len(p.Closes), p.Bars * p.Assets},
		{"asset_names", p.AssetNames != nil, len(p.AssetNames), p.Assets},
		{"times", p.Times != nil, len(p.Times), p.Bars},
		{"opens", p.Opens != nil, len(p.Opens), p.Bars * p.Assets},
		{"highs", p.Highs != nil, len(p.Highs), p.Bars * p.Assets},
		{"lows", p.Lows != nil, len(p.Lows), p.Bars * p.Assets},
		{"volumes", p.Volumes != nil, len(p.Volumes), p.Bars * p.Assets},
		{"cash_rates", p.CashRates != nil, len(p.CashRates), p.Bars},
		{"column_names", p.ColumnNames != nil, len(p.ColumnNames), p.Columns},
		{"signals", p.Signals != nil, len(p.Signals), p.Bars * p.Columns},
		{"asset_column_names", p.AssetColumnNames != nil, len(p.AssetColumnNames), p.AssetColumns},
		{"asset_signals", p.AssetSignals != nil, len(p.AssetSignals), cells * p.AssetColumns},
		{"prior", p.Prior != nil, len(p.Prior), p.Bars * (p.Assets + 1)},
		{"ends", p.Ends != nil, len(p.Ends), p.Bars * p.Assets},
	} {
		if array.given && array.len != array.expected {
			return invalid(ErrLength, "`prices.%s` has length %d, expected %d", array.name, array.len, array.expected)
		}
	}
	return nil
}
