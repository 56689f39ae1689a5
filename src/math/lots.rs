//! Multiples of a lot.

/// Farthest that a number of lots may be from a whole one by rounding alone, as a part of it: 0.3/0.1 is 3 lots, and so is what
/// three lots come to as a weight that drifted over ten thousand bars.
const ROUNDING: f64 = 1e-11;

/// The multiple of `lot` that is largest in size and no larger than `units` (but for rounding), with their sign; `units` for
/// a lot of 0. Both are numbers of units, or both money.
pub(crate) fn whole_lots(units: f64, lot: f64) -> f64 {
    if units < 0.0 {
        return -whole_lots(-units, lot);
    }
    let lots = units / lot;
    // No lot, or one so small that the number of lots is beyond all numbers.
    if !lots.is_finite() {
        return units;
    }
    let nearest = lots.round();
    if (lots - nearest).abs() <= ROUNDING * nearest {
        nearest * lot
    } else {
        lots.floor() * lot
    }
}
