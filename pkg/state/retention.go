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

func parseRetention(v string) (*Retention, bool) {
	var r Retention
	ok := [...]bool{false, false, false, false} // one for each field
	for rest := v; rest != ""; {
		var k, val string
		k, val, rest = cutField(rest)
		switch k {
		case "grace":
			grace, err := ParseDuration(val)
			r.Grace, ok[0] = grace, err == nil
		case "retire":
			r.Retire, ok[1] = val, val == RetireDeprecate || val == RetireDisable
		case "snapshots":
			r.Snapshots, ok[2] = val, val == SnapshotsDelete || val == SnapshotsKeep
		case "protect":
			r.Protect, ok[3] = parseProtect(val)
		}
	}
	if ok != [...]bool{true, true, true, true} {
		return nil, false
	}
	return &r, true
}

func parseProtect(v string) (*bool, bool) {
	if v == "-" {
		return nil, true
	}
	b, err := strconv.ParseBool(v)
	return &b, err == nil
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
