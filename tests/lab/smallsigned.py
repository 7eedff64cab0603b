"""Which zones of the small world are signed, and those that are signed wrongly.

As outside: the root and most TLDs are, of the zones below them three quarters; com and net have opt-out, some use NSEC, some NSEC3; io is an island
whose DS the root does not have; academy and kitchen know nothing of it.
"""
from model import digest
from signing import (BAD_SIGNATURE, EXPIRED, NO_DS, STRANGE_DS, STRIPPED, WRONG_DS, Signing)

TOPS = {
    ".": ("RSASHA256", "nsec"),
    "com.": ("ECDSAP256SHA256", "opt-out"),
    "net.": ("ECDSAP256SHA256", "opt-out"),
    "org.": ("RSASHA256", "nsec3"),
    "io.": ("ECDSAP256SHA256", "nsec", NO_DS),
    "dev.": ("ECDSAP256SHA256", "nsec"),
    "uk.": ("ECDSAP256SHA256", "nsec3"),
    "co.uk.": ("ECDSAP384SHA384", "nsec"),
    "de.": ("ED25519", "nsec3"),
    "fr.": ("RSASHA512", "nsec"),
    "shop.": ("ED25519", "nsec"),
    "xn--p1ai.": ("ECDSAP384SHA384", "nsec3"),
    "arpa.": ("ECDSAP256SHA256", "nsec"),
    "in-addr.arpa.": ("RSASHA256", "nsec3"),
}
UNSIGNED = {"academy.", "kitchen.", "org.uk.", "root-servers.net.", "stranger.net.", "roboshop.org."}
ALGORITHMS = ["ECDSAP256SHA256", "ECDSAP256SHA256", "ECDSAP384SHA384", "ED25519", "RSASHA256"]

# Zones with something wrong, named as what they are.
FAULTY = {
    "dnssec-failed.org.": (WRONG_DS, "nsec3"),
    "signatures-expired.dev.": (EXPIRED, "nsec"),
    "signatures-stripped.de.": (STRIPPED, "nsec"),
    "bad-signature.com.": (BAD_SIGNATURE, "nsec"),
    "island.org.": (NO_DS, "nsec3"),
    "strange-algorithm.net.": (STRANGE_DS, "nsec"),
}


def build_faulty(world, shape):
    """The zones of FAULTY with a little in them; `shape` makes one."""
    for index, (apex, (fault, denial)) in enumerate(sorted(FAULTY.items())):
        zone = shape(world, None, apex, world.other_group(apex))
        zone.signing = Signing("ECDSAP256SHA256", denial, fault)
        zone.add("www." + apex, "A", "198.18.66.%d" % (index + 1), 300)
        zone.add("www." + apex, "TXT", '"%s"' % fault)
        zone.add("alias." + apex, "CNAME", "www.roboshop.com.", 300)


def choose(world):
    """Decides for every zone that has no decision yet."""
    for apex, zone in world.zones.items():
        draw = digest("sign " + apex)
        if apex in TOPS:
            zone.signing = Signing(*(TOPS[apex] + (None,))[:3])
        elif zone.signing or apex in UNSIGNED or not zone.answers:
            continue
        elif draw % 4 or apex == "roboshop.com.":
            # NSD 4.6 dies of the hash of a wildcard below a name that is as long as names may be.
            too_long = any(len(owner) > 251 for owner in zone.data)
            zone.signing = Signing(ALGORITHMS[draw // 4 % len(ALGORITHMS)],
                                   "nsec" if too_long else ["nsec", "nsec3"][draw // 31 % 2], None)
