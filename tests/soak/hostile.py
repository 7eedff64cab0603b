"""Clients that mean no good: mutated and random packets on every listener, and every bad manner of TCP."""
import collections
import contextlib
import random
import select
import socket
import struct
import time

import facts
import wire
from mutate import mutated, rubbish
from subject import HOSTILE, SOURCES, source_of

RESET = struct.pack("ii", 1, 0)
FLOOD_EVERY, FLOOD_SECONDS = 20.0, 3.0
HELD = 120                   # connections at most, when not flooding


def some_query(rng):
    zone = rng.choice(sorted(facts.ZONES))
    name = "%s.%s" % (rng.choice(("h%d" % rng.randrange(400), "big1", "a3", "%x" % rng.getrandbits(32))), zone)
    return wire.build_query(rng.randrange(65536), name, rng.choice(("A", "AAAA", "TXT", "ANY", "TYPE252", "TYPE41", "TYPE0")),
                            size=rng.choice((0, 1, 512, 1232, 65535)))


def frame(message, size=None):
    return struct.pack(">H", (len(message) if size is None else size) & 0xffff) + message


class Held:
    """A connection that is kept for a while, and what is still to be sent on it, some octets at a time."""

    def __init__(self, sock, until, octets=b"", step=1, reads=False, reset=False):
        self.sock, self.until, self.octets, self.step, self.reads, self.reset = sock, until, octets, step, reads, reset


class Hostile:
    def __init__(self, shared, seed, listeners, rate):
        self.shared, self.listeners, self.rate = shared, listeners, rate
        self.rng = random.Random("hostile%d" % seed)
        self.packets = []
        for family, target, port in listeners:
            for index in range(4):
                sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
                sock.bind((source_of(family, HOSTILE, index + 1), 0))
                sock.connect((target, port))
                self.packets.append(sock)
        self.stray = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.held = []
        self.flood_at = time.monotonic() + 5
        self.flooding_until = 0.0
        self.counts = collections.Counter()
        self.manners = [self.slowly, self.never_reading, self.resetting, self.half_a_message, self.silent, self.lying_size,
                        self.mutated_frames, self.half_closing, self.many_at_once]

    # ---- UDP ----

    def throw_packet(self):
        rng = self.rng
        octets = mutated(rng, some_query(rng)) if rng.random() < 0.8 else rubbish(rng)
        self.counts["packets"] += 1
        with contextlib.suppress(OSError):
            if rng.random() < 0.1:      # where replies from servers are awaited
                self.stray.sendto(octets, (rng.choice(("127.0.0.1", "127.53.3.1")), rng.randrange(1024, 65536)))
            else:
                rng.choice(self.packets).send(octets)

    # ---- TCP ----

    def connect(self):
        family, target, port = self.rng.choice(self.listeners)
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.bind((source_of(family, HOSTILE, self.rng.randrange(SOURCES[HOSTILE]) + 1), 0))
            sock.settimeout(0.3)
            sock.connect((target, port))
            sock.setblocking(False)
            self.counts["connections"] += 1
            return sock
        except OSError:
            sock.close()
            return None

    def hold(self, sock, seconds, **more):
        self.held.append(Held(sock, time.monotonic() + seconds, **more))

    def slowly(self, sock):
        self.hold(sock, 8, octets=frame(some_query(self.rng)) * 3)

    def never_reading(self, sock):
        big = frame(wire.build_query(7, "big1.c1.calm.", "A", size=0))
        self.hold(sock, 12, octets=big * 3000, step=20000)

    def resetting(self, sock):
        with contextlib.suppress(OSError):
            sock.send(frame(some_query(self.rng)) * self.rng.choice((1, 5, 50)))
        self.hold(sock, self.rng.choice((0, 0, 0.01, 0.3)), reset=True)

    def half_a_message(self, sock):
        octets = frame(some_query(self.rng))
        with contextlib.suppress(OSError):
            sock.send(octets[:self.rng.randrange(len(octets))])
        self.hold(sock, 5, reads=True)

    def silent(self, sock):
        self.hold(sock, 15, reads=True)

    def lying_size(self, sock):
        with contextlib.suppress(OSError):
            sock.send(frame(some_query(self.rng), self.rng.choice((0, 1, 5, 11, 12, 300, 65535))) * 2)
        self.hold(sock, 4, reads=True)

    def mutated_frames(self, sock):
        with contextlib.suppress(OSError):
            for _ in range(self.rng.randrange(1, 20)):
                sock.send(frame(mutated(self.rng, some_query(self.rng))))
        self.hold(sock, 1, reads=True)

    def half_closing(self, sock):
        with contextlib.suppress(OSError):
            sock.send(frame(some_query(self.rng)) * 10)
            sock.shutdown(socket.SHUT_WR)
        self.hold(sock, 6, reads=True)

    def many_at_once(self, sock):
        with contextlib.suppress(OSError):
            sock.send(b"".join(frame(some_query(self.rng)) for _ in range(300)))
        self.hold(sock, 3, reads=True)

    # ---- what goes on ----

    def go_on(self, held):
        """Sends and reads what the connection is about; False when it is over."""
        try:
            if held.octets:
                held.octets = held.octets[held.sock.send(held.octets[:held.step]):]
            if held.reads and held.sock.recv(65536) == b"":
                return False
        except BlockingIOError:
            pass
        except OSError:
            return False
        return time.monotonic() < held.until

    def drop(self, held):
        if held.reset:
            with contextlib.suppress(OSError):
                held.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        held.sock.close()

    def flood(self, now):
        """Takes more places than there are, for a while."""
        if now >= self.flood_at:
            self.flood_at, self.flooding_until = now + FLOOD_EVERY, now + FLOOD_SECONDS
            self.counts["floods"] += 1
        if now < self.flooding_until:
            self.shared.crowded_until.value = self.flooding_until + 1.0
            for _ in range(20):
                sock = self.connect()
                if sock is not None:
                    self.hold(sock, self.flooding_until - now, reads=self.rng.random() < 0.5)

    def turn(self, seconds):
        now = time.monotonic()
        for _ in range(max(1, int(self.rate * seconds))):
            self.throw_packet()
        if len(self.held) < HELD and self.rng.random() < 0.8:
            sock = self.connect()
            if sock is not None:
                self.rng.choice(self.manners)(sock)
        self.flood(now)
        going = []
        for held in self.held:
            if self.go_on(held):
                going.append(held)
            else:
                self.drop(held)
        self.held = going
        ready, _, _ = select.select(self.packets, [], [], 0)
        for sock in ready:
            for _ in range(32):
                try:
                    sock.recv(65535)
                    self.counts["answers"] += 1
                except OSError:
                    break

    def work(self):
        while not self.shared.stop.is_set():
            time.sleep(0.03)
            if self.shared.quiet.is_set():
                for held in self.held:
                    self.drop(held)
                self.held = []
            elif self.shared.is_up(time.monotonic()):
                self.turn(0.03)
        for held in self.held:
            self.drop(held)
        return dict(self.counts)
