"""Tables in text files: CSV, TSV and what else parts its cells by a sign."""

import csv
from io import StringIO

from ingest.encodings.decode import decode
from ingest.errors import FileUnreadable
from ingest.source import SourceFile
from ingest.tables import table_blocks
from ingest.types import Parsed

_SIGNS = ",\t;|，"


def parse(source: SourceFile) -> Parsed:
    """Read a CSV or TSV file."""
    decoded = decode(source.data, source.options.encoding)
    # A cell may be as long as the file; the reader's own limit is meant for what is trusted less.
    csv.field_size_limit(max(csv.field_size_limit(), len(decoded.text) + 1))
    sign = "\t" if source.suffix in (".tsv", ".tab") else _sign(decoded.text)
    # Lines with NUL or a lone quote are read as they stand.
    try:
        blocks = tuple(table_blocks(csv.reader(StringIO(decoded.text), delimiter=sign)))
    except csv.Error as error:
        raise FileUnreadable("damaged") from error
    return Parsed(blocks, encoding=decoded.encoding, notes=decoded.notes)


def _sign(text: str) -> str:
    """The sign that parts the first lines into the most cells, equally many in each."""
    lines = [line for line in text[:10_000].split("\n")[:10] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        return min(counts, default=0), sum(counts)

    return max(_SIGNS, key=evenness)
