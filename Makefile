# amisync. `make help` lists what there is; CI runs `make check test pace sim` and nothing else.

# Tool versions, all of them, here and nowhere else.
GOFUMPT_VERSION          := v0.12.0
GOLANGCI_LINT_VERSION    := v2.15.0
ACTIONLINT_VERSION       := v1.7.12
ACTION_VALIDATOR_VERSION := 0.6.0
ACT_VERSION              := v0.2.89

TOOLS            := $(CURDIR)/bin/tools
GOFUMPT          := $(TOOLS)/gofumpt-$(GOFUMPT_VERSION)
GOLANGCI_LINT    := $(TOOLS)/golangci-lint-$(GOLANGCI_LINT_VERSION)
ACTIONLINT       := $(TOOLS)/actionlint-$(ACTIONLINT_VERSION)
ACTION_VALIDATOR := $(TOOLS)/action-validator-$(ACTION_VALIDATOR_VERSION)/node_modules/.bin/action-validator
ACT              := $(TOOLS)/act-$(ACT_VERSION)

GO_FILES  := $(shell git ls-files --cached --others --exclude-standard '*.go')
WORKFLOWS := $(wildcard .github/workflows/*.yml examples/workflows/*.yml)

.PHONY: help
help: ## what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-zA-Z_-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: bin/amisync ## the command, in bin/amisync

.PHONY: bin/amisync
bin/amisync:
	go build -trimpath -o $@ ./cmd/amisync

.PHONY: demo
demo: build ## the whole loop against the embedded sandbox: no AWS, no network
	./examples/demo.sh bin/amisync

.PHONY: test
test: $(ACT) ## every test, with the race detector
	ACT=$(ACT) go test -race -timeout 60m ./...

.PHONY: check
check: $(GOFUMPT) $(GOLANGCI_LINT) $(ACTIONLINT) $(ACTION_VALIDATOR) ## format, vet, lint, generated files current
	@out=$$($(GOFUMPT) -l $(GO_FILES)); test -z "$$out" || { echo "gofumpt would change:"; echo "$$out"; exit 1; }
	go mod verify
	go mod tidy -diff
	go vet ./...
	$(GOLANGCI_LINT) run ./...
	$(ACTIONLINT) $(WORKFLOWS)
	@for f in action.yml $(WORKFLOWS); do $(ACTION_VALIDATOR) $$f || exit 1; done
	$(MAKE) --no-print-directory schema
	git diff --exit-code -- schema

.PHONY: schema
schema: ## schema/amis.v1.schema.json, from the Go types
	go run ./cmd/amisync schema > schema/amis.v1.schema.json

.PHONY: golden
golden: ## rewrite the golden files; read the difference before you commit it
	go test ./internal/view/... ./pkg/plan/... -update

SEEDS ?= 500
FIRST ?= 1

.PHONY: sim
sim: ## SEEDS=500 simulated histories from FIRST=1 on; one of them again with its log: SEED=17 CUT="skip:0,1"
	GOGC=800 go test ./internal/sim -run '^TestHistories$$' -timeout 4h $(if $(SEED),-v -seed $(SEED) -cut "$(CUT)",-seeds $(SEEDS) -first $(FIRST))

.PHONY: pace
pace: ## how near a run comes to the least time that EC2's limits allow
	GOGC=800 go test ./internal/sim -run '^TestMakespan$$' -v

.PHONY: interop
interop: ## Ansible and Packer against the sandbox and against moto, which all have to be installed
	go test ./internal/sandbox -run '^TestTools$$' -tools -v -timeout 30m

.PHONY: nightly
nightly: test ## what is too slow for CI: long fuzzing and property runs
	go test -run '^$$' -fuzz '^FuzzParse$$' -fuzztime 5m ./internal/spec
	go test -run '^$$' -fuzz '^FuzzRead$$' -fuzztime 5m ./pkg/plan
	go test -run '^$$' -fuzz '^FuzzQuery$$' -fuzztime 5m ./internal/sandbox
	go test ./pkg/plan -timeout 2h -rapid.checks=20000
	$(MAKE) --no-print-directory dist VERSION=v0.0.0
	$(MAKE) --no-print-directory sim SEEDS=10000

.PHONY: dist
dist: ## VERSION=v1.2.3: what a release has, in bin/dist
	scripts/make-release $(VERSION) bin/dist

.PHONY: clean
clean: ## remove what was built
	rm -rf bin

# $(call install,module path): builds the tool named by the target at the version in its name.
define install
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS)/new go install $(1)
	@mv $(TOOLS)/new/* $@
endef

$(GOFUMPT):
	$(call install,mvdan.cc/gofumpt@$(GOFUMPT_VERSION))
$(GOLANGCI_LINT):
	$(call install,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION))
$(ACTIONLINT):
	$(call install,github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION))
$(ACTION_VALIDATOR):
	@command -v npm >/dev/null || { echo "make check holds action.yml against GitHub's schema, and needs npm for that"; exit 1; }
	npm install --silent --no-audit --no-fund --prefix $(TOOLS)/action-validator-$(ACTION_VALIDATOR_VERSION) \
		@action-validator/cli@$(ACTION_VALIDATOR_VERSION) @action-validator/core@$(ACTION_VALIDATOR_VERSION)
$(ACT):
	$(call install,github.com/nektos/act@$(ACT_VERSION))
