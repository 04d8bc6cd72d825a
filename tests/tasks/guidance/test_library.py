"""Demonstrations are true and can be followed; nothing answers an unseen family; files are held apart."""

import inspect
import re
from itertools import product as crossed

import pytest
from simple_salesforce.format import format_soql

from convsim.errors import ConfigError
from convsim.guidance.confined import Confined
from convsim.guidance.functions import CallError, offer
from convsim.guidance.query import query_on
from convsim.guidance.workflow import Changes, answer, follow, steps_of
from convsim.org.org import Org
from convsim.records.guidance import Subroutines
from tasks.calendar import bounds
from tasks.ground import ground
from tasks.guidance import subroutines
from tasks.guidance.demonstration import worked
from tasks.guidance.library import library
from tasks.guidance.own import own_parts
from tasks.guidance.subroutines import SUBROUTINES
from tasks.provider import provider

ORGS = ("b2b", "b2c")
SHOWN = [(family, org) for family in library.seen for org in ORGS]


@pytest.mark.parametrize(("name", "org"), SHOWN)
def test_a_demonstration_followed_for_another_request_gives_its_gold(name, org):
    world = Org.generated(org)
    query = query_on(world.connect())
    steps = steps_of(library.demonstration(name, world, "technical"))
    done = worked(name, ground(world), query)
    assert tuple(steps) == done.steps
    assert len(done.results[-2]) >= 3
    for task in provider.build(name, world, seed=0, count=6):
        told = {unit.name: unit.value for unit in task.record.units}
        start, end = bounds(str(told["window"]))
        texts = {str(done.slots["start"]): str(start), str(done.slots["end"]): str(end)}
        if "product" in told:
            texts[done.slots["product"]] = str(told["product"])
        limit = told.get("minimum_cases")
        changes = Changes(texts, None if limit is None else int(limit), told.get("direction"))
        assert tuple(answer(steps, follow(steps, query, changes))) == task.record.gold


@pytest.mark.parametrize(("name", "org"), SHOWN)
def test_results_in_the_texts_are_true_and_no_task_is_given_away(name, org):
    world = Org.generated(org)
    shown = library.demonstration(name, world, "technical")
    done = worked(name, ground(world), query_on(world.connect()))
    assert f"The answer: {done.answer[0]}" in shown
    counts = [int(count) for count in re.findall(r"Result: (\d+) row", shown)]
    assert counts == [len(rows) for rows in done.results]
    windows = {task.record.unit("window").value for task in provider.build(name, world, seed=0, count=60)}
    plain = library.demonstration(name, world, "plain")
    assert done.name in plain
    assert not re.search(r"SELECT|__c|[a-z][A-Z]|\bId\b|\bnull\b", plain.partition("\n1. ")[2]), plain
    assert "{{" not in plain + shown
    assert sum(f"{done.slots['start']}/{done.slots['end']}" == window for window in windows) <= 1


def unseen_words():
    return r"Contract|Opportunit|UnitPrice|Quantity|CompanySigned|CALENDAR_|trend|stands? out|sales? (amount|cycle)"


def test_no_text_tells_what_an_unseen_family_needs():
    texts = [each.source for each in library.functions()]
    for name in ("correct", "seeded-faults"):
        texts += [each.source for each in library.subroutines(Subroutines(name=name))]
        texts += library.composed(Subroutines(name=name))
    for family, org in SHOWN:
        texts += [library.demonstration(family, Org.generated(org), kind) for kind in ("technical", "plain")]
    for text in texts:
        assert not re.search(unseen_words(), text, flags=re.IGNORECASE), text
    assert re.search(unseen_words(), "SELECT Quantity FROM OrderItem")


