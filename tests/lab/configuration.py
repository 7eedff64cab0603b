"""The configuration of rootwalk over the lab."""
import os


def text(world, port, listen="127.0.0.1:5300", special_names=True):
    """The YAML text; only what differs from the defaults stands in it."""
    address, _, listen_port = listen.rpartition(":")
    lines = ["listen:",
             "  - address: %s" % address,
             "    port: %s" % listen_port,
             "recursion:",
             "  root-hints: %s" % os.path.join(os.path.abspath(world), "root.hints"),
             "  ipv6: false",
             "  upstream-port: %d" % port,
             "  upstream-allow: [127.53.0.0/16]"]
    if not special_names:
        lines.append("  special-names: false")
    return "\n".join(lines) + "\n"


def write(path, *arguments, **options):
    with open(path, "w") as file:
        file.write(text(*arguments, **options))
    return path
