# `make test` is everything that must pass. It needs a Rust toolchain; what the Python tests need
# it installs into .venv.
CARGO ?= cargo
VENV ?= .venv

.PHONY: test check python bench update

test: check
	$(CARGO) test --workspace --all-targets
	$(CARGO) test --workspace --doc
	$(CARGO) test --no-default-features --lib
	$(MAKE) python

check:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

# Other people's readers and schemas against what the command writes.
python: $(VENV)/ready
	$(CARGO) build
	$(VENV)/bin/python -m pytest -q tests/python

$(VENV)/ready: tests/python/requirements.txt
	python3 -m venv $(VENV) || { apt-get update && apt-get install -y python3-venv && python3 -m venv $(VENV); }
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

bench:
	$(CARGO) bench

# Rewrites the expected files in corpus/ and prints what changed.
update:
	LAVOIR_UPDATE=1 $(CARGO) test --test corpus
