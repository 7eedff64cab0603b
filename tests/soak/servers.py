"""The replies of the practice internet's servers, true ones; moods.py spoils them."""
import struct

import dns
import facts

CNAME = 5
NXDOMAIN, REFUSED = 3, 5
TOP_TTL, ZONE_TTL = 600, 120


class Reply:
    def __init__(self, flags=dns.AA, rcode=0, answer=(), authority=(), additional=()):
        self.flags, self.rcode = flags, rcode
        self.answer, self.authority, self.additional = list(answer), list(authority), list(additional)

    def octets(self, query, stream):
        """Cut to what the transport carries."""
        opt = [b"\0" + struct.pack(">HHIH", dns.OPT, 1232, 0, 0)] if query.additional else []
        flags = dns.QR | self.flags | (query.flags & dns.RD) | self.rcode
        sections = [self.answer, self.authority, self.additional + opt]
        limit = 65535 if stream else 1232 if opt else 512
        if 12 + len(query.question) + sum(len(record) for part in sections for record in part) > limit:
            flags, sections = flags | dns.TC, [[], [], opt]
        head = struct.pack(">6H", query.id, flags, 1, *(len(part) for part in sections))
        return head + query.question + b"".join(record for part in sections for record in part)


def referral(zone, servers, ttl, with_glue):
    glue = [facts.a_record(name, address, ttl) for name, address in servers.items() if name.endswith(with_glue)]
    return Reply(flags=0, authority=facts.ns_records(zone, servers, ttl), additional=glue)


def from_root(name, rtype):
    if name == ".":
        if rtype == dns.NS:
            return Reply(answer=facts.ns_records(".", facts.ROOT, TOP_TTL),
                         additional=[facts.a_record(*pair, TOP_TTL) for pair in facts.ROOT.items()])
        return Reply(authority=[facts.soa(".")])
    top = name.rstrip(".").split(".")[-1] + "."
    if top not in facts.TOPS:
        return Reply(rcode=NXDOMAIN, authority=[facts.soa(".")])
    return referral(top, facts.TOPS[top], TOP_TTL, top)


def from_top(top, name, rtype):
    if name == top:
        if rtype == dns.NS:
            return Reply(answer=facts.ns_records(top, facts.TOPS[top], TOP_TTL))
        return Reply(authority=[facts.soa(top)])
    address = facts.TOPS[top].get(name) or facts.ROOT.get(name)
    if address and name.endswith("." + top):
        return Reply(answer=[facts.a_record(name, address, TOP_TTL)] if rtype == dns.A else [],
                     authority=[] if rtype == dns.A else [facts.soa(top)])
    zone = facts.zone_of(name)
    if zone is None or not zone.endswith("." + top):
        return Reply(rcode=NXDOMAIN, authority=[facts.soa(top)])
    return referral(zone, facts.servers_of(zone), ZONE_TTL, top)


def from_zone(zone, name, rtype):
    found = facts.look(name, zone)
    if name == zone and rtype == dns.NS:
        return Reply(answer=facts.ns_records(zone, facts.servers_of(zone), ZONE_TTL))
    if found[0] == "none":
        return Reply(rcode=NXDOMAIN, authority=[facts.soa(zone)])
    if found[0] == "cname":
        ttl = facts.ttl_of(name)
        return Reply(answer=[dns.record(name, CNAME, ttl, dns.name_to_wire(found[1]))])
    if found[0] == "a" and rtype == dns.A:
        return Reply(answer=[facts.a_record(name, address, facts.ttl_of(name)) for address in found[1]])
    return Reply(authority=[facts.soa(zone)])


def duties():
    """{address: what it serves}"""
    served = {address: ["."] for address in facts.ROOT.values()}
    for top, servers in facts.TOPS.items():
        for address in servers.values():
            served.setdefault(address, []).append(top)
    for zone, servers in facts.ZONES.items():
        for address in set(servers.values()) | set(facts.servers_of(zone).values()):
            served.setdefault(address, []).append(zone)
    return served


def truth(served, name, rtype):
    """What a server of these zones says in earnest."""
    fitting = [zone for zone in served if zone == "." or name == zone or name.endswith("." + zone)]
    if not fitting:
        return Reply(flags=0, rcode=REFUSED)
    zone = max(fitting, key=len)
    if zone == ".":
        return from_root(name, rtype)
    return from_top(zone, name, rtype) if zone in facts.TOPS else from_zone(zone, name, rtype)
