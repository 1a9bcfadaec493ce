//! The JSON edge: routes, who may use them, and the translation between HTTP and the domain.

mod answer;
mod attachments;
mod audit;
mod auth;
mod call_backs;
mod challenge;
mod complaints;
mod cookies;
mod credentials;
mod customers;
pub mod edge;
mod examples;
mod extract;
#[doc(hidden)]
pub mod fuzzing;
mod headers;
mod health;
pub mod limits;
mod links;
mod misfit;
mod observe;
mod open_id;
pub mod openapi;
mod pace;
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
mod upload;
