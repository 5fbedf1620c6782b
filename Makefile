# Needs make, git and the package registries; `make setup` brings the rest, and every target below asks for it first.
# V=1 shows the full commands.

PREFIX  ?= /usr/local
DESTDIR ?=
ARGS    ?=

ifeq ($(shell uname -m),aarch64)
NODE_ARCH := arm64
BPF_ARCH  := arm64
MULTIARCH := aarch64-linux-gnu
else
NODE_ARCH := x64
BPF_ARCH  := x86
MULTIARCH := x86_64-linux-gnu
endif

# The pinned Node.js, never the system's. It is on the PATH only where a command needs it: `npm ci`, which installs it,
# must run on the Node.js that came with npm.
NODE_DIR  := $(CURDIR)/node_modules/node-linux-$(NODE_ARCH)
NODE      := $(NODE_DIR)/bin/node
WITH_NODE := PATH="$(NODE_DIR)/bin:$$PATH"
TSC       := $(NODE) node_modules/typescript/bin/tsc
BIOME     := $(NODE) node_modules/@biomejs/biome/bin/biome
VITEST    := $(WITH_NODE) $(NODE) node_modules/vitest/vitest.mjs run
NODE_GYP  := env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL $(WITH_NODE) $(NODE) node_modules/node-gyp/bin/node-gyp.js
BPFTOOL   := scripts/bpftool

CLANG          := clang
# BPF_PROG declares a ctx that most programs do not use.
BPF_CFLAGS     := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -D__TARGET_ARCH_$(BPF_ARCH) \
	-I bpf -I /usr/include/$(MULTIARCH)
PROGRAM_CFLAGS := -O2 -Wall -Wextra -pthread -Itest/programs
ASAN_CXXFLAGS  := -std=c++20 -O1 -g -Wall -Wextra -fPIC -fsanitize=address,undefined -fno-omit-frame-pointer \
	-DNAPI_VERSION=9 -DNAPI_CPP_EXCEPTIONS -DBUILDING_NODE_EXTENSION -DNODE_GYP_MODULE_NAME=reapd \
	-I build/bpf -I bpf -isystem $(NODE_DIR)/include/node -isystem node_modules/node-addon-api

