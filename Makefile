# make train · make test · make oracle · make bench. Options for the program go through ARGS:
#     make train ARGS="--seeds 1 --steps 100000"

PYTHON ?= python3
CARGO ?= cargo
PRICES = data/sp500_20_stocks.csv
ARGS ?=
# The price file is not needed where the options name another market.
OWN_MARKET = $(filter simulated --market=simulated --prices --prices=% --resume --resume=%,$(ARGS))
# On that file policies depart from their prior as far as folds within the training period bear out, and so they may train for
# as long as a forecast takes to learn. Not where the options say something else, or where there may be no prior.
OWN_DEPARTURE = $(OWN_MARKET) $(filter --config --config=% --preset --preset=% --prior --prior=% --departure --departure=%,$(ARGS))
OWN_STEPS = $(OWN_DEPARTURE) $(filter --steps --steps=%,$(ARGS))
DEPARTURE = $(if $(strip $(OWN_DEPARTURE)),,--departure evidence) $(if $(strip $(OWN_STEPS)),,--steps 1000000)

# Where `make install` puts things; see docs/install.md.
PREFIX ?= /usr/local
DESTDIR ?=
LIBDIR ?= lib
TORCH_LIB ?=
INSTALL_FULL = $(PYTHON) .setup/install.py
INSTALL_SLIM = $(INSTALL_FULL) --library target/slim/release/libppo_risk.so
PLACES = --prefix "$(PREFIX)" --destdir "$(DESTDIR)" --libdir "$(LIBDIR)"

.PHONY: help setup prices train test properties book-soak fuzz oracle bench cuda fmt lint library slim install install-slim uninstall \
    packages roots docs deny windows aarch64

help:
	@echo "make train    fetch libtorch and prices, train on 1990-2012, judge on 2013-2022"
	@echo "make test     every test, a few of the known optima with one seed"
	@echo "make properties  the property tests of risk decisions, a million cases each"
	@echo "make book-soak  ten million decisions of a thousand random books (BOOK_CASES)"
	@echo "make fuzz     ten million damaged policy files (FUZZ_CASES, FUZZ_SEED)"
	@echo "make oracle   the known optima with five seeds (an hour or more; a part by ARGS)"
	@echo "make bench    the figures of speed, one 'name value' a line"
	@echo "make cuda     training on a GPU against the CPU, and its speed; needs a CUDA build of libtorch"
	@echo "make install  build and install the library for C and C++ below PREFIX (/usr/local)"
	@echo "make install-slim  the same without the trainer, and so without libtorch;  make uninstall"
	@echo "make packages  wheel, archive of sources, Go module, C# package and Debian package of the library without the trainer"
	@echo "make windows  ppo_risk.dll without libtorch, tested under wine;  make aarch64  the library for Linux on ARM, under qemu"
	@echo "make roots    each of these packages in a Debian that has its language alone (root, debootstrap, minutes)"
	@echo "make docs     the documentation site, in target/site; fails on a link that leads nowhere"
	@echo "make fmt      format;  make lint   what the formatter and clippy have to say;  make deny   licences and sources of crates"

# libtorch, in the cache of this user; a LIBTORCH that is set wins.
setup:
	@$(PYTHON) .setup/libtorch.py

prices:
	@$(PYTHON) .setup/prices.py $(PRICES)

train: setup $(if $(OWN_MARKET),,prices)
	@$(CARGO) build
	@$(CARGO) run --quiet -- train $(strip $(DEPARTURE) $(ARGS))

# Tests of the price file are left out where it cannot be had.
test: setup
	@$(PYTHON) .setup/prices.py $(PRICES) || echo "going on without the price file" >&2
	@$(CARGO) test --no-fail-fast

properties: setup
	@PROPERTY_CASES=1000000 $(CARGO) test --test limits_properties --test risk_manager_properties

# Optimised as the library that ships is, and without libtorch, which no book needs.
BOOK_CASES ?= 10000000

book-soak:
	@PROPERTY_CASES=$(BOOK_CASES) $(CARGO) test --profile bench --no-default-features \
		--test book_properties -- --nocapture

FUZZ_CASES ?= 10000000
FUZZ_SEED ?= 2

fuzz:
	@FUZZ_CASES=$(FUZZ_CASES) FUZZ_SEED=$(FUZZ_SEED) \
		$(CARGO) test --no-default-features --test fuzz_policy_file -- --nocapture

oracle: setup
	@$(CARGO) bench --quiet --profile dev --bench oracle -- $(ARGS)

