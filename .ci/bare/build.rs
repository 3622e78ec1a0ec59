fn main() {
    // The C library's start code calls `main`; nothing of Rust's runtime is there.
    println!("cargo::rustc-link-arg=-lc");
}
