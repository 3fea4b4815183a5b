# Needs make and Python 3.11 or later; everything else is installed by what is called here.

VENV ?= .venv
PORT ?= 8000
PYTHON := $(VENV)/bin/python
# The development machine. With DEBUG=0 the portal wants its production settings and `run` refuses.
export DEBUG ?= 1

# Three stamps, so that `make run` installs nothing that only tests and checks need, and those nothing
# that only the long tests need.
TO_RUN := $(VENV)/.installed-run
TO_CHECK := $(VENV)/.installed-check
# Tools that would hold the portal to their own versions of what both need, or weigh more than it.
SCAN := .venv-scan
PENTEST := .venv-pentest
TO_LONG := $(VENV)/.installed-long

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
FIND_SOURCES = find . -path '*/.*' -prune -o -path ./$(VENV) -prune -o -path ./var -prune -o \
	-path ./node_modules -prune -o -path ./guards -prune -o
APPS := opop_expo outcomes sales programme stands pesantren events deploy scripts
PYTHON_FILES = $(FIND_SOURCES) -name '*.py' ! -path '*/migrations/*' -print0
TEMPLATES = $(FIND_SOURCES) -path '*/templates/*' -name '*.html' -print0

CHECKS := check-style check-format check-django check-types check-javascript check-templates \
	check-templates-format check-imports check-migrations check-deploy check-environment check-messages \
	check-guards check-slips

.PHONY: help run test long check audit pentest sbom bench bench-papers bench-verify bench-tablet bench-search bench-visitors soak soak-browser queue drain replay bench-imports hostile lock format messages clean races
.PHONY: bench-sale bench-totals
.PHONY: $(CHECKS)
.DELETE_ON_ERROR:

help: ## what can be made (this list)
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: $(TO_RUN) $(CATALOGUES) ## the portal with the 2020 edition and an example edition, on port 8000 (PORT=)
	@$(PYTHON) manage.py start_demo --port $(PORT)

test: $(TO_CHECK) $(CATALOGUES) ## all tests on SQLite, then on PostgreSQL (PYTEST="-k till" for some)
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests $(PYTEST)

check: $(TO_CHECK) $(CATALOGUES) ## style, types, templates, imports, migrations, deployment, translations
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

audit: $(TO_CHECK) $(CATALOGUES) node_modules/.installed ## visitors' pages: Lighthouse, axe, bytes, offline (AUDIT="--only axe")
	@$(PYTHON) -m tests.system_packages
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(PYTHON) -m tests.audit $(AUDIT)

bench: $(TO_CHECK) $(CATALOGUES) ## everything that is measured, written into docs/performance.md (BENCH="sale till" for some)
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.performance $(BENCH)

bench-papers: $(TO_CHECK) $(CATALOGUES) ## how long organisers wait for what they print
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.bench_papers

bench-sale: $(TO_CHECK) $(CATALOGUES) ## a sale of 5 lines and batches of 50, against a bare view and pgbench
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.bench_sale

bench-totals: $(TO_CHECK) $(CATALOGUES) ## how long the organisers' figures take (LINES="40000 400000 4000000")
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.bench_totals $(if $(LINES),--lines $(LINES))

long: $(TO_LONG) $(CATALOGUES) ## the tests that `make test` leaves out because they take long
	@$(PYTHON) -m tests.system_packages
	@LONG=1 $(PYTHON) -m tests $(PYTEST)

soak: $(TO_CHECK) $(CATALOGUES) ## 20.000 sales from tablets while everything breaks (SALES= EACH= SEED=)
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.soak $(if $(SALES),--sales $(SALES)) $(if $(EACH),--each $(EACH)) $(if $(SEED),--seed $(SEED))

soak-browser: $(TO_CHECK) $(CATALOGUES) ## 2.000 sales in a real Chromium under faults (SALES=)
	@$(PYTHON) -m tests.system_packages
	@ALL_ON_BOTH=1 SALES_UNDER_FAULTS=$(or $(SALES),2000) $(PYTHON) -m tests -n 0 -s -o faulthandler_timeout=0 \
		tests/browsing/test_tablet_offline.py -k under_faults

queue: $(TO_CHECK) $(CATALOGUES) ## 5.000 people before a door while everything breaks, on both databases (PEOPLE=)
	@$(PYTHON) -m tests.system_packages
	@ALL_ON_BOTH=1 PEOPLE_AT_THE_DOOR=$(or $(PEOPLE),5000) $(PYTHON) -m tests -n 0 -s -o faulthandler_timeout=0 \
		tests/faults/test_door.py -k all_there_once

drain: $(TO_CHECK) $(CATALOGUES) ## how long 64 tablets take to send 500 sales each
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.drain

replay: $(TO_CHECK) $(CATALOGUES) ## a whole day ten times as full as in 2021, in ten minutes (REPLAY="--times 2")
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.replay $(REPLAY)

races: $(TO_CHECK) $(CATALOGUES) ## 1.000 rounds of 20 tills that want one voucher, 200 on SQLite (ROUNDS="1000 200")
	@$(PYTHON) -m tests.system_packages
	@VOUCHER_ROUNDS="$(or $(ROUNDS),1000 200)" $(PYTHON) -m tests tests/concurrency/test_voucher_races.py \
		-o faulthandler_timeout=0

bench-verify: $(TO_CHECK) $(CATALOGUES) ## how long verify_ledger takes over 100.000 sales, on both databases
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.bench_verify

bench-tablet: $(TO_CHECK) $(CATALOGUES) ## how quickly the tablet's till answers on a slow tablet
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.bench_tablet

bench-search: $(TO_CHECK) $(CATALOGUES) ## how long a search takes over 5.000 and 50.000 products, on both databases
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.bench_search

