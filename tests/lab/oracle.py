"""The oracle: what a resolver must answer, read from the model and nothing else.

Why: the truth file is compared with real resolvers over real NSD servers, so
it must not come from a server.  This is the algorithm of RFC 1034 section
4.3.2 with DNAME (RFC 6672), wildcards (RFC 4592) and negative TTLs
(RFC 2308), on whole zones, without a cache and without a network.

Truth file: one line for each question, columns parted by TAB:
    name  type  rcode  ttl-max  chain  rdata...
 - ttl-max: the TTL of the final RRset as the zone holds it; for NODATA and
   NXDOMAIN the negative TTL (the smaller of SOA TTL and SOA minimum); 0 for
   SERVFAIL.
 - chain: "-" or the CNAME and DNAME records on the way, in order, joined by
   ";", each "owner ttl TYPE target".
 - rdata: one column for each record of the final set, sorted; none for
   NODATA, NXDOMAIN and SERVFAIL.
"""
from model import ancestors

MAX_LINKS = 20


class Answer:
    def __init__(self, rcode, ttl, chain, rdatas):
        self.rcode = rcode
        self.ttl = ttl
        self.chain = chain        # [(owner, ttl, type, target)]
        self.rdatas = rdatas      # sorted


def negative_ttl(zone):
    soa_ttl, soa = zone.data[zone.apex]["SOA"]
    return min(soa_ttl, int(soa[0].split()[6]))


def reachable(world, zone):
    """False when the zone or one above it never answers."""
    return all(world.zones[above].answers
               for above in ancestors(zone.apex) if above in world.zones)


def find_dname(zone, name):
    """The DNAME owner strictly above name, the topmost one, or None."""
    found = None
    for above in ancestors(name):
        if above != name and "DNAME" in zone.data.get(above, {}):
            found = above
        if above == zone.apex:
            return found
    return found


def find_node(zone, name):
    """The types at name, through a wildcard if need be; {} for an empty
    non-terminal; None for a name that does not exist."""
    if name in zone.data:
        return zone.data[name]
    if name in zone.empty_non_terminals():
        return {}
    for encloser in ancestors(name):
        exists = encloser in zone.data or encloser in zone.empty_non_terminals()
        if encloser != name and exists:
            return zone.data.get("*." + encloser if encloser != "." else "*.")
        if encloser == zone.apex:
            return None
    return None


def resolve(world, name, rrtype):
    """The whole answer for a question, following every link."""
    chain = []
    for _ in range(MAX_LINKS):
        zone = world.zone_of(name)
        if not reachable(world, zone):
            return Answer("SERVFAIL", 0, [], [])
        dname = find_dname(zone, name)
        if dname:
            ttl, rdatas = zone.data[dname]["DNAME"]
            target = name[:-len(dname)] + rdatas[0]
            chain.append((dname, ttl, "DNAME", rdatas[0]))
            chain.append((name, ttl, "CNAME", target))
            if rrtype == "CNAME":
                return Answer("NOERROR", ttl, chain[:-1], [target])
            name = target
            continue
        node = find_node(zone, name)
        if node is None:
            return Answer("NXDOMAIN", negative_ttl(zone), chain, [])
        if rrtype in node:
            ttl, rdatas = node[rrtype]
            return Answer("NOERROR", ttl, chain, sorted(rdatas))
        if "CNAME" not in node:
            return Answer("NOERROR", negative_ttl(zone), chain, [])
        ttl, rdatas = node["CNAME"]
        chain.append((name, ttl, "CNAME", rdatas[0]))
        name = rdatas[0]
    raise ValueError("the generator made a loop at %s" % name)


def write_line(file, name, rrtype, answer):
    chain = ";".join("%s %d %s %s" % link for link in answer.chain) or "-"
    columns = [name, rrtype, answer.rcode, str(answer.ttl), chain] + answer.rdatas
    file.write("\t".join(columns) + "\n")


def read_truth(path):
    """The truth file as {(name, type): Answer}, in the order of the file."""
    truth = {}
    with open(path) as file:
        for line in file:
            name, rrtype, rcode, ttl, links, *rdatas = line.rstrip("\n").split("\t")
            chain = []
            if links != "-":
                for link in links.split(";"):
                    owner, link_ttl, link_type, target = link.split(" ")
                    chain.append((owner, int(link_ttl), link_type, target))
            truth[name, rrtype] = Answer(rcode, int(ttl), chain, rdatas)
    return truth


def own_questions(world):
    """Every name and type the zones hold, A and AAAA of each name (so NODATA
    too), every empty non-terminal, and a missing name in each zone."""
    for apex in sorted(world.zones):
        zone = world.zones[apex]
        for owner in sorted(zone.data):
            if owner.startswith("*."):
                continue
            for rrtype in sorted(set(zone.data[owner]) | {"A", "AAAA"}):
                yield owner, rrtype
        for owner in sorted(zone.empty_non_terminals()):
            yield owner, "A"
        missing = "no-such-name" + ("." + apex if apex != "." else ".")
        if world.zone_of(missing) is zone:
            yield missing, "A"


def write_truth(world, path, questions):
    """Writes the truth for the questions; returns how many lines."""
    seen = set()
    with open(path, "w") as file:
        for name, rrtype in questions:
            if (name, rrtype) not in seen:
                seen.add((name, rrtype))
                write_line(file, name, rrtype, resolve(world, name, rrtype))
    return len(seen)
