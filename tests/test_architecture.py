# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The rules of the house

Each rule is a function that returns the faults of a source.  Each is tried on
a source that breaks it, because a rule that cannot fail protects nothing."""
import ast
import configparser
import re
import subprocess
import sys
import unittest
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent

FOREIGN_MODELS = re.compile(
    r'avec\.(loan|training|activity|cooperative|employment|self_employment'
    r'|indicator)\b')
PURE_FILES = [
    'allocation.py', 'amortization.py', 'archive.py', 'ceiling.py',
    'chart.py', 'charts.py', 'completion.py', 'countries.py', 'digest.py',
    'due_dates.py', 'income.py', 'languages.py', 'netting.py', 'periods.py',
    'ratio.py', 'reach.py', 'repayment.py', 'rounding.py', 'sampling.py',
    'settings.py', 'spreadsheet.py']
# The amounts that are sums over posted move lines
BALANCES = {'balance', 'cash', 'expected', 'outstanding', 'savings'}
AMOUNTS = {'Float', 'Integer', 'Monetary', 'Numeric'}
# A posted document keeps what it was posted with, a setting is no balance
STORED = {
    ('avec.cycle', 'cash_rounding'),
    ('avec.loan.product', 'savings_multiple'),
    ('avec.membership.exit', 'savings'),
    ('avec.opening', 'loan_fund_cash'),
    ('avec.opening', 'social_fund_cash'),
    ('avec.share_out.line', 'savings'),
    }
# Written so that these lines do not break their own rule
MARKERS = re.compile('|'.join(['TO' 'DO', 'FIX' 'ME', 'X' 'XX']))
MACHINE_PATHS = re.compile(r'(?<![\w.:/-])/(?:work|root|home)\b')
CODE = {'.py', '.xml', '.cfg', '.rst', '.toml', '.ini', ''}


def modules(root=ROOT):
    "Return the dependencies by module"
    depends = {}
    for path in sorted(root.glob('modules/avec_*/tryton.cfg')):
        config = configparser.ConfigParser()
        config.read(path, encoding='utf-8')
        depends[path.parent.name] = {
            d for option in ['depends', 'extras_depend']
            for d in config.get('tryton', option, fallback='').split()}
    return depends


def dependents(module, depends):
    "Return the modules that depend on the module, near or far"
    found = set()
    names = {module}
    while names:
        names = {m for m, ds in depends.items() if ds & names} - found
        found |= names
    return found


def imported(tree):
    "Return the names of the modules that the source imports"
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
            names.update(f'{node.module}.{a.name}' for a in node.names)
    return names


def model_classes(tree):
    "Give the classes that have a model name, with it"
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for statement in node.body:
            if (isinstance(statement, ast.Assign)
                    and ast.unparse(statement.targets[0]) == '__name__'
                    and isinstance(statement.value, ast.Constant)):
                yield node, statement.value.value


def is_extension(node):
    return any(
        k.arg == 'metaclass' and ast.unparse(k.value) == 'PoolMeta'
        for k in node.keywords)


def is_stored(node):
    return is_extension(node) or any(
        ast.unparse(b).rpartition('.')[-1] == 'ModelSQL' for b in node.bases)


def check_foreign_models(source):
    "avec_group knows nothing of the models of its children"
    return [m.group() for m in FOREIGN_MODELS.finditer(source)]


def check_imports(source, module, depends):
    "A module never imports one that depends on it"
    forbidden = dependents(module, depends)
    return sorted(
        n for n in imported(ast.parse(source))
        if forbidden & set(n.split('.')))


def check_pure(source):
    "A calculation needs the standard library and others, no float nor clock"
    tree = ast.parse(source)
    faults = [
        f"imports {n}" for n in sorted(imported(tree))
        if n.partition('.')[0] not in sys.stdlib_module_names]
    for node in ast.walk(tree):
        if (isinstance(node, ast.ImportFrom) and node.level
                and f'{node.module}.py' not in PURE_FILES):
            faults.append(f"imports from the package, line {node.lineno}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            faults.append(f"float {node.value}, line {node.lineno}")
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition('.')[-1]
            if name in {'float', 'now', 'today', 'utcnow'}:
                faults.append(f"calls {name}, line {node.lineno}")
    return faults


def check_balances(source):
    "No balance is stored"
    faults = []
    for node, model in model_classes(ast.parse(source)):
        if not is_stored(node):
            continue
        for statement in node.body:
            if not (isinstance(statement, ast.Assign)
                    and isinstance(statement.value, ast.Call)):
                continue
            name = ast.unparse(statement.targets[0])
            kind = ast.unparse(statement.value.func).rpartition('.')[-1]
            if (BALANCES & set(name.split('_')) and kind in AMOUNTS
                    and (model, name) not in STORED):
                faults.append(f'{model} {name}')
    return faults


def owners(root=ROOT):
    "Return by model of these modules the names of the files defining it"
    result = {}
    for path in root.glob('modules/avec_*/*.py'):
        for node, model in model_classes(ast.parse(path.read_text('utf-8'))):
            if not is_extension(node):
                result[model] = path.name
    return result


def check_extensions(source, file, owners):
    "A model of another module is extended in the file named after it"
    faults = []
    for node, model in model_classes(ast.parse(source)):
        prefix = model.partition('.')[0]
        if prefix == 'avec':
            expected = owners.get(model)
        else:
            expected = f'{prefix}.py'
        if is_extension(node) and file != expected:
            faults.append(f'{model} belongs in {expected}')
    return faults


def check_translations(po):
    "Every text has a translation, with the same placeholders"
    faults = []
    for entry in po:
        if entry.obsolete:
            continue
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        if not any(texts) or not all(entry.msgstr_plural.values()):
            faults.append(f'empty: {entry.msgctxt} {entry.msgid}')
        elif entry.fuzzy:
            faults.append(f'fuzzy: {entry.msgctxt} {entry.msgid}')
        elif not entry.msgid_plural and (
                placeholders(entry.msgid) != placeholders(entry.msgstr)):
            faults.append(f'placeholders: {entry.msgctxt} {entry.msgid}')
    return faults


def placeholders(text):
    return set(re.findall(r'%\(\w+\)s', text))


def check_leftovers(text, name):
    "Nothing is left for later, nothing depends on a machine"
    faults = [m.group() for m in MACHINE_PATHS.finditer(text)]
    if Path(name).suffix in CODE and Path(name).name != 'LICENSE':
        faults += [m.group() for m in MARKERS.finditer(text)]
    return faults


def check_icon(source):
    "An icon is SVG that a browser draws"
    if 'xmlns="http://www.w3.org/2000/svg"' not in source:
        return ["not in the namespace of SVG"]
    return []


def check_packaging(config, depends):
    "A module that is not packaged would not be tested either"
    packaging = configparser.ConfigParser()
    packaging.read_string(config)
    packages = packaging['options']['packages'].split()
    entry_points = packaging['options.entry_points']['trytond.modules']
    return [
        name for name in depends
        if not {
            f'trytond.modules.{name}', f'trytond.modules.{name}.tests',
            } <= set(packages)
        or not re.search(rf'^{name} = ', entry_points, re.MULTILINE)]


def tracked_files():
    "Return the files of the project, without what tools make"
    process = subprocess.run(
        ['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, text=True)
    if process.returncode:
        return [
            p for folder in ['modules', 'demo', 'bench', 'tests', 'tools']
            for p in (ROOT / folder).rglob('*')
            if p.is_file() and '__pycache__' not in p.parts]
    paths = (ROOT / n for n in process.stdout.split('\0') if n)
    return [p for p in paths if p.is_file()]


class ArchitectureTest(unittest.TestCase):
    "The sources keep the rules"

    def assertNoFaults(self, check, paths, *args):
        for path in paths:
            name = path.relative_to(ROOT)
            with self.subTest(file=str(name)):
                self.assertEqual(
                    check(path.read_text(encoding='utf-8'), *args), [],
                    check.__doc__)

    def sources(self, module='avec_*', pattern='*.py'):
        return sorted(
            p for p in ROOT.glob(f'modules/{module}/**/{pattern}')
            if 'tests' not in p.parts)

    def test_group_knows_no_child(self):
        "avec_group mentions no model of the modules that extend it"
        for pattern in ['*.py', '*.xml', '*.rst', '*.fodt']:
            self.assertNoFaults(
                check_foreign_models,
                sorted(ROOT.glob(f'modules/avec_group/**/{pattern}')))

    def test_imports_follow_dependencies(self):
        "No module imports one that depends on it"
        depends = modules()
        for module in depends:
            self.assertNoFaults(
                check_imports,
                sorted(ROOT.glob(f'modules/{module}/**/*.py')),
                module, depends)

    def test_calculations_are_pure(self):
        "Calculations import the standard library and use no float"
        self.assertNoFaults(
            check_pure,
            [p for n in PURE_FILES for p in self.sources(pattern=n)])

    def test_no_balance_is_stored(self):
        "Balances are fields.Function"
        self.assertNoFaults(check_balances, self.sources())

    def test_extensions_are_in_the_file_of_the_extended_module(self):
        "party.party is extended in party.py"
        known = owners()
        for path in self.sources():
            self.assertNoFaults(check_extensions, [path], path.name, known)

    def test_translations_are_complete(self):
        "French and Arabic are complete"
        for module in modules():
            for language in ['fr', 'ar']:
                path = ROOT / 'modules' / module / 'locale' / f'{language}.po'
                with self.subTest(file=str(path.relative_to(ROOT))):
                    self.assertTrue(path.exists(), "no translation")
                    self.assertEqual(
                        check_translations(polib.pofile(str(path))), [])

    def test_nothing_is_left(self):
        "No work is left for later and no path of a machine is written down"
        for path in tracked_files():
            try:
                text = path.read_text(encoding='utf-8')
            except UnicodeDecodeError:
                continue
            with self.subTest(file=str(path.relative_to(ROOT))):
                self.assertEqual(check_leftovers(text, path.name), [])

    def test_icons_are_drawn(self):
        "Icons are in the namespace of SVG"
        self.assertNoFaults(check_icon, self.sources(pattern='*.svg'))

    def test_modules_are_packaged(self):
        "setup.cfg names every module"
        self.assertEqual(
            check_packaging((ROOT / 'setup.cfg').read_text(), modules()), [])


class RulesCanFailTest(unittest.TestCase):
    "Each rule finds the fault it is there for"

    def test_foreign_model(self):
        self.assertEqual(
            check_foreign_models("pool.get('avec.loan.product')"),
            ['avec.loan'])
        self.assertEqual(check_foreign_models("'avec.loan_fund'"), [])

    def test_import_of_dependent(self):
        depends = {
            'avec_a': set(), 'avec_b': {'avec_a'}, 'avec_c': {'avec_b'}}
        source = 'from trytond.modules.avec_c.x import y'
        self.assertTrue(check_imports(source, 'avec_a', depends))
        self.assertFalse(check_imports(source, 'avec_c', depends))
        self.assertTrue(check_imports(
                'from trytond.modules import avec_b', 'avec_a', depends))

    def test_impure_calculation(self):
        for source in [
                'import trytond', 'from . import cycle', 'x = 0.5',
                'float(1)', 'date.today()', 'datetime.datetime.now()']:
            with self.subTest(source=source):
                self.assertTrue(check_pure(source))
        self.assertFalse(check_pure(
                "from decimal import Decimal\nx = Decimal('0.5')"))

    def test_stored_balance(self):
        source = (
            "class A({}):\n"
            "    __name__ = 'avec.a'\n"
            "    loan_fund_cash = {}\n")
        numeric = 'fields.Numeric("Cash")'
        function = f"fields.Function({numeric}, 'get_cash')"
        account = "fields.Many2One('account.account', \"Cash\")"
        for bases in ['ModelSQL, ModelView', 'metaclass=PoolMeta']:
            self.assertEqual(
                check_balances(source.format(bases, numeric)),
                ['avec.a loan_fund_cash'])
        for field in [function, account]:
            self.assertFalse(check_balances(source.format('ModelSQL', field)))
        self.assertFalse(check_balances(source.format('ModelView', numeric)))

    def test_misplaced_extension(self):
        source = "class A(metaclass=PoolMeta):\n    __name__ = '{}'\n"
        known = {'avec.meeting.line': 'meeting.py'}
        for model, good in [
                ('party.party', 'party.py'),
                ('avec.meeting.line', 'meeting.py')]:
            self.assertFalse(
                check_extensions(source.format(model), good, known))
            self.assertTrue(
                check_extensions(source.format(model), 'group.py', known))

    def test_incomplete_translation(self):
        def po(**values):
            file = polib.POFile()
            file.append(polib.POEntry(msgctxt='a', **values))
            return file
        self.assertTrue(check_translations(po(msgid='Group')))
        self.assertTrue(check_translations(
                po(msgid='Group', msgstr='Groupe', flags=['fuzzy'])))
        self.assertTrue(check_translations(
                po(msgid='%(group)s', msgstr='%(groupe)s')))
        self.assertFalse(check_translations(
                po(msgid='Group', msgstr='Groupe')))

    def test_leftover(self):
        self.assertTrue(check_leftovers('# TO' 'DO later', 'a.py'))
        self.assertTrue(check_leftovers("open('/ho" "me/me')", 'a.py'))
        self.assertFalse(check_leftovers('https://example.org/home', 'a.py'))

    def test_icon_of_another_namespace(self):
        self.assertTrue(check_icon('<svg xmlns="http://www.w3.org/20/svg"/>'))

    def test_module_left_out(self):
        config = (
            "[options]\npackages =\n    trytond.modules.avec_a\n"
            "    trytond.modules.avec_a.tests\n"
            "[options.entry_points]\ntrytond.modules =\n"
            "    avec_a = trytond.modules.avec_a\n")
        self.assertEqual(
            check_packaging(config, {'avec_a': set(), 'avec_b': set()}),
            ['avec_b'])
