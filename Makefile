# What one types; each target is a few lines of CMake or a script. On a fresh Debian 12, git and make are enough:
# missing Debian packages are installed first (with sudo when needed), the second time that costs nothing.
BIN := build/release/bin
SECONDS := 60
MINUTES := 30
REVISION := 1
SOURCES = $(shell find daemon tests -name '*.hpp' -o -name '*.cpp')

.PHONY: build test torture soak simulate fuzz demo bench install deb deps check-format tidy clean
.DEFAULT_GOAL := build

build:  ## gannetd and gannet in build/release/bin
	scripts/install-dependencies build
	cmake --preset release
	cmake --build --preset release --target gannetd gannet

test:  ## every test, also under the sanitizers; the last line has the totals
	scripts/run-tests

torture:  ## the long tests at full size: killed a hundred times, each disk call failing, the power cut at each; a part: make torture TESTS="-k crash"
	scripts/install-dependencies build test
	cmake --preset release -DGANNET_TESTS=ON
	cmake --build --preset release --target gannetd gannet faults picture hostile-worker
	GANNET_TORTURE=1 python3 -m pytest -q -s tests/system -m torture $(TESTS)

soak: build  ## mixed load for half an hour, after which nothing may have grown; shorter: make soak MINUTES=5
	scripts/install-dependencies build test
	GANNET_SOAK_MINUTES=$(MINUTES) python3 -m pytest -q -s tests/system/test_soak.py

simulate:  ## the frontier with 10 million lines on a million hosts, in simulated time; smaller: make simulate SIZE="200000 20000"
	scripts/install-dependencies build test
	cmake --preset release -DGANNET_TESTS=ON
	cmake --build --preset release --target simulate
	build/release/bin/simulate $(SIZE)

fuzz:  ## each parser of bytes from outside, for a minute; a part: make fuzz SECONDS=10 TARGETS="url list"
	scripts/install-dependencies build fuzz
	scripts/fuzz $(SECONDS) $(TARGETS)

demo: build  ## a real run on a local web server, or on your own list: make demo LIST=my.txt
	scripts/demo $(if $(LIST),"$(LIST)")

bench: build  ## measures against curl, aria2, wget2 and the possible: make bench ARGS=--quick
	scripts/install-dependencies bench
	python3 tests/benchmarks/bench.py --bin $(BIN) $(ARGS)

install: build  ## into /usr and /etc, below DESTDIR when given
	cmake --install build/release --prefix /usr

deb: build  ## a Debian package, checked by lintian: build/gannet_*.deb; a higher one upgrades: make deb REVISION=2
	scripts/install-dependencies deb
	scripts/make-deb $(REVISION)

deps:  ## all Debian packages that any target needs
	scripts/install-dependencies build test fuzz lint demo bench deb

check-format:
	scripts/install-dependencies lint
	clang-format-14 --dry-run -Werror $(SOURCES)

tidy: build
	scripts/install-dependencies lint
	clang-tidy-14 -p build/release --quiet --warnings-as-errors='*' $(filter daemon/%.cpp,$(SOURCES))

clean:
	rm -rf build