@pytest.mark.parametrize("org", ORGS)
@pytest.mark.parametrize("unseen", library.unseen)
def test_no_call_answers_an_unseen_family(unseen, org):
    """Every function and part with every argument that the request could fill: never the gold more often than luck."""
    query = query_on(Org.generated(org).connect())
    tasks = [each.record for each in provider.build(unseen, Org.generated(org), seed=3, count=16) if each.record.gold]
    offered = [*library.functions(), *library.subroutines(Subroutines())]
    hits = {}
    for record in tasks:
        told = {unit.name: unit.value for unit in record.units}
        start, end = bounds(str(told["window"]))
        known = {"start": [start], "end": [end], "product": [told.get("product", "")], "minimum_cases": [0, 3]}
        known |= {
            "direction": ["lowest", "highest"],
            "metric": ["closure_time", "closed_cases"],
            "minimum_leads": [1, 4],
        }
        for function in offered:
            names = list(function.model.model_fields)
            if not set(names) <= set(known):
                continue
            for values in crossed(*(known[name] for name in names)):
                arguments = dict(zip(names, values, strict=True))
                found = function.call(query, arguments)
                given = found if isinstance(found, list) else list(found)
                key = (function.name, *(str(arguments[n]) for n in names if n not in ("start", "end", "product")))
                hits[key] = hits.get(key, 0) + (tuple(map(str, given)) == record.gold)
    assert len(hits) >= 12
    assert max(hits.values()) <= len(tasks) / 4


@pytest.mark.parametrize("unseen", library.unseen)
def test_no_demonstration_followed_answers_an_unseen_family(unseen):
    """The steps of every demonstration with the request's own values in place of those shown."""
    world = Org.generated("b2b")
    query = query_on(world.connect())
    tasks = [each.record for each in provider.build(unseen, world, seed=3, count=8) if each.record.gold]
    for family in library.seen:
        done, hits = worked(family, ground(world), query), 0
        for record in tasks:
            told = {unit.name: unit.value for unit in record.units}
            start, end = bounds(str(told["window"]))
            texts = {str(done.slots["start"]): str(start), str(done.slots["end"]): str(end)}
            texts |= (
                {done.slots["product"]: str(told["product"])} if done.slots["product"] and "product" in told else {}
            )
            found = follow(done.steps, query, Changes(texts, None, told.get("direction")))
            hits += tuple(answer(done.steps, found)) == record.gold
        assert hits <= len(tasks) / 4, family


def test_what_cannot_be_offered_is_refused():
    with pytest.raises(ConfigError, match="unknown subroutines 'corect': did you mean 'correct'"):
        library.subroutines(Subroutines(name="corect"))
    with pytest.raises(ConfigError, match="unknown family for the worked example"):
        library.demonstration("sales_cycle_understanding", Org.generated("b2b"), "plain")
    with pytest.raises(ConfigError, match=r"own.py:2: this is no Python"):
        own_parts("x = 1\ndef f(:\n", file="own.py")
    with pytest.raises(ConfigError, match="defines none of the parts"):
        own_parts("def monthly_trend(query, start, end): return ['May']", file="own.py")
    with pytest.raises(ConfigError, match=r"own.py:1: more_than takes counts, least; it must take counts, minimum"):
        own_parts("def more_than(counts, least): return []", file="own.py")


def nothing(soql, **values):
    return []


GIVEN = {"counts": {"a": 3, "b": 1}, "minimum": 2}


def own(body, query=nothing):
    (part,) = own_parts(f"def more_than(counts, minimum):\n    {body}\n", file="own.py")
    return part.call(query, GIVEN)


