"""The machine under the daemon: short of memory or with other clocks (machine.c), and namespaces of a test's own."""

import functools
import mmap
import os
import struct
import subprocess
import sys
import tempfile

from daemon import die_with_parent

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ("refuse", "wall", "boot", "refused")
INSIDE = "ROOTWALK_LIVE_APART"


@functools.cache
def library():
    """machine.c, compiled."""
    folder = tempfile.TemporaryDirectory(prefix="rootwalk-machine-")
    path = os.path.join(folder.name, "machine.so")
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", path,
                    os.path.join(HERE, "machine.c")], check=True)
    return path, folder


class Machine:
    """Settings as attributes: machine.refuse = 3.  `environment` is what the daemon is started with."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile(prefix="rootwalk-machine-")
        self.file.write(bytes(8 * len(FIELDS)))
        self.file.flush()
        self.memory = mmap.mmap(self.file.fileno(), 8 * len(FIELDS))
        self.environment = {"LD_PRELOAD": library()[0], "MACHINE": self.file.name}

    def __getattr__(self, name):
        if name not in FIELDS:
            raise AttributeError(name)
        return struct.unpack_from("q", self.memory, 8 * FIELDS.index(name))[0]

    def __setattr__(self, name, value):
        if name in FIELDS:
            struct.pack_into("q", self.memory, 8 * FIELDS.index(name), value)
        else:
            super().__setattr__(name, value)


def is_sanitized(binary):
    """A sanitizer has its own memory and wants to be loaded first."""
    with open(binary, "rb") as file:
        return b"__asan_init" in file.read()


def apart(test):
    """The test runs in user, network and mount namespaces of its own, with the loopback interface up."""
    @functools.wraps(test)
    def outside(world):
        if os.environ.get(INSIDE):
            test(world)
            return
        name = f"{test.__module__}.{test.__name__[5:]}"
        run = subprocess.run(["unshare", "-Urnm", sys.executable, os.path.join(HERE, "run"), "--only", name,
                              world.binary], env=dict(os.environ, **{INSIDE: "1"}), text=True, capture_output=True,
                             timeout=120, check=False, preexec_fn=die_with_parent)
        assert run.returncode == 0, run.stdout + run.stderr
    return outside


def settle():
    """A namespace of its own begins without a loopback interface."""
    if os.environ.get(INSIDE):
        command("ip", "link", "set", "lo", "up")


def command(*words):
    done = subprocess.run(words, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
