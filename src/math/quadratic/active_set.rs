//! The primal active-set search: a feasible point, and which constraints it is held by.

use super::program::{BoxProgram, Budget, ROUNDING, gradient};
use crate::error::{Error, Result};
use crate::math::covariance::{cholesky, to_matrix};
use nalgebra::{DMatrix, DVector};

impl BoxProgram<'_> {
    /// The minimum: [n], inside its bounds to the last bit and inside its budget to rounding.
    ///
    /// A primal active-set method (Nocedal and Wright, Numerical Optimization, algorithm 16.3): minimise over
    /// the free variables with a Cholesky factor, stop at the first bound on the way, and free the constraint
    /// whose multiplier has the wrong sign, until none has.
    ///
    /// # Errors
    /// Wrong lengths, numbers that are not finite, bounds that cross, a budget that no point inside the
    /// bounds meets, Q not positive definite.
    pub fn minimize(&self) -> Result<Vec<f64>> {
        self.validate()?;
        let mut search = Search::new(self);
        // Without degenerate ties every working set is visited at most once; in practice a few per variable
        // are.
        for _ in 0..50 * (self.linear.len() + 1) {
            let target = search.minimum_on_working_set()?;
            if !search.move_towards(&target.point) {
                continue;
            }
            if !search.release_wrong_sign(&target) {
                return Ok(search.point);
            }
        }
        let found = "too ill-conditioned for the active set to settle";
        Err(Error::invalid("quadratic", found, "a well-conditioned matrix"))
    }
}

struct Search<'p, 'a> {
    program: &'p BoxProgram<'a>,
    /// Largest diagonal entry of Q: the natural size of a gradient.
    scale: f64,
    total: f64,
    budget_active: bool,
    status: Vec<Status>,
    /// Where the search stands: [n].
    point: Vec<f64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Free,
    AtLow,
    AtHigh,
}

/// The minimum over the working set, and the multiplier of the budget there (0 where it is not active).
struct Target {
    point: Vec<f64>,
    multiplier: f64,
}

impl<'p, 'a> Search<'p, 'a> {
    /// Starts at a feasible point: the lower bounds, filled up in order for an exact budget.
    fn new(program: &'p BoxProgram<'a>) -> Self {
        let mut point = program.low.to_vec();
        let mut status = vec![Status::AtLow; point.len()];
        let (total, budget_active) = match program.budget {
            Budget::Exactly(total) => (total, true),
            Budget::AtMost(total) => (total, point.iter().sum::<f64>() >= total - ROUNDING),
        };
        if let Budget::Exactly(total) = program.budget {
            let mut missing = total - point.iter().sum::<f64>();
            for i in 0..point.len() {
                let room = program.high[i] - program.low[i];
                if missing >= room {
                    point[i] = program.high[i];
                    status[i] = Status::AtHigh;
                    missing -= room;
                } else {
                    point[i] += missing.max(0.0);
                    status[i] = Status::Free;
                    break;
                }
            }
        }
        Self {
            program,
            scale: program.scale(),
            total,
            budget_active,
            status,
            point,
        }
    }

    fn minimum_on_working_set(&self) -> Result<Target> {
        let program = self.program;
        let free: Vec<usize> = (0..self.point.len())
            .filter(|&i| self.status[i] == Status::Free)
            .collect();
        let mut point = self.point.clone();
        if free.is_empty() {
            return Ok(Target {
                point,
                multiplier: f64::NAN,
            });
        }
        let all = to_matrix(program.quadratic);
        let block = DMatrix::from_fn(free.len(), free.len(), |i, j| {
            all[(free[i], free[j])] / self.scale
        });
        let factor = cholesky(block, "quadratic")?;
        // What the bound variables leave: Q_FF x_F = c_F - Q_FB x_B - multiplier.
        for &i in &free {
            point[i] = 0.0;
        }
        let bound = gradient(program.quadratic, program.linear, &point);
        let right = DVector::from_iterator(free.len(), free.iter().map(|&i| -bound[i] / self.scale));
        let mut solution = factor.solve(&right);
        let mut multiplier = 0.0;
        if self.budget_active {
            let ones = factor.solve(&DVector::from_element(free.len(), 1.0));
            let room = self.total - point.iter().sum::<f64>();
            multiplier = (solution.sum() - room) / ones.sum();
            solution -= ones * multiplier;
            // Rounding of the sum goes to the largest variable.
            let largest = solution.iamax();
            solution[largest] += room - solution.sum();
        }
        for (&i, &value) in free.iter().zip(solution.iter()) {
            point[i] = value;
        }
        Ok(Target {
            point,
            multiplier: multiplier * self.scale,
        })
    }

