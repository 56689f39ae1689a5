//! The region that is projected onto, and its limits.

/// By how much a point may miss a sum, and still counts as inside: sums are only known to rounding.
pub const TOLERANCE: f64 = 1e-12;

/// The points x of n coordinates that meet every limit below. Limits that are infinite are off.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Least of each coordinate: [n].
    pub low: Vec<f64>,
    /// Most of each coordinate: [n].
    pub high: Vec<f64>,
    /// Ranges of sums over some of the coordinates; they may overlap.
    pub sums: Vec<SumRange>,
    /// Most of the sum of abs(x), 0 or more.
    pub gross: f64,
    /// Where `turnover` is counted from: [n].
    pub from: Vec<f64>,
    /// Most of max(sum of increases, sum of decreases) from `from` to x, 0 or more.
    pub turnover: f64,
}

/// What a sum over some coordinates may be.
#[derive(Debug, Clone, PartialEq)]
pub struct SumRange {
    /// The coordinates, each named once.
    pub members: Vec<usize>,
    /// Least of their sum.
    pub least: f64,
    /// Most of their sum.
    pub most: f64,
}

impl SumRange {
    /// The sum over the members of `x`.
    pub fn of(&self, x: &[f64]) -> f64 {
        self.members.iter().map(|&i| x[i]).sum()
    }
}

impl Region {
    /// All points of `n` coordinates.
    pub fn everywhere(n: usize) -> Self {
        Self {
            low: vec![f64::NEG_INFINITY; n],
            high: vec![f64::INFINITY; n],
            sums: Vec::new(),
            gross: f64::INFINITY,
            from: vec![0.0; n],
            turnover: f64::INFINITY,
        }
    }

    /// Whether `x` meets the bounds to the last bit and every sum within [`TOLERANCE`].
    pub fn contains(&self, x: &[f64]) -> bool {
        let bounded = x.iter().zip(self.low.iter().zip(&self.high));
        let mut inside = true;
        let mut gross = 0.0;
        for (x, (low, high)) in bounded {
            inside &= low <= x && x <= high;
            gross += x.abs();
        }
        inside
            && gross <= self.gross + TOLERANCE
            && (self.turnover.is_infinite() || turnover(&self.from, x) <= self.turnover + TOLERANCE)
            && self.sums.iter().all(|range| {
                let sum = range.of(x);
                range.least - TOLERANCE <= sum && sum <= range.most + TOLERANCE
            })
    }
}

/// max(sum of increases, sum of decreases): half the sum of abs(to - from) where what is left over, cash,
/// counts as one more coordinate.
pub fn turnover(from: &[f64], to: &[f64]) -> f64 {
    let (mut increases, mut decreases) = (0.0, 0.0);
    for (from, to) in from.iter().zip(to) {
        let change = to - from;
        increases += change.max(0.0);
        decreases += (-change).max(0.0);
    }
    f64::max(increases, decreases)
}

/// One limit of a [`Region`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The lower bound of a coordinate.
    Low(usize),
    /// The upper bound of a coordinate.
    High(usize),
    /// The least of a sum.
    Least(usize),
    /// The most of a sum.
    Most(usize),
    /// The sum of absolute values.
    Gross,
    /// The sum of increases within the turnover.
    Increases,
    /// The sum of decreases within the turnover.
    Decreases,
}
