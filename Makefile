# The portal's everyday commands. `make` alone explains them.

# Two cores are assumed; a bigger machine may say `make test PARALLEL=8`.
PARALLEL ?= 2
ADDR     ?= 127.0.0.1:8080
GOTEST   := go test -timeout 20m -p $(PARALLEL)
SOURCES  := $(wildcard cmd internal web seed policies docs e2e examples bench torture)

# The portal is one static binary and is tested as such.
export CGO_ENABLED := 0

.DEFAULT_GOAL := help

.PHONY: help
help: ## explain these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build and serve the portal with demo data on 127.0.0.1:8080; needs only Go
	bin/portal serve --demo --addr $(ADDR)

.PHONY: build
build: ## build the static binary bin/portal
	go build -trimpath -buildvcs=false -ldflags '-s -w' -o bin/portal ./cmd/portal

.PHONY: generate
generate: ## generate the Go code of the templ files
	go tool templ generate

.PHONY: drift
drift: ## fail if generated code is stale or not under version control
	@deploy/testenv/drift.sh

.PHONY: fmt
fmt: ## format all Go and templ files
	gofmt -w $(SOURCES)
	go tool templ fmt web

.PHONY: vet
vet: ## look for suspicious code
	go vet ./...

.PHONY: lint
lint: vet ## vet, and fail if a Go file is not formatted
	@unformatted=$$(gofmt -l $(SOURCES)); \
	if [ -n "$$unformatted" ]; then printf 'not formatted, run make fmt:\n%s\n' "$$unformatted" >&2; exit 1; fi

.PHONY: test
test: ## everything: install what tests need, lint, drift, all tests on SQLite and PostgreSQL
	@deploy/testenv/install.sh
	@$(MAKE) --no-print-directory lint drift
	@deploy/testenv/postgres.sh run $(GOTEST) -vet=off ./...

.PHONY: test-quick
test-quick: ## the tests on SQLite alone, without a browser; for the minute between two edits
	PORTAL_TEST_ENGINES=sqlite $(GOTEST) $$(go list ./... | grep -v '/e2e$$')

.PHONY: race
race: ## all tests under the race detector; needs a C compiler
	@deploy/testenv/install.sh
	@CGO_ENABLED=1 deploy/testenv/postgres.sh run go test -race -timeout 60m -p $(PARALLEL) ./...

.PHONY: old-browser
old-browser: ## the main journeys in Chromium 88, which comes from npm; needs node and npm
	@e2e/oldchromium.sh

TORTURE_ROUNDS ?= 100

.PHONY: torture
torture: ## kill the portal a hundred times on each engine and look at what is left
	@deploy/testenv/install.sh
	@TORTURE_ROUNDS=$(TORTURE_ROUNDS) deploy/testenv/postgres.sh run go test -count=1 -timeout 60m -v ./torture

BENCH_ROWS   ?= 1000000
BENCH_ROUNDS ?= 3
BENCH_OUT    ?=

.PHONY: bench
bench: build ## measure load, pages and start as ratios within one run; quicker: BENCH_ROWS=100000; BENCH_OUT=FILE.md keeps it
	@deploy/testenv/install.sh
	@go build -o bin/bench ./bench
	@POSTGRES_SETTINGS='shared_buffers = 1GB' deploy/testenv/postgres.sh run-on-disk bin/bench -durable -rows $(BENCH_ROWS) -rounds $(BENCH_ROUNDS) -portal bin/portal $(if $(BENCH_OUT),-out $(BENCH_OUT))
