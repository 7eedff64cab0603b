"""The real rootwalk, started with a configuration of the test's own on loopback."""

import ctypes
import os
import socket
import subprocess
import tempfile
import time

import dns

UPSTREAM = "127.53.200.1"
LIBC = ctypes.CDLL(None)
CLOSED = "127.53.200.9"  # no server there: the kernel says so


def die_with_parent():
    """In a child, before it becomes another program: no test that is ended leaves something behind."""
    LIBC.prctl(1, 15)      # PR_SET_PDEATHSIG, SIGTERM


class Daemon:
    def __init__(self, binary, port, upstream_port, listen=("127.0.0.1",), sections=None, servers=(UPSTREAM,),
                 workers=1, prefix=(), stderr=None, environment=None):
        self.address, self.port = listen[0], port
        self.folder = tempfile.TemporaryDirectory(prefix="rootwalk-live-")
        config = self.write("rootwalk.yaml", self.config(upstream_port, listen, sections or {}, workers, servers))
        self.log_path = os.path.join(self.folder.name, "log")
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen([*prefix, binary, "run", "-c", config], stderr=stderr or log,
                                            env=dict(os.environ, **environment or {}), preexec_fn=die_with_parent)

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def config(self, upstream_port, listen, sections, workers, servers):
        hints = "".join(f". 3600 IN NS {chr(97 + i)}.root-servers.test.\n"
                        f"{chr(97 + i)}.root-servers.test. 3600 IN A {address}\n" for i, address in enumerate(servers))
        lines = ["listen:"]
        lines += [f"  - {{address: \"{address}\", port: {self.port}}}" for address in listen]
        lines.append(f"workers: {workers}")
        merged = {"recursion": {"root-hints": self.write("hints", hints), "upstream-port": upstream_port,
                                "upstream-allow": "[127.53.0.0/16]", "ipv6": "false"}}
        if "dnssec" not in sections:
            merged["dnssec"] = {"validation": "false"}  # nobody signs here
        for section, settings in sections.items():
            merged.setdefault(section, {}).update(settings)
        for section, settings in merged.items():
            lines.append(f"{section}:")
            lines += [f"  {key}: {value}" for key, value in settings.items()]
        return "\n".join(lines) + "\n"

    def log(self):
        with open(self.log_path) as file:
            return file.read()

    def __enter__(self):
        """Waits until TCP is accepted, as scenarios do."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"rootwalk ended with {self.process.returncode}: {self.log()}")
            try:
                self.connect().close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise AssertionError("rootwalk does not listen")

    def __exit__(self, *_):
        status = self.stop()
        self.folder.cleanup()
        assert status == 0, f"exit status {status} after SIGTERM"

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("rootwalk does not stop")

    def finish(self):
        """Of a daemon that is meant not to start: its exit status and what it said."""
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.stop()
            raise AssertionError("rootwalk runs but should not")
        said = self.log()
        self.folder.cleanup()
        return status, said

    def connect(self, source=None):
        """A TCP connection."""
        return socket.create_connection((self.address, self.port), timeout=10,
                                        source_address=(source, 0) if source else None)

    def socket(self, source=None, address=None):
        """A UDP socket that only hears the address it asks."""
        target = address or self.address
        sock = socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET, socket.SOCK_DGRAM)
        sock.settimeout(10)
        if source:
            sock.bind((source, 0))
        sock.connect((target, self.port))
        return sock

    def ask(self, name, ident=0x1234, source=None, address=None, **more):
        with self.socket(source, address) as sock:
            sock.send(dns.query(ident, name, **more))
            return dns.Message(sock.recv(4096))

    def ask_stream(self, name, ident=0x1234):
        with self.connect() as sock:
            sock.sendall(dns.frame(dns.query(ident, name)))
            return dns.Message(dns.read_frame(sock))

    def resident(self):
        """Octets of resident memory."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * 4096

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))
