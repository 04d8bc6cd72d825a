"""A task family in a package of its own: the priority that the fewest cases of a quarter have."""

from convsim.draws import choice
from convsim.errors import UnavailableError
from convsim.records.task import Answer, Requester, TaskRecord, Unit
from convsim.roles import Check, Family

NAME = "rarest_priority"
STARTS = ("01-01", "04-01", "07-01", "10-01")
FORMAT = "Just the name of the priority, please."
COUNTS = (
    "SELECT Priority, COUNT(Id) cases FROM Case "
    "WHERE CreatedDate >= {}T00:00:00Z AND CreatedDate < {}T00:00:00Z GROUP BY Priority"
)


def quarter(year, number):
    """Return a quarter as a unit's value: first day, day after the last."""
    following = f"{year}-{STARTS[number]}" if number < 4 else f"{year + 1}-{STARTS[0]}"
    return f"{year}-{STARTS[number - 1]}/{following}"


class PriorityTask:
    """An instance that can be solved."""

    def __init__(self, record):
        self.record = record

    def solve(self, salesforce, known):
        """Return the answer through the API alone, for these values of the units."""
        start, end = known.get("window", self.assume("window")).split("/")
        rows = salesforce.query(COUNTS.format(start, end))["records"]
        extreme = min if known.get("direction", self.assume("direction")) == "lowest" else max
        number = extreme(row["cases"] for row in rows)
        return tuple(sorted(row["Priority"] for row in rows if row["cases"] == number))

    def assume(self, unit):
        """Return what somebody who does not ask takes for the unit."""
        return {"window": quarter(self.record.today.year - 1, 4), "direction": "highest"}.get(unit)


class Provider:
    """What the entry point names."""

    families = (Family(NAME, "database", ("employee",), ("b2b", "b2c"), 8, "priority that the fewest cases have"),)

    def build(self, family, world, *, seed, count, withheld=False):
        """Return the first instances that have one right answer, and another one for a rival of each value."""
        if withheld:
            raise UnavailableError(f"family '{family}' has no clause to withhold: run it with --policy given")
        salesforce, found, number = world.connect(), [], 0
        while len(found) < count:
            record = self._proved(self._draft(world, salesforce, seed, number), salesforce)
            if record:
                found.append(PriorityTask(record))
            number += 1
        return found

    def restore(self, record):
        """Return the task of a stored record."""
        return PriorityTask(record)

    def check(self, family, world, *, seed, count, withheld=False):
        """Prove the first instances: the solution gives the gold."""
        tasks = self.build(family, world, seed=seed, count=count, withheld=withheld)
        right = sum(task.solve(world.connect(), values(task.record)) == task.record.gold for task in tasks)
        return [Check(family, "reference solution", f"{right} of {len(tasks)}", right == len(tasks))]

    def _draft(self, world, salesforce, seed, number):
        """Return a record whose gold is open. Every draw is a hash of its key: no generator runs from task to task."""
        key = (NAME, world.name, seed, number)
        year = choice(range(world.today.year - 3, world.today.year), *key, "year")
        which = choice(range(1, 5), *key, "quarter")
        (user,) = salesforce.query("SELECT Id, Name FROM User WHERE IsActive = true ORDER BY Id LIMIT 1")["records"]
        window = Unit(
            name="window", value=quarter(year, which), forms=(f"Q{which} {year}", f"quarter {which} of {year}")
        )
        direction = Unit(name="direction", value="lowest", forms=("the lowest number", "the one with the fewest cases"))
        form = Unit(name="answer_format", value=FORMAT, forms=(FORMAT,), need="optional", opening=True)
        return TaskRecord(
            id="-".join(map(str, key)),
            family=NAME,
            skill="database",
            org=world.name,
            requester=Requester(kind="employee", id=user["Id"], name=user["Name"], entitlements=("org",)),
            today=world.today,
            goal="I need to know something about the priorities of our cases.",
            request=f"Which priority did the fewest cases have in {window.forms[0]}? {FORMAT}",
            units=(window, direction, form),
            policy="A case belongs to the quarter in which it was created (CreatedDate, UTC).",
            gold=(),
            answer=Answer(kind="label", labels=("Low", "Medium", "High")),
            metric="exact",
            seed=seed,
        )

    def _proved(self, record, salesforce):
        """Return the record with its gold and a rival for each required unit; None where there is no proof."""
        task, told = PriorityTask(record), values(record)
        gold = task.solve(salesforce, told)
        rivals = {"window": [quarter(record.today.year - 1, each) for each in range(1, 5)], "direction": ["highest"]}
        units = []
        for unit in record.units:
            others = (r for r in rivals.get(unit.name, []) if task.solve(salesforce, {**told, unit.name: r}) != gold)
            units.append(unit.model_copy(update={"rival": next(others, None)}))
        if len(gold) != 1 or any(unit.need == "required" and unit.rival is None for unit in units):
            return None
        return record.model_copy(update={"gold": gold, "units": tuple(units)})


def values(record):
    """Return what each unit says."""
    return {unit.name: unit.value for unit in record.units}


provider = Provider()
