"""The root zone of 21 August 2017 with its real signatures, and what may be wrong with it.

Why: invented zones are signed by the program that the resolver may share its
mistakes with; this one is what the world trusted, 1,399 secure and 148 insecure
delegations.  It is not ours and not in this repository; it is read from
../shared/data.

The servers have the addresses that the zone and today's root hints give them;
in a namespace of its own all of IPv4 is local.  The insecure TLDs have servers
too, so that what is below them can be asked.
"""
import os
import random
import string

FILE = "root-2017-08-21.signed.zone"
ANCHOR = ". 172800 IN DS 19036 8 2 49AAC11D7B6F6446702E54A1607371607A1A41855200FD2CE1CDDE32F24E8FB5\n"
NONEXISTENT = 1000
# Signatures are from 21 August, 04:00, until 3 September, 05:00; those of the keys from 20 August until 10 September.
# A resolver may be patient with clocks for a day.
TODAY, EARLY, LATE = "2017-08-25 12:00:00", "2017-08-18 12:00:00", "2017-09-12 12:00:00"
BELOW_ADDRESS = "192.0.2.53"

NSD = """server:
    server-count: 1
    do-ip6: no
    port: 53
    username: ""
    chroot: ""
    zonesdir: "{run}"
    database: ""
    pidfile: "{run}/{name}.pid"
    logfile: "{run}/{name}.log"
    xfrdfile: "{run}/{name}.xfrd"
    zonelistfile: "{run}/{name}.zonelist"
    xfrdir: "{run}"
    ipv4-edns-size: 4096
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    verbosity: 0
{addresses}
remote-control:
    control-enable: no
{zones}
"""


def data_file(shared):
    return os.path.join(shared, "data", FILE)


class Root:
    """The zone: its lines, its TLDs and where their servers are."""

    def __init__(self, path):
        with open(path) as file:
            self.lines = [line.rstrip("\n").split(None, 4) for line in file if line.strip()]
        self.servers, self.addresses, self.ds = {}, {}, {}
        for owner, _, _, rrtype, rdata in self.lines:
            owner = owner.lower()
            if rrtype == "NS":
                self.servers.setdefault(owner, []).append(rdata.lower())
            elif rrtype == "A":
                self.addresses.setdefault(owner, []).append(rdata)
            elif rrtype == "DS":
                self.ds[owner] = self.ds.get(owner, 0) + 1
        self.tops = sorted(owner for owner in self.servers if owner != ".")
        self.insecure = [top for top in self.tops if top not in self.ds]

    def server_addresses(self, zones):
        """The IPv4 addresses of the zones' servers."""
        return sorted({address for zone in zones for host in self.servers[zone]
                       for address in self.addresses.get(host, [])})

    def missing_names(self, seed=1):
        """Names whose TLD does not exist, half of them with one label more."""
        draw, names = random.Random(seed), []
        while len(names) < NONEXISTENT:
            label = "".join(draw.choice(string.ascii_lowercase) for _ in range(draw.randint(2, 14)))
            name = draw.choice(["", "x."]) + label + "."
            if label + "." not in self.servers and name not in names:
                names.append(name)
        return names

    def text(self):
        return "\n".join(" ".join(line) for line in self.lines) + "\n"


def other_digit(text, at):
    """The text with one letter of hex or base64 another: one octet of what it means."""
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]


def damage(root):
    """One octet off in each DS RRset or in its signature, in turns, and in each
    NSEC's signature or types; SOA, NS and DNSKEY stay as they are."""
    turn, done = {}, set()
    for number, top in enumerate(root.tops + ["."]):
        turn[top] = number % 2
    for line in root.lines:
        owner, _, _, rrtype, rdata = line
        covered = rdata.split()[0] if rrtype == "RRSIG" else rrtype
        owner = owner.lower()
        if covered not in ("DS", "NSEC") or (owner, covered) in done:
            continue
        if (rrtype == "RRSIG") != bool(turn[owner]):
            continue
        done.add((owner, covered))
        if rrtype == "NSEC":
            line[4] = rdata.replace(" RRSIG", " TXT RRSIG")      # one bit of the bitmap's octet for types 16 to 23
        else:
            line[4] = other_digit(rdata, len(rdata) - 20)


def below_zone(root, top):
    """The zone file of an insecure TLD."""
    lines = ["$TTL 300", "%s IN SOA %s host.%s 1 7200 900 1209600 300" % (top, root.servers[top][0], top)]
    lines += ["%s IN NS %s" % (top, host) for host in root.servers[top]]
    lines += ["www.%s IN A %s" % (top, BELOW_ADDRESS)]
    return "\n".join(lines) + "\n"


def root_addresses(root, hints):
    """The addresses of the root's servers: what the zone says and what rootwalk's own hints say."""
    with open(hints) as file:
        fields = [line.split() for line in file if not line.startswith(";")]
    mine = [f[-1] for f in fields if len(f) == 5 and f[3] == "A"]
    return sorted(set(mine) | set(root.server_addresses(["."])))


def write_server(run, name, addresses, zones):
    """An NSD's configuration; zones: [(apex, file)]."""
    path = os.path.join(run, name + ".conf")
    with open(path, "w") as file:
        file.write(NSD.format(run=run, name=name,
                              addresses="\n".join("    ip-address: %s" % a for a in addresses),
                              zones="\n".join('zone:\n    name: "%s"\n    zonefile: "%s"' % z for z in zones)))
    return path
