"""Two-column pages set from known text by three PDF producers, for tests.bench.pages."""

from tests.bench.layouts.browser import BROWSER
from tests.bench.layouts.canvas import CANVAS
from tests.bench.layouts.office import OFFICE

# For each layout a function of a chance that gives the PDF and the text it was set from.
LAYOUTS = {**CANVAS, **BROWSER, **OFFICE}
# The half that code may be chosen by; only the others are reported. Both hold each producer and
# both languages.
CHOOSING = (
    "browser-margins",
    "browser-paper",
    "canvas-brief",
    "canvas-footnotes",
    "canvas-stamp",
    "canvas-table",
    "office-draft",
)
REPORTED = tuple(sorted(set(LAYOUTS) - set(CHOOSING)))
