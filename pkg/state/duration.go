package state

import (
	"fmt"
	"strconv"
	"time"
)

// maxDuration keeps every date that can be made from now within the years that
// RFC 3339 and EC2 can write (EC2 deprecates at most ten years ahead).
const maxDuration = 3650 * day

// ParseDuration reads a duration of amis.yaml: a number with s, m, h or d, or 0.
func ParseDuration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	number, unit, ok := splitDuration(s)
	if !ok {
		return 0, fmt.Errorf("%q is not a duration: write a number with s, m, h or d, such as 12h or 7d, or 0", s)
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > int64(maxDuration/unit) {
		return 0, fmt.Errorf("%q is too long: the longest duration is %s", s, FormatDuration(maxDuration))
	}
	return time.Duration(n) * unit, nil
}

// splitDuration takes a duration apart: digits without a leading zero, and a unit.
func splitDuration(s string) (number string, unit time.Duration, ok bool) {
	if len(s) < 2 || (s[0] == '0' && len(s) > 2) {
		return "", 0, false
	}
	number = s[:len(s)-1]
	for _, r := range number {
		if r < '0' || r > '9' {
			return "", 0, false
		}
	}
	switch s[len(s)-1] {
	case 's':
		return number, time.Second, true
	case 'm':
		return number, time.Minute, true
	case 'h':
		return number, time.Hour, true
	case 'd':
		return number, day, true
	default:
		return "", 0, false
	}
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
