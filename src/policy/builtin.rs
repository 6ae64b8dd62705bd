//! The policies that come with the program.

/// Name and text of each, those that others rest on first.
pub const BUILTINS: &[(&str, &str)] = &[
    ("hygiene", include_str!("../../policies/hygiene.yaml")),
    (
        "connectpay-production",
        include_str!("../../policies/connectpay-production.yaml"),
    ),
    (
        "connectpay-non-production",
        include_str!("../../policies/connectpay-non-production.yaml"),
    ),
    ("psd2-qwac", include_str!("../../policies/psd2-qwac.yaml")),
];
