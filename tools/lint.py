# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Check the style of the code and of the examples in the scenarios"
import doctest
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import isort

from . import PYTHON_FOLDERS, ROOT
from .system import run_tool, say

__all__ = ['CHECKS', 'check_flake8', 'check_isort', 'check_scenarios']

# What makes sense in a file but not in examples spread over a text: blank
# lines, imports at the top, the line end after a block, an indented directive
SCENARIO_IGNORE = 'E116,E301,E302,E303,E305,E306,E402,W391'
# Examples are read inside the text, where each line begins with a prompt
SCENARIO_INDENT = len('    >>> ')


def _folders():
    return [n for n in PYTHON_FOLDERS if any((ROOT / n).rglob('*.py'))]


def _call(*command, cwd=ROOT):
    process = subprocess.run(
        [sys.executable, '-m', *command], cwd=cwd, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = process.stdout.replace(f'{ROOT}/', '').splitlines()
    return lines or (
        [f'{command[0]} failed'] if process.returncode else [])


def check_flake8():
    "Return what flake8 finds in the code"
    return _call('flake8', *_folders())


def check_isort():
    "Return what isort finds in the code"
    return _call('isort', '--check-only', '--quiet', *_folders())


def check_scenarios(root=ROOT):
    "Return what flake8 and isort find in the scenarios"
    scenarios = sorted(
        p.relative_to(root) for n in ['modules', 'tests']
        for p in (root / n).rglob('*.rst') if p.parent.name == 'tests')
    errors = []
    with tempfile.TemporaryDirectory() as folder:
        for scenario in scenarios:
            text = (root / scenario).read_text(encoding='utf-8')
            examples = doctest.DocTestParser().get_examples(text)
            errors.extend(
                f'{scenario}:{line}:1: I001 {message}'
                for line, message in _unsorted_imports(examples))
            source = Path(folder, f'{scenario}.py')
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(
                '\n'.join(source_lines(examples)) + '\n', encoding='utf-8')
        if scenarios:
            errors.extend(_flake8_examples(folder, _globs(root, scenarios)))
    return errors


def source_lines(examples):
    "Return the examples as code, each on the line it has in the text"
    lines = []
    for example in examples:
        lines.extend([''] * (example.lineno - len(lines)))
        lines.extend(example.source.splitlines())
    return lines


def _globs(root, scenarios):
    "Return the names that scenarios get from the file beside them"
    names = set()
    for scenario in scenarios:
        path = (root / scenario).with_suffix('.json')
        if path.exists():
            for globs in json.loads(path.read_text(encoding='utf-8')):
                names.update(globs)
    return names


def _flake8_examples(folder, globs):
    command = [
        'flake8', f'--config={ROOT / "setup.cfg"}',
        f'--extend-ignore={SCENARIO_IGNORE}', '.']
    if globs:
        command.append(f"--builtins={','.join(sorted(globs))}")

    def locate(match):
        path, line, column = match.groups()
        return f'{path}:{line}:{int(column) + SCENARIO_INDENT}:'
    return [
        re.sub(r'^\./(.*)\.py:(\d+):(\d+):', locate, line)
        for line in _call(*command, cwd=folder)]


def _unsorted_imports(examples):
    "Give the line and the fault of each block of imports out of order"
    # A line may be wrapped for the text it is in or for the code it is
    configs = [
        isort.Config(settings_path=str(ROOT), line_length=length)
        for length in [79, 79 - SCENARIO_INDENT]]
    block = []
    for example in [*examples, None]:
        if example and re.match('(from|import) ', example.source):
            block.append(example)
            continue
        if block:
            first = block[0].lineno
            source = '\n'.join(source_lines(block)[first:])
            if not any(
                    isort.code(source, config=c).strip() == source.strip()
                    for c in configs):
                yield first + 1, "imports are incorrectly sorted"
        block = []


CHECKS = {
    'flake8': check_flake8,
    'isort': check_isort,
    'scenarios': check_scenarios,
    }


def main():
    "Print the errors and return the status"
    errors = [e for check in CHECKS.values() for e in check()]
    for error in errors:
        say(error)
    return bool(errors)


if __name__ == '__main__':
    run_tool(main)
