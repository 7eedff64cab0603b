"""The practice internet as one process: every server's sockets in one loop, moods that change as a seed says."""
import contextlib
import heapq
import itertools
import random
import selectors
import socket
import struct
import time

import dns
import facts
import moods
import servers

PORT = 53
CONNECTIONS_MAX = 400        # then the oldest is reset
PATIENCE = 0.05              # seconds: a turn of the loop waits no longer
OUTAGE = 4.0                 # seconds in which all of rough is away


class Host:
    """An address, what it serves, its sockets."""

    def __init__(self, internet, address, served):
        self.internet, self.address, self.served = internet, address, served
        self.mood = moods.good
        self.udp = self.tcp = None
        self.open()

    def open(self):
        if self.udp is not None:
            return
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.udp.bind((self.address, PORT))
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.tcp.bind((self.address, PORT))
        self.tcp.listen(64)
        self.internet.watch(self.udp, self.packets_came)
        self.internet.watch(self.tcp, self.connection_came)

    def close(self):
        for sock in (self.udp, self.tcp):
            if sock is not None:
                self.internet.forget(sock)
        self.udp = self.tcp = None

    def behave(self, mood):
        self.mood = mood
        if mood == moods.CLOSED:
            self.close()
        else:
            self.open()
        self.internet.shared.host_is(self.address, mood in moods.FAITHFUL, moods.ALL.index(mood))

    def replies(self, octets, stream):
        """[(delay, octets)] for a query."""
        internet = self.internet
        try:
            message = dns.Message(octets)
        except (ValueError, IndexError, struct.error):
            return []
        if message.name is None:
            return []
        internet.queries += 1
        if self.address == facts.EVIL:
            answer = facts.a_record(message.name, facts.EVIL_ANSWER, 86400)
            return [(0, servers.Reply(answer=[answer]).octets(message, stream))]
        reply = servers.truth(self.served, message.name.lower(), message.type)
        mood = self.mood if self.mood != moods.CLOSED else moods.silent
        return mood(internet.rng, message, reply, stream)

    def packets_came(self):
        for _ in range(64):
            if self.udp is None:        # closed by what was done in the same turn of the loop
                return
            try:
                octets, source = self.udp.recvfrom(4096)
            except OSError:
                return
            for delay, reply in self.replies(octets, False):
                self.internet.after(delay, self.send, reply, source)

    def send(self, octets, source):
        if octets is not None and self.udp is not None:
            with contextlib.suppress(OSError):
                self.udp.sendto(octets, source)

    def connection_came(self):
        if self.tcp is None:
            return
        with contextlib.suppress(OSError):
            sock, _ = self.tcp.accept()
            Connection(self, sock)


class Connection:
    def __init__(self, host, sock):
        self.host, self.sock, self.octets = host, sock, b""
        sock.setblocking(False)
        host.internet.watch(sock, self.octets_came)
        host.internet.connections[self] = None
        if len(host.internet.connections) > CONNECTIONS_MAX:
            next(iter(host.internet.connections)).end()

    def end(self, reset=True):
        if self.sock is None:
            return
        if reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.host.internet.forget(self.sock)
        self.host.internet.connections.pop(self, None)
        self.sock = None

    def octets_came(self):
        if self.sock is None:
            return
        try:
            got = self.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self.end(reset=False)
            return
        self.octets += got
        while len(self.octets) >= 2 and len(self.octets) >= 2 + (size := int.from_bytes(self.octets[:2], "big")):
            query, self.octets = self.octets[2:2 + size], self.octets[2 + size:]
            for delay, reply in self.host.replies(query, True):
                self.host.internet.after(delay, self.send, reply)

    def send(self, octets):
        if self.sock is None:
            return
        if octets is None:
            self.end()
            return
        if self.host.mood is moods.mangling and self.host.internet.rng.random() < 0.2:
            octets = octets[:-1]        # with the size of the whole: the next one begins in the wrong place
        with contextlib.suppress(OSError):
            self.sock.send(struct.pack(">H", len(octets) & 0xffff) + octets)


class Internet:
    """Fields that others read: queries, changes (of moods)."""

    def __init__(self, shared, seed, pace):
        self.shared, self.pace = shared, pace
        self.rng = random.Random("internet%d" % seed)       # replies: depends on what is asked, and when
        self.plan = random.Random("moods%d" % seed)         # moods: the same for every run
        self.selector = selectors.DefaultSelector()
        self.pending, self.numbers = [], itertools.count()
        self.connections = {}
        self.queries = self.changes = 0
        self.hosts = {address: Host(self, address, served) for address, served in servers.duties().items()}
        self.hosts[facts.EVIL] = Host(self, facts.EVIL, [])

    def watch(self, sock, action):
        self.selector.register(sock, selectors.EVENT_READ, action)

    def forget(self, sock):
        self.selector.unregister(sock)
        sock.close()

    def after(self, delay, action, *arguments):
        if delay == 0:
            action(*arguments)
        else:
            heapq.heappush(self.pending, (time.monotonic() + delay, next(self.numbers), action, arguments))

    def behave(self, address, mood):
        self.changes += 1
        self.hosts[address].behave(mood)

    # ---- the plan: each of these does something and asks to be called again ----

    def change_rough(self, address):
        mood = self.plan.choice(moods.FAITHFUL if self.plan.random() < 0.5 else moods.EXCUSING)
        self.behave(address, mood)
        self.after(self.plan.uniform(0.3, 2) * self.pace, self.change_rough, address)

    def change_wild(self, address):
        self.behave(address, self.plan.choice(moods.WILD))
        self.after(self.plan.uniform(0.2, 1) * self.pace, self.change_wild, address)

    def change_one_of(self, addresses):
        """One of them is bad."""
        for address in addresses:
            if self.hosts[address].mood is not moods.good:
                self.behave(address, moods.good)
        self.behave(self.plan.choice(addresses), self.plan.choice(moods.ABOVE))
        self.after(self.plan.uniform(0.5, 2) * self.pace, self.change_one_of, addresses)

    def take_rough_away(self):
        for address in facts.ROUGH_HOSTS:
            self.behave(address, self.plan.choice((moods.silent, moods.CLOSED)))
        self.after(OUTAGE, self.bring_rough_back)

    def bring_rough_back(self):
        for address in facts.ROUGH_HOSTS:
            self.behave(address, moods.good)
        self.after(self.plan.uniform(3, 6) * self.pace, self.take_rough_away)

    def begin(self):
        for address in facts.ROUGH_HOSTS:
            self.after(self.plan.uniform(0.1, 1) * self.pace, self.change_rough, address)
        for address in sorted({*facts.WILD_HOSTS, *facts.WILD_TOP.values()}):
            self.change_wild(address)
        for _, *others in (facts.ROOT.values(), facts.ROUGH_TOP.values()):   # the first is always well
            self.after(self.pace, self.change_one_of, others)
        self.after(4 * self.pace, self.take_rough_away)

    def next_in(self):
        return min(PATIENCE, max(0.0, self.pending[0][0] - time.monotonic())) if self.pending else PATIENCE

    def work(self):
        self.begin()
        woken = time.monotonic()
        while not self.shared.stop.is_set():
            self.shared.late(time.monotonic() - woken - PATIENCE)   # what one turn took, and the wait before it
            woken = time.monotonic()
            for key, _ in self.selector.select(self.next_in()):
                key.data()
            while self.pending and self.pending[0][0] <= time.monotonic():
                _, _, action, arguments = heapq.heappop(self.pending)
                action(*arguments)
        return {"queries": self.queries, "changes": self.changes}
