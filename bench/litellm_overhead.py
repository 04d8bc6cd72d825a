"""What our model client costs beyond litellm itself, over loopback HTTP: CPU a call, and wall time of a crowd.

    python bench/litellm_overhead.py [--calls 300]

Bare litellm and our client (translation, retries, pace, account, one AutoGen client per conversation) call the same
server with the same request in turns, in one process. The server is a process of its own; its CPU is told apart.
The request: a system prompt of 8,000 characters, four messages, one tool in half of the rows.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

PROMPT = "Object Case: Id, Subject, Status, Priority, OwnerId -> User, AccountId -> Account, CreatedDate. " * 83
SAID = [("user", "Who closed cases fastest?"), ("assistant", "Which period?"), ("user", "Q2 2024, the lowest.")]
TOOL = {
    "name": "soql",
    "description": "Run a SOQL query on the org and get its rows.",
    "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}
ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1700000000,
    "model": "served-1",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "<respond>Do you mean opened or closed?</respond>"},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 2100, "completion_tokens": 12, "total_tokens": 2112},
}
ROUNDS = 7
AT_ONCE = 8
CROWD = 64
CALLS = 8
LATENCY = 0.2
CPU_LIMIT = 1.25
WALL_LIMIT = 1.15


class Answering(asyncio.Protocol):
    """Answers each POST with the same completion after a while."""

    BODY = json.dumps(ANSWER).encode()
    HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    latency = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, bytearray()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, blank, body = self.buffer.partition(b"\r\n\r\n")
        if not blank:
            return
        lines = bytes(head).lower().split(b"\r\n")
        size = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        if len(body) >= size:
            self.buffer.clear()
            asyncio.get_running_loop().call_later(self.latency, self.transport.write, self.HEAD + self.BODY)


async def serve(latency: float) -> None:
    Answering.latency = latency
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Served:
    """The server's process."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}/v1"

    def cpu(self) -> float:
        """Seconds of CPU so far; from /proc, so on Linux alone."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


@contextmanager
def served(latency: float) -> Iterator[Served]:
    command = [sys.executable, __file__, "--serve", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Served(process, int(process.stdout.readline()))
        finally:
            process.terminate()


Call = Callable[[], Awaitable[Any]]


def bare(name: str, url: str, *, tools: bool, prompt: str = PROMPT) -> Call:
    """A call of litellm with all that ours sends."""
    from convsim.models.loading import litellm

    messages = [{"role": "system", "content": prompt}, *({"role": role, "content": text} for role, text in SAID)]
    given: dict[str, Any] = {"model": name, "messages": messages, "api_base": url, "api_key": "none", "timeout": 120}
    given |= {"tools": [{"type": "function", "function": TOOL}]} if tools else {}
    module = litellm()

    async def call() -> Any:
        return await module.acompletion(max_retries=0, num_retries=0, **given)

    return call


def ours(name: str, url: str, *, tools: bool) -> Call:
    """The same through our client, with a client of its own for each call as for each conversation."""
    from autogen_core.models import AssistantMessage, SystemMessage, UserMessage

    from convsim.models import open_client

    client = open_client(name, base_url=url)
    said = [
        UserMessage(content=text, source="user") if role == "user" else AssistantMessage(content=text, source="agent")
        for role, text in SAID
    ]
    offered: list[Any] = [TOOL] if tools else []

    async def call() -> Any:
        return await client.fork().create([SystemMessage(content=PROMPT), *said], tools=offered)

    return call


async def spent(call: Call, calls: int, at_once: int) -> tuple[float, float]:
    """Return CPU and wall seconds of so many calls."""
    left = iter(range(calls))

    async def caller() -> None:
        for _ in left:
            await call()

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    return time.process_time() - cpu, time.perf_counter() - wall


async def cpu_a_call(name: str, calls: int, *, tools: bool) -> tuple[float, float, float, float]:
    """Return bare and our CPU ms a call (medians), the median of the rounds' ratios, and the server's ms a call."""
    from convsim.models.traffic import Account, Rates, Traffic, flowing

    with served(0.0) as server, flowing(Traffic(Account(), Rates())):
        pair = bare(name, server.url, tools=tools), ours(name, server.url, tools=tools)
        for call in pair:
            await spent(call, 20, AT_ONCE)
        before = server.cpu()
        rounds = [[(await spent(call, calls, AT_ONCE))[0] / calls * 1000 for call in pair] for _ in range(ROUNDS)]
        own = (server.cpu() - before) / (2 * ROUNDS * calls) * 1000
    ratio = statistics.median(mine / theirs for theirs, mine in rounds)
    theirs, mine = (statistics.median(column) for column in zip(*rounds, strict=True))
    return theirs, mine, ratio, own


async def crowd(name: str, conversations: int) -> tuple[float, float, float]:
    """Return wall seconds of conversations with sequential calls of 200 ms: the least possible, bare, ours.

    The least possible is the larger of the ideal without any work and the CPU that bare litellm takes for the calls.
    """
    from convsim.models.traffic import Account, Rates, Traffic, flowing

    found = []
    with served(LATENCY) as server, flowing(Traffic(Account(), Rates())):
        for call in (bare(name, server.url, tools=False), ours(name, server.url, tools=False)):
            await spent(call, CROWD, CROWD)
            found.append(await spent(_eight(call), conversations, CROWD))
    (cpu, theirs), (_, mine) = found
    return max(conversations * CALLS * LATENCY / CROWD, cpu), theirs, mine


def _eight(call: Call) -> Call:
    async def conversation() -> None:
        for _ in range(CALLS):
            await call()

    return conversation


def whole_run(name: str) -> tuple[float, float, int]:
    """Return CPU ms a call of bare litellm and of a whole run (user, agent, org, judge, store), and the run's calls."""
    from convsim.records.episode import AgentConfig
    from convsim.runs.config import LimitConfig, RunConfig
    from convsim.runs.run import prepare

    with served(0.0) as server, tempfile.TemporaryDirectory() as folder:
        config = RunConfig(
            families=("handle_time", "knowledge_qa"),
            per_family=20,
            orgs=("b2b",),
            agents=(AgentConfig(target=name, base_url=server.url),),
            limits=LimitConfig(turns=CALLS),
        )
        run = prepare(config, Path(folder) / "run.sqlite")
        cpu = time.process_time()
        assert run.execute(jobs=AT_ONCE, listener=lambda _: None).complete
        cpu = time.process_time() - cpu
        first = next(iter(run.store.episodes())).transcript
        assert first is not None
        prompt = "\n\n".join(block.text for block in first.prompt)
        calls = run.store.spent().calls
        theirs, _ = asyncio.run(spent(bare(name, server.url, tools=False, prompt=prompt), calls, AT_ONCE))
        return theirs / calls * 1000, cpu / calls * 1000, calls


