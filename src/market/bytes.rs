//! Markets as bytes, for another process: a safetensors container of everything that a market knows, exact to the bit,
//! and checked like any other prices when it is read.

use crate::error::{Error, Result};
use crate::json::document::{self, Document};
use crate::market::bars_per_year::BarsPerYear;
use crate::market::cost_table::CostTable;
use crate::market::listing::ListingRules;
use crate::market::prices::{PriceTable, Ranges};
use crate::market::simulate::SimulatedParameters;
use crate::market::time::Time;
use ndarray::{Array2, Array3};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The metadata key with the description; none but a market's bytes have it.
const KEY: &str = "ppo_risk_market";

/// What it was called in format 1.
const FIRST_KEY: &str = "ppo_risk_market_1";

/// What a market's bytes hold.
#[derive(Debug, Clone)]
pub enum Contents {
    /// Prices, the bars at which decisions are taken, and what the host gave names to.
    Prices {
        /// The prices.
        table: Arc<PriceTable>,
        /// First and last bar, both included.
        range: RangeInclusive<usize>,
        /// Whether the names of the assets, of the columns and of the assets' columns are the host's own.
        named: [bool; 3],
    },
    /// A simulation without end.
    Simulated(SimulatedParameters),
}

/// All but the numbers of bars.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Description {
    Prices {
        assets: Vec<String>,
        columns: Vec<String>,
        #[serde(default)]
        asset_columns: Vec<String>,
        range: [usize; 2],
        named: [bool; 2],
        #[serde(default)]
        names_of_asset_columns: bool,
        /// Absent in what was written when every year had 252 bars.
        #[serde(default)]
        bars_per_year: BarsPerYear,
        /// Of a table with gaps, where a close of NaN is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gaps: Option<Gaps>,
    },
    Simulated(SimulatedParameters),
}

/// How gaps are to be understood.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gaps {
    rules: ListingRules,
    /// Bars and assets.
    ends: Vec<(usize, usize)>,
}

impl Document for Description {
    const KIND: &'static str = "the bytes that a market was saved to";
}

/// The bytes of prices; see [`Contents::Prices`]. The same market gives the same bytes.
pub fn prices_to_bytes(table: &PriceTable, range: &RangeInclusive<usize>, named: [bool; 3]) -> Vec<u8> {
    let description = Description::Prices {
        assets: table.assets().to_vec(),
        columns: table.columns().to_vec(),
        asset_columns: table.asset_columns().to_vec(),
        range: [*range.start(), *range.end()],
        named: [named[0], named[1]],
        names_of_asset_columns: named[2],
        bars_per_year: table.bars_per_year(),
        gaps: table.universe().map(|universe| Gaps {
            rules: universe.rules(),
            ends: universe.ends().collect(),
        }),
    };
    let shape = |values: &Array2<f64>| values.shape().to_vec();
    let bytes = |values: &Array2<f64>| values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let times = table.times().iter().flat_map(|time| time.split());
    let mut numbers: Vec<(&str, Vec<usize>, Vec<u8>)> = vec![
        (
            "times",
            vec![table.bars(), 2],
            times.flat_map(f64::to_le_bytes).collect(),
        ),
        ("close", shape(table.close()), bytes(table.prices())),
        ("signals", shape(table.signals()), bytes(table.signals())),
    ];
    let (ranges, costs) = (table.ranges(), table.costs());
    for (name, values) in [
        ("open", ranges.open.as_ref()),
        ("high", ranges.high.as_ref()),
        ("low", ranges.low.as_ref()),
        ("volume", ranges.volume.as_ref()),
        ("prior", table.prior()),
        ("cost_rates", costs.cost_rates.as_ref()),
        ("half_spreads", costs.half_spreads.as_ref()),
        ("borrow_rates", costs.borrow_rates.as_ref()),
    ] {
        numbers.extend(values.map(|values| (name, shape(values), bytes(values))));
    }
    if !table.asset_columns().is_empty() {
        let values = table.asset_signals();
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        numbers.push(("asset_signals", values.shape().to_vec(), bytes));
    }
    if let Some(rates) = table.cash_rate() {
        let bytes = rates.iter().flat_map(|rate| rate.to_le_bytes()).collect();
        numbers.push(("cash_rate", vec![rates.len()], bytes));
    }
    written(&description, &numbers)
}

/// The bytes of a simulation without end.
pub fn simulated_to_bytes(parameters: &SimulatedParameters) -> Vec<u8> {
    written(&Description::Simulated(parameters.clone()), &[])
}

