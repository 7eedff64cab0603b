"""A world for measuring: one of the lab's, with many more names below com.

Why: a miss can be measured only once for each name, and what it costs depends
on how much of the way is known already.  So there are
 - KNOWN_ZONES zones with HOSTS_EACH hosts each: after one question into each
   zone, every further host costs one upstream query;
 - FAR_ZONES zones with one host each: a question costs two upstream queries,
   one to com and one to the zone.
All of them have two name servers with glue and no trick in it.

For validation there is a second world, made of the signed small one, with a
tenth as many of both: all of them signed, with DS in com.
"""
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
import makeworld
import oracle
import signing
import smallworld
import zonewriter
from model import GROUPS
from process import LabError

KNOWN_ZONES = 20
HOSTS_EACH = 3000
FAR_ZONES = 20000
SIGNED_HOSTS_EACH = 1000
SIGNED_FAR_ZONES = 2000
VERSION = "1"
POOLS = ["zone-a", "zone-b"]


def known_zone(number):
    return "known-%02d.com." % number


def far_zone(number):
    return "far-%05d.com." % number


def servers_of(apex, number):
    """[(name, address)] of a zone; both addresses are of the pool that carries it."""
    pool = GROUPS[POOLS[number % 2]]
    first = (number // 2 * 2) % len(pool)
    return [("ns1." + apex, pool[first]), ("ns2." + apex, pool[(first + 1) % len(pool)])]


def zone_text(apex, number, hosts):
    servers = servers_of(apex, number)
    lines = ["%s 3600 IN SOA ns1.%s hostmaster.%s 1 7200 900 1209600 900" % (apex, apex, apex)]
    lines += ["%s 86400 IN NS %s" % (apex, name) for name, _ in servers]
    lines += ["%s 86400 IN A %s" % server for server in servers]
    lines += ["%s%s 86400 IN A 198.18.%d.%d" % (host, apex, number % 256, index % 256)
              for index, host in enumerate(hosts)]
    return "\n".join(lines) + "\n"


def delegation_text(apex, number):
    servers = servers_of(apex, number)
    lines = ["%s 172800 IN NS %s" % (apex, name) for name, _ in servers]
    return "\n".join(lines + ["%s 172800 IN A %s" % server for server in servers]) + "\n"


def zones():
    """(apex, number, hosts) of every zone that is added."""
    for number in range(KNOWN_ZONES):
        yield known_zone(number), number, ["first."] + ["h%d." % i for i in range(HOSTS_EACH)]
    for number in range(FAR_ZONES):
        yield far_zone(number), number, ["www."]


def add_zones(directory):
    delegations = []
    lists = {pool: open(os.path.join(directory, pool + ".zones"), "a") for pool in POOLS}
    for apex, number, hosts in zones():
        file = "zones/bench/%s/%szone" % (apex[-7:-5], apex)
        path = os.path.join(directory, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(zone_text(apex, number, hosts))
        lists[POOLS[number % 2]].write("%s\t%s\n" % (apex, file))
        delegations.append(delegation_text(apex, number))
    for out in lists.values():
        out.close()
    with open(os.path.join(directory, "tld.zones")) as file:
        com = dict(line.rstrip("\n").split("\t") for line in file)["com."]
    with open(os.path.join(directory, com), "a") as out:
        out.write("".join(delegations))


def ensure():
    """The directory of the world; made from the real root where ../shared has it."""
    try:
        base = makeworld.ensure("real")
    except LabError:
        base = makeworld.ensure("small")
    directory = os.path.join(makeworld.build_directory(), "bench-" + os.path.basename(base))
    stamp = os.path.join(directory, "bench-stamp")
    wanted = makeworld.read_stamp(base) + VERSION
    try:
        with open(stamp) as file:
            if file.read() == wanted:
                return directory
    except OSError:
        pass
    fresh = directory + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(base, fresh)
    add_zones(fresh)
    with open(os.path.join(fresh, "bench-stamp"), "w") as file:
        file.write(wanted)
    shutil.rmtree(directory, ignore_errors=True)
    os.rename(fresh, directory)
    return directory


def build_signed():
    """The small world with zones for measuring, in which all is secure."""
    world = smallworld.build(1)
    added = [(known_zone(i), i, ["first."] + ["h%d." % j for j in range(SIGNED_HOSTS_EACH)], "nsec3")
             for i in range(KNOWN_ZONES)]
    added += [(far_zone(i), i, ["www."], "nsec") for i in range(SIGNED_FAR_ZONES)]
    for apex, number, hosts, denial in added:
        servers = servers_of(apex, number)
        world.hosts.update(servers)
        zone = smallworld.place_zone(world, apex, [name for name, _ in servers], POOLS[number % 2])
        zone.signing = signing.Signing("ECDSAP256SHA256", denial, None)
        for index, host in enumerate(hosts):
            zone.add(host + apex, "A", "198.18.%d.%d" % (number % 256, index % 256), 86400)
    world.settle_hosts()
    return world


def ensure_signed():
    """The directory of the signed world."""
    directory = os.path.join(makeworld.build_directory(), "bench-signed")
    wanted = makeworld.stamp_of("small", 1, None) + VERSION
    if makeworld.read_stamp(directory) == wanted:
        return directory
    fresh = directory + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    os.makedirs(fresh)
    world = build_signed()
    zonewriter.write_zones(world, fresh)
    zonewriter.write_hints(fresh)
    signing.sign(world, fresh)
    with open(os.path.join(fresh, "stamp"), "w") as file:
        file.write(wanted)
    shutil.rmtree(directory, ignore_errors=True)
    os.rename(fresh, directory)
    return directory


def popular(directory, count):
    """Names with addresses of the world the bench was made from, the most popular first."""
    truth = oracle.read_truth(os.path.join(directory, "truth"))
    names = [name for (name, rrtype), answer in truth.items()
             if rrtype == "A" and answer.rcode == "NOERROR" and answer.rdatas and not answer.chain]
    if len(names) < count // 2:      # the small world has few, and some of them are hard on purpose
        names = []
    return (names + spare_hosts(HOSTS_EACH))[:count]


def spare_hosts(each):
    """The half of the hosts that no miss is measured with."""
    return ["h%d.%s" % (i, known_zone(zone)) for i in range(each // 2, each) for zone in range(KNOWN_ZONES)]


def first_hosts():
    """One question into each known zone: after these the way to them is known."""
    return ["first." + known_zone(number) for number in range(KNOWN_ZONES)]


def known_hosts(each=HOSTS_EACH):
    return ["h%d.%s" % (i, known_zone(zone)) for i in range(each // 2) for zone in range(KNOWN_ZONES)]


def far_hosts(zone_count=FAR_ZONES):
    return ["www." + far_zone(number) for number in range(zone_count)]
