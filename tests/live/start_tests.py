"""How it starts, refuses to start, and ends."""

import signal
import socket
import subprocess
import time

import dns
from world import free_port


def test_port_in_use_udp(world):
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        status, said = world.daemon(port=port).finish()
    assert status == 1 and f"127.0.0.1:{port} over UDP" in said and said.count("\n") == 1, (status, said)


def test_port_in_use_tcp(world):
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        status, said = world.daemon(port=port).finish()
    assert status == 1 and f"127.0.0.1:{port} over TCP" in said and said.count("\n") == 1, (status, said)


def test_second_rootwalk(world):
    """SO_REUSEPORT does not let two of them share a port by mistake."""
    with world.daemon() as rootwalk:
        status, said = world.daemon(port=rootwalk.port).finish()
        assert status == 1 and "another program listens there" in said, (status, said)
        assert rootwalk.ask(world.name("plain")).rcode == dns.NOERROR


def test_started_again_at_once(world):
    """Connections that linger from the run before are no hindrance."""
    port = free_port()
    for _ in range(3):
        with world.daemon(port=port) as rootwalk:
            assert rootwalk.ask_stream(world.name("plain")).rcode == dns.NOERROR


def test_foreign_address(world):
    status, said = world.daemon(listen=("127.0.0.1", "192.0.2.77")).finish()
    assert status == 1 and "192.0.2.77" in said and "no such address" in said, (status, said)


def test_bad_configuration(world):
    status, said = world.daemon(sections={"cache": {"sice": "1M"}}).finish()
    assert status == 1 and "sice" in said, (status, said)


def test_missing_hints(world):
    status, said = world.daemon(sections={"recursion": {"root-hints": "/nonexistent/hints"}}).finish()
    assert status == 1 and "/nonexistent/hints" in said, (status, said)


def test_missing_configuration(world):
    run = subprocess.run([world.binary, "run", "-c", "/nonexistent.yaml"], capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "/nonexistent.yaml" in run.stderr


def test_usage(world):
    for arguments, status in ((["--version"], 0), (["--help"], 0), ([], 2), (["rnu"], 2), (["run", "--help"], 0),
                              (["run", "--frob"], 2), (["run", "more"], 2)):
        run = subprocess.run([world.binary, *arguments], capture_output=True, text=True, check=False)
        assert run.returncode == status, (arguments, run.returncode)
        assert run.stdout if status == 0 else run.stderr
    version = subprocess.run([world.binary, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("rootwalk "), version


def ends_with(world, number):
    with world.daemon(workers=2) as rootwalk:
        with rootwalk.socket() as sock, rootwalk.connect() as stream:
            for i in range(50):
                sock.send(dns.query(i, world.name("silent")))
                stream.sendall(dns.frame(dns.query(i, world.name("silent"))))
            sock.send(dns.query(1, world.name("plain")))
            sock.recv(4096)
            began = time.monotonic()
            rootwalk.process.send_signal(number)
            assert rootwalk.process.wait(5) == 0
            assert time.monotonic() - began < 1


def test_ends_with_sigterm(world):
    ends_with(world, signal.SIGTERM)


def test_ends_with_sigint(world):
    ends_with(world, signal.SIGINT)


def test_ends_at_once(world):
    """Told to stop while it starts."""
    for delay in (0, 0.002, 0.01, 0.03):
        rootwalk = world.daemon()
        time.sleep(delay)
        rootwalk.process.terminate()
        status = rootwalk.process.wait(5)
        rootwalk.folder.cleanup()
        assert status in (0, -signal.SIGTERM), status


def test_log_says_where_it_listens(world):
    with world.daemon(workers=2) as rootwalk:
        end = time.monotonic() + 5
        while "2 workers" not in (said := rootwalk.log()) and time.monotonic() < end:
            time.sleep(0.02)  # clients are served while it is still being said
        assert f"listening on 127.0.0.1:{rootwalk.port}" in said and "2 workers" in said, said
