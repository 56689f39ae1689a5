//! exp and ln, whose bits are the library's own on every system.

#![allow(clippy::float_cmp, reason = "bits are compared on purpose")]

use ppo_risk::math::elementary::{exp, ln};
use ppo_risk::math::random::stream;
use rand::RngExt;

/// Units in the last place between two numbers of one sign.
fn apart(a: f64, b: f64) -> u64 {
    a.to_bits().abs_diff(b.to_bits())
}

/// The C library's are within 0.52 units of the true ones.
#[test]
fn exp_and_ln_are_within_one_unit_in_the_last_place_of_the_c_librarys() {
    let mut random = stream(1, "test", 0);
    for _ in 0..1_000_000 {
        for x in [
            random.random_range(-745.1..709.7),
            random.random_range(-1.0..1.0),
            random.random_range(-1e-9..1e-9),
        ] {
            assert!(apart(exp(x), f64::exp(x)) <= 1, "exp({x}): {}", exp(x));
        }
        let any = f64::from_bits(random.random_range(1..f64::MAX.to_bits()));
        for x in [
            any,
            random.random_range(0.0..2.0),
            random.random_range(0.999..1.001),
        ] {
            assert!(apart(ln(x), f64::ln(x)) <= 1, "ln({x}): {}", ln(x));
        }
    }
}

#[test]
fn special_values_are_what_they_are_everywhere() {
    let cases = [
        0.0,
        -0.0,
        1.0,
        f64::INFINITY,
        f64::MAX,
        5e-324,
        f64::MIN_POSITIVE,
        f64::NAN,
    ];
    for x in cases.into_iter().chain(cases.map(|x| -x)) {
        for (found, expected) in [(exp(x), f64::exp(x)), (ln(x), f64::ln(x))] {
            let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
            assert!(
                same || x.is_normal() && apart(found, expected) <= 1,
                "{x}: {found} {expected}"
            );
        }
    }
    for (x, expected) in [(-745.14, 0.0), (-745.13, 5e-324), (709.79, f64::INFINITY)] {
        assert_eq!(exp(x), expected, "exp({x})");
    }
}

/// Bits that any system has to find: of a million numbers each, folded into one.
#[test]
fn the_bits_are_these() {
    let fold = |f: fn(f64) -> f64, first: f64, step: f64| {
        (0..1_000_000).fold(0xcbf2_9ce4_8422_2325_u64, |hash, i| {
            let value = f(first + f64::from(i) * step);
            (hash ^ value.to_bits()).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    assert_eq!(fold(exp, -750.0, 0.0015), 2_311_551_460_392_353_002, "exp");
    assert_eq!(fold(ln, 1e-7, 1e-5), 7_350_074_138_211_934_612, "ln");
}
