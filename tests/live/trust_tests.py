"""What validation begins with: files that can be used, files that cannot, and what `rootwalk check` says of them."""

import datetime
import os
import subprocess
import tempfile

import dns

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
