"""Attacks that need sockets, each against a daemon of its own, with its number and a good client beside it.

tests/attacks/run plays them and puts them into one table with those that are played on the engine. A play returns a
number that must not be above its limit.
"""

import collections
import contextlib
import itertools
import random
import socket
import struct
import time

import dns
from good import SOURCE, GoodClient
from world import free_port

RST = b"\1\0\0\0\0\0\0\0"  # SO_LINGER: on, no time
OPCODE_NOTIFY = 4 << 11


class Stage:
    """What a play works with."""

    def __init__(self, world, rootwalk, long):
        self.world, self.rootwalk, self.upstream, self.long = world, rootwalk, world.upstream, long
        self.took = None     # seconds until an answer, where that matters

    def name(self, kind):
        return self.world.name(kind)


def cpu_ms(process):
    """Of all its threads."""
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 10.0


def exhaust(sock, seconds=0.3):
    """All that comes until nothing does for so long."""
    sock.settimeout(seconds)
    got = []
    with contextlib.suppress(TimeoutError):
        while True:
            got.append(sock.recv(4096))
    return got


# ---- towards servers ----

def collect_ports(stage, tag, count):
    """The source ports of this many queries of one client, which is one worker's."""
    names = [stage.name(tag) for _ in range(count)]
    with stage.rootwalk.socket() as sock:
        for at in range(0, count, 50):
            for i, name in enumerate(names[at:at + 50]):
                sock.send(dns.query(i, name))
            for _ in names[at:at + 50]:
                sock.recv(4096)
    return sorted(port for _, port in stage.upstream.sources_of(tag))


def kolmogorov(a, b):
    """The two-sample statistic of Kolmogorov and Smirnov; above 2.6 by chance once in 380,000."""
    worst = i = j = 0
    while i < len(a) and j < len(b):
        port = min(a[i], b[j])
        while i < len(a) and a[i] == port:
            i += 1
        while j < len(b) and b[j] == port:
            j += 1
        worst = max(worst, abs(i / len(a) - j / len(b)))
    return worst * (len(a) * len(b) / (len(a) + len(b))) ** 0.5


def play_ports(stage):
    samples = [collect_ports(stage, f"port{client}-", 25000 if stage.long else 800) for client in range(8)]
    return max(kolmogorov(a, b) for a, b in itertools.combinations(samples, 2))


def forge(stranger, source, octets):
    """A right answer from a wrong address. True when the kernel took it for somebody."""
    asked = dns.Message(octets)
    forged = dns.query(asked.id, asked.name, flags=dns.QR | dns.AA)
    stranger.connect(source)
    stranger.send(forged[:7] + b"\1" + forged[8:] + dns.record(asked.name, dns.A, 60, b"\6\6\6\6"))
    stranger.settimeout(0.2)
    try:
        stranger.recv(1)
    except ConnectionRefusedError:
        return False
    except TimeoutError:
        pass
    return True


def play_strangers(stage):
    taken = 0
    for _ in range(20):
        name = stage.name("slow-250")
        with stage.rootwalk.socket() as client, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.53.200.66", stage.world.upstream_port))
            client.send(dns.query(3, name))
            taken += forge(stranger, *stage.upstream.wait_for(name))
            taken += b"\6\6\6\6" in client.recv(4096)
    return taken


def play_large_replies(stage):
    wrong, before = 0, len(stage.upstream.connections)
    for _ in range(50):
        began = time.monotonic()
        answer = stage.rootwalk.ask_stream(stage.name("huge"))
        stage.took = time.monotonic() - began
        wrong += answer.rcode != dns.NOERROR or answer.answers != 180
    return wrong + 50 - sum(stage.upstream.connections[before:])


def play_closing(stage):
    names = [stage.name("close") for _ in range(300)]
    lost = 0
    for name in names[:100]:
        lost += stage.rootwalk.ask_stream(name).rcode != dns.NOERROR
    with stage.rootwalk.connect() as sock:
        sock.sendall(b"".join(dns.frame(dns.query(i, name)) for i, name in enumerate(names[100:])))
        for _ in names[100:]:
            lost += dns.Message(dns.read_frame(sock)).rcode != dns.NOERROR
    return lost


