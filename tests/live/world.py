"""What all tests share: one scripted name server, one daemon with two workers, and names nobody asked before."""

import itertools
import socket

from daemon import CLOSED, UPSTREAM, Daemon
from upstream import Upstream


def free_port():
    """A port that is free over UDP and TCP on every loopback address."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("", 0))
            port = udp.getsockname()[1]
            try:
                tcp.bind(("", port))
                return port
            except OSError:
                continue


class World:
    def __init__(self, binary):
        self.binary = binary
        self.numbers = itertools.count(1)
        self.upstream_port = free_port()
        self.upstream = Upstream(UPSTREAM, self.upstream_port)
        self.shared = None

    def name(self, kind):
        """A name of this kind that nobody asked before."""
        return f"{kind}-n{next(self.numbers)}.example."

    def daemon(self, **more):
        """A daemon of the test's own."""
        more.setdefault("port", free_port())
        more.setdefault("upstream_port", self.upstream_port)
        return Daemon(self.binary, **more)

    @property
    def rootwalk(self):
        """The daemon for tests that need nothing special."""
        if self.shared is None:
            self.shared = self.daemon(workers=2)
            self.shared.__enter__()
        return self.shared

    def end(self):
        if self.shared is not None:
            self.shared.__exit__()


__all__ = ["CLOSED", "UPSTREAM", "World", "free_port"]
