# tsrun: `make help` lists what can be made.

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
CC_ARM64 ?= aarch64-linux-gnu-gcc
RUNTIME ?= build/bin/tsrun
BASH_COMPLETION := share/bash-completion/completions/tsrun
ZSH_COMPLETION := share/zsh/site-functions/_tsrun
FISH_COMPLETION := share/fish/vendor_completions.d/tsrun.fish
MAN_PAGES := share/man/man8

BUN := node_modules/bun/bin/bun.exe
NODE_MODULES := node_modules/.installed
EXECUTOR_SOURCES := $(addprefix lib/executor/,start.c player.c launcher.c life_cycle.c command_line.c start_image.c)
EXECUTOR_HEADERS := $(addprefix lib/executor/,executor.h command_line.h program.h start_image.h system_call.h)
EXECUTOR_FLAGS := -std=c11 -Os -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-pie \
  -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-ident -fomit-frame-pointer -nostdlib -static -no-pie \
  -Wl,-z,noseparate-code -Wl,-z,norelro -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-Ttext-segment=0x50000000 -Wl,-s
# A command loads only the files that it uses, and ends before compiling hot code would pay.
ENGINE_FLAGS := --compile --minify --bytecode --format=esm --splitting --compile-jit-policy=100 --no-compile-autoload-dotenv --no-compile-autoload-bunfig \
  --no-compile-autoload-tsconfig --no-compile-autoload-package-json
TYPESCRIPT := $(sort $(shell find bin lib -name '*.ts' ! -name '*.test.ts' -o -name '*.generated.*' -o -path 'lib/cli/completion/*'))

# What the conformance command is made of.
SUITE := $(sort $(shell find conformance/suite conformance/harness -name '*.ts' ! -name '*.test.ts' -o -name '*.sh' -o -name '*.css'))

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.PHONY: help build library demo test test-unit test-engines test-vm lint format golden differential bench bench-docs bench-engines profile conformance conformance-docs install uninstall clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: build/bin/tsrun build/lib/tsrun/engine build/lib/tsrun/engine.image build/$(MAN_PAGES) build/conformance/probe build/conformance/tsrun-conformance.mjs ## build tsrun into build/ (build/bin/tsrun runs from there)

library: build/library/index.js ## build the library for Node into build/library (docs/library.md)

demo: build ## run a container made of this machine's own shell and tools
	$(BUN) conformance/demo/demo.ts $(RUNTIME)

test: build library build/executor/arm64 build/conformance/measure ## run all tests (the black-box ones need root)
	$(BUN) conformance/run_tests.ts

test-unit: build library build/executor/arm64 build/conformance/measure ## run the unit tests only
	$(BUN) conformance/run_tests.ts --only unit

test-engines: build ## run the tests with containerd, Docker and other engines only, and the same with runc
	$(BUN) conformance/run_tests.ts --only engines --only control

test-vm: build ## run the black-box tests in a virtual machine, as root and rootless, on cgroup v2
	conformance/vm/test

conformance: build ## judge RUNTIME by the specification (COMPARE=runc,crun: and others; ARGS: more options)
	build/bin/tsrun conformance --runtime $(RUNTIME) $(if $(COMPARE),--compare $(COMPARE)) $(ARGS)

conformance-docs: build ## judge tsrun, runc and crun, and put the results into README.md
	$(BUN) conformance/suite/document.ts

lint: $(NODE_MODULES) build/executor/executor.b64 build/executor/build.id ## check types, style and formatting
	node_modules/.bin/tsc --noEmit -p .
	node_modules/.bin/biome check

format: $(NODE_MODULES) ## format the code
	node_modules/.bin/biome check --write

golden: build ## accept the programs as they are now compiled for lib/compile/golden.test.ts
	TSRUN_ACCEPT_GOLDEN=1 $(BUN) test lib/compile/golden.test.ts

differential: build ## run generated configs under several runtimes and show what differs (RUNTIMES=tsrun,runc SEED=1 COUNT=100)
	$(BUN) conformance/differential/main.ts

bench: build build/conformance/measure ## compare the speed with runc and crun (ROUNDS=5: a quick look)
	$(BUN) conformance/bench/bench.ts $(addprefix --rounds ,$(ROUNDS))

bench-docs: build build/conformance/measure ## the same, and put the results into docs/performance.md
	$(BUN) conformance/bench/bench.ts $(addprefix --rounds ,$(ROUNDS)) --docs docs

bench-engines: build build/conformance/measure ## compare docker run, ctr run and podman run with tsrun and with runc
	$(BUN) conformance/bench/engines.ts $(addprefix --rounds ,$(ROUNDS))

profile: build ## count the instructions that the engine executes for each command (with valgrind)
	$(BUN) conformance/bench/profile.ts

