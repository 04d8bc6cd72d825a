"""The speed of the org, each figure in the same run as its limit (two cores are enough; nothing else should run).

python bench/org_speed.py              all
python bench/org_speed.py ratios       one part: ratios, contacts, threads, sessions, generator
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

Line = tuple[str, float, float, str]
"""What, ours, limit, unit; ours should be at most the limit unless the unit begins with 'at least'."""


def ratios() -> Iterator[Line]:
    from speed.ratios import measured, summary

    from convsim.org.bundle import generated_bundle

    rows = measured(generated_bundle("b2b"))
    print(f"{'us ours':>9} {'us limit':>9} {'ratio':>6} {'us cold':>8} {'rows':>5}  query")
    for row in rows:
        print(f"{row.ours:9.1f} {row.limit:9.1f} {row.ratio:6.2f} {row.cold:8.0f} {row.rows:5d}  {row.text[:110]}")
    found = summary(rows)
    yield f"median ratio of {len(rows)} queries, warm", found["median"], 2.0, "x"
    yield "worst ratio, warm", found["worst"], 4.0, "x"
    yield "median cold cost", found["cold"] / 1000, 0.4, "ms"
    yield "worst cold cost", found["cold_worst"] / 1000, 0.4, "ms"


def contacts() -> Iterator[Line]:
    from speed.contacts import measured

    for name, engine, client in measured():
        yield f"10,000 contacts, {name}, engine", engine, 10.0, "ms"
        print(f"{client:9.3f} ms  10,000 contacts, {name}, through simple_salesforce in the process")


def threads() -> Iterator[Line]:
    from speed.crowd import processes_ratio, threads_ratio

    clock, cpu = processes_ratio(2)
    yield "8 threads against 1, same answers, throughput", threads_ratio(8), 0.9, "at least x"
    yield "2 processes against 1, throughput by the clock (needs two free cores)", clock, 1.7, "at least x"
    yield "2 processes against 1, throughput by the CPU spent", cpu, 1.7, "at least x"


def sessions() -> Iterator[Line]:
    from speed.crowd import session_bytes

    yield "memory of a session", session_bytes() / 1000, 100.0, "kB"


def generator() -> Iterator[Line]:
    from speed.generator import seconds

    one = {name: seconds(name, 1.0) for name in ("b2b", "b2c")}
    yield "CPU of both default orgs", sum(one.values()), 12.0, "s"
    yield "scale 10 against scale 1 (b2b)", seconds("b2b", 10.0) / one["b2b"], 11.0, "x"


PARTS: dict[str, Callable[[], Iterator[Line]]] = {
    each.__name__: each for each in (ratios, contacts, threads, sessions, generator)
}


def main(names: list[str]) -> int:
    missed = 0
    lines = [line for name in names or PARTS for line in PARTS[name]()]
    print(f"\n{'ours':>9} {'limit':>9} {'ratio':>6}")
    for what, ours, limit, unit in lines:
        good = ours >= limit if unit.startswith("at least") else ours <= limit
        missed += not good
        print(f"{ours:9.3f} {limit:9.3f} {ours / limit:6.2f}  {'      ' if good else 'MISSED'} {what} ({unit})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
