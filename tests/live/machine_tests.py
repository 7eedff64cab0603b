"""Faults of the machine: no descriptors, no memory, no disk, nobody who reads the log, no network, other clocks."""

import contextlib
import os
import resource
import signal
import socket
import struct
import tempfile
import time

import dns
import sockets
from machine import Machine, apart, command, is_sanitized

LISTENERS = 2       # sockets of one worker on one address
LINES = 3000        # of the log: more than a pipe holds
AWAY = "10.53.0.1"  # a name server on an address that comes and goes


def ask_many(rootwalk, names, patience=12):
    """{index: rcode} of the answers that come; all are sent before the first is read."""
    got = {}
    with rootwalk.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for i, name in enumerate(names):
            sock.send(dns.query(i, name))
        end = time.monotonic() + patience
        while len(got) < len(names) and time.monotonic() < end:
            sock.settimeout(max(0.01, end - time.monotonic()))
            try:
                answer = dns.Message(sock.recv(4096))
            except TimeoutError:
                break
            got[answer.id] = answer.rcode
    return got


def recovers(rootwalk, world, seconds):
    """Seconds until new names resolve, over UDP and TCP."""
    began = time.monotonic()
    while True:
        good = rootwalk.ask(world.name("plain")).rcode == dns.NOERROR
        if good and rootwalk.ask_stream(world.name("plain")).rcode == dns.NOERROR:
            return time.monotonic() - began
        assert time.monotonic() - began < seconds, f"it does not recover within {seconds} s"
        time.sleep(0.1)


def talk(rootwalk, name, count):
    """Questions that are logged, each answered."""
    for i in range(count):
        assert rootwalk.ask(name, ident=i & 0xffff).rcode == dns.NOERROR


# ---- the log ----

LOGGED = {"log": {"queries": "true"}}


def test_log_that_nobody_reads(world):
    """The pipe is full: questions are answered all the same, and when it is read again the gap is told."""
    reader, writer = os.pipe()
    name = world.name("plain")
    with world.daemon(stderr=writer, sections=LOGGED) as rootwalk:
        os.close(writer)
        talk(rootwalk, name, LINES)
        text = os.read(reader, 1 << 20)
        assert text.count(b"\n") < LINES and b"could not be written" not in text
        talk(rootwalk, name, 3)
        time.sleep(0.1)
        lines = os.read(reader, 1 << 20).decode().splitlines()
        assert "of the log could not be written: nobody reads it" in lines[0], lines[0]
        lost, kept = int(lines[0].split("warning: ")[1].split()[0]), text.count(b"\n")
        assert lost + kept + len(lines) - 1 >= LINES + 3, (lost, kept, lines)
    os.close(reader)


def test_log_whose_reader_is_gone(world):
    reader, writer = os.pipe()
    with world.daemon(stderr=writer, sections=LOGGED) as rootwalk:
        os.close(writer)
        os.close(reader)
        talk(rootwalk, world.name("plain"), 50)


def test_log_closed(world):
    """Descriptor 2 is no socket, whatever the shell did: nothing of the log gets to a client or a server."""
    with world.daemon(prefix=("sh", "-c", "exec \"$0\" \"$@\" 2>&- 1>&- 0>&-"), sections=LOGGED) as rootwalk:
        for fd in (0, 1, 2):
            assert os.readlink(f"/proc/{rootwalk.process.pid}/fd/{fd}") == "/dev/null"
        talk(rootwalk, world.name("plain"), 50)


@apart
def test_full_disk_under_the_log(world):
    folder = tempfile.mkdtemp(prefix="rootwalk-full-")
    command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder)
    path = os.path.join(folder, "log")
    name = world.name("plain")
    with open(path, "ab") as log, world.daemon(stderr=log, sections=LOGGED) as rootwalk:
        talk(rootwalk, name, LINES)
        assert os.path.getsize(path) <= 65536
        with open(path, "rb") as file:
            assert file.read().count(b"\n") < LINES
        command("mount", "-o", "remount,size=128k", folder)
        talk(rootwalk, name, 3)
        with open(path) as file:
            lines = file.read().splitlines()[-4:]
        assert all(" query from " in line for line in lines[1:]), lines
        _, level, words = lines[0].split(" ", 2)    # a line of its own, though the one before was cut
        assert level == "warning:" and words.endswith("lines of the log could not be written: No space left on device")
        talk(rootwalk, name, LINES)
    command("umount", folder)
    os.rmdir(folder)


# ---- descriptors ----

def limited(count):
    return ("sh", "-c", f"ulimit -n {count}; exec \"$0\" \"$@\"")


