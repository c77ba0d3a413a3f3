package plan

import (
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// sentence is a reason's one English sentence: the tables below are the only
// place where any of them stands.
func sentence(r Reason) string {
	for _, table := range sentences {
		if s, ok := table[r.Code]; ok {
			return s(r.Args)
		}
	}
	return string(r.Code)
}

// sentences are all tables. Every code is in exactly one of them.
var sentences = []map[Code]func(Args) string{
	planned, held, takenAway, notStarted, notKnown, conflicting, warned, waiting,
}

// planned: why an action is planned.
var planned = map[Code]func(Args) string{
	NoCopy: func(Args) string { return "no copy in this Region" },
	TryAgain: func(a Args) string {
		return fmt.Sprintf("%s is broken (%s); attempt %d", a.AMI, a.Detail, a.Count)
	},
	SourceChanged: func(a Args) string { return fmt.Sprintf("source changed from %s to %s", a.Other, a.AMI) },
	KeyChanged:    func(a Args) string { return fmt.Sprintf("key changed from %s to %s", a.Other, a.AMI) },
	AliasMoved: func(a Args) string {
		return fmt.Sprintf("%s names key %s now, the copy is under %s", a.Key, a.AMI, a.Other)
	},
	WantedAgain:     func(Args) string { return "retired, and wanted again" },
	StillCopying:    func(Args) string { return "still being copied" },
	NotVerified:     func(Args) string { return "available and not verified yet" },
	Differs:         func(Args) string { return "differs from amis.yaml" },
	Renamed:         func(a Args) string { return fmt.Sprintf("image renamed from %s", a.Other) },
	Reowned:         func(a Args) string { return fmt.Sprintf("re-owned from %s", a.Other) },
	KeptForRollback: func(Args) string { return "superseded, kept for a rollback" },
	FoundUntagged:   func(a Args) string { return fmt.Sprintf("untagged, and a copy of %s by EC2's own word", a.Other) },
	Superseded: func(a Args) string {
		if a.Other == "" {
			return "superseded" + graceNote(a)
		}
		return "superseded by " + a.Other + graceNote(a)
	},
	Duplicate: func(a Args) string {
		if a.Other == "" {
			return "duplicate" + graceNote(a)
		}
		return "duplicate of " + a.Other + graceNote(a)
	},
	RegionRemoved: func(a Args) string {
		return fmt.Sprintf("%s does not want %s any more%s", a.Image, a.Region, graceNote(a))
	},
	ImageRemoved:     func(a Args) string { return fmt.Sprintf("%s is no longer in amis.yaml%s", a.Image, graceNote(a)) },
	Broken:           func(a Args) string { return "broken: " + a.Detail },
	RetireUnfinished: func(Args) string { return "retiring has begun and is not finished" },
	PublishLeft: func(a Args) string {
		return fmt.Sprintf("publish no longer names %s", a.Parameter)
	},
	Unused: func(a Args) string { return "no AMI uses it" + graceNote(a) },
}

// graceNote says where a grace stands: over, or until when.
func graceNote(a Args) string {
	switch {
	case a.Grace == 0:
		return ""
	case a.Until == nil:
		return fmt.Sprintf("; grace of %s over", state.FormatDuration(a.Grace))
	default:
		return fmt.Sprintf("; grace of %s until %s", state.FormatDuration(a.Grace), clock(a.Until))
	}
}

func clock(t *time.Time) string {
	if t == nil {
		return "a time that is not known"
	}
	return state.FormatTime(*t)
}
