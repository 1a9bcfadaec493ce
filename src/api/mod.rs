//! The JSON edge: routes, who may use them, and the translation between HTTP and the domain.

mod answer;
mod auth;
mod call_backs;
mod complaints;
mod customers;
mod examples;
mod extract;
mod health;
mod observe;
pub mod openapi;
mod page;
mod playbooks;
mod problems;
mod public;
mod roles;
pub mod routes;
pub mod server;
mod staff;
mod teams;
mod tokens;
