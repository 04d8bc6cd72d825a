"""Reading an action out of a model's text: what models really write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.agents.react.actions import Call, Execute, Malformed, Respond, parse

QUERY = "SELECT Id FROM Case"


@pytest.mark.parametrize(
    "text",
    [
        f"<execute>{QUERY}</execute>",
        f"<thought>count</thought>\n<execute>\n{QUERY}\n</execute>",
        f"<thought>I could <respond> but first look</thought><execute>{QUERY}</execute>",
        f"<think>hm</think><EXECUTE> {QUERY} </EXECUTE>",
        f"```xml\n<thought>t</thought>\n<execute>{QUERY}</execute>\n```",
        f"<execute>```sql\n{QUERY}\n```</execute>",
        f"<execute>{QUERY}",
        f"<thought>never closed <execute>{QUERY}</execute>",
        f"<execute>{QUERY}</execute><respond>Done.</respond>",
        f"<execute>{QUERY}\n<respond>Done.</respond>",
        f"Sure!\n<execute>{QUERY}</execute>",
        f"I should look</think><execute>{QUERY}</execute>",
        f"I should look\n</thought>\n<execute>{QUERY}</execute>",
        f"<thought>look</thought>\n```sql\n{QUERY}\n```",
    ],
)
def test_the_first_query_counts(text):
    assert parse(text) == Execute(QUERY)


def test_comparison_signs():
    assert parse("<execute>SELECT Id FROM Case WHERE A < 3 AND B > 4</execute>").query.endswith("A < 3 AND B > 4")
    assert parse("<execute>SELECT Id FROM Case WHERE A &lt; 3</execute>").query.endswith("A < 3")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("<respond>Which month?</respond>", Respond("Which month?")),
        ("<respond>Which month?", Respond("Which month?")),
        ("<response>Which month?</response>", Respond("Which month?")),
        ('<answer>May<final>["May"]</final></answer>', Respond("May", ("May",))),
        ("I ask for the month.\n</think>\n\nWhich month?", Respond("Which month?")),
        ("Which month?", Respond("Which month?")),
        ("<thought>ask</thought>Which month?", Respond("Which month?")),
        ('<respond>It is May. <final>["May"]</final></respond>', Respond("It is May.", ("May",))),
        ('<respond>It is May.</respond>\n<final>["May"]</final>', Respond("It is May.", ("May",))),
        ("<respond>None fits.<final>[]</final></respond>", Respond("None fits.", ())),
        ("<respond>A.<final>['a', 'b']</final></respond>", Respond("A.", ("a", "b"))),
        ('<respond>A.<final>```json\n["a"]\n```</final></respond>', Respond("A.", ("a",))),
        ("<respond>A.<final>[a, b]</final></respond>", Respond("A.", ("a", "b"))),
        ('<respond>A.<final>["a", null]', Respond("A.", ("a",))),
        ('<respond><final>["May"]</final></respond>', Respond("May", ("May",))),
        ("<respond><final>[]</final></respond>", Respond("There is none.", ())),
        ("<respond>Use `x`:\n```\ncode\n``` and go on</respond>", Respond("Use `x`:\n```\ncode\n``` and go on")),
        ("<respond>Is 3 < 4?</respond>", Respond("Is 3 < 4?")),
    ],
)
def test_replies(text, reply):
    assert parse(text) == reply


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ('<call>describe(object="Case")</call>', Call("describe", {"object": "Case"})),
        ("<call>f(a=[1, 2], b=None)</call>", Call("f", {"a": [1, 2], "b": None})),
        ('<call>{"name": "f", "arguments": {"a": 1}}</call>', Call("f", {"a": 1})),
        ("<call>f()", Call("f", {})),
    ],
)
def test_calls(text, call):
    assert parse(text) == call


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "<thought>only thinking</thought>",
        "<thought>cut off",
        "<execute></execute>",
        "<respond> </respond>",
        "<call>describe('Case')</call>",
        "<call>os.system(x)</call>",
        "<call>f(a=b)</call>",
        '<call>{"arguments": {}}</call>',
        "<call>[" + "(" * 500 + "</call>",
    ],
)
def test_malformed(text):
    assert isinstance(parse(text), Malformed)


PIECES = [
    "<execute>",
    "</execute>",
    "<respond>",
    "</respond>",
    "<call>",
    "<thought>",
    "</thought>",
    "<final>",
    "```",
    "x",
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join))
def test_every_text_is_read_as_something_usable(text):
    action = parse(text)
    assert not isinstance(action, Execute) or action.query.strip()
    assert not isinstance(action, Respond) or action.text.strip()
