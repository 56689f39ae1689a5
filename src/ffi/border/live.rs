//! What an agent handle owns: a policy that training may replace while others decide with it, and buffers for as many
//! decisions at a time as threads ask.
//!
//! A decision never waits and never sees half a policy: it takes a slot (its buffers), then the pointer to the current
//! policy, and gives the slot back. Whoever publishes a new policy swaps the pointer and looks at the slots: those taken
//! at that moment may still read the old policy, which is kept until each of them was given back. All orders that this
//! rests on are sequentially consistent: a slot taken before the swap is seen by the publisher, and one taken after it
//! sees the new pointer.
#![cfg_attr(
    not(feature = "train"),
    allow(dead_code, reason = "only training replaces policies")
)]

use crate::error::{Error, Result};
use crate::policy::kernels::Precision;
use crate::policy::spec::PolicySpec;
use crate::policy::{Policy, Workspace};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Decisions that one policy can make at the same instant without allocating. More than that allocate for the call.
const SLOTS: usize = 32;

/// How long a publisher that has come to its end waits for readers of old policies to leave. A decision takes
/// microseconds; who takes longer was stopped in the middle, and its policy is freed with the agent.
const PATIENCE: Duration = Duration::from_millis(20);

/// The value behind a `ppo_agent`. A clone starts with the same policy, in the same memory; later policies of the one
/// do not reach the other.
///
/// What a decision reads of it fills one cache line: a policy's weights push all that lies elsewhere out of the nearest
/// cache, and each line that comes back from the next one costs as much as fifty instructions.
#[repr(C, align(64))]
pub(in crate::ffi) struct Agent {
    /// From `Arc::into_raw`; never null.
    current: AtomicPtr<Policy>,
    /// Shared by clones.
    slots: Arc<[Slot]>,
    /// Those of the spec.
    sizes: Sizes,
    readers: Arc<Readers>,
    /// Policies that were replaced and may still be read.
    retired: Mutex<Retirees>,
    /// Whether a trainer holds the agent.
    in_training: AtomicBool,
}

/// What a decision seldom needs; shared by clones.
struct Readers {
    /// Of every policy that the agent has had.
    spec: PolicySpec,
    /// Decisions that found no slot.
    beyond: AtomicUsize,
}

/// How many numbers a decision takes and gives.
#[derive(Debug, Clone, Copy)]
pub(in crate::ffi) struct Sizes {
    /// S
    pub(in crate::ffi) state: usize,
    /// A
    pub(in crate::ffi) action: usize,
    /// L
    pub(in crate::ffi) scores: usize,
}

impl Sizes {
    pub(in crate::ffi) fn of(spec: &PolicySpec) -> Self {
        Self {
            state: spec.state.len(),
            action: spec.action_len(),
            scores: spec.score_len(),
        }
    }
}

/// Buffers of one decision.
pub(in crate::ffi) struct Scratch {
    pub(in crate::ffi) workspace: Workspace,
    /// [L]
    pub(in crate::ffi) log_prior: Vec<f32>,
    /// Weights on their way out, in the first A places: [L]
    pub(in crate::ffi) weights: Vec<f64>,
    /// What cannot be traded: [N], empty where everything can be.
    pub(in crate::ffi) fixed: Vec<Option<f64>>,
}

impl Scratch {
    fn new(spec: &PolicySpec, members: usize) -> Self {
        Self {
            workspace: Workspace::new(spec).of_members(members),
            log_prior: vec![0.0; spec.score_len()],
            weights: vec![0.0; spec.score_len()],
            fixed: Vec::with_capacity(spec.state.assets),
        }
    }
}

/// A scratch with its lock, on cache lines of its own.
#[repr(align(128))]
struct Slot {
    /// Odd while the slot is taken; grows by one when it is taken and when it is given back.
    turn: AtomicUsize,
    scratch: UnsafeCell<Scratch>,
}

// SAFETY: the scratch is reached only between taking the slot and giving it back.
unsafe impl Sync for Slot {}

/// Policies that were replaced.
#[derive(Default)]
struct Retirees {
    read: Vec<Retired>,
    /// One that nobody reads any more, for the next policy to be written into.
    spare: Option<Arc<Policy>>,
}

