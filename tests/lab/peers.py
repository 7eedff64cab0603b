"""Debian's resolvers over the lab: unbound, BIND, Knot Resolver, PowerDNS Recursor.

    import netns, peers
    netns.enter()                        # or be inside `unshare -Urn` with lo up
    ... start the lab on port 53 (servers.start(world, 53, run)) ...
    peer = peers.start("unbound", workdir, world + "/root.hints", "127.0.1.1")
    peer.name, peer.pid, peer.address    # it answers on address:53, UDP and TCP
    peer.stop()

Names: peers.NAMES = unbound, named, kresd, pdns_recursor.  start() returns when
the peer answers, and raises process.LabError with one sentence otherwise; the
workdir is made when missing, one for each peer.  `threads` (default 1) is
given on to those that can (kresd has one process, one thread).

All of them: recursion from the lab's root hints, no DNSSEC validation unless there
are anchors, queries to 127/8 allowed, IPv4 only, no user change, no chroot, foreground, 1 thread,
a cache that is big enough (256 MB), no query log, built-in answers for private
and special names off where that can be said, prefetch off.  A peer dies with
the process that started it.

By hand: python3 tests/lab/peers.py [NAME...]  starts each over the small world
in a namespace of its own and asks a few questions (last line: N passed, N failed).
"""
import os
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import netns
import rootwalk
from process import LabError, find_program, last_words, spawn, stop_all

UNBOUND = """server:
    directory: "{work}"
    username: ""
    chroot: ""
    pidfile: "{work}/unbound.pid"
    use-syslog: no
    logfile: ""
    do-daemonize: no
    verbosity: 0
    num-threads: {threads}
    interface: {address}
    port: 53
    access-control: 127.0.0.0/8 allow
    do-ip6: no
    do-not-query-localhost: no
    root-hints: "{hints}"
    module-config: "{modules}"
    {anchors}
    unblock-lan-zones: yes
    insecure-lan-zones: yes
    outgoing-range: 4096
    num-queries-per-thread: 2048
    so-rcvbuf: 0
    msg-cache-size: 128m
    rrset-cache-size: 256m
    edns-buffer-size: 1232
    prefetch: no
remote-control:
    control-enable: no
"""

NAMED = """options {{
    directory "{work}";
    listen-on port 53 {{ {address}; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile none;
    managed-keys-directory "{work}";
    recursion yes;
    allow-query {{ 127.0.0.0/8; }};
    allow-recursion {{ 127.0.0.0/8; }};
    dnssec-validation {validation};
    empty-zones-enable no;
    prefetch 0;
    max-cache-size 256M;
    recursive-clients 20000;
    edns-udp-size 1232;
    max-udp-size 1232;
    notify no;
}};
controls {{ }};
logging {{ category default {{ null; }}; }};
{anchors}
zone "." {{ type hint; file "{hints}"; }};
"""

KRESD = """log_level('err')
net.ipv6 = false
net.listen('{address}', 53)
modules.unload('ta_update')
modules.unload('ta_signal_query')
modules.unload('detect_time_skew')
modules.unload('detect_time_jump')
trust_anchors.remove('.')
{anchors}
modules = {{ 'hints > iterate' }}
hints.root_file('{hints}')
option('ALLOW_LOCAL', true)
cache.open(256 * MB, 'lmdb://{work}/cache')
cache.min_ttl(0)
"""

RECURSOR = """config-dir={work}
socket-dir={work}
local-address={address}
local-port=53
hint-file={hints}
allow-from=127.0.0.0/8
dont-query=
dnssec={validation}
{anchors}
threads={threads}
pdns-distributes-queries=no
daemon=no
disable-syslog=yes
quiet=yes
loglevel=2
write-pid=no
setuid=
setgid=
security-poll-suffix=
serve-rfc1918=no
export-etc-hosts=no
query-local-address=0.0.0.0
max-cache-entries=2000000
max-packetcache-entries=1000000
max-mthreads=4096
minimum-ttl-override=0
udp-truncation-threshold=1232
version-string=lab
"""

# name -> (program, Debian package, configuration file, text, arguments)
PEERS = {
    "unbound": ("unbound", "unbound", "unbound.conf", UNBOUND, ["-d", "-c", "{file}"]),
    "named": ("named", "bind9", "named.conf", NAMED, ["-f", "-4", "-n", "{threads}", "-c", "{file}"]),
    "kresd": ("kresd", "knot-resolver", "kresd.conf", KRESD, ["-n", "-c", "{file}", "{work}"]),
    "pdns_recursor": ("pdns_recursor", "pdns-recursor", "recursor.conf", RECURSOR,
                      ["--config-dir={work}"]),
}
NAMES = list(PEERS)


