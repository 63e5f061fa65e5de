"""How the lexical index asks tantivy, and the fields that it keeps of a passage."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tantivy


def search_query(
    schema: "tantivy.Schema", weights: Mapping[str, float], allowed: frozenset[int] | None
) -> "tantivy.Query":
    """Any of these terms, by weight, in the documents allowed (None: all)."""
    from tantivy import Occur, Query

    terms = []
    for term, weight in weights.items():
        query = Query.term_query(schema, "terms", term, "freq")
        terms.append((Occur.Should, query if weight == 1 else Query.boost_query(query, weight)))
    wanted = Query.boolean_query(terms)
    if allowed is None:
        return wanted
    inside = Query.term_set_query(schema, "document", sorted(allowed))
    return Query.boolean_query(
        [(Occur.Must, wanted), (Occur.Must, Query.const_score_query(inside, 0.0))]
    )


def open_for_writing(folder: Path) -> "tantivy.Index":
    """The index in a folder, made if it is new."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("document", indexed=True)
    builder.add_text_field("terms", tokenizer_name="terms", index_option="freq")
    index = tantivy.Index(builder.build(), str(folder), reuse=True)
    # Terms come cut already, with spaces between.
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("terms", whitespace)
    return index
