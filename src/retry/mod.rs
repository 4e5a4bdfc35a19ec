//! Whether to send a request again, and after how long.

pub(crate) mod attempts;
mod budget;
mod policy;
mod rules;

pub(crate) use budget::Budget;
pub use policy::RetryPolicy;
pub(crate) use rules::Rules;
