package plan

import "fmt"

// What is to be known of the Git revision that a plan is made from. A plan only
// tells of it; apply and sync refuse the first two without AllowRewind.
const (
	WarnNotTip         Code = "not_tip"         // the branch went on: a re-run of an older job
	WarnMovedBack      Code = "moved_back"      // the branch ends before what was applied from it
	WarnTipUnknown     Code = "tip_unknown"     // the remote could not be asked
	WarnHistoryUnknown Code = "history_unknown" // live copies are of commits that are not in the repository
	WarnDiverged       Code = "history_left"    // live copies are of commits that are in the repository, but of another history
	WarnLimitsLoosened Code = "limits_loosened" // by this change
	WarnPruneLoosened  Code = "prune_loosened"  // by this change
	WarnBaseUnusable   Code = "base_unusable"   // everything counts as caused by this change
)

// ofRevision: their sentences. Compute knows nothing of Git and gives none of
// these codes.
var ofRevision = map[Code]func(Args) string{
	WarnNotTip: func(a Args) string {
		return fmt.Sprintf("commit %s is not the tip of %s%s: apply refuses it without --allow-rewind", shortCommit(a.Detail), orBranch(a.Field), tipNote(a.Other))
	},
	WarnMovedBack: func(a Args) string {
		return fmt.Sprintf("%s moved backwards: it has no commit %s any more, which was applied or pushed before: apply refuses it without --allow-rewind", orBranch(a.Field), shortCommit(a.Detail))
	},
	WarnTipUnknown: func(a Args) string {
		return fmt.Sprintf("whether commit %s is the tip of its branch is not known: %s", shortCommit(a.Detail), a.Other)
	},
	WarnHistoryUnknown: func(a Args) string {
		return fmt.Sprintf("%s of commits that the repository does not have (such as %s): whether the branch moved backwards is not known%s",
			counted(a.Count, "live copy is", "live copies are"), shortCommit(a.Detail), a.Other)
	},
	WarnDiverged: func(a Args) string {
		return fmt.Sprintf("%s made by commits that are in the repository, but not in the history of the one applied, such as %s: another branch, or a rewritten history; what they made is not removed (lineage)",
			counted(a.Count, "live copy was", "live copies were"), shortCommit(a.Detail))
	},
	WarnLimitsLoosened: func(a Args) string { return "this change loosens limits: " + a.Detail },
	WarnPruneLoosened: func(Args) string {
		return "this change switches prune on: what amis.yaml does not declare is retired and deregistered"
	},
	WarnBaseUnusable: func(a Args) string {
		return fmt.Sprintf("at the base %s, so everything counts as caused by this change", a.Detail)
	},
}

// Warn is a warning of a revision, with its code's sentence.
func Warn(code Code, args Args) Warning {
	return Warning{Code: code, Text: ofRevision[code](args)}
}

func orBranch(name string) string {
	if name == "" {
		return "any branch or tag"
	}
	return "branch " + name
}

func tipNote(tip string) string {
	if tip == "" {
		return ""
	}
	return ", which is " + shortCommit(tip)
}