def play_own_address(stage):
    """The daemon listens where the glue points, and logs who asks."""
    warm = stage.name("plain")
    assert stage.rootwalk.ask(warm).rcode == dns.NOERROR
    wrong = 0
    for address in (stage.rootwalk.address, "0.0.0.0", "127.53.255.255", "224.0.0.1"):
        name = stage.name("glue-" + address.replace(".", "-"))
        began = time.monotonic()
        wrong += stage.rootwalk.ask(name).rcode != dns.SERVFAIL
        stage.took = time.monotonic() - began
        wrong += sum("query from" in line and name.rstrip(".") in line.lower() for line in
                     stage.rootwalk.log().splitlines()) - 1
    wrong += stage.rootwalk.ask(warm).rcode != dns.NOERROR
    return wrong + len(stage.upstream.sources_of(warm)) - 1


# ---- from clients, over UDP ----

def play_reflection(stage):
    """What the daemon says comes back to it, from where a server might be."""
    with stage.rootwalk.socket() as sock:
        sock.send(dns.query(1, stage.name("plain")))
        sock.send(dns.query(2, stage.name("silent"), flags=0))
        sock.send(struct.pack(">6H", 3, dns.RD, 1, 0, 0, 0) + b"\x3fabc")
        sock.send(struct.pack(">6H", 4, 5 << 11, 0, 0, 0, 0))
        heard = exhaust(sock)
        assert len(heard) == 4, len(heard)
        for octets in heard * 250:
            sock.send(octets)
        return len(exhaust(sock))


def play_notify(stage):
    """NOTIFY from anybody, over both: nothing is forgotten."""
    warm = [stage.name("plain") for _ in range(50)]
    for name in warm:
        stage.rootwalk.ask(name)
    with stage.rootwalk.socket() as sock, stage.rootwalk.connect() as stream:
        for name in warm:
            for zone in (name, "example.", "."):
                notify = dns.query(9, zone, rtype=dns.SOA, flags=OPCODE_NOTIFY | dns.AA)
                sock.send(notify)
                sock.recv(512)
                stream.sendall(dns.frame(notify))
                dns.read_frame(stream)
    for name in warm:
        stage.rootwalk.ask(name)
    return sum(len(stage.upstream.sources_of(name)) - 1 for name in warm)


def play_special_octets(stage):
    """Labels of every octet there is; what the log holds besides text."""
    with stage.rootwalk.socket() as sock:
        for octet in range(256):
            label = bytes([3, octet, 10, octet])
            sock.send(struct.pack(">6H", octet, dns.RD, 1, 0, 0, 0) + label + b"\7example\0" + struct.pack(">2H", 1, 1))
            sock.recv(4096)
    lines = stage.rootwalk.log().split("\n")
    assert sum("query from" in line for line in lines) >= 256
    return sum(not line.isascii() or not line.isprintable() or not line.startswith("20") for line in lines if line)


def play_open_resolver(stage):
    """Two workers, one rate: octets out for each octet in, after the first second."""
    name, sources = stage.name("wide"), [f"127.0.1.{i}" for i in range(1, 41)]
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(stage.rootwalk.socket(source)) for source in sources]
        stage.rootwalk.ask_stream(name)
        query = dns.query(1, name, edns=1232)
        flood(socks, query, 1.0)
        for sock in socks:
            exhaust(sock, 0.005)
        sent = flood(socks, query, 2.0)
        out = sum(len(octets) for sock in socks for octets in exhaust(sock, 0.01))
        with stage.rootwalk.connect(sources[0]) as stream:  # TCP is never held back
            stream.sendall(dns.frame(query) * 50)
            assert all(dns.Message(dns.read_frame(stream)).answers == 60 for _ in range(50))
    return out / (sent * len(query))


def flood(socks, query, seconds):
    """About 5,000 a second; how many."""
    sent, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for sock in socks:
            sock.send(query)
        sent += len(socks)
        time.sleep(0.008)
    return sent


