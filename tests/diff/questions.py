"""Queries for the difference test: octets made by a grammar from a seed.

question(rng, names) -> (kind, octets without ID).  The kind says what is odd
about it, so that differences can be grouped; most are ordinary questions about
names that exist or nearly do.
"""
import struct

COMMON = [1, 1, 1, 28, 28, 2, 5, 6, 12, 15, 16, 33, 35, 43, 64, 65, 257, 48, 46, 47, 39]
ODD = [0, 3, 10, 11, 13, 41, 99, 249, 250, 251, 252, 253, 254, 255, 256, 32768, 65280, 65535]
CLASSES = [3, 4, 254, 255, 0, 2, 65280]


def labels_of(name):
    return [label.encode("latin-1") for label in name.rstrip(".").split(".") if label]


def wire(labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def mutate(rng, labels):
    """A neighbour of the name: below it, beside it, above it, or spelt otherwise."""
    choice = rng.randrange(10)
    if choice < 4:
        return labels
    if choice == 4:
        return [b"x%d" % rng.randrange(1000)] + labels
    if choice == 5 and len(labels) > 1:
        return labels[1:]
    if choice == 6:
        return [b"*"] + labels[1:]
    if choice == 7:
        return [bytes([rng.randrange(1, 256)]) + b"a"] + labels
    if choice == 8:
        return [b"n%d" % rng.randrange(1000)] + labels[1:]
    return [bytes(octet ^ 0x20 if 65 <= octet & 0xdf <= 90 and rng.random() < .5 else octet for octet in label)
            for label in labels]


def edns(rng):
    """(kind, octets, records)"""
    choice = rng.randrange(12)
    if choice < 4:
        return "plain", b"", 0
    size = rng.choice([512, 1232, 1232, 4096, 0, 65535, 100])
    if choice < 9:
        return "edns", struct.pack("!BHHIH", 0, 41, size, rng.choice([0, 0x8000]), 0), 1
    if choice == 9:
        return "edns version", struct.pack("!BHHIH", 0, 41, size, 1 << 16, 0), 1
    if choice == 10:
        option = struct.pack("!HH", rng.choice([3, 11, 12, 65001]), 0)
        return "edns option", struct.pack("!BHHIH", 0, 41, size, 0, len(option)) + option, 1
    return "edns twice", 2 * struct.pack("!BHHIH", 0, 41, size, 0, 0), 2


def question(rng, names):
    labels = mutate(rng, labels_of(rng.choice(names)))
    name = wire([label[:63] for label in labels])
    rrtype, rrclass, flags, kind = rng.choice(COMMON), 1, 0x0100, "question"
    odd = rng.randrange(40)
    if odd == 4 and rng.randrange(20):
        odd = 0    # replies are met with silence, which takes time
    if odd == 0:
        rrtype, kind = rng.choice(ODD), "odd type"
    elif odd == 1:
        rrclass, kind = rng.choice(CLASSES), "odd class"
    elif odd == 2:
        flags, kind = 0x0100 | rng.choice([0x0010, 0x0020, 0x0030, 0x0040, 0x0200, 0x0400, 0x0080]), "odd flags"
    elif odd == 3:
        flags, kind = rng.randrange(1, 16) << 11 | 0x0100, "opcode"
    elif odd == 4:
        flags, kind = 0x8100, "a reply"
    kind_of_edns, record, count = edns(rng)
    if kind_of_edns not in ("plain", "edns"):
        kind = kind_of_edns if kind == "question" else kind + ", " + kind_of_edns
    body = name + struct.pack("!HH", rrtype, rrclass)
    counts = [1, 0, 0, count]
    if odd == 5:
        kind = "malformed"
        choice = rng.randrange(6)
        if choice == 0:
            body = body[:rng.randrange(len(body))]
            record, counts[3] = b"", 0
        elif choice == 1:
            counts[0] = 2
            body += body
        elif choice == 2:
            counts[0], body = 0, b""
            record, counts[3] = b"", 0
        elif choice == 3:
            counts[1] = rng.randrange(1, 5)
        elif choice == 4:
            body = b"\xc0\x0c" + body[-4:]
        else:
            record += b"rubbish behind"
    return kind, struct.pack("!HHHHH", flags, *counts) + body + record
