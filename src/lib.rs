//! Hark: a complaint and service desk. It takes complaints in, leads the agent through seven
//! steps, and sees to it that the promised call-back is made.
//!
//! `docs/ARCHITECTURE.md` is the map.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod db;
pub mod demo;
pub mod domain;
pub mod error;
pub mod files;
pub mod heavy;
pub mod ids;
pub mod keys;
pub mod open_id;
pub mod review;
pub mod settings;
pub mod telemetry;
pub mod web;
pub mod worker;
