"""An org behind a port: `serve` in the foreground for people, `Server` beside a run for agents that speak HTTP."""

import json
import socket
import ssl
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from convsim.errors import ConfigError, InfrastructureError

if TYPE_CHECKING:
    import uvicorn

    from convsim.org.org import Org

LOOPBACK = "127.0.0.1"
_START_SECONDS = 30.0
_KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than clients keep theirs, so that none meets a closing one."""
_MAX_HEAD = 1_000_000
"""Bytes of a request's first line and headers that reach the API, which refuses far shorter ones by itself."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificate and key of the server, as PEM files."""

    certificate: Path
    key: Path
    ca_file: Path | None = None
    """What clients verify it with; the certificate itself unless given."""

    def check(self) -> None:
        """Raise ConfigError unless both files hold a pair that TLS can use."""
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            found = f"certificate '{self.certificate}' with key '{self.key}' is not usable ({error})"
            raise ConfigError(f"{found}: give PEM files that belong together") from error


class Server:
    """A server in a thread of its own; use it with `with`, or call `start` and `stop`.

    While it runs, `org.address` is its address, so sessions opened meanwhile tell agents where to go.
    """

    def __init__(self, org: "Org", *, host: str = LOOPBACK, port: int = 0, tls: Tls | None = None) -> None:
        if tls is not None:
            tls.check()
        self._org = org
        self._tls = tls
        self._socket = _bound(host, port)
        found = self._socket.getsockname()[1]
        name = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{name}:{found}"
        """Scheme, host and port."""
        self._server = self._uvicorn()
        self._thread = threading.Thread(target=self._run, name="convsim-org-server", daemon=True)
        self._failure: BaseException | None = None

    def _uvicorn(self) -> "uvicorn.Server":
        import uvicorn

        from convsim.org.rest.http import HttpApplication

        config = uvicorn.Config(
            HttpApplication(self._org.api),
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=_MAX_HEAD,
            ssl_certfile=str(self._tls.certificate) if self._tls else None,
            ssl_keyfile=str(self._tls.key) if self._tls else None,
        )
        return uvicorn.Server(config)

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except BaseException as error:  # noqa: BLE001 - carried to whoever waits for the start
            self._failure = error
        finally:
            self._socket.close()

    def start(self) -> Self:
        """Return when the server answers; raises InfrastructureError when it cannot start."""
        self._thread.start()
        waiting = threading.Event()
        for _ in range(int(_START_SECONDS / 0.01)):
            if self._server.started:
                self._org.address = self.url
                return self
            if not self._thread.is_alive():
                break
            waiting.wait(0.01)
        raise InfrastructureError(f"the org server at {self.url} does not start: {self._failure or 'no answer'}")

    def stop(self) -> None:
        """End the server and its thread; what was open is answered first."""
        self.leave()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def leave(self) -> None:
        """Let the server end by itself, which takes a moment; no session is told its address any more."""
        self._server.should_exit = True
        if self._org.address == self.url:
            self._org.address = ""

    def wait(self) -> None:
        """Return when the server has ended or the process is interrupted."""
        while self._thread.is_alive():
            self._thread.join(timeout=0.5)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket at the address; raises ConfigError when it is taken, unknown or out of range."""
    # Only a socket that names its protocol gets TCP_NODELAY from asyncio; without it each answer waits 40 ms.
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except (OSError, OverflowError) as error:
        made.close()
        remedy = "choose another --host or --port (0 takes a free one)"
        raise ConfigError(f"cannot listen on {host}:{port}: {error}; {remedy}") from error
    return made


def serve(org: "Org", *, host: str = LOOPBACK, port: int = 0, tls: Tls | None = None, as_json: bool = False) -> None:
    """Serve until interrupted. The first line on stdout tells how to log in, as JSON or in words."""
    server = Server(org, host=host, port=port, tls=tls).start()
    facts = connection_facts(org, server.url, tls=tls)
    line = json.dumps(facts) if as_json else "  ".join(f"{key} {value}" for key, value in facts.items() if value)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    try:
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()


def connection_facts(org: "Org", url: str, *, tls: Tls | None = None) -> dict[str, str | None]:
    """Return what a client needs: address, user, password, an open session, and the file that verifies the server."""
    ca_file = str((tls.ca_file or tls.certificate).resolve()) if tls else None
    return {
        "url": url,
        "user": org.credentials.user,
        "password": org.credentials.password,
        "session": org.open_admin_session(),
        "ca_file": ca_file,
    }
