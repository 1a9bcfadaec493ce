//! The JSON edge: routes, who may use them, and the translation between HTTP and the domain.

mod answer;
mod attachments;
mod audit;
mod auth;
mod call_backs;
mod challenge;
mod complaints;
mod customers;
pub mod edge;
mod examples;
mod extract;
mod headers;
mod health;
pub mod limits;
mod links;
mod observe;
pub mod openapi;
mod pace;
mod page;
mod playbooks;
mod problems;
mod public;
pub mod routes;
pub mod server;
mod tokens;
mod upload;
