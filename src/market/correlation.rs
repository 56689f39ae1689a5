//! How the returns of assets move together, as a policy sees it.

use crate::error::{Error, Result, words};
use crate::market::content::Content;
use crate::market::history::History;
use crate::market::prior;
use crate::math::definite::solve;
use crate::math::eigenvalue::first_eigenvalue;
use crate::math::elementary::ln;
use crate::memory;
use serde::{Deserialize, Serialize};

/// Half-lives after which a return no longer counts: the weight of all that is left out is 2^-10.
const HALF_LIVES: f64 = 10.0;

/// Longest half-life, in bars.
pub(crate) const LONGEST_HALF_LIFE: f64 = 10_000.0;

/// Most assets of which all pairs are shown: 65,341 of them.
const MOST_IN_PAIRS: usize = 362;

/// Most assets whose correlations are made into values of each.
const MOST_ASSETS: usize = 1024;

/// Correlations are taken to be within plus or minus this before Fisher's z, which is infinite at 1.
const LARGEST: f64 = 0.99;

/// What correlations are shrunk by before the portfolio of least variance is computed from them: its matrix then has
/// no eigenvalue below this.
const SHRINKAGE: f64 = 0.1;

/// A price whose volatility is below this does not move.
const SMALLEST_VOLATILITY: f64 = 1e-8;

/// Exponentially weighted correlations of simple returns, in one of two forms.
///
/// With weights u_k of the last 10 half-lives of bars (halving every half-life, summing to 1), means m_i = Σ u_k r_ki and
/// covariances c_ij = Σ u_k (r_ki - m_i)(r_kj - m_j), the correlation of two assets is ρ_ij = c_ij / sqrt(c_ii c_jj). It is
/// shown as Fisher's z = atanh(ρ), of ρ within ±0.99. Bars before the window do not count at all, so that the numbers are the
/// same, to the bit, however far back the history began; nothing is decided before the window is full. An asset that does not
/// take part, or whose volatility is below 1e-8, has no part in any of it, and 0 for its own values.
///
/// A bar costs N²/2 sums over the window; with [`Assets`](Self::Assets) N³/6 products more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Correlation {
    /// One value for every pair of assets, for networks that read the whole state: 2 to 362 assets.
    Pairs {
        /// Bars after which a return counts half as much, 1 to 10,000; default 20.
        #[serde(default = "half_life")]
        half_life: f64,
    },
    /// Values of each asset, for networks that score assets one by one, 2 to 1,024 of them: z of its mean correlation
    /// with the others; its beta to equal weight; its weight in the portfolio of least variance. And for all of them the share
    /// of the first eigenvalue.
    ///
    /// The portfolio of least variance is Σ⁻¹1 / 1'Σ⁻¹1, of either sign, of covariances whose correlations are shrunk by a
    /// tenth. The eigenvalue is that of 32 power iterations from a fixed start: never above the largest, and below it by at
    /// most 5% in correlations of random returns, by less than 1e-9 where a common factor makes it stand out.
    Assets {
        /// Bars after which a return counts half as much, 1 to 10,000; default 20.
        #[serde(default = "half_life")]
        half_life: f64,
    },
}

fn half_life() -> f64 {
    20.0
}

impl Correlation {
    /// The blocks that it makes.
    pub(super) fn contents(shown: Option<Self>) -> &'static [Content] {
        match shown {
            None => &[],
            Some(Self::Pairs { .. }) => &[Content::Correlations],
            Some(Self::Assets { .. }) => &[
                Content::MeanCorrelation,
                Content::Beta,
                Content::LeastVariance,
                Content::FirstEigenvalue,
            ],
        }
    }

    /// Bars after which a return counts half as much.
    pub fn half_life(&self) -> f64 {
        match *self {
            Self::Pairs { half_life } | Self::Assets { half_life } => half_life,
        }
    }

    /// Bars that it looks back on: 10 half-lives.
    pub fn window(&self) -> usize {
        (HALF_LIVES * self.half_life()).ceil() as usize
    }

    /// Checks that it can be used for this number of assets.
    pub(super) fn validate(&self, assets: usize) -> Result<()> {
        let (form, most) = match self {
            Self::Pairs { .. } => ("pairs", MOST_IN_PAIRS),
            Self::Assets { .. } => ("assets", MOST_ASSETS),
        };
        let half_life = self.half_life();
        if !(1.0..=LONGEST_HALF_LIFE).contains(&half_life) {
            let input = words!("state.correlation.{form}.half_life");
            let expected = words!("in [1, {LONGEST_HALF_LIFE}]");
            return Err(Error::invalid(input, half_life, expected));
        }
        if !(2..=most).contains(&assets) {
            let found = words!("`{form}` with {assets} assets");
            let expected = words!("2 to {most} assets");
            return Err(Error::invalid("state.correlation", found, expected));
        }
        Ok(())
    }
}

