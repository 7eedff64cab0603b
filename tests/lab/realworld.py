"""The real world: the real root zone, and zones for the 40,000 most queried names.

Why: invented names are tidy, real ones are not: 1,400 TLDs, name servers that
serve hundreds of them, names of 34 labels, TLDs whose servers live in other
TLDs.  The data is not ours and not in this repository; it is read from
../shared/data when the world is made.

What is real: the TLDs, their NS sets and TTLs, which addresses are shared, the
queried names and their order.  What is made up: what is below the TLDs, and
every address (each real IPv4 glue address becomes one of the TLD addresses in
127.53.0.0/16, always the same; IPv6 glue is left out).  DNSSEC records are
left out, so all of it is an unsigned tree.
"""
import os

from model import ROOT_ADDRESSES, TLD_ADDRESSES, World, ancestors, digest, is_below
from zonewriter import root_host

ROOT_FILE = "root-2026-08-22.unsigned.zone"
NAMES_FILE = "umbrella-top-40k.txt"

# Below a country's TLD these labels are usually where people register.
SUFFIX_LABELS = {"co", "com", "net", "org", "gov", "edu", "ac", "ad", "ne", "or", "go",
                 "gob", "gouv", "nom", "mil"}
SUFFIXES = {"in-addr.arpa.", "ip6.arpa."}
HOSTERS = ["swift-dns.net.", "harbour-dns.com.", "stone-dns.org.", "cloudbarn-dns.net.",
           "quiet-dns.io.", "mill-dns.co.uk.", "lark-dns.info.", "delta-dns.de."]
TTLS = [3600, 7200, 21600, 43200, 86400]
NEGATIVE_TTL = 3600
CNAME_PERCENT = 4
CROWDED = 8              # names below one name before it may become a zone of its own


def data_files(shared):
    return [os.path.join(shared, "data", ROOT_FILE), os.path.join(shared, "data", NAMES_FILE)]


def read_names(path):
    with open(path) as file:
        return [line.strip().lower() + "." for line in file if line.strip()]


def read_root(path):
    """Returns (SOA rdata, {tld: [NS names]}, {host: real IPv4 address})."""
    soa, delegations, glue = None, {}, {}
    with open(path) as file:
        for line in file:
            owner, _, _, rrtype, rdata = line.split(None, 4)
            owner, rdata = owner.lower(), rdata.strip().lower()
            if rrtype == "SOA":
                soa = rdata
            elif rrtype == "NS" and owner != ".":
                delegations.setdefault(owner, []).append(rdata)
            elif rrtype == "A":
                glue.setdefault(owner, rdata)
    return soa, delegations, glue


def tld_address(real_address):
    return TLD_ADDRESSES[digest(real_address) % len(TLD_ADDRESSES)]


def build_root(world, soa, delegations, glue):
    """Root and TLD zones with the real NS sets."""
    hosts = [root_host(i) for i in range(13)]
    world.hosts.update(zip(hosts, ROOT_ADDRESSES))
    root = world.new_zone(".", "root", ttl=86400, negative_ttl=86400)
    root.cut_ttl = 172800
    root.add(".", "SOA", soa)
    for host in hosts:
        root.add(".", "NS", host, 518400)
    for tld, ns_names in delegations.items():
        zone = world.new_zone(tld, "tld", ttl=86400, negative_ttl=NEGATIVE_TTL)
        zone.cut_ttl = 172800
        zone.start(ns_names, ns_ttl=172800)
        root.cuts[tld] = ns_names
        for host in ns_names:
            if host not in glue:
                root.hidden_glue.add(host)
            world.add_host(host, tld_address(glue.get(host, host)))
    servers = world.new_zone("root-servers.net.", "root", ttl=3600000)
    servers.start(hosts)
    world.delegate("root-servers.net.", hosts)


def is_suffix(name):
    """True for co.uk. and its like."""
    label, _, tld = name.partition(".")
    return name in SUFFIXES or (label in SUFFIX_LABELS and len(tld) == 3)


def registered_domain(name):
    """example.com. of www.example.com.; the suffix itself when nothing is below it."""
    path = list(ancestors(name))[-2::-1]          # tld, second level, ...
    for depth, above in enumerate(path[1:], 1):
        if not is_suffix(above):
            return above
        if depth == len(path) - 1:
            return above
    return path[0]


