//! The circles of imports that are still there: each is to be undone, and leaves this list then.

/// Files that import from each other in a circle, as they stood when this was first looked for.
pub(crate) const CIRCLES: &[&[&str]] = &[
    &["src/ffi/agent/mod.rs", "src/ffi/agent/action.rs"],
    &["src/ffi/book/mod.rs", "src/ffi/book/orders.rs"],
    &["src/ffi/risk/manage.rs", "src/ffi/risk/manager.rs"],
    &[
        "src/policy/kernels/mod.rs",
        "src/policy/kernels/aarch64.rs",
        "src/policy/kernels/block.rs",
        "src/policy/kernels/dense.rs",
        "src/policy/kernels/dots.rs",
        "src/policy/kernels/narrow.rs",
        "src/policy/kernels/portable.rs",
        "src/policy/kernels/product.rs",
        "src/policy/kernels/softmax.rs",
        "src/policy/kernels/tanh.rs",
        "src/policy/kernels/tile.rs",
        "src/policy/kernels/vector.rs",
        "src/policy/kernels/x86_64.rs",
    ],
];
