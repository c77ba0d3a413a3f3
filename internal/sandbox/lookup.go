package sandbox

import (
	"maps"
	"regexp"
	"slices"
	"time"
)

var (
	imageIDPattern    = regexp.MustCompile(`^ami-([0-9a-f]{8}|[0-9a-f]{17})$`)
	snapshotIDPattern = regexp.MustCompile(`^snap-([0-9a-f]{8}|[0-9a-f]{17})$`)
)

// accounts are all accounts by id.
func (c *Cloud) accounts() []*account {
	list := make([]*account, 0, len(c.st.Accounts))
	for _, id := range slices.Sorted(maps.Keys(c.st.Accounts)) {
		list = append(list, c.st.Accounts[id])
	}
	return list
}

// hasAny tells whether list has one of the words.
func hasAny(list []string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return w != "" && slices.Contains(list, w) })
}

// sees tells whether an account may see an image: it owns it, or has a launch
// permission by itself, its organization, a unit of it, or as everybody.
// Others see neither disabled nor unfinished images, nor what Allowed AMIs
// keeps from them (EC2 User Guide, "Allowed AMIs").
func (a *account) sees(im *image, r *region, alias string, now time.Time) bool {
	if im.binned() || im.Seen.After(now) {
		return false
	}
	if im.Owner == a.ID {
		return true
	}
	if im.State != stateAvailable || (r.Allowed.State == "enabled" && !r.Allowed.allows(im, alias)) {
		return false
	}
	return im.Public || hasAny(im.Users, a.ID) || hasAny(im.Organizations, a.Organization) || hasAny(im.Units, a.Units...)
}

// allows tells whether an image meets the criteria of Allowed AMIs; with none
// nothing but the account's own images does.
func (s Allowed) allows(im *image, alias string) bool {
	provider := len(s.Providers) == 0 || hasAny(s.Providers, im.Owner, alias)
	named := len(s.Names) == 0
	for _, name := range s.Names {
		named = named || parseWildcard(name).match(im.Name)
	}
	return provider && named && len(s.Providers)+len(s.Names) > 0
}

// findImage looks for an image in a Region by its id, in all accounts.
func (c *Cloud) findImage(region, id string) (*image, *account) {
	for _, a := range c.accounts() {
		if r, ok := a.Regions[region]; ok {
			if im, ok := r.Images.get(id); ok {
				return im, a
			}
		}
	}
	return nil, nil
}

// findSnapshot looks for a snapshot in a Region by its id, in all accounts.
func (c *Cloud) findSnapshot(region, id string) *snapshot {
	for _, a := range c.accounts() {
		if r, ok := a.Regions[region]; ok {
			if s, ok := r.Snapshots.get(id); ok {
				return s
			}
		}
	}
	return nil
}

func imageNotFound(id string) error {
	return fail("InvalidAMIID.NotFound", "The image id '[%s]' does not exist", id)
}

func snapshotNotFound(id string) error {
	return fail("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", id)
}

func checkImageID(id string) error {
	if !imageIDPattern.MatchString(id) {
		return fail("InvalidAMIID.Malformed", "Invalid id: \"%.100s\" (expecting \"ami-...\")", id)
	}
	return nil
}

func checkSnapshotID(id string) error {
	if !snapshotIDPattern.MatchString(id) {
		return fail("InvalidSnapshotID.Malformed", "Invalid id: \"%.100s\" (expecting \"snap-...\")", id)
	}
	return nil
}

// ownImage finds an image that the caller may change.
func (k *call) ownImage(id string) (*image, error) {
	if err := checkImageID(id); err != nil {
		return nil, err
	}
	if _, dead := k.reg.Dead[id]; dead {
		return nil, fail("InvalidAMIID.Unavailable", "The image ID '%s' is no longer available", id)
	}
	im, owner := k.cloud.findImage(k.reg.Name, id)
	if im == nil || !k.acct.sees(im, k.reg, owner.Alias, k.now) {
		return nil, imageNotFound(id)
	}
	if im.Owner != k.acct.ID {
		return nil, fail("AuthFailure", "Not authorized for image:%s", id)
	}
	return im, nil
}

// readyImage finds an own image whose attributes can be changed: while a copy
// is pending, they cannot.
func (k *call) readyImage(id string) (*image, error) {
	im, err := k.ownImage(id)
	if err != nil {
		return nil, err
	}
	switch im.State {
	case statePending:
		return nil, fail("InvalidAMIID.Unavailable", "The AMI ID '%s' is currently pending and may not be used for this operation", id)
	case stateFailed:
		return nil, fail("InvalidAMIID.Unavailable", "The image ID '%s' is no longer available", id)
	}
	return im, nil
}

// ownSnapshot finds a snapshot that the caller may change.
func (k *call) ownSnapshot(id string) (*snapshot, error) {
	if err := checkSnapshotID(id); err != nil {
		return nil, err
	}
	s := k.cloud.findSnapshot(k.reg.Name, id)
	if s == nil || s.binned() || !k.acct.restores(s) {
		return nil, snapshotNotFound(id)
	}
	if s.Owner != k.acct.ID {
		return nil, fail("UnauthorizedOperation", "You are not authorized to perform this operation.")
	}
	return s, nil
}

// restores tells whether an account may read a snapshot: it owns it or has
// createVolumePermission.
func (a *account) restores(s *snapshot) bool {
	return s.Owner == a.ID || s.Public || hasAny(s.Users, a.ID)
}
