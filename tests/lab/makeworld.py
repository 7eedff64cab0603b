"""Makes a world on disk if it is not there yet, and says where it is.

A world is a function of its name, its seed, the generator's source and (for
the real root) the data files; the stamp records these, so that a changed
generator never runs on an old world; and the month, because signatures grow old.
"""
import fcntl
import hashlib
import os
import shutil
import sys

import oracle
import signing
import smallworld
import zonewriter
from process import LabError

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
SOURCES = ["model.py", "oracle.py", "zonewriter.py", "smallworld.py", "smallrecords.py",
           "smallsigned.py", "signing.py", "realworld.py", "makeworld.py"]


def shared_directory():
    return os.environ.get("ROOTWALK_SHARED", os.path.join(PROJECT, "..", "shared"))


def build_directory():
    return os.environ.get("ROOTWALK_LAB_DIR", os.path.join(PROJECT, "build", "lab"))


def stamp_of(name, seed, shared):
    sum_ = hashlib.sha256(("%s %s" % (name, seed)).encode())
    for source in SOURCES:
        with open(os.path.join(HERE, source), "rb") as file:
            sum_.update(file.read())
    sum_.update(" ".join(signing.validity()).encode())
    if name == "real":
        import realworld
        for path in realworld.data_files(shared):
            status = os.stat(path)
            sum_.update(("%s %d" % (os.path.basename(path), status.st_size)).encode())
    return sum_.hexdigest()


def generate(name, seed, shared):
    """Returns (world, questions for the truth)."""
    if name == "small":
        world = smallworld.build(seed)
        questions = list(oracle.own_questions(world)) + world.extra_questions
    else:
        import realworld
        world = realworld.build(seed, shared)
        questions = world.extra_questions
    return world, questions


def ensure(name="small", seed=1, shared=None):
    """Generates the world unless it is there; returns its directory."""
    shared = shared or shared_directory()
    if name == "real":
        import realworld
        missing = [p for p in realworld.data_files(shared) if not os.path.exists(p)]
        if missing:
            raise LabError("the real root needs %s, which is not there" % missing[0])
    directory = os.path.join(build_directory(), "%s-%s" % (name, seed))
    os.makedirs(build_directory(), exist_ok=True)
    with open(directory + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)     # two tests may want it at the same time
        stamp = stamp_of(name, seed, shared)
        if read_stamp(directory) != stamp:
            make(name, seed, shared, directory, stamp)
    return directory


def read_stamp(directory):
    try:
        with open(os.path.join(directory, "stamp")) as file:
            return file.read()
    except OSError:
        return None


def make(name, seed, shared, directory, stamp):
    """Generates beside the final place; only a finished world gets there."""
    fresh = directory + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    os.makedirs(fresh)
    world, questions = generate(name, seed, shared)
    zonewriter.write_zones(world, fresh)
    zonewriter.write_hints(fresh)
    signing.sign(world, fresh)
    lines = oracle.write_truth(world, os.path.join(fresh, "truth"), questions)
    oracle.write_truth(world, os.path.join(fresh, "truth-hosts"), world.host_questions)
    signing.write_states(world, os.path.join(fresh, "states"), questions)
    with open(os.path.join(fresh, "stamp"), "w") as file:
        file.write(stamp)
    shutil.rmtree(directory, ignore_errors=True)
    os.rename(fresh, directory)
    print("made the %s world, seed %s: %d zones, %d truths" % (name, seed, len(world.zones), lines),
          file=sys.stderr)
