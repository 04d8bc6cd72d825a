"""The viewer's server."""

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from convsim.errors import ConfigError


def serve(app: Starlette, *, host: str, port: int, told: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `told` hears the address when it answers. Raises ConfigError for one that is taken."""
    listening = _bound(host, port)
    number = listening.getsockname()[1]
    config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
    told(f"http://{f'[{host}]' if ':' in host else host}:{number}/")
    try:
        asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))
    except KeyboardInterrupt:
        return


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        remedy = "choose another --port, or 0 for any that is free"
        raise ConfigError(f"--host {host} --port {port}: {error.strerror or error}; {remedy}") from error
    return listening
