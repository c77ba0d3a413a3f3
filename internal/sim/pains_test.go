package sim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// What hurts users of tools like this one, the most often told first, and that
// it does not hurt here. Each pain is one that people reported of such tools,
// again and again.

const bothRegions = "    regions: [eu-west-1, us-west-2]\n"

// A slow copy is reported as a failure, and made again.
func TestPainWaitsTooShort(t *testing.T) {
	t.Run("two hours are waited for", func(t *testing.T) {
		inLab(t, slow(2*time.Hour), func(l *lab) {
			l.done(declare(labSource, "    regions: [eu-west-1]\n"))
			l.unchanged(declare(labSource, "    regions: [eu-west-1]\n"))
		})
	})
	t.Run("six hours are finished by the next run", func(t *testing.T) {
		inLab(t, slow(6*time.Hour), func(l *lab) {
			file := declare(labSource, "    regions: [eu-west-1]\n")
			first := l.sync(file)
			if first.report.Results[0].Error == nil || first.report.Results[0].Error.Code != state.CodeTimeout {
				t.Errorf("%+v", first.report.Results)
			}
			time.Sleep(3 * time.Hour)
			if res := l.done(file); res.plan.Summary.Finish != 1 {
				t.Errorf("%+v", res.plan.Summary)
			}
			if n := l.counted()["ec2:CopyImage"]; n != 1 {
				t.Errorf("%d copies were started", n)
			}
		})
	})
}

// One bad Region sinks the run; finished results are lost.
func TestPainOneBadRegionSinksTheRun(t *testing.T) {
	inLab(t, asIs, func(l *lab) {
		file := declare(labSource, bothRegions)
		res := l.run(file, launch{}, weather{region: ireland})
		if res.err != nil || res.plan.Summary.Unknown != 1 || res.report.Summary.Done != 1 {
			t.Fatalf("%+v, %v", res.plan.Summary, res.err)
		}
		l.only(oregon)
		l.done(file)
		l.only(ireland)
		l.unchanged(file)
	})
}

// An AMI is deregistered, or replaced, while it is used.
func TestPainInUse(t *testing.T) {
	for _, use := range []string{"instance", "template"} {
		t.Run(use, func(t *testing.T) {
			inLab(t, asIs, func(l *lab) {
				const grace = bothRegions + "    lifecycle: {grace: 0}\n"
				l.done(declare(labSource, grace))
				used := l.only(ireland)
				meddles[use](l.person(ireland, used))
				res := l.sync(declare(labNext, grace))
				if d := cmp.Diff(map[plan.Kind]plan.Code{plan.Deregister: plan.Referenced}, blocked(res.plan)); d != "" {
					t.Error(d)
				}
				if len(l.copies(ireland)) != 2 {
					t.Errorf("copies: %v", l.copies(ireland))
				}
				l.only(oregon)
			})
		})
	}
}

// Runs are not idempotent: answers that are lost and images that show late make
// duplicates.
func TestPainDuplicates(t *testing.T) {
	late := func(s *sandbox.Scene) {
		s.Delays = sandbox.Delays{Image: sandbox.Duration(50 * time.Second), Tags: sandbox.Duration(20 * time.Second)}
	}
	file := declare(labSource, bothRegions)
	t.Run("lost answers", func(t *testing.T) {
		inLab(t, late, func(l *lab) {
			l.run(file, launch{}, weather{rate: 0.4, kinds: []string{"lost"}})
			l.sync(file)
			l.only(ireland)
			l.only(oregon)
			l.unchanged(file)
		})
	})
	t.Run("killed at any request", func(t *testing.T) {
		for at := 1; at <= 40; at++ {
			inLab(t, late, func(l *lab) {
				l.run(file, launch{killAt: at}, weather{})
				l.sync(file)
				l.only(ireland)
				l.only(oregon)
				time.Sleep(time.Minute) // until the tags are visible
				l.unchanged(file)
			})
		}
	})
	t.Run("two runs at once", func(t *testing.T) {
		inLab(t, late, func(l *lab) {
			results := make(chan result, 2)
			for n := range 2 {
				p := newProcess(l.world, step{number: 1, commit: strings.Repeat("0", 39) + "1", text: file}, launch{number: n})
				go func() { results <- p.run() }()
			}
			<-results
			<-results
			l.only(ireland)
			l.only(oregon)
			time.Sleep(time.Minute)
			l.unchanged(file)
		})
	})
}

