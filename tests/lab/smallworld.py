"""The small world: a dozen TLDs and a few hundred zones of invented names.

Why: every shape of delegation that a resolver meets outside appears here many
times, on any machine, with nothing but NSD.  What the zones hold is in
smallrecords.py; here stands who delegates what to whom.

Shapes are dealt out in turn, so the world has about the same number of each.
A zone directly below a TLD is on server group zone-a or zone-b; a zone below
it is on the other one, so its parent can never answer in its place.
"""
import random

import smallrecords
import smallsigned
from model import (DEAD_ADDRESS, ROOT_ADDRESSES, SILENT_ADDRESS, World, digest)
from zonewriter import root_host

TLDS = ["com", "org", "net", "io", "dev", "uk", "de", "fr", "shop", "academy",
        "kitchen", "xn--p1ai", "arpa"]
SUFFIXES = ["co.uk.", "org.uk.", "in-addr.arpa."]
# Where the invented zones hang.
PLACES = ["com.", "org.", "net.", "io.", "dev.", "de.", "fr.", "shop.", "academy.",
          "kitchen.", "xn--p1ai.", "co.uk.", "org.uk."]
FIRST = ["amber", "brisk", "copper", "dapper", "early", "fern", "gentle", "hollow",
         "ivory", "jolly", "keen", "lunar", "mossy", "noble", "olive", "plain"]
SECOND = ["anchor", "badger", "candle", "drum", "engine", "fiddle", "garden",
          "harbour", "island", "kettle", "lantern", "meadow", "needle", "orchard",
          "pebble", "quill"]
ZONES = 240


def own_hosts(world, apex, group, count=2):
    """ns1..nsN inside the zone, on addresses of the zone's group."""
    hosts = []
    for index in range(1, count + 1):
        host = "ns%d.%s" % (index, apex)
        world.add_host(host, world.address_in(group, host))
        hosts.append(host)
    return hosts


def place_zone(world, apex, ns_names, group, **options):
    """Makes the zone and its delegation with the same NS set."""
    zone = world.new_zone(apex, group, **options)
    zone.start(ns_names)
    world.delegate(apex, ns_names)
    return zone


def build_root(world):
    hosts = [root_host(i) for i in range(13)]
    for host, address in zip(hosts, ROOT_ADDRESSES):
        world.add_host(host, address)
    root = world.new_zone(".", "root", ttl=86400, negative_ttl=86400)
    root.cut_ttl = 172800
    root.start(hosts, ns_ttl=518400)
    for tld in TLDS:
        build_tld(world, tld + ".")
    # One TLD whose servers' addresses even the root does not tell.
    root.hidden_glue.update(root.cuts["academy."])
    # As in the real world, the root servers carry their own names' zone.
    place_zone(world, "root-servers.net.", hosts, "root", ttl=3600000)


def build_tld(world, apex):
    """A TLD with 2 to 4 servers: half have names in the TLD, half in net."""
    count = 2 + digest(apex) % 3
    outside = apex == "academy." or (digest("side" + apex) % 2 and apex not in ("net.", "arpa."))
    home = "%s-registry.net." % apex[:-1] if outside else "nic." + apex
    hosts = ["%s.%s" % ("abcd"[i], home) for i in range(count)]
    for host in hosts:
        world.add_host(host, world.address_in("tld", host))
    place_zone(world, apex, hosts, "tld", ttl=86400, negative_ttl=900).cut_ttl = 172800


def build_registries(world):
    """The zones in net that hold the names of the TLD servers outside."""
    for host in sorted(world.hosts):
        apex = host.partition(".")[2]
        if apex.endswith("-registry.net.") and apex not in world.zones:
            group = "zone-a"
            place_zone(world, apex, own_hosts(world, apex, group), group)


def build_suffixes(world):
    for apex in SUFFIXES:
        group = "zone-a"
        place_zone(world, apex, own_hosts(world, apex, group, 3), group, ttl=86400)


