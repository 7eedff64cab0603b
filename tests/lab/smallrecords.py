"""What the zones of the small world hold.

Every zone gets an everyday stock (apex, www, mail); a feature is dealt out to
each zone in turn: wildcards, chains, big RRsets, rare types, long names.
Addresses are from 198.18.0.0/15 and 2001:db8::/32, which nobody owns and no
resolver treats as private.
"""
from model import parent_name

TTLS = [0, 1, 5, 60, 300, 3600, 7200, 86400]


def address(chance):
    return "198.%d.%d.%d" % (18 + chance.randrange(2), chance.randrange(256),
                             1 + chance.randrange(254))


def address6(chance):
    return "2001:db8:%x:%x::%x" % tuple(1 + chance.randrange(0xfffe) for _ in range(3))


def stock(zone, chance):
    """What nearly every zone has."""
    apex = zone.apex
    ttl = TTLS[chance.randrange(len(TTLS))]
    zone.add(apex, "A", address(chance), ttl)
    if chance.random() < 0.5:
        zone.add(apex, "AAAA", address6(chance), ttl)
    for _ in range(1 + chance.randrange(3)):
        zone.add("www." + apex, "A", address(chance), TTLS[chance.randrange(len(TTLS))])
    zone.add("www." + apex, "AAAA", address6(chance))
    zone.add(apex, "MX", "10 mail.%s" % apex)
    zone.add(apex, "TXT", '"v=spf1 mx -all"')
    zone.add("mail." + apex, "A", address(chance))


# The features.  Each takes (world, zone, zones, chance).

def wildcard(world, zone, zones, chance):
    apex = zone.apex
    zone.add("*.wild." + apex, "A", address(chance))
    zone.add("*.wild." + apex, "TXT", '"from the wildcard"')
    zone.add("exact.wild." + apex, "A", address(chance))
    zone.add("*.alias." + apex, "CNAME", "www." + apex)
    for name in ["one.wild.", "two.levels.wild.", "exact.wild.", "below.exact.wild.", "any.alias."]:
        for rrtype in ["A", "AAAA", "TXT"]:
            world.extra_questions.append((name + apex, rrtype))


def empty_non_terminal(world, zone, zones, chance):
    zone.add("leaf.of.an.empty.branch." + zone.apex, "A", address(chance))
    for name in ["empty.branch.", "an.empty.branch.", "nothing.empty.branch."]:
        for rrtype in ["A", "TXT"]:
            world.extra_questions.append((name + zone.apex, rrtype))


def aliases(world, zone, zones, chance):
    """CNAME inside, across zones, to nothing, to a missing name; a chain of five."""
    apex = zone.apex
    other = zones[chance.randrange(len(zones))].apex
    zone.add("inside." + apex, "CNAME", "www." + apex)
    zone.add("across." + apex, "CNAME", "www." + other, 30)
    zone.add("no-data." + apex, "CNAME", "mail." + other)
    zone.add("missing." + apex, "CNAME", "not-there." + other)
    zone.add("no-tld." + apex, "CNAME", "host.tld-that-is-not-there.")
    last = "www." + other
    for step in range(5):
        holder = zones[chance.randrange(len(zones))]
        owner = "step%d.of.%s" % (step, "-".join(apex.split(".")[:1])) + "." + holder.apex
        holder.add(owner, "CNAME", last, 100 + step)
        last = owner
    zone.add("long-chain." + apex, "CNAME", last)


def dname(world, zone, zones, chance):
    """A subtree moved to another zone, and names below it."""
    other = zones[chance.randrange(len(zones))].apex
    zone.add("moved." + zone.apex, "DNAME", other, 600)
    zone.add("moved." + zone.apex, "TXT", '"the owner of a DNAME has data of its own"')
    zone.add("via." + zone.apex, "CNAME", "www.moved." + zone.apex, 200)
    for name in ["www.moved.", "mail.moved.", "not-there-either.moved."]:
        for rrtype in ["A", "AAAA", "MX"]:
            world.extra_questions.append((name + zone.apex, rrtype))


def overflow(world, zone, zones, chance):
    """RRsets beyond 1232 octets: the servers set TC and TCP has to do it."""
    for _ in range(100):
        zone.add("crowd." + zone.apex, "A", address(chance))
    for index in range(60):
        zone.add("story." + zone.apex, "TXT", '"line %d of a long story that no datagram holds"' % index)
    long_text = " ".join('"%s"' % (chr(97 + i) * 250) for i in range(12))
    zone.add("novel." + zone.apex, "TXT", long_text)
    zone.add("to-crowd." + zone.apex, "CNAME", "crowd." + zone.apex)


