package sandbox

import (
	"slices"
	"strings"
)

// finishImage ends a pending copy: it becomes available, or fails for the
// reason that was known from the start.
func (c *Cloud) finishImage(r *region, t timer) {
	im, ok := r.Images.get(t.ID)
	if !ok || im.State != statePending {
		return
	}
	r.Copying = max(0, r.Copying-1)
	as := c.st.Settings.Assumptions
	if im.Fate != "" {
		im.State, im.ReasonCode, im.Reason = stateFailed, failedCode, im.Fate
		im.Fate = ""
		if as.FailedFreesName && r.Names[im.Name].ID == im.ID {
			delete(r.Names, im.Name)
		}
	} else {
		im.State = stateAvailable
	}
	for _, d := range im.Devices {
		if s, ok := r.Snapshots.get(d.Snapshot); ok && s.State == statePending {
			c.finishCopied(r, s, im, t)
		}
	}
}

func (c *Cloud) finishCopied(r *region, s *snapshot, im *image, t timer) {
	if im.State != stateFailed {
		s.State, s.Completed = stateCompleted, t.At
		return
	}
	if c.st.Settings.Assumptions.FailedCopyDropsSnapshots {
		r.Snapshots.remove(s.ID)
		return
	}
	s.State = stateError
	s.Message = im.Reason
	if strings.Contains(im.Reason, badKeySnapshot) {
		s.Message = badKeySnapshot
	}
}

func (c *Cloud) finishSnapshot(r *region, t timer) {
	if s, ok := r.Snapshots.get(t.ID); ok && s.State == statePending {
		s.State, s.Completed = stateCompleted, t.At
	}
}

// emptyImageBin ends an image whose time in the Recycle Bin is over.
func (c *Cloud) emptyImageBin(r *region, t timer) {
	if im, ok := r.Images.get(t.ID); ok && im.binned() && !im.Leaves.After(t.At) {
		r.Images.remove(t.ID)
		r.release(im)
		if hold := r.Names[im.Name]; hold.ID == im.ID {
			delete(r.Names, im.Name)
		}
	}
}

// release makes the snapshots of an image forget it.
func (r *region) release(im *image) {
	for _, d := range im.Devices {
		if s, ok := r.Snapshots.get(d.Snapshot); ok {
			s.Images = slices.DeleteFunc(s.Images, func(id string) bool { return id == im.ID })
		}
	}
}
