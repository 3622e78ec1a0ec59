# What a change must pass; the same as `.ci/run`.
ci:
    bash .ci/run

# The tests.
test:
    cargo test --workspace --all-features

# Lints as in `ci`, for all members.
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# The page to paste bytes into: target/h2wire.html.
page:
    crates/h2wire-page/build.sh target/h2wire.html

# Records the captures again (root; names the Debian packages it misses), then writes tshark's reading of them.
captures *names:
    testdata/captures/make.sh {{ names }}
    testdata/captures/expect.sh {{ names }}