def play_cache_full(stage):
    """Random names until the cache is at its limit; resident memory by that limit."""
    seconds, limit, worst = 3600 if stage.long else 8, 16 << 20, 0.0
    end = time.monotonic() + seconds
    with stage.rootwalk.socket() as sock:
        sock.settimeout(0.5)
        for number in itertools.count():
            if time.monotonic() > end:
                return worst
            for i in range(40):
                sock.send(dns.query(i, f"huge{number}-{i}-{random.getrandbits(100)}.example."))
            with contextlib.suppress(TimeoutError):
                for _ in range(40):
                    sock.recv(4096)
            worst = max(worst, stage.rootwalk.resident() / limit)
    return worst


# ---- from clients, over TCP ----

def addresses(count, each):
    """Source addresses, each this many times."""
    return (f"127.{1 + i // each // 64516}.{i // each // 254 % 254}.{1 + i // each % 254}" for i in range(count))


def play_idle(stage):
    """Connections that say nothing, 20,000 of them; a good client comes over TCP now and then."""
    held, refused, slowest = collections.deque(), 0, 0.0
    warm = stage.name("plain")
    for number, source in enumerate(addresses(20000, 32)):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.bind((source, 0))
        with contextlib.suppress(OSError):
            sock.settimeout(5)
            sock.connect((stage.rootwalk.address, stage.rootwalk.port))
        held.append(sock)
        if len(held) > 4000:
            held.popleft().close()
        if number % 500 == 499:
            began = time.monotonic()
            try:
                refused += stage.rootwalk.ask_stream(warm).rcode != dns.NOERROR
            except (OSError, TypeError):
                refused += 1
            slowest = max(slowest, time.monotonic() - began)
    for sock in held:
        sock.close()
    stage.took = slowest
    return refused


def play_never_reads(stage):
    """Questions in one go on one connection, no answer is read: how many MB grow in the daemon until it is ended."""
    name = stage.name("big")
    stage.rootwalk.ask_stream(name)
    before, most = stage.rootwalk.resident(), 0
    with stage.rootwalk.connect() as sock:
        sock.settimeout(0.2)
        batch, left = dns.frame(dns.query(1, name)) * 1000, 1000
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            end = time.monotonic() + 20
            while left > 0:
                assert time.monotonic() < end, "the connection is still open"
                with contextlib.suppress(TimeoutError):
                    sock.sendall(batch)
                    left -= 1
                most = max(most, stage.rootwalk.resident() - before)
    return most / (1 << 20)


def play_many_never_read(stage):
    """Four hundred connections, each with a hundred questions in flight whose answers of 3,000 octets come later."""
    names = [stage.name("late") for _ in range(100)]
    batch = b"".join(dns.frame(dns.query(1, name)) for name in names)
    before, most, held = stage.rootwalk.resident(), 0, []
    for source in addresses(400, 30):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.bind((source, 0))
        sock.connect((stage.rootwalk.address, stage.rootwalk.port))
        with contextlib.suppress(OSError):
            sock.sendall(batch)
        held.append(sock)
    end = time.monotonic() + 4
    while time.monotonic() < end:
        most = max(most, stage.rootwalk.resident() - before)
        time.sleep(0.02)
    for sock in held:
        sock.close()
    return most / (1 << 20)


def play_slow_loris(stage):
    """A thousand connections on which an octet comes each second: how many live longer than 5 s."""
    octets = dns.frame(dns.query(1, stage.name("plain")))
    live = []
    for source in addresses(1000, 32):
        sock = socket.create_connection((stage.rootwalk.address, stage.rootwalk.port), 5, (source, 0))
        live.append(sock)
    for second in range(6):
        left = []
        for sock in live:
            sock.settimeout(0)
            try:
                sock.send(octets[second:second + 1])
                if sock.recv(1) == b"":
                    raise ConnectionResetError
            except BlockingIOError:
                left.append(sock)
            except OSError:
                sock.close()
        live = left
        time.sleep(1)
    for sock in live:
        sock.close()
    return len(live)


