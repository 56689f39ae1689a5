//! Series resampled together in blocks, and what a draw says of their differences.

use crate::math::statistics::{is_constant, mean};

/// Share of a mean square below which a variance is what rounding left of it.
const NO_VARIATION: f64 = 1e-13;

/// What two series are compared by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// sqrt(bars a year) · mean / standard deviation (ddof 1).
    Sharpe {
        /// Bars a year, above 0.
        bars_per_year: f64,
    },
    /// Arithmetic mean.
    Mean,
}

/// A statistic's value and its influence function: a + b·d + c·d² of a value that is d above the series' centre. The mean of
/// the influence over the values that the statistic is of is 0.
#[derive(Debug, Clone, Copy)]
struct Linearised {
    value: f64,
    influence: [f64; 3],
}

impl Statistic {
    /// Of `count` values around `centre` whose distances from it add up to the first of `sums`, and their squares to the
    /// second; `None` where the statistic is not defined.
    fn at(self, centre: f64, count: usize, [sum, squares]: [f64; 2]) -> Option<Linearised> {
        let count = count as f64;
        let shift = sum / count;
        match self {
            Self::Mean => Some(Linearised {
                value: centre + shift,
                influence: [-shift, 1.0, 0.0],
            }),
            Self::Sharpe { bars_per_year } => {
                let square = squares / count;
                let variance = square - shift * shift;
                if variance <= NO_VARIATION * square || count < 2.0 {
                    return None;
                }
                let deviation = (variance * count / (count - 1.0)).sqrt();
                let (annual, level) = (bars_per_year.sqrt(), centre + shift);
                let slope = annual / deviation;
                let bend = -0.5 * annual * level / deviation.powi(3);
                Some(Linearised {
                    value: slope * level,
                    influence: [
                        bend * (shift * shift - variance) - slope * shift,
                        slope - 2.0 * bend * shift,
                        bend,
                    ],
                })
            }
        }
    }
}

/// A difference as a sample has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    /// The first series' statistic less the second's.
    pub difference: f64,
    /// How far each bar moves it, times the number of bars: [T], of mean 0.
    pub influence: Vec<f64>,
}

/// A statistic of `first` [T] less the same of `second` [T]; `None` where one of them is not defined.
pub fn sampled(statistic: Statistic, first: &[f64], second: &[f64]) -> Option<Sampled> {
    let of = |values: &[f64]| -> Option<(f64, Vec<f64>)> {
        if matches!(statistic, Statistic::Sharpe { .. }) && is_constant(values) {
            return None;
        }
        let centre = mean(values);
        let distances = || values.iter().map(|value| value - centre);
        let sums = distances().fold([0.0, 0.0], |[sum, squares], d| [sum + d, squares + d * d]);
        let found = statistic.at(centre, values.len(), sums)?;
        let [a, b, c] = found.influence;
        Some((found.value, distances().map(|d| a + b * d + c * d * d).collect()))
    };
    let ((first, mut influence), (second, other)) = (of(first)?, of(second)?);
    for (own, other) in influence.iter_mut().zip(other) {
        *own -= other;
    }
    Some(Sampled {
        difference: first - second,
        influence,
    })
}

/// One draw of a difference; NaN where it leaves a series without a statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// The first series' statistic less the second's, of what was drawn.
    pub difference: f64,
    /// Its standard error, from the draw's own blocks.
    pub error: f64,
}

/// Series of T values each, ready to be resampled together in circular blocks: draws are O(number of blocks), and the same
/// blocks are taken of every series, so that what they have in common cancels.
#[derive(Debug)]
pub struct Resampler {
    statistic: Statistic,
    bars: usize,
    block: usize,
    blocks: usize,
    series: Vec<Series>,
}

/// Sums of a series' distances from its centre, and of their squares, over the block that begins at each bar: [T].
#[derive(Debug)]
struct Series {
    centre: f64,
    whole: Vec<[f64; 2]>,
    /// Of the last block, which is cut to fill T bars.
    last: Vec<[f64; 2]>,
}