/// A policy that was replaced, and who might be reading it.
struct Retired {
    /// There until the policy is reclaimed.
    kept: Option<Arc<Policy>>,
    /// Slots that were taken then, with their turns.
    slots: Vec<(usize, usize)>,
    /// Whether decisions without a slot were under way.
    beyond: bool,
}

impl Agent {
    pub(in crate::ffi) fn new(policy: Policy) -> Self {
        let spec = policy.spec().clone();
        let slot = || Slot {
            turn: AtomicUsize::new(0),
            scratch: UnsafeCell::new(Scratch::new(&spec, policy.member_count())),
        };
        let slots = (0..SLOTS).map(|_| slot()).collect();
        let readers = Readers {
            spec,
            beyond: AtomicUsize::new(0),
        };
        Self::with(Arc::new(policy), slots, Arc::new(readers))
    }

    fn with(policy: Arc<Policy>, slots: Arc<[Slot]>, readers: Arc<Readers>) -> Self {
        Self {
            current: AtomicPtr::new(Arc::into_raw(policy).cast_mut()),
            slots,
            sizes: Sizes::of(&readers.spec),
            readers,
            retired: Mutex::new(Retirees::default()),
            in_training: AtomicBool::new(false),
        }
    }

    /// What the policy was at first: the same for as long as the agent lives, but for the bars a year, which training
    /// settles where they are not known. The policy of now has its own.
    pub(in crate::ffi) fn spec(&self) -> &PolicySpec {
        &self.readers.spec
    }

