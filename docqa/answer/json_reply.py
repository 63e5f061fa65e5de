"""Reads the JSON that a model was asked for, also where no grammar held it to the form."""

import json
from typing import Any


def read_json(reply: str) -> dict[str, Any]:
    """The object in a reply, which may stand in a code block or between words; {} for none."""
    start, end = reply.find("{"), reply.rfind("}")
    try:
        found = json.loads(reply[start : end + 1])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
