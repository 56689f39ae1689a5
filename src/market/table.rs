//! A price table as a market: episodes start at random bars of a range of it.

use crate::error::{Error, Result};
use crate::market::bars_per_year::BarsPerYear;
use crate::market::prices::{PriceTable, cash_return, row};
use crate::market::source::{BarCosts, Market, MarketBar, MarketShape, Path, digest_of};
use crate::math::random::Stream;
use ndarray::{Array2, s};
use rand::RngExt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The bars of a price table, for decisions within a range of them.
///
/// [`Path::bar`] is the bar last delivered. The history that an episode needs before its first decision may lie
/// before the range: it is the past by then.
#[derive(Debug, Clone)]
pub struct TableMarket {
    table: Arc<PriceTable>,
    /// Simple returns over the bar that ends at each close: [T, N], zeros at the first.
    returns: Array2<f64>,
    /// Simple return of cash over the bar that ends at each close: [T], 0 at the first.
    cash_returns: Vec<f64>,
    /// Fee on shorts over the bar that begins at each close, where the table has rates of it: [T, N].
    borrow_fees: Option<Array2<f64>>,
    first: usize,
    last: usize,
    warm_up: usize,
    /// Where episodes lie: decisions from a first bar on, the last return ending at a last one; in order.
    spans: Vec<(usize, usize)>,
}

impl TableMarket {
    /// A market whose decisions are taken at bars of `range`: the first no earlier than its start, and the last
    /// return reaching no further than its end (both included, indices into the table).
    ///
    /// `warm_up` is the number of returns that every episode needs before its first decision. `cash_rate` is what
    /// cash earns a year (above -1; 0.02 is 2%) where the table has no rates of its own; either is compounded per
    /// bar, by the table's bars a year, at the rate known when the bar began.
    ///
    /// Errors: the range reaches beyond the table, or holds no decision with `warm_up` returns before it and one
    /// after.
    pub fn new(
        table: Arc<PriceTable>,
        range: RangeInclusive<usize>,
        warm_up: usize,
        cash_rate: f64,
    ) -> Result<Self> {
        let (first, last) = (*range.start(), *range.end());
        if last >= table.bars() || first > last {
            let expected = format!("within 0..={}", table.bars() - 1);
            return Err(Error::invalid("bar range", format!("{range:?}"), expected));
        }
        if first.max(warm_up) >= last {
            let needed = if warm_up > first {
                format!(
                    "at least {} ({warm_up} returns of history, then one to earn)",
                    warm_up.saturating_add(2)
                )
            } else {
                "at least 2 bars in the range".to_string()
            };
            let found = if warm_up > first {
                format!("{} bars up to {}", last + 1, table.times()[last])
            } else {
                format!("{} bar in the range", last + 1 - first)
            };
            return Err(Error::invalid("price table", found, needed));
        }
        if !(cash_rate.is_finite() && cash_rate > -1.0) {
            return Err(Error::invalid(
                "cash_rate",
                cash_rate,
                "a finite annual rate above -1",
            ));
        }
        let mut returns = Array2::zeros(table.close().dim());
        returns.slice_mut(s![1.., ..]).assign(&table.simple_returns());
        let rate = |bar: usize| table.cash_rate().map_or(cash_rate, |rates| rates[bar]);
        let earned = (0..table.bars() - 1).map(|bar| cash_return(rate(bar), table.bars_per_year()));
        Ok(Self {
            cash_returns: std::iter::once(0.0).chain(earned).collect(),
            borrow_fees: table
                .costs()
                .borrow_rates
                .as_ref()
                .map(|rates| rates.mapv(|rate| cash_return(rate, table.bars_per_year()))),
            returns,
            first,
            last,
            warm_up,
            spans: vec![(first, last)],
            table,
        })
    }

    /// The same market, whose episodes take no decision at the closes of `gaps` (in order and apart) and earn no return over
    /// the bars that begin there. [`decisions`](Self::decisions) are all of the range as before.
    ///
    /// Errors: gaps that leave no decision.
    pub fn without(mut self, gaps: &[RangeInclusive<usize>]) -> Result<Self> {
        let (mut spans, mut first) = (Vec::with_capacity(gaps.len() + 1), self.first);
        for gap in gaps {
            spans.push((first, *gap.start()));
            first = gap.end() + 1;
        }
        spans.push((first, self.last));
        spans.retain(|(first, last)| (*first).max(self.warm_up) < *last);
        if spans.is_empty() {
            let found = "all closes of the range";
            return Err(Error::invalid(
                "embargo",
                found,
                "closes left at which a decision is taken",
            ));
        }
        self.spans = spans;
        Ok(self)
    }

    /// The prices.
    pub fn table(&self) -> &Arc<PriceTable> {
        &self.table
    }

    /// Bars at which a decision can be taken, with the warm-up before it and a return after it.
    pub fn decisions(&self) -> RangeInclusive<usize> {
        self.first.max(self.warm_up)..=self.last - 1
    }

    /// Simple returns of the assets over the bar that ends at close `bar`: [N]; zeros at bar 0.
    pub fn returns(&self, bar: usize) -> &[f64] {
        row(self.returns.row(bar))
    }

    /// Writes what the table says of costs at a bar; volumes and closes where there is room for them.
    pub(crate) fn write_costs(&self, bar: usize, out: &mut BarCosts) {
        let shown = self.table.shown(bar).costs;
        let fees = self
            .borrow_fees
            .as_ref()
            .map_or(&[][..], |fees| row(fees.row(bar)));
        for (to, from) in [
            (&mut out.cost_rates, shown.cost_rates),
            (&mut out.half_spreads, shown.half_spreads),
            (&mut out.borrow_fees, fees),
        ] {
            to.clear();
            to.extend_from_slice(from);
        }
        let closes = self.table.close().row(bar);
        out.closes
            .iter_mut()
            .zip(closes)
            .for_each(|(to, close)| *to = *close);
        if let Some(volume) = &self.table.ranges().volume {
            let units = volume.row(bar);
            for ((to, units), close) in out.volumes.iter_mut().zip(units).zip(closes) {
                *to = units * close;
            }
        }
    }

