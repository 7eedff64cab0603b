"""Counts, in the kernel, the packets that reach the name servers of the lab.

    tap = Tap(53); ...; tap.count() -> packets since the last count()

Why so: NSD's own statistics need its control channel, and a reader in Python
would lose packets under load.  A packet socket with a classic BPF filter
counts by itself (PACKET_STATISTICS counts what passed the filter, also what
nobody reads).  Counted are UDP datagrams and TCP segments with data (PSH) to
127.53.0.0/16 on the port: queries, no acknowledgements, no answers.
Needs root of the network namespace (netns.enter()).
"""
import ctypes
import socket
import struct

ETH_P_IP = 0x0800
SO_ATTACH_FILTER = 26
SOL_PACKET = 263
PACKET_STATISTICS = 6

# Classic BPF operations.
LOAD_WORD, LOAD_HALF_X, LOAD_BYTE, LOAD_BYTE_X = 0x20, 0x48, 0x30, 0x50
LOAD_X_HEADER, AND, JUMP_EQUAL, JUMP_SET, RETURN = 0xB1, 0x54, 0x15, 0x45, 0x06


def program(port):
    """The filter: (operation, jump if true, jump if false, constant)."""
    return [
        (LOAD_WORD, 0, 0, 16),              # destination address
        (AND, 0, 0, 0xFFFF0000),
        (JUMP_EQUAL, 0, 9, 0x7F350000),     # 127.53.0.0/16
        (LOAD_X_HEADER, 0, 0, 0),           # X = length of the IP header
        (LOAD_HALF_X, 0, 0, 2),             # destination port, UDP and TCP alike
        (JUMP_EQUAL, 0, 6, port),
        (LOAD_BYTE, 0, 0, 9),               # protocol
        (JUMP_EQUAL, 3, 0, socket.IPPROTO_UDP),
        (JUMP_EQUAL, 0, 3, socket.IPPROTO_TCP),
        (LOAD_BYTE_X, 0, 0, 13),            # TCP flags
        (JUMP_SET, 0, 1, 0x08),             # PSH
        (RETURN, 0, 0, 64),
        (RETURN, 0, 0, 0),
    ]


class Tap:
    def __init__(self, port):
        # A socket for IP only sees each loopback packet once, when it arrives.
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        code = b"".join(struct.pack("HBBI", *step) for step in program(port))
        buffer = ctypes.create_string_buffer(code)
        head = struct.pack("HL", len(code) // 8, ctypes.addressof(buffer))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, head)
        self.sock.bind(("lo", ETH_P_IP))
        self.count()

    def count(self):
        """Queries since the last call."""
        facts = self.sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        return struct.unpack("II", facts)[0]

    def close(self):
        self.sock.close()
