//! The JSON edge: routes, who may use them, and the translation between HTTP and the domain.

mod answer;
mod audit;
mod auth;
mod call_backs;
mod complaints;
mod cookies;
mod credentials;
mod customers;
mod examples;
mod extract;
mod health;
mod observe;
mod open_id;
pub mod openapi;
mod page;
mod playbooks;
mod privacy;
mod problems;
mod public;
mod roles;
pub mod routes;
pub mod server;
mod sessions;
mod staff;
mod teams;
mod tokens;
