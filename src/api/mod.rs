//! The JSON edge: routes, who may use them, and the translation between HTTP and the domain.

mod answer;
mod audit;
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
pub mod routes;
pub mod server;
mod tokens;
mod typing;
