//! Reports: volumes, response times, promises, causes, load; and the desk's own figures for Prometheus.
//!
//! Nobody counts a million complaints. Whoever changes one appends what that adds to the figures, in the same
//! transaction ([`record`]); a job folds that into sums by day ([`fold`]); a report adds up the sums and what is
//! not yet folded ([`query`]). `docs/reports.md` says what each figure means, `docs/adr/0019` why it is kept so.

pub mod arising;
pub mod desk;
pub mod facts;
pub mod fold;
pub mod frame;
pub mod histogram;
pub mod measures;
pub mod operations;
pub mod query;
pub mod rebuild;
pub mod record;
pub mod reports;
pub mod review;
pub mod rollup;
mod store;
pub mod sums;
pub mod table;
