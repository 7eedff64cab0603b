"""The clients: a witness who knows every answer, and a crowd that makes the load."""
import collections
import random
import select
import socket
import struct
import threading
import time

import facts
import moods
import wire
from subject import CROWD, SOURCES, WITNESS, source_of

TOLERATED = 6.0              # seconds: longer than a client has to wait for SERVFAIL
PATIENCE = 12.0              # seconds: what comes before this is late, what does not is lost
PAUSE = (0.05, 0.4)          # seconds between two questions of a witness
KEPT_COMPLAINTS = 40
TYPES = {"A": 70, "AAAA": 18, "TXT": 4, "MX": 3, "NS": 2, "SOA": 1, "HTTPS": 2}


def ask_udp(listener, source, query):
    """The answer's octets; TimeoutError when none comes."""
    family, target, port = listener
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind((source, 0))
        sock.connect((target, port))
        sock.send(query)
        end = time.monotonic() + PATIENCE
        while True:
            sock.settimeout(max(0.001, end - time.monotonic()))
            octets = sock.recv(65535)
            if octets[:2] == query[:2]:
                return octets


def read_exactly(sock, size, end):
    octets = b""
    while len(octets) < size:
        sock.settimeout(max(0.001, end - time.monotonic()))
        part = sock.recv(size - len(octets))
        if not part:
            raise ConnectionResetError("the connection ended before the answer")
        octets += part
    return octets


def ask_tcp(listener, source, query):
    family, target, port = listener
    end = time.monotonic() + PATIENCE
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.bind((source, 0))
        sock.settimeout(PATIENCE)
        sock.connect((target, port))
        sock.sendall(struct.pack(">H", len(query)) + query)
        size, = struct.unpack(">H", read_exactly(sock, 2, end))
        return read_exactly(sock, size, end)


