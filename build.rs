//! A new migration, text or asset makes the program that embeds it be built anew.

fn main() {
    for folder in ["migrations", "assets", "i18n"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
