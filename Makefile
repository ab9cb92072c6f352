# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
PYTHON ?= python3
VENV_PYTHON = .venv/bin/python
# Arguments for the tool behind the target, for instance
# make test ARGS="trytond.modules.avec_group.tests.test_scenario"
ARGS ?=

.PHONY: help venv demo demo-reset test bench lint screenshots papers clean

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 12

venv:
	@$(PYTHON) -m tools.venv

demo: venv ## Serve the demonstration on http://localhost:8000 (PORT=8000)
	@$(VENV_PYTHON) -m tools.demo $(ARGS)

demo-reset: venv ## Serve the demonstration from fresh data
	@$(VENV_PYTHON) -m tools.demo --reset $(ARGS)

test: venv ## Run lint and every test on SQLite and PostgreSQL (ARGS=...)
	@$(VENV_PYTHON) -m tools.test $(ARGS)

bench: venv ## Measure and print the ratios
	@$(VENV_PYTHON) -m bench $(ARGS)

lint: venv ## Check the style of the code and of the scenarios
	@$(VENV_PYTHON) -m tools.lint

screenshots: venv ## Take the pictures of the documentation
	@$(VENV_PYTHON) -m doc.screenshots $(ARGS)

papers: venv ## Print the pages of the documentation
	@$(VENV_PYTHON) -m doc.papers

clean: ## Remove what the other targets made
	@rm -rf .venv .cache var build dist *.egg-info .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