def rare_types(world, zone, zones, chance):
    apex = zone.apex
    zone.add("_sip._tcp." + apex, "SRV", "10 60 5060 www.%s" % apex)
    zone.add("_sip._tcp." + apex, "SRV", "20 0 5061 mail.%s" % apex)
    zone.add("phone." + apex, "NAPTR", '100 10 "u" "E2U+sip" "!^.*$!sip:info@%s!" .' % apex[:-1])
    zone.add("phone." + apex, "NAPTR", '100 20 "s" "SIP+D2U" "" _sip._tcp.%s' % apex)
    zone.add(apex, "CAA", '0 issue "ca.%s"' % apex[:-1])
    zone.add("svc." + apex, "HTTPS", '1 . alpn="h2,h3" ipv4hint=%s' % address(chance))
    zone.add("old." + apex, "HTTPS", "0 svc.%s" % apex)
    zone.add("_8443._foo." + apex, "SVCB", "1 www.%s port=8443" % apex)
    zone.add("_443._tcp.www." + apex, "TLSA", "3 1 1 " + "%064X" % chance.getrandbits(256))
    zone.add("ssh." + apex, "SSHFP", "4 2 " + "%064X" % chance.getrandbits(256))
    octets = chance.randbytes(20).hex()
    zone.add("new-type." + apex, "TYPE65280", "\\# 20 " + octets.upper())
    zone.add("new-type." + apex, "TYPE65281", "\\# 0")


def long_names(world, zone, zones, chance):
    """Names of 255 octets on the wire, the most there is, and one of 63 labels deep."""
    room = 254 - len(zone.apex)
    name = ""
    while room > 64:
        name += "n" * 63 + "."
        room -= 64
    if room > 1:
        name += "n" * (room - 1) + "."
    zone.add(name + zone.apex, "A", address(chance))
    deep = "".join("%x." % (i % 16) for i in range(63)) + zone.apex
    zone.add(deep, "TXT", '"63 labels below the apex"')
    zone.add("to-long." + zone.apex, "CNAME", name + zone.apex)


def lifetimes(world, zone, zones, chance):
    for ttl in TTLS + [604800, 2147483647]:
        zone.add("ttl-%d.%s" % (ttl, zone.apex), "A", address(chance), ttl)
        zone.add("ttl-%d.%s" % (ttl, zone.apex), "TXT", '"lives %d s"' % ttl, ttl)
    zone.add("zero-alias." + zone.apex, "CNAME", "ttl-60." + zone.apex, 0)


FEATURES = [wildcard, empty_non_terminal, aliases, dname, overflow, rare_types,
            long_names, lifetimes]


def fill(world, zones, chance):
    """Fills the invented zones, and every zone below one of them."""
    chosen = {zone.apex for zone in zones}
    below = [world.zones[apex] for apex in sorted(world.zones)
             if apex not in chosen and parent_is_chosen(apex, chosen)]
    for zone in zones + below:
        stock(zone, chance)
    for index, zone in enumerate(zones):
        # 12 shapes and 8 features: the step of 12 gives each shape each feature
        feature = FEATURES[(index + index // 12) % len(FEATURES)]
        feature(world, zone, zones, chance)


def parent_is_chosen(apex, chosen):
    while apex != ".":
        apex = parent_name(apex)
        if apex in chosen:
            return True
    return False


def fill_shop(shop, alias):
    """The small shop of the examples: roboshop.com, and .org pointing into it."""
    for index, host in enumerate(["www", "cart", "payment", "dispatch", "rabbitmq",
                                  "catalogue", "user", "shipping"]):
        shop.add("%s.roboshop.com." % host, "A", "198.18.77.%d" % (10 + index), 300)
    shop.add("www.roboshop.com.", "AAAA", "2001:db8:77::10", 300)
    shop.add("roboshop.com.", "A", "198.18.77.10", 300)
    shop.add("roboshop.com.", "MX", "10 mail.roboshop.com.")
    shop.add("mail.roboshop.com.", "A", "198.18.77.25")
    shop.add("_amqp._tcp.roboshop.com.", "SRV", "10 5 5672 rabbitmq.roboshop.com.")
    alias.add("roboshop.org.", "A", "198.18.77.10", 300)
    alias.add("www.roboshop.org.", "CNAME", "www.roboshop.com.", 600)
    alias.add("cart.roboshop.org.", "CNAME", "cart.roboshop.com.", 600)


def fill_reverse(world, own_hosts):
    """18.198.in-addr.arpa: PTR for the shop."""
    apex = "18.198.in-addr.arpa."
    hosts = own_hosts(world, apex, "zone-b")
    zone = world.new_zone(apex, "zone-b")
    zone.start(hosts)
    world.delegate(apex, hosts)
    for index, host in enumerate(["www", "cart", "payment", "dispatch", "rabbitmq"]):
        zone.add("%d.77.%s" % (10 + index, apex), "PTR", "%s.roboshop.com." % host)
    for host in hosts:
        zone.add(host, "A", world.hosts[host], zone.cut_ttl)
