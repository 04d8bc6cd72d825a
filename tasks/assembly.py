"""From an accepted instance to the record: units with their needs, goal, request, policy, gold."""

from convsim.records.task import TaskRecord, Unit
from personas.units import UnitName
from tasks.catalog import CATALOG
from tasks.ground import Ground
from tasks.plan import Plan
from tasks.selection import Instance


def assemble(plan: Plan, ground: Ground, instance: Instance, *, seed: int) -> tuple[TaskRecord, ...]:
    """Return the records of an instance: one, or for privacy families the probe and its twin."""
    draft, ruling = instance.draft, instance.ruling
    formats = plan.wording.section("answer_format")
    slots = {**plan.spoken(draft), "answer_format": _drawn_format(plan, instance)}
    request = plan.wording.say("requests", slots, *draft.key)
    record = TaskRecord(
        id=f"{plan.name}-{ground.name}-{seed}-{instance.number}{'-withheld' if 'policy' in draft.values else ''}",
        family=plan.name,
        skill=CATALOG[plan.name].skill,
        org=ground.name,
        requester=draft.requester,
        today=draft.today,
        goal=plan.goal(draft),
        request=f"{request} {slots['policy']}" if "policy" in draft.values else request,
        units=(*_units(instance), _format_unit(formats)),
        policy=plan.policy(draft),
        gold=ruling.gold,
        gold_reason=ruling.reason,
        false_premise=not ruling.premise,
        answer=plan.expects(ground),
        metric=plan.metric,
        seed=seed,
    )
    return plan.records(ground, draft, record=record, ruling=ruling)


def _units(instance: Instance) -> tuple[Unit, ...]:
    draft, rivals = instance.draft, instance.proof.rivals
    return tuple(
        Unit(
            name=name,
            value=value,
            forms=draft.forms[name],
            need="required" if name in rivals else "optional",
            rival=rivals.get(name),
        )
        for name, value in draft.values.items()
    )


def _format_unit(formats: tuple[str, ...]) -> Unit:
    name: UnitName = "answer_format"
    return Unit(name=name, value=formats[0], forms=formats, need="optional", opening=True)


def _drawn_format(plan: Plan, instance: Instance) -> str:
    from convsim.draws import choice

    return choice(plan.wording.section("answer_format"), *instance.draft.key, "answer_format")
