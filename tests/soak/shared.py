"""What the processes of a soak tell each other while they run, in memory that all of them see.

A question is judged by what was going on while it waited: `fine_since` says of each name server since when it behaves
(0: it does not), `up_since` the same of rootwalk itself, `crowded` whether TCP places were being flooded.  Times are
those of time.monotonic(), the same for every process of a machine.

A machine with too much to do makes the harness itself late: then servers are silent that meant to answer.  Whoever
notices that he was not woken in time says so, and what was asked then is not judged.
"""
import multiprocessing
import time

AVOIDED = 62.0   # seconds that a lame or silent server may be asked last (LAME_TTL, SERVER_BACKOFF_MAX)
LATE = 0.3       # seconds by which a process of the harness may be late without saying so
GRACE = 8.0      # seconds from the end of a fault until nothing is excused by it: recovery within 5 s is what we promise


class Shared:
    def __init__(self, hosts):
        self.hosts = {host: index for index, host in enumerate(hosts)}
        self.fine_since = multiprocessing.Array("d", [time.monotonic() - 2 * AVOIDED] * len(self.hosts), lock=False)
        self.moods = multiprocessing.Array("i", len(self.hosts), lock=False)    # numbers in moods.ALL, for the report
        self.up_since = multiprocessing.Value("d", 0.0, lock=False)
        self.crowded_until = multiprocessing.Value("d", 0.0, lock=False)
        self.late_until = multiprocessing.Value("d", 0.0, lock=False)
        self.late_seconds = multiprocessing.Value("d", 0.0, lock=False)
        self.quiet = multiprocessing.Event()     # all clients pause, so that what stays can be seen
        self.stop = multiprocessing.Event()

    def host_is(self, host, good, mood):
        index = self.hosts[host]
        if not good:
            self.fine_since[index] = 0.0
        elif self.fine_since[index] == 0.0:
            self.fine_since[index] = time.monotonic()
        self.moods[index] = mood

    def mood_of(self, host):
        return self.moods[self.hosts[host]]

    def late(self, seconds):
        """Somebody was late by so much."""
        if seconds > LATE:
            self.late_seconds.value += seconds
            self.late_until.value = time.monotonic() + GRACE

    def was_late(self, since):
        return self.late_until.value > since

    def steady(self, host, since, grace=GRACE):
        """It behaved from `grace` before `since` until now."""
        began = self.fine_since[self.hosts[host]]
        return began != 0.0 and began + grace <= since

    def must_serve(self, hosts, since):
        """All behave again, or one has behaved for longer than it is avoided for what it did before."""
        return all(self.steady(host, since) for host in hosts) or any(self.steady(host, since, AVOIDED) for host in hosts)

    def is_up(self, since):
        """rootwalk served from `since` until now."""
        began = self.up_since.value
        return began != 0.0 and began <= since
