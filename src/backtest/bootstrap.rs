//! How sure a difference of two series of returns is: paired circular block bootstrap, studentised, with blocks as long as
//! the data ask for.

use super::resample::{Draw, Resampler, Sampled, Statistic, sampled};
use super::{Verdict, block_length, standard_error};
use crate::error::{Count, Error, Result};
use crate::market::BarsPerYear;
use crate::math::elementary::ln_1p;
use crate::math::random;
use crate::math::statistics::{quantile_sorted, standard_deviation};
use crate::memory;
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// Fewest bars that an interval is given of, and fewest blocks.
const FEWEST_BARS: usize = 252;
const FEWEST_BLOCKS: usize = 12;

/// Most resamples: ends of intervals do not change beyond, and they take 160 MB a difference.
const MOST_DRAWS: usize = 10_000_000;

/// The settings of the bootstrap.
///
/// Each draw joins blocks of consecutive bars, each starting at a uniformly chosen bar and wrapping around at the
/// end (circular moving blocks: Politis and Romano 1992), until it is as long as the series; both series are
/// resampled with the same blocks, so that what they have in common cancels. The interval is the difference and on either side
/// of it its standard error ([`standard_error`]) times the `level` quantile over the draws of the size of (a draw's difference
/// less the difference)/(the draw's own standard error): studentised and symmetric (Ledoit and Wolf 2008). `make oracle` prints
/// how often such an interval holds a difference that is known (`interval_coverage_worst`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BlockBootstrap {
    /// Bars in a block, at least 1; by default as many as the dependence of the two series asks for ([`block_length`]). An
    /// interval needs 12 blocks.
    pub block: Option<usize>,
    /// Resamples, 1 to 10,000,000; default 2,000.
    pub draws: usize,
    /// Probability that the interval is meant to hold, in (0, 1); default 0.90.
    pub level: f64,
    /// Seed of the stream that chooses the blocks; default 0.
    pub seed: u64,
}

impl Default for BlockBootstrap {
    fn default() -> Self {
        Self {
            block: None,
            draws: 2_000,
            level: 0.90,
            seed: 0,
        }
    }
}

/// A difference, how far the bootstrap moves it, and its two-sided interval; NaN where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The difference itself, which is the middle of the interval.
    pub estimate: f64,
    /// Standard deviation of the draws (ddof 1): the block bootstrap's standard error; NaN for a single draw.
    pub standard_error: f64,
    /// Median of the draws.
    pub median: f64,
    /// Lower end; NaN where there are too few bars for an interval.
    pub low: f64,
    /// Upper end; NaN where there are too few bars for an interval.
    pub high: f64,
    /// Bars in a block.
    pub block: usize,
    /// What may be said of it.
    pub verdict: Verdict,
}

/// The differences of one series to several others: each alone, and all at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Each as if it were the only one, with blocks of its own length: [K], in the order of the others.
    pub alone: Vec<Interval>,
    /// So wide that, with the level's probability, every one holds its difference: [K]. All are drawn with the same blocks,
    /// as long as the longest that one of them asks for.
    pub at_once: Vec<Simultaneous>,
}

/// An interval of one of several differences that is meant to hold together with the others'.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Simultaneous {
    /// Lower end: the difference less its standard error times the quantile of the largest studentised draw; NaN where there
    /// is no interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What may be said however many were compared: Romano and Wolf's (2005) step-down, which leaves out, step by step, what
    /// already excludes 0, and so says at least as much as the interval.
    pub verdict: Verdict,
}

impl BlockBootstrap {
    /// Sharpe(first) - Sharpe(second), annualised, for two series of returns over each bar's cash
    /// return ([`Track::excess_returns`](super::Track::excess_returns)) on the same bars: [T] each, T >= 2.
    ///
    /// Sharpe is sqrt(bars a year) · mean / standard deviation (ddof 1). A difference below 1e-6 in size is 0: policies act
    /// in single precision, and what that leaves of two equal portfolios says nothing. Every number is NaN where a series, or
    /// what a draw leaves of it, does not vary, and the two ends where T is below [`fewest_bars`](Self::fewest_bars). Errors:
    /// different lengths, fewer than two bars, a return that is not finite, or settings outside their range.
    pub fn sharpe_difference(
        &self,
        first: &[f64],
        second: &[f64],
        bars_per_year: BarsPerYear,
    ) -> Result<Interval> {
        Ok(self.sharpe_differences(first, &[second], bars_per_year)?.alone[0])
    }

