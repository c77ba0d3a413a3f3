package sandbox

import (
	"time"
)

type imageInput struct {
	ImageID string `q:",required"`
}

type deregisterInput struct {
	ImageID                   string `q:",required"`
	DeleteAssociatedSnapshots bool
}

func deregisterImage(k *call, in *deregisterInput) error {
	im, err := k.ownImage(in.ImageID)
	if err != nil {
		return err
	}
	if err := k.removable(im); err != nil {
		return err
	}
	cancelled := im.State == statePending && !k.cloud.st.Settings.Assumptions.CancelledCopyKeepsSnapshots
	k.deregister(im)
	var results []deletion
	if in.DeleteAssociatedSnapshots || cancelled { // a cancelled copy leaves nothing behind
		results = k.deleteAssociated(im)
	}
	k.out.bool("return", true)
	if in.DeleteAssociatedSnapshots {
		k.out.within("deleteSnapshotResultSet", func() {
			for _, r := range results {
				k.out.within("item", func() {
					k.out.text("snapshotId", r.id)
					k.out.text("returnCode", r.code)
				})
			}
		})
	}
	return nil
}

// removable tells why an image cannot be deregistered: protection, also for
// 24 hours after it was disabled with a cool-down (EC2 User Guide, "Protect an
// AMI from deregistration"), and AWS Backup.
func (k *call) removable(im *image) error {
	as := k.cloud.st.Settings.Assumptions
	code := orText(as.ProtectedError, "OperationNotPermitted")
	switch {
	case im.Protection != "":
		return fail(code, "The AMI '%s' is protected from deregistration. Disable deregistration protection first.", im.ID)
	case im.Cooldown.After(k.now):
		return fail(code, "The AMI '%s' is protected from deregistration until %s.", im.ID, stamp(im.Cooldown))
	case im.Backup:
		return fail("OperationNotPermitted", "The AMI '%s' is managed by AWS Backup and cannot be deregistered.", im.ID)
	case im.State == stateDeregistered:
		return fail("InvalidAMIID.Unavailable", "The image ID '%s' is no longer available", im.ID)
	}
	return nil
}

type deletion struct{ id, code string }

// deregister takes an image away, to the Recycle Bin where a rule says so.
func (k *call) deregister(im *image) {
	pending := im.State == statePending
	if pending {
		k.reg.Copying = max(0, k.reg.Copying-1)
		k.detachSnapshots(im)
	}
	if k.reg.KeepImages > 0 && !pending {
		k.recycleImage(im)
		return
	}
	k.bury(im)
}

// detachSnapshots lets the snapshots of a copy that is cancelled end without it.
func (k *call) detachSnapshots(im *image) {
	for _, d := range im.Devices {
		if s, ok := k.reg.Snapshots.get(d.Snapshot); ok && s.State == statePending {
			k.cloud.after(s.Due, timerSnapshot, k.reg, s.ID)
		}
	}
}

// bury removes an image. It may still be listed for a while, and its name is
// free later (DescribeImages and error codes, API Reference).
func (k *call) bury(im *image) {
	delays := k.cloud.st.Settings.Delays
	k.reg.release(im)
	k.reg.Dead[im.ID] = k.now
	if k.reg.Names[im.Name].ID == im.ID {
		delete(k.reg.Names, im.Name)
		if delays.Name > 0 {
			k.reg.Names[im.Name] = nameHold{ID: im.ID, Until: k.now.Add(delays.Name.std())}
		}
	}
	im.State = stateDeregistered
	if delays.Deregistered > 0 {
		k.cloud.after(k.now.Add(delays.Deregistered.std()), timerForget, k.reg, im.ID)
		return
	}
	k.reg.Images.remove(im.ID)
}

// deleteAssociated deletes the snapshots of a deregistered image and tells how
// each went; one that another AMI uses stays.
func (k *call) deleteAssociated(im *image) []deletion {
	var results []deletion
	for _, d := range im.Devices {
		if !d.disk() {
			continue
		}
		code := "success"
		s, ok := k.reg.Snapshots.get(d.Snapshot)
		switch {
		case !ok || s.binned():
			code = "client-error"
		case len(s.Images) > 0:
			code = "skipped"
		default:
			k.deleteSnapshot(s)
		}
		results = append(results, deletion{d.Snapshot, code})
	}
	return results
}

// disableImage also takes every launch permission away, for good (EC2 User
// Guide, "Disable an AMI").
func disableImage(k *call, in *imageInput) error {
	im, err := k.readyImage(in.ImageID)
	if err != nil {
		return err
	}
	im.State, im.Public, im.Users, im.Organizations, im.Units = stateDisabled, false, nil, nil, nil
	k.out.bool("return", true)
	return nil
}

func enableImage(k *call, in *imageInput) error {
	im, err := k.readyImage(in.ImageID)
	if err != nil {
		return err
	}
	im.State = stateAvailable
	k.out.bool("return", true)
	return nil
}

type deprecateInput struct {
	ImageID     string    `q:",required"`
	DeprecateAt time.Time `q:",required"`
}

// enableImageDeprecation rounds to the minute; the date is neither past nor
// more than ten years ahead, for a public AMI two years after its creation
// (EnableImageDeprecation, API Reference).
func enableImageDeprecation(k *call, in *deprecateInput) error {
	im, err := k.readyImage(in.ImageID)
	if err != nil {
		return err
	}
	at := in.DeprecateAt.Round(time.Minute)
	last := k.now.AddDate(10, 0, 0)
	if im.Public {
		last = im.Created.AddDate(2, 0, 0)
	}
	if at.Before(k.now.Truncate(time.Minute)) || at.After(last) {
		return fail("InvalidParameterValue", "The deprecation date must be in the future and not after %s: %s", stamp(last), stamp(in.DeprecateAt))
	}
	im.Deprecation = at
	k.out.bool("return", true)
	return nil
}

func disableImageDeprecation(k *call, in *imageInput) error {
	im, err := k.readyImage(in.ImageID)
	if err != nil {
		return err
	}
	im.Deprecation = time.Time{}
	k.out.bool("return", true)
	return nil
}

type protectInput struct {
	ImageID      string `q:",required"`
	WithCooldown bool
}

// The values of deregistrationProtection.
const (
	protectedWithout = "enabled-without-cooldown"
	protectedWith    = "enabled-with-cooldown"
	cooldown         = 24 * time.Hour
)

func protectImage(k *call, in *protectInput) error {
	im, err := k.readyImage(in.ImageID)
	if err != nil {
		return err
	}
	im.Protection, im.Cooldown = protectedWithout, time.Time{}
	if in.WithCooldown {
		im.Protection = protectedWith
	}
	k.out.text("return", im.Protection)
	return nil
}

func unprotectImage(k *call, in *imageInput) error {
	im, err := k.readyImage(in.ImageID)
	if err != nil {
		return err
	}
	if im.Protection == protectedWith {
		im.Cooldown = k.now.Add(cooldown)
	}
	im.Protection = ""
	k.out.text("return", k.cloud.protectionShown(im, k.now))
	return nil
}

// protectionShown is the attribute as EC2 shows it. What it is in the
// cool-down is not documented: Assumptions.CooldownShows.
func (c *Cloud) protectionShown(im *image, now time.Time) string {
	switch {
	case im.Protection != "":
		return im.Protection
	case im.Cooldown.After(now):
		return orText(c.st.Settings.Assumptions.CooldownShows, "disabled")
	}
	return "disabled"
}