def row(what: str, theirs: str, mine: str, ratio: float, limit: str, server: str = "") -> None:
    print(f"| {what} | {theirs} | {mine} | {ratio:.2f} | {limit} | {server} |", flush=True)


def measure(calls: int) -> None:
    print("| figure | bare litellm | ours | ratio | limit | server, CPU a call |\n|---|---|---|---|---|---|")
    for name in ("openai/served-1", "hosted_vllm/served-1"):
        provider = name.partition("/")[0]
        for tools in (False, True):
            theirs, mine, ratio, own = asyncio.run(cpu_a_call(name, calls, tools=tools))
            what = f"`{provider}/`, {'one tool' if tools else 'text alone'}, CPU a call"
            row(what, f"{theirs:.2f} ms", f"{mine:.2f} ms", ratio, f"{CPU_LIMIT}", f"{own:.2f} ms")
        least, wall, own_wall = asyncio.run(crowd(name, 2 * CROWD))
        what = f"`{provider}/`, {2 * CROWD} conversations x {CALLS} calls x 200 ms, {CROWD} at once, wall"
        row(what, f"{wall:.2f} s, at least {least:.2f} s", f"{own_wall:.2f} s", own_wall / least, f"{WALL_LIMIT}")
        theirs, mine, number = whole_run(name)
        what = f"`{provider}/`, whole runs (user, org, judge, store), {number} calls, CPU a call"
        row(what, f"{theirs:.2f} ms", f"{mine:.2f} ms", mine / theirs, "reported only")
    print(", ".join(f"{name} {version(name)}" for name in ("litellm", "openai", "aiohttp", "autogen-core")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=300, help="calls in each of the rounds")
    parser.add_argument("--serve", type=float, metavar="SECONDS", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.serve))
    else:
        os.environ.setdefault("OPENAI_API_KEY", "none")
        measure(given.calls)


if __name__ == "__main__":
    main()
