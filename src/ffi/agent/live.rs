//! What an agent handle owns: a policy that never changes, and buffers for as many decisions at a time as threads ask.

use crate::policy::spec::PolicySpec;
use crate::policy::{Policy, Workspace};
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Decisions that one policy can make at the same instant without allocating. More than that allocate for the call.
const SLOTS: usize = 32;

/// The value behind a `ppo_agent`. Clones share the policy and the buffers.
#[derive(Clone)]
pub(in crate::ffi) struct Agent {
    engine: Arc<Engine>,
}

struct Engine {
    policy: Policy,
    slots: Box<[Slot]>,
}

/// Buffers of one decision.
pub(in crate::ffi) struct Scratch {
    pub(in crate::ffi) workspace: Workspace,
    /// [A]
    pub(in crate::ffi) log_prior: Vec<f32>,
}

impl Scratch {
    fn new(spec: &PolicySpec) -> Self {
        Self {
            workspace: Workspace::new(spec),
            log_prior: vec![0.0; spec.action_len()],
        }
    }
}

/// A scratch with its lock, on cache lines of its own.
#[repr(align(128))]
struct Slot {
    busy: AtomicBool,
    scratch: UnsafeCell<Scratch>,
}

// SAFETY: the scratch is reached only between taking `busy` and giving it back.
unsafe impl Sync for Slot {}

impl Agent {
    pub(in crate::ffi) fn new(policy: Policy) -> Self {
        let slot = || Slot {
            busy: AtomicBool::new(false),
            scratch: UnsafeCell::new(Scratch::new(policy.spec())),
        };
        let slots = (0..SLOTS).map(|_| slot()).collect();
        Self {
            engine: Arc::new(Engine { policy, slots }),
        }
    }

    pub(in crate::ffi) fn policy(&self) -> &Policy {
        &self.engine.policy
    }

    /// Runs `work` with buffers that nobody else uses meanwhile. Never waits; allocates only where all are in use.
    pub(in crate::ffi) fn with_scratch<R>(&self, work: impl FnOnce(&mut Scratch) -> R) -> R {
        let slots = &self.engine.slots;
        // Each thread starts at a slot of its own, found without thread-local data: stacks lie apart.
        let on_stack = 0_u8;
        let first =
            ((&raw const on_stack).addr() >> 12).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize) >> 40;
        for i in 0..SLOTS {
            let slot = &slots[(first + i) % SLOTS];
            if slot.busy.swap(true, Ordering::Acquire) {
                continue;
            }
            let _release = Release(&slot.busy);
            // SAFETY: `busy` was false, and is true until `_release` goes.
            return work(unsafe { &mut *slot.scratch.get() });
        }
        work(&mut Scratch::new(self.policy().spec()))
    }
}

/// Gives a slot back, after a panic too.
struct Release<'a>(&'a AtomicBool);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::initial::initial_values;
    use crate::policy::normalizer::ObservationNormalizer;
    use crate::policy::spec::{ActionSpec, NetworkSpec};
    use std::collections::HashSet;

    fn agent() -> Agent {
        let spec = PolicySpec {
            assets: vec!["A".to_string()],
            state: crate::market::state::StateSpec {
                assets: 1,
                window: 20,
                account: false,
                columns: Vec::new(),
            },
            action: ActionSpec::default(),
            network: NetworkSpec::Scorer { hidden: vec![2] },
        };
        let parameters = initial_values(&spec, -1.2, 20.0, 1);
        let normalizer = ObservationNormalizer::new(&spec);
        Agent::new(Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap())
    }

    /// Takes buffers inside buffers, and returns where each lies.
    fn nested(agent: &Agent, depth: usize, places: &mut Vec<usize>) {
        agent.with_scratch(|scratch| {
            places.push((&raw const *scratch).addr());
            if depth > 1 {
                nested(agent, depth - 1, places);
            }
        });
    }

    #[test]
    fn as_many_buffers_as_are_asked_for_at_once() {
        let agent = agent();
        for _ in 0..2 {
            let mut places = Vec::new();
            nested(&agent, SLOTS + 5, &mut places);
            assert_eq!(places.iter().collect::<HashSet<_>>().len(), SLOTS + 5);
        }
    }

    #[test]
    fn a_panic_gives_its_buffers_back() {
        let agent = agent();
        for _ in 0..2 * SLOTS {
            let call = || agent.with_scratch(|_| panic!("on purpose"));
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).unwrap_err();
        }
        assert!(
            agent
                .engine
                .slots
                .iter()
                .all(|slot| !slot.busy.load(Ordering::Acquire))
        );
    }
}
