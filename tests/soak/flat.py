"""Is a series flat?

The first part of a life is warming up: caches fill, pools grow to what the load needs.  The rest goes up and down with
the work in flight, so it is cut into equal parts, and of each the lowest value counts: what stays when the waves ebb.  A
straight line is fitted to these by least squares, and what it gains from end to end is held against a bound: a share of
the mean, and never less than an absolute amount, because small things jump.  Over less than SURE seconds chance and the
last of the warm-up weigh more than any growth: the bound is COARSE times as wide there.
"""
WARM_SHARE, WARM_LEAST = 0.3, 30.0      # of a life; seconds
SURE, COARSE = 480.0, 4.0
PARTS, SHORTEST = 10, 40                # samples behind the warm-up, to be judged at all


def troughs(points):
    """The lowest point of each part."""
    size = len(points) / PARTS
    return [min(points[round(i * size):round((i + 1) * size)], key=lambda point: point[1]) for i in range(PARTS)]


def line_of(points):
    """(slope, mean) of [(time, value)]."""
    count = len(points)
    mean_t = sum(t for t, _ in points) / count
    mean_v = sum(v for _, v in points) / count
    spread = sum((t - mean_t) ** 2 for t, _ in points)
    return sum((t - mean_t) * (v - mean_v) for t, v in points) / spread if spread else 0.0, mean_v


class Flatness:
    """Of one quantity over one life: `good` is None when the life was too short to tell."""

    def __init__(self, points, share, least):
        self.good = None
        if not points:
            return
        began, ended = points[0][0], points[-1][0]
        warm = began + max(WARM_LEAST, WARM_SHARE * (ended - began))
        later = [(t, v) for t, v in points if t >= warm]
        if len(later) < SHORTEST:
            return
        self.seconds = later[-1][0] - later[0][0]
        self.slope, self.mean = line_of(troughs(later))
        self.gain = self.slope * self.seconds
        bound = max(share * self.mean, least) * (1 if self.seconds >= SURE else COARSE)
        self.good = self.gain <= bound

    def words(self):
        return "%+.0f over %.0f s (%+.1f a minute), mean of the troughs %.0f" % (
            self.gain, self.seconds, self.slope * 60, self.mean)
