//! Plain loops, compiled once more for the vectors that many processors have.

#[cfg(target_arch = "x86_64")]
use pulp::{
    NullaryFnOnce,
    x86::{V3, V4},
};

/// A loop. What the compiler does not put into `run` itself is not compiled for vectors, so that it is
/// always inlined and calls small functions only.
pub(crate) trait Loop {
    /// Goes through it.
    fn run(self);
}

#[cfg(target_arch = "x86_64")]
struct Compiled<L>(L);

#[cfg(target_arch = "x86_64")]
impl<L: Loop> NullaryFnOnce for Compiled<L> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.0.run();
    }
}

/// Runs a loop with AVX-512 or AVX2, where the processor has them.
pub(crate) fn vectorized(work: impl Loop) {
    #[cfg(target_arch = "x86_64")]
    if let Some(v4) = V4::try_new() {
        return v4.vectorize(Compiled(work));
    } else if let Some(v3) = V3::try_new() {
        return v3.vectorize(Compiled(work));
    }
    work.run();
}
