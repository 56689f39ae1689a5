//! Memory whose size somebody else chose: sizes in checked arithmetic, and an error where there is not as much. Rust's
//! own containers end the process instead.

use crate::error::{Error, Result};

/// As many copies of `value` as the counts of `shape` multiply to; the error calls them `what`.
pub(crate) fn filled<T: Clone>(what: &str, shape: &[usize], value: T) -> Result<Vec<T>> {
    let (mut values, count) = reserved(what, shape)?;
    values.resize(count, value);
    Ok(values)
}

/// An empty list with room for as many values as the counts of `shape` multiply to.
pub(crate) fn empty<T>(what: &str, shape: &[usize]) -> Result<Vec<T>> {
    reserved(what, shape).map(|(values, _)| values)
}

fn reserved<T>(what: &str, shape: &[usize]) -> Result<(Vec<T>, usize)> {
    let refusal = || refused(what, size::<T>(shape));
    let count = usize::try_from(product(shape)).map_err(|_| refusal())?;
    let mut values = Vec::new();
    values.try_reserve_exact(count).map_err(|_| refusal())?;
    Ok((values, count))
}

/// Whether so many bytes can be had in one piece: asked before many small pieces that come to as much are taken one by
/// one. They are given back at once.
pub(crate) fn room(what: &str, bytes: u128) -> Result<()> {
    let mut probe: Vec<u8> = Vec::new();
    let fits = usize::try_from(bytes).is_ok_and(|bytes| probe.try_reserve_exact(bytes).is_ok());
    // Memory that nobody looks at could be left out by the compiler.
    std::hint::black_box(&mut probe);
    if fits { Ok(()) } else { Err(refused(what, bytes)) }
}

/// Bytes that as many values as the counts of `shape` multiply to take.
pub(crate) fn size<T>(shape: &[usize]) -> u128 {
    product(shape).saturating_mul(size_of::<T>() as u128)
}

fn product(shape: &[usize]) -> u128 {
    shape
        .iter()
        .fold(1, |product: u128, &count| product.saturating_mul(count as u128))
}

#[cold]
fn refused(what: &str, bytes: u128) -> Error {
    Error::Memory {
        what: what.to_string(),
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_filled_and_what_does_not_is_an_error() {
        assert_eq!(filled("values", &[2, 3], 0.5).unwrap(), [0.5; 6]);
        assert!(filled("values", &[0, usize::MAX], 1_u8).unwrap().is_empty());
        assert!(room("values", 1 << 20).is_ok());
        for shape in [
            vec![1 << 60, 1],
            vec![1 << 61],
            vec![usize::MAX; 5],
            vec![1 << 32, 1 << 32],
        ] {
            let error = filled("the steps of a rollout", &shape, 0.0_f64)
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with("not enough memory for the steps of a rollout: "),
                "{error}"
            );
            assert!(empty::<u8>("x", &shape).is_err() && room("x", size::<f64>(&shape)).is_err());
        }
    }
}