    /// Moves to the target, or to the first constraint on the way, which joins the working set. Returns whether the
    /// target was reached.
    fn move_towards(&mut self, target: &[f64]) -> bool {
        let program = self.program;
        let (mut length, mut blocking) = (1.0, None);
        for i in (0..target.len()).filter(|&i| self.status[i] == Status::Free) {
            let (limit, status) = if target[i] < program.low[i] - ROUNDING {
                (program.low[i], Status::AtLow)
            } else if target[i] > program.high[i] + ROUNDING {
                (program.high[i], Status::AtHigh)
            } else {
                continue;
            };
            let part = ((limit - self.point[i]) / (target[i] - self.point[i])).max(0.0);
            if part < length {
                (length, blocking) = (part, Some((i, limit, status)));
            }
        }
        let (now, then): (f64, f64) = (self.point.iter().sum(), target.iter().sum());
        let mut budget_blocks = false;
        if !self.budget_active && then > self.total + ROUNDING {
            let part = ((self.total - now) / (then - now)).max(0.0);
            budget_blocks = part < length;
            length = length.min(part);
        }
        for i in (0..target.len()).filter(|&i| self.status[i] == Status::Free) {
            let moved = self.point[i] + length * (target[i] - self.point[i]);
            let moved = if length < 1.0 { moved } else { target[i] };
            self.point[i] = moved.clamp(program.low[i], program.high[i]);
        }
        if budget_blocks {
            self.budget_active = true;
            return false;
        }
        if let Some((i, limit, status)) = blocking {
            self.point[i] = limit;
            self.status[i] = status;
        }
        blocking.is_none()
    }

    /// Frees the constraint that the minimum on the working set pushes away from hardest. Returns whether there was
    /// one.
    fn release_wrong_sign(&mut self, target: &Target) -> bool {
        let slopes = gradient(self.program.quadratic, self.program.linear, &self.point);
        let tolerance =
            1e-13 * self.scale * (1.0 + slopes.iter().fold(0.0, |a: f64, b| a.max(b.abs())) / self.scale);
        let multiplier = if !self.budget_active {
            0.0
        } else if target.multiplier.is_nan() {
            match self.multiplier_without_free(&slopes, tolerance) {
                Ok(multiplier) => multiplier,
                Err(()) => return true,
            }
        } else {
            target.multiplier
        };
        let inequality = matches!(self.program.budget, Budget::AtMost(_));
        if self.budget_active && inequality && multiplier < -tolerance {
            self.budget_active = false;
            return true;
        }
        let wrong = |i: &usize| match self.status[*i] {
            Status::Free => 0.0,
            // A variable that cannot move has nothing to gain.
            _ if self.program.low[*i] >= self.program.high[*i] => 0.0,
            Status::AtLow => -(slopes[*i] + multiplier),
            Status::AtHigh => slopes[*i] + multiplier,
        };
        let worst = (0..slopes.len()).max_by(|a, b| wrong(a).total_cmp(&wrong(b)));
        match worst.filter(|i| wrong(i) > tolerance) {
            Some(i) => {
                self.status[i] = Status::Free;
                true
            }
            None => false,
        }
    }

    /// With every variable at a bound the multiplier of the active budget may be any that satisfies all signs; where
    /// none does, frees the pair of variables that gains most by trading against each other and answers `Err`.
    fn multiplier_without_free(&mut self, slopes: &[f64], tolerance: f64) -> std::result::Result<f64, ()> {
        let mut steepest: Option<usize> = None;
        let mut flattest: Option<usize> = None;
        let movable = |&i: &usize| self.program.low[i] < self.program.high[i];
        for i in (0..slopes.len()).filter(movable) {
            if self.status[i] == Status::AtLow {
                steepest = steepest.filter(|&best| slopes[best] <= slopes[i]).or(Some(i));
            } else {
                flattest = flattest.filter(|&best| slopes[best] >= slopes[i]).or(Some(i));
            }
        }
        let least = steepest.map_or(f64::NEG_INFINITY, |i| -slopes[i]);
        let most = flattest.map_or(f64::INFINITY, |i| -slopes[i]);
        match (steepest, flattest) {
            (Some(up), Some(down)) if least > most + tolerance => {
                self.status[up] = Status::Free;
                self.status[down] = Status::Free;
                Err(())
            }
            (None, None) => Ok(0.0),
            // Any value between: the one nearest to 0 serves an inequality too.
            _ => Ok(0.0_f64.max(least).min(most)),
        }
    }
}
