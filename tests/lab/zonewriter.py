"""Writes a world to disk: zone files, one zone list per server group, root hints.

Layout of a world directory (build/lab/<name>-<seed>):
    zones/<group>/NN/<apex>.zone   zone files (root.zone for "."), NN spreads them
    <group>.zones                  apex TAB file, what the group's NSD carries
    root.hints                     the 13 root servers of this world
    truth                          see oracle.py
    zones/.../<apex>.zone.signed, root.anchors, states    of a signed world: see signing.py
    stamp                          what it was made from; missing = not finished
The port is no part of a world: servers.py writes it into the NSD configuration.
"""
import os

from model import ROOT_ADDRESSES, GROUPS, digest, is_below


def root_host(index):
    return "%s.root-servers.net." % "abcdefghijklm"[index]


def glue_for(world, zone):
    """Host -> address for every NS name of zone's cuts that lies below a cut."""
    glue = {}
    for child, ns_names in zone.cuts.items():
        for host in ns_names:
            if host in zone.hidden_glue or host not in world.hosts:
                continue
            if not is_below(host, zone.apex):
                continue
            if world.zone_of(host) is not zone:
                glue[host] = world.hosts[host]
    return glue


def zone_lines(world, zone):
    yield "$TTL %d" % zone.ttl
    owners = sorted(zone.data, key=lambda owner: (owner != zone.apex, owner))
    for owner in owners:
        types = zone.data[owner]
        for rrtype in sorted(types, key=lambda t: (t != "SOA", t)):
            ttl, rdatas = types[rrtype]
            for rdata in rdatas:
                yield "%s %d IN %s %s" % (owner, ttl, rrtype, rdata)
    for child in sorted(zone.cuts):
        for host in zone.cuts[child]:
            yield "%s %d IN NS %s" % (child, zone.cut_ttl, host)
    for host, address in sorted(glue_for(world, zone).items()):
        yield "%s %d IN A %s" % (host, zone.cut_ttl, address)


def zone_file(zone):
    apex = zone.apex.rstrip(".") or "root"
    return "zones/%s/%02d/%s.zone" % (zone.group, digest(zone.apex) % 100, apex)


def write_zones(world, directory):
    lists = {group: open(os.path.join(directory, group + ".zones"), "w")
             for group in GROUPS}
    for apex in sorted(world.zones):
        zone = world.zones[apex]
        relative = zone_file(zone)
        path = os.path.join(directory, relative)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write("\n".join(zone_lines(world, zone)) + "\n")
        lists[zone.group].write("%s\t%s\n" % (apex, relative))
    for file in lists.values():
        file.close()


def write_hints(directory):
    with open(os.path.join(directory, "root.hints"), "w") as file:
        for index, address in enumerate(ROOT_ADDRESSES):
            file.write(". 3600000 IN NS %s\n" % root_host(index))
            file.write("%s 3600000 IN A %s\n" % (root_host(index), address))
