"""What the processes of a soak tell each other while they run, in memory that all of them see.

A question is judged by what was going on while it waited: `fine_since` says of each name server since when it behaves
(0: it does not), `up_since` the same of rootwalk itself, `crowded` whether TCP places were being flooded.  Times are
those of time.monotonic(), the same for every process of a machine.
"""
import multiprocessing
import time

GRACE = 8.0      # seconds from the end of a fault until nothing is excused by it: recovery within 5 s is what we promise


class Shared:
    def __init__(self, hosts):
        self.hosts = {host: index for index, host in enumerate(hosts)}
        self.fine_since = multiprocessing.Array("d", [time.monotonic() - 2 * GRACE] * len(self.hosts), lock=False)
        self.up_since = multiprocessing.Value("d", 0.0, lock=False)
        self.crowded_until = multiprocessing.Value("d", 0.0, lock=False)
        self.quiet = multiprocessing.Event()     # all clients pause, so that what stays can be seen
        self.stop = multiprocessing.Event()

    def host_is(self, host, good):
        self.fine_since[self.hosts[host]] = time.monotonic() if good else 0.0

    def steady(self, host, since):
        """It behaved from GRACE before `since` until now."""
        began = self.fine_since[self.hosts[host]]
        return began != 0.0 and began + GRACE <= since

    def is_up(self, since):
        """rootwalk served from `since` until now."""
        began = self.up_since.value
        return began != 0.0 and began <= since