    /// [`sharpe_difference`](Self::sharpe_difference) to each of `seconds`, [K][T], and all of them at once.
    pub fn sharpe_differences(
        &self,
        first: &[f64],
        seconds: &[&[f64]],
        bars_per_year: BarsPerYear,
    ) -> Result<Comparison> {
        check_series(first, seconds, f64::NEG_INFINITY)?;
        let bars_per_year = bars_per_year.get();
        self.compare(Statistic::Sharpe { bars_per_year }, first, seconds)
    }

    /// Mean of ln(1 + first) - ln(1 + second) per bar, not annualised, of two series of simple returns on the same bars: [T]
    /// each, T >= 2, above -1. Its `estimate` and `standard_error` are design's m and s of a departure by evidence.
    ///
    /// Below 1e-9 in size it is 0. Otherwise as [`sharpe_difference`](Self::sharpe_difference).
    pub fn growth_difference(&self, first: &[f64], second: &[f64]) -> Result<Interval> {
        Ok(self.growth_differences(first, &[second])?.alone[0])
    }

    /// [`growth_difference`](Self::growth_difference) to each of `seconds`, [K][T], and all of them at once.
    pub fn growth_differences(&self, first: &[f64], seconds: &[&[f64]]) -> Result<Comparison> {
        check_series(first, seconds, -1.0)?;
        let growth = |returns: &[f64]| -> Vec<f64> { returns.iter().map(|r| ln_1p(*r)).collect() };
        let others: Vec<Vec<f64>> = seconds.iter().map(|returns| growth(returns)).collect();
        let others: Vec<&[f64]> = others.iter().map(Vec::as_slice).collect();
        self.compare(Statistic::Mean, &growth(first), &others)
    }

    /// Fewest bars that an interval is given of with blocks of `block` bars: 252, and 12 blocks.
    pub fn fewest_bars(block: usize) -> usize {
        FEWEST_BARS.max(block.saturating_mul(FEWEST_BLOCKS))
    }

    fn compare(&self, statistic: Statistic, first: &[f64], seconds: &[&[f64]]) -> Result<Comparison> {
        self.validate()?;
        let pairs: Vec<Option<Pair>> = seconds
            .iter()
            .map(|second| {
                let found = sampled(statistic, first, second)?;
                Some(Pair::new(statistic, second, &found, self.block))
            })
            .collect();
        let alone = pairs
            .iter()
            .map(|pair| match pair {
                Some(pair) => self.alone(statistic, first, pair),
                None => Ok(Interval::UNDEFINED),
            })
            .collect::<Result<Vec<_>>>()?;
        let at_once = self.at_once(statistic, first, &pairs, &alone)?;
        Ok(Comparison { alone, at_once })
    }

    fn alone(&self, statistic: Statistic, first: &[f64], pair: &Pair) -> Result<Interval> {
        let mut draws = self.draws(statistic, first, &[pair], pair.block)?.remove(0);
        if draws.iter().any(|draw| draw.difference.is_nan()) {
            return Ok(
                match Verdict::too_short(first.len(), Self::fewest_bars(pair.block)) {
                    Some(verdict) => Interval {
                        estimate: pair.settled(pair.difference),
                        block: pair.block,
                        verdict,
                        ..Interval::UNDEFINED
                    },
                    None => Interval::UNDEFINED,
                },
            );
        }
        let mut sizes = memory::empty("the resamples of the bootstrap", &[self.draws])?;
        sizes.extend(draws.iter().map(|draw| pair.studentised(draw)));
        sizes.sort_unstable_by(f64::total_cmp);
        draws.sort_unstable_by(|a, b| a.difference.total_cmp(&b.difference));
        let differences: Vec<f64> = draws.iter().map(|draw| pair.settled(draw.difference)).collect();
        let (low, high, verdict) = pair.ends(first.len(), pair.block, quantile_sorted(&sizes, self.level));
        Ok(Interval {
            estimate: pair.settled(pair.difference),
            standard_error: standard_deviation(&differences, 1),
            median: quantile_sorted(&differences, 0.5),
            low,
            high,
            block: pair.block,
            verdict,
        })
    }

