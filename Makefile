# heed. Run make or make help for what there is.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

GO ?= go
LAMBDAS := inbound events relay reports migrate
GOLANGCI := $(GO) tool -modfile=tools/go.mod golangci-lint
# Not in tools/go.mod: it and golangci-lint want two versions of a module whose parts were renamed between them.
ACTIONLINT := $(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

# How long each fuzz target runs.
FUZZTIME ?= 10s
# How many histories make converge tries, each way.
CONVERGE ?= 2000
# How many people make soak has.
PEOPLE ?= 10000
# Packages to test, and more flags for go test: make test PKG=./internal/store TESTFLAGS=-v
PKG ?= ./...
TESTFLAGS ?=
# The Regions that template.yaml must be right in.
REGIONS ?= us-east-1 eu-west-1 ap-south-1
# Lambda loads the binary at each cold start: a bigger one must be a decision.
MAX_BOOTSTRAP_BYTES ?= 14000000
# The page is written by html/template, which keeps the linker from leaving methods out, and needs time zones. A person
# waits for it to start; no text does.
MAX_REPORTS_BYTES ?= 17500000
# What migrates holds database/sql and goose. It starts once in a deployment.
MAX_MIGRATE_BYTES ?= 13500000
# Without cgo the binary carries no trace of the C library here; without paths and commit the same source gives the
# same bytes.
BUILD_LAMBDA := GOOS=linux GOARCH=arm64 CGO_ENABLED=0 $(GO) build -tags lambda.norpc -trimpath -buildvcs=false \
	-ldflags '-s -w -buildid='

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ensure-postgres ## play the whole main job on this machine, with a throw-away Postgres
	@$(GO) run ./cmd/heed demo

.PHONY: dev
# Not go run: that ends in an error at Ctrl-C.
dev: ensure-postgres bin/heed ## phones to text from, reports and the HTTP API on this machine, behind the real Lambda binaries
	@for f in inbound events relay; do CGO_ENABLED=0 $(GO) build -tags lambda.norpc -trimpath -o bin/functions/$$f/bootstrap ./cmd/$$f || exit 1; done
	@bin/heed dev --functions bin/functions

.PHONY: test
test: ensure-postgres ## all tests, on a real Postgres
	$(GO) test -parallel 8 $(TESTFLAGS) $(PKG)

.PHONY: upgrade
upgrade: ensure-postgres ## the functions of FROM (a tag, a revision) work on while the schema changes
	HEED_UPGRADE_FROM=$(FROM) $(GO) test ./internal/upgrade -count 1 -v

.PHONY: race
race: ensure-postgres ## all tests with the race detector (needs a C compiler, takes some minutes)
	CGO_ENABLED=1 $(GO) test -race $(TESTFLAGS) $(PKG)

.PHONY: screenshots
screenshots: ensure-postgres ## the pictures of the pages in docs/images, of real runs (needs chromium)
	@scripts/ensure-ci chromium
	@mkdir -p docs/images
	HEED_SCREENSHOTS=$(CURDIR)/docs/images CI=true $(GO) test ./internal/report/page ./cmd/heed -run 'TestScreenshots|TestPhones$$' -count 1 -timeout 10m

.PHONY: lint
lint: ## vet, lint and formatting (the first run builds the linter: some minutes)
	$(GOLANGCI) run ./...
	$(GOLANGCI) fmt --diff
	$(ACTIONLINT)

.PHONY: vulnerabilities
vulnerabilities: ## known vulnerabilities in what heed calls (asks vuln.go.dev)
	$(GO) tool -modfile=tools/go.mod govulncheck ./...

.PHONY: fmt
fmt: ## format the code
	$(GOLANGCI) fmt

# W1030 is about parameters that are empty where a condition leaves out what they are for: the combinations show those.
.PHONY: cfn-lint
cfn-lint: ## check template.yaml for the Regions it must work in, in a sample of its conditions in which any two meet
	@if scripts/ensure-ci cfn-lint; then \
		echo cfn-lint -r $(REGIONS) -- template.yaml; cfn-lint -r $(REGIONS) -i W1030 -- template.yaml && \
		scripts/cfn-combinations $(REGIONS); \
	elif [ -n "$$CI" ]; then exit 1; \
	else echo "template.yaml was not checked"; fi

.PHONY: cfn-lint-all
cfn-lint-all: ## the same in the cross product of its conditions (2,592 combinations: some minutes)
	@scripts/ensure-ci cfn-lint
	scripts/cfn-combinations --all $(REGIONS)

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME, one after another
	@scripts/fuzz $(FUZZTIME)

.PHONY: converge
converge: ensure-postgres ## CONVERGE histories in which register, ledger and AWS's lists have to end up agreeing
	$(GO) test ./internal/reconcile -run 'TestAnyHistoryConverges|TestOrderOfArrivalDoesNotMatter' -count 1 -timeout 0 -v -rapid.checks $(CONVERGE)

.PHONY: soak
soak: ensure-postgres ## PEOPLE text the deployed binaries while everything goes wrong; register, AWS's lists and phones have to agree
	HEED_SOAK_PEOPLE=$(PEOPLE) $(GO) test ./internal/endtoend -run TestSoak -count 1 -timeout 0 -v

.PHONY: bench
bench: ensure-postgres ## throughput on a Postgres with fsync on, as ratios of one run
	$(GO) run ./internal/bench

.PHONY: bench-short
bench-short: ensure-postgres ## the same, smaller: shows that it works, not how fast
	$(GO) run ./internal/bench -short

.PHONY: bench-double
bench-double: ## sends a second that the local double takes over HTTP, with their three events
	$(GO) test ./internal/simulator -run '^$$' -bench 'Load|Send' -benchtime 5s

.PHONY: bench-large
bench-large: ensure-postgres ## a month of 10 million messages: reports, look-ups, folding, retention (40 GB of disk)
	$(GO) run ./internal/bench -only large

.PHONY: build
build: lambdas bin/heed ## the Lambda binaries and zips for arm64 in build/, the command line in bin/

.PHONY: lambdas
lambdas: $(LAMBDAS:%=build/%.zip)
	@scripts/sizes $(MAX_BOOTSTRAP_BYTES) $(patsubst %,build/%/bootstrap,$(filter-out reports migrate,$(LAMBDAS)))
	@scripts/sizes $(MAX_REPORTS_BYTES) build/reports/bootstrap
	@scripts/sizes $(MAX_MIGRATE_BYTES) build/migrate/bootstrap

# The build cache knows better than make what has changed.
.PHONY: bin/heed
bin/heed:
	CGO_ENABLED=0 $(GO) build -trimpath -o $@ ./cmd/heed

build/%/bootstrap: FORCE
	$(BUILD_LAMBDA) -o $@ ./cmd/$*

# What sam build runs, in a copy of this directory: a target for each function of template.yaml, by its name there.
SAM_TARGETS := build-InboundFunction build-EventsFunction build-RelayFunction build-ReportsFunction build-MigrateFunction
.PHONY: $(SAM_TARGETS)
$(SAM_TARGETS): build-%Function:
	$(BUILD_LAMBDA) -o "$(ARTIFACTS_DIR)/bootstrap" ./cmd/$$(echo $* | tr A-Z a-z)

build/%.zip: build/%/bootstrap
	@$(GO) run ./internal/release zip --in $(<D) $@ bootstrap

.PHONY: reproducible
reproducible: ## build the zips here and from a copy elsewhere, and compare their bytes (COLD=1: without the build cache)
	@scripts/reproducible

.PHONY: release
release: ## the files of a release in dist/: make release VERSION=v0.1.0
	@scripts/release $(VERSION)

.PHONY: ci
ci: ## what the continuous integration runs
	.ci/run

.PHONY: clean
clean: ## remove what build made
	rm -rf build bin dist

.PHONY: ensure-postgres
ensure-postgres:
	@scripts/ensure-postgres

.PHONY: FORCE
FORCE:
.SECONDARY:
