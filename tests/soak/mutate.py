"""Octets that are nearly a message, from a generator with a seed."""
import struct

EDGES = (0, 1, 2, 12, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff)
POINTERS = (b"\xc0\x0c", b"\xc0\x00", b"\xff\xff", b"\xc0\x0b", b"\x40\x01")


def flip(rng, octets):
    octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)


def set_edge(rng, octets):
    octets[rng.randrange(len(octets))] = rng.choice(EDGES)


def cut(rng, octets):
    del octets[rng.randrange(len(octets)):]


def grow(rng, octets):
    octets += rng.randbytes(rng.choice((1, 2, 11, 100, 600)))


def splice(rng, octets):
    start, to = rng.randrange(len(octets)), rng.randrange(len(octets))
    octets[to:to] = octets[start:start + rng.randrange(1, 40)]


def point(rng, octets):
    at = rng.randrange(len(octets))
    octets[at:at + 2] = rng.choice(POINTERS)


def count(rng, octets):
    if len(octets) >= 12:
        struct.pack_into(">H", octets, rng.choice((4, 6, 8, 10)), rng.choice((0, 1, 2, 255, 4096, 65535)))


def flag(rng, octets):
    if len(octets) >= 4:
        octets[2], octets[3] = rng.randrange(256), rng.randrange(256)


def option(rng, octets):
    """An OPT record full of something behind it, counted or not."""
    size = rng.choice((0, 4, 12, 200))
    octets += b"\0" + struct.pack(">HHIH", 41, rng.choice((0, 512, 1232, 65535)), rng.getrandbits(32),
                                  size if rng.random() < 0.8 else rng.randrange(65536)) + rng.randbytes(size)
    if len(octets) >= 12 and rng.random() < 0.7:
        octets[11] = (octets[11] + 1) & 255


WAYS = (flip, set_edge, cut, grow, splice, point, count, flag, option)


def mutated(rng, octets, keep=0):
    """A few changes; the first `keep` octets (an ID, say) stay."""
    octets = bytearray(octets)
    head = bytes(octets[:keep])
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        if not octets:
            break
        rng.choice(WAYS)(rng, octets)
    return head + bytes(octets[keep:])


def rubbish(rng):
    return rng.randbytes(rng.choice((0, 1, 11, 12, 13, 30, 100, 512, 1400, 1600, 9000)))