def play_gone(stage):
    """Clients that ask and go: how many of their 32 places are not free a second after the last one left."""
    warm = stage.name("plain")
    stage.rootwalk.ask(warm)
    silent = [stage.name("silent") for _ in range(50)] # more would be held back by the quota of their zone
    for number in range(100000 if stage.long else 3000):
        with contextlib.suppress(OSError), stage.rootwalk.connect() as sock:
            sock.sendall(dns.frame(dns.query(1, silent[number % 50])))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
    time.sleep(1)
    taken = 0
    with contextlib.ExitStack() as stack:
        for _ in range(32):
            sock = stack.enter_context(stage.rootwalk.connect())
            try:
                sock.sendall(dns.frame(dns.query(1, warm)))
                taken += dns.read_frame(sock) is None
            except OSError:
                taken += 1
    return taken


Attack = collections.namedtuple("Attack", "row name play what limit settings", defaults=({},))

EXEMPT = {"rate": {"limit": "true", "exempt": f"[{SOURCE}/32]"}}
LOGGED = {"log": {"queries": "true"}}
OWN = "127.53.200.77"

ATTACKS = [
    Attack(3, "ports of two workers, mapped", play_ports, "Kolmogorov's distance of any two of 8 clients' ports", 2.6,
           {"workers": 2}),
    Attack(4, "SAD DNS: right replies from strangers", play_strangers, "packets that a stranger got in, of 20", 0),
    Attack(5, "replies of 3,000 octets over UDP", play_large_replies, "of 50 not asked again over TCP", 0),
    Attack(22, "all 256 octets in names", play_special_octets, "lines of the log with raw octets in them", 0,
           {"sections": LOGGED}),
    Attack(27, "NOTIFY from anybody", play_notify, "names forgotten, of 50", 0),
    Attack(44, "an open resolver of two workers", play_open_resolver, "octets out for each octet in", 1,
           {"workers": 2, "sections": EXEMPT}),
    Attack(45, "our own answers come back", play_reflection, "answers to 1,000 answers", 0),
    Attack(47, "glue that is our own address", play_own_address, "queries to ourselves, names forgotten", 0,
           {"listen": (OWN,), "sections": LOGGED}),
    Attack(61, "a full cache of 16 MB", play_cache_full, "resident memory by the limit", 1.15,
           {"sections": {"cache": {"size": "16M"}}}),
    Attack(69, "20,000 idle connections", play_idle, "good TCP clients not served, of 40", 0),
    Attack(70, "10^6 questions, no answer read", play_never_reads, "MB that the daemon grows", 8),
    Attack(70, "400 readers that never read", play_many_never_read, "MB that the daemon grows", 64),
    Attack(71, "slow loris on 1,000 connections", play_slow_loris, "connections that live longer than 5 s", 0),
    Attack(75, "3,000 streams opened and left", play_gone, "places not free after a second, of 32", 0),
    Attack(76, "every TCP connection to a server closed", play_closing, "queries lost, of 300", 0),
]


def daemon_for(world, attack):
    settings = dict(attack.settings)
    if OWN in settings.get("listen", ()):
        settings["port"] = world.upstream_port
    return world.daemon(**settings)


def play(world, attack, long):
    """The attack as a row of the table."""
    with daemon_for(world, attack) as rootwalk:
        stage = Stage(world, rootwalk, long)
        rootwalk.ask(world.name("plain"))
        cpu, memory = cpu_ms(rootwalk.process), rootwalk.resident()
        sent, queries = world.upstream.sent, len(world.upstream.udp_queries)
        with GoodClient(rootwalk, f"r{attack.row}-{rootwalk.port}") as good:
            began = time.monotonic()
            value = attack.play(stage)
            time.sleep(max(0.0, began + 1 - time.monotonic()))
            cpu = cpu_ms(rootwalk.process) - cpu
            memory = rootwalk.resident() - memory
        asked = sum(not name.startswith("good-") for name, _, _ in world.upstream.udp_queries[queries:])
        holds = value <= attack.limit and good.lost == 0
        return {"row": attack.row, "attack": attack.name, "queries": asked, "octets": world.upstream.sent - sent,
                "cpu": cpu, "memory": memory >> 10, "took": None if stage.took is None else stage.took * 1000,
                "lost": good.lost, "good": good.asked, "worst": good.worst() * 1000, "what": attack.what,
                "value": value, "limit": attack.limit, "holds": holds}
