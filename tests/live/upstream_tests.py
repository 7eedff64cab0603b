"""Queries to servers: ports, connected sockets, TCP connections."""

import socket
import time

import dns
from world import CLOSED, UPSTREAM, free_port

QUERIES_PER_CLIENT = 600
CLIENTS = 8  # the kernel gives each client's port to one of the two workers


def collect_ports(world, tag):
    """The source ports of many queries, for one client."""
    names = [world.name(f"{tag}-p") for _ in range(QUERIES_PER_CLIENT)]
    with world.rootwalk.socket() as sock:
        for at in range(0, len(names), 50):
            waiting = set(range(at, at + 50))
            for i in waiting:
                sock.send(dns.query(i, names[i]))
            for _ in range(50):
                answer = dns.Message(sock.recv(4096))
                assert answer.rcode == dns.NOERROR
    return sorted(port for _, port in world.upstream.sources_of(f"{tag}-p"))


def distance_from_even(ports):
    """Kolmogorov's distance from an even spread over 1024 to 65535, times the root of the count."""
    count = len(ports)
    worst = max(max(abs((i + 1) / count - (port - 1023) / 64512), abs(i / count - (port - 1023) / 64512))
                for i, port in enumerate(ports))
    return worst * count ** 0.5


def test_ports_of_every_worker_are_all_ports(world):
    for client in range(CLIENTS):
        ports = collect_ports(world, f"ports{client}")
        assert len(ports) >= QUERIES_PER_CLIENT
        assert 1024 <= ports[0] < 3000 and ports[-1] > 63500, (ports[0], ports[-1])
        assert len(set(ports)) > 0.97 * len(ports), "ports come again and again"
        assert distance_from_even(ports) < 2.4, distance_from_even(ports)  # by chance once in 50,000


def test_strangers_are_not_heard(world):
    """A forged reply from another address, with everything right but that, meets a closed port (attacks row 4)."""
    name = world.name("slow-1100")
    with world.rootwalk.socket() as client, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        client.send(dns.query(3, name))
        source, octets = world.upstream.wait_for("slow-1100")
        asked = dns.Message(octets)
        stranger.bind(("127.53.200.66", world.upstream_port))
        stranger.connect(source)
        forged = dns.query(asked.id, asked.name, flags=dns.QR | dns.AA)
        stranger.send(forged[:7] + b"\1" + forged[8:] + dns.record(asked.name, dns.A, 60, b"\6\6\6\6"))
        stranger.settimeout(0.3)
        try:
            stranger.recv(1)
            raise AssertionError("somebody answered the stranger")
        except ConnectionRefusedError:
            pass
        except TimeoutError as error:
            raise AssertionError("the kernel took the stranger's packet") from error
        answer = dns.Message(client.recv(4096))
    assert answer.rcode == dns.NOERROR and bytes([192, 0, 2, 1]) in answer.rest


def test_closed_port_is_noticed(world):
    """One of two servers does not run: the kernel says so, nobody waits for a time-out."""
    with world.daemon(servers=(CLOSED, UPSTREAM)) as rootwalk:
        began = time.monotonic()
        for _ in range(20):
            assert rootwalk.ask(world.name("plain")).rcode == dns.NOERROR
        assert time.monotonic() - began < 3


def test_no_server_is_servfail(world):
    with world.daemon(upstream_port=free_port()) as rootwalk:
        assert rootwalk.ask(world.name("plain")).rcode == dns.SERVFAIL
        assert rootwalk.ask_stream(world.name("big")).rcode == dns.SERVFAIL


def test_connections_are_used_again(world):
    with world.daemon() as rootwalk:
        before = len(world.upstream.connections)
        for _ in range(20):
            assert rootwalk.ask_stream(world.name("big")).answers == 100
        carried = world.upstream.connections[before:]
        assert len(carried) == 1 and carried[0] >= 20, carried


