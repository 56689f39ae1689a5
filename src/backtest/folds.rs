//! Walk-forward: which bars are learnt from and which judge, so that nothing judges that was learnt from before.

use crate::error::{Error, Result};
use crate::settings::{Range, settings};
use std::ops::RangeInclusive;

settings! {
    /// How bars are divided into folds, each with bars to learn from and later ones that judge.
    pub struct FoldsConfig in "folds." {
        /// Number of folds, each with a test of its own: of a walk-forward, and of the evidence for a departure.
        ///
        /// The decisions are divided into so many parts and one more, as long as each other. The first part is learnt from alone;
        /// each of the others judges what was learnt from the bars before it.
        folds: usize = 5, "K", Range::closed(1.0, 1000.0);
        /// Bars that each fold learns from, the last before its test; null: all there are before it.
        training_bars: Option<usize> = None, "BARS", Range::closed(2.0, 1e9);
        /// Bars from the last return that is learnt from to the first decision that is judged; null: as many as the policy's
        /// longest look-back.
        ///
        /// What is seen at the first decision of a test is then of returns that nothing was learnt from.
        purge: Option<usize> = None, "BARS", Range::closed(0.0, 1e9);
        /// Bars after each test at which later folds take no decision to learn from.
        embargo: usize = 21, "BARS", Range::closed(0.0, 1e9);
    }
}

/// One fold, in indices of a table's bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Bars to learn from: decisions at closes of it, the last return ending at its end.
    pub training: RangeInclusive<usize>,
    /// Closes among them at which no decision is taken, in order.
    pub embargoed: Vec<RangeInclusive<usize>>,
    /// Bars that judge: decisions at all closes but the last, at which the last return ends. The next fold's begins there.
    pub test: RangeInclusive<usize>,
}

impl FoldsConfig {
    /// The folds over `bars` of a table, in order. Decisions need `warm_up` returns before them, tests `history` (at least as
    /// many), which may lie before `bars`. Where nothing else is said, `warm_up` bars are purged.
    ///
    /// Errors: settings out of range; too few bars for so many folds, with the number that would do.
    pub fn over(&self, bars: RangeInclusive<usize>, warm_up: usize, history: usize) -> Result<Vec<Fold>> {
        self.check_ranges()?;
        let (first, last) = (*bars.start(), *bars.end());
        let purge = self.purge.unwrap_or(warm_up);
        let earliest = first.max(warm_up);
        let (parts, decisions) = (self.folds + 1, last.saturating_sub(earliest));
        // The first part has to hold the purge, a training and the history of the first test.
        let first_part = (purge + FEWEST_TRAINING)
            .max(history.saturating_sub(earliest))
            .max(FEWEST_TEST);
        let needed = parts.saturating_mul(first_part);
        if decisions < needed {
            let found = format!("{decisions} decisions over {} folds", self.folds);
            let expected = format!(
                "at least {needed}, {first_part} in each fold and before the first ({purge} bars of them are purged); \
                 or fewer folds"
            );
            return Err(Error::invalid("folds.folds", found, expected));
        }
        let boundary = |part: usize| earliest + (part as u128 * decisions as u128 / parts as u128) as usize;
        let folds = (1..parts).map(|fold| {
            let test = boundary(fold)..=boundary(fold + 1);
            let end = test.start() - purge;
            let start = match self.training_bars {
                Some(bars) => first.max(end.saturating_sub(bars)),
                None => first,
            };
            let embargoed = (1..fold).filter_map(|earlier| {
                let after = boundary(earlier + 1);
                let until = after.saturating_add(self.embargo).min(end);
                (after.max(start) < until).then(|| after.max(start)..=until - 1)
            });
            Fold {
                embargoed: embargoed.collect(),
                training: start..=end,
                test,
            }
        });
        Ok(folds.collect())
    }
}

/// Fewest returns to learn from.
const FEWEST_TRAINING: usize = 22;

/// Fewest returns of a test.
const FEWEST_TEST: usize = 22;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every property that a fold has, on many tables: nothing judges that was learnt from, or is nearer than the purge.
    #[test]
    fn nothing_is_learnt_from_what_judges() {
        for (folds, bars, warm_up, training_bars, purge, embargo) in [
            (1, 0..=200, 20, None, None, 0),
            (5, 0..=8000, 252, None, None, 21),
            (5, 100..=3000, 60, Some(400), Some(0), 5),
            (3, 300..=900, 250, Some(50), Some(1), 1000),
            (9, 0..=2000, 1, None, Some(7), 300),
        ] {
            let config = FoldsConfig {
                folds,
                training_bars,
                purge,
                embargo,
            };
            let made = config.over(bars.clone(), warm_up, warm_up.max(100)).unwrap();
            assert_eq!(made.len(), folds);
            assert_eq!(made[folds - 1].test.end(), bars.end());
            let lengths: Vec<usize> = made
                .iter()
                .map(|fold| fold.test.end() - fold.test.start())
                .collect();
            assert!(
                lengths.iter().max().unwrap() - lengths.iter().min().unwrap() <= 1,
                "{lengths:?}"
            );
            for (i, fold) in made.iter().enumerate() {
                let purged = purge.unwrap_or(warm_up);
                assert_eq!(fold.training.end() + purged, *fold.test.start());
                assert!(fold.training.start() >= bars.start() && *fold.test.start() >= 100);
                if let Some(most) = training_bars {
                    assert!(fold.training.end() - fold.training.start() <= most);
                } else {
                    assert_eq!(fold.training.start(), bars.start());
                }
                if let Some(next) = made.get(i + 1) {
                    assert_eq!(fold.test.end(), next.test.start());
                }
                // The closes after each earlier test, as far as they lie in the training.
                let close = |close: usize| fold.embargoed.iter().any(|range| range.contains(&close));
                let after = |close: usize| {
                    let tests = made[..i].iter().map(|earlier| *earlier.test.end());
                    tests.clone().any(|end| (end..end + embargo).contains(&close))
                };
                for at in *fold.training.start()..*fold.training.end() {
                    assert_eq!(close(at), after(at), "fold {i}, close {at}");
                }
            }
        }
    }

    #[test]
    fn too_few_bars_are_told_with_how_many_would_do() {
        let message = FoldsConfig::default()
            .over(0..=1000, 252, 252)
            .unwrap_err()
            .to_string();
        assert!(message.contains("748 decisions over 5 folds"), "{message}");
        assert!(message.contains("at least 1644, 274 in each"), "{message}");
        FoldsConfig::default().over(0..=252 + 1644, 252, 252).unwrap();
        FoldsConfig::default().over(0..=251 + 1644, 252, 252).unwrap_err();
    }
}