/// Computes the blocks of one builder, bar by bar; allocates when it is made and never again.
#[derive(Debug, Clone)]
pub(super) struct Correlations {
    shown: Correlation,
    assets: usize,
    /// Weights of the bars, oldest first, and their square roots: [W].
    decay: Vec<f64>,
    roots: Vec<f64>,
    /// Assets that move, M of them: room for [N].
    moving: Vec<usize>,
    /// Volatilities of those: [M].
    volatility: Vec<f64>,
    /// Their returns less the mean, weighted and divided by the volatility, so that a correlation is a product of two
    /// rows: [M, W].
    rows: Vec<f64>,
    /// Correlations: [M, M].
    matrix: Vec<f64>,
    /// What is computed from them ([M, M] and twice [M]); empty for pairs.
    factor: Vec<f64>,
    scratch: [Vec<f64>; 2],
    /// What the blocks hold, one after another; now, and before the last update.
    values: Vec<f64>,
    before: Vec<f64>,
}

impl Correlations {
    pub(super) fn new(shown: Correlation, assets: usize) -> Result<Self> {
        let room = |shape: &[usize]| memory::filled("the correlations", shape, 0.0);
        let window = shown.window();
        let (len, further) = match shown {
            Correlation::Pairs { .. } => (assets * (assets - 1) / 2, 0),
            Correlation::Assets { .. } => (3 * assets + 1, assets),
        };
        let decay = prior::decay(shown.half_life(), window);
        Ok(Self {
            shown,
            assets,
            roots: decay.iter().map(|weight| weight.sqrt()).collect(),
            decay,
            moving: memory::empty("the correlations", &[assets])?,
            volatility: room(&[assets])?,
            rows: room(&[assets, window])?,
            matrix: room(&[assets, assets])?,
            factor: room(&[further, further])?,
            scratch: [room(&[further])?, room(&[further])?],
            values: room(&[len])?,
            before: room(&[len])?,
        })
    }

    /// Numbers that it keeps room for.
    pub(super) fn numbers(&self) -> usize {
        let lists = 2 * self.decay.len() + 2 * self.assets + self.rows.len() + self.matrix.len();
        lists + self.factor.len() + 2 * self.scratch[0].len() + 2 * self.values.len()
    }

    /// What a block holds, in the order of the state.
    pub(super) fn values(&self, content: Content) -> &[f64] {
        let n = self.assets;
        match content {
            Content::MeanCorrelation => &self.values[..n],
            Content::Beta => &self.values[n..2 * n],
            Content::LeastVariance => &self.values[2 * n..3 * n],
            Content::FirstEigenvalue => &self.values[3 * n..],
            _ => &self.values,
        }
    }

    /// Goes back to before the last [`update`](Self::update), once.
    pub(super) fn take_back(&mut self) {
        std::mem::swap(&mut self.values, &mut self.before);
    }

    /// Computes everything from the last bars, of the assets that take part.
    pub(super) fn update(&mut self, returns: &History, takes_part: impl Fn(usize) -> bool) {
        std::mem::swap(&mut self.values, &mut self.before);
        self.values.fill(0.0);
        self.read(returns, takes_part);
        let (moving, window) = (self.moving.len(), self.decay.len());
        let row = |i: usize| &self.rows[i * window..(i + 1) * window];
        for i in 0..moving {
            self.matrix[i * moving + i] = 1.0;
            for j in 0..i {
                let correlation = dot(row(i), row(j)).clamp(-1.0, 1.0);
                self.matrix[i * moving + j] = correlation;
                self.matrix[j * moving + i] = correlation;
            }
        }
        match self.shown {
            Correlation::Pairs { .. } => self.write_pairs(),
            Correlation::Assets { .. } => self.write_assets(),
        }
    }