fn written(description: &Description, numbers: &[(&str, Vec<usize>, Vec<u8>)]) -> Vec<u8> {
    let views = numbers.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F64, shape.clone(), bytes);
        (*name, view.expect("a number for each place"))
    });
    let metadata = HashMap::from([(KEY.to_string(), document::to_json(description))]);
    safetensors::serialize(views, Some(metadata)).expect("names and shapes fit into a header")
}

/// Reads what [`prices_to_bytes`] and [`simulated_to_bytes`] write; errors call them `input`.
///
/// The bytes may come from anywhere: their sizes are compared with what is there before memory is taken, and the prices
/// are checked as those of any other source. A simulation's parameters are checked by its market alone.
pub fn from_bytes(input: &str, bytes: &[u8]) -> Result<Contents> {
    let expected = "the bytes that a market was saved to";
    let refuse = |error| Error::invalid(input, error, expected);
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| refuse(error.to_string()))?;
    let metadata = header.metadata().as_ref();
    let description = metadata.and_then(|metadata| metadata.get(KEY).or_else(|| metadata.get(FIRST_KEY)));
    let Some(description) = description else {
        return Err(refuse("the bytes of something else".to_string()));
    };
    let numbers = SafeTensors::deserialize(bytes).map_err(|error| refuse(error.to_string()))?;
    match document::from_json(description, input)? {
        Description::Simulated(parameters) => Ok(Contents::Simulated(parameters)),
        Description::Prices {
            assets,
            columns,
            asset_columns,
            range: [first, last],
            named: [assets_named, columns_named],
            names_of_asset_columns,
            bars_per_year,
            gaps,
        } => {
            let reader = Reader { input, numbers };
            let table = Arc::new(
                reader
                    .table(assets, columns, asset_columns, gaps)?
                    .with_bars_per_year(bars_per_year),
            );
            if first >= last || last >= table.bars() {
                let found = format!("the bars {first} to {last}");
                let expected = format!("at least 2 bars within 0 to {}", table.bars() - 1);
                return Err(Error::invalid(format!("{input}: range"), found, expected));
            }
            Ok(Contents::Prices {
                table,
                range: first..=last,
                named: [assets_named, columns_named, names_of_asset_columns],
            })
        }
    }
}

struct Reader<'a> {
    input: &'a str,
    numbers: SafeTensors<'a>,
}

