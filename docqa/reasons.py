"""Words for why a file could not be read: the codes that ingest raises, in the language in use."""

from collections.abc import Mapping, Sequence

from docqa.messages import messages, say


def words(code: str | None, facts: Mapping[str, object]) -> str:
    """One clear line for a code, filled with its facts; empty where there is no code."""
    if not code:
        return ""
    known = {name: value for name, value in facts.items() if isinstance(name, str)}
    if "extra" in known:
        # Imported here: nearly no file asks for another package.
        from docqa.extras import install_command

        known["command"] = install_command(str(known["extra"]))
    if code not in messages("ingest"):
        return code
    try:
        return say(f"ingest.{code}", **known)
    except KeyError:
        return say("ingest.failed")


def page_ranges(pages: Sequence[int]) -> str:
    """Page numbers with neighbours joined: 1-3, 7."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