impl Resampler {
    /// Of `series`, at least one, each of T >= 1 values, in blocks of `block` bars, 1 to T.
    pub fn new(statistic: Statistic, series: &[&[f64]], block: usize) -> Self {
        let bars = series[0].len();
        let blocks = bars.div_ceil(block);
        let rest = bars - (blocks - 1) * block;
        let series = series
            .iter()
            .map(|values| {
                let centre = mean(values);
                let powers: Vec<[f64; 2]> = values
                    .iter()
                    .map(|value| value - centre)
                    .map(|d| [d, d * d])
                    .collect();
                Series {
                    centre,
                    whole: circular_sums(&powers, block),
                    last: circular_sums(&powers, rest),
                }
            })
            .collect();
        Self {
            statistic,
            bars,
            block,
            blocks,
            series,
        }
    }

    /// Number of blocks in a draw.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// The draw whose blocks begin at the bars `starts`, one for each of [`blocks`](Self::blocks), each below T: for every
    /// series after the first, the first one's statistic less its own.
    pub fn draw(&self, starts: &[usize]) -> impl Iterator<Item = Draw> {
        let found: Vec<Option<Linearised>> = self
            .series
            .iter()
            .map(|series| {
                let sums = starts.iter().enumerate().fold([0.0, 0.0], |total, (k, &start)| {
                    plus(total, self.sums(series, k, start).1)
                });
                self.statistic.at(series.centre, self.bars, sums)
            })
            .collect();
        let undefined = Draw {
            difference: f64::NAN,
            error: f64::NAN,
        };
        (1..self.series.len()).map(move |k| match (found[0], found[k]) {
            (Some(first), Some(second)) => Draw {
                difference: first.value - second.value,
                error: self.error(starts, first.influence, (k, second.influence)),
            },
            _ => undefined,
        })
    }

    /// The natural standard error of a draw (Götze and Künsch 1996): its blocks are independent, so that the squares of their
    /// summed influences add up to its variance. 0 for a single block.
    fn error(&self, starts: &[usize], first: [f64; 3], (k, second): (usize, [f64; 3])) -> f64 {
        let squares: f64 = starts
            .iter()
            .enumerate()
            .map(|(place, &start)| {
                let moved = |series: &Series, [a, b, c]: [f64; 3]| {
                    let (bars, [sum, squares]) = self.sums(series, place, start);
                    a * bars as f64 + b * sum + c * squares
                };
                let moved = moved(&self.series[0], first) - moved(&self.series[k], second);
                moved * moved
            })
            .sum();
        let blocks = self.blocks as f64;
        // The influences are about the draw's own mean.
        let own_mean = if self.blocks > 1 {
            blocks / (blocks - 1.0)
        } else {
            0.0
        };
        (squares * own_mean).sqrt() / self.bars as f64
    }

    /// The block at `place` of a draw that begins at `start`: its bars, and its sums.
    fn sums(&self, series: &Series, place: usize, start: usize) -> (usize, [f64; 2]) {
        if place + 1 < self.blocks {
            (self.block, series.whole[start])
        } else {
            (self.bars - place * self.block, series.last[start])
        }
    }
}

/// The sum of the `length` values from each place on, wrapping around. Sums of powers of two are doubled and joined: nothing
/// is subtracted, so that a block of zeros adds up to 0 beside whatever else there is.
fn circular_sums(values: &[[f64; 2]], length: usize) -> Vec<[f64; 2]> {
    let count = values.len();
    let mut power = values.to_vec();
    let mut total = vec![[0.0; 2]; count];
    let (mut span, mut done) = (1, 0);
    while done < length {
        if length & span != 0 {
            for (place, total) in total.iter_mut().enumerate() {
                *total = plus(*total, power[(place + done) % count]);
            }
            done += span;
        }
        power = (0..count)
            .map(|place| plus(power[place], power[(place + span) % count]))
            .collect();
        span *= 2;
    }
    total
}

fn plus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] + b[0], a[1] + b[1]]
}
