//! The border that no panic crosses.

use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::fixed_text::FixedText;
use crate::ffi::border::float_modes;
use crate::ffi::border::handle::Header;
use crate::ffi::border::host_thread::{self, Needs};
use crate::ffi::border::last_error;
use crate::ffi::log;
use crate::ffi::status::{PPO_ERR_PANIC, PPO_ERR_POISONED, ppo_status};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(panic = "abort")]
compile_error!("the C surface needs unwinding: a panic has to end as a status, not as the end of the host");

/// Runs the body of the export `$name`, a block that ends in an [`Outcome`] of a status. An error's words are kept for
/// the thread and for the first of the handles; a panic poisons all of them. While all is well it costs the body and a
/// look at the floating-point modes.
macro_rules! boundary {
    ($name:ident, [$($handle:expr),*], |$call:pat_param| $body:block) => {
        $crate::ffi::border::boundary::run(
            stringify!($name),
            const { $crate::ffi::border::host_thread::needs(stringify!($name)) },
            || [$($crate::ffi::border::handle::header($handle)),*],
            |$call: $crate::ffi::border::call::Call<'_>|
                -> $crate::ffi::border::failure::Outcome<$crate::ffi::status::ppo_status> { $body },
        )
    };
}
pub(in crate::ffi) use boundary;

/// What `boundary!` expands to.
#[inline]
pub(in crate::ffi) fn run<const N: usize>(
    function: &'static str,
    needs: Needs,
    handles: impl Fn() -> [Option<&'static Header>; N],
    body: impl FnOnce(Call<'_>) -> Outcome<ppo_status>,
) -> ppo_status {
    let _not_cancelled = needs.not_cancelled.then(host_thread::not_cancelled);
    let _host_modes = float_modes::standard();
    // Nothing that the body had in hand is looked at after a panic, but for the handles, which are poisoned.
    let called = catch_unwind(AssertUnwindSafe(|| match needs.stack {
        false => body(Call::promised()),
        true => host_thread::with_stack(|| body(Call::promised())),
    }));
    match called {
        Ok(Ok(status)) => status,
        Ok(Err(failure)) => report(function, &failure, &handles()),
        Err(payload) => {
            let handles = handles();
            for header in handles.iter().flatten() {
                header.poison();
            }
            let failure = Failure::worded(PPO_ERR_PANIC, log::take_panic(payload.as_ref()));
            report(function, &failure, &handles)
        }
    }
}

#[cold]
#[inline(never)]
fn report(function: &str, failure: &Failure, handles: &[Option<&'static Header>]) -> ppo_status {
    // The log's function may be cancelled.
    let _not_cancelled = host_thread::not_cancelled();
    let reported = catch_unwind(AssertUnwindSafe(|| {
        // A copy: a call that the log's function makes, and that fails, has words of its own.
        let message = FixedText::of(format_args!("{function}: {}", failure.message().as_str()));
        let level = match failure.status {
            PPO_ERR_PANIC => log::PPO_LOG_ERROR,
            _ => log::PPO_LOG_DEBUG,
        };
        // First: a call that the log's function makes, and that fails, must not leave its words in this one's place.
        log::log(level, message.as_str());
        last_error::store(&message);
        // A poisoned handle keeps the error message of the defect.
        if let (Some(Some(header)), true) = (handles.first(), failure.status != PPO_ERR_POISONED) {
            header.store_message(message.as_str());
        }
    }));
    match reported {
        Ok(()) => failure.status,
        Err(_) => PPO_ERR_PANIC,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::border::handle;
    use crate::ffi::random::{ppo_random, ppo_random_free, ppo_random_new};
    use crate::ffi::status::PPO_OK;
    use std::ptr;

    fn message() -> String {
        let mut buffer = [0; 256];
        let call = Call::promised();
        last_error::copy_out(call, buffer.as_mut_ptr(), buffer.len(), ptr::null_mut());
        // SAFETY: it now holds a text with its zero byte.
        unsafe { std::ffi::CStr::from_ptr(buffer.as_ptr()) }
            .to_string_lossy()
            .into_owned()
    }

    #[test]
    fn a_panic_becomes_a_status_and_poisons_the_handles_of_the_call() {
        let mut first: *mut ppo_random = ptr::null_mut();
        let mut second: *mut ppo_random = ptr::null_mut();
        let mut bystander: *mut ppo_random = ptr::null_mut();
        for handle in [&mut first, &mut second, &mut bystander] {
            // SAFETY: an output of this frame.
            assert_eq!(unsafe { ppo_random_new(1, 0, handle) }, PPO_OK);
        }
        let status = boundary!(ppo_test, [first, second], |_| {
            if !first.is_null() {
                panic!("the {} defect", "test's");
            }
            Ok(PPO_OK)
        });
        assert_eq!(status, PPO_ERR_PANIC);
        assert!(message().starts_with("ppo_test: "), "{}", message());
        assert!(message().contains("the test's defect"), "{}", message());
        assert!(message().contains("boundary.rs"), "{}", message());
        for (handle, expected) in [
            (first, PPO_ERR_POISONED),
            (second, PPO_ERR_POISONED),
            (bystander, PPO_OK),
        ] {
            let used = handle::exclusive(Call::promised(), handle, "random");
            assert_eq!(used.map_or_else(|failure| failure.status, |_| PPO_OK), expected);
        }
        for handle in [first, second, bystander] {
            // SAFETY: freed once.
            unsafe { ppo_random_free(handle) };
        }
    }

    #[test]
    fn an_error_is_kept_in_words() {
        let status = boundary!(ppo_test, [], |_| { Err(Failure::invalid("x", 3, "4")) });
        assert!(status < 0);
        assert_eq!(message(), "ppo_test: `x` is 3, expected 4");
    }
}