# On a machine with a GPU: LIBTORCH is a CUDA build of libtorch, or LIBTORCH_USE_PYTORCH=1. Correctness first, then rates.
cuda: setup
	@AUTOGRAD_DEVICE=cuda $(CARGO) test --test autograd
	@$(CARGO) bench --quiet --profile dev --bench cuda

# A program to measure peers by: its `train` prints `sb3_env_steps_per_s N`, its `latency` `ort_forward_p50_ns N`. By
# default the one beside the checkout, for those of the two whose environments are installed already.
PEERS_HOME ?= $(CURDIR)/.peers
PEERS_BESIDE = $(abspath $(wildcard ../shared/peers/run))
PEERS ?= $(if $(wildcard $(PEERS_HOME)/sb3),$(PEERS_BESIDE))
PEERS_LATENCY ?= $(or $(PEERS),$(if $(wildcard $(PEERS_HOME)/ort),$(PEERS_BESIDE)))

# What is measured is what is installed, in prefixes of its own. The program that measures is built in the same profile, in a
# folder of its own: a library that is linked into a program is compiled otherwise, and either would take the other's place.
INSTALLED = $(CURDIR)/target/installed
bench: library slim
	@$(INSTALL_FULL) --prefix "$(INSTALLED)/full" $(addprefix --torch-lib ,$(wildcard $(TORCH_HOME)/lib))
	@$(INSTALL_SLIM) --prefix "$(INSTALLED)/slim"
	@PEERS="$(PEERS)" PEERS_LATENCY="$(PEERS_LATENCY)" PEERS_HOME="$(PEERS_HOME)" \
		FULL_PREFIX="$(INSTALLED)/full" SLIM_PREFIX="$(INSTALLED)/slim" \
		LIBRARY_UNDER_TEST="$(INSTALLED)/full/lib/libppo_risk.so" \
		$(NAMELESS) $(CARGO) bench --quiet --bench figures --target-dir target/bench -- $(ARGS)

# What is built to be installed names no folder of the machine that built it.
CARGO_HOME ?= $(HOME)/.cargo
TORCH_HOME = $(or $(LIBTORCH),$(abspath .libtorch))
UNNAMED = $(CARGO_HOME)=cargo $(CURDIR)=ppo_risk
NAMELESS = RUSTFLAGS="$(RUSTFLAGS) $(addprefix --remap-path-prefix=,$(UNNAMED))" \
    CXXFLAGS="$(CXXFLAGS) $(addprefix -ffile-prefix-map=,$(UNNAMED) $(TORCH_HOME)=libtorch $(realpath $(TORCH_HOME))=libtorch)"

library: setup
	@$(NAMELESS) $(CARGO) build --release --lib

# In a folder of its own, so that neither library takes the other's place.
slim:
	@$(NAMELESS) $(CARGO) build --release --lib --no-default-features --target-dir target/slim

# For other systems, without libtorch, built and tested here; docs/install.md says what they need.
windows: slim
	@$(NAMELESS) $(PYTHON) .setup/windows.py

aarch64: slim
	@$(NAMELESS) $(PYTHON) .setup/aarch64.py

install: library
	@$(INSTALL_FULL) $(PLACES) $(if $(TORCH_LIB),--torch-lib "$(TORCH_LIB)")

install-slim: slim
	@$(INSTALL_SLIM) $(PLACES)

uninstall:
	@$(INSTALL_FULL) $(PLACES) --uninstall

# What is published, of the library for this platform and of the others that LIBRARIES names (docs/install.md).
DIST ?= target/packages
SLIM = target/slim/release/libppo_risk.so
LIBRARIES ?=
packages: slim
	@PPO_RISK_LIBRARY="$(CURDIR)/$(SLIM)" $(PYTHON) -m build --outdir "$(DIST)" .
	@$(PYTHON) bindings/go/pack.py "$(DIST)/go" $(SLIM) $(LIBRARIES)
	@$(MAKE) --no-print-directory -C bindings/csharp package OUT="$(abspath target/csharp)" \
		LIBRARIES="$(abspath $(SLIM) $(LIBRARIES))" && cp target/csharp/*.nupkg "$(DIST)"
	@$(PYTHON) bindings/packages/debian.py "$(DIST)" $(SLIM)

# As root, with debootstrap: each package installed where its language alone is, and decided with.
roots:
	@$(PYTHON) .setup/roots.py "$(DIST)" $(ARGS)

docs:
	@$(PYTHON) .setup/site.py

deny:
	@$(PYTHON) .setup/deny.py

fmt:
	@$(CARGO) fmt

lint: setup
	@$(CARGO) fmt --check
	@$(CARGO) clippy --quiet --all-targets -- -D warnings
	@$(CARGO) clippy --quiet --all-targets --no-default-features -- -D warnings
