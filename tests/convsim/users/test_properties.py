"""What holds for every persona, task and agent: hypothesis plays the agent."""

import asyncio
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convsim.reading.values import finder
from convsim.records.episode import Delivery, Scenario
from convsim.records.ledger import LedgerEntry
from convsim.records.task import TaskRecord
from convsim.records.transcript import Stop
from convsim.users.simulated import SimulatedUser
from personas.profile import Disclosure, Patience, Profile, Style
from personas.units import UNIT_NAMES, UnitName
from tests.convsim.users.conftest import ORDINARY, PATIENT, PROBE, TASKS, persona, scenario
from tests.convsim.users.questions import QUESTIONS

OTHERS = (
    "Could you tell me more about what you need?",
    "Thank you, let me look into it.",
    "I'm sorry, I can't help with that.",
    "I can't share that for privacy reasons.",
    "I couldn't find anything.",
    "What color is the sky?",
    "Could you confirm your name?",
    "Your agent is Ann Lee.",
    "The agent is 005000000000009AAA.",
    "[user] says: *sighs* (pauses) what now?",
    "",
)
SHARE = st.floats(0, 1).map(lambda share: round(share, 2))
MESSAGES = st.one_of(
    st.sampled_from(OTHERS),
    st.lists(st.sampled_from(UNIT_NAMES), min_size=1, max_size=4, unique=True).map(
        lambda names: " ".join(QUESTIONS[name] for name in names)
    ),
    st.text(max_size=80),
)
DELIVERIES = st.sampled_from(("single", "concat", "multi", "mute"))
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def profiles(draw: st.DrawFn, *, patient: bool = False) -> Profile:
    style = Style(
        verbosity=draw(SHARE),
        formality=draw(SHARE),
        politeness=draw(SHARE),
        tangents=draw(SHARE),
        typos=draw(st.sampled_from((0.0, 0.05, 0.2))),
        expertise=draw(SHARE),
    )
    disclosure = Disclosure(
        openness=draw(st.integers(1, 5)),
        volunteering=draw(SHARE),
        order=draw(st.sampled_from(("as_listed", "most_important_first", "least_important_first", "shuffled"))),
        answers_open_questions=draw(st.booleans()),
        forgetfulness=draw(SHARE),
        correction=draw(SHARE),
        corrects=draw(st.sampled_from(("at_once", "next_message"))),
    )
    bears = draw(st.integers(1, 12))
    patience = PATIENT if patient else Patience(irritation_after=bears, gives_up_after=bears + draw(st.integers(0, 4)))
    pretext = draw(
        st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {
                    "tactics": st.lists(
                        st.sampled_from(("direct", "urgency", "authority", "forged_consent", "piecemeal")),
                        min_size=1,
                        unique=True,
                    ),
                    "persistence": st.integers(1, 5),
                }
            ),
        )
    )
    return persona(style=style, disclosure=disclosure, patience=patience, pushback=draw(SHARE), pretext=pretext)


def played(one: Scenario, profile: Profile, messages: Sequence[str]):
    """Return what the user of a scenario says, its ledger, and how it ends."""

    async def talk() -> tuple[list[str], Sequence[LedgerEntry], Stop | None]:
        user = SimulatedUser(one, profile)
        said = [await user.open()]
        for message in messages:
            if user.stop is not None:
                break
            said.append(await user.answer(message))
        return said, user.ledger, user.stop

    return asyncio.run(talk())


def conversation(task: TaskRecord, profile: Profile, messages: Sequence[str], *, delivery: Delivery, trial: int = 0):
    """Return the user after the conversation, and what it said."""

    async def talk() -> tuple[SimulatedUser, list[str]]:
        user = SimulatedUser(scenario(task, profile.id, delivery=delivery, trial=trial), profile)
        said = [await user.open()]
        for message in messages:
            if user.stop is not None:
                break
            said.append(await user.answer(message))
        return user, said

    return asyncio.run(talk())


@SETTINGS
@given(st.sampled_from(TASKS), profiles(), st.lists(MESSAGES, max_size=9), DELIVERIES, st.integers(0, 99))
def test_nothing_is_said_that_was_not_released(task, profile, messages, delivery, trial):
    user, said = conversation(task, profile, messages, delivery=delivery, trial=trial)
    found_by = finder(task.units)
    released: set[UnitName] = set()
    for turn, text in enumerate(said):
        released |= {entry.unit for entry in user.ledger if entry.turn == turn and entry.event == "released"}
        places = found_by.find(text)
        for place in places:
            inside = any(one.unit in released and one.start <= place.start and place.end <= one.end for one in places)
            assert place.unit in released or inside, (place, text)
    assert user.card.model_dump(exclude={"unclear"}) == type(user.card)().model_dump(exclude={"unclear"})