    /// Simple return of cash over the bar that ends at close `bar`; 0 at bar 0.
    pub fn cash_return(&self, bar: usize) -> f64 {
        self.cash_returns[bar]
    }
}

impl Market for TableMarket {
    fn bars_per_year(&self) -> BarsPerYear {
        self.table.bars_per_year()
    }

    fn digest(&self) -> u64 {
        let range = [self.first as f64, self.last as f64];
        // One span is the range itself.
        let spans = self.spans.iter().filter(|_| self.spans.len() > 1);
        let spans: Vec<f64> = spans.flat_map(|span| [span.0 as f64, span.1 as f64]).collect();
        let numbers = range
            .iter()
            .chain(&spans)
            .chain(&self.returns)
            .chain(&self.cash_returns)
            .chain(self.table.signals())
            .chain(self.table.asset_signals());
        let numbers = numbers.chain(self.table.prior().into_iter().flatten());
        let numbers = numbers.map(|number| number.to_le_bytes());
        let status = self
            .table
            .universe()
            .into_iter()
            .flat_map(|universe| universe.status());
        let costs = self.table.costs();
        let costs = [&costs.cost_rates, &costs.half_spreads, &costs.borrow_rates];
        let numbers = numbers.chain(
            costs
                .into_iter()
                .flatten()
                .flatten()
                .map(|number| number.to_le_bytes()),
        );
        digest_of(numbers.chain(status.map(|status| (*status as u64).to_le_bytes())))
    }

    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: self.table.assets().len(),
            columns: self.table.columns().len(),
            asset_columns: self.table.asset_columns().len(),
            prior: self.table.prior().is_some(),
            ragged: self.table.universe().is_some(),
        }
    }

    /// Draws the first decision's bar uniformly among those with room for all of `steps`. Where the range has no
    /// room for them, the episode starts at the first allowed bar and takes all that is left; the stream is then not
    /// drawn from. Between gaps ([`without`](Self::without)) each span without room for them is drawn in proportion to its
    /// decisions, and all of it is taken.
    ///
    /// # Panics
    /// When `warm_up` is more than this market was made for.
    fn begin(&self, warm_up: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize {
        assert!(
            warm_up <= self.warm_up,
            "a warm-up of {warm_up} bars was asked of a market made for {}",
            self.warm_up
        );
        let spans = self
            .spans
            .iter()
            .map(|(first, last)| ((*first).max(warm_up), *last));
        let room = |(first, last): (usize, usize)| last - first;
        // So that about as many episodes pass through every decision.
        let weight = |span| match room(span).checked_sub(steps) {
            Some(spare) => spare + 1,
            None => room(span),
        };
        let all: usize = spans.clone().map(weight).sum();
        let is_given =
            all == 1 || self.spans.len() == 1 && room((self.first.max(warm_up), self.last)) < steps;
        let mut drawn = match is_given {
            true => 0,
            false => stream.random_range(0..=all - 1),
        };
        for span in spans {
            if drawn < weight(span) {
                let later = if room(span) < steps { 0 } else { drawn };
                path.bar = span.0 + later - warm_up;
                return steps.min(room(span));
            }
            drawn -= weight(span);
        }
        unreachable!("what is drawn is less than all weights");
    }

    fn check_closes(&self) -> Result<()> {
        Ok(())
    }

    /// Sums over windows of units traded: each has to be above 0 where the asset has a price at its end.
    fn check_volumes(&self, window: usize) -> Result<()> {
        let Some(volume) = &self.table.ranges().volume else {
            return Err(Error::invalid(
                "price table",
                "without volumes",
                "volumes, as env.impact is above 0",
            ));
        };
        for (asset, column) in volume.columns().into_iter().enumerate() {
            // Bars since the last one with a volume.
            let mut quiet = 0;
            for (bar, units) in column.iter().enumerate().take(self.last) {
                quiet = if *units > 0.0 { 0 } else { quiet + 1 };
                let is_asked = bar >= self.first.max(self.warm_up) && self.table.price(bar, asset).is_some();
                if is_asked && quiet >= window {
                    let input = format!("volume of {}", self.table.assets()[asset]);
                    let found = format!("0 over the {window} bars to {}", self.table.times()[bar]);
                    return Err(Error::invalid(input, found, "some, as env.impact is above 0"));
                }
            }
        }
        Ok(())
    }

    fn has_room(&self, path: &Path, steps: usize) -> bool {
        let within = |bar| {
            self.spans
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&bar))
        };
        path.bar.checked_add(steps).is_some_and(within)
    }

    fn advance(&self, path: &mut Path, _stream: &mut Stream, bar: &mut MarketBar) {
        path.bar += 1;
        bar.returns.copy_from_slice(self.returns(path.bar));
        bar.cash_return = self.cash_returns[path.bar];
        let shown = self.table.shown(path.bar);
        bar.columns.copy_from_slice(shown.columns);
        bar.asset_columns.copy_from_slice(shown.asset_columns);
        bar.prior.copy_from_slice(shown.prior);
        bar.time = shown.time;
        self.write_costs(path.bar, &mut bar.costs);
        if let Some(universe) = self.table.universe() {
            for (to, from) in bar.status.iter_mut().zip(universe.status().row(path.bar)) {
                *to = *from;
            }
        }
    }
}
