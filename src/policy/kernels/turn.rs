//! Lines to columns.

use super::vector::{MOST_LANES, Vector};

/// Lines that are turned together.
const TOGETHER: usize = 4;

/// Lines of values, as pointers; distances are in values.
pub(super) struct Turn {
    from: *const f32,
    /// From line to line.
    apart: usize,
    lines: usize,
    /// Values of a line.
    columns: usize,
    to: *mut f32,
    /// From what becomes of a column to what becomes of the next.
    to_apart: usize,
}

impl Turn {
    /// As [`InstructionSet::turn`](super::InstructionSet::turn), which panics where this does.
    pub(super) fn new(
        (from, apart): (&[f32], usize),
        (lines, columns): (usize, usize),
        (to, to_apart): (&mut [f32], usize),
    ) -> Self {
        let reach = |lines: usize, apart: usize, len: usize| lines.saturating_sub(1) * apart + len;
        assert!(columns.is_multiple_of(MOST_LANES), "values of a line");
        assert!(from.len() >= reach(lines, apart, columns), "values of the lines");
        assert!(to_apart >= lines, "values of a column");
        assert!(
            to.len() >= reach(columns, to_apart, lines),
            "values of the columns"
        );
        Self {
            from: from.as_ptr(),
            apart,
            lines,
            columns,
            to: to.as_mut_ptr(),
            to_apart,
        }
    }
}

/// # Safety
/// As for the methods of [`Vector`]; what the job describes can be read and written, and its columns are a multiple of `LANES`.
#[inline(always)]
pub(super) unsafe fn turn<V: Vector>(job: &Turn) {
    let in_groups = job.lines - job.lines % TOGETHER;
    for column in (0..job.columns).step_by(V::LANES) {
        for line in (0..in_groups).step_by(TOGETHER) {
            // SAFETY: the caller's; four lines and a vector of columns from here on are the job's.
            unsafe {
                let from = job.from.add(line * job.apart + column);
                let (a, b) = (V::load(from), V::load(from.add(job.apart)));
                let (c, d) = (V::load(from.add(2 * job.apart)), V::load(from.add(3 * job.apart)));
                let ((first, last), (other_first, other_last)) = (a.interleaved(b), c.interleaved(d));
                let (zero, one) = first.interleaved_pairs(other_first);
                let (two, three) = last.interleaved_pairs(other_last);
                let to = job.to.add(column * job.to_apart + line);
                scatter(zero, to, job.to_apart);
                scatter(one, to.add(job.to_apart), job.to_apart);
                scatter(two, to.add(2 * job.to_apart), job.to_apart);
                scatter(three, to.add(3 * job.to_apart), job.to_apart);
            }
        }
        for line in in_groups..job.lines {
            for column in column..column + V::LANES {
                // SAFETY: the caller's; the line and the column are the job's.
                unsafe {
                    let value = *job.from.add(line * job.apart + column);
                    *job.to.add(column * job.to_apart + line) = value;
                }
            }
        }
    }
}

/// Writes every four lanes to a place four times `apart` further on.
///
/// # Safety
/// As for the methods of [`Vector`]; these places can be written.
#[inline(always)]
unsafe fn scatter<V: Vector>(lanes: V, to: *mut f32, apart: usize) {
    let mut values = [0.0; MOST_LANES];
    // SAFETY: the caller's; the array has room for a vector of any set.
    unsafe {
        lanes.store(values.as_mut_ptr());
        for (group, values) in values[..V::LANES].as_chunks::<TOGETHER>().0.iter().enumerate() {
            let to = to.add(group * TOGETHER * apart);
            to.cast::<[f32; TOGETHER]>().write_unaligned(*values);
        }
    }
}
