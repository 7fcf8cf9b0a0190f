"""Echo server on websockets, after the first example of its documentation."""

import argparse
import asyncio
import collections
import importlib.metadata
import json
import logging
import os
import sys
import threading

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
BACKLOG = 4096


def print_line(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def answer_commands():
    for command in sys.stdin:
        command = command.strip()
        if command in ("count on", "count off"):
            print_line(event="counting", on=command == "count on")
        elif command == "stats":
            # CPython has no counter that covers all of its allocators.
            print_line(
                event="stats",
                allocations=None,
                reallocations=None,
                frees=None,
                allocated_bytes=None,
                live_bytes=None,
                peak_live_bytes=None,
            )
        else:
            print_line(event="error", message=f"unknown command: {command}")
    os._exit(0)


async def main(arguments):
    host, _, port = arguments.listen.rpartition(":")
    settings = {
        "max_size": MAX_MESSAGE_BYTES,
        "compression": "deflate" if arguments.variant == "compressed" else None,
    }

    async def echo(websocket):
        kept = collections.deque(maxlen=arguments.keep) if arguments.keep else None
        try:
            async for message in websocket:
                await websocket.send(message)
                if kept is not None:
                    kept.append(message)
        except ConnectionClosed:
            # A connection's failure ends that connection; nothing is logged.
            pass

    logging.getLogger("websockets").addHandler(logging.NullHandler())
    async with serve(
        echo,
        host.strip("[]"),
        int(port),
        **settings,
        backlog=BACKLOG,
    ) as server:
        address, port = server.sockets[0].getsockname()[:2]
        threading.Thread(target=answer_commands, name="control", daemon=True).start()
        print_line(
            event="ready",
            address=f"[{address}]:{port}" if ":" in address else f"{address}:{port}",
            protocol="websocket",
            library="websockets",
            version=importlib.metadata.version("websockets"),
            runtime="asyncio",
            variant=arguments.variant,
            threads=1,
            keep=arguments.keep,
            options=[
                {"name": name, "value": str(value)} for name, value in settings.items()
            ],
        )
        await server.serve_forever()


parser = argparse.ArgumentParser(prog="echo-python-websockets")
parser.add_argument("--listen", default="127.0.0.1:0")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--variant", choices=["default", "compressed"], default="default")
parser.add_argument("--keep", type=int, default=0)
asyncio.run(main(parser.parse_args()))
