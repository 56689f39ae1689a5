//! The limits that are equations, as an orthogonal factorisation that grows and shrinks by one.

use super::region::{Limit, Region};

/// A part of a normal that is smaller than this, relatively, is rounding: the normal depends on the active
/// ones.
const DEPENDENT: f64 = 1e-10;

/// Active normals N [n, active] = Q1 R with Q = [Q1 Q2] orthogonal, R upper triangular.
///
/// Normals have entries 0 and ±1 only, so that independent ones stay clearly apart.
#[derive(Debug, Clone)]
pub(super) struct ActiveSet {
    n: usize,
    active: usize,
    /// Q: [n, n], row by row.
    q: Vec<f64>,
    /// R: [n, n], column by column.
    r: Vec<f64>,
    /// Row in `normals` of each active limit, then of the entering one, then the spare ones: [n + 1].
    slots: Vec<usize>,
    /// [n + 1, n]
    normals: Vec<f64>,
    /// Limit and level of each row of `normals`.
    limits: Vec<(Limit, f64)>,
    /// Multiplier of each active limit.
    multipliers: Vec<f64>,
    /// Q' times the entering normal.
    rotated: Vec<f64>,
    /// The entering normal's part along the active ones, as a combination of them.
    combination: Vec<f64>,
    /// The entering normal's part across the active ones.
    across: Vec<f64>,
}

/// How far the entering limit's multiplier can grow.
pub(super) struct Step {
    /// Growth of the multiplier; infinite where nothing ends it.
    pub(super) length: f64,
    /// Position of the active limit whose multiplier ends it; none if the entering limit is met.
    pub(super) leaving: Option<usize>,
    /// Whether the point moves, or only multipliers do.
    moves: bool,
}

impl ActiveSet {
    pub(super) fn new(n: usize) -> Self {
        Self {
            n,
            active: 0,
            q: vec![0.0; n * n],
            r: vec![0.0; n * n],
            slots: (0..=n).collect(),
            normals: vec![0.0; (n + 1) * n],
            limits: vec![(Limit::Gross, 0.0); n + 1],
            multipliers: vec![0.0; n],
            rotated: vec![0.0; n],
            combination: vec![0.0; n],
            across: vec![0.0; n],
        }
    }

    /// Begins at the target cut at its bounds: those that cut are active, with orthogonal normals.
    pub(super) fn start(&mut self, region: &Region, target: &[f64], point: &mut [f64]) {
        let n = self.n;
        self.q.fill(0.0);
        self.active = 0;
        let mut free = n;
        for i in 0..n {
            let (low, high) = (region.low[i], region.high[i]);
            point[i] = target[i].clamp(low, high);
            let cut = target[i] - point[i];
            if cut == 0.0 {
                free -= 1;
                self.q[i * n + free] = 1.0;
                continue;
            }
            let (limit, level, sign) = match cut > 0.0 {
                true => (Limit::High(i), high, 1.0),
                false => (Limit::Low(i), -low, -1.0),
            };
            let (position, slot) = (self.active, self.slots[self.active]);
            self.q[i * n + position] = sign;
            self.r[position * n..position * n + position].fill(0.0);
            self.r[position * n + position] = 1.0;
            let normal = &mut self.normals[slot * n..(slot + 1) * n];
            normal.fill(0.0);
            normal[i] = sign;
            self.limits[slot] = (limit, level);
            self.multipliers[position] = cut.abs();
            self.active += 1;
        }
    }

    /// Where the normal of the next limit to take up is written: [n].
    pub(super) fn entering_normal(&mut self) -> &mut [f64] {
        let slot = self.slots[self.active];
        &mut self.normals[slot * self.n..(slot + 1) * self.n]
    }

    /// By how much `point` breaks the entering limit.
    pub(super) fn entering_excess(&self, point: &[f64], level: f64) -> f64 {
        dot(self.normal(self.active), point) - level
    }

    /// Splits the entering normal into its parts along and across the active ones, and finds how far to go.
    pub(super) fn step(&mut self, norm2: f64, excess: f64) -> Step {
        let (n, active) = (self.n, self.active);
        self.rotated.fill(0.0);
        let slot = self.slots[active];
        for i in 0..n {
            let entry = self.normals[slot * n + i];
            if entry != 0.0 {
                let row = &self.q[i * n..(i + 1) * n];
                for (rotated, q) in self.rotated.iter_mut().zip(row) {
                    *rotated += entry * q;
                }
            }
        }
        // Back substitution, R combination = rotated[..active].
        self.combination[..active].copy_from_slice(&self.rotated[..active]);
        for j in (0..active).rev() {
            let column = &self.r[j * n..j * n + j + 1];
            let value = self.combination[j] / column[j];
            self.combination[j] = value;
            for (left, r) in self.combination[..j].iter_mut().zip(column) {
                *left -= value * r;
            }
        }
        let across2: f64 = self.rotated[active..].iter().map(|x| x * x).sum();
        let moves = across2 > DEPENDENT * DEPENDENT * norm2;
        let mut step = Step {
            length: if moves { excess / across2 } else { f64::INFINITY },
            leaving: None,
            moves,
        };
        for j in 0..active {
            if self.combination[j] > DEPENDENT {
                let length = self.multipliers[j] / self.combination[j];
                if length < step.length {
                    (step.length, step.leaving) = (length, Some(j));
                }
            }
        }
        step
    }