def test_descriptors_kept_idle_are_given_up(world):
    """After many bursts that took every descriptor, those that lie idle stand in nobody's way."""
    known = world.name("plain")

    def burst():
        for _ in range(12):
            ask_many(rootwalk, [world.name("slow-100") for _ in range(200)], patience=3)
        time.sleep(0.3)

    with world.daemon(prefix=limited(48), sections={"tcp": {"per-client": "100"}}) as rootwalk:
        assert rootwalk.ask(known).rcode == dns.NOERROR
        burst()
        for _ in range(4):
            rcodes = list(ask_many(rootwalk, [world.name("slow-100") for _ in range(32)]).values())
            assert rcodes == [dns.NOERROR] * 32, rcodes
        burst()
        held = [rootwalk.connect() for _ in range(24)]
        for sock in held:
            sock.settimeout(2)
            sock.sendall(dns.frame(dns.query(1, known)))
            assert dns.Message(dns.read_frame(sock)).rcode == dns.NOERROR
        for sock in held:
            sock.close()
        burst()
        assert rootwalk.ask_stream(world.name("big")).answers == 100


def test_no_descriptors_left(world):
    """Clients that are there are served from the cache, it says so and not too often, and comes back."""
    known = world.name("plain")
    with world.daemon(prefix=limited(64), sections={"tcp": {"per-client": "100"}}) as rootwalk:
        with rootwalk.connect() as before, rootwalk.socket() as sock:
            assert rootwalk.ask(known).rcode == dns.NOERROR
            for i in range(300):
                sock.send(dns.query(i, world.name("silent")))
            held = [rootwalk.connect() for _ in range(60)]
            time.sleep(0.3)
            for _ in range(20):
                assert rootwalk.ask(known).rcode == dns.NOERROR
                before.sendall(dns.frame(dns.query(9, known)))
                assert dns.Message(dns.read_frame(before)).rcode == dns.NOERROR
            time.sleep(1)
        for one in held:
            one.close()
        recovers(rootwalk, world, 15)
        said = rootwalk.log()
        assert 1 <= said.count("out of file descriptors") <= 4, said


# ---- memory ----

def known_names(world, rootwalk, count=10):
    """Names that a daemon with one worker has among its finished answers, which cost no memory to give."""
    names = [world.name("plain") for _ in range(count)]
    for _ in range(2):
        assert set(ask_many(rootwalk, names).values()) == {dns.NOERROR}
    return names


def test_memory_is_refused(world):
    """What is known is answered without any; the rest is SERVFAIL; afterwards all is as before."""
    if is_sanitized(world.binary):
        return
    machine = Machine()
    with world.daemon(environment=machine.environment) as rootwalk:
        known = known_names(world, rootwalk)
        with rootwalk.connect() as stream:
            stream.sendall(dns.frame(dns.query(6, known[0])))
            assert dns.Message(dns.read_frame(stream)).id == 6
            for refuse in (1, 2, 3, 7, 50):
                machine.refuse, machine.refused = refuse, 0
                rcodes = ask_many(rootwalk, [world.name("plain") for _ in range(100)])
                assert len(rcodes) == 100 and set(rcodes.values()) <= {dns.NOERROR, dns.SERVFAIL}, rcodes
                if refuse == 1:
                    assert set(rcodes.values()) == {dns.SERVFAIL}, rcodes
                    assert set(ask_many(rootwalk, known).values()) == {dns.NOERROR}
                    stream.sendall(dns.frame(dns.query(7, known[0])))
                    assert dns.Message(dns.read_frame(stream)).rcode == dns.NOERROR
                for _ in range(5):
                    with rootwalk.connect() as sock:
                        sock.sendall(dns.frame(dns.query(7, world.name("big"))))
                        try:
                            dns.read_frame(sock)
                        except ConnectionResetError:
                            pass
                assert machine.refused > 0
                machine.refuse = 0
                assert recovers(rootwalk, world, 6) < 6
        said = rootwalk.log()
        assert 1 <= said.count("out of memory") <= 4, said


def test_nothing_is_forgotten_without_memory(world):
    """Queries in flight and connections that memory ran out under are over some time later, seen from the kernel."""
    if is_sanitized(world.binary):
        return
    machine = Machine()
    with world.daemon(environment=machine.environment) as rootwalk:
        known_names(world, rootwalk)
        with rootwalk.connect() as stream:
            for refuse in (2, 3, 5, 13, 40):
                machine.refuse = refuse
                kinds = ("slow-20", "silent", "plain", "big", "slow-300")
                with rootwalk.socket() as sock:
                    for i in range(200):
                        name = world.name(kinds[i % 5])
                        sock.send(dns.query(i, name))
                        with contextlib.suppress(OSError):
                            stream.sendall(dns.frame(dns.query(i, name)))
                    time.sleep(0.8)
                machine.refuse = 0
                time.sleep(0.2)
        assert recovers(rootwalk, world, 6) < 6
        end = time.monotonic() + 25
        while len(used := sockets.in_use(rootwalk.process.pid)) > LISTENERS and time.monotonic() < end:
            time.sleep(0.2)
        assert len(used) == LISTENERS, used


