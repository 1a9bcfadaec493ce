//! A new migration folder makes the program that embeds it be built anew.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
