# The one task list. Needs Python 3.11 or later and make; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SITE_TOOLS := .kvitt/site-tools
SERVICES := orders bmb inventory billing notifications
DISTRIBUTIONS := contracts chassis documents files $(addprefix services/,$(SERVICES)) portal deploy testkit
IN_IMAGE := $(filter-out deploy testkit,$(DISTRIBUTIONS))
PROJECTS := $(addsuffix /pyproject.toml,$(DISTRIBUTIONS))
PACKAGES := contracts/kvitt_contracts chassis/kvitt_chassis documents/kvitt_documents files/kvitt_files $(foreach s,$(SERVICES),services/$(s)/$(s)) portal/kvitt_portal deploy/kvitt testkit/kvitt_testkit examples/generator
TESTS := $(wildcard conftest.py tests $(addsuffix /tests,$(DISTRIBUTIONS)))
# mypy finds a module of ours by its distribution's folder (decision 0013).
BASES := contracts:chassis:documents:files:$(subst $(eval) ,:,$(addprefix services/,$(SERVICES))):portal:deploy:testkit

# A few chosen tests are done before a second worker is ready.
WORKERS ?= $(if $(ARGS),0,logical)

unexport VIRTUAL_ENV
unexport PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_REQUIRE_VIRTUALENV := 0
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test thorough portal quickstarts slowest gallery actions simulate races faults faults-short alarms dashboards attack sbom audit mutants rule-mutants bench wheels image-wheels images lint types rules contracts asyncapi site flows access lock clean fmt

help: ## This list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv from requirements.lock (the other tasks do it by themselves).

run: $(INSTALLED) ## Everything, with a month of business and its story; ONCE=1 ends after it.
	$(BIN)/kvitt run $(if $(filter 1,$(ONCE)),--once)

test: $(INSTALLED) ## All tests, on real PostgreSQL and Kafka, on every core, but for what `make thorough` adds. ARGS="-k transfer" chooses, on one; CONTAINERS=1 uses Docker.
	CONTAINERS=$(CONTAINERS) $(if $(ARGS),,KVITT_BRIEFLY=1) $(BIN)/python -m pytest --numprocesses $(WORKERS) $(or $(ARGS),--slowest 20)

thorough: $(INSTALLED) ## The tests that `make test` leaves out: what is held in brief there, at length. ARGS="deploy -k second" chooses.
	$(BIN)/python -m pytest -m thorough --numprocesses $(if $(ARGS),0,$(WORKERS)) $(or $(ARGS),--slowest 20)

portal: $(INSTALLED) ## All tests of the portal: each task in every way too (by keyboard alone, without script, pressed twice). ARGS chooses.
	$(BIN)/python -m pytest portal/tests $(ARGS)

quickstarts: $(INSTALLED) ## A first order in each language that is on this machine (docs/integrators/quickstart), against a sandbox; says which are left out.
	@for tool in npm mvn go curl; do command -v $$tool >/dev/null || echo "left out: the quick start that needs $$tool"; done
	$(BIN)/python -m pytest -q tests/quickstarts $(ARGS)

slowest: ## The twenty slowest tests, modules and folders of the last whole run of the tests.
	@cat .kvitt/slowest.md

gallery: $(INSTALLED) ## Pictures of each page in each state that a test reaches, at three widths, for you to look at: .kvitt/gallery/index.html. ARGS chooses.
	KVITT_GALLERY=1 $(BIN)/python -m pytest -q portal/tests $(ARGS)
	@$(BIN)/python -m portal.tests.gallery

actions: $(INSTALLED) ## Do every task of docs/portal-tasks.md in Chromium and write there how many actions it took. ARGS="-k sends" chooses.
	KVITT_WRITE_ACTIONS=1 $(BIN)/python -m pytest -q portal/tests/tasks $(ARGS)

simulate: $(INSTALLED) ## The relay and consumer in virtual time. SEEDS=10000 FIRST=0; SEED=7 tells the story of one.
	$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),10000) --first $(or $(FIRST),0) $(if $(SEED),--seed $(SEED))