def find_subzones(names):
    """Names below a registered domain with so many names below them that every
    second becomes a zone of its own."""
    counts = {}
    for name in names:
        domain = registered_domain(name)
        for above in ancestors(name):
            if above == domain or not is_below(above, domain):
                break
            if above != name:
                counts[above] = counts.get(above, 0) + 1
    return {name for name, count in counts.items() if count >= CROWDED and digest(name) % 2}


def find_zones(world, names):
    """The apexes of all zones below the TLDs."""
    apexes = set(HOSTERS) | find_subzones(names)
    apexes |= {registered_domain(name) for name in names}
    for tld, ns_names in world.zones["."].cuts.items():
        apexes |= {registered_domain(host) for host in ns_names if not is_below(host, tld)}
    for apex in list(apexes):
        apexes |= {above for above in ancestors(apex) if is_suffix(above)}
    return apexes - set(world.zones)


def own_names(world, apex, count):
    """ns1, ns2, ... in the zone, unless a TLD's server has such a name already."""
    for label in ("ns", "zone-ns"):
        hosts = ["%s%d.%s" % (label, i + 1, apex) for i in range(count)]
        if not any(host in world.hosts for host in hosts):
            return hosts
    raise ValueError("no free server names in %s" % apex)


def choose_servers(world, apex, group):
    """NS names for the zone: two thirds have their own, with glue; the others
    are with a hoster, whose addresses must be looked up."""
    hosts = []
    draw = digest("ns" + apex)
    if draw % 3 == 0 and apex not in HOSTERS:
        hoster = HOSTERS[draw // 3 % len(HOSTERS)]
        hosts = ["%s-%d.%s" % (group, (draw // 100 + i) % 16 + 1, hoster) for i in range(2)]
        if is_below(hoster, apex):      # a suffix cannot hang on a zone below it
            hosts = []
    if not hosts:
        hosts = own_names(world, apex, 2 + draw % 3)
    for host in hosts:
        world.add_host(host, world.address_in(group, host))
    return hosts


def build_zones(world, apexes):
    for apex in sorted(apexes, key=lambda name: (name.count("."), name)):
        group = world.other_group(apex)
        ttl = TTLS[digest("ttl" + apex) % len(TTLS)]
        zone = world.new_zone(apex, group, ttl=ttl, negative_ttl=NEGATIVE_TTL)
        hosts = choose_servers(world, apex, group)
        zone.start(hosts, ns_ttl=86400)
        world.delegate(apex, hosts)


def add_addresses(zone, name, seed):
    draw = digest("address %s %s" % (seed, name))
    for index in range(1 + draw % 3):
        value = draw // 8 + index
        zone.add(name, "A", "198.%d.%d.%d" % (18 + value % 2, value // 2 % 256, value // 512 % 254 + 1))
    if draw // 4 % 2:
        zone.add(name, "AAAA", "2001:db8:%x::%x" % (draw // 16 % 0xfffe + 1, draw // 1048576 % 0xfffe + 1))


def fill(world, names, seed):
    """A for every name, AAAA for half; a few are aliases of names before them,
    so that no chain can be a loop."""
    for index, name in enumerate(names):
        zone = world.zone_of(name)
        free = name not in world.zones and name not in zone.data
        draw = digest("alias %s %s" % (seed, name))
        if free and index and draw % 100 < CNAME_PERCENT:
            zone.add(name, "CNAME", names[draw // 100 % index])
        elif "A" not in zone.data.get(name, {}):
            add_addresses(zone, name, seed)


def build(seed, shared):
    root_file, names_file = data_files(shared)
    world = World("real", seed)
    names = read_names(names_file)
    build_root(world, *read_root(root_file))
    build_zones(world, find_zones(world, names))
    world.settle_hosts()
    fill(world, names, seed)
    world.extra_questions = [(name, rrtype) for name in names for rrtype in ("A", "AAAA")]
    world.host_questions = [(host, "A") for host in sorted(world.hosts)
                            if world.hosts[host].startswith("127.53.1.")]
    return world
