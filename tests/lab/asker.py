"""Asks a resolver many questions over UDP, a bounded number at a time.

    replies = asker.ask("127.0.1.1", 53, [("www.example.", "A"), ...])
    replies[question] -> wire.Message, or a text that says what went wrong

Why a bound for each source address: a resolver may limit how many waiting
questions one client has, and a client that floods measures only its own
losses.  A question without a reply is sent again; a truncated answer is asked
again over TCP.  IDs are unique among the outstanding questions of a socket,
and a reply must repeat the question.
"""
import collections
import select
import socket
import struct
import time

import wire

OUTSTANDING = 48        # for each source address
TIMEOUT = 3.0           # seconds before a question is sent again
TRIES = 8               # 24 s: longer than any resolver works on a question


class Flight:
    """A question on its way."""
    __slots__ = ("question", "identity", "sent", "tries", "octets")

    def __init__(self, question, identity, dnssec):
        self.question = question
        self.identity = identity
        self.tries = 0
        self.octets = wire.build_query(identity, question[0], question[1], dnssec=dnssec)


class Line:
    """One socket with its outstanding questions."""

    def __init__(self, source, address, port, dnssec):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        if source:
            self.sock.bind((source, 0))
        self.sock.connect((address, port))
        self.sock.setblocking(False)
        self.dnssec = dnssec
        self.flights = {}
        self.timers = collections.deque()
        self.next_identity = 1

    def launch(self, question):
        identity = self.next_identity = self.next_identity % 65535 + 1
        while identity in self.flights:
            identity = self.next_identity = self.next_identity % 65535 + 1
        flight = self.flights[identity] = Flight(question, identity, self.dnssec)
        self.send(flight)

    def send(self, flight):
        flight.tries += 1
        flight.sent = time.monotonic()
        self.timers.append((flight.sent, flight))
        try:
            self.sock.send(flight.octets)
        except OSError:
            pass    # refused or full: the timer sends it again

    def receive(self):
        """Yields (question, Message) for each reply that has come."""
        while True:
            try:
                octets = self.sock.recv(65535)
            except BlockingIOError:
                return
            except OSError:
                continue
            flight = self.flights.get(int.from_bytes(octets[:2], "big"))
            if not flight:
                continue
            try:
                message = wire.parse(octets)
            except (struct.error, IndexError, ValueError) as why:
                message = "malformed answer: %s" % why
            else:
                if message.question != flight.question:
                    continue
            del self.flights[flight.identity]
            yield flight.question, message

    def overdue(self, now):
        """Sends again what waits too long; yields the questions given up."""
        while self.timers and self.timers[0][0] + TIMEOUT < now:
            sent, flight = self.timers.popleft()
            if self.flights.get(flight.identity) is not flight or flight.sent != sent:
                continue
            if flight.tries < TRIES:
                self.send(flight)
            else:
                del self.flights[flight.identity]
                yield flight.question


def read_exactly(sock, count):
    octets = b""
    while len(octets) < count:
        part = sock.recv(count - len(octets))
        if not part:
            raise OSError("connection closed")
        octets += part
    return octets


def ask_tcp(address, port, question, dnssec=False):
    """One question over TCP; a Message or a text."""
    query = wire.build_query(1, question[0], question[1], dnssec=dnssec)
    try:
        with socket.create_connection((address, port), timeout=10) as sock:
            sock.sendall(struct.pack("!H", len(query)) + query)
            length, = struct.unpack("!H", read_exactly(sock, 2))
            return wire.parse(read_exactly(sock, length))
    except (OSError, struct.error, IndexError, ValueError) as why:
        return "over TCP: %s" % why


def ask(address, port, questions, sources=(None,), outstanding=OUTSTANDING, dnssec=False):
    """All questions, spread over the sources, with DO if so; returns {question: Message or text}."""
    lines = [Line(source, address, port, dnssec) for source in sources]
    replies = {}
    waiting = iter(questions)
    more = True
    while more or any(line.flights for line in lines):
        for line in lines:
            while more and len(line.flights) < outstanding:
                question = next(waiting, None)
                if question is None:
                    more = False
                else:
                    line.launch(question)
        readable, _, _ = select.select([line.sock for line in lines], [], [], 0.1)
        now = time.monotonic()
        for line in lines:
            if line.sock in readable:
                for question, message in line.receive():
                    replies[question] = message
            for question in line.overdue(now):
                replies[question] = "no answer"
    for line in lines:
        line.sock.close()
    for question, message in replies.items():
        if not isinstance(message, str) and message.truncated:
            replies[question] = ask_tcp(address, port, question, dnssec)
    return replies