    /// The single-step interval by the quantile of the largest of all studentised draws, and the verdict by its step-down.
    fn at_once(
        &self,
        statistic: Statistic,
        first: &[f64],
        pairs: &[Option<Pair>],
        alone: &[Interval],
    ) -> Result<Vec<Simultaneous>> {
        let defined: Vec<usize> = (0..pairs.len())
            .filter(|&k| !alone[k].estimate.is_nan())
            .collect();
        let mut found: Vec<Simultaneous> = alone.iter().map(Simultaneous::from).collect();
        let compared: Vec<&Pair> = defined.iter().filter_map(|&k| pairs[k].as_ref()).collect();
        // One alone is all at once.
        let Some(block) = compared
            .iter()
            .map(|pair| pair.block)
            .max()
            .filter(|_| compared.len() > 1)
        else {
            return Ok(found);
        };
        let too_short = Verdict::too_short(first.len(), Self::fewest_bars(block));
        if let Some(verdict) = too_short {
            let without = Interval {
                verdict,
                ..Interval::UNDEFINED
            };
            for &k in &defined {
                found[k] = Simultaneous::from(&without);
            }
            return Ok(found);
        }
        let draws = self.draws(statistic, first, &compared, block)?;
        if draws.iter().flatten().any(|draw| draw.difference.is_nan()) {
            for &k in &defined {
                found[k] = Simultaneous::from(&Interval::UNDEFINED);
            }
            return Ok(found);
        }
        let mut sizes = memory::empty("the resamples of the bootstrap", &[self.draws])?;
        let mut left: Vec<usize> = (0..compared.len()).collect();
        let mut first_step = true;
        loop {
            sizes.clear();
            sizes.extend((0..self.draws).map(|draw| {
                let studentised = left.iter().map(|&k| compared[k].studentised(&draws[k][draw]));
                studentised.fold(0.0, f64::max)
            }));
            sizes.sort_unstable_by(f64::total_cmp);
            let quantile = quantile_sorted(&sizes, self.level);
            for &k in &left {
                let (low, high, verdict) = compared[k].ends(first.len(), block, quantile);
                let found = &mut found[defined[k]];
                if first_step {
                    (found.low, found.high) = (low, high);
                }
                found.verdict = verdict;
            }
            let before = left.len();
            left.retain(|&k| !found[defined[k]].verdict.excludes_zero());
            if left.is_empty() || left.len() == before {
                return Ok(found);
            }
            first_step = false;
        }
    }

    /// The draws of `first` less each of `pairs`, with the same blocks: [K][draws].
    fn draws(
        &self,
        statistic: Statistic,
        first: &[f64],
        pairs: &[&Pair],
        block: usize,
    ) -> Result<Vec<Vec<Draw>>> {
        let bars = first.len();
        let others = pairs.iter().map(|pair| pair.second);
        let series: Vec<&[f64]> = [first].into_iter().chain(others).collect();
        let resampler = Resampler::new(statistic, &series, block.min(bars));
        let mut stream = random::stream(self.seed, "bootstrap", 0);
        let mut starts = vec![0; resampler.blocks()];
        let mut draws = pairs
            .iter()
            .map(|_| memory::empty("the resamples of the bootstrap", &[self.draws]))
            .collect::<Result<Vec<_>>>()?;
        for _ in 0..self.draws {
            starts.fill_with(|| stream.random_range(0..bars));
            for (draws, draw) in draws.iter_mut().zip(resampler.draw(&starts)) {
                draws.push(draw);
            }
        }
        Ok(draws)
    }

    fn validate(&self) -> Result<()> {
        if self.block == Some(0) {
            return Err(Error::invalid("bootstrap.block", 0, "at least 1 bar"));
        }
        if !(1..=MOST_DRAWS).contains(&self.draws) {
            let expected = format!("1 to {MOST_DRAWS} resamples");
            return Err(Error::invalid("bootstrap.draws", self.draws, expected));
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::invalid(
                "bootstrap.level",
                self.level,
                "between 0 and 1, both excluded",
            ));
        }
        Ok(())
    }
}

