"""What validation begins with: files that can be used, files that cannot, and what `rootwalk check` says of them; and how
anchors follow their zone (RFC 5011), with the file of their states."""

import datetime
import os
import subprocess
import tempfile
import time

import dns
import signed
from world import free_port

DIGEST = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
LOST = "/nonexistent/anchors"


class Files:
    """A configuration beside a file of anchors."""

    def __init__(self, anchors, **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="rootwalk-live-")
        self.anchors = self.write("anchors", anchors)
        settings.setdefault("trust-anchors", self.anchors)
        self.config = self.write("rootwalk.yaml", "dnssec:\n" + "".join(f"  {k}: {v}\n" for k, v in settings.items()))

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def check(self, world):
        run = subprocess.run([world.binary, "check", self.config], capture_output=True, text=True, check=False)
        return run.returncode, run.stderr


def test_check_reads_anchors(world):
    files = Files(f". DS 20326 8 2 {DIGEST}\n")
    assert files.check(world) == (0, "")
    files = Files(f". DS 20326 8 2 {DIGEST}\nexample. DS 20326 8 2 {DIGEST[:-2]}\n")
    status, said = files.check(world)
    assert status == 1 and f"{files.anchors}:2: this DS's digest has a wrong length" in said, (status, said)
    assert said.count("\n") == 1
    status, said = Files("", **{"trust-anchors": LOST}).check(world)
    assert status == 1 and LOST in said, (status, said)


def test_check_reads_the_states(world):
    files = Files(f". DS 20326 8 2 {DIGEST}\n", **{"anchor-state": "/nonexistent/state"})
    assert files.check(world) == (0, "")  # not yet there
    files = Files(f". DS 20326 8 2 {DIGEST}\n", **{"anchor-state": "/etc/hostname"})
    status, said = files.check(world)
    assert status == 1 and "dnssec.anchor-state: /etc/hostname: is no file of trust anchor states" in said, said


def test_check_warns_of_ends(world):
    def day(days):
        return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%d")

    for end, words in ((-2, "ended at"), (3, None), (400, "goes unchecked until")):
        files = Files("", **{"trust-anchors": "built-in", "negative-anchors": f"[corp.test, a.test until {day(end)}]"})
        status, said = files.check(world)
        assert status == 0 and (words in said if words else said == ""), (end, said)
        assert "corp.test" not in said


def test_broken_anchors_stop_the_start(world):
    files = Files(". DNSKEY 385 3 8 AwEAAQ==\n")
    status, said = world.daemon(sections={"dnssec": {"trust-anchors": files.anchors}}).finish()
    assert status == 1 and f"{files.anchors}:1: this DNSKEY is revoked" in said, (status, said)
    run = subprocess.run([world.binary, "lookup", "-c", files.config, "a.test"], capture_output=True, text=True,
                         check=False)
    assert run.returncode == 3 and "this DNSKEY is revoked" in run.stderr, run


def test_without_validation_anchors_are_not_read(world):
    with world.daemon(sections={"dnssec": {"validation": "false", "trust-anchors": LOST}}) as rootwalk:
        assert rootwalk.ask(world.name("plain")).rcode == dns.NOERROR


ROOT = "127.53.200.2"


def follow(world, root, folder, workers=2, **sections):
    """A daemon that trusts the root's key and remembers its state."""
    anchors, state = os.path.join(folder, "anchors"), os.path.join(folder, "state")
    with open(anchors, "w") as file:
        file.write(root.anchor)
    return world.daemon(servers=(ROOT,), upstream_port=root.port, workers=workers,
                        sections={"dnssec": {"trust-anchors": anchors, "anchor-state": state}, **sections})


def read(folder):
    try:
        with open(os.path.join(folder, "state")) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def wait_for(what):
    """Until it holds; 10 s at most, of which a quarter of one is usual."""
    for _ in range(200):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


def rcodes(world, rootwalk):
    """Of many clients, so that each worker answers some."""
    return {rootwalk.ask(world.name("plain")).rcode for _ in range(24)}


def test_anchors_follow_their_zone(world):
    if not signed.can_sign():
        return
    root = signed.SignedRoot(ROOT, free_port())
    with tempfile.TemporaryDirectory(prefix="rootwalk-live-") as folder:
        with follow(world, root, folder) as rootwalk:
            wait_for(lambda: "\nkey . valid since " in read(folder) and " DNSKEY 257 3 13 " in read(folder))
            assert rcodes(world, rootwalk) == {dns.SERVFAIL}  # the names are not signed
        asked = root.keys_asked
        with follow(world, root, folder) as rootwalk:
            assert rcodes(world, rootwalk) == {dns.SERVFAIL}
        assert root.keys_asked > asked  # by who validates; but the states say that it is not time to look
        assert read(folder).count("\nkey ") == 1
        with open(os.path.join(folder, "state"), "r+b") as file:
            file.truncate(100)
        run = follow(world, root, folder)
        with run as rootwalk:
            assert rcodes(world, rootwalk) == {dns.SERVFAIL}
            assert "is damaged: its checksum is wrong; the configured trust anchors are used" in rootwalk.log()
            wait_for(lambda: " DNSKEY 257 3 13 " in read(folder))


def test_the_zone_is_told_of_its_anchors(world):
    if not signed.can_sign():
        return
    root = signed.SignedRoot(ROOT, free_port())
    with tempfile.TemporaryDirectory(prefix="rootwalk-live-") as folder:
        with follow(world, root, folder, workers=3):
            wait_for(lambda: root.told)
            wait_for(lambda: " DNSKEY 257 3 13 " in read(folder))
    tag = int(root.anchor.split("DS")[1].split()[0])
    assert {name.lower() for name in root.told} == {"_ta-%04x." % tag}, root.told


def test_the_log_says_why_it_is_bogus(world):
    if not signed.can_sign():
        return
    root = signed.SignedRoot(ROOT, free_port())
    for log in ({"queries": "true"}, {"level": "debug"}):
        with tempfile.TemporaryDirectory(prefix="rootwalk-live-") as folder:
            with follow(world, root, folder, workers=1, log=log) as rootwalk:
                name = world.name("plain")
                for said in (" ms; example.: nothing proves", " ms; failed a moment ago: NSEC Missing"):
                    assert rootwalk.ask(name).rcode == dns.SERVFAIL
                    lines = [line for line in rootwalk.log().splitlines() if "query from 127.0.0.1:" in line]
                    assert "SERVFAIL in " in lines[-1] and said in lines[-1], lines


def test_a_revoked_anchor_is_trusted_by_no_worker(world):
    if not signed.can_sign():
        return
    root = signed.SignedRoot(ROOT, free_port())
    root.revoke()
    with tempfile.TemporaryDirectory(prefix="rootwalk-live-") as folder:
        with follow(world, root, folder, workers=3) as rootwalk:
            wait_for(lambda: "\nkey . revoked since " in read(folder))
            wait_for(lambda: rcodes(world, rootwalk) == {dns.NOERROR})
            assert "revoked, was valid (RFC 5011)" in rootwalk.log()
            assert ". has revoked all its trust anchors" in rootwalk.log()
        asked = root.keys_asked
        with follow(world, root, folder) as rootwalk:
            assert rcodes(world, rootwalk) == {dns.NOERROR}  # also after a restart
        assert root.keys_asked == asked


def test_a_file_of_states_that_cannot_be_written_is_said(world):
    with world.daemon(sections={"dnssec": {"anchor-state": "/nonexistent/state"}}) as rootwalk:
        assert "/nonexistent/state: cannot be written: No such file or directory" in rootwalk.log()
