package sandbox

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"
)

type describeSnapshotsInput struct {
	SnapshotID   []string
	Owner        []string
	RestorableBy []string
	Filter       []filterInput
	MaxResults   *int
	NextToken    string
}

func describeSnapshots(k *call, in *describeSnapshotsInput) error {
	if len(in.SnapshotID) > 0 && in.MaxResults != nil {
		return fail("InvalidParameterCombination", "The parameter SnapshotIds cannot be used with the parameter MaxResults")
	}
	p, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000)
	if err != nil {
		return err
	}
	filters, err := k.snapshotFilters().compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	sources, err := k.snapshotSources(in, p.last)
	if err != nil {
		return err
	}
	page, next := cut(p, func(s *snapshot) bool { return k.showsSnapshot(s, in) && filters(s) }, sources...)
	k.out.within("snapshotSet", func() {
		for _, s := range page {
			k.out.open("item")
			k.writeSnapshot(s)
			k.out.close("item")
		}
	})
	k.out.some("nextToken", next)
	return nil
}

// snapshotSources: an id that does not exist is an error, one that the caller
// may not see is left out (DescribeSnapshots, API Reference).
func (k *call) snapshotSources(in *describeSnapshotsInput, last string) ([]iter.Seq[*snapshot], error) {
	var list []iter.Seq[*snapshot]
	for _, a := range k.cloud.accounts() {
		if r, ok := a.Regions[k.reg.Name]; ok {
			list = append(list, r.Snapshots.after(last))
		}
	}
	if len(in.SnapshotID) == 0 {
		return list, nil
	}
	var named []*snapshot
	for _, id := range in.SnapshotID {
		if err := checkSnapshotID(id); err != nil {
			return nil, err
		}
		s := k.cloud.findSnapshot(k.reg.Name, id)
		if s == nil || s.binned() || s.Seen.After(k.now) {
			return nil, snapshotNotFound(id)
		}
		if !slices.Contains(named, s) {
			named = append(named, s)
		}
	}
	return []iter.Seq[*snapshot]{slices.Values(named)}, nil
}

func (k *call) showsSnapshot(s *snapshot, in *describeSnapshotsInput) bool {
	asked := len(in.Owner) == 0 || hasAny(in.Owner, s.Owner, k.cloud.st.Accounts[s.Owner].Alias) ||
		(s.Owner == k.acct.ID && slices.Contains(in.Owner, "self"))
	switch {
	case s.binned(), s.Seen.After(k.now), !k.acct.restores(s), !asked:
		return false
	case len(in.RestorableBy) > 0:
		return (slices.Contains(in.RestorableBy, "all") && s.Public) || hasAny(in.RestorableBy, s.Users...) ||
			slices.Contains(in.RestorableBy, "self") || slices.Contains(in.RestorableBy, s.Owner)
	}
	return true
}

func (k *call) snapshotFilters() filterable[*snapshot] {
	return filterable[*snapshot]{
		one: map[string]func(*snapshot) string{
			"description":   func(s *snapshot) string { return s.Description },
			"encrypted":     func(s *snapshot) string { return strconv.FormatBool(s.Encrypted) },
			"owner-alias":   func(s *snapshot) string { return k.cloud.st.Accounts[s.Owner].Alias },
			"owner-id":      func(s *snapshot) string { return s.Owner },
			"progress":      func(s *snapshot) string { return s.progress(k.now) },
			"snapshot-id":   func(s *snapshot) string { return s.ID },
			"start-time":    func(s *snapshot) string { return stamp(s.Started) },
			"status":        func(s *snapshot) string { return s.State },
			"storage-tier":  func(s *snapshot) string { return orText(s.Tier, "standard") },
			"transfer-type": func(s *snapshot) string { return s.transfer() },
			"volume-id":     func(s *snapshot) string { return s.Volume },
			"volume-size":   func(s *snapshot) string { return strconv.Itoa(s.Size) },
		},
		tags: func(s *snapshot) tags {
			if s.Owner != k.acct.ID {
				return nil
			}
			return s.Tags
		},
	}
}

// progress is the share of a pending copy that is done, as "37%".
func (s *snapshot) progress(now time.Time) string {
	switch s.State {
	case stateCompleted:
		return "100%"
	case statePending:
		if whole := s.Due.Sub(s.Started); whole > 0 {
			return fmt.Sprintf("%d%%", min(99, max(0, int(100*now.Sub(s.Started)/whole))))
		}
	}
	return "0%"
}

func (s *snapshot) transfer() string {
	if s.Minutes > 0 {
		return "time-based"
	}
	return "standard"
}

// writeSnapshot writes the members of a snapshot.
func (k *call) writeSnapshot(s *snapshot) {
	w := &k.out
	w.text("snapshotId", s.ID)
	w.text("volumeId", s.Volume)
	w.text("status", s.State)
	w.some("statusMessage", s.Message)
	w.time("startTime", s.Started)
	w.time("completionTime", s.Completed)
	w.text("progress", s.progress(k.now))
	w.text("ownerId", s.Owner)
	w.some("ownerAlias", k.cloud.st.Accounts[s.Owner].Alias)
	w.int("volumeSize", s.Size)
	w.text("description", s.Description)
	w.bool("encrypted", s.Encrypted)
	w.some("kmsKeyId", s.Key)
	w.text("storageTier", orText(s.Tier, "standard"))
	w.text("transferType", s.transfer())
	if s.Minutes > 0 {
		w.int("completionDurationMinutes", s.Minutes)
	}
	if s.State == stateCompleted {
		w.text("fullSnapshotSizeInBytes", strconv.FormatInt(s.Written, 10))
	}
	if s.Owner == k.acct.ID {
		w.tags(s.Tags, k.now)
	}
}

// deleteSnapshotAction refuses a snapshot that an AMI uses, also a disabled
// one (EC2 User Guide, "Disable an AMI").
func deleteSnapshotAction(k *call, in *snapshotInput) error {
	s, err := k.ownSnapshot(in.SnapshotID)
	if err != nil {
		return err
	}
	if len(s.Images) > 0 {
		return fail("InvalidSnapshot.InUse", "The snapshot %s is currently in use by %s", s.ID, s.Images[0])
	}
	k.deleteSnapshot(s)
	k.out.bool("return", true)
	return nil
}
