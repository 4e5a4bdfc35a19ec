//! Generates nothing: only the build time of the generator is measured.

fn main() {}
