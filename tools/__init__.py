# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Development tools, run from the top level as: python -m tools.<name>"
from pathlib import Path

__all__ = ['ROOT', 'VENV', 'CACHE', 'VAR', 'PYTHON_FOLDERS']

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / '.venv'
# What can be fetched again, and what make demo keeps
CACHE = ROOT / '.cache'
VAR = ROOT / 'var'
PYTHON_FOLDERS = ['modules', 'demo', 'bench', 'tests', 'tools']
