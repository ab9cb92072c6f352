# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Print the pages of the documentation from the demonstration

LibreOffice makes the PDF and pdftoppm, of poppler-utils, its picture."""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import ROOT, database, demo
from tools.system import ToolError, ensure_soffice, run_tool, say

FOLDER = Path(__file__).resolve().parent / 'images'
LANGUAGES = ['fr', 'ar', 'en']
REPORT = 'avec.indicator.report.print'
# The page that has the table by province
PAGE = 2
DPI = 80


def _print(folder):
    "Write the donor report in each language in the folder"
    from trytond import config
    config.update_etc(str(demo.CONFIG))
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    pool = Pool(demo.NAME)
    pool.init()
    with Transaction().start(demo.NAME, 1, readonly=True) as transaction:
        Action = pool.get('ir.action.report')
        Report = pool.get(REPORT, type='report')
        action, = Action.search([
                ('report_name', '=', REPORT), ('extension', '=', 'pdf')])
        record, = pool.get('avec.indicator.report').search([], limit=1)
        for language in LANGUAGES:
            with transaction.set_context(
                    language=language, company=record.company.id):
                _, content, _, _ = Report.execute([record.id], {
                        'action_id': action.id,
                        'model': record.__name__,
                        })
            (folder / f'{language}.pdf').write_bytes(bytes(content))


def main():
    "Take the pictures of the pages"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--print', type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.print:
        _print(options.print)
        return
    if not ensure_soffice() or not shutil.which('pdftoppm'):
        raise ToolError("Install libreoffice-writer and poppler-utils")
    demo.prepare(port=0)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='avec-papers-') as folder:
        subprocess.run(
            [sys.executable, '-O', '-m', 'doc.papers', '--print', folder],
            cwd=ROOT, env={**os.environ, **database.environ()}, check=True)
        for language in LANGUAGES:
            path = FOLDER / f'donor-report-{language}'
            subprocess.run([
                    'pdftoppm', '-png', '-r', str(DPI), '-singlefile',
                    '-f', str(PAGE), '-l', str(PAGE),
                    Path(folder, f'{language}.pdf'), path], check=True)
            say(f"{path.name}.png")


if __name__ == '__main__':
    run_tool(main)