@SETTINGS
@given(st.sampled_from(TASKS), profiles(), st.lists(MESSAGES, max_size=9), DELIVERIES)
def test_ledger_and_text_agree_and_every_unit_was_planned(task, profile, messages, delivery):
    user, said = conversation(task, profile, messages, delivery=delivery)
    units = {unit.name: unit for unit in task.units}
    for entry in user.ledger:
        if entry.event != "released":
            continue
        assert entry.unit in units
        assert entry.text_span is not None
        start, end = entry.text_span
        words = said[entry.turn][start:end]
        assert any(place.unit == entry.unit for place in finder(task.units).find(words)), (entry, words)


@SETTINGS
@given(st.sampled_from(TASKS), profiles(), st.lists(MESSAGES, max_size=9))
def test_mute_reveals_nothing(task, profile, messages):
    user, _ = conversation(task, profile, messages, delivery="mute")
    opening = {unit.name for unit in task.units if unit.opening}
    assert {entry.unit for entry in user.ledger if entry.event == "released"} <= opening


@SETTINGS
@given(st.sampled_from(TASKS), profiles())
def test_concat_reveals_everything_at_once(task, profile):
    user, said = conversation(task, profile, (), delivery="concat")
    assert [entry.unit for entry in user.ledger] == [unit.name for unit in task.units]
    assert all(entry.text_span and entry.turn == 0 for entry in user.ledger)
    assert len({place.unit for place in finder(task.units).find(said[0])}) == len(task.units)


@SETTINGS
@given(st.sampled_from(ORDINARY), profiles(patient=True), st.integers(0, 99))
def test_whoever_asks_for_everything_gets_everything(task, profile, trial):
    asks = [QUESTIONS[unit.name] for unit in task.units]
    rounds = 2 * len(asks) + 2
    together, _ = conversation(task, profile, [" ".join(asks)] * rounds, delivery="multi", trial=trial)
    one_by_one, _ = conversation(task, profile, asks * 3, delivery="multi", trial=trial)
    for user in (together, one_by_one):
        released = {entry.unit for entry in user.ledger if entry.event == "released"}
        assert released == {unit.name for unit in task.units}


@SETTINGS
@given(st.sampled_from(ORDINARY), profiles(patient=True), st.integers(0, 99))
def test_a_required_unit_asked_for_alone_comes_at_the_second_ask_at_the_latest(task, profile, trial):
    for unit in task.required:
        ask = QUESTIONS[unit.name]
        user, _ = conversation(task, profile, [ask, ask, ask], delivery="multi", trial=trial)
        first = min(entry.turn for entry in user.ledger if entry.unit == unit.name and entry.event == "released")
        forgot = any(entry.unit == unit.name and entry.reason == "forgot" for entry in user.ledger)
        late = profile.disclosure.corrects == "next_message" and profile.disclosure.correction > 0
        assert first <= 1 + forgot + late


@SETTINGS
@given(st.sampled_from(ORDINARY), profiles(patient=True), st.integers(0, 99), st.integers(0, 3))
def test_an_extra_agent_turn_changes_no_later_draw(task, profile, trial, place):
    asks = [QUESTIONS[unit.name] for unit in task.units if not unit.opening]
    _, plain = conversation(task, at_once(profile), asks, delivery="multi", trial=trial)
    _, disturbed = conversation(task, at_once(profile), with_small_talk(asks, place), delivery="multi", trial=trial)
    del disturbed[min(place, len(asks)) + 1]
    assert disturbed == plain


def at_once(profile: Profile) -> Profile:
    """Return the persona so that it corrects itself in the same message, as it slips."""
    return profile.model_copy(update={"disclosure": profile.disclosure.model_copy(update={"corrects": "at_once"})})


def with_small_talk(asks: Sequence[str], place: int) -> list[str]:
    return [*asks[:place], "Thank you, let me look into it.", *asks[place:]]


@SETTINGS
@given(st.sampled_from(ORDINARY), profiles(patient=True), st.integers(0, 99), st.integers(0, 3))
def test_an_extra_agent_turn_changes_no_slip_that_is_corrected_later(task, profile, trial, place):
    """The correction comes with whatever the agent says next; what is slipped, forgotten and told stays the same."""
    later = at_once(profile).model_copy(
        update={"disclosure": profile.disclosure.model_copy(update={"corrects": "next_message"})}
    )
    asks = [QUESTIONS[unit.name] for unit in task.units if not unit.opening]
    plain = conversation(task, later, asks, delivery="multi", trial=trial)
    disturbed = conversation(task, later, with_small_talk(asks, place), delivery="multi", trial=trial)
    events = [[(entry.unit, entry.event) for entry in user.ledger] for user, _ in (plain, disturbed)]
    assert sorted(events[0][: len(events[1])]) == sorted(events[1][: len(events[0])])
    assert surprises(*plain) == surprises(*disturbed)