/// A second series, and the difference to it as the sample has it.
struct Pair<'a> {
    second: &'a [f64],
    difference: f64,
    error: f64,
    block: usize,
    /// What is 0, and what is printed as 0.
    rounding: f64,
    resolution: f64,
}

impl<'a> Pair<'a> {
    fn new(statistic: Statistic, second: &'a [f64], found: &Sampled, block: Option<usize>) -> Self {
        let (rounding, resolution) = match statistic {
            Statistic::Sharpe { .. } => (1e-6, Verdict::RESOLUTION),
            Statistic::Mean => (1e-9, 1e-9),
        };
        let error = standard_error::of_mean(&found.influence);
        // What rounding leaves of two equal series has a dependence that means nothing.
        let chosen = || match error < rounding {
            true => 1,
            false => block_length::bars(&found.influence),
        };
        Self {
            second,
            difference: found.difference,
            error,
            block: block.unwrap_or_else(chosen),
            rounding,
            resolution,
        }
    }

    /// How many of its own standard errors a draw is away, without sign.
    fn studentised(&self, draw: &Draw) -> f64 {
        let away = (draw.difference - self.difference).abs();
        if away == 0.0 {
            return 0.0;
        }
        // Blocks that are all alike, where few bars differ at all, say nothing of an error: the sample's own is all there is.
        let known = draw.error > 1e-6 * self.error;
        away / if known { draw.error } else { self.error }
    }

    fn settled(&self, value: f64) -> f64 {
        if value.abs() < self.rounding { 0.0 } else { value }
    }

    /// Both ends and the verdict, `quantile` standard errors to either side; NaN of too few bars.
    fn ends(&self, bars: usize, block: usize, quantile: f64) -> (f64, f64, Verdict) {
        if let Some(verdict) = Verdict::too_short(bars, BlockBootstrap::fewest_bars(block)) {
            return (f64::NAN, f64::NAN, verdict);
        }
        let reach = if self.error < self.rounding {
            0.0
        } else {
            quantile * self.error
        };
        let low = self.settled(self.difference - reach);
        let high = self.settled(self.difference + reach);
        (low, high, Verdict::of(low, high, self.resolution))
    }
}

impl Interval {
    const UNDEFINED: Self = Self {
        estimate: f64::NAN,
        standard_error: f64::NAN,
        median: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
        block: 0,
        verdict: Verdict::Undefined,
    };
}

impl From<&Interval> for Simultaneous {
    fn from(interval: &Interval) -> Self {
        Self {
            low: interval.low,
            high: interval.high,
            verdict: interval.verdict,
        }
    }
}

/// That every series is as long as the first, of at least two values, each finite and above `low`.
fn check_series(first: &[f64], seconds: &[&[f64]], low: f64) -> Result<()> {
    if first.len() < 2 {
        return Err(Error::invalid(
            "returns",
            Count(first.len(), "values"),
            "at least 2",
        ));
    }
    for second in seconds {
        if second.len() != first.len() {
            return Err(Error::invalid(
                "second returns",
                Count(second.len(), "values"),
                format!("{}, as the first", first.len()),
            ));
        }
    }
    let named = [("first returns", first)].into_iter();
    for (name, returns) in named.chain(seconds.iter().map(|second| ("second returns", *second))) {
        if let Some(t) = returns.iter().position(|r| !(r.is_finite() && *r > low)) {
            let expected = match low.is_finite() {
                true => format!("a finite number above {low}"),
                false => "a finite number".to_string(),
            };
            return Err(Error::invalid(format!("{name}[{t}]"), returns[t], expected));
        }
    }
    Ok(())
}

impl Interval {
    /// Of the same difference taken the other way round.
    pub(super) fn reversed(self) -> Self {
        Self {
            estimate: 0.0 - self.estimate,
            median: 0.0 - self.median,
            low: 0.0 - self.high,
            high: 0.0 - self.low,
            verdict: self.verdict.reversed(),
            ..self
        }
    }
}

impl Simultaneous {
    /// Of the same difference taken the other way round.
    pub(super) fn reversed(self) -> Self {
        Self {
            low: 0.0 - self.high,
            high: 0.0 - self.low,
            verdict: self.verdict.reversed(),
        }
    }
}
