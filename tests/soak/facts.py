"""The practice internet of a soak: what is true in it, computed from a name and kept nowhere.

The root, and three top-level domains:

    calm    its servers never fail: a question about it has its answer, always
    rough   its servers are slow, lossy, dead, lame or attacked; what they say in earnest is true, so an answer is
            right or SERVFAIL, and right while one server of the zone behaves
    wild    its servers say anything: mangled replies, rubbish, lies about the other two; no answer is judged

In a zone ZONE (c0.calm, z0.rough, w0.wild, ...), all of class IN:

    hN      an address            aN      a CNAME to an hM, often in another zone of the same domain
    bigN    90 addresses, too many for UDP
    none... and all others: do not exist
"""
import socket
import struct
import zlib

import dns

PREFIX = "127.53."
ROOT = {"root%d.calm." % i: PREFIX + "0.%d" % (i + 1) for i in range(3)}
CALM_TOP = {"ns%d.calm." % i: PREFIX + "1.%d" % (i + 1) for i in range(2)}
ROUGH_TOP = {"ns%d.rough." % i: PREFIX + "2.%d" % (i + 1) for i in range(3)}
WILD_TOP = {"ns%d.wild." % i: PREFIX + "4.%d" % (i + 1) for i in range(2)}
TOPS = {"calm.": CALM_TOP, "rough.": ROUGH_TOP, "wild.": WILD_TOP}
ROUGH_HOSTS = [PREFIX + "3.%d" % (i + 1) for i in range(24)]
WILD_HOSTS = [PREFIX + "5.%d" % (i + 1) for i in range(6)]
EVIL = PREFIX + "9.9"                   # whoever asks here was led astray
EVIL_ANSWER = "203.0.113.66"
CALM_ZONES, ROUGH_ZONES, WILD_ZONES = 8, 40, 16
HOST_NAMES, ALIASES, BIGS = 400, 100, 5 # of each zone
BIG_RECORDS = 90
NEGATIVE_TTL = 30


def number(text):
    return zlib.crc32(text.encode())


def zone_servers():
    """{zone: {name of a server: its address}}"""
    zones = {}
    for i in range(CALM_ZONES):
        zones["c%d.calm." % i] = {"ns%d.c%d.calm." % (k, i): PREFIX + "1.%d" % (10 + (i + k) % 4) for k in range(2)}
    for i in range(ROUGH_ZONES):
        zone = "z%d.rough." % i
        servers = {}
        for k in range(3):
            address = ROUGH_HOSTS[(7 * i + 5 * k) % len(ROUGH_HOSTS)]
            servers["ns%d.%s" % (k, zone)] = address
        zones[zone] = servers
    for i in range(WILD_ZONES):
        zone = "w%d.wild." % i
        zones[zone] = {"ns%d.%s" % (k, zone): WILD_HOSTS[(i + k) % len(WILD_HOSTS)] for k in range(2)}
    return zones


ZONES = zone_servers()
GLUELESS = {"z%d.rough." % i: "ns.elsewhere.c%d.calm." % (i % CALM_ZONES) for i in range(0, ROUGH_ZONES, 5)}
# The first server of these zones has its name in a calm zone, without glue; it stands where the zone's first one does.


def servers_of(zone):
    """{name: address}, with the server that has its name elsewhere in place of the first."""
    servers = dict(ZONES[zone])
    if zone in GLUELESS:
        servers.pop("ns0." + zone)
        servers[GLUELESS[zone]] = ELSEWHERE[GLUELESS[zone]]
    return servers


ELSEWHERE = {}
for _zone, _name in GLUELESS.items():
    ELSEWHERE.setdefault(_name, ZONES[_zone]["ns0." + _zone])


def all_hosts():
    hosts = [*ROOT.values(), EVIL]
    for servers in [*TOPS.values(), *ZONES.values()]:
        hosts += servers.values()
    return sorted(set(hosts))


def address_of(name):
    octets = struct.pack(">H", number(name) & 0xffff)
    return "198.18.%d.%d" % (octets[0], octets[1])


def ttl_of(name):
    return (2, 5, 20, 60, 300)[number("ttl" + name) % 5]


def zone_of(name):
    """The zone that a name in lower case lies in, or None."""
    labels = name.rstrip(".").split(".")
    zone = ".".join(labels[-2:]) + "."
    return zone if zone in ZONES else None


def numbered(label, word, count):
    """The N of a label wordN with N below count, else None."""
    digits = label[len(word):]
    if not label.startswith(word) or not (digits.isascii() and digits.isdigit()) or len(digits) > 4 or str(int(digits)) != digits:
        return None
    return int(digits) if int(digits) < count else None


def target_of(name, zone, index):
    """Where the alias aN leads: an address in a zone of the same domain."""
    top = zone.split(".")[1]
    count, letter = {"calm": (CALM_ZONES, "c"), "rough": (ROUGH_ZONES, "z"), "wild": (WILD_ZONES, "w")}[top]
    other = number(name) % count
    return "h%d.%s%d.%s." % ((index * 3) % HOST_NAMES, letter, other, top)


def look(name, zone):
    """What the zone has at a name in lower case: ("a", [addresses]), ("cname", target), ("empty",) or ("none",)."""
    if name == zone:
        return ("empty",)
    label = name[:-len(zone) - 1]
    if name in ZONES[zone]:
        return ("a", [ZONES[zone][name]])
    if name in ELSEWHERE:
        return ("a", [ELSEWHERE[name]])
    if label == "elsewhere":
        return ("empty",)
    if numbered(label, "h", HOST_NAMES) is not None:
        return ("a", [address_of(name)])
    if numbered(label, "big", BIGS) is not None:
        return ("a", ["198.19.%d.%d" % (numbered(label, "big", BIGS), i) for i in range(BIG_RECORDS)])
    index = numbered(label, "a", ALIASES)
    if index is not None:
        return ("cname", target_of(name, zone, index))
    return ("none",)


def expect(name, rrtype):
    """(rcode, set of addresses) for type A or AAAA; the zones that are asked on the way come third."""
    zone = zone_of(name)
    found, zones = look(name, zone), [zone]
    if found[0] == "cname":
        zones.append(zone_of(found[1]))
        found = look(found[1], zones[-1])
    if found[0] == "none":
        return "NXDOMAIN", set(), zones
    return "NOERROR", set(found[1]) if found[0] == "a" and rrtype == "A" else set(), zones


def soa(zone):
    numbers = struct.pack(">5I", 1, 3600, 600, 86400, NEGATIVE_TTL)
    return dns.record(zone, dns.SOA, NEGATIVE_TTL, dns.name_to_wire("ns." + zone) + dns.name_to_wire("x." + zone) + numbers)


def a_record(name, address, ttl):
    return dns.record(name, dns.A, ttl, socket.inet_aton(address))


def ns_records(zone, names, ttl):
    return [dns.record(zone, dns.NS, ttl, dns.name_to_wire(name)) for name in names]
