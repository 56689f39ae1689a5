//! What other threads ask of a portfolio while one decides with it: the next call on the portfolio takes it up. Asking
//! never waits and is never refused for a call under way, and taking up neither waits nor allocates.

use crate::error::{Error, Result};
use crate::ffi::border::place::Place;
use crate::policy::Policy;
use crate::policy::spec::PolicySpec;
use std::sync::Arc;

/// The policy that a portfolio shall decide with next.
pub(in crate::ffi) struct NextPolicy {
    /// Of every policy that the portfolio has had.
    spec: PolicySpec,
    next: Place<Policy>,
    /// The policy that was replaced last: freed by whoever asks, so that a decision frees no memory.
    replaced: Place<Policy>,
}

impl NextPolicy {
    /// None yet, for a portfolio whose policies are of this spec.
    pub(in crate::ffi) fn new(spec: PolicySpec) -> Self {
        Self {
            spec,
            next: Place::default(),
            replaced: Place::default(),
        }
    }

    /// Asks for a policy, in the place of one that was asked for and not taken up. The error says that it has another
    /// spec.
    pub(in crate::ffi) fn ask(&self, policy: Arc<Policy>) -> Result<()> {
        if !policy.spec().is_alike(&self.spec) {
            let expected = "one of the spec of the policy that it replaces";
            return Err(Error::invalid("agent", "of another spec", expected));
        }
        drop(self.replaced.swap(None));
        drop(self.next.swap(Some(policy)));
        Ok(())
    }

    /// Hands what was asked for to `replace`, which gives the policy that it replaced.
    #[inline]
    pub(in crate::ffi) fn take_up(
        &self,
        replace: impl FnOnce(Arc<Policy>) -> Result<Arc<Policy>>,
    ) -> Result<()> {
        if self.next.is_empty() {
            return Ok(());
        }
        if let Some(policy) = self.next.swap(None) {
            drop(self.replaced.swap(Some(replace(policy)?)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::initial::initial_values;
    use crate::policy::normalizer::ObservationNormalizer;
    use crate::policy::spec::{ActionSpec, NetworkSpec};

    fn policy(width: usize, seed: u64) -> Arc<Policy> {
        let spec = PolicySpec {
            assets: vec!["A".to_string()],
            state: crate::market::state::StateSpec::base(1),
            action: ActionSpec::default(),
            network: NetworkSpec::Scorer { hidden: vec![width] },
        };
        let parameters = initial_values(&spec, -1.2, 20.0, seed);
        let normalizer = ObservationNormalizer::new(&spec);
        Arc::new(Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap())
    }

    #[test]
    fn the_last_policy_asked_for_is_taken_up_once_and_none_is_lost() {
        let first = policy(2, 1);
        let asked = [policy(2, 2), policy(2, 3)];
        let place = NextPolicy::new(first.spec().clone());
        assert!(place.ask(policy(3, 1)).is_err());
        let mut held = Arc::clone(&first);
        for policy in &asked {
            place.ask(Arc::clone(policy)).unwrap();
        }
        // Not taken up, and so let go.
        assert_eq!(Arc::strong_count(&asked[0]), 1);
        for _ in 0..2 {
            let take = |policy| Ok(std::mem::replace(&mut held, policy));
            place.take_up(take).unwrap();
            assert!(Arc::ptr_eq(&held, &asked[1]));
        }
        // Kept until somebody asks again.
        assert_eq!(Arc::strong_count(&first), 2);
        place.ask(Arc::clone(&first)).unwrap();
        assert_eq!(Arc::strong_count(&first), 2);
        drop(place);
        assert_eq!(Arc::strong_count(&first), 1);
    }

    /// Every policy that was asked for is freed once, whatever threads do.
    #[test]
    fn threads_that_ask_and_one_that_takes_up() {
        let policies: Vec<_> = (0..4).map(|seed| policy(2, seed)).collect();
        let place = NextPolicy::new(policies[0].spec().clone());
        let mut held = Arc::clone(&policies[0]);
        std::thread::scope(|scope| {
            let ask = |policy: &Arc<Policy>| (0..2000).for_each(|_| place.ask(Arc::clone(policy)).unwrap());
            let asking: Vec<_> = policies[1..]
                .iter()
                .map(|policy| scope.spawn(move || ask(policy)))
                .collect();
            for _ in 0..6000 {
                let take = |policy| Ok(std::mem::replace(&mut held, policy));
                place.take_up(take).unwrap();
            }
            // The end of a scope is not known to ThreadSanitizer as the end of its threads; this is.
            asking.into_iter().for_each(|thread| thread.join().unwrap());
        });
        drop((place, held));
        assert!(policies.iter().all(|policy| Arc::strong_count(policy) == 1));
    }
}