impl Reader<'_> {
    fn table(
        &self,
        assets: Vec<String>,
        columns: Vec<String>,
        asset_columns: Vec<String>,
        gaps: Option<Gaps>,
    ) -> Result<PriceTable> {
        let (times, close) = (self.times()?, self.cells("close")?);
        let table = match gaps {
            Some(gaps) => PriceTable::with_gaps(times, assets, close, &gaps.ends, gaps.rules)?,
            None => PriceTable::new(times, assets, close)?,
        };
        let table = table
            .with_ranges(Ranges {
                open: self.optional("open")?,
                high: self.optional("high")?,
                low: self.optional("low")?,
                volume: self.optional("volume")?,
            })?
            .with_costs(CostTable {
                cost_rates: self.optional("cost_rates")?,
                half_spreads: self.optional("half_spreads")?,
                borrow_rates: self.optional("borrow_rates")?,
            })?
            .with_columns(columns, self.cells("signals")?)?;
        let table = match self.numbers("asset_signals", 3)? {
            Some((shape, values)) => {
                let shape = (shape[0], shape[1], shape[2]);
                let values = Array3::from_shape_vec(shape, values).expect("a number for each place");
                table.with_asset_columns(asset_columns, values)?
            }
            None => table,
        };
        let table = match self.optional("prior")? {
            Some(prior) => table.with_prior(prior)?,
            None => table,
        };
        match self.numbers("cash_rate", 1)? {
            Some((_, rates)) => table.with_cash_rate(rates, true),
            None => Ok(table),
        }
    }

    /// Days since 1970-01-01, and nanoseconds since their midnight; the days alone in format 1 and early in 2.
    fn times(&self) -> Result<Vec<Time>> {
        let (name, width) = match self.numbers.tensor("times") {
            Ok(_) => ("times", 2),
            Err(_) => ("days", 1),
        };
        let (_, values) = self.required(name, width)?;
        let read = |parts: &[f64]| {
            let time = Time::join([parts[0], parts.get(1).copied().unwrap_or(0.0)]);
            let expected = "days since 1970-01-01 and nanoseconds since their midnight";
            time.ok_or_else(|| {
                Error::invalid(format!("{}: {name}", self.input), format!("{parts:?}"), expected)
            })
        };
        values.chunks(width).map(read).collect()
    }

    fn cells(&self, name: &str) -> Result<Array2<f64>> {
        let (shape, values) = self.required(name, 2)?;
        Ok(Array2::from_shape_vec((shape[0], shape[1]), values).expect("a number for each place"))
    }

    fn optional(&self, name: &str) -> Result<Option<Array2<f64>>> {
        match self.numbers.tensor(name) {
            Ok(_) => self.cells(name).map(Some),
            Err(_) => Ok(None),
        }
    }

    fn required(&self, name: &str, dimensions: usize) -> Result<(Vec<usize>, Vec<f64>)> {
        let missing = || Error::invalid(format!("{}: {name}", self.input), "missing", "there");
        self.numbers(name, dimensions)?.ok_or_else(missing)
    }

    /// Shape and numbers of a tensor, where there is one.
    fn numbers(&self, name: &str, dimensions: usize) -> Result<Option<(Vec<usize>, Vec<f64>)>> {
        let Ok(tensor) = self.numbers.tensor(name) else {
            return Ok(None);
        };
        let shape = tensor.shape().to_vec();
        if tensor.dtype() != Dtype::F64 || shape.len() != dimensions {
            let found = format!("{:?} {shape:?}", tensor.dtype());
            let expected = format!("F64 of {dimensions} dimensions");
            return Err(Error::invalid(format!("{}: {name}", self.input), found, expected));
        }
        let (chunks, _) = tensor.data().as_chunks();
        let values = chunks.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect();
        Ok(Some((shape, values)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use ndarray::array;

    fn table() -> PriceTable {
        let day = |n| NaiveDate::from_ymd_opt(2020, 1, n).unwrap();
        let close = array![[1.0, 2.0], [1.1, 1.9], [0.1 + 0.2, 2.5]];
        PriceTable::new(
            vec![day(2), day(3), day(6)],
            vec!["A".into(), "B".into()],
            close.clone(),
        )
        .unwrap()
        .with_ranges(Ranges {
            high: Some(&close * 1.5),
            low: Some(&close / 3.0),
            volume: Some(&close * 0.0),
            ..Ranges::default()
        })
        .unwrap()
        .with_columns(vec!["X".into()], array![[-0.0], [1e-300], [f64::MAX]])
        .unwrap()
        .with_asset_columns(
            vec!["OWN".into()],
            Array3::from_shape_fn((3, 2, 1), |(t, i, _)| (2 * t + i) as f64),
        )
        .unwrap()
        .with_prior(array![[0.5, 0.25, 0.25], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
        .unwrap()
        .with_cash_rate(vec![0.01, 0.02, -0.5], false)
        .unwrap()
        .with_costs(CostTable {
            cost_rates: Some(array![[0.001, 0.002], [0.0, 0.5], [0.3, 0.25]]),
            half_spreads: None,
            borrow_rates: Some(array![[0.01, 10.0], [0.0, 0.5], [0.3, 0.25]]),
        })
        .unwrap()
    }

    #[test]
    fn prices_come_back_to_the_bit() {
        let table = table();
        let bytes = prices_to_bytes(&table, &(1..=2), [true, false, true]);
        assert_eq!(bytes, prices_to_bytes(&table, &(1..=2), [true, false, true]));
        let Contents::Prices {
            table: read,
            range,
            named,
        } = from_bytes("bytes", &bytes).unwrap()
        else {
            panic!("not prices");
        };
        assert_eq!((&*read, range, named), (&table, 1..=2, [true, false, true]));
    }

    #[test]
    fn bytes_that_were_cut_or_changed_are_refused_or_are_valid_prices() {
        let bytes = prices_to_bytes(&table(), &(0..=2), [true, true, true]);
        for end in 0..bytes.len() {
            assert!(from_bytes("bytes", &bytes[..end]).is_err(), "cut at {end}");
        }
        for place in 0..bytes.len() {
            for bit in [1, 0x80] {
                let mut changed = bytes.clone();
                changed[place] ^= bit;
                // Either is right; neither panics nor allocates more than is there.
                let _ = from_bytes("bytes", &changed);
            }
        }
    }

    #[test]
    fn prices_that_break_a_rule_are_refused_with_the_cell() {
        let bytes = prices_to_bytes(&table(), &(0..=2), [true, true, true]);
        let place = bytes.windows(8).position(|w| w == 1.9_f64.to_le_bytes()).unwrap();
        let mut changed = bytes;
        changed[place..place + 8].copy_from_slice(&(-1.0_f64).to_le_bytes());
        let error = from_bytes("bytes", &changed).unwrap_err().to_string();
        assert!(error.contains("close of B on 2020-01-03"), "{error}");
    }
}
