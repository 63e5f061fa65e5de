"""Rerankers behind an endpoint that the user named, in the form that Jina and llama.cpp share."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from math import exp

from docqa.errors import ServiceError


class EndpointReranker:
    """Sends question and passages to the named address, and to nowhere else."""

    def __init__(self, url: str, key_variable: str, seconds: float) -> None:
        """Take the address (`http://host/v1#model`); no connection yet."""
        address, _, self._model = url.partition("#")
        address = address.rstrip("/")
        self._url = address if address.endswith("/rerank") else f"{address}/rerank"
        self._key = os.environ.get(key_variable, "")
        self._seconds = seconds

    def score_batch(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, between 0 and 1; ServiceError where no score comes back."""
        body = {"query": question, "documents": list(texts), "top_n": len(texts)}
        if self._model:
            body["model"] = self._model
        try:
            results = self._ask(body)["results"]
            scores = {int(one["index"]): float(one["relevance_score"]) for one in results}
            found = [scores[at] for at in range(len(texts))]
        except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError) as error:
            raise ServiceError(url=self._url, reason=str(error)) from error
        # Some send probabilities, llama.cpp the bare figures before them.
        if all(0 <= score <= 1 for score in found):
            return found
        return [1 / (1 + exp(-max(-30.0, min(30.0, score)))) for score in found]

    def close(self) -> None:
        """Nothing is kept open."""

    def _ask(self, body: dict[str, object]) -> dict[str, list[dict[str, float]]]:
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(self._url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=max(1.0, self._seconds)) as reply:
            answer: dict[str, list[dict[str, float]]] = json.load(reply)
        return answer