def build_hosters(world):
    """Name-server companies: other zones use their hosts without glue."""
    hosters = []
    for apex in ["dns-barn.net.", "nameloft.org.", "zonehut.io.", "hostmill.co.uk."]:
        group = world.other_group(apex)
        place_zone(world, apex, own_hosts(world, apex, group), group)
        hosters.append(apex)
    return hosters


def hoster_hosts(world, hosters, apex, group, count=2):
    """Hosts for apex inside the hosters' zones (the hoster has one per group)."""
    hosts = []
    for index in range(count):
        hoster = hosters[(digest(apex) + index) % len(hosters)]
        host = "%s%d.%s" % (group, digest(apex + str(index)) % 4 + 1, hoster)
        world.add_host(host, world.address_in(group, host))
        hosts.append(host)
    return hosts


# The shapes.  Each takes (world, hosters, apex, group) and makes the zone.

def shape_own_glue(world, hosters, apex, group):
    return place_zone(world, apex, own_hosts(world, apex, group), group)


def shape_no_glue(world, hosters, apex, group):
    """The parent gives no addresses: they must be looked up."""
    hosts = hoster_hosts(world, hosters, apex, group)
    world.parent_of(apex).hidden_glue.update(hosts)
    return place_zone(world, apex, hosts, group)


def shape_mixed(world, hosters, apex, group):
    """One server with glue, one without."""
    hosts = own_hosts(world, apex, group, 1)
    hosts += hoster_hosts(world, hosters, apex, group, 1)
    return place_zone(world, apex, hosts, group)


def sibling_hosts(world, apex, group):
    """Hosts in a sibling zone 'hosts-of-...' under the same parent."""
    first, _, above = apex.partition(".")
    sibling = "hosts-of-%s.%s" % (first, above)
    if sibling not in world.zones:
        shape_own_glue(world, None, sibling, group)
    hosts = ["sib%d.%s" % (i, sibling) for i in (1, 2)]
    for host in hosts:
        world.add_host(host, world.address_in(group, host))
    return hosts


def shape_sibling_glue(world, hosters, apex, group):
    return place_zone(world, apex, sibling_hosts(world, apex, group), group)


def shape_sibling_no_glue(world, hosters, apex, group):
    """As before, but the parent keeps the sibling's addresses to itself."""
    hosts = sibling_hosts(world, apex, group)
    world.parent_of(apex).hidden_glue.update(hosts)
    return place_zone(world, apex, hosts, group)


def shape_lame(world, hosters, apex, group):
    """One of two servers carries neither the zone nor one above it: REFUSED."""
    hosts = own_hosts(world, apex, group, 1)
    lame = "lame." + apex
    world.add_host(lame, world.address_in("stranger", lame))
    return place_zone(world, apex, [lame] + hosts, group)


def shape_dead_address(world, hosters, apex, group):
    """Nothing listens at one of the two servers."""
    world.add_host("dead." + apex, DEAD_ADDRESS)
    return place_zone(world, apex, ["dead." + apex] + own_hosts(world, apex, group, 1), group)


def shape_many_servers(world, hosters, apex, group):
    return place_zone(world, apex, own_hosts(world, apex, group, 13), group)


def shape_one_server(world, hosters, apex, group):
    return place_zone(world, apex, own_hosts(world, apex, group, 1), group)


def shape_child_says_more(world, hosters, apex, group):
    """The child's own NS set differs from what the parent says."""
    hosts = own_hosts(world, apex, group, 3)
    zone = place_zone(world, apex, hosts[:2], group)
    zone.add(apex, "NS", hosts[2])
    return zone


def shape_levels(world, hosters, apex, group):
    """Four more zones, one below the other, each a referral of its own."""
    zone = place_zone(world, apex, own_hosts(world, apex, group), group)
    below = apex
    for label in ["sub", "deep", "deeper", "deepest"]:
        below = "%s.%s" % (label, below)
        group = world.other_group(below)
        place_zone(world, below, own_hosts(world, below, group, 1), group)
    return zone


