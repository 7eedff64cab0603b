"""The root of the scripted world with keys of its own, signed by Debian's ldnsutils; whole or revoked.  Nothing else of
the zone is signed: whoever trusts the keys finds its names bogus."""

import base64
import calendar
import os
import shutil
import struct
import subprocess
import tempfile
import time

import dns
from upstream import TTL, Upstream

NULL, DNSKEY, RRSIG = 10, 48, 46


def can_sign():
    return all(shutil.which(program) for program in ("ldns-keygen", "ldns-signzone", "ldns-revoke"))


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout.strip()


def stamp(days):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + days * 86400))


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y%m%d%H%M%S"))


def dnskey_rdata(fields):
    return struct.pack(">HBB", *map(int, fields[:3])) + base64.b64decode("".join(fields[3:]))


def rrsig_rdata(fields):
    covered, algorithm, labels, ttl, end, begin, tag, _signer = fields[:8]
    assert covered == "DNSKEY"
    return struct.pack(">HBBIIIH", DNSKEY, int(algorithm), int(labels), int(ttl), seconds(end), seconds(begin),
                       int(tag)) + b"\0" + base64.b64decode("".join(fields[8:]))


class SignedRoot(Upstream):
    """Its own server of this address; `revoke` changes what it says of its key."""

    def __init__(self, address, port):
        super().__init__(address, port)
        self.folder = tempfile.TemporaryDirectory(prefix="rootwalk-live-")
        self.key = run(self.folder.name, "ldns-keygen", "-a", "ECDSAP256SHA256", "-r", "/dev/urandom", "-k", ".")
        with open(os.path.join(self.folder.name, self.key + ".ds")) as file:
            self.anchor = file.read()
        self.keys_asked = 0
        self.told = []  # names that questions for NULL were about
        self.records = self.sign()

    def revoke(self):
        """The key has the REVOKE bit from now on, and signs with it."""
        run(self.folder.name, "ldns-revoke", self.key + ".key")
        self.records = self.sign()

    def sign(self):
        """The DNSKEY RRset and its signatures, as records of a reply."""
        zone = os.path.join(self.folder.name, "zone")
        with open(zone, "w") as file:
            file.write(f". {TTL} IN SOA a. b. 1 3600 600 86400 60\n. {TTL} IN NS a.\na. {TTL} IN A {self.address}\n")
        run(self.folder.name, "ldns-signzone", "-i", stamp(-1), "-e", stamp(10), "-o", ".", "-f", "signed", zone,
            self.key)
        records = []
        with open(os.path.join(self.folder.name, "signed")) as file:
            for line in file:
                fields = line.split(";")[0].replace("(", "").replace(")", "").split()
                if len(fields) > 4 and fields[0] == "." and fields[3] == "DNSKEY":
                    records.append(dns.record(".", DNSKEY, TTL, dnskey_rdata(fields[4:])))
                if len(fields) > 4 and fields[0] == "." and fields[3:5] == ["RRSIG", "DNSKEY"]:
                    records.append(dns.record(".", RRSIG, TTL, rrsig_rdata(fields[4:])))
        assert len(records) >= 2
        return records

    def answer(self, message, stream):
        if message.type == NULL:
            self.told.append(message.name)
        if message.type != DNSKEY or message.name != ".":
            return super().answer(message, stream)
        self.keys_asked += 1
        glue = [b"\0" + struct.pack(">HHIH", dns.OPT, 1232, 0x8000, 0)] if message.additional > 0 else []
        head = struct.pack(">6H", message.id, dns.QR | dns.AA, 1, len(self.records), 0, len(glue))
        return head + message.question + b"".join(self.records + glue)
