//! Who acts: roles and what they may do, service tokens.

pub mod actor;
pub mod roles;
pub mod sign_in;
mod store;
pub mod tokens;

pub use self::actor::{Act, Actor, ActorKind, Principal};
pub use self::roles::{Grant, Permission, Role};