BPF_SOURCES    := $(wildcard bpf/*.bpf.c)
BPF_HEADERS    := $(wildcard bpf/*.h)
NATIVE_SOURCES := $(wildcard native/*.cc)
NATIVE_HEADERS := $(wildcard native/*.h)
TS_SOURCES     := $(shell find src -name '*.ts' | sort)
TEST_PROGRAMS  := $(patsubst test/programs/%.c,build/programs/%,$(wildcard test/programs/*.c))
BENCH_PROGRAMS := $(patsubst bench/programs/%.c,build/bench/%,$(wildcard bench/programs/*.c))
C_FILES        := $(wildcard bpf/*.[ch] native/*.cc native/*.h test/programs/*.[ch] bench/programs/*.[ch])

SKELETON := build/bpf/reapd.skel.h
ADDON    := native/build/Release/reapd.node
ASAN     := build/asan/reapd.node
DAEMON   := dist/.built

ifdef V
Q   :=
GYP := --verbose
else
Q   := @
GYP := --loglevel=error >/dev/null
endif
SAY = @printf '  %-8s %s\n'

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: help run demo test build programs bench check format setup setup-check native-asan test-asan chroot-check \
	install uninstall clean FORCE

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Set up, build, and run the daemon in the foreground (as root): make run ARGS='--dry-run'
	@exec bin/reapd run $(ARGS)

demo: build ## Watch a sandboxed leak being detected and resolved (as root)
	@exec bin/reapd demo $(ARGS)

test: build programs ## Run every test; those that need root or a newer kernel are skipped with their reason
	$(Q)$(VITEST) $(ARGS)

test test-native: $(ASAN)

test-%: build programs ## Run one kind of tests: test-unit, -marble, -cli, -native, -kernel
	$(Q)$(VITEST) --project $* $(ARGS)

bench: build $(BENCH_PROGRAMS) ## Measure what the daemon costs and how fast it is (as root)
	$(Q)$(WITH_NODE) $(NODE) bench/run.ts $(ARGS)

build: $(ADDON) $(DAEMON) ## Build the BPF object, the addon and the daemon (the default)

programs: $(TEST_PROGRAMS)

setup: ## Install what is missing: packages, npm dependencies, the pinned Node.js
	@scripts/setup.sh

check: setup-check ## Lint and format check of TypeScript and C, and types including the tests
	$(Q)$(BIOME) check --error-on-warnings
	$(Q)$(TSC) -p test
	$(Q)$(if $(C_FILES),clang-format --dry-run -Werror $(C_FILES))

format: setup-check ## Format the sources, and apply the linter's safe fixes
	$(Q)$(BIOME) check --write
	$(Q)$(if $(C_FILES),clang-format -i $(C_FILES))

setup-check:
	@scripts/setup.sh --check

# --- BPF: compile, link and strip, then generate the skeleton that embeds the object in the addon

build/bpf/%.raw.o: bpf/%.bpf.c $(BPF_HEADERS) | setup
	$(SAY) CLANG $@
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/bpf/%.bpf.o: build/bpf/%.raw.o
	$(SAY) LINK $@
	$(Q)$(BPFTOOL) gen object $@ $<
	$(Q)llvm-strip -g $@

build/bpf/%.skel.h: build/bpf/%.bpf.o
	$(SAY) SKELETON $@
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

# --- Addon

# A list of source files changes when one is added or removed, and only then.
build/native.list: LIST = $(NATIVE_SOURCES)
build/src.list: LIST = $(TS_SOURCES)
build/%.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(LIST) | cmp -s - $@ || printf '%s\n' $(LIST) > $@

native/build/Makefile: native/binding.gyp build/native.list package-lock.json | setup
	$(SAY) GYP native
	$(Q)$(NODE_GYP) configure --directory native --nodedir '$(NODE_DIR)' $(GYP)
	@touch $@

$(ADDON): native/build/Makefile $(NATIVE_SOURCES) $(NATIVE_HEADERS) $(BPF_HEADERS) $(SKELETON)
	$(SAY) ADDON $@
	$(Q)$(NODE_GYP) build --directory native --nodedir '$(NODE_DIR)' --jobs max $(GYP)
	@touch $@

native-asan: $(ASAN) ## Build the addon with the address and undefined-behaviour sanitizers

$(ASAN): $(NATIVE_SOURCES) $(NATIVE_HEADERS) $(BPF_HEADERS) $(SKELETON) build/native.list | setup
	$(SAY) ASAN $@
	@mkdir -p $(@D)
	$(Q)$(CXX) $(ASAN_CXXFLAGS) -shared -o $@ $(NATIVE_SOURCES) -lbpf

# The programs that tests start inherit the sanitizer, and some of them die of such signals on purpose: no report then.
SANITIZER_IGNORES := handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0

test-asan: build programs $(ASAN) ## Run the addon's tests on the sanitized addon
	@rm -f build/asan/report.*
	$(Q)LD_PRELOAD="$$($(CXX) -print-file-name=libasan.so) $$($(CXX) -print-file-name=libubsan.so)" \
	  ASAN_OPTIONS='detect_leaks=0:$(SANITIZER_IGNORES):log_path=$(CURDIR)/build/asan/report' \
	  UBSAN_OPTIONS='halt_on_error=1:print_stacktrace=1:log_path=$(CURDIR)/build/asan/report' \
	  REAPD_TEST_ADDON='$(CURDIR)/$(ASAN)' $(VITEST) --project native $(ARGS) || \
	  { find build/asan -name 'report.*' -exec cat {} + >&2; exit 1; }

# --- Daemon

$(DAEMON): $(TS_SOURCES) build/src.list tsconfig.json package-lock.json | setup
	$(SAY) TSC dist
	@$(if $(filter build/src.list,$?),rm -rf dist)
	$(Q)$(TSC) -p .
	@touch $@

# --- Programs that tests and benchmarks run

build/programs/%: test/programs/%.c $(wildcard test/programs/*.h) | setup
	$(SAY) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROGRAM_CFLAGS) -o $@ $<

build/bench/%: bench/programs/%.c $(wildcard bench/programs/*.h test/programs/*.h) | setup
	$(SAY) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROGRAM_CFLAGS) -o $@ $<

# --- Installation

install: build ## Install to PREFIX (/usr/local), below DESTDIR if given
	$(Q)NODE='$(NODE)' scripts/install.sh install '$(DESTDIR)' '$(PREFIX)'

uninstall: ## Remove what install put there
	$(Q)scripts/install.sh uninstall '$(DESTDIR)' '$(PREFIX)'

chroot-check: ## Prove on a bare Debian in a chroot that a fresh checkout sets itself up (as root, needs debootstrap)
	$(Q)scripts/chroot-check.sh $(ARGS)

clean: ## Remove everything that was built
	$(Q)rm -rf build dist native/build
