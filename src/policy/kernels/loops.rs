//! Plain loops that an instruction set runs.

/// Plain loops that are worth compiling for each set of instructions, and what they need. A closure would not do: what is not
/// inlined into a function of a set is compiled for any processor, and a closure is inlined only where it is short.
pub trait Loops {
    /// What they give.
    type Out;

    /// Runs them. Must be `#[inline(always)]`, with all that it calls.
    fn run(self) -> Self::Out;
}
