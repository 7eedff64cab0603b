"""Is a series flat?

The first part of a life is warming up: caches fill, pools grow to what the load needs.  Of the rest a straight line is
fitted by least squares, and what it gains from end to end is held against a bound: a share of the mean, and never less
than an absolute amount, because small things jump.
"""
WARM_SHARE, WARM_LEAST = 0.3, 20.0      # of a life; seconds
SHORTEST = 20                           # samples behind the warm-up, to be judged at all


def line_of(points):
    """(gain from the first to the last, mean) of [(time, value)]."""
    count = len(points)
    mean_t = sum(t for t, _ in points) / count
    mean_v = sum(v for _, v in points) / count
    spread = sum((t - mean_t) ** 2 for t, _ in points)
    slope = sum((t - mean_t) * (v - mean_v) for t, v in points) / spread if spread else 0.0
    return slope * (points[-1][0] - points[0][0]), mean_v


class Flatness:
    """Of one quantity over one life: `good` is None when the life was too short to tell."""

    def __init__(self, points, share, least):
        self.gain = self.mean = self.seconds = 0.0
        self.good = None
        if not points:
            return
        began, ended = points[0][0], points[-1][0]
        warm = began + max(WARM_LEAST, WARM_SHARE * (ended - began))
        later = [(t, v) for t, v in points if t >= warm]
        if len(later) < SHORTEST:
            return
        self.gain, self.mean = line_of(later)
        self.seconds = later[-1][0] - later[0][0]
        self.good = self.gain <= max(share * self.mean, least)
