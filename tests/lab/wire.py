"""DNS messages, as much as the lab's own clients need: build a query, read an answer.

Why our own: the tests must not trust the resolver's parser to judge the
resolver, and Debian's python3 has no DNS library.  Rdata is turned into the
same presentation text that the generators write, so comparing is comparing
strings.  Malformed answers raise struct.error, IndexError or ValueError.
"""
import socket
import struct

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28,
         "SRV": 33, "NAPTR": 35, "DNAME": 39, "DS": 43, "SSHFP": 44, "RRSIG": 46,
         "NSEC": 47, "DNSKEY": 48, "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "ANY": 255, "CAA": 257}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
SVC_KEYS = {1: "alpn", 3: "port", 4: "ipv4hint", 6: "ipv6hint"}


class Message:
    __slots__ = ("id", "rcode", "truncated", "authoritative", "authentic", "question", "answer", "authority",
                 "additional", "errors")

    def __init__(self):
        self.authentic, self.errors = False, []


def type_number(rrtype):
    return TYPES[rrtype] if rrtype in TYPES else int(rrtype[4:])


def type_name(number):
    return TYPE_NAMES.get(number) or "TYPE%d" % number


def encode_name(name):
    if name == ".":
        return b"\0"
    labels = name.encode("latin-1").rstrip(b".").split(b".")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def build_query(identity, name, rrtype, recursion=True, size=1232, dnssec=False):
    """A query with an OPT record; size 0 leaves EDNS out; with dnssec it has DO."""
    flags = 0x0100 if recursion else 0
    header = struct.pack("!HHHHHH", identity, flags, 1, 0, 0, 1 if size else 0)
    question = encode_name(name) + struct.pack("!HH", type_number(rrtype), 1)
    edns = struct.pack("!BHHIH", 0, 41, size, 0x8000 if dnssec else 0, 0) if size else b""
    return header + question + edns


def read_name(octets, at):
    """Returns (lower-case name, offset after it)."""
    labels, after = [], 0
    for _ in range(256):
        length = octets[at]
        if length >= 0xC0:
            after = after or at + 2
            at = (length & 0x3F) << 8 | octets[at + 1]
        elif length:
            labels.append(octets[at + 1:at + 1 + length])
            at += 1 + length
        else:
            name = b".".join(labels).decode("latin-1").lower() + "."
            return name, after or at + 1
    raise ValueError("a name that does not end")


def strings(octets, at, end):
    """Character strings as TXT shows them."""
    found = []
    while at < end:
        length = octets[at]
        found.append('"%s"' % octets[at + 1:at + 1 + length].decode("latin-1"))
        at += 1 + length
    return found


def svc_parameter(key, value):
    label = SVC_KEYS.get(key, "key%d" % key)
    if key == 1:
        text = '"%s"' % ",".join(part[1:-1] for part in strings(value, 0, len(value)))
    elif key == 3:
        text = str(int.from_bytes(value, "big"))
    elif key == 4:
        text = ",".join(socket.inet_ntoa(value[i:i + 4]) for i in range(0, len(value), 4))
    else:
        text = value.hex()
    return "%s=%s" % (label, text)


def read_svc(octets, at, end):
    priority, = struct.unpack_from("!H", octets, at)
    target, at = read_name(octets, at + 2)
    parts = [str(priority), target]
    while at < end:
        key, length = struct.unpack_from("!HH", octets, at)
        parts.append(svc_parameter(key, octets[at + 4:at + 4 + length]))
        at += 4 + length
    return " ".join(parts)


def read_soa(octets, at, end):
    mname, at = read_name(octets, at)
    rname, at = read_name(octets, at)
    return "%s %s %d %d %d %d %d" % ((mname, rname) + struct.unpack_from("!IIIII", octets, at))


def read_naptr(octets, at, end):
    order, preference = struct.unpack_from("!HH", octets, at)
    at += 4
    texts = []
    for _ in range(3):
        stop = at + 1 + octets[at]
        texts += strings(octets, at, stop)
        at = stop
    return "%d %d %s %s" % (order, preference, " ".join(texts), read_name(octets, at)[0])


