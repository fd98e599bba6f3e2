"""A mail server that takes everything and keeps who was told what."""

from __future__ import annotations

import socketserver
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Lock, Thread
from typing import Any


class _Session(socketserver.StreamRequestHandler):
    """Just enough SMTP for one sender."""

    server: Post

    def handle(self) -> None:
        self._say("220 post.invalid")
        while line := self.rfile.readline():
            match line.split(b" ")[0].strip().upper():
                case b"DATA":
                    self._say("354 go on")
                    self._take()
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if line:  # else the sender died half-way: nothing was delivered
            message: Any = message_from_bytes(b"".join(lines), policy=policy.default)
            self.server.keep(message)
            self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Post(socketserver.ThreadingTCPServer):
    """Listens on a loopback port of its own until the program ends."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.messages: list[EmailMessage] = []
        self.port: int = self.server_address[1]
        self._lock = Lock()
        Thread(target=self.serve_forever, daemon=True).start()

    def keep(self, message: EmailMessage) -> None:
        """It was delivered."""
        with self._lock:
            self.messages.append(message)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed is no news."""