    /// Goes along a step of finite length.
    pub(super) fn advance(&mut self, step: &Step, point: &mut [f64]) {
        let (n, active) = (self.n, self.active);
        for (multiplier, part) in self.multipliers[..active].iter_mut().zip(&self.combination) {
            *multiplier = (*multiplier - step.length * part).max(0.0);
        }
        if step.moves {
            for (i, x) in point.iter_mut().enumerate() {
                self.across[i] = dot(&self.q[i * n + active..(i + 1) * n], &self.rotated[active..]);
                *x -= step.length * self.across[i];
            }
        }
    }

    /// Makes the entering limit active, after [`step`](Self::step) and [`advance`](Self::advance) with its
    /// normal.
    pub(super) fn add(&mut self, limit: Limit, level: f64, multiplier: f64) {
        let (n, active) = (self.n, self.active);
        // A Householder reflection of Q2 turns the part across into its first column.
        let length = dot(&self.rotated[active..], &self.rotated[active..]).sqrt();
        let diagonal = if self.rotated[active] > 0.0 {
            -length
        } else {
            length
        };
        self.r[active * n..active * n + active].copy_from_slice(&self.rotated[..active]);
        self.r[active * n + active] = diagonal;
        let scale = 1.0 / (length * (length + self.rotated[active].abs()));
        self.rotated[active] -= diagonal;
        let reflector = &self.rotated[active..];
        for (i, row) in self.q.chunks_exact_mut(n).enumerate() {
            let row = &mut row[active..];
            let along = (self.across[i] - diagonal * row[0]) * scale;
            for (q, v) in row.iter_mut().zip(reflector) {
                *q -= along * v;
            }
        }
        self.limits[self.slots[active]] = (limit, level);
        self.multipliers[active] = multiplier;
        self.active += 1;
    }

    /// Gives up the active limit at `position`; the entering normal is kept.
    pub(super) fn drop(&mut self, position: usize) {
        let n = self.n;
        self.slots[position..=self.active].rotate_left(1);
        self.multipliers.copy_within(position + 1..self.active, position);
        self.active -= 1;
        for column in position..self.active {
            let next = (column + 1) * n;
            self.r.copy_within(next..next + column + 2, column * n);
        }
        // Each column has one entry below the diagonal now: rotations of neighbouring rows take it away.
        for j in position..self.active {
            let (above, below) = (self.r[j * n + j], self.r[j * n + j + 1]);
            // Not `hypot`: it asks for glibc 2.35, and these are components of unit vectors.
            let length = (above * above + below * below).sqrt();
            let (cosine, sine) = (above / length, below / length);
            for column in j..self.active {
                rotate(&mut self.r[column * n..], j, cosine, sine);
            }
            for row in self.q.chunks_exact_mut(n) {
                rotate(row, j, cosine, sine);
            }
        }
    }

    /// Takes the rounding of all steps off `point`: back onto the active limits by the shortest way.
    pub(super) fn refine(&mut self, point: &mut [f64]) {
        let (n, active) = (self.n, self.active);
        for j in 0..active {
            let level = self.limits[self.slots[j]].1;
            let excess = dot(self.normal(j), point) - level;
            let column = &self.r[j * n..j * n + j + 1];
            self.combination[j] = (excess - dot(&column[..j], &self.combination[..j])) / column[j];
        }
        for (x, row) in point.iter_mut().zip(self.q.chunks_exact(n)) {
            *x -= dot(&row[..active], &self.combination[..active]);
        }
    }

    /// The active limits and their multipliers.
    pub(super) fn multipliers(&self) -> impl Iterator<Item = (Limit, f64)> {
        (0..self.active).map(|j| (self.limits[self.slots[j]].0, self.multipliers[j]))
    }

    /// The proof that `entering` cannot be met, when its step is infinite: it depends on the active limits
    /// with coefficients none of which is positive.
    pub(super) fn infeasible(&self, entering: Limit) -> impl Iterator<Item = (Limit, f64)> {
        let active =
            (0..self.active).map(|j| (self.limits[self.slots[j]].0, (-self.combination[j]).max(0.0)));
        std::iter::once((entering, 1.0)).chain(active)
    }

    fn normal(&self, position: usize) -> &[f64] {
        let slot = self.slots[position];
        &self.normals[slot * self.n..(slot + 1) * self.n]
    }
}

fn rotate(values: &mut [f64], j: usize, cosine: f64, sine: f64) {
    let (a, b) = (values[j], values[j + 1]);
    values[j] = cosine * a + sine * b;
    values[j + 1] = cosine * b - sine * a;
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
