"""A good client beside an attack: 100 questions a second over UDP, half of them new, from an address of its own."""

import contextlib
import select
import threading
import time

import dns

EVERY = 0.01      # seconds between two questions
PATIENCE = 2.0    # seconds, after which an answer is lost
KNOWN = 50
SOURCE = "127.0.0.9"


class GoodClient:
    def __init__(self, rootwalk, tag):
        self.rootwalk, self.tag = rootwalk, tag
        self.asked = self.lost = 0
        self.times = []          # seconds until each answer
        self.waiting = {}        # ID: when asked
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def worst(self):
        return max(self.times, default=0)

    def ask(self, sock):
        number = self.asked
        name = f"good-{self.tag}-{number if number % 2 else number % KNOWN}.example."
        self.asked += 1
        self.waiting[number & 0xffff] = time.monotonic()
        sock.send(dns.query(number & 0xffff, name))

    def listen(self, sock):
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                answer = dns.Message(sock.recv(4096))
                began = self.waiting.pop(answer.id, None)
                if began is None:
                    continue
                self.times.append(time.monotonic() - began)
                self.lost += answer.rcode != dns.NOERROR or answer.answers != 1

    def forget(self, now):
        for ident, began in list(self.waiting.items()):
            if now - began > PATIENCE:
                del self.waiting[ident]
                self.lost += 1

    def run(self):
        with self.rootwalk.socket(source=SOURCE) as sock:
            sock.setblocking(False)
            following = time.monotonic()
            while not self.ended.is_set() or self.waiting:
                now = time.monotonic()
                if now >= following and not self.ended.is_set():
                    self.ask(sock)
                    following += EVERY
                    continue
                wait = min(max(following - now, 0), EVERY)
                if select.select([sock], [], [], EVERY if self.ended.is_set() else wait)[0]:
                    self.listen(sock)
                self.forget(now)
