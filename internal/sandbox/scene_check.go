package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// check finds what is wrong with a scene by itself, all of it at once.
func (s Scene) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("scene: "+format, args...)) }
	if s.Speed < 0 {
		wrong("speed is negative")
	}
	for i, a := range s.Accounts {
		if !accountPattern.MatchString(a.ID) {
			wrong("account %d: id %q is not 12 digits", i+1, a.ID)
		}
		if _, ok := partitionSuffix[orText(a.Partition, "aws")]; !ok {
			wrong("account %d: no partition is called %q", i+1, a.Partition)
		}
		if slices.ContainsFunc(s.Accounts[:i], func(b Account) bool { return b.ID == a.ID }) {
			wrong("account %d: %s is there twice", i+1, a.ID)
		}
	}
	for i, im := range s.Images {
		if err := im.check(); err != nil {
			wrong("image %d (%s): %w", i+1, im.Name, err)
		}
	}
	for i, k := range s.Keys {
		if !slices.Contains([]string{"", "AWS", "CUSTOMER"}, k.Manager) {
			wrong("key %d: manager %q is neither AWS nor CUSTOMER", i+1, k.Manager)
		}
	}
	for i, r := range s.Regions {
		if !slices.Contains([]string{"", "block-new-sharing", "unblocked"}, r.BlockPublicAccess) {
			wrong("regions %d: blockPublicAccess %q is neither block-new-sharing nor unblocked", i+1, r.BlockPublicAccess)
		}
		if !slices.Contains([]string{"", "disabled", "audit-mode", "enabled"}, r.AllowedImages.State) {
			wrong("regions %d: allowedImages state %q is not disabled, audit-mode or enabled", i+1, r.AllowedImages.State)
		}
	}
	for i, f := range s.Faults {
		if err := f.check(); err != nil {
			wrong("fault %d: %w", i+1, err)
		}
	}
	return errors.Join(errs...)
}

func (i Image) check() error {
	states := []string{"", statePending, stateAvailable, stateFailed, stateDisabled, stateError, "invalid", "transient"}
	switch {
	case !slices.Contains(states, i.State):
		return fmt.Errorf("state %q is not one of %s", i.State, strings.Join(states[1:], ", "))
	case !slices.Contains([]string{"", "ebs", "instance-store"}, i.RootDeviceType):
		return fmt.Errorf("rootDeviceType %q is neither ebs nor instance-store", i.RootDeviceType)
	case !slices.Contains([]string{"", protectedWith, protectedWithout}, i.Protection):
		return fmt.Errorf("deregistrationProtection %q is neither %s nor %s", i.Protection, protectedWith, protectedWithout)
	}
	for _, who := range i.Launch {
		if who != "all" && !accountPattern.MatchString(who) && !organizationPattern.MatchString(who) && !unitPattern.MatchString(who) {
			return fmt.Errorf("launchPermissions: %q is neither all, an account id, nor the ARN of an organization or a unit", who)
		}
	}
	for _, who := range i.Restore {
		if who != "all" && !accountPattern.MatchString(who) {
			return fmt.Errorf("snapshotPermissions: %q is neither all nor an account id", who)
		}
	}
	return nil
}

var effects = []Effect{
	"", EffectError, EffectLatency, EffectReset, EffectLost, EffectEmpty, EffectTruncated, EffectHTML,
	EffectExpired, EffectRegionDown, EffectCopyFails, EffectCopyGone,
}

func (f Fault) check() error {
	switch {
	case !slices.Contains(effects, f.Effect):
		return fmt.Errorf("no effect is called %q", f.Effect)
	case f.Probability < 0 || f.Probability > 1:
		return fmt.Errorf("probability %v is not between 0 and 1", f.Probability)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status %d is not an HTTP status", f.Status)
	case f.Nth < 0 || f.Skip < 0 || f.Count < 0 || f.Latency < 0:
		return errors.New("nth, skip, count and latency are not negative")
	}
	return nil
}
