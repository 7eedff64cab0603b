"""Child processes that never outlive us.

Why: a lab that is left running after a test holds ports and memory of the
next one.  Each child is told by the kernel (PR_SET_PDEATHSIG) when we die,
however we die, and is in a process group of its own so that Ctrl-C reaches
only us and we stop the children in order.  A child that has children itself
(NSD) is stopped with its whole group.
"""
import ctypes
import os
import shutil
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class LabError(Exception):
    """One sentence for the user; the programs print it and exit 1."""


def die_with_parent(parent):
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:      # it died between fork and prctl
        os._exit(1)


def find_program(name, package):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise LabError("%s is not installed (Debian package %s)" % (name, package))
    return path


def spawn(command, log_path, **options):
    """Starts the command; its output goes to the end of the log file."""
    parent = os.getpid()
    with open(log_path, "ab") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                process_group=0, preexec_fn=lambda: die_with_parent(parent),
                                **options)


def stop_all(processes, patience=5.0):
    """SIGTERM to all, then SIGKILL to the groups of those that do not go."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    end = time.monotonic() + patience
    for process in processes:
        try:
            process.wait(max(0.05, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        process.wait()


def last_words(log_path, lines=3):
    """The end of a log file, for the sentence about a program that died."""
    try:
        with open(log_path, errors="replace") as file:
            return " / ".join(line.strip() for line in file.readlines()[-lines:])
    except OSError:
        return ""


class Stopped(Exception):
    """SIGTERM or SIGINT came."""


def raise_stopped(number, frame):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stopped()


def stop_on_signals():
    """From now on SIGTERM, SIGINT and SIGHUP raise Stopped in the main thread."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, raise_stopped)
