"""A user and network namespace of our own, as `unshare -Urn` makes it.

Why: the peers cannot be told another upstream port than 53, and an ordinary
user may not bind port 53.  Inside a namespace of our own we are root of an
empty network with only a loopback interface, so every lab has all of
127.0.0.0/8 and all ports for itself and may count packets.  The calling
process itself moves (no child, no shell), so signals keep reaching it.
"""
import ctypes
import errno
import fcntl
import os
import socket
import struct

from process import LabError

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
SIOCSIFADDR = 0x8916
SIOCSIFNETMASK = 0x891C
IFF_UP = 1


def write_map(path, text):
    with open(path, "w") as file:
        file.write(text)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def add_address(address):
    """Gives lo one more address by name.  All of 127/8 is local anyway, but a
    program that listens on the interfaces' own addresses only (BIND) wants it."""
    label = b"lo:%d" % (int(address.rpartition(".")[2]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for request, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, "255.255.255.255")):
            facts = struct.pack("16sHH4s8x", label, socket.AF_INET, 0, socket.inet_aton(value))
            fcntl.ioctl(sock, request, facts)


def enter():
    """Moves this (single-threaded) process into a fresh namespace, loopback up."""
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        why = errno.errorcode.get(ctypes.get_errno(), "?")
        raise LabError("this system does not allow user namespaces (%s); try it as root or see "
                       "kernel.unprivileged_userns_clone" % why)
    write_map("/proc/self/setgroups", "deny")
    write_map("/proc/self/uid_map", "0 %d 1" % uid)
    write_map("/proc/self/gid_map", "0 %d 1" % gid)
    loopback_up()
