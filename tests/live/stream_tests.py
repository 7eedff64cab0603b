"""Clients over TCP (RFC 7766)."""

import contextlib
import socket
import time

import dns


def ended_after(sock, seconds):
    """Seconds until the server ends the connection; the test fails when it does not within `seconds`."""
    began = time.monotonic()
    sock.settimeout(seconds)
    try:
        assert sock.recv(1) == b"", "octets where there should be none"
    except ConnectionResetError:
        pass
    except TimeoutError as error:
        raise AssertionError(f"still open after {seconds} s") from error
    return time.monotonic() - began


def test_answer(world):
    answer = world.rootwalk.ask_stream(world.name("plain"), ident=77)
    assert answer.id == 77 and answer.rcode == dns.NOERROR and answer.answers == 1


def test_many_on_one_connection(world):
    with world.rootwalk.connect() as sock:
        for i in range(50):
            name = world.name("plain")
            sock.sendall(dns.frame(dns.query(i, name)))
            answer = dns.Message(dns.read_frame(sock))
            assert answer.id == i and answer.name == name


def test_answers_come_when_they_are_found(world):
    """Pipelining: the fast one overtakes the slow one, both sent in one segment."""
    slow, fast = world.name("slow-800"), world.name("plain")
    with world.rootwalk.connect() as sock:
        sock.sendall(dns.frame(dns.query(1, slow)) + dns.frame(dns.query(2, fast)))
        order = [dns.Message(dns.read_frame(sock)).id for _ in range(2)]
    assert order == [2, 1], order


def test_more_than_the_pipeline_takes(world):
    """All are answered, though never more than LIMIT_STREAM_PIPELINE, 100, are worked on at once."""
    count = 400
    names = [world.name("slow-250-pipe") for _ in range(count)]
    with world.rootwalk.connect() as sock:
        sock.sendall(b"".join(dns.frame(dns.query(i, name)) for i, name in enumerate(names)))
        world.upstream.wait_for("slow-250-pipe")
        time.sleep(0.15)
        assert len(world.upstream.names_of("slow-250-pipe")) <= 100
        got = {}
        for _ in range(count):
            answer = dns.Message(dns.read_frame(sock))
            got[answer.id] = (answer.name, answer.rcode)
    assert got == {i: (name, dns.NOERROR) for i, name in enumerate(names)}


def test_octet_by_octet(world):
    octets = dns.frame(dns.query(9, world.name("plain"))) + dns.frame(dns.query(10, world.name("plain")))
    with world.rootwalk.connect() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in octets:
            sock.sendall(bytes([octet]))
            time.sleep(0.002)
        assert {dns.Message(dns.read_frame(sock)).id for _ in range(2)} == {9, 10}


def test_ended_client_gets_its_answers(world):
    with world.rootwalk.connect() as sock:
        sock.sendall(dns.frame(dns.query(1, world.name("slow-300"))) + dns.frame(dns.query(2, world.name("plain"))))
        sock.shutdown(socket.SHUT_WR)
        assert {dns.Message(dns.read_frame(sock)).id for _ in range(2)} == {1, 2}
        assert sock.recv(1) == b""


def test_gone_client_is_no_harm(world):
    for _ in range(50):
        with world.rootwalk.connect() as sock:
            sock.sendall(dns.frame(dns.query(1, world.name("slow-100"))) * 3)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # RST
    time.sleep(0.3)
    assert world.rootwalk.ask_stream(world.name("plain")).rcode == dns.NOERROR


def test_idle_ends(world):
    with world.daemon(sections={"tcp": {"idle": "1s"}}) as rootwalk:
        with rootwalk.connect() as sock:
            assert 0.5 < ended_after(sock, 8)
        with rootwalk.connect() as sock:
            sock.sendall(dns.frame(dns.query(1, world.name("plain"))))
            assert dns.Message(dns.read_frame(sock)).rcode == dns.NOERROR
            assert 0.5 < ended_after(sock, 8)


def test_waiting_is_not_idle(world):
    with world.daemon(sections={"tcp": {"idle": "1s"}}) as rootwalk, rootwalk.connect() as sock:
        sock.sendall(dns.frame(dns.query(5, world.name("silent"))))
        answer = dns.Message(dns.read_frame(sock))
        assert answer.id == 5 and answer.rcode == dns.SERVFAIL


def test_slow_loris(world):
    """A message of which an octet comes now and then is not waited for."""
    octets = dns.frame(dns.query(1, world.name("plain")))
    with world.rootwalk.connect() as sock:
        began = time.monotonic()
        try:
            for octet in octets:
                sock.sendall(bytes([octet]))
                time.sleep(0.5)
                sock.settimeout(0.01)
                try:
                    if sock.recv(1) == b"":
                        break
                except TimeoutError:
                    continue
            else:
                raise AssertionError("it waits for ever")
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert 2 < time.monotonic() - began < 10


