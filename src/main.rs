//! The program `hark`. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    hark::cli::run(std::env::args_os())
}
