//! What strangers may try: asking too often, asking for nothing, sending slowly or too much, guessing.

mod challenge;
mod edges;
mod headers;
mod limits;
mod links;
