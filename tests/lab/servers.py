"""The name servers of the lab: one NSD process for each server group.

Why separate processes: an NSD that carries parent and child answers for the
child at once, and no referral would ever be seen.  Addresses are listed one
by one, because a wildcard socket on loopback answers from the wrong address.

    lab = servers.start(world_directory, port, run_directory)
    lab.pids(); lab.stop()
"""
import os
import socket
import time

import wire
from model import GROUPS, SILENT_ADDRESS
from process import LabError, find_program, last_words, spawn, stop_all

CONFIGURATION = """server:
    server-count: 1
    do-ip6: no
    port: {port}
    username: ""
    chroot: ""
    zonesdir: "{world}"
    database: ""
    pidfile: "{run}/{group}.pid"
    logfile: "{run}/{group}.log"
    xfrdfile: "{run}/{group}.xfrd"
    zonelistfile: "{run}/{group}.zonelist"
    xfrdir: "{run}"
    hide-version: yes
    ipv4-edns-size: 1232
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    tcp-count: 200
    verbosity: 0
{addresses}
remote-control:
    control-enable: no
"""


def read_zone_list(world, group):
    with open(os.path.join(world, group + ".zones")) as file:
        return [line.rstrip("\n").split("\t") for line in file]


def served(world, zone_file):
    """The signed zone's file where there is one."""
    signed = zone_file + ".signed"
    return signed if os.path.exists(os.path.join(world, signed)) else zone_file


def write_configuration(world, run, group, port):
    """The group's nsd.conf; only the addresses of the group are bound."""
    addresses = "\n".join("    ip-address: %s" % a for a in GROUPS[group])
    path = os.path.join(run, group + ".conf")
    with open(path, "w") as file:
        file.write(CONFIGURATION.format(port=port, world=world, run=run, group=group,
                                        addresses=addresses))
        for apex, zone_file in read_zone_list(world, group):
            file.write('zone:\n    name: "%s"\n    zonefile: "%s"\n' % (apex, served(world, zone_file)))
    return path


def check_port(port):
    """Says so when somebody else has the port, before anything is started."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        for pool in GROUPS.values():
            with socket.socket(socket.AF_INET, kind) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
                try:
                    sock.bind((pool[0], port))
                except OSError as why:
                    raise LabError("the lab cannot use %s port %d: %s" %
                                   (pool[0], port, why.strerror)) from None


def answers(address, port, apex):
    """True when the server answers authoritatively for the zone."""
    query = wire.build_query(4711, apex, "SOA", recursion=False)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.2)
        try:
            sock.connect((address, port))
            sock.send(query)
            return wire.parse(sock.recv(4096)).authoritative
        except OSError:
            return False


class Lab:
    def __init__(self, world, port, run):
        self.world, self.port, self.run = world, port, run
        self.groups = []            # the real world has no zones for "stranger"
        self.processes = {}
        self.silent = None

    def start(self, patience):
        check_port(self.port)
        nsd = find_program("nsd", "nsd")
        self.groups = [g for g in GROUPS if read_zone_list(self.world, g)]
        for group in self.groups:
            path = write_configuration(self.world, self.run, group, self.port)
            log = os.path.join(self.run, group + ".log")
            self.processes[group] = spawn([nsd, "-d", "-c", path], log)
        self.silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self.silent.bind((SILENT_ADDRESS, self.port))
        for group in self.groups:
            self.wait_for(group, patience)

    def wait_for(self, group, patience):
        """Returns when every address of the group answers for its last zone."""
        apex = read_zone_list(self.world, group)[-1][0]
        end = time.monotonic() + patience
        for address in GROUPS[group]:
            while not answers(address, self.port, apex):
                words = last_words(os.path.join(self.run, group + ".log"))
                if self.processes[group].poll() is not None:
                    raise LabError("the NSD of group %s ended: %s" % (group, words))
                if time.monotonic() > end:
                    raise LabError("the NSD of group %s does not answer on %s: %s"
                                   % (group, address, words))
                time.sleep(0.05)

    def pids(self):
        return {group: process.pid for group, process in self.processes.items()}

    def stop(self):
        stop_all(list(self.processes.values()))
        if self.silent:
            self.silent.close()
        self.processes, self.silent = {}, None


def start(world, port, run, patience=60.0):
    """Starts all groups and returns when all of their addresses answer."""
    os.makedirs(run, exist_ok=True)
    lab = Lab(os.path.abspath(world), port, os.path.abspath(run))
    try:
        lab.start(patience)
    except BaseException:
        lab.stop()
        raise
    return lab