install: build ## install to $(DESTDIR)$(PREFIX)
	install -D -m 755 build/bin/tsrun $(DESTDIR)$(PREFIX)/bin/tsrun
	install -D -m 755 build/lib/tsrun/engine $(DESTDIR)$(PREFIX)/lib/tsrun/engine
	test ! -e build/lib/tsrun/engine.image || install -m 644 build/lib/tsrun/engine.image $(DESTDIR)$(PREFIX)/lib/tsrun/engine.image
	install -D -m 644 lib/cli/completion/tsrun.bash $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION)
	install -D -m 644 lib/cli/completion/tsrun.zsh $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION)
	install -D -m 644 lib/cli/completion/tsrun.fish $(DESTDIR)$(PREFIX)/$(FISH_COMPLETION)
	install -d $(DESTDIR)$(PREFIX)/$(MAN_PAGES)
	install -m 644 build/$(MAN_PAGES)/*.8 $(DESTDIR)$(PREFIX)/$(MAN_PAGES)

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/tsrun $(DESTDIR)$(PREFIX)/lib/tsrun/engine $(DESTDIR)$(PREFIX)/lib/tsrun/engine.image
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,$(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION))
	rm -f $(DESTDIR)$(PREFIX)/$(MAN_PAGES)/tsrun.8 $(DESTDIR)$(PREFIX)/$(MAN_PAGES)/tsrun-*.8
	-rmdir $(DESTDIR)$(PREFIX)/lib/tsrun

clean: ## remove build/ and node_modules/
	rm -rf build node_modules

# Compared by content, since a checkout gives files new times. The scripts of packages may be switched off: Bun's only
# moves its executable into place, and can be called by hand.
$(NODE_MODULES): package-lock.json
	cmp -s $< $@ || npm ci --no-audit --no-fund
	test -s $(BUN) && $(BUN) --version >/dev/null 2>&1 || node node_modules/bun/install.js
	cp $< $@

# A kept life cycle program is played by the build that wrote it alone.
build/executor/build.id: $(EXECUTOR_SOURCES) $(EXECUTOR_HEADERS) $(TYPESCRIPT)
	@mkdir -p $(@D)
	@printf 0x >$@; cat $^ | sha256sum | cut -c 1-8 >>$@

build/executor/native: $(EXECUTOR_SOURCES) $(EXECUTOR_HEADERS) build/executor/build.id
	$(CC) $(EXECUTOR_FLAGS) -DBUILD_ID=$$(cat build/executor/build.id) -o $@ $(EXECUTOR_SOURCES)

# For the tests under emulation; without a cross-compiler they are skipped.
build/executor/arm64: $(EXECUTOR_SOURCES) $(EXECUTOR_HEADERS) build/executor/build.id
	@if command -v $(CC_ARM64) >/dev/null; then \
	  echo '$(CC_ARM64) ... -o $@'; \
	  $(CC_ARM64) $(EXECUTOR_FLAGS) -DBUILD_ID=$$(cat build/executor/build.id) -o $@ $(EXECUTOR_SOURCES); \
	else echo 'no $(CC_ARM64): the arm64 executor is not built'; fi

build/executor/executor.b64: build/executor/native
	base64 -w 0 $< >$@

build/bin/tsrun: build/executor/native
	@mkdir -p $(@D)
	cp $< $@

# Copied, since what is written in one go lies in larger pieces in the page cache: every start is 1 ms quicker.
build/lib/tsrun/engine: $(TYPESCRIPT) $(SUITE) build/executor/executor.b64 build/conformance/probe.b64 $(NODE_MODULES) package.json
	@mkdir -p $(@D)
	$(BUN) bin/bundle.ts
	$(BUN) build $(ENGINE_FLAGS) ./build/engine/tsrun.js --outfile $@.new
	cp $@.new $@.whole && rm $@.new && mv $@.whole $@

# Where there can be none, the engine is started for every command.
build/lib/tsrun/engine.image: build/bin/tsrun build/lib/tsrun/engine
	build/bin/tsrun start-image || echo 'no start image: commands take longer'

build/library/index.js: library/build.ts library/tsconfig.json $(TYPESCRIPT) build/executor/executor.b64 $(NODE_MODULES)
	$(BUN) library/build.ts

build/conformance/measure: conformance/bench/measure_command.c lib/executor/system_call.h lib/executor/program.h
	@mkdir -p $(@D)
	$(CC) $(EXECUTOR_FLAGS) -o $@ $<

# From the same tables as help and completion.
build/$(MAN_PAGES): $(TYPESCRIPT) $(NODE_MODULES) build/executor/executor.b64 build/executor/build.id
	rm -rf $@
	$(BUN) lib/cli/man/write.ts $@
	@touch $@

build/conformance/probe: $(wildcard conformance/probe/*.c conformance/probe/*.h)
	@mkdir -p $(@D)
	$(CC) -std=c11 -Os -Wall -Wextra -static -o $@ $(filter %.c,$^)

build/conformance/probe.b64: build/conformance/probe
	base64 -w 0 $< >$@

build/conformance/tsrun-conformance.mjs: $(SUITE) $(wildcard lib/cli/*.ts) lib/failure.ts build/conformance/probe.b64 $(NODE_MODULES)
	$(BUN) build --target=node --banner '#!/usr/bin/env node' conformance/suite/standalone.ts --outfile $@
	chmod 755 $@