def test_memory_ends(world):
    """The kernel gives no more (RLIMIT_DATA), in the middle of filling the cache."""
    if is_sanitized(world.binary):
        return
    with world.daemon() as rootwalk:
        known = known_names(world, rootwalk)
        with open(f"/proc/{rootwalk.process.pid}/status") as file:
            size = next(int(line.split()[1]) for line in file if line.startswith("VmData:")) << 10
        _, hard = resource.prlimit(rootwalk.process.pid, resource.RLIMIT_DATA)
        resource.prlimit(rootwalk.process.pid, resource.RLIMIT_DATA, (size + (1 << 18), hard))
        failed = 0
        for _ in range(20):
            rcodes = ask_many(rootwalk, [world.name("big") for _ in range(200)])
            assert len(rcodes) == 200 and set(rcodes.values()) <= {dns.NOERROR, dns.SERVFAIL}, rcodes
            failed += sum(rcode == dns.SERVFAIL for rcode in rcodes.values())
        assert set(ask_many(rootwalk, known).values()) == {dns.NOERROR}
        resource.prlimit(rootwalk.process.pid, resource.RLIMIT_DATA, (hard, hard))
        assert failed > 0, "there was memory enough: the test shows nothing"
        recovers(rootwalk, world, 6)


# ---- the network ----

def away(world, seconds):
    """How long after the network is back new names resolve; it was away for so long, with questions all the time."""
    from upstream import Upstream
    command("ip", "address", "add", AWAY + "/24", "dev", "lo")
    Upstream(AWAY, world.upstream_port)
    with world.daemon(servers=(AWAY,), sections={"recursion": {"upstream-allow": "[10.53.0.0/24]"}}) as rootwalk:
        assert rootwalk.ask(world.name("plain")).rcode == dns.NOERROR
        asked_away = world.name("plain")
        command("ip", "address", "delete", AWAY + "/24", "dev", "lo")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            assert rootwalk.ask(world.name("plain")).rcode == dns.SERVFAIL
            assert rootwalk.ask(asked_away).rcode == dns.SERVFAIL
            assert time.monotonic() - began < 6
            time.sleep(0.05)
        command("ip", "address", "add", AWAY + "/24", "dev", "lo")
        back = recovers(rootwalk, world, 5)
        while rootwalk.ask(asked_away).rcode != dns.NOERROR:
            assert time.monotonic() - end < 7, "a name asked meanwhile fails for too long"
            time.sleep(0.1)
        return back


@apart
def test_network_goes_and_comes(world):
    away(world, 3)


@apart
def test_network_is_away_for_long(world):
    away(world, 9)


# ---- time ----

def left_of(answer):
    """TTL of the first record, whose owner is a pointer or the name itself."""
    at = 2 if answer.rest[0] >= 0xc0 else len(dns.name_to_wire(answer.name))
    return struct.unpack(">I", answer.rest[at + 4:at + 8])[0]


def test_time_of_day_is_set(world):
    """Years ahead and back: neither the cache nor a time-out takes notice."""
    if is_sanitized(world.binary):
        return
    machine = Machine()
    with world.daemon(environment=machine.environment) as rootwalk:
        name = world.name("plain")
        rootwalk.ask(name)
        for jump in (3600, -3600, 315360000, -315360000, 0):
            machine.wall = jump
            assert left_of(rootwalk.ask(name)) > 3500
            assert rootwalk.ask(world.name("plain")).rcode == dns.NOERROR
            began = time.monotonic()
            assert rootwalk.ask(world.name("slow-200")).rcode == dns.NOERROR
            assert rootwalk.ask_stream(world.name("big")).answers == 100
            assert time.monotonic() - began < 3
        assert rootwalk.ask(world.name("silent")).rcode == dns.SERVFAIL


def test_machine_slept(world):
    """An hour under a closed lid is an hour for every record, and for nothing else."""
    if is_sanitized(world.binary):
        return
    machine = Machine()
    with world.daemon(environment=machine.environment) as rootwalk:
        name = world.name("plain")
        rootwalk.ask(name)
        machine.boot = 1800
        assert 1700 < left_of(rootwalk.ask(name)) <= 1800
        machine.boot = 3700
        assert left_of(rootwalk.ask(name)) > 3500
        assert len([one for one in world.upstream.udp_queries if one[0] == name]) == 2
        assert recovers(rootwalk, world, 1) < 1


def test_held_up(world):
    """SIGSTOP for longer than any question is worked on, with questions in flight, connections open and more coming."""
    with world.daemon(workers=2) as rootwalk:
        known = known_names(world, rootwalk)
        with rootwalk.connect() as stream, rootwalk.socket() as sock:
            for i in range(50):
                sock.send(dns.query(i, world.name("slow-300")))
                stream.sendall(dns.frame(dns.query(i, world.name("slow-300"))))
            time.sleep(0.05)
            rootwalk.process.send_signal(signal.SIGSTOP)
            for i in range(100):
                sock.send(dns.query(1000 + i, known[i % 10]))
            time.sleep(12)
            rootwalk.process.send_signal(signal.SIGCONT)
            got = {}
            while len(got) < 150:
                answer = dns.Message(sock.recv(4096))
                got[answer.id] = answer.rcode
            assert all(got[1000 + i] == dns.NOERROR for i in range(100)), got
        assert recovers(rootwalk, world, 5) < 5
        assert set(ask_many(rootwalk, [world.name("plain") for _ in range(50)]).values()) == {dns.NOERROR}
