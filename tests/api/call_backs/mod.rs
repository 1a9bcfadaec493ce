//! `/api/v1/call-backs`, and promising them.

mod attempts;
mod broken;
mod list;
mod moving;
mod promise;