def read_caa(octets, at, end):
    tag_end = at + 2 + octets[at + 1]
    tag = octets[at + 2:tag_end].decode("latin-1")
    return '%d %s "%s"' % (octets[at], tag, octets[tag_end:end].decode("latin-1"))


def read_mx(octets, at, end):
    return "%d %s" % (struct.unpack_from("!H", octets, at)[0], read_name(octets, at + 2)[0])


def read_srv(octets, at, end):
    return "%d %d %d %s" % (struct.unpack_from("!HHH", octets, at) + (read_name(octets, at + 6)[0],))


def read_unknown(octets, at, end):
    data = octets[at:end].hex().upper()
    return ("\\# %d %s" % (end - at, data)).rstrip()


READERS = {
    1: lambda octets, at, end: socket.inet_ntoa(octets[at:end]),
    28: lambda octets, at, end: socket.inet_ntop(socket.AF_INET6, octets[at:end]),
    2: lambda octets, at, end: read_name(octets, at)[0],
    5: lambda octets, at, end: read_name(octets, at)[0],
    12: lambda octets, at, end: read_name(octets, at)[0],
    39: lambda octets, at, end: read_name(octets, at)[0],
    6: read_soa, 15: read_mx, 33: read_srv, 35: read_naptr, 64: read_svc, 65: read_svc, 257: read_caa,
    16: lambda octets, at, end: " ".join(strings(octets, at, end)),
    44: lambda octets, at, end: "%d %d %s" % (octets[at], octets[at + 1], octets[at + 2:end].hex().upper()),
    52: lambda octets, at, end: "%d %d %d %s" % (octets[at], octets[at + 1], octets[at + 2],
                                                 octets[at + 3:end].hex().upper()),
}


def read_records(octets, at, count):
    """Returns ([(owner, type, ttl, rdata)], offset after them)."""
    records = []
    for _ in range(count):
        owner, at = read_name(octets, at)
        number, _, ttl, length = struct.unpack_from("!HHIH", octets, at)
        at += 10
        if at + length > len(octets):
            raise ValueError("rdata beyond the message")
        reader = READERS.get(number, read_unknown)
        records.append((owner, type_name(number), ttl, reader(octets, at, at + length)))
        at += length
    return records, at


def read_errors(additional):
    """The extended errors (RFC 8914) of the OPT record: [(code, text)]."""
    found = []
    for _, rrtype, _, rdata in additional:
        octets = bytes.fromhex(rdata.split(" ")[2]) if rrtype == "TYPE41" and rdata.count(" ") > 1 else b""
        at = 0
        while at < len(octets):
            option, length = struct.unpack_from("!HH", octets, at)
            if option == 15:
                code, = struct.unpack_from("!H", octets, at + 4)
                found.append((code, octets[at + 6:at + 4 + length].decode("utf-8", "replace")))
            at += 4 + length
    return found


def parse(octets):
    """Header, question and the three record sections of a response."""
    message = Message()
    message.id, flags, questions, answers, authorities, additionals = struct.unpack_from("!HHHHHH", octets)
    if not flags & 0x8000:
        raise ValueError("not a response")
    message.rcode = RCODES.get(flags & 15, "RCODE%d" % (flags & 15))
    message.truncated = bool(flags & 0x0200)
    message.authoritative = bool(flags & 0x0400)
    message.authentic = bool(flags & 0x0020)
    message.question = None
    at = 12
    for _ in range(questions):
        name, at = read_name(octets, at)
        message.question = (name, type_name(struct.unpack_from("!H", octets, at)[0]))
        at += 4
    message.answer, at = read_records(octets, at, answers)
    message.authority, at = read_records(octets, at, authorities)
    message.additional, at = read_records(octets, at, additionals)
    message.errors = read_errors(message.additional)
    return message
