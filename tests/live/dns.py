"""DNS messages, as little of them as these tests need: questions, and records found without trusting the server."""

import struct

A, NS, SOA, OPT = 1, 2, 6, 41
NOERROR, FORMERR, SERVFAIL, REFUSED = 0, 1, 2, 5
QR, AA, TC, RD, RA = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080


def name_to_wire(name):
    labels = [label.encode() for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def name_from_wire(octets, at):
    """The name in text as it was spelled, and where it ends. No pointers: only questions are read with this."""
    labels = []
    while octets[at]:
        size = octets[at]
        if size > 63:
            raise ValueError("pointer in a question")
        labels.append(octets[at + 1:at + 1 + size].decode("latin-1"))
        at += 1 + size
    return ".".join(labels) + ".", at + 1


def query(ident, name, rtype=A, flags=RD, edns=None):
    extra = b"" if edns is None else b"\0" + struct.pack(">HHIH", OPT, edns, 0, 0)
    head = struct.pack(">6H", ident, flags, 1, 0, 0, 1 if extra else 0)
    return head + name_to_wire(name) + struct.pack(">HH", rtype, 1) + extra


def record(name, rtype, ttl, rdata):
    return name_to_wire(name) + struct.pack(">HHIH", rtype, 1, ttl, len(rdata)) + rdata


class Message:
    """A message taken apart: header, question, and the rest of its octets."""

    def __init__(self, octets):
        self.octets = octets
        self.id, self.flags, qd, self.answers, self.authority, self.additional = struct.unpack(">6H", octets[:12])
        self.rcode = self.flags & 15
        self.name, self.type, end = None, None, 12
        if qd:
            self.name, end = name_from_wire(octets, 12)
            self.type = struct.unpack(">H", octets[end:end + 2])[0]
            end += 4
        self.question = octets[12:end]
        self.rest = octets[end:]


def frame(message):
    return struct.pack(">H", len(message)) + message


def read_exactly(sock, size):
    """The octets, or None when the stream ends before."""
    octets = b""
    while len(octets) < size:
        part = sock.recv(size - len(octets))
        if not part:
            return None
        octets += part
    return octets


def read_frame(sock):
    head = read_exactly(sock, 2)
    return None if head is None else read_exactly(sock, struct.unpack(">H", head)[0])