def test_reader_that_never_reads(world):
    """Attacks row 70: reading from it stops, memory stays, the connection ends."""
    name = world.name("big")
    with world.daemon() as rootwalk:
        assert rootwalk.ask_stream(name).answers == 100
        before = rootwalk.resident()
        with rootwalk.connect() as sock:
            sock.settimeout(0.5)
            batch = dns.frame(dns.query(1, name)) * 1000
            sent, began = 0, time.monotonic()
            try:
                while time.monotonic() - began < 15:
                    try:
                        sent += sock.send(batch)
                    except TimeoutError:
                        pass
                raise AssertionError("the connection is still open")
            except (ConnectionResetError, BrokenPipeError):
                pass
            assert sent < 50 << 20, sent
        assert rootwalk.resident() - before < 8 << 20, rootwalk.resident() - before
        assert rootwalk.ask(name).flags & dns.TC


def test_slow_reader_gets_everything(world):
    name = world.name("big")
    count = 600
    with world.rootwalk.connect() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        sock.sendall(b"".join(dns.frame(dns.query(i, name)) for i in range(count)))
        time.sleep(0.3)
        got = set()
        for i in range(count):
            answer = dns.Message(dns.read_frame(sock))
            assert answer.answers == 100
            got.add(answer.id)
            if i % 20 == 0:
                time.sleep(0.01)
    assert got == set(range(count))


def test_places_of_one_client(world):
    with world.daemon(sections={"tcp": {"per-client": "3"}}) as rootwalk:
        time.sleep(0.2)  # until the connection that looked whether it is there has ended
        held = [rootwalk.connect() for _ in range(3)]
        for sock in held:
            sock.sendall(dns.frame(dns.query(1, world.name("plain"))))
            assert dns.read_frame(sock) is not None
        with rootwalk.connect() as sock:
            ended_after(sock, 3)
        with rootwalk.connect(source="127.0.0.3") as sock:
            sock.sendall(dns.frame(dns.query(1, world.name("plain"))))
            assert dns.read_frame(sock) is not None
        for sock in held:
            sock.close()
        time.sleep(0.2)
        assert rootwalk.ask_stream(world.name("plain")).rcode == dns.NOERROR


def test_what_is_no_query_ends_the_connection(world):
    name = world.name("plain")
    for rubbish in (b"", b"\x12", b"\0" * 11, dns.query(1, name, flags=dns.QR | dns.RD)):
        with world.rootwalk.connect() as sock:
            sock.sendall(dns.frame(dns.query(7, name)))
            assert dns.Message(dns.read_frame(sock)).id == 7
            sock.sendall(dns.frame(rubbish))
            ended_after(sock, 5)


def test_who_waits_the_longest_gives_way(world):
    """Where all wait for answers, one of them makes room, and no more than one."""
    with world.daemon(sections={"tcp": {"per-client": "4", "max-clients": "4"}}) as rootwalk:
        time.sleep(0.2)  # until the connection that looked whether it is there has ended
        held = [rootwalk.connect(source="127.0.0.2") for _ in range(4)]
        for sock in held:
            sock.sendall(dns.frame(dns.query(1, world.name("slow-1100"))))
        world.upstream.wait_for("slow-1100")
        time.sleep(0.5)
        assert rootwalk.ask_stream(world.name("plain")).rcode == dns.NOERROR
        answered = 0
        for sock in held:
            with contextlib.suppress(ConnectionResetError):
                frame = dns.read_frame(sock)
                answered += frame is not None and dns.Message(frame).rcode == dns.NOERROR
            sock.close()
        assert answered == 3, answered


def test_who_says_nothing_gives_way(world):
    """At once, and the one that came first: a client of its own limit does not drive out others."""
    with world.daemon(sections={"tcp": {"per-client": "2", "max-clients": "4"}}) as rootwalk:
        time.sleep(0.2)
        held = [rootwalk.connect(source=f"127.0.0.{2 + i // 2}") for i in range(4)]
        time.sleep(0.05)
        with rootwalk.connect(source="127.0.0.2") as sock:
            ended_after(sock, 3)
        name = world.name("plain")
        rootwalk.ask(name)
        with rootwalk.connect(source="127.0.0.9") as sock:
            sock.sendall(dns.frame(dns.query(1, name)))
            assert dns.Message(dns.read_frame(sock)).rcode == dns.NOERROR
        for sock in held:
            sock.close()


def test_full_house_makes_room(world):
    """With all places taken, those that sit idle go and a new client is served."""
    with world.daemon(sections={"tcp": {"per-client": "8", "max-clients": "16", "idle": "60s"}}) as rootwalk:
        held = [rootwalk.connect(source=f"127.0.0.{2 + i // 8}") for i in range(16)]
        time.sleep(0.5)
        began = time.monotonic()
        assert rootwalk.ask_stream(world.name("plain")).rcode == dns.NOERROR
        assert time.monotonic() - began < 2
        for sock in held:
            sock.close()
