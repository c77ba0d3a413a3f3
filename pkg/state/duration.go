package state

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

var durationForm = regexp.MustCompile(`^(0|[1-9][0-9]*)([smhd])$`)

// maxDuration keeps every date that can be made from now within the years that
// RFC 3339 and EC2 can write (EC2 deprecates at most ten years ahead).
const maxDuration = 3650 * day

// ParseDuration reads a duration of amis.yaml: a number with s, m, h or d, or 0.
func ParseDuration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	m := durationForm.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not a duration: write a number with s, m, h or d, such as 12h or 7d, or 0", s)
	}
	unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day}[m[2]]
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || n > int64(maxDuration/unit) {
		return 0, fmt.Errorf("%q is too long: the longest duration is %s", s, FormatDuration(maxDuration))
	}
	return time.Duration(n) * unit, nil
}

// FormatDuration writes a duration in the largest unit that divides it: 7d,
// 36h, 15m, 0.
func FormatDuration(d time.Duration) string {
	for _, u := range []struct {
		unit   time.Duration
		suffix string
	}{{day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d != 0 && d%u.unit == 0 {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.suffix
		}
	}
	if d == 0 {
		return "0"
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}