def shape_glueless_chain(world, hosters, apex, group):
    """The name server's zone itself has no glue, and so has the next one."""
    first, _, above = apex.partition(".")
    hoster = "ns-for-%s.%s" % (first, "net." if above != "net." else "org.")
    hoster_group = world.other_group(hoster)
    shape_no_glue(world, hosters, hoster, hoster_group)
    host = "ns1." + hoster
    world.add_host(host, world.address_in(group, host))
    return place_zone(world, apex, [host], group)


SHAPES = [shape_own_glue, shape_no_glue, shape_mixed, shape_sibling_glue,
          shape_sibling_no_glue, shape_lame, shape_dead_address, shape_many_servers,
          shape_one_server, shape_child_says_more, shape_levels, shape_glueless_chain]


def build_silent(world):
    """Two zones of which one server never says a word."""
    for apex in ["half-silent.com.", "half-silent.co.uk."]:
        group = world.other_group(apex)
        world.add_host("silent." + apex, SILENT_ADDRESS)
        place_zone(world, apex, ["silent." + apex] + own_hosts(world, apex, group), group)


def build_stranger(world):
    """The one zone of the server that REFUSES everything else."""
    place_zone(world, "stranger.net.", own_hosts(world, "stranger.net.", "stranger"), "stranger")


def build_lame_referral(world):
    """Two zones of which one server carries the parent and refers to itself."""
    for apex in ["lame-referral.co.uk.", "lame-referral.org.uk."]:
        world.add_host("lame." + apex, world.address_in("zone-a", apex))
        hosts = ["lame." + apex] + own_hosts(world, apex, "zone-b", 1)
        zone = place_zone(world, apex, hosts, "zone-b")
        zone.add("www." + apex, "A", "198.18.0.2")


def build_broken(world):
    """Zones nobody can reach: a resolver must give up and say SERVFAIL."""
    dead = place_zone(world, "all-dead.com.", ["ns1.all-dead.com."], "zone-a")
    world.add_host("ns1.all-dead.com.", DEAD_ADDRESS)
    lame = place_zone(world, "all-lame.org.", ["ns1.all-lame.org."], "zone-a")
    world.add_host("ns1.all-lame.org.", world.address_in("stranger", "all-lame"))
    left = place_zone(world, "loop-left.net.", ["ns1.loop-right.org."], "zone-a")
    right = place_zone(world, "loop-right.org.", ["ns1.loop-left.net."], "zone-a")
    gone = place_zone(world, "no-such-server.io.", ["ns1.never-registered.io."], "zone-a")
    for zone in (dead, lame, left, right, gone):
        zone.answers = False
        zone.add("www." + zone.apex, "A", "198.18.0.1")


def build_invented(world, hosters, chance):
    """The few hundred zones, shapes in turn, names and places by chance."""
    names = [a + "-" + b for a in FIRST for b in SECOND]
    chance.shuffle(names)
    zones = []
    for index, name in enumerate(names[:ZONES]):
        apex = "%s.%s" % (name, PLACES[chance.randrange(len(PLACES))])
        shape = SHAPES[index % len(SHAPES)]
        zones.append(shape(world, hosters, apex, world.other_group(apex)))
    return zones


def build(seed):
    world = World("small", seed)
    chance = random.Random("small-%s" % seed)
    build_root(world)
    build_suffixes(world)
    build_registries(world)
    hosters = build_hosters(world)
    zones = build_invented(world, hosters, chance)
    build_silent(world)
    build_stranger(world)
    build_lame_referral(world)
    build_broken(world)
    smallsigned.build_faulty(world, shape_own_glue)
    shop = shape_own_glue(world, hosters, "roboshop.com.", "zone-a")
    alias = shape_no_glue(world, hosters, "roboshop.org.", "zone-b")
    world.settle_hosts()
    smallrecords.fill(world, zones, chance)
    smallrecords.fill_shop(shop, alias)
    smallrecords.fill_reverse(world, own_hosts)
    smallsigned.choose(world)
    return world
