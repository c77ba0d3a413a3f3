package apply

import "time"

const (
	// perGiB is the time that a copy is expected to keep when nothing is
	// known of its progress.
	perGiB = 20 * time.Second
	// spread is how closely the end of a wait is met: the next look comes after
	// that part of what is left, or, of a copy that is overdue, of what has passed.
	spread = 30
	// widest is the largest spacing, in units of the smallest.
	widest = 8
	// timeoutPerGiB is added to a copy's time-out for its size.
	timeoutPerGiB = time.Minute
)

// spacing is how long after one look at a copy the next one follows: about 15
// seconds for what ends soon, up to 2 minutes for what does not.
func spacing(closest, passed, left time.Duration) time.Duration {
	if left <= 0 {
		left = passed
	}
	return min(max(left/spread, closest), widest*closest)
}

// remaining estimates how long a copy still takes: by its progress once there is
// any, before that by its size. 0 or less: it is overdue.
func remaining(gib float64, percent int, passed time.Duration) time.Duration {
	if percent > 0 {
		return passed * time.Duration(100-percent) / time.Duration(percent)
	}
	return time.Duration(gib*float64(perGiB)) - passed
}

// timeout is how long a copy of this size may take.
func timeout(base time.Duration, gib float64) time.Duration {
	return base + time.Duration(gib*float64(timeoutPerGiB))
}