bench-visitors: $(TO_CHECK) $(CATALOGUES) ## visitors' pages kept, not modified and made anew, against constant ones
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.bench_visitors

bench-imports: $(TO_CHECK) $(CATALOGUES) ## 10.000 products by spreadsheet while a till sells
	@$(PYTHON) -m tests.system_packages
	@$(PYTHON) -m tests.bench_imports

hostile: $(TO_CHECK) $(CATALOGUES) ## what each hostile upload costs in memory and time
	@$(PYTHON) -m tests.hostile_memory

pentest: $(TO_CHECK) $(CATALOGUES) $(PENTEST)/.installed ## a scanner against the running portal, 5 minutes a role (MINUTES=)
	@$(PYTHON) -m tests.pentest

sbom: $(TO_RUN) $(SCAN)/.installed ## what the portal is made of, as CycloneDX, into test-results/sbom.json
	@$(SCAN)/bin/python scripts/sbom.py $(VENV)

lock: | $(PYTHON) ## renew requirements/*.txt from pyproject.toml (LOCK="--upgrade" for newer versions)
	@test -x $(VENV)/bin/uv || $(PYTHON) -m pip install --quiet --disable-pip-version-check uv
	@scripts/lock $(VENV)/bin/uv $(LOCK)

format: $(TO_CHECK) ## rewrite Python and templates in the project's style
	@$(PYTHON_FILES) | xargs -0 $(VENV)/bin/django-upgrade --target-version 5.2 \
		--exit-zero-even-if-changed
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format .
	@$(TEMPLATES) | xargs -0 -r $(VENV)/bin/djade --target-version 5.2 || true

messages: $(TO_RUN) ## collect the texts to translate into locale/en
	@$(PYTHON) manage.py update_messages

clean: ## remove the environment and what tools left behind; var/ with its databases stays
	rm -rf $(VENV) $(SCAN) $(PENTEST) node_modules staticfiles test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

# --- the parts of `make check` ------------------------------------------------------------------

check-style:
	$(VENV)/bin/ruff check .

check-format:
	$(VENV)/bin/ruff format --check .

check-django:
	@$(PYTHON_FILES) | xargs -0 $(VENV)/bin/django-upgrade --target-version 5.2 --check

check-types:
	$(VENV)/bin/mypy

# types/ shows static/js beside the types of what static/vendor holds.
check-javascript: node_modules/.installed
	$(VENV)/bin/node node_modules/typescript/bin/tsc --project .

check-templates:
	@$(TEMPLATES) | xargs -0 -r $(VENV)/bin/djlint --lint --quiet

check-templates-format:
	@$(TEMPLATES) | xargs -0 -r $(VENV)/bin/djade --target-version 5.2 --check

check-imports:
	$(VENV)/bin/lint-imports --no-logo

# No database is there yet on a fresh clone, and none is asked.
check-migrations:
	DATABASE_URL=sqlite://:memory: $(PYTHON) manage.py makemigrations --check --dry-run

# As in production: no DEBUG, secrets of its own, a host name.
check-deploy:
	@echo "$(PYTHON) manage.py check --deploy"
	@DEBUG=0 ALLOWED_HOSTS=expo.example TRUSTED_PROXIES=127.0.0.1 \
		PRIVACY_CONTACT=data@expo.example DATABASE_URL=sqlite://:memory: \
		SECRET_KEY="$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
		VOUCHER_KEY="$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
		$(PYTHON) manage.py check --deploy --fail-level WARNING

# Every setting has words in docs/environment.md.
check-environment:
	$(PYTHON) manage.py write_environment --check

check-messages:
	$(PYTHON) manage.py update_messages --check

# The project's own rules in guards/, first against their examples.
SEMGREP = SEMGREP_SETTINGS_FILE=$(SCAN)/settings.yml SEMGREP_LOG_FILE=$(SCAN)/log SEMGREP_SEND_METRICS=off \
	PATH="$(CURDIR)/$(SCAN)/bin:$$PATH" $(SCAN)/bin/semgrep scan --disable-version-check --metrics off
check-guards: $(SCAN)/.installed
	@echo "semgrep guards/"
	@$(SEMGREP) --test guards >$(SCAN)/tests.log 2>&1 || { cat $(SCAN)/tests.log; exit 1; }
	@$(SEMGREP) --config guards --error --quiet .

# What ruff's rules S do not know; those that both know, ruff holds, with a reason at the line.
check-slips: $(SCAN)/.installed
	$(SCAN)/bin/bandit --quiet --configfile pyproject.toml --recursive $(APPS)

# --- the environment ----------------------------------------------------------------------------

$(PYTHON):
	@scripts/make-environment $(VENV)

$(TO_RUN): requirements/run.txt | $(PYTHON)
	@echo "Installing what the portal needs into $(VENV) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(TO_CHECK): requirements/check.txt | $(PYTHON)
	@echo "Installing what tests and checks need into $(VENV) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(TO_LONG): requirements/long.txt $(TO_CHECK) | $(PYTHON)
	@echo "Installing what the long tests need into $(VENV) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The list is complete; pip does not take an extra that a tool asks of another for pinned.
%/.installed: | scripts/make-environment
	@echo "Installing what is in $< into $* ..."
	@scripts/make-environment $*
	@$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

$(SCAN)/.installed: requirements/scan.txt
$(PENTEST)/.installed: requirements/pentest.txt

node_modules/.installed: package-lock.json $(TO_CHECK)
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/npm ci --ignore-scripts --silent
	@touch $@

# Babel compiles, so that no system gettext is needed.
%.mo: %.po | $(TO_RUN)
	@$(VENV)/bin/pybabel --quiet compile --input-file $< --output-file $@
