"""Whatever bodies and queries a client sends: no crash, no traceback, and the server lives on."""

from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from tests.support.serving import filled_home, serving

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
MESSAGE = st.fixed_dictionaries(
    {}, optional={"role": st.sampled_from(["user", "assistant", "system", ""]) | JSON,
                  "content": st.text(max_size=40) | JSON},
)  # fmt: skip
CHAT = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(
            ["default", "default:quotes", "model:echo", "default:x", ":", "../x"]
        )
        | JSON,
        "messages": st.lists(MESSAGE, max_size=4) | JSON,
        "stream": st.booleans() | JSON,
        "stream_options": JSON,
        "max_tokens": JSON,
    },
)
SEARCH = st.fixed_dictionaries(
    {}, optional={"query": st.text(max_size=30) | JSON, "max_num_results": JSON}
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    home = filled_home(tmp_path_factory.mktemp("hostile"))
    arguments = ("serve", "--port", "0", "--engine", "echo")
    with serving(home, *arguments) as (_, at), httpx.Client(base_url=at, timeout=30) as opened:
        yield opened


@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from(["chat/completions", "embeddings", "vector_stores/default/search"]),
    body=CHAT | SEARCH | JSON,
)
def test_any_body_gets_an_answer_or_one_error(client, path, body):
    reply = client.post(f"/v1/{path}", json=body)
    assert reply.status_code < 500 or reply.json()["error"]["code"] == "library.no_embedder"
    assert "Traceback" not in reply.text
    if reply.status_code >= 400:
        assert reply.json()["error"]["message"]


@limits(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(max_size=12), st.text(max_size=12))
def test_any_address_of_a_page_is_answered(client, library, start, end):
    address = f"/d/{quote(library, safe='')}/1?{urlencode({'start': start, 'end': end})}"
    assert client.get(address).status_code < 500


def test_it_still_answers_afterwards(client):
    assert client.get("/health").json()["status"] == "ok"
