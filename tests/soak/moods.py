"""How a server behaves: a mood turns the true reply into what is really sent.

A mood is a function (rng, message, reply, stream) that returns a list of (seconds until then, octets); octets of None
end a TCP connection.  EXCUSING moods let a resolver fail a question if all servers of its zone are in one.
"""
import struct

import dns
import facts
from mutate import mutated, rubbish
from servers import REFUSED, Reply

FORMERR, SERVFAIL = 1, 2
FORGERIES = 20


def good(rng, message, reply, stream):
    return [(0, reply.octets(message, stream))]


def lossy(rng, message, reply, stream):
    return [] if rng.random() < 0.5 else good(rng, message, reply, stream)


def slow(rng, message, reply, stream):
    return [(rng.uniform(0.2, 1.6), reply.octets(message, stream))]


def silent(rng, message, reply, stream):
    return []


def cut_short(message):
    return Reply(flags=dns.AA | dns.TC).octets(message, False)


def truncating(rng, message, reply, stream):
    return good(rng, message, reply, stream) if stream else [(0, cut_short(message))]


def stalling(rng, message, reply, stream):
    return [] if stream else [(0, cut_short(message))]


def resetting(rng, message, reply, stream):
    if not stream:
        return [(0, cut_short(message))]
    octets = reply.octets(message, True)
    return [(0, None)] if rng.random() < 0.5 else [(0, octets[:len(octets) // 2]), (0, None)]


def failing(rng, message, reply, stream):
    return [(0, Reply(flags=0, rcode=SERVFAIL).octets(message, stream))]


def lame(rng, message, reply, stream):
    return [(0, Reply(flags=0, rcode=REFUSED).octets(message, stream))]


def upward(rng, message, reply, stream):
    return [(0, Reply(flags=0, authority=facts.ns_records(".", facts.ROOT, 60)).octets(message, stream))]


def plain(rng, message, reply, stream):
    """Of before EDNS."""
    if message.additional:
        return [(0, struct.pack(">6H", message.id, dns.QR | FORMERR, 0, 0, 0, 0))]
    return good(rng, message, reply, stream)


def lowering(rng, message, reply, stream):
    octets = reply.octets(message, stream)
    return [(0, octets[:12] + message.question.lower() + octets[12 + len(message.question):])]


def forged(rng, message, reply, stream):
    """Somebody guesses: wrong IDs and wrong questions, with an answer of his own."""
    sends = []
    for i in range(FORGERIES if not stream else 0):
        fake = Reply(answer=[facts.a_record(message.name, facts.EVIL_ANSWER, 3600)]).octets(message, False)
        if i % 2:
            fake = struct.pack(">H", (message.id + 1 + i) & 0xffff) + fake[2:]
        else:
            fake = fake[:13] + b"#" + fake[14:]
        sends.append((0, fake))
    return sends + [(0.005, reply.octets(message, stream))]


def poisonous(rng, message, reply, stream):
    """The truth, and beside it what it has no business to say."""
    reply.authority += facts.ns_records("calm.", ["ns.evil.wild."], 86400)
    victims = ["ns0.calm.", "h%d.c%d.calm." % (rng.randrange(facts.HOST_NAMES), rng.randrange(facts.CALM_ZONES))]
    reply.additional += [facts.a_record(name, facts.EVIL, 86400) for name in ["ns.evil.wild.", *victims]]
    return good(rng, message, reply, stream)


def mangling(rng, message, reply, stream):
    return [(0, mutated(rng, reply.octets(message, stream), keep=rng.choice((0, 2, 12, 12))))]


def raving(rng, message, reply, stream):
    head = struct.pack(">6H", message.id, rng.getrandbits(16) | dns.QR, 1, *(rng.choice((0, 1, 7, 999)) for _ in range(3)))
    return [(0, head + message.question + rubbish(rng)) for _ in range(rng.choice((1, 3, 30)))]


def babbling(rng, message, reply, stream):
    return [(0, rubbish(rng)) for _ in range(5)] + good(rng, message, reply, stream)


def leading_astray(rng, message, reply, stream):
    """Referrals to many names, to nothing and to itself."""
    parent = rng.choice((message.name.lower(), facts.zone_of(message.name.lower()) or "wild.", "x." + message.name))
    names = ["n%d.%s" % (rng.randrange(10000), rng.choice(("w0.wild.", "wild.", "c0.calm.", "z1.rough.", message.name)))
             for _ in range(rng.choice((1, 5, 40)))]
    if max(map(len, [*names, parent])) > 250:
        return good(rng, message, reply, stream)
    glue = [facts.a_record(name, rng.choice((facts.EVIL, "0.0.0.0", "127.0.0.1", facts.WILD_HOSTS[0])), 60)
            for name in names if rng.random() < 0.3]
    return [(0, Reply(flags=0, authority=facts.ns_records(parent, names, 60), additional=glue).octets(message, stream))]


def chaining(rng, message, reply, stream):
    """A CNAME that never comes to an end."""
    target = "l%d.w%d.wild." % (rng.randrange(100000), rng.randrange(facts.WILD_ZONES))
    return [(0, Reply(answer=[dns.record(message.name, 5, 1, dns.name_to_wire(target))]).octets(message, stream))]


def swollen(rng, message, reply, stream):
    """As much as TCP carries."""
    reply = Reply(answer=[dns.record(message.name, 16, 60, b"\xfa" + rng.randbytes(250)) for _ in range(200)])
    return [(0, reply.octets(message, True if stream else False))]


CLOSED = "closed"      # the host's sockets are gone; the kernel says so
FAITHFUL = [good, truncating, plain, lowering, forged, poisonous]
EXCUSING = [lossy, slow, silent, CLOSED, stalling, resetting, failing, lame, upward]
# Not poisonous: what a server of the root says of a domain below it, it has every right to say.
ABOVE = [mood for mood in EXCUSING + FAITHFUL if mood is not poisonous]
WILD = [mangling, mangling, raving, babbling, leading_astray, chaining, swollen, forged, poisonous, resetting, slow]
ALL = FAITHFUL + EXCUSING + sorted(set(WILD) - set(FAITHFUL) - set(EXCUSING), key=lambda mood: mood.__name__)


def name_of(number):
    return ALL[number] if ALL[number] == CLOSED else ALL[number].__name__
