//! Numbers that start on a cache line.

/// Values of one cache line.
const LINE: usize = 16;

/// A fixed number of f32, the first at an address that is a multiple of 64.
#[derive(Debug, Clone)]
pub struct Aligned {
    lines: Vec<Line>,
    len: usize,
}

#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

impl Aligned {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        Self {
            lines: vec![Line([0.0; LINE]); len.div_ceil(LINE)],
            len,
        }
    }

    /// All values.
    pub fn as_slice(&self) -> &[f32] {
        // SAFETY: a `Line` is 16 f32 without padding, and `len` is at most 16 times the number of lines.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }

    /// All values, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [f32] {
        // SAFETY: as in `as_slice`; the borrow is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_start_on_a_line_and_are_as_many_as_asked_for() {
        for len in [0, 1, 15, 16, 17, 100] {
            let mut values = Aligned::zeros(len);
            assert_eq!(values.as_slice(), vec![0.0; len]);
            assert_eq!(values.as_slice().as_ptr() as usize % 64, 0);
            values.as_mut_slice().fill(2.0);
            assert_eq!(values.clone().as_slice(), vec![2.0; len]);
        }
    }
}