// A key that cannot be used makes a copy that fails later and silently.
func TestPainKeys(t *testing.T) {
	const encrypted = "    regions: [eu-west-1]\n    encryption: {kmsKey: alias/ami}\n"
	key := func(l *lab, action string) {
		l.person(ireland, sandbox.InspectedImage{}).json("kms", "TrentService."+action, map[string]any{"KeyId": aliases[0]})
	}
	t.Run("disabled before the plan", func(t *testing.T) {
		inLab(t, asIs, func(l *lab) {
			key(l, "DisableKey")
			if d := cmp.Diff(map[plan.Kind]plan.Code{plan.Copy: plan.KeyDisabled}, blocked(l.sync(declare(labSource, encrypted)).plan)); d != "" {
				t.Error(d)
			}
			key(l, "EnableKey")
			l.done(declare(labSource, encrypted))
		})
	})
	t.Run("a copy that fails later", func(t *testing.T) {
		inLab(t, asIs, func(l *lab) {
			res := l.run(declare(labSource, encrypted), launch{}, weather{rate: 1, kinds: []string{"copy-fails"}})
			if res.report.Results[0].Error.Code != apply.CodeCopyFailed {
				t.Errorf("%+v", res.report.Results)
			}
			l.sync(declare(labSource, encrypted))
			if a := l.only(ireland); a.Tags[state.TagGeneration] != "2" || !usable(a) {
				t.Errorf("%+v", a)
			}
			l.unchanged(declare(labSource, encrypted))
		})
	})
}

// A Region that is not ready, because nobody opted in, fails everything.
func TestPainRegionNotReady(t *testing.T) {
	inLab(t, asIs, func(l *lab) {
		file := strings.Replace(declare(labSource, "    regions: [eu-west-1, me-south-1]\n"), "us-west-2]\nimages", "me-south-1]\nimages", 1)
		res := l.sync(file)
		if d := cmp.Diff(map[plan.Kind]plan.Code{plan.Copy: plan.RegionNotEnabled}, blocked(res.plan)); d != "" {
			t.Error(d)
		}
		l.only(ireland)
	})
}

// Tags, permissions and deprecation do not reach the copies or their snapshots.
func TestPainAttributesDoNotReachCopies(t *testing.T) {
	inLab(t, asIs, func(l *lab) {
		l.done(declare(labSource, bothRegions+"    tags: {team: a}\n    share: {accounts: [\"444455556666\"], snapshots: true}\n    lifecycle: {deprecateAfter: 30d}\n"))
		for _, region := range []string{ireland, oregon} {
			a := l.only(region)
			if a.Tags["team"] != "a" || !slices.Equal(a.Users, []string{stranger}) || a.Deprecation.Sub(a.Created).Round(time.Hour) != 30*24*time.Hour {
				t.Errorf("%+v", a)
			}
			for _, s := range l.cloud.Inspect(account, region).Snapshots {
				if s.Tags["team"] != "a" || s.Tags[state.TagOwner] != owner || !slices.Equal(s.Users, []string{stranger}) {
					t.Errorf("%+v", s)
				}
			}
		}
	})
}

// Snapshots are left behind, at a silent cost.
func TestPainSnapshotsLeftBehind(t *testing.T) {
	inLab(t, asIs, func(l *lab) {
		const graceless = "    regions: [eu-west-1]\n    lifecycle: {grace: 0}\n"
		l.done(declare(labSource, graceless))
		l.done(declare(labNext, graceless))
		if n := len(l.cloud.Inspect(account, ireland).Snapshots); n != 2 {
			t.Errorf("%d snapshots for one copy of two volumes", n)
		}
		l.person(ireland, l.only(ireland)).image("DeregisterImage") // by hand, and so without its snapshots
		l.done(declare(labNext, graceless))
		time.Sleep(8 * 24 * time.Hour)
		l.done(declare(labNext, graceless))
		if n := len(l.cloud.Inspect(account, ireland).Snapshots); n != 2 {
			t.Errorf("%d snapshots: those of the AMI that is gone are left", n)
		}
	})
}

// What is published is not what is there.
func TestPainPublishedDiffersFromLive(t *testing.T) {
	inLab(t, asIs, func(l *lab) {
		const published = "    regions: [eu-west-1]\n    publish: {ssm: /amis/web/current}\n    share: {accounts: [\"444455556666\"]}\n    lifecycle: {grace: 0}\n"
		named := func() string { return l.cloud.Inspect(account, ireland).Parameters[0].Value }
		l.done(declare(labSource, published))
		if named() != l.only(ireland).ID {
			t.Error(named())
		}
		l.done(declare(labNext, published))
		if named() != l.only(ireland).ID {
			t.Error(named())
		}
		l.person(ireland, l.only(ireland)).image("ResetImageAttribute", "Attribute", "launchPermission") // AWS itself does so to old public AMIs
		l.done(declare(labNext, published))
		if !slices.Equal(l.only(ireland).Users, []string{stranger}) {
			t.Errorf("%+v", l.only(ireland))
		}
	})
}

// Limits and throttling end a run.
func TestPainLimitsAndThrottling(t *testing.T) {
	narrow := func(s *sandbox.Scene) {
		s.Quotas = sandbox.Quotas{ConcurrentCopies: 2, ThrottleCopyBurst: 3}
	}
	inLab(t, narrow, func(l *lab) {
		file := many(labSource, 30, ireland)
		res := l.run(file, launch{}, weather{rate: 0.2, kinds: []string{"throttle", "5xx", "quota"}})
		if res.err != nil || res.report.Summary.Done != 30 || len(l.copies(ireland)) != 30 {
			t.Fatalf("%v: %+v", res.err, res.report)
		}
		l.unchanged(file)
	})
}

