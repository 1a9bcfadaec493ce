//! Who acts: people, teams, roles and what they may do, service tokens.

pub mod actor;
pub mod bulk;
pub mod custom_roles;
pub mod leaving;
mod model;
pub mod names;
pub mod owners;
pub mod people;
pub mod roles;
mod secrets;
pub mod sign_in;
mod store;
pub mod teams;
pub mod tokens;

pub use self::actor::{Act, Actor, ActorKind, ByRule, Principal};
pub use self::roles::{Grant, Permission, Role};