    /// The sizes of its spec, found without looking at it.
    pub(in crate::ffi) fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Runs `work` with the current policy and with buffers that nobody else uses meanwhile. Never waits; allocates
    /// only where all slots are taken.
    pub(in crate::ffi) fn decide<R>(&self, work: impl FnOnce(&Policy, &mut Scratch) -> R) -> R {
        let slots = &self.slots;
        // Each thread starts at a slot of its own, found without thread-local data: stacks lie apart.
        let on_stack = 0_u8;
        let first =
            ((&raw const on_stack).addr() >> 12).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize) >> 40;
        for i in 0..SLOTS {
            let slot = &slots[(first + i) % SLOTS];
            let turn = slot.turn.load(Ordering::Relaxed);
            let free = turn.is_multiple_of(2);
            let taken = turn.wrapping_add(1);
            if !free
                || slot
                    .turn
                    .compare_exchange(turn, taken, Ordering::SeqCst, Ordering::Relaxed)
                    .is_err()
            {
                continue;
            }
            let _back = GiveBack(&slot.turn, taken);
            // SAFETY: the slot was free and is this call's until `_back` goes; the policy is kept as long.
            return unsafe { work(self.read(), &mut *slot.scratch.get()) };
        }
        self.readers.beyond.fetch_add(1, Ordering::SeqCst);
        let _back = Leave(&self.readers.beyond);
        // SAFETY: `beyond` is above 0 until `_back` goes, and the policy is kept as long.
        let policy = unsafe { self.read() };
        work(policy, &mut Scratch::new(self.spec(), policy.member_count()))
    }

    /// The current policy, to keep: what is published later does not change it.
    pub(in crate::ffi) fn snapshot(&self) -> Arc<Policy> {
        self.decide(|policy, _| {
            let policy = ptr::from_ref(policy);
            // SAFETY: it came from `Arc::into_raw`, and a slot keeps it alive here.
            unsafe {
                Arc::increment_strong_count(policy);
                Arc::from_raw(policy)
            }
        })
    }

    /// From now on decisions are taken with the policy that `make` gives, which has the agent's spec, with bars a year where
    /// they were not known. `make` gets a policy of earlier that nobody has any more, to write it into, if there is one. Waits
    /// for nobody.
    pub(in crate::ffi) fn publish(
        &self,
        make: impl FnOnce(Option<Arc<Policy>>) -> Result<Arc<Policy>>,
    ) -> Result<()> {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        let policy = make(retired.spare.take())?;
        // Nobody else publishes meanwhile.
        let (is_next, precision) = self.decide(|current, _| {
            let is_next = current.spec().gives_way_to(policy.spec());
            (is_next, current.precision())
        });
        if !is_next {
            let found = "of another spec";
            return Err(Error::invalid("policy", found, "one of the agent's spec"));
        }
        self.replace(policy, precision, &mut retired);
        Ok(())
    }

    /// From now on policies are kept in this precision: the current one, and those that are published.
    pub(in crate::ffi) fn set_precision(&self, precision: Precision) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.snapshot();
        if current.precision() != precision {
            self.replace(Arc::new(Policy::clone(&current)), precision, &mut retired);
        }
    }

    fn replace(&self, mut policy: Arc<Policy>, precision: Precision, retired: &mut Retirees) {
        if policy.precision() != precision {
            Arc::make_mut(&mut policy).set_precision(precision);
        }
        let new = Arc::into_raw(policy).cast_mut();
        let old = self.current.swap(new, Ordering::SeqCst);
        let turns = self.slots.iter().enumerate();
        let turns = turns.map(|(i, slot)| (i, slot.turn.load(Ordering::SeqCst)));
        retired.read.push(Retired {
            // SAFETY: it came from `Arc::into_raw`, and the swap took it out of reach.
            kept: Some(unsafe { Arc::from_raw(old) }),
            slots: turns.filter(|(_, turn)| !turn.is_multiple_of(2)).collect(),
            beyond: self.readers.beyond.load(Ordering::SeqCst) > 0,
        });
        self.reclaim(retired);
    }

    /// Frees replaced policies, waiting a moment for their last readers.
    pub(in crate::ffi) fn settle(&self) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        loop {
            self.reclaim(&mut retired);
            if retired.read.is_empty() || began.elapsed() > PATIENCE {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// Takes the agent for training; false where a trainer has it already.
    pub(in crate::ffi) fn begin_training(&self) -> bool {
        !self.in_training.swap(true, Ordering::AcqRel)
    }

    /// Gives the agent back to other trainers, and what the last one left for its next policy to the system.
    pub(in crate::ffi) fn end_training(&self) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        retired.spare = None;
        self.in_training.store(false, Ordering::Release);
    }

    /// Drops the policies whose readers have all left, but for one that nobody else keeps.
    fn reclaim(&self, retired: &mut Retirees) {
        let (slots, beyond) = (&self.slots, &self.readers.beyond);
        let Retirees { read, spare } = retired;
        read.retain_mut(|old| {
            old.slots
                .retain(|&(i, turn)| slots[i].turn.load(Ordering::SeqCst) == turn);
            old.beyond = old.beyond && beyond.load(Ordering::SeqCst) > 0;
            let is_read = !old.slots.is_empty() || old.beyond;
            if !is_read && let Some(mut kept) = old.kept.take().filter(|_| spare.is_none()) {
                *spare = Arc::get_mut(&mut kept).is_some().then_some(kept);
            }
            is_read
        });
    }

    /// The current policy.
    ///
    /// # Safety
    /// The caller holds a slot, or is counted in `beyond`, from before this call until after the last use.
    unsafe fn read(&self) -> &Policy {
        // SAFETY: never null; a publisher that swaps it out sees the caller's slot or count and keeps the policy.
        unsafe { &*self.current.load(Ordering::SeqCst) }
    }
}

impl Clone for Agent {
    fn clone(&self) -> Self {
        let (slots, readers) = (Arc::clone(&self.slots), Arc::clone(&self.readers));
        Self::with(self.snapshot(), slots, readers)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // SAFETY: it came from `Arc::into_raw`, and nobody is left to read it.
        drop(unsafe { Arc::from_raw(*self.current.get_mut()) });
    }
}

/// Gives a slot back, after a panic too.
struct GiveBack<'a>(&'a AtomicUsize, usize);

impl Drop for GiveBack<'_> {
    fn drop(&mut self) {
        self.0.store(self.1.wrapping_add(1), Ordering::Release);
    }
}

