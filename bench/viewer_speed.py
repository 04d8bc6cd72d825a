"""How long the viewer's pages take with many episodes: every page of 300 ms at most.

    python bench/viewer_speed.py [--episodes 10000]

The run is made of real conversations of two agents over all families; from the second trial on they are repeated.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]
LIMIT = 0.3
AGENTS = ("reference", "leaker")


def filled(file: Path, count: int) -> None:
    from convsim.records.episode import AgentConfig, episode_id
    from convsim.runs.config import RunConfig
    from convsim.runs.plan import chosen_families
    from convsim.runs.run import plan_run, prepare
    from convsim.runs.store import transcript_row, verdict_row

    agents = tuple(AgentConfig(target=name) for name in AGENTS)
    config = RunConfig(families=chosen_families(()), per_family=5, orgs=("b2b", "b2c"), agents=agents)
    once = len(plan_run(config))
    config = config.model_copy(update={"trials": -(-count // once)})
    run = prepare(config.model_copy(update={"trials": 1}), file.with_suffix(".once"))
    assert run.execute(jobs=8, listener=lambda _: None).complete
    first = {(each.scenario.task.id, each.scenario.persona, each.agent.target): each for each in run.store.episodes()}
    many = prepare(config, file)
    many.release()
    transcripts, verdicts = [], []
    for scenario in many.plan.scenarios:
        for agent in agents:
            model = first[scenario.task.id, scenario.persona, agent.target]
            key = episode_id(scenario, agent)
            transcripts.append(transcript_row(key, scenario, agent, model.transcript))
            verdicts += [verdict_row(key, many.judge.judge_id, each) for each in model.verdicts]
    for start in range(0, len(transcripts), 500):
        many.store.append(transcripts[start : start + 500], [])
    many.store.append([], verdicts)
    many.store.close()


def main() -> None:
    from starlette.testclient import TestClient

    from convsim.web.app import build_app

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "many.sqlite"
        filled(file, given.episodes)
        app = build_app([str(file)])
        index = app.state.site.runs["many"].index
        began = time.perf_counter()
        index.refresh()
        print(f"{len(index):,} episodes read in {time.perf_counter() - began:.1f} s\n")
        rows, _ = index.find(index_wanted())
        episode, scenario = rows[0].id, rows[0].scenario
        leaked = next(key for key, (_, leak) in index.classes().items() if leak == "full_leak")
        with TestClient(app, base_url="http://localhost") as client:
            time.sleep(1.5)
            pages = ("/many/", "/many/?page=150", "/many/?agent=leaker&leak=full_leak&sort=severity", "/many/?q=case",
                     "/many/?q=select+id&page=20", "/many/?q=%22thank+you%22&family=knowledge_qa", "/many/rows",
                     f"/many/e/{episode}", f"/many/e/{episode}?q=case", f"/many/s/{scenario}", "/many/audit",
                     "/many/audit?page=20", f"/many/audit/{leaked}", "/many/audit.csv")  # fmt: skip
            print("| page | median | worst of 7 | limit |\n|---|---|---|---|")
            for page in pages:
                found = sorted(timed(client, page) for _ in range(7))
                name = page.replace(episode, "EPISODE").replace(leaked, "EPISODE").replace(scenario, "SCENARIO")
                print(f"| {name} | {found[3] * 1000:.0f} ms "
                      f"| {found[-1] * 1000:.0f} ms | {LIMIT * 1000:.0f} ms |")  # fmt: skip


def index_wanted() -> object:
    from convsim.web.index import Wanted

    return Wanted()


def timed(client: object, page: str) -> float:
    began = time.perf_counter()
    answer = client.get(page)
    taken = time.perf_counter() - began
    assert answer.status_code in (200, 286), answer.text[:300]
    return taken


if __name__ == "__main__":
    main()
