# Every command of this repository. `make help` lists them.
PORT ?= 8000
SANDBOX_PORT ?= 8001
DATABASE ?= sqlite
HISTORIES ?= 10000
KILLS ?= 500
.DEFAULT_GOAL := help
.PHONY: help run dev test pictures check format lock audit torture bench bench-growth bench-growth-reviews sandbox-cli

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the shop with demo content (PORT=8000 SANDBOX_PORT=8001)
	@scripts/venv.sh
	@exec .venv/bin/python scripts/run.py --port $(PORT) --sandbox-port $(SANDBOX_PORT)

dev: ## The same with Django's reloading server and DEBUG on
	@scripts/venv.sh
	@exec .venv/bin/python scripts/run.py --development --port $(PORT) --sandbox-port $(SANDBOX_PORT)

test: ## Run all tests on SQLite and in a browser; DATABASE=postgresql: on PostgreSQL (REQUIRE_ALL=1: nothing left out)
	@scripts/venv.sh dev
	@DATABASE=$(DATABASE) .venv/bin/python scripts/run_tests.py

pictures: ## Run the browser tests and keep pictures of every page in ci-output/screenshots/
	@scripts/venv.sh dev
	@KEEP_PICTURES=1 .venv/bin/python -m pytest -q -m browser

check: ## Lint, types, imports, templates, migrations, production settings
	@scripts/venv.sh dev
	@scripts/check.sh

format: ## Format Python code
	@scripts/venv.sh dev
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

lock: ## Write requirements.txt and requirements-dev.txt anew from the .in files
	@scripts/lock.sh

audit: ## html-validate and Lighthouse on the rendered pages (needs Node.js and Chromium)
	@scripts/venv.sh
	@.venv/bin/python scripts/audit.py

torture: ## Play thousands of random histories and kill processes in them (HISTORIES=10000 KILLS=500)
	@scripts/venv.sh dev
	@HISTORIES=$(HISTORIES) KILLS=$(KILLS) .venv/bin/python scripts/torture.py

bench: ## Measure CPU per request against a bare Django view (on Linux); writes bench/results.md
	@scripts/venv.sh
	@.venv/bin/python bench/run.py

bench-growth: ## Measure pages with 100 and with 10,000 posts (on Linux); writes bench/growth.md
	@scripts/venv.sh
	@.venv/bin/python bench/growth.py

bench-growth-reviews: ## Measure pages with 100 and with 100,000 reviews (on Linux); writes bench/growth-reviews.md
	@scripts/venv.sh
	@.venv/bin/python bench/growth_reviews.py

sandbox-cli: ## Let the official Stripe CLI trigger its events on the sandbox (needs Node.js; installs it into var/)
	@scripts/venv.sh dev
	@.venv/bin/python scripts/sandbox_cli.py
