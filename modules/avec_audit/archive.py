# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Write files in an archive with a manifest.

The same files make the same archive to the last bit: names are sorted and no
clock is read.
"""
import hashlib
import io
import re
import unicodedata
import zipfile

__all__ = ['MANIFEST', 'file_name', 'to_zip']

MANIFEST = 'MANIFEST.sha256'
# The first day that an archive can write
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile(r'[^\w.()\[\] -]+')
_LONGEST = 100


def file_name(text):
    "Return the text as the name of a file on any system"
    text = unicodedata.normalize('NFC', text)
    return _FORBIDDEN.sub('-', text).strip(' .-')[:_LONGEST] or '-'


def manifest(files):
    """Return the digests of the files, as sha256sum writes and checks them

    files: {path: bytes}
    """
    return ''.join(
        f'{hashlib.sha256(files[path]).hexdigest()}  {path}\n'
        for path in sorted(files)).encode()


def to_zip(files):
    "Return the archive of the files, {path: bytes}, and of their manifest"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as archive:
        for path, data in [*sorted(files.items()),
                (MANIFEST, manifest(files))]:
            info = zipfile.ZipInfo(path, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return stream.getvalue()
