"""A scripted name server: the root of a world in which it serves every name itself.

The first label of a name says how it behaves:

    slow-MS-...     answers after so many milliseconds
    silent-...      never answers
    big-...         100 addresses: truncated over UDP, whole over TCP
    once-...        truncated over UDP; over TCP a connection answers one query and ends when a second comes
    close-...       truncated over UDP; over TCP a connection ends after each answer
    wide-...        60 addresses, which fit into a UDP reply
    huge-...        180 addresses, 3,000 octets, over UDP too
    late-...        180 addresses: truncated over UDP, whole over TCP after 300 ms
    chatty-...      truncated over UDP; over TCP the answer, and then a thousand messages that nobody asked for
    glue-A-B-C-D-.. a referral to a server at this address, for the name and all below it
    anything else   one address, 192.0.2.1

It remembers who asked: the source of every UDP query and how many queries each TCP connection carried.
"""

import contextlib
import socket
import struct
import threading
import time

import dns

ADDRESSES = {"big": 100, "wide": 60, "huge": 180, "late": 180}
TTL = 3600


class Upstream:
    def __init__(self, address, port):
        self.address, self.port = address, port
        self.udp_queries = []    # (name in lower case, source address and port, octets)
        self.connections = []    # queries of each TCP connection
        self.talked = 0          # messages of the last that was chatty
        self.lock = threading.Lock()
        self.sent = 0            # octets of replies, but for the names that begin with "good"
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.udp.bind((address, port))
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.tcp.bind((address, port))
        self.tcp.listen(128)
        for target in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=target, daemon=True).start()

    def answer(self, message, stream):
        """The reply's octets, cut as the transport demands."""
        kind = message.name.lower().split("-")[0]
        edns = message.additional > 0
        flags = dns.QR | dns.AA | (message.flags & dns.RD)
        answers, authority, glue = [], [], []
        if message.type == dns.NS and message.name == ".":
            answers.append(dns.record(".", dns.NS, TTL, dns.name_to_wire("a.root-servers.test.")))
            glue.append(dns.record("a.root-servers.test.", dns.A, TTL, socket.inet_aton(self.address)))
        elif message.type == dns.A and message.name.lower() == "a.root-servers.test.":
            answers.append(dns.record(message.name, dns.A, TTL, socket.inet_aton(self.address)))
        elif kind == "glue":
            flags &= ~dns.AA
            authority.append(dns.record(message.name, dns.NS, TTL, dns.name_to_wire("ns." + message.name)))
            glue.append(dns.record("ns." + message.name, dns.A, TTL, socket.inet_aton(self.glue_of(message.name))))
        elif message.type == dns.A and message.name.count(".") > 1:
            for i in range(ADDRESSES.get(kind, 1)):
                answers.append(dns.record(message.name, dns.A, TTL, bytes([192, 0, 2, i + 1])))
        else:
            soa = dns.name_to_wire("a.root-servers.test.") + dns.name_to_wire("nobody.test.")
            authority.append(dns.record(".", dns.SOA, 60, soa + struct.pack(">5I", 1, 3600, 600, 86400, 60)))
        if not stream and answers and kind in ("big", "once", "close", "late", "chatty"):
            flags, answers = flags | dns.TC, []
        if edns:
            glue.append(b"\0" + struct.pack(">HHIH", dns.OPT, 1232, 0, 0))
        head = struct.pack(">6H", message.id, flags, 1, len(answers), len(authority), len(glue))
        reply = head + message.question + b"".join(answers + authority + glue)
        self.sent += 0 if kind == "good" else len(reply)
        return reply

    @staticmethod
    def glue_of(name):
        """glue-127-53-200-77-n1.example. says 127.53.200.77."""
        return ".".join(name.split("-")[1:5])

    @staticmethod
    def delay(message, stream):
        """Seconds until the answer; None: never."""
        parts = message.name.lower().split("-")
        if parts[0] == "silent":
            return None
        if message.name.count(".") < 2:
            return 0
        return {"slow": lambda: int(parts[1]) / 1000, "late": lambda: 0.3 if stream else 0}.get(parts[0], lambda: 0)()

    @staticmethod
    def later(delay, send, *arguments):
        if delay == 0:
            send(*arguments)
        elif delay is not None:
            timer = threading.Timer(delay, send, arguments)
            timer.daemon = True
            timer.start()

    def serve_udp(self):
        while True:
            octets, source = self.udp.recvfrom(4096)
            message = dns.Message(octets)
            self.udp_queries.append((message.name.lower(), source, octets))
            self.later(self.delay(message, False), self.udp.sendto, self.answer(message, False), source)

    def serve_tcp(self):
        while True:
            connection, _ = self.tcp.accept()
            threading.Thread(target=self.serve_connection, args=(connection,), daemon=True).start()

    def talk(self, connection):
        self.talked = 0
        for _ in range(1000):
            connection.sendall(dns.frame(bytes(500)))
            self.talked += 1
            time.sleep(0.001)

    def serve_connection(self, connection):
        with self.lock:
            index = len(self.connections)
            self.connections.append(0)
        with connection, contextlib.suppress(OSError):
            while (octets := dns.read_frame(connection)) is not None:
                message = dns.Message(octets)
                self.connections[index] += 1
                if message.name.lower().startswith("once-") and self.connections[index] > 1:
                    return
                self.later(self.delay(message, True), connection.sendall, dns.frame(self.answer(message, True)))
                if message.name.lower().startswith("close-"):
                    return
                if message.name.lower().startswith("chatty-"):
                    self.talk(connection)

    def sources_of(self, prefix):
        """Where the queries for names that begin so came from."""
        return [source for name, source, _ in list(self.udp_queries) if name.startswith(prefix)]

    def names_of(self, prefix):
        """The different names that begin so and were asked for."""
        return {name for name, _, _ in list(self.udp_queries) if name.startswith(prefix)}

    def wait_for(self, prefix, seconds=5):
        """The first query for such a name: its source and octets."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name, source, octets in list(self.udp_queries):
                if name.startswith(prefix):
                    return source, octets
            time.sleep(0.01)
        raise AssertionError(f"no query for {prefix} came to the server")
