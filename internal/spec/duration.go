package spec

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/amisync/amisync/pkg/state"
)

// duration is a number with s, m, h or d, or 0.
type duration time.Duration

func (t *duration) decodeNode(d *decoder, n *yaml.Node, p place) {
	if v, ok := d.duration(n, p); ok {
		*t = duration(v)
	}
}

// copyWindow is CopyImage's SnapshotCopyCompletionDurationMinutes: 15 minutes
// to 48 hours in steps of 15 minutes.
type copyWindow time.Duration

const (
	windowStep = 15 * time.Minute
	windowMost = 48 * time.Hour
)

func (t *copyWindow) decodeNode(d *decoder, n *yaml.Node, p place) {
	v, ok := d.duration(n, p)
	switch {
	case !ok:
	case v < windowStep || v > windowMost || v%windowStep != 0:
		d.report(n, "", "%s: %s is not a time that EC2 takes: write a multiple of 15m from 15m to 48h, or leave the field out for best effort", p, n.Value)
	default:
		*t = copyWindow(v)
	}
}

func (d *decoder) duration(n *yaml.Node, p place) (time.Duration, bool) {
	if n.Kind != yaml.ScalarNode || (n.ShortTag() != tagText && n.ShortTag() != tagInt) {
		d.report(n, "", "%s: expected a duration such as 12h or 7d, or 0, got %s", p, describe(n))
		return 0, false
	}
	v, err := state.ParseDuration(clip(n.Value))
	if err != nil {
		d.report(n, guessDuration(n.Value), "%s: %v", p, err)
		return 0, false
	}
	return v, true
}

var inWords = regexp.MustCompile(`^([0-9]{1,4}) *(s|m|h|d|w|(?:sec|min|hour|day|week|second|minute)s?)$`)

// guessDuration reads what people write elsewhere: 7 days, 2w, 90min.
func guessDuration(s string) string {
	m := inWords.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	n, _ := strconv.Atoi(m[1])
	if m[2][0] == 'w' {
		return fmt.Sprintf("%dd", 7*n)
	}
	return m[1] + m[2][:1]
}
