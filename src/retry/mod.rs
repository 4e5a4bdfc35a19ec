//! Whether to send a request again, and after how long.

pub(crate) mod attempts;
mod budget;
mod policy;

pub(crate) use attempts::Rules;
pub(crate) use budget::Budget;
pub use policy::RetryPolicy;