def test_a_file_runs():
    assert own("return sorted(k for k in counts if counts[k] > minimum)") == ["a"]
    assert own("import math; print('noise'); return [str(math.floor(minimum))]") == ["2"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("import os; return []", "module os is not allowed"),
        ("import socket; return []", "module socket is not allowed"),
        ("return [open('/etc/hostname').read()]", "NameError"),
        ("return [().__class__.__base__.__subclasses__().__len__().nothing]", "AttributeError"),
        ("import re; return [re.sys.modules['os'].getcwd() for _ in [re.sys.modules['os'].listdir('/')]]", "broke"),
        ("import json; return [json.codecs.open('/etc/hostname').read()]", "broke"),
        ("return ['x' * 10**9]", "broke"),
        ("raise SystemExit(3)", "its process ended"),
        ("return 7", "returned what it does not promise"),
        ("return {1, 2}", "not JSON serializable"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_file_reaches_nothing(body, why):
    with pytest.raises(CallError, match=why):
        own(body)


def test_an_endless_part_is_ended(monkeypatch):
    process = Confined("def more_than(counts, minimum):\n    while True: pass\n", file="own.py", seconds=0.5)
    with pytest.raises(CallError, match=r"more_than broke: it took more than 0.5 s"):
        process.call("more_than", nothing, GIVEN, asks=False)


def test_a_process_is_not_used_up_to_its_limit(monkeypatch):
    """Its limit holds for all calls together, and a run makes many."""
    process = Confined("def more_than(counts, minimum):\n    return []\n", file="own.py")
    used = []
    for lease in (20.0, 20.0, 0.0, 20.0):
        monkeypatch.setattr("convsim.guidance.confined.LEASE", lease)
        assert process.call("more_than", nothing, GIVEN, asks=False) == []
        used.append([each.pid for each in process._idle])
    assert used[0] == used[1]
    assert used[2] == []
    assert used[3] != used[0]
    process.close()


def test_a_call_that_is_refused_is_told_to_the_code_that_made_it():
    def refusing(soql, **values):
        raise CallError("end must lie after start")

    with pytest.raises(CallError, match="order_items_of broke: RuntimeError: end must lie after start"):
        Confined("def order_items_of(query, product):\n    return query('x')\n", file="own.py").call(
            "order_items_of", refusing, {"product": "x"}, asks=True
        )


def test_a_file_asks_the_org_through_the_session_and_keeps_nothing():
    source = (
        "seen = []\n"
        "def order_items_of(query, product):\n"
        "    seen.append(product)\n"
        "    rows = query('SELECT Id FROM OrderItem WHERE Product2.Name = {name}', name=product)\n"
        "    return sorted(row['Id'] for row in rows)[:2] + [str(len(seen))]\n"
    )
    (part,) = own_parts(source, file="own.py")
    query = query_on(Org.generated("b2b").connect())
    name = query("SELECT Product2.Name FROM OrderItem LIMIT 1")[0]["Product2"]["Name"]
    first, second = (part.call(query, {"product": name}) for _ in range(2))
    assert first == second
    assert first[:-1] == offer(SUBROUTINES[8]).call(query, {"product": name})[:2]


def test_our_own_parts_as_a_file_are_as_right_as_they_are():
    """What is shown can be handed back: dates reach a query as dates."""
    source = inspect.getsource(subroutines)
    outcomes = library.trials(Subroutines(name="own.py", source=source), Org.generated("b2c"))
    assert [each.name for each in outcomes if not each.passed] == []
    assert len(outcomes) == 11


def test_moments_reach_a_query_as_moments():
    source = (
        "from datetime import datetime, timezone\n"
        "def managed_cases(query, start, end):\n"
        "    at = datetime(start.year, start.month, start.day, tzinfo=timezone.utc)\n"
        "    query('WHERE CreatedDate >= {at} AND Day < {end} AND Name IN {names}', at=at, end=end, names=['a'])\n"
        "    return {}\n"
    )
    asked = []
    (part,) = own_parts(source, file="own.py")
    part.call(
        lambda soql, **values: asked.append(format_soql(soql, **values)) or [],
        {"start": "2024-01-01", "end": "2024-02-01"},
    )
    assert asked == ["WHERE CreatedDate >= 2024-01-01T00:00:00+00:00 AND Day < 2024-02-01 AND Name IN ('a')"]


def test_the_manifest_names_what_a_file_gets_wrong():
    source = "def more_than(counts, minimum):\n    return sorted(k for k in counts if counts[k] > minimum)\n"
    source += "def handle_seconds(opened, closed):\n    return 1.0\n"
    outcomes = library.trials(Subroutines(name="own.py", source=source), Org.generated("b2b"))
    assert [each.name for each in outcomes if each.passed] == ["more_than"]
    assert len(outcomes) == 11