def validation_facts(name, anchors, work):
    """What is filled in for validation: with the DS records of a file, or off.
    The one line `. IN DS tag algorithm type digest` is enough for all."""
    if not anchors:
        return {"modules": "iterator", "validation": "off" if name == "pdns_recursor" else "no", "anchors": ""}
    with open(anchors) as file:
        records = [line.split() for line in file if " DS " in line]
    lines = {
        "unbound": ['trust-anchor: "%s"' % " ".join(record) for record in records],
        "named": ["trust-anchors {"] +
                 ['    . static-ds %s %s %s "%s";' % tuple(record[-4:]) for record in records] + ["};"],
        "kresd": ["trust_anchors.add('%s')" % " ".join(record) for record in records],
        "pdns_recursor": ["lua-config-file=%s/anchors.lua" % work],
    }[name]
    if name == "pdns_recursor":
        with open(os.path.join(work, "anchors.lua"), "w") as file:
            file.write("clearTA()\n" + "".join('addTA(".", "%s")\n' % " ".join(r[-4:]) for r in records))
    return {"modules": "validator iterator", "validation": "validate" if name == "pdns_recursor" else "yes",
            "anchors": "\n".join(lines)}


class Peer:
    def __init__(self, name, process, address, log):
        self.name, self.process, self.address, self.log = name, process, address, log

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        stop_all([self.process])

    def wait_until_ready(self, patience, with_any):
        """Ready is: answers a query for the root's NS with NOERROR over UDP, or
        with_any: answers it somehow."""
        end = time.monotonic() + patience
        while not rootwalk.answers(self.address, 53, with_any):
            if self.process.poll() is not None:
                raise LabError("%s ended: %s" % (self.name, last_words(self.log)))
            if time.monotonic() > end:
                raise LabError("%s does not answer on %s: %s"
                               % (self.name, self.address, last_words(self.log)))
            time.sleep(0.05)


def start(name, workdir, hints, address, threads=1, patience=20.0, anchors=None, environment=None,
          with_any=False):
    """Starts the peer on address:53; see the head of this file.  `anchors` is a
    file of DS records of the root, and it validates; None: it does not."""
    if name not in PEERS:
        raise LabError("there is no peer named %s; there are %s" % (name, ", ".join(NAMES)))
    program, package, file_name, text, arguments = PEERS[name]
    command = find_program(program, package)
    work = os.path.abspath(workdir)
    os.makedirs(work, exist_ok=True)
    facts = {"work": work, "hints": os.path.abspath(hints), "address": address,
             "threads": threads, "file": os.path.join(work, file_name)}
    facts.update(validation_facts(name, anchors, work))
    with open(facts["file"], "w") as file:
        file.write(text.format(**facts))
    if name == "named":
        netns.add_address(address)
    log = os.path.join(work, name + ".log")
    process = spawn([command] + [a.format(**facts) for a in arguments], log, cwd=work,
                    env=environment)
    peer = Peer(name, process, address, log)
    try:
        peer.wait_until_ready(patience, with_any)
    except BaseException:
        peer.stop()
        raise
    return peer


def fit_to_ask(question, answer):
    """Not asked: what the peers are known to do otherwise.  Unbound goes on for
    minutes where all servers are dead, and takes a lame referral for NODATA."""
    name = question[0]
    wanted = "roboshop" in name or name.startswith(("www.", "crowd.", "long-chain.", "via."))
    return wanted and answer.rcode != "SERVFAIL" and "lame-referral" not in name


def try_peer(name, world, run, address):
    """Starts it and compares a few answers with the truth; returns (good, bad)."""
    import asker
    import judge
    import oracle
    truth = oracle.read_truth(os.path.join(world, "truth"))
    questions = [q for q in truth if fit_to_ask(q, truth[q])]
    peer = start(name, os.path.join(run, name), os.path.join(world, "root.hints"), address)
    try:
        replies = asker.ask(address, 53, questions, sources=["127.0.2.1"])
        faults = [judge.fault(truth[q], replies.get(q)) for q in questions]
    finally:
        peer.stop()
    shown = [(q, fault) for q, fault in zip(questions, faults) if fault]
    for question, fault in shown[:10]:
        print("%s: %s %s: %s" % ((name,) + question + (fault,)))
    print("%s: %d questions, %d faults" % (name, len(questions), len(shown)), flush=True)
    return len(questions) - len(shown), len(shown)


def main():
    import makeworld
    import servers
    world = makeworld.ensure()
    run = os.path.join(makeworld.build_directory(), "run-peers-%d" % os.getpid())
    netns.enter()
    lab = servers.start(world, 53, run)
    good = bad = 0
    try:
        for index, name in enumerate(sys.argv[1:] or NAMES):
            right, wrong = try_peer(name, world, run, "127.0.1.%d" % (index + 1))
            good, bad = good + right, bad + wrong
    finally:
        lab.stop()
        shutil.rmtree(run, ignore_errors=True)
    print("%d passed, %d failed" % (good, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LabError as why:
        sys.exit("peers: %s" % why)
