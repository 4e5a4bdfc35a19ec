//! Generates nothing: what is measured is how long the generator takes to build.

fn main() {}
