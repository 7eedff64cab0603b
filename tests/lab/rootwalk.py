"""rootwalk over the lab: its configuration, where its binary is, start it.

    process = rootwalk.start(binary, file, log, address, port)
returns when it answers, with the interface of subprocess.Popen, or raises
process.LabError with one sentence.
"""
import os
import socket
import time

import makeworld
import wire
from process import LabError, last_words, spawn, stop_all


def split_listen(listen):
    """127.0.0.1:5300 or [::1]:5300 as (address, port)."""
    address, _, port = listen.rpartition(":")
    if not address or not port.isdigit():
        raise LabError("%s is not ADDRESS:PORT" % listen)
    return address.strip("[]"), int(port)


def dnssec_text(anchors):
    """The part about validation: with the keys of a file, or none."""
    return ["dnssec:", "  trust-anchors: \"%s\"" % os.path.abspath(anchors) if anchors else "  validation: false"]


def text(world, port, listen="127.0.0.1:5300", special_names=True):
    """The YAML text; only what differs from the defaults stands in it.  A world
    that is signed has a file root.anchors."""
    address, listen_port = split_listen(listen)
    lines = ["listen:",
             "  - address: \"%s\"" % address,
             "    port: %d" % listen_port,
             "recursion:",
             "  root-hints: \"%s\"" % os.path.join(os.path.abspath(world), "root.hints"),
             "  ipv6: false",
             "  upstream-port: %d" % port,
             "  upstream-allow: [127.53.0.0/16]"]
    if not special_names:
        lines.append("  special-names: false")
    anchors = os.path.join(world, "root.anchors")
    lines += dnssec_text(anchors if os.path.exists(anchors) else None)
    return "\n".join(lines) + "\n"


def write(path, *arguments, **options):
    with open(path, "w") as file:
        file.write(text(*arguments, **options))
    return path


def find_binary(given):
    """The binary given, else $ROOTWALK, build/rootwalk, ./rootwalk."""
    for path in [given, os.environ.get("ROOTWALK"),
                 os.path.join(makeworld.PROJECT, "build", "rootwalk"),
                 os.path.join(makeworld.PROJECT, "rootwalk")]:
        if path and os.path.isfile(path) and os.access(path, os.X_OK):
            return os.path.abspath(path)
        if path and path == given:
            raise LabError("%s is no program" % given)
    raise LabError("rootwalk is not built yet; `./dev build` makes it")


def open_socket(address, kind):
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)


def check_listen(address, port):
    """Says so when somebody else has the port."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with open_socket(address, kind) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
            try:
                sock.bind((address, port))
            except OSError as why:
                raise LabError("rootwalk cannot use %s port %d: %s"
                               % (address, port, why.strerror)) from None


def answers(address, port, with_any=False):
    """True when a resolver there answers for the root's NS records, or
    with_any: says anything, SERVFAIL too."""
    with open_socket(address, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1.0)
        try:
            sock.connect((address, port))
            sock.send(wire.build_query(4711, ".", "NS"))
            message = wire.parse(sock.recv(4096))
            return with_any or message.rcode == "NOERROR" and bool(message.answer)
        except OSError:
            return False


def start(binary, configuration, log, address, port, patience=20.0, environment=None, with_any=False):
    process = spawn([binary, "run", "-c", configuration], log, env=environment)
    try:
        end = time.monotonic() + patience
        while not answers(address, port, with_any):
            if process.poll() is not None:
                raise LabError("rootwalk ended with status %d: %s"
                               % (process.returncode, last_words(log) or "it said nothing"))
            if time.monotonic() > end:
                raise LabError("rootwalk does not answer on %s port %d: %s"
                               % (address, port, last_words(log) or "it said nothing"))
            time.sleep(0.05)
    except BaseException:
        stop_all([process])
        raise
    return process