/// Ends a decision without a slot, after a panic too.
struct Leave<'a>(&'a AtomicUsize);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::BarsPerYear;
    use crate::policy::initial::initial_values;
    use crate::policy::normalizer::ObservationNormalizer;
    use crate::policy::spec::{ActionSpec, NetworkSpec};
    use std::collections::HashSet;
    use std::sync::Weak;
    use std::sync::atomic::AtomicU64;

    fn policy(seed: u64) -> Policy {
        let spec = PolicySpec {
            assets: vec!["A".to_string()],
            state: crate::market::state::StateSpec::base(1),
            action: ActionSpec::default(),
            network: NetworkSpec::Scorer { hidden: vec![2] },
        };
        let parameters = initial_values(&spec, -1.2, 20.0, seed);
        let normalizer = ObservationNormalizer::new(&spec);
        Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
    }

    fn agent() -> Agent {
        Agent::new(policy(1))
    }

    /// Takes buffers inside buffers, and returns where each lies.
    fn nested(agent: &Agent, depth: usize, places: &mut Vec<usize>) {
        agent.decide(|_, scratch| {
            places.push((&raw const *scratch).addr());
            if depth > 1 {
                nested(agent, depth - 1, places);
            }
        });
    }

    fn publish(agent: &Agent, policy: Policy) -> Result<()> {
        agent.publish(|_| Ok(Arc::new(policy)))
    }

    fn watched(agent: &Agent) -> Weak<Policy> {
        Arc::downgrade(&agent.snapshot())
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
            let call = || agent.decide(|_, _| panic!("on purpose"));
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).unwrap_err();
        }
        let free = |slot: &Slot| slot.turn.load(Ordering::Acquire).is_multiple_of(2);
        assert!(agent.slots.iter().all(free));
    }

    #[test]
    fn a_replaced_policy_lives_until_its_last_reader_has_left() {
        let agent = agent();
        let first = watched(&agent);
        agent.decide(|old, _| {
            let before = old.network().parameters().to_vec();
            publish(&agent, policy(2)).unwrap();
            assert!(first.upgrade().is_some(), "freed under its reader");
            assert_eq!(old.network().parameters(), before);
            let now = agent.snapshot();
            assert_ne!(now.network().parameters(), before);
            // A reader of the new policy does not keep the old one.
            agent.settle();
            assert!(first.upgrade().is_some(), "freed under its reader");
        });
        agent.settle();
        assert!(first.upgrade().is_none(), "kept without readers");
        let second = watched(&agent);
        publish(&agent, policy(3)).unwrap();
        assert!(second.upgrade().is_none(), "kept without readers");
    }

    #[test]
    fn readers_without_a_slot_keep_their_policy_too() {
        let agent = agent();
        let first = watched(&agent);
        let mut deepest = false;
        fn inside(agent: &Agent, depth: usize, work: &mut dyn FnMut()) {
            agent.decide(|_, _| match depth {
                0 => work(),
                _ => inside(agent, depth - 1, work),
            });
        }
        // Without the slots' own protection: only the innermost reader came before.
        inside(&agent, SLOTS, &mut || {
            deepest = true;
            publish(&agent, policy(2)).unwrap();
            agent.retired.lock().unwrap().read[0].slots.clear();
            agent.settle();
            assert!(first.upgrade().is_some(), "freed under its reader");
        });
        assert!(deepest);
        agent.settle();
        assert!(first.upgrade().is_none(), "kept without readers");
    }

    #[test]
    fn a_clone_keeps_its_policy_and_another_spec_is_refused() {
        let agent = agent();
        let clone = agent.clone();
        publish(&agent, policy(2)).unwrap();
        let parameters = |agent: &Agent| agent.snapshot().network().parameters().to_vec();
        assert_eq!(parameters(&clone), policy(1).network().parameters());
        assert_eq!(parameters(&agent), policy(2).network().parameters());
        let mut spec = policy(1).spec().clone();
        spec.state.window = 21;
        let other = initial_values(&spec, -1.2, 20.0, 1);
        let normalizer = ObservationNormalizer::new(&spec);
        let other = Policy::new(spec, normalizer, other, serde_json::Map::new()).unwrap();
        assert!(publish(&agent, other).unwrap_err().to_string().contains("spec"));
    }

    #[test]
    fn bars_a_year_are_settled_once() {
        let agent = agent();
        let of_bars = |bars_per_year| {
            let mut spec = policy(1).spec().clone();
            spec.state.bars_per_year = Some(BarsPerYear::new("bars", bars_per_year).unwrap());
            let values = initial_values(&spec, -1.2, 20.0, 1);
            let normalizer = ObservationNormalizer::new(&spec);
            Policy::new(spec, normalizer, values, serde_json::Map::new()).unwrap()
        };
        publish(&agent, of_bars(8766.0)).unwrap();
        publish(&agent, of_bars(8760.0)).unwrap();
        assert!(publish(&agent, of_bars(252.0)).is_err());
        let settled = agent.snapshot().spec().state.bars_per_year;
        assert_eq!(settled.map(BarsPerYear::get), Some(8760.0));
    }

    /// What a reader read comes before the policy's end: nothing but its slot tells the publisher so, which
    /// ThreadSanitizer checks.
    #[test]
    fn a_policy_ends_after_its_reader_has_left() {
        let agent = agent();
        let first = watched(&agent);
        let (inside, leave) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                agent.decide(|policy, _| {
                    inside.store(true, Ordering::Relaxed);
                    while !leave.load(Ordering::Relaxed) {
                        std::thread::yield_now();
                    }
                    policy.network().parameters().iter().sum::<f32>()
                })
            });
            while !inside.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            publish(&agent, policy(2)).unwrap();
            assert!(first.upgrade().is_some(), "freed under its reader");
            leave.store(true, Ordering::Relaxed);
            while first.upgrade().is_some() {
                agent.settle();
            }
            assert!(reader.join().unwrap().is_finite());
        });
    }

    #[test]
    fn a_precision_holds_for_policies_to_come_and_for_clones() {
        let agent = agent();
        agent.set_precision(Precision::Bf16);
        assert_eq!(agent.snapshot().precision(), Precision::Bf16);
        publish(&agent, policy(2)).unwrap();
        let clone = agent.clone();
        publish(&clone, policy(3)).unwrap();
        for agent in [&agent, &clone] {
            assert_eq!(agent.snapshot().precision(), Precision::Bf16);
        }
        agent.set_precision(Precision::F32);
        assert_eq!(agent.snapshot().precision(), Precision::F32);
        assert_eq!(
            agent.snapshot().network().parameters(),
            policy(2).network().parameters()
        );
        assert_eq!(clone.snapshot().precision(), Precision::Bf16);
    }

    /// Every decision is one of whole policies: each is published with the sum of its parameters known.
    #[test]
    fn threads_never_see_half_a_policy() {
        let agent = agent();
        let sum = |policy: &Policy| policy.network().parameters().iter().sum::<f32>().to_bits();
        let known: HashSet<u32> = (1..=4).map(|seed| sum(&policy(seed))).collect();
        let read = AtomicU64::new(0);
        let done = AtomicBool::new(false);
        let last = std::thread::scope(|scope| {
            let read_on = || {
                while !done.load(Ordering::Relaxed) {
                    let found = agent.decide(|policy, _| sum(policy));
                    assert!(known.contains(&found));
                    read.fetch_add(1, Ordering::Relaxed);
                }
            };
            let readers: Vec<_> = (0..3).map(|_| scope.spawn(read_on)).collect();
            let mut former = Vec::new();
            let mut in_place = 0;
            for i in 0..400 {
                // One that is watched is never written anew.
                if i % 4 == 0 {
                    former.push(watched(&agent));
                }
                let next = policy(1 + i % 4);
                let make = |spare: Option<Arc<Policy>>| match spare {
                    Some(mut spare) => {
                        let written = Arc::get_mut(&mut spare).expect("nobody else has it");
                        written.retrain(next.normalizer(), next.network().parameters())?;
                        in_place += 1;
                        Ok(spare)
                    }
                    None => Ok(Arc::new(next)),
                };
                agent.publish(make).unwrap();
                if i % 4 == 2 {
                    // Readers may be slow to leave; what they have left is there for the next.
                    agent.settle();
                }
            }
            while read.load(Ordering::Relaxed) < 100 {
                std::thread::yield_now();
            }
            done.store(true, Ordering::Relaxed);
            // One by one: ThreadSanitizer does not see what the scope's end waits for.
            readers.into_iter().for_each(|reader| reader.join().unwrap());
            assert!(in_place > 0, "none was written anew");
            former
        });
        agent.settle();
        assert!(last.iter().all(|old| old.upgrade().is_none()));
    }
}
