"""DNSSEC of a world: which zones are signed, how, and what is wrong with some.

Why: the model holds the truth, the zones on the servers hold what Debian's
ldns-signzone makes of it, and neither knows of the other.  Signed zones lie
beside the others, as FILE.signed, and the servers take those; keys are new for
each world and thrown away when it is made.

    signing.sign(world, directory)          after zonewriter.write_zones
    signing.write_states(world, path, questions)

Signatures hold from the first day of the last month for half a year; a world
is made anew each month (makeworld.stamp_of), so they always cover now.

States file: one line for each question, columns parted by TAB:
    name  type  state
state is what a validating resolver must find: secure (AD), insecure (no AD) or
bogus (SERVFAIL).
"""
import collections
import concurrent.futures
import datetime
import os
import shutil
import subprocess

import oracle
import zonewriter
from model import ancestors, digest
from process import LabError, find_program

SIGN_AT_ONCE = 2

# How a zone is signed.
#   algorithm  of its keys, as ldns-keygen names it
#   denial     "nsec", "nsec3" or "opt-out"
#   fault      None, or one of FAULTS
Signing = collections.namedtuple("Signing", "algorithm denial fault")

EXPIRED = "expired"                      # every signature's time is over
WRONG_DS = "wrong-ds"                    # the parent's DS is of no key of the zone
STRIPPED = "stripped"                    # the parent has a DS, the zone no signature
BAD_SIGNATURE = "bad-signature"          # the signatures of www are damaged, and no others
NO_DS = "no-ds"                          # the parent has no DS: an island that nobody can trust
STRANGE_DS = "strange-ds"                # the DS is of an algorithm that nobody knows
FAULTS = [EXPIRED, WRONG_DS, STRIPPED, BAD_SIGNATURE, NO_DS, STRANGE_DS]

SECURE, INSECURE, BOGUS = "secure", "insecure", "bogus"


def validity(today=None):
    """(inception, expiration), the same for a whole month."""
    first = (today or datetime.datetime.now(datetime.timezone.utc)).replace(day=1)
    return ((first - datetime.timedelta(days=31)).strftime("%Y%m%d"),
            (first + datetime.timedelta(days=150)).strftime("%Y%m%d"))


def run(command, directory):
    done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise LabError("%s failed: %s" % (" ".join(command[:3]), (done.stderr or done.stdout).strip()[:300]))
    return done.stdout.strip()


class Signer:
    def __init__(self, world, directory):
        self.world, self.directory = world, directory
        self.keys = os.path.join(directory, "keys")
        self.inception, self.expiration = validity()
        self.ds = {}                # apex -> DS rdata, of signed zones
        self.keygen = find_program("ldns-keygen", "ldnsutils")
        self.signzone = find_program("ldns-signzone", "ldnsutils")

    def make_key(self, zone, key_signing):
        """The key's base name; its DS is in a file beside it."""
        command = [self.keygen, "-a", zone.signing.algorithm, "-r", "/dev/urandom"]
        if zone.signing.algorithm.startswith("RSA"):        # long ones take their time
            command += ["-b", "2048" if zone.apex.count(".") < 2 else "1024"]
        return run(command + (["-k"] if key_signing else []) + [zone.apex], self.keys)

    def read_ds(self, key):
        with open(os.path.join(self.keys, key + ".ds")) as file:
            return file.read().split(None, 3)[3].strip()

    def ds_of_child(self, apex):
        """The DS rdata that the parent shows for a signed zone; None for none."""
        signing, rdata = self.world.zones[apex].signing, self.ds[apex]
        tag, algorithm, digest_type, digest = rdata.split()
        if signing.fault == NO_DS:
            return None
        if signing.fault == WRONG_DS:
            digest = digest[:-4] + ("0000" if digest[-4:] != "0000" else "1111")
        if signing.fault == STRANGE_DS:
            algorithm = "200"
        return " ".join([tag, algorithm, digest_type, digest])

    def lines(self, zone):
        yield from zonewriter.zone_lines(self.world, zone)
        for child in sorted(zone.cuts):
            rdata = self.ds_of_child(child) if child in self.ds else None
            if rdata:
                yield "%s %d IN DS %s" % (child, zone.cut_ttl, rdata)

    def sign(self, zone):
        """Writes FILE.signed, and keeps the DS for the parent."""
        path = os.path.join(self.directory, zonewriter.zone_file(zone))
        unsigned = path + ".with-ds"
        with open(unsigned, "w") as file:
            file.write("\n".join(self.lines(zone)) + "\n")
        keys = [self.make_key(zone, True)]
        if zone.apex.count(".") < 2 or digest(zone.apex) % 2:       # the others sign all with one key
            keys.append(self.make_key(zone, False))
        when = ["-i", self.inception, "-e", self.expiration]
        if zone.signing.fault == EXPIRED:
            when = ["-i", "20200101", "-e", "20200201"]
        denial = {"nsec": [], "nsec3": ["-n", "-t", "0"], "opt-out": ["-n", "-t", "0", "-p"]}[zone.signing.denial]
        run([self.signzone] + denial + when + ["-o", zone.apex, "-f", path + ".signed", unsigned] + keys, self.keys)
        self.ds[zone.apex] = self.read_ds(keys[0])
        if zone.signing.fault == STRIPPED:
            os.replace(unsigned, path + ".signed")
        else:
            os.unlink(unsigned)
        if zone.signing.fault == BAD_SIGNATURE:
            damage_signatures(path + ".signed", "www." + zone.apex)

    def sign_all(self):
        """Children before their parents; those of one depth side by side."""
        os.makedirs(self.keys)
        depths = collections.defaultdict(list)
        for apex, zone in self.world.zones.items():
            if zone.signing:
                depths[len(list(ancestors(apex)))].append(zone)
        with concurrent.futures.ThreadPoolExecutor(SIGN_AT_ONCE) as pool:
            for depth in sorted(depths, reverse=True):
                list(pool.map(self.sign, depths[depth]))
        shutil.rmtree(self.keys)