races: $(INSTALLED) ## Transfers and pickups in every order, over the real services' code and PostgreSQL. RUNS=50000 FIRST=0; SEED=7 tells the story of one; PLANTED=1: are planted faults found?
	$(if $(PLANTED),KVITT_ALL_PLANTED=1 $(BIN)/python -m pytest -q tests/races/test_planted.py,$(BIN)/python -m tests.races --runs $(or $(RUNS),50000) --first $(or $(FIRST),0) $(if $(SEED),--seed $(SEED)))

faults: $(INSTALLED) ## Every fault on the whole system, judged by the checker. SCENARIO=a,b chooses, SEED=7 repeats.
	$(BIN)/python -m tests.faults $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(SEED),--seed $(SEED))

faults-short: $(INSTALLED) ## The faults that a change has to survive before it is taken.
	$(BIN)/python -m tests.faults --short $(if $(SEED),--seed $(SEED))

alarms: $(INSTALLED) ## On a running system: every expression of alarms and dashboards is asked of Prometheus, eight faults fire their alarms through Alertmanager, and are mended. ALARM=NotReady chooses.
	$(BIN)/python -m tests.watching $(if $(ALARM),--alarm $(ALARM))

dashboards: $(INSTALLED) ## Write Grafana's dashboards, deploy/watching/dashboards, from deploy/watching/dashboards.yaml and the declared metrics.
	$(BIN)/python -m kvitt.dashboards

attack: $(INSTALLED) ## Wrong credentials on every route and topic, others' things, garbage, slow and idle clients, a flood. SECONDS=600, SEED=7, PART=kafka; PLANTED=1: are planted faults found?
	$(BIN)/python -m $(if $(PLANTED),tests.attack.planted,tests.attack --seconds $(or $(SECONDS),120) $(if $(SEED),--seed $(SEED)) $(if $(PART),--part $(PART)))

sbom: $(INSTALLED) ## What we use as CycloneDX, .kvitt/sbom.json, and its licences, judged by deploy/licences.yaml.
	@mkdir -p .kvitt
	$(BIN)/cyclonedx-py environment --output-reproducible --of JSON -o .kvitt/sbom.json $(BIN)/python
	$(BIN)/python -m kvitt.sbom .kvitt/sbom.json

audit: $(INSTALLED) ## Known faults of what requirements.lock has, as the registry tells them; deploy/accepted-faults.yaml accepts some.
	$(BIN)/python -m kvitt.audit

mutants: $(INSTALLED) ## Each mechanism taken out by itself, and the test that sees it. MUTANT=fork,gap chooses, LIST=1 names them.
	$(BIN)/python -m tests.mutants $(if $(MUTANT),--mutant $(MUTANT)) $(if $(LIST),--list)

rule-mutants: $(INSTALLED) ## Each built clause of docs/domain.md broken by itself, and the test that sees it. MUTANT=bmb,ORD-2,BIL-1b chooses, LIST=1 names them.
	$(BIN)/python -m tests.mutants.rules $(if $(MUTANT),--mutant $(MUTANT)) $(if $(LIST),--list)

bench: $(INSTALLED) ## How fast it is, beside raw parts: writes docs/performance.md. PART="relay consumer" chooses (HELP=1 tells of each; memory: MINUTES=30, only so); BESIDE=<commit> in turns with it; QUICK=1 tries.
	PART="$(PART)" QUICK=$(QUICK) MINUTES=$(MINUTES) $(BIN)/python -m tests.bench$(if $(BESIDE),.beside $(BESIDE))$(if $(HELP), --help)

wheels: $(INSTALLED) ## Each distribution as a wheel in .wheels/, migrations included, as an image installs them.
	rm -rf .wheels
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir .wheels $(addprefix ./,$(DISTRIBUTIONS))
	@ls .wheels

image-wheels: $(INSTALLED) ## What the image of the services installs, in .wheels/: ours, and others' by the hashes of deploy/image/requirements.lock.
	rm -rf .wheels && mkdir -p .wheels/others
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir .wheels $(addprefix ./,$(IN_IMAGE))
	$(BIN)/python -m pip download --quiet --no-deps --require-hashes --only-binary :all: --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
		$(addprefix --platform manylinux,_2_28_x86_64 _2_17_x86_64 2014_x86_64 _2_5_x86_64 1_x86_64) --platform any \
		--dest .wheels/others --requirement deploy/image/requirements.lock