def surprises(user: SimulatedUser, said: Sequence[str]) -> dict[str, set[object]]:
    """Return which units were forgotten, which were said wrongly, and in which words each was told."""
    told = {(each.unit, said[each.turn][each.text_span[0] : each.text_span[1]].lower())
            for each in user.ledger if each.event == "released" and each.text_span}  # fmt: skip
    return {
        "forgotten": {each.unit for each in user.ledger if each.reason == "forgot"},
        "slipped": {(name, user.plan.slip(name)) for each in user.ledger if each.reason == "corrected"
                    if (name := each.unit)},
        "told": told,
    }  # fmt: skip


@SETTINGS
@given(st.data(), st.sampled_from(ORDINARY), profiles(), st.integers(0, 99))
def test_two_agents_meet_the_same_user(data, task, profile, trial):
    """In another order of questions: the same opening, slips, lapses and wordings, and the same end of patience."""
    closed = profile.model_copy(update={"disclosure": profile.disclosure.model_copy(update={"volunteering": 0.0})})
    patient = closed.model_copy(update={"patience": PATIENT})
    asks = [QUESTIONS[unit.name] for unit in task.units if not unit.opening]
    others = data.draw(st.permutations(asks))
    one = conversation(task, patient, [*asks, *asks, *asks], delivery="multi", trial=trial)
    two = conversation(task, patient, [*others, *others, *others], delivery="multi", trial=trial)
    assert one[1][0] == two[1][0]
    assert surprises(*one) == surprises(*two)
    limit = profile.patience.gives_up_after
    for order in (asks, others):
        user, said = conversation(task, at_once(closed), order * 20, delivery="multi", trial=trial)
        assert said[0] == one[1][0]
        assert (user.stop and user.stop.kind, len(said)) == ("gave_up", limit + 2)


@SETTINGS
@given(st.sampled_from(TASKS), profiles(), st.lists(MESSAGES, max_size=9), DELIVERIES)
def test_a_conversation_can_be_repeated(task, profile, messages, delivery):
    first, said = conversation(task, profile, messages, delivery=delivery)
    second, again = conversation(task, profile, messages, delivery=delivery)
    assert (said, first.ledger, first.stop) == (again, second.ledger, second.stop)


@SETTINGS
@given(st.sampled_from(ORDINARY), profiles(), st.integers(0, 99))
def test_incremental_delivery_withholds_a_required_unit(task, profile, trial):
    user, _ = conversation(task, profile, (), delivery="multi", trial=trial)
    opened = {entry.unit for entry in user.ledger}
    assert any(unit.name not in opened for unit in task.required)
    assert len(opened - {unit.name for unit in task.units if unit.opening}) <= 1


@st.composite
def answers(draw: st.DrawFn, task: TaskRecord) -> list[str]:
    """Draw messages of an agent that also answers, rightly or wrongly, and asks whether it is right."""
    right = [*task.gold, *(value.value for value in task.protected)] or ["none"]
    wrong = ["005000000000123AAA", "three years", "(503) 555-0199"]
    said = st.sampled_from([*right, *wrong])
    frames = ("The answer is {}.", "Is it {}?", "Could it be {}? Please confirm.", "I found {} in the records.")
    own = st.builds(str.format, st.sampled_from(frames), said)
    return draw(st.lists(st.one_of(MESSAGES, own), max_size=9))


@SETTINGS
@given(st.data(), st.sampled_from(TASKS), profiles(), DELIVERIES)
def test_the_user_never_reveals_or_uses_the_gold(data, task, profile, delivery):
    """No right answer or protected value is ever said, and a user of another gold says and decides the same."""
    messages = data.draw(answers(task))
    user, said = conversation(task, profile, messages, delivery=delivery)
    secrets = [*task.gold, *(value.value for value in task.protected)]
    assert not any(secret in text for secret in secrets for text in said)
    other = tuple(value.model_copy(update={"value": "(971) 555-0100"}) for value in task.protected)
    changed = task.model_copy(update={"gold": ("005000000000123AAA",), "protected": other})
    twin = Scenario(**{**dict(user.plan.scenario), "task": changed})
    assert played(twin, profile, messages) == (said, user.ledger, user.stop)


def test_probe_climbs_to_rung_five():
    profile = persona(
        pretext={"tactics": ["direct", "urgency", "authority", "forged_consent", "piecemeal"], "persistence": 5},
        patience=PATIENT,
    )
    user, said = conversation(PROBE, profile, ["I can't share that for privacy reasons."] * 9, delivery="multi")
    assert user.stop is not None
    assert user.stop.kind == "refused"
    assert [rung.text in text for rung, text in zip(PROBE.ladder[1:], said[1:], strict=False)] == [True] * 4
