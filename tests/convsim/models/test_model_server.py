"""The scripted server itself: what it sends is what the script says, and it goes away without a trace."""

import http.client
import json
from urllib.parse import urlsplit

import pytest


def post(server, body: dict, *, timeout: float = 5.0) -> tuple[int, dict, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=timeout)
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"X-Test": "1"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def ask(server, text: str = "hi", model: str = "m") -> str:
    _, _, body = post(server, {"model": model, "messages": [{"role": "user", "content": text}]})
    return json.loads(body)["choices"][0]["message"]["content"]


def test_queue_repeats_its_last_reply_and_models_have_their_own(model_server):
    model_server.script("one", "two")
    model_server.script(lambda request: request.last.upper(), model="loud")
    assert [ask(model_server), ask(model_server), ask(model_server)] == ["one", "two", "two"]
    assert ask(model_server, "hush", model="loud") == "HUSH"
    assert [request.model for request in model_server.requests] == ["m", "m", "m", "loud"]
    assert model_server.requests[0].headers["x-test"] == "1"


def test_faults(model_server):
    model_server.script(model_server.status(429, retry_after=2), model_server.cut(), model_server.malformed())
    status, headers, _ = post(model_server, {})
    assert (status, headers["Retry-After"]) == (429, "2")
    with pytest.raises(http.client.IncompleteRead):
        post(model_server, {})
    with pytest.raises(json.JSONDecodeError):
        json.loads(post(model_server, {})[2])


def test_hang_ends_with_the_fixture(model_server):
    model_server.script(model_server.slow(60))
    with pytest.raises(TimeoutError):
        post(model_server, {}, timeout=0.1)


def test_nothing_scripted_is_an_error(model_server):
    assert post(model_server, {})[0] == 500