images: image-wheels ## The image of the services, made here by buildah on a base of Debian's packages, and a month lived in five containers of it, as root. ARGS="--seconds 120" for a slow machine.
	$(BIN)/python -m tests.images $(ARGS)

lint: $(INSTALLED) ## Style, format, and who may import whom.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(INSTALLED) ## mypy, strict, tests too.
	@MYPYPATH=$(BASES) $(BIN)/mypy --cache-dir .mypy_cache/packages $(PACKAGES) & packages=$$!; \
	$(BIN)/mypy --cache-dir .mypy_cache/tests $(TESTS); tests=$$?; wait $$packages && exit $$tests

rules: $(INSTALLED) ## Each rule and clause of docs/domain.md: done, begun or not, its tests and rule mutants. ARGS=--untested: only those without a test.
	$(BIN)/python -m kvitt.rules $(ARGS)

contracts: $(INSTALLED) ## Fails when schemas, AsyncAPI, topic list or dashboards are not as generated, or a change is incompatible.
	$(BIN)/python -m kvitt_contracts.generate --check
	$(BIN)/python -m kvitt_contracts.compatibility
	$(BIN)/python -m kvitt.dashboards --check
	$(BIN)/python -m kvitt.deployed --check

asyncapi: ## contracts/asyncapi.yaml, judged by the AsyncAPI project's own parser; needs Node.js 20 or later with npm.
	@command -v npm >/dev/null || { echo "make asyncapi needs Node.js 20 or later with npm: https://nodejs.org, or 'apt-get install nodejs npm'."; exit 1; }
	cd contracts/asyncapi-parser && npm ci --silent --ignore-scripts --no-audit --no-fund && node judge.js ../asyncapi.yaml

site: $(INSTALLED) $(SITE_TOOLS)/.installed ## The documentation site, which asks no network: .kvitt/site/index.html. Served, it is searched too.
	$(BIN)/python -m kvitt.site --zensical $(SITE_TOOLS)/bin/zensical

flows: $(INSTALLED) ## The diagrams of docs/flows, of what the services say in a whole month: beside a `make run` that has come to its end and serves. CHECK=1 writes nothing.
	$(BIN)/python -m kvitt.flows $(if $(CHECK),--check)

access: $(INSTALLED) ## Who may do what: the table of access, as docs/access.md has it.
	@$(BIN)/python -m kvitt_contracts.access_page

lock: $(INSTALLED) ## Resolve requirements.lock anew: versions and hashes, no address. UPGRADE=1 takes newer ones.
	$(BIN)/python -m kvitt.requirements | $(BIN)/uv pip compile - --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		$(if $(filter 1,$(UPGRADE)),--upgrade) --output-file requirements.lock
	$(BIN)/python -m kvitt.requirements image | $(BIN)/uv pip compile - --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--constraint requirements.lock --output-file deploy/image/requirements.lock

fmt: $(INSTALLED) ## Format, and mend what can be mended by itself.
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format

clean: ## End what runs, and remove .venv, .kvitt and caches.
	@if [ -x $(BIN)/kvitt ] && [ -d .kvitt ]; then $(BIN)/kvitt reset --yes; fi
	rm -rf $(VENV) .wheels .kvitt .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# Ours come without dependencies and with the locked build backend, since pip takes no -e beside hashes.
$(INSTALLED): requirements.lock $(PROJECTS) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation $(addprefix --editable ./,$(DISTRIBUTIONS))
	@touch $@

# Beside .venv: its 17 000 files of icons would be installed for every test (decision 0555).
$(SITE_TOOLS)/.installed: deploy/site-requirements.lock
	$(PYTHON) -m venv $(SITE_TOOLS)
	$(SITE_TOOLS)/bin/python -m pip install --quiet --require-hashes --requirement deploy/site-requirements.lock
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Kvitt needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
