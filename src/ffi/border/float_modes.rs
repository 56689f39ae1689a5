//! The floating-point modes of a host. It may have set its threads to take denormal numbers as zero, to round in
//! another direction or to signal exceptions; the library calculates in the standard modes, which its compiler takes
//! for granted, and gives the host's back. For x86-64; other processors are left as they are.

#[cfg(target_arch = "x86_64")]
use std::arch::asm;

/// The host's modes, until this is dropped.
#[must_use]
pub(in crate::ffi) struct HostModes {
    /// The register that the host had, where it differs.
    #[cfg(target_arch = "x86_64")]
    former: Option<u32>,
}

/// From now on this thread calculates in the standard modes.
#[inline]
pub(in crate::ffi) fn standard() -> HostModes {
    #[cfg(target_arch = "x86_64")]
    {
        let former = read();
        if former & !FLAGS == STANDARD {
            return HostModes { former: None };
        }
        write(STANDARD);
        HostModes { former: Some(former) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    HostModes {}
}

#[cfg(target_arch = "x86_64")]
impl Drop for HostModes {
    #[inline]
    fn drop(&mut self) {
        if let Some(former) = self.former {
            write(former);
        }
    }
}

/// Exceptions are flags, numbers are rounded to the nearest, denormal ones are numbers.
#[cfg(target_arch = "x86_64")]
const STANDARD: u32 = 0x1f80;

/// What calculations have met so far: no modes.
#[cfg(target_arch = "x86_64")]
const FLAGS: u32 = 0x3f;

#[cfg(target_arch = "x86_64")]
#[inline]
fn read() -> u32 {
    let mut register = 0_u32;
    // SAFETY: writes the 32 bits of MXCSR to a place of that size.
    unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut register, options(nostack, preserves_flags)) };
    register
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn write(register: u32) {
    // SAFETY: reads 32 bits, which are a value that MXCSR had or the processor's initial one.
    unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const register, options(nostack, preserves_flags)) };
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    /// A sum of two denormal numbers, calculated now.
    fn sum() -> f64 {
        std::hint::black_box(1e-310) + std::hint::black_box(2e-310)
    }

    #[test]
    fn a_hosts_modes_are_set_aside_and_given_back() {
        const FLUSHING: u32 = STANDARD | 0x8040;
        write(FLUSHING);
        let flushed = sum().to_bits();
        let modes = standard();
        let (inside, kept) = (read() & !FLAGS, sum());
        drop(modes);
        let after = read() & !FLAGS;
        write(STANDARD);
        assert_eq!((flushed, inside, after), (0, STANDARD, FLUSHING));
        assert!(kept > 2.9e-310);
        drop(standard());
        assert_eq!(read() & !FLAGS, STANDARD);
    }
}
