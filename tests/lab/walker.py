"""A tiny iterator: walks from the root servers to an answer, one question at a time.

Why: the self-test must show that the practice internet can be walked, with
nothing but NSD and these lines, before anybody blames a resolver.  It knows
referrals, glue or none, lame and dead servers, truncation and CNAME; it
remembers delegations, keeps no answers, checks nothing against spoofing and
is no resolver for anybody.
"""
import socket

import asker
import wire
from model import ancestors, is_below

PATIENCE = 0.3          # seconds; the servers are on this machine
MAX_STEPS = 40


class NoAnswer(Exception):
    """No server of a zone answers: what a resolver calls SERVFAIL."""


class Walker:
    def __init__(self, root_addresses, port):
        self.port = port
        self.delegations = {".": ["root hints"]}
        self.addresses = {"root hints": list(root_addresses)}
        self.good = {}              # zone -> the address that answered last
        self.bad = set()            # (zone, address) that did not
        self.looking = set()        # hosts being looked up, against loops
        self.referrals = 0
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.settimeout(PATIENCE)

    def exchange(self, address, question):
        """One question to one server; None when it says nothing."""
        self.sock.connect((address, self.port))
        try:
            self.sock.send(wire.build_query(77, question[0], question[1], recursion=False))
            message = wire.parse(self.sock.recv(4096))
        except OSError:
            return None
        if message.question != question:
            return None
        if message.truncated:
            message = asker.ask_tcp(address, self.port, question)
        return None if isinstance(message, str) else message

    def host_addresses(self, host):
        """Glue if there was some, else looked up."""
        if host not in self.addresses:
            if host in self.looking:
                return []
            self.looking.add(host)
            try:
                chain, final, _ = self.resolve(host, "A")
                self.addresses[host] = [record[3] for record in final]
            except NoAnswer:
                self.addresses[host] = []
            self.looking.discard(host)
        return self.addresses[host]

    def zone_addresses(self, zone):
        if zone in self.good:
            yield self.good[zone]
        for host in self.delegations[zone]:
            for address in self.host_addresses(host):
                if (zone, address) not in self.bad:
                    yield address

    def take_referral(self, zone, name, message):
        """Stores a referral that leads down; returns the child or None."""
        servers = [r for r in message.authority if r[1] == "NS"]
        if message.answer or message.authoritative or not servers:
            return None
        child = servers[0][0]
        if child == zone or not is_below(child, zone) or not is_below(name, child):
            return None
        self.referrals += 1
        self.delegations[child] = [r[3] for r in servers]
        for owner, rrtype, _, rdata in message.additional:
            if rrtype == "A" and is_below(owner, zone):
                self.addresses.setdefault(owner, [rdata])
        return child

    def ask_zone(self, zone, question):
        """Asks the zone's servers in turn; returns (message, child or None)."""
        for address in self.zone_addresses(zone):
            message = self.exchange(address, question)
            if message and message.rcode in ("NOERROR", "NXDOMAIN"):
                child = self.take_referral(zone, question[0], message)
                if child or message.authoritative:
                    self.good[zone] = address
                    return message, child
            self.bad.add((zone, address))
            self.good.pop(zone, None)
        raise NoAnswer(zone)

    def find(self, name, rrtype):
        """The authoritative message for the question, from the deepest zone."""
        for _ in range(MAX_STEPS):
            zone = next(z for z in ancestors(name) if z in self.delegations)
            message, child = self.ask_zone(zone, (name, rrtype))
            if not child:
                return message
        raise NoAnswer(name)

    def resolve(self, name, rrtype):
        """Returns (CNAME records on the way, final records, last message).

        Each name of a chain is asked of its own zone: what a server says
        beyond its zone is not believed.
        """
        chain = []
        for _ in range(MAX_STEPS):
            message = self.find(name, rrtype)
            link = [r for r in message.answer if r[1] == "CNAME" and r[0] == name]
            if not link or rrtype == "CNAME":
                final = [r for r in message.answer if r[1] == rrtype and r[0] == name]
                return chain, final, message
            chain.append(link[0])
            name = link[0][3]
        raise NoAnswer(name)

    def reply(self, name, rrtype):
        """The answer in the shape that judge.fault() judges."""
        answer = wire.Message()
        answer.question = (name, rrtype)
        try:
            chain, final, last = self.resolve(name, rrtype)
        except NoAnswer:
            answer.rcode, answer.answer, answer.authority = "SERVFAIL", [], []
            return answer
        answer.rcode, answer.authority = last.rcode, last.authority
        answer.answer = chain + final
        return answer
