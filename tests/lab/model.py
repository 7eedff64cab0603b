"""The world as data: zones, name servers and who carries what.

Why: both generators (smallworld.py, realworld.py) build this model, the
writer (zonewriter.py) turns it into zone files, and the oracle (oracle.py)
reads the right answers straight from it.  NSD and the oracle therefore never
see each other's work, and a difference between them is a real find.

Names are lower-case text with the final dot, "." for the root.  No label of
the practice internet holds a dot or a backslash, so splitting at dots is safe.
Rdata is presentation text with absolute names.
"""
import hashlib

# The addresses of the practice internet, all in 127.53.0.0/16.
ROOT_ADDRESSES = ["127.53.0.%d" % i for i in range(1, 14)]
TLD_ADDRESSES = ["127.53.1.%d" % i for i in range(1, 49)]
ZONE_A_ADDRESSES = ["127.53.2.%d" % i for i in range(1, 33)]
ZONE_B_ADDRESSES = ["127.53.3.%d" % i for i in range(1, 33)]
STRANGER_ADDRESSES = ["127.53.4.1", "127.53.4.2"]   # carry one small zone, refuse the rest
DEAD_ADDRESS = "127.53.9.1"       # nothing listens: the kernel says port unreachable
SILENT_ADDRESS = "127.53.9.2"     # a socket that is never read: no answer at all

GROUPS = {"root": ROOT_ADDRESSES, "tld": TLD_ADDRESSES,
          "zone-a": ZONE_A_ADDRESSES, "zone-b": ZONE_B_ADDRESSES,
          "stranger": STRANGER_ADDRESSES}


def digest(text):
    """A number that is the same on every machine and in every run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def parent_name(name):
    """The name without its first label: www.a. -> a. -> ."""
    rest = name.partition(".")[2]
    return rest if rest else "."


def ancestors(name):
    """The name itself and every name above it, the root last."""
    while name != ".":
        yield name
        name = parent_name(name)
    yield "."


def is_below(name, apex):
    """True when name is apex or below it."""
    return apex == "." or name == apex or name.endswith("." + apex)


class Zone:
    """One zone: what its own servers hold (data) and what it delegates (cuts).

    data: owner -> type -> (ttl, [rdata text])
    cuts: child apex -> [NS names as this parent says them]
    answers: False when no server of the zone ever answers for it, so that
             a resolver can only say SERVFAIL.
    """

    def __init__(self, apex, group, ttl=3600, negative_ttl=900):
        self.apex = apex
        self.group = group
        self.ttl = ttl
        self.negative_ttl = negative_ttl
        self.data = {}
        self.cuts = {}
        self.cut_ttl = 86400
        self.hidden_glue = set()   # NS names whose glue this parent withholds
        self.answers = True
        self.signing = None        # how it is signed: signing.Signing
        self.empty = None          # empty non-terminals, counted when first asked

    def add(self, owner, rrtype, rdata, ttl=None):
        """Adds one record; a further record of the RRset keeps the first TTL."""
        types = self.data.setdefault(owner, {})
        if rrtype not in types:
            types[rrtype] = (self.ttl if ttl is None else ttl, [])
        if rdata not in types[rrtype][1]:
            types[rrtype][1].append(rdata)

    def start(self, ns_names, serial=2026082201, ns_ttl=None):
        """Gives the apex its SOA and NS records."""
        host = "hostmaster." + (self.apex if self.apex != "." else "root-servers.net.")
        soa = "%s %s %d 7200 900 1209600 %d" % (ns_names[0], host, serial, self.negative_ttl)
        self.add(self.apex, "SOA", soa)
        for name in ns_names:
            self.add(self.apex, "NS", name, ns_ttl)

    def empty_non_terminals(self):
        """Names that own nothing but have names below them (RFC 8499)."""
        if self.empty is None:
            self.empty = set()
            for owner in list(self.data) + list(self.cuts):
                for name in ancestors(owner):
                    if name == self.apex:
                        break
                    self.empty.add(name)
            self.empty -= set(self.data) | set(self.cuts)
        return self.empty


class World:
    """All zones, and hosts: name-server host name -> address."""

    def __init__(self, name, seed):
        self.name = name
        self.seed = seed
        self.zones = {}
        self.hosts = {}
        self.extra_questions = []   # (name, type) that the truth asks besides the zones' own
        self.host_questions = []    # the same for the TLD servers' names (real world)

    def new_zone(self, apex, group, **options):
        if apex in self.zones:
            raise ValueError("zone %s made twice" % apex)
        zone = self.zones[apex] = Zone(apex, group, **options)
        return zone

    def zone_of(self, name):
        """The deepest zone at or above name: the one whose servers have the last word."""
        for above in ancestors(name):
            if above in self.zones:
                return self.zones[above]
        raise KeyError(name)

    def parent_of(self, apex):
        return self.zone_of(parent_name(apex))

    def other_group(self, apex):
        """A zone group that is not the parent's, so that the parent must refer."""
        parent = self.parent_of(apex).group
        if parent == "zone-a":
            return "zone-b"
        if parent == "zone-b":
            return "zone-a"
        return "zone-a" if digest(apex) % 2 else "zone-b"

    def address_in(self, group, key):
        """The address in the group's pool that belongs to the key, always the same."""
        pool = GROUPS[group]
        return pool[digest(key) % len(pool)]

    def add_host(self, host, address):
        """Makes a name-server host known; the first address given stays."""
        return self.hosts.setdefault(host, address)

    def delegate(self, apex, ns_names):
        """Enters the NS names for apex in its parent; glue follows when written."""
        self.parent_of(apex).cuts[apex] = list(ns_names)

    def settle_hosts(self):
        """Puts each host's A record into the zone that is responsible for it."""
        for host, address in sorted(self.hosts.items()):
            zone = self.zone_of(host)
            if "A" not in zone.data.get(host, {}):
                zone.add(host, "A", address, zone.cut_ttl)
