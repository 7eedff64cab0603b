"""Clients over UDP."""

import socket
import struct

import dns


def silence(sock, octets, seconds=0.4):
    sock.settimeout(seconds)
    sock.send(octets)
    try:
        got = sock.recv(4096)
    except TimeoutError:
        return
    raise AssertionError(f"answered with {got.hex()}")


def test_answer(world):
    name = world.name("plain")
    answer = world.rootwalk.ask(name, ident=0xbeef)
    assert answer.id == 0xbeef and answer.rcode == dns.NOERROR and answer.answers == 1
    assert answer.flags & dns.QR and answer.flags & dns.RA
    assert bytes([192, 0, 2, 1]) in answer.rest


def test_case_is_echoed(world):
    name = world.name("PlAiN").replace("example", "eXaMPLe")
    assert world.rootwalk.ask(name).name == name
    other = name.swapcase()
    assert world.rootwalk.ask(other).name == other


def test_many_at_once(world):
    """More than one batch, answers in any order, each to its own question."""
    names = [world.name("slow-50" if i % 3 == 0 else "plain") for i in range(200)]
    with world.rootwalk.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for i, name in enumerate(names):
            sock.send(dns.query(i, name))
        got = {}
        while len(got) < len(names):
            answer = dns.Message(sock.recv(4096))
            got[answer.id] = answer
    for i, name in enumerate(names):
        assert got[i].name == name and got[i].rcode == dns.NOERROR, (name, got[i].rcode)


def test_truncation_then_tcp(world):
    name = world.name("big")
    cut = world.rootwalk.ask(name, edns=1232)
    assert cut.flags & dns.TC and cut.rcode == dns.NOERROR and len(cut.octets) <= 1232
    whole = world.rootwalk.ask_stream(name)
    assert not whole.flags & dns.TC and whole.answers == 100, whole.answers


def test_too_short_is_silence(world):
    with world.rootwalk.socket() as sock:
        for size in range(1, 12):
            silence(sock, b"\x12\x34\x01\x00\x00\x01\0\0\0\0\0\0"[:size], 0.05)
        silence(sock, b"")


def test_rubbish_is_formerr(world):
    """A header that can be read, and nothing behind it that can."""
    rubbish = struct.pack(">6H", 0x4711, dns.RD, 1, 0, 0, 0) + b"\x3fabc"
    with world.rootwalk.socket() as sock:
        sock.send(rubbish)
        answer = dns.Message(sock.recv(4096)[:4] + b"\0" * 8)  # whether it holds the question is its own affair
        assert answer.id == 0x4711 and answer.rcode == dns.FORMERR and answer.flags & dns.QR


def test_oversize_is_no_harm(world):
    """A query larger than any buffer is cut, and so malformed."""
    name = world.name("plain")
    with world.rootwalk.socket() as sock:
        sock.send(dns.query(1, name) + b"x" * 20000)
        sock.send(dns.query(2, name))
        while dns.Message(sock.recv(4096)).id != 2:
            pass


def test_responses_are_never_answered(world):
    with world.rootwalk.socket() as sock:
        silence(sock, dns.query(1, world.name("plain"), flags=dns.QR | dns.RD))
        silence(sock, struct.pack(">6H", 1, dns.QR | dns.FORMERR, 0, 0, 0, 0))


def test_strangers_are_refused(world):
    name = world.name("plain")
    with world.daemon(sections={"access": {"allow": "[127.0.0.2/32]"}}) as rootwalk:
        assert rootwalk.ask(name).rcode == dns.REFUSED
        assert rootwalk.ask(name, source="127.0.0.2").rcode == dns.NOERROR


def test_wildcard_answers_from_the_address_asked(world):
    name, later = world.name("plain"), world.name("slow-100")
    with world.daemon(listen=("0.0.0.0",), sections={"access": {"allow": "[127.0.0.0/8]"}}) as rootwalk:
        for address in ("127.0.0.1", "127.0.0.5", "127.8.9.10"):
            assert rootwalk.ask(name, address=address).rcode == dns.NOERROR
        assert rootwalk.ask(later, address="127.8.9.10").rcode == dns.NOERROR


def test_ipv6(world):
    try:
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).bind(("::1", 0))
    except OSError:
        return  # a machine without IPv6
    name = world.name("plain")
    for listen in ("::1", "::"):
        with world.daemon(listen=(listen,)) as rootwalk:
            assert rootwalk.ask(name, address="::1").rcode == dns.NOERROR
