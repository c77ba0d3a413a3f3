package state

import (
	"strconv"
	"time"
)

// String is the value of the tag amisync:lifecycle.
func (r Retention) String() string {
	protect := "-"
	if r.Protect != nil {
		protect = strconv.FormatBool(*r.Protect)
	}
	return "grace=" + FormatDuration(r.Grace) + ";retire=" + r.Retire + ";snapshots=" + r.Snapshots + ";protect=" + protect
}

func parseRetention(v string) (Retention, bool) {
	grace, err := ParseDuration(field(v, "grace"))
	r := Retention{Grace: grace, Retire: field(v, "retire"), Snapshots: field(v, "snapshots")}
	if err != nil || (r.Retire != RetireDeprecate && r.Retire != RetireDisable) ||
		(r.Snapshots != SnapshotsDelete && r.Snapshots != SnapshotsKeep) {
		return Retention{}, false
	}
	if protect := field(v, "protect"); protect != "-" {
		b, err := strconv.ParseBool(protect)
		if err != nil {
			return Retention{}, false
		}
		r.Protect = &b
	}
	return r, true
}

// Stricter joins two retentions so that nothing goes earlier, or takes more
// with it, than either allows: the longer grace, deprecating rather than
// disabling, keeping snapshots, protection if either asks for it.
func Stricter(a, b Retention) Retention {
	out := Retention{Grace: max(a.Grace, b.Grace), Retire: a.Retire, Snapshots: a.Snapshots, Protect: a.Protect}
	if b.Retire == RetireDeprecate {
		out.Retire = RetireDeprecate
	}
	if b.Snapshots == SnapshotsKeep {
		out.Snapshots = SnapshotsKeep
	}
	if out.Protect == nil || (b.Protect != nil && *b.Protect) {
		out.Protect = b.Protect
	}
	return out
}

const day = 24 * time.Hour
