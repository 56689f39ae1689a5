//! What was asked of a book while another thread decided with it, for its next call to take up.

use crate::error::Result;
use crate::ffi::portfolio::orders::NextPolicy;
use crate::policy::spec::PolicySpec;
use crate::portfolio::Book;
use crate::risk::manager::Switch;
use std::sync::atomic::{AtomicU8, Ordering};

/// Asked for, and taken up by the next call on the portfolio.
pub(in crate::ffi) struct Orders {
    pub(super) policy: NextPolicy,
    /// Which switch was asked for last: a [`Switch`] and one, or 0 for none.
    switch: AtomicU8,
}

impl Orders {
    /// None yet, for a portfolio whose policies are of this spec.
    pub(super) fn new(spec: PolicySpec) -> Self {
        Self {
            policy: NextPolicy::new(spec),
            switch: AtomicU8::new(0),
        }
    }

    pub(super) fn set_switch(&self, switch: Switch) {
        self.switch.store(switch as u8 + 1, Ordering::Release);
    }

    /// Carries out what was asked for. Allocates nothing.
    #[inline]
    pub(super) fn take_up(&self, book: &mut Book) -> Result<()> {
        if self.switch.load(Ordering::Relaxed) > 0 {
            let asked = self.switch.swap(0, Ordering::Acquire);
            let switches = [Switch::Open, Switch::Halt, Switch::Flatten];
            if let Some(&switch) = switches.iter().find(|switch| **switch as u8 + 1 == asked) {
                book.set_switch(switch);
            }
        }
        self.policy.take_up(|policy| book.replace_policy(policy))
    }
}