def damage_signatures(path, owner):
    """One letter of each signature at a name is another."""
    lines = []
    with open(path) as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if fields[0] == owner and "RRSIG" in fields:
                at = len(line) - 30
                line = line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1:]
            lines.append(line)
    with open(path, "w") as file:
        file.writelines(lines)


def sign(world, directory):
    """Signs what is to be signed; the root's DS goes into root.anchors.  A
    world whose root is not signed has neither."""
    if not world.zones["."].signing:
        return
    signer = Signer(world, directory)
    signer.sign_all()
    with open(os.path.join(directory, "root.anchors"), "w") as file:
        file.write(". 172800 IN DS %s\n" % signer.ds["."])


def zone_state(world, apex):
    """Secure, insecure or bogus: what the chain from the root to the zone comes to."""
    for above in reversed([name for name in ancestors(apex) if name in world.zones]):
        signing = world.zones[above].signing
        if not signing or signing.fault in (NO_DS, STRANGE_DS):
            return INSECURE
        if signing.fault in (EXPIRED, WRONG_DS, STRIPPED):
            return BOGUS
    return SECURE


def name_state(world, name, denied):
    """Of what a zone says of a name, or of its absence."""
    zone = world.zone_of(name)
    state = zone_state(world, zone.apex)
    if state == SECURE and zone.signing.fault == BAD_SIGNATURE and name == "www." + zone.apex:
        return BOGUS
    if state == SECURE and denied and zone.signing.denial == "opt-out":
        return INSECURE         # there may be an unsigned delegation in the gap (RFC 5155 section 9.2)
    return state


def question_state(world, name, rrtype):
    """The weakest link of the chain of aliases, and what is at its end."""
    answer = oracle.resolve(world, name, rrtype)
    last, states = name, []
    for owner, _, link_type, target in answer.chain:
        states.append(name_state(world, owner, False))
        last = target if link_type == "CNAME" else last
    states.append(name_state(world, last, answer.rcode == "NXDOMAIN"))
    return BOGUS if BOGUS in states else INSECURE if INSECURE in states else SECURE


def write_states(world, path, questions):
    """Only for a world whose root is signed."""
    if not world.zones["."].signing:
        return
    with open(path, "w") as file:
        for name, rrtype in dict.fromkeys(questions):
            file.write("%s\t%s\t%s\n" % (name, rrtype, question_state(world, name, rrtype)))


def read_states(path):
    """{(name, type): state}; {} for a world that is not signed."""
    try:
        with open(path) as file:
            return {tuple(line.rstrip("\n").split("\t")[:2]): line.rstrip("\n").split("\t")[2] for line in file}
    except FileNotFoundError:
        return {}