class Witness:
    """Threads that each ask, wait and judge.  `calm` and `rough` count verdicts; `complaints` tells of the bad ones."""

    def __init__(self, shared, seed, listeners, seen):
        self.shared, self.listeners = shared, listeners
        self.seen = seen                # shared: [asked, answered right]
        self.seed = seed
        self.lock = threading.Lock()
        self.verdicts = {"calm": collections.Counter(), "rough": collections.Counter()}
        self.complaints = []
        self.slowest = 0.0

    def count(self, domain, verdict, complaint=None):
        with self.lock:
            self.verdicts[domain][verdict] += 1
            self.seen[0] += 1
            self.seen[1] += verdict == "right"
            if complaint and len(self.complaints) < KEPT_COMPLAINTS:
                self.complaints.append("%s: %s" % (verdict, complaint))

    def excuse(self, zones, began, tcp):
        """Why this question may fail, or None."""
        if self.shared.was_late(began):
            return "the harness was late"
        if not self.shared.is_up(began - 1.0):
            return "rootwalk was away"
        if tcp and self.shared.crowded_until.value + 1.0 > began:
            return "places were flooded"
        for zone in zones:
            if zone.endswith(".calm."):
                continue
            for servers in (facts.servers_of(zone), facts.ROUGH_TOP):
                if not self.shared.must_serve(servers.values(), began):
                    return "the servers of %s" % zone
        return None

    def moods_of(self, zones):
        """For the report: how the zones' servers, and those above, behave now, and for how long the good ones have."""
        now, told = time.monotonic(), []
        for name, servers in [(zone, facts.servers_of(zone)) for zone in zones] + [("rough.", facts.ROUGH_TOP)]:
            told.append("%s %s" % (name, ", ".join(
                moods.name_of(self.shared.mood_of(address)) + (" %.0f s" % (now - since) if since else "")
                for address in servers.values() for since in [self.shared.fine_since[self.shared.hosts[address]]])))
        return "; ".join(told)

    @staticmethod
    def choose(rng):
        domain = rng.choice(("calm", "rough"))
        zone = "c%d.calm." % rng.randrange(facts.CALM_ZONES) if domain == "calm" else \
            "z%d.rough." % rng.randrange(facts.ROUGH_ZONES)
        kind = rng.choices(("h%d" % min(rng.randrange(facts.HOST_NAMES), rng.randrange(facts.HOST_NAMES)),
                            "a%d" % rng.randrange(facts.ALIASES), "big%d" % rng.randrange(facts.BIGS),
                            "none%d" % rng.randrange(1000), "r%x" % rng.getrandbits(40)), (50, 20, 6, 12, 12))[0]
        return domain, "%s.%s" % (kind, zone), rng.choices(("A", "AAAA"), (4, 1))[0]

    def ask(self, rng, index):
        domain, name, rrtype = self.choose(rng)
        spelled = "".join(rng.choice((c, c.upper())) for c in name)
        query = wire.build_query(rng.randrange(65536), spelled, rrtype, size=rng.choice((0, 1232, 4096)))
        listener = rng.choice(self.listeners)
        source = source_of(listener[0], WITNESS, index + 1)
        tcp = rng.random() < 0.3
        rcode, addresses, zones = facts.expect(name, rrtype)
        what = "%s %s over %s at %s" % (name, rrtype, "TCP" if tcp else "UDP", listener[1])
        began = time.monotonic()
        try:
            answer = wire.parse((ask_tcp if tcp else ask_udp)(listener, source, query))
            if answer.truncated and not tcp:
                tcp = True
                answer = wire.parse(ask_tcp(listener, source, query))
        except OSError as error:
            self.judge_silence(domain, what, zones, began, tcp, error)
            return
        except (ValueError, IndexError, struct.error) as error:
            self.count(domain, "wrong", "%s: malformed: %s" % (what, error))
            return
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        if took > TOLERATED:
            self.judge_silence(domain, what, zones, began, tcp, "answered")
            return
        got = {rdata for _, rrtype_got, _, rdata in answer.answer if rrtype_got in ("A", "AAAA")}
        if answer.question != (name, rrtype):
            self.count(domain, "wrong", "%s: the question came back as %s" % (what, answer.question))
        elif answer.rcode == rcode and got == addresses:
            self.count(domain, "right")
        elif answer.rcode == "SERVFAIL" and not got:
            why = self.excuse(zones, began, False)
            self.count(domain, "failed, excused" if why else "failed", None if why else
                       "%s after %.1f s; %s" % (what, time.monotonic() - began, self.moods_of(zones)))
        else:
            self.count(domain, "wrong", "%s: %s %s instead of %s %s" % (what, answer.rcode, sorted(got)[:3], rcode,
                                                                         sorted(addresses)[:3]))

    def judge_silence(self, domain, what, zones, began, tcp, error):
        """Of a server that fails there is an answer all the same; only rootwalk's own absence explains silence."""
        why, verdict = None, "late" if error == "answered" else "lost"
        if not self.shared.is_up(began - 1.0):
            why = "away"
        elif self.shared.was_late(began):
            why = "late"
        elif tcp and self.shared.crowded_until.value + 1.0 > began:
            why = "flooded"
        if self.shared.stop.is_set():
            why = "the end"
        self.count(domain, verdict + ", excused" if why else verdict, None if why else
                   "%s: %s after %.1f s" % (what, error or type(error).__name__, time.monotonic() - began))

    def testify(self, index):
        rng = random.Random("witness%d.%d" % (self.seed, index))
        while not self.shared.stop.is_set():
            if self.shared.is_up(time.monotonic()) and not self.shared.quiet.is_set():
                self.ask(rng, index)
            pause, began = rng.uniform(*PAUSE), time.monotonic()
            time.sleep(pause)
            self.shared.late(time.monotonic() - began - pause)

    def work(self):
        threads = [threading.Thread(target=self.testify, args=(i,)) for i in range(SOURCES[WITNESS])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {"calm": dict(self.verdicts["calm"]), "rough": dict(self.verdicts["rough"]),
                "complaints": self.complaints, "slowest": self.slowest}


# ---- the crowd ----

NAMES, SKEW, RANDOM = 4000, 1.0, 0.25     # of the questions a quarter is for a name nobody ever asked before
LINES = 4                    # of the crowd's addresses ask over TCP


def population(seed):
    """(names, cumulative weights) by Zipf's law."""
    rng = random.Random("population%d" % seed)
    zones = sorted(facts.ZONES)
    names = []
    for _ in range(NAMES):
        zone = rng.choice(zones)
        label = rng.choices(("h%d" % rng.randrange(facts.HOST_NAMES), "a%d" % rng.randrange(facts.ALIASES),
                             "big%d" % rng.randrange(facts.BIGS), "none%d" % rng.randrange(1000)), (60, 22, 3, 15))[0]
        names.append("%s.%s" % (label, zone))
    total, weights = 0.0, []
    for rank in range(1, NAMES + 1):
        total += 1 / rank ** SKEW
        weights.append(total)
    return names, weights


class Line:
    """A TCP connection of the crowd, made anew when it ends."""

    def __init__(self, listener, source):
        self.listener, self.source, self.sock, self.octets = listener, source, None, b""

    def send(self, query):
        try:
            if self.sock is None:
                family, target, port = self.listener
                self.sock = socket.socket(family, socket.SOCK_STREAM)
                self.sock.bind((self.source, 0))
                self.sock.settimeout(0.5)
                self.sock.connect((target, port))
                self.sock.setblocking(False)
                self.octets = b""
            self.sock.send(struct.pack(">H", len(query)) + query)
        except OSError:
            self.end()

    def end(self):
        if self.sock is not None:
            self.sock.close()
        self.sock = None

    def messages(self):
        """Whole answers that have come."""
        try:
            got = self.sock.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self.end()
            return
        self.octets += got
        while len(self.octets) >= 2 and len(self.octets) >= 2 + (size := int.from_bytes(self.octets[:2], "big")):
            yield self.octets[2:2 + size]
            self.octets = self.octets[2 + size:]


class Crowd:
    """`rate` questions a second, a fifth of them over TCP, from many addresses; what comes back is only counted."""

    def __init__(self, shared, seed, listeners, rate):
        self.shared, self.rate = shared, rate
        self.rng = random.Random("crowd%d" % seed)
        self.names, self.weights = population(seed)
        self.kinds, self.kind_weights = list(TYPES), list(TYPES.values())
        self.packets = [self.open_udp(listener, source_of(listener[0], CROWD, i + 1))
                        for i in range(LINES, SOURCES[CROWD]) for listener in listeners]
        self.lines = [Line(listener, source_of(listener[0], CROWD, i + 1)) for i in range(LINES) for listener in listeners]
        self.counts = collections.Counter()

    @staticmethod
    def open_udp(listener, source):
        family, target, port = listener
        sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind((source, 0))
        sock.connect((target, port))
        return sock

    def query(self):
        rng = self.rng
        if rng.random() < RANDOM:
            name = "%x.%s" % (rng.getrandbits(48), rng.choice(self.names).split(".", 1)[1])
        else:
            name = rng.choices(self.names, cum_weights=self.weights)[0]
        rrtype = rng.choices(self.kinds, self.kind_weights)[0]
        return wire.build_query(rng.randrange(65536), name, rrtype, size=rng.choice((0, 1232, 1232, 4096)))

    def send(self, count):
        for _ in range(count):
            self.counts["asked"] += 1
            if self.rng.random() < 0.2:
                self.rng.choice(self.lines).send(self.query())
                continue
            try:
                self.rng.choice(self.packets).send(self.query())
            except OSError:
                self.counts["not sent"] += 1

    def take(self, octets):
        self.counts["answered"] += 1
        if len(octets) >= 12:
            self.counts["rcode %d" % (octets[3] & 15)] += 1
            self.counts["truncated"] += octets[2] >> 1 & 1

    def listen(self, seconds):
        lines = {line.sock: line for line in self.lines if line.sock is not None}
        ready, _, _ = select.select([*self.packets, *lines], [], [], seconds)
        for sock in ready:
            if sock in lines:
                for octets in lines[sock].messages():
                    self.take(octets)
                continue
            for _ in range(64):
                try:
                    self.take(sock.recv(65535))
                except OSError:
                    break

    def work(self):
        owed, last = 0.0, time.monotonic()
        while not self.shared.stop.is_set():
            now = time.monotonic()
            if self.shared.is_up(now) and not self.shared.quiet.is_set():
                owed = min(owed + self.rate * (now - last), self.rate * 0.1)
                self.send(int(owed))
                owed -= int(owed)
            elif self.shared.quiet.is_set():
                for line in self.lines:
                    line.end()
            last = now
            self.listen(0.01)
        return dict(self.counts)