    /// Reads the window of the assets that take part and move: their rows and volatilities.
    fn read(&mut self, returns: &History, takes_part: impl Fn(usize) -> bool) {
        let (assets, window) = (self.assets, self.decay.len());
        let bars = returns.last(window);
        self.moving.clear();
        for asset in (0..assets).filter(|asset| takes_part(*asset)) {
            let own = bars[asset..].iter().step_by(assets);
            let mean: f64 = own.clone().zip(&self.decay).map(|(r, weight)| weight * r).sum();
            let next = self.moving.len();
            let row = &mut self.rows[next * window..(next + 1) * window];
            for ((row, earned), root) in row.iter_mut().zip(own).zip(&self.roots) {
                *row = root * (earned - mean);
            }
            let volatility = dot(row, row).sqrt();
            if volatility < SMALLEST_VOLATILITY {
                continue;
            }
            for value in row {
                *value /= volatility;
            }
            self.volatility[next] = volatility;
            self.moving.push(asset);
        }
    }

    fn write_pairs(&mut self) {
        let (assets, moving) = (self.assets, self.moving.len());
        for (i, &first) in self.moving.iter().enumerate() {
            let start = first * (2 * assets - first - 1) / 2;
            for (j, &second) in self.moving.iter().enumerate().skip(i + 1) {
                self.values[start + second - first - 1] = fisher(self.matrix[i * moving + j]);
            }
        }
    }

    fn write_assets(&mut self) {
        let (assets, moving) = (self.assets, self.moving.len());
        if moving == 0 {
            return;
        }
        let volatility = &self.volatility[..moving];
        let [betas, weights] = &mut self.scratch;
        let (betas, weights) = (&mut betas[..moving], &mut weights[..moving]);
        // Of equal weight M ways: covariances with each, and the variance.
        for (i, row) in self.matrix[..moving * moving].chunks_exact(moving).enumerate() {
            let others = (row.iter().sum::<f64>() - 1.0) / (moving - 1).max(1) as f64;
            self.values[self.moving[i]] = fisher(others);
            let with_sum: f64 = row.iter().zip(volatility).map(|(r, other)| r * other).sum();
            betas[i] = volatility[i] * with_sum;
        }
        let variance = betas.iter().sum::<f64>() / moving as f64;
        if variance >= SMALLEST_VOLATILITY * SMALLEST_VOLATILITY {
            for (&asset, beta) in self.moving.iter().zip(&*betas) {
                self.values[assets + asset] = beta / variance;
            }
        }
        let factor = &mut self.factor[..moving * moving];
        for (i, (factor, row)) in factor
            .chunks_exact_mut(moving)
            .zip(self.matrix.chunks_exact(moving))
            .enumerate()
        {
            for (factor, correlation) in factor.iter_mut().zip(row) {
                *factor = (1.0 - SHRINKAGE) * correlation;
            }
            factor[i] = 1.0;
            weights[i] = 1.0 / volatility[i];
        }
        solve(factor, weights);
        let mut sum = 0.0;
        for (weight, volatility) in weights.iter_mut().zip(volatility) {
            *weight /= volatility;
            sum += *weight;
        }
        for (&asset, weight) in self.moving.iter().zip(&*weights) {
            self.values[2 * assets + asset] = weight / sum;
        }
        let first = first_eigenvalue(&self.matrix[..moving * moving], betas, weights);
        self.values[3 * assets] = first / moving as f64;
    }
}

/// Fisher's z of a correlation, within ±0.99.
fn fisher(correlation: f64) -> f64 {
    let near = correlation.clamp(-LARGEST, LARGEST);
    0.5 * ln((1.0 + near) / (1.0 - near))
}

/// Sum of products, as eight partial sums side by side: always the same eight.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut partial = [0.0; 8];
    let (chunks, rest) = a.as_chunks::<8>();
    let (others, other_rest) = b.as_chunks::<8>();
    for (a, b) in chunks.iter().zip(others) {
        for lane in 0..8 {
            partial[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = rest.iter().zip(other_rest).map(|(a, b)| a * b).sum();
    partial.iter().sum::<f64>() + rest
}
