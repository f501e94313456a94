# `make test` is everything that must pass; it needs a Rust toolchain and nothing else.
CARGO ?= cargo

.PHONY: test check bench update

test: check
	$(CARGO) test --workspace --all-targets
	$(CARGO) test --workspace --doc
	$(CARGO) test --no-default-features --lib

check:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

bench:
	$(CARGO) bench

# Rewrites the expected files in corpus/ and prints what changed.
update:
	LAVOIR_UPDATE=1 $(CARGO) test --test corpus
