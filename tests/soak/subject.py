"""rootwalk under test: its lives, what is measured of them, and what its sanitizers said."""
import glob
import os
import socket
import subprocess
import time

import facts
import process

WORKERS = 2
WITNESS, CROWD, HOSTILE = 1, 2, 3      # groups of clients, each with addresses of its own
SOURCES = {WITNESS: 10, CROWD: 16, HOSTILE: 40}
LISTEN = [(socket.AF_INET, "127.0.0.1", 53), (socket.AF_INET6, "::1", 53), (socket.AF_INET, "127.7.7.7", 5353)]
CONFIG = """listen:
  - {address: "127.0.0.1", port: 53}
  - {address: "::1", port: 53}
  - {address: "0.0.0.0", port: 5353}
workers: %(workers)d
cache: {size: %(cache)s}
tcp: {max-clients: 256}
recursion:
  root-hints: "%(hints)s"
  upstream-loopback: true
  upstream-allow: [127.53.0.0/16]
  ipv6: false
dnssec: {validation: false}
log: {level: info}
"""
SANITIZERS = {          # a small quarantine: memory that was freed shall not look like memory that is kept
    "ASAN_OPTIONS": "detect_leaks=1:quarantine_size_mb=4:malloc_context_size=8:thread_local_quarantine_size_kb=64:strict_string_checks=1:"
                    "allocator_may_return_null=1:allocator_release_to_os_interval_ms=500:log_path=%s",
    "UBSAN_OPTIONS": "print_stacktrace=1:log_path=%s",
    "LSAN_OPTIONS": "log_path=%s",
}
PATIENCE = 20.0         # seconds to begin and to end; leaks are looked for at the end


def source_of(family, group, index):
    """An address of its own for each client: places and waiting queries are counted by IPv4 address and IPv6 /56."""
    return "127.0.%d.%d" % (group, index) if family == socket.AF_INET else "fd00:%x:0:%x::1" % (group, index << 8)


def listeners():
    """Those of LISTEN that this machine can have: some have no IPv6."""
    found = []
    for family, address, port in LISTEN:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.bind((address, 0))
            found.append((family, address, port))
        except OSError:
            continue
    return found


def listening_sockets():
    """How many: UDP and TCP, of each worker, for each address."""
    return 2 * WORKERS * len(listeners())


def add_sources(groups):
    """IPv4 has all of 127.0.0.0/8; those of IPv6 are given to the loopback interface."""
    if not any(family == socket.AF_INET6 for family, _, _ in listeners()):
        return
    lines = ["address add %s/128 dev lo" % source_of(socket.AF_INET6, group, index + 1)
             for group, count in groups.items() for index in range(count)]
    done = subprocess.run([process.find_program("ip", "iproute2"), "-6", "-batch", "-"], input="\n".join(lines), text=True,
                          capture_output=True)
    if done.returncode != 0:
        raise process.LabError("no addresses for clients over IPv6: " + done.stderr.strip())


class Subject:
    def __init__(self, binary, folder, shared, cache):
        self.binary, self.folder, self.shared = binary, folder, shared
        self.lives, self.process = 0, None
        self.log_path = os.path.join(folder, "rootwalk.log")
        self.reports = os.path.join(folder, "sanitizer")
        hints = os.path.join(folder, "hints")
        with open(hints, "w") as file:
            for name, address in facts.ROOT.items():
                file.write(". 3600 IN NS %s\n%s 3600 IN A %s\n" % (name, name, address))
        self.config = os.path.join(folder, "rootwalk.yaml")
        with open(self.config, "w") as file:
            file.write(CONFIG % {"hints": hints, "cache": cache, "workers": WORKERS})

    def start(self):
        """Begins a life; False when it does not listen."""
        environment = dict(os.environ)
        for variable, text in SANITIZERS.items():
            environment[variable] = text % self.reports
        self.lives += 1
        self.process = process.spawn([self.binary, "run", "-c", self.config], self.log_path, env=environment)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
                if sock.connect_ex(("127.0.0.1", 53)) == 0:
                    self.shared.up_since.value = time.monotonic()
                    return True
            time.sleep(0.05)
        return False

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def end(self):
        """Told to stop; its exit status, None when it had to be killed."""
        self.shared.up_since.value = 0.0
        if self.is_alive():
            self.process.terminate()
        return self.wait()

    def is_ending(self):
        """The last it said is that it stops; looking for leaks takes a while then."""
        return "told to stop" in self.said().rstrip().rpartition("\n")[2]

    def wait(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def sample(self):
        """{rss_kb, fds, threads, cpu_s}; None when it is gone."""
        try:
            base = "/proc/%d/" % self.process.pid
            with open(base + "statm") as file:
                rss = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
            with open(base + "stat") as file:
                fields = file.read().rpartition(")")[2].split()
            ticks = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            return {"rss_kb": rss, "fds": len(os.listdir(base + "fd")), "threads": int(fields[17]),
                    "cpu_s": round(ticks, 2)}
        except OSError:
            return None

    def said(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()

    def findings(self):
        return sorted(glob.glob(self.reports + ".*"))


def packets_lost():
    """UDP packets that found a full buffer, in this namespace."""
    with open("/proc/net/snmp") as file:
        lines = [line.split() for line in file if line.startswith("Udp:")]
    counts = dict(zip(lines[0], lines[1]))
    if os.path.exists("/proc/net/snmp6"):
        with open("/proc/net/snmp6") as file:
            counts.update(line.split() for line in file)
    return sum(int(counts.get(name, 0)) for name in ("RcvbufErrors", "SndbufErrors", "Udp6RcvbufErrors", "Udp6SndbufErrors"))
