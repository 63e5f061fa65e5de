"""Opens files that were locked with a password; the password is used and never kept."""

import io
from importlib.util import find_spec

from msgspec.structs import replace

from ingest.errors import FileUnreadable, NeedsExtra
from ingest.source import SourceFile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def unlock(source: SourceFile) -> SourceFile:
    """An office file without its encryption; itself where it has none, or no password was given."""
    if source.options.password is None or not source.data.startswith(_OLE):
        return source
    if not find_spec("msoffcrypto"):
        raise NeedsExtra("needs_extra", extra="passwords")
    # Imported here: it loads OpenSSL, and only locked files need it.
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    try:
        document = msoffcrypto.OfficeFile(io.BytesIO(source.data))
        if not document.is_encrypted():
            return source
        document.load_key(password=source.options.password)
        opened = io.BytesIO()
        document.decrypt(opened)
    except (InvalidKeyError, DecryptionError) as error:
        raise FileUnreadable("wrong_password") from error
    except (FileFormatError, ParseError, OSError, ValueError, LookupError):
        return source  # no office file, or one that its parser will judge
    return replace(source, data=opened.getvalue())