def test_connections_are_shared(world):
    """Many at once go on few connections."""
    with world.daemon() as rootwalk, rootwalk.connect() as sock:
        before = len(world.upstream.connections)
        sock.sendall(b"".join(dns.frame(dns.query(i, world.name("big"))) for i in range(60)))
        answers = [dns.Message(dns.read_frame(sock)) for _ in range(60)]
        assert all(answer.answers == 100 for answer in answers)
        assert len(world.upstream.connections) - before < 10


def test_connection_that_ended_is_tried_again(world):
    """Attacks row 76: the server ends a kept connection when the next query comes; no query is lost."""
    with world.daemon() as rootwalk:
        for _ in range(10):
            assert rootwalk.ask_stream(world.name("once")).rcode == dns.NOERROR


def test_shared_connection_that_ended_is_tried_again(world):
    with world.daemon() as rootwalk, rootwalk.connect() as sock:
        sock.sendall(b"".join(dns.frame(dns.query(i, world.name("once"))) for i in range(20)))
        answers = [dns.Message(dns.read_frame(sock)) for _ in range(20)]
        assert [answer.rcode for answer in answers] == [dns.NOERROR] * 20


def test_server_that_talks_on(world):
    """Messages that nobody asked for: some may be late replies, a thousand are not."""
    with world.daemon() as rootwalk:
        answer = rootwalk.ask_stream(world.name("chatty"))
        assert answer.rcode == dns.NOERROR and answer.answers == 1
        time.sleep(2.5)
        assert 0 < world.upstream.talked < 500, world.upstream.talked
        assert rootwalk.ask_stream(world.name("big")).answers == 100


def test_idle_connections_end(world):
    with world.daemon() as rootwalk:
        assert rootwalk.ask_stream(world.name("big")).answers == 100
        with_connection = rootwalk.descriptors()
        time.sleep(7)
        assert rootwalk.descriptors() < with_connection


def test_source_address(world):
    with world.daemon(sections={"recursion": {"source-address": "[127.0.0.7, 127.0.0.8]"}}) as rootwalk:
        for _ in range(60):
            assert rootwalk.ask(world.name("fromhere")).rcode == dns.NOERROR
        assert rootwalk.ask_stream(world.name("big")).answers == 100
    assert {address for address, _ in world.upstream.sources_of("fromhere")} == {"127.0.0.7", "127.0.0.8"}


def test_out_of_descriptors(world):
    """It says so and goes on."""
    with world.daemon(prefix=("sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\"")) as rootwalk:
        with rootwalk.socket() as sock:
            for i in range(300):
                sock.send(dns.query(i, world.name("silent")))
            time.sleep(0.3)
            held = [rootwalk.connect(source=f"127.0.0.{i + 2}") for i in range(10)]
            time.sleep(0.3)
        for one in held:
            one.close()
        end = time.monotonic() + 15
        while rootwalk.ask(world.name("plain")).rcode != dns.NOERROR:
            assert time.monotonic() < end, "it does not recover"
            time.sleep(0.5)
        assert rootwalk.ask_stream(world.name("plain")).rcode == dns.NOERROR
        assert "out of file descriptors" in rootwalk.log()
        assert rootwalk.log().count("out of file descriptors") < 5


def test_descriptors_come_back(world):
    """Nothing leaks, whatever becomes of queries and clients."""
    with world.daemon(sections={"tcp": {"idle": "1s"}}) as rootwalk:
        rootwalk.ask(world.name("plain"))
        for _ in range(3):
            with rootwalk.socket() as sock:
                for i in range(200):
                    sock.send(dns.query(i, world.name("silent" if i % 2 else "slow-100")))
            with rootwalk.connect() as sock:
                sock.sendall(dns.frame(dns.query(1, world.name("slow-1000"))) * 20)
        time.sleep(12)
        assert rootwalk.descriptors() < 600, rootwalk.descriptors()