// Credentials expire while a run waits for hours.
func TestPainCredentialsExpire(t *testing.T) {
	inLab(t, slow(time.Hour), func(l *lab) {
		file := declare(labSource, bothRegions)
		res := l.run(file, launch{expiresAt: 30}, weather{})
		want := map[string]apply.Status{"copy eu-west-1": apply.InProgress, "copy us-west-2": apply.InProgress}
		if d := cmp.Diff(want, statuses(res.report)); d != "" {
			t.Error(d)
		}
		l.done(file)
		if n := l.counted()["ec2:CopyImage"]; n != 2 {
			t.Errorf("%d copies were started", n)
		}
		l.unchanged(file)
	})
}

// There is no declarative home: nothing but the file says what is to be, and
// nothing beside AWS is kept from run to run. What people change by hand comes
// back, and what they let be is let be.
func TestPainNoDeclarativeHome(t *testing.T) {
	inLab(t, asIs, func(l *lab) {
		file := declare(labSource, bothRegions+"    description: Base\n    tags: {team: a}\n    share: {accounts: [\"444455556666\"]}\n    publish: {ssm: /amis/web/current}\n")
		l.done(file)
		a := l.only(ireland)
		by := l.person(ireland, a)
		by.tags("CreateTags", a.ID, map[string]string{"team": "b", "theirs": "x"})
		by.image("ModifyImageAttribute", "Description.Value", "changed")
		meddles["unshare"](by)
		by.json("ssm", "AmazonSSM.DeleteParameter", map[string]any{"Name": "/amis/web/current"})
		l.person(oregon, l.only(oregon)).image("DeregisterImage")
		if s := l.done(file).plan.Summary; s.Copy != 1 || s.Update != 1+2 { // two snapshots are left without their AMI
			t.Errorf("%+v", s)
		}
		b := l.only(ireland)
		if b.ID != a.ID || b.Description != "Base" || b.Tags["team"] != "a" || b.Tags["theirs"] != "x" || !slices.Equal(b.Users, []string{stranger}) {
			t.Errorf("%+v", b)
		}
		l.only(oregon)
		l.unchanged(file)
	})
}

// An AMI is to be copied into another partition, which EC2 cannot do: that is
// said before anything is called, with what to do instead.
func TestPainCrossPartition(t *testing.T) {
	text := strings.ReplaceAll(declare(labSource, bothRegions), oregon, "cn-north-1")
	_, err := spec.Parse(file, []byte(text))
	if err == nil || !strings.Contains(err.Error(), "CreateStoreImageTask") {
		t.Errorf("%v", err)
	}
}

// Deregistration protection is missing, or cannot be lifted.
func TestPainDeregistrationProtection(t *testing.T) {
	inLab(t, asIs, func(l *lab) {
		const protected = bothRegions + "    lifecycle: {grace: 0, protect: true}\n"
		l.done(declare(labSource, protected))
		if a := l.only(ireland); a.Protection == "" {
			t.Errorf("%+v", a)
		}
		l.done(declare(labNext, protected))
		if a := l.only(ireland); a.SourceID != labNext || a.Protection == "" {
			t.Errorf("%+v", a)
		}
	})
	t.Run("by people", func(t *testing.T) {
		inLab(t, asIs, func(l *lab) {
			l.done(declare(labSource, bothRegions+"    lifecycle: {grace: 0}\n"))
			meddles["protect"](l.person(ireland, l.only(ireland)))
			res := l.sync(declare(labNext, bothRegions+"    lifecycle: {grace: 0}\n"))
			if d := cmp.Diff(map[plan.Kind]plan.Code{plan.Deregister: plan.Protected}, blocked(res.plan)); d != "" {
				t.Error(d)
			}
		})
	})
}

// What our own parameter names does not go before the parameter has moved on,
// also where the copy that it was to move to cannot be made.
func TestPublishedCopyStays(t *testing.T) {
	inLab(t, asIs, func(l *lab) {
		const plain, published = "    regions: [eu-west-1]\n    lifecycle: {grace: 1d}\n", "    publish: {ssm: /amis/web/current}\n"
		l.done(declare(labSource, plain+published))
		l.done(declare(labNext, plain+published))
		l.done(declare(labSource, plain)) // git revert, to before it was published
		l.person(home, sandbox.InspectedImage{}).ec2("DeregisterImage", "ImageId", labNext)
		time.Sleep(2 * 24 * time.Hour)
		res := l.sync(declare(labNext, plain+published+"    encryption: {kmsKey: alias/ami}\n")) // so that no copy is what is wanted
		want := map[plan.Kind]plan.Code{plan.Recopy: plan.SourceNotFound, plan.Deregister: plan.StillPublished}
		if d := cmp.Diff(want, blocked(res.plan)); d != "" {
			t.Error(d)
		}
	})
}
