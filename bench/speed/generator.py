"""CPU of generating an org and writing its store, each in a process of its own."""

import subprocess
import sys

_CODE = """
import sys, tempfile, time
from pathlib import Path
from convsim.org.generate.build import generate
from convsim.org.generate.schema import schema_of
from convsim.org.store import build_store
start = time.process_time()
org = generate(sys.argv[1], scale=float(sys.argv[2]))
org.content_hash()
with tempfile.TemporaryDirectory() as folder:
    build_store(Path(folder) / "store.sqlite", schema_of(sys.argv[1]), org.rows)
print(time.process_time() - start)
"""


def seconds(org_type: str, scale: float) -> float:
    """Return the CPU seconds."""
    done = subprocess.run(
        [sys.executable, "-c", _CODE, org_type, str(scale)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)
