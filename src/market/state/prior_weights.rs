//! The prior's weights at a close.

use super::{StateBuilder, check_len};
use crate::error::{Error, Result, words};
use crate::market::listing::Status;
use crate::market::prior::{self, Prior};
use crate::market::state::AccountView;

impl StateBuilder {
    /// Writes the prior's weights [A] for the trade of `account` at this close: assets, then cash where the action has it. They
    /// are non-negative and sum to 1. Without a prior, 1/A each: what scores of 0 give. Supplied weights [N + 1] lose
    /// cash and are scaled to sum to 1 where the action has none.
    ///
    /// Where some assets do not take part, those that are halted stay as they are held, the others have nothing, and those
    /// that take part share what is left with cash, as they would if they were all there are.
    pub fn prior_weights(&self, account: &AccountView<'_>, out: &mut [f64]) -> Result<()> {
        self.check_ready()?;
        let assets = self.spec.assets;
        check_len("prior_weights", out.len(), assets + usize::from(self.cash))?;
        if self.spec.listed {
            check_len("account.weights", account.weights.len(), assets)?;
            let participants = self.participants();
            if participants < assets {
                self.prior_of_some(participants, account, out);
                return Ok(());
            }
        }
        let share = 1.0 / assets as f64;
        match self.prior {
            Prior::None => {
                let share = 1.0 / out.len() as f64;
                out.fill(share);
            }
            Prior::EqualWeight => {
                out.fill(0.0);
                out[..assets].fill(share);
            }
            Prior::InverseVolatility { .. } => {
                out.fill(0.0);
                let out = &mut out[..assets];
                self.returns
                    .volatility(self.look_back, |i, volatility| out[i] = volatility);
                prior::inverse_volatility(out);
            }
            Prior::VolTarget { target, .. } => {
                let squares = self.squares.last(self.decay.len());
                let exposure = prior::exposure(target, self.spec.bars_per_year(), &self.decay, squares);
                out[..assets].fill(exposure * share);
                out[assets] = 1.0 - exposure;
            }
            Prior::Hold => {
                check_len("account.weights", account.weights.len(), assets)?;
                out[..assets].copy_from_slice(account.weights);
                out[assets] = account.cash;
            }
            Prior::Supplied => {
                let sum: f64 = self.supplied[..out.len()].iter().sum();
                if sum <= 0.0 {
                    let expected = "some weight in assets, as the action has no cash";
                    return Err(Error::invalid(
                        "bar.prior",
                        words!("{:?}", self.supplied),
                        expected,
                    ));
                }
                for (out, &weight) in out.iter_mut().zip(&self.supplied) {
                    *out = weight / sum;
                }
            }
        }
        Ok(())
    }

    /// As [`prior_weights`](Self::prior_weights), where this many assets take part and others do not.
    fn prior_of_some(&self, participants: usize, account: &AccountView<'_>, out: &mut [f64]) {
        let (out, cash) = out.split_at_mut(self.spec.assets);
        let share = 1.0 / participants.max(1) as f64;
        let mut invested = 1.0;
        match self.prior {
            Prior::None => {
                invested = participants as f64 / (participants + 1) as f64;
                out.fill(share);
            }
            Prior::EqualWeight => out.fill(share),
            Prior::VolTarget { target, .. } => {
                let squares = self.squares.last(self.decay.len());
                invested = prior::exposure(target, self.spec.bars_per_year(), &self.decay, squares);
                out.fill(share);
            }
            Prior::InverseVolatility { .. } => {
                self.returns.volatility(self.look_back, |i, volatility| {
                    out[i] = if self.takes_part(i) {
                        volatility
                    } else {
                        f64::INFINITY
                    };
                });
                prior::inverse_volatility(out);
            }
            Prior::Hold => {
                out.copy_from_slice(account.weights);
                cash[0] = account.cash;
                return;
            }
            Prior::Supplied => {
                let (assets, _) = self.supplied.split_at(out.len());
                out.copy_from_slice(assets);
                invested = (0..out.len())
                    .filter(|i| self.takes_part(*i))
                    .map(|i| out[i])
                    .sum();
            }
        }
        let is_halted = |i: usize| self.members[i].status == Status::Halted;
        let held = |i: usize| if is_halted(i) { account.weights[i] } else { 0.0 };
        let room = (0..out.len())
            .map(|i| held(i).abs())
            .fold(1.0, |room, held| room - held)
            .max(0.0);
        let chosen: f64 = (0..out.len())
            .filter(|i| self.takes_part(*i))
            .map(|i| out[i])
            .sum();
        let scale = if chosen == 0.0 {
            0.0
        } else {
            room * invested / chosen
        };
        let mut sum = 0.0;
        for (i, weight) in out.iter_mut().enumerate() {
            *weight = if self.takes_part(i) {
                *weight * scale
            } else {
                held(i)
            };
            sum += *weight;
        }
        // Below 0 by rounding alone: no more than `room` is given out.
        cash[0] = (1.0 - sum).max(0.0);
    }
}
