package sandbox_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/internal/sandbox"
)

// assumption turns one documented assumption round. usual and turned are what
// do gives without and with the switch.
type assumption struct {
	value         string // of the switch; true where empty
	scene         string // added to the basic one
	do            func(*testing.T, *world) string
	usual, turned string
}

func fresh(name string) *ec2.CopyImageInput {
	return &ec2.CopyImageInput{Name: &name, SourceImageId: aws.String(source), SourceRegion: aws.String(home)}
}

// copyCode is the error code of a copy to the other Region, or "".
func (w *world) copyCode(in *ec2.CopyImageInput) string {
	_, err := w.ec2(away).CopyImage(w.t.Context(), in)
	return code(err)
}

func (w *world) later() { w.Clock().Advance(time.Hour) }

func (w *world) disable() {
	must(w.ec2(home).DisableImage(w.t.Context(), &ec2.DisableImageInput{ImageId: aws.String(source)}))(w.t)
}

const (
	failing     = "faults: [{operation: CopyImage, nth: 1, effect: copy-fails}]\n"
	lockedImage = "images: [{id: ami-0aaaaaaaaaaaaaaaa, region: us-east-1, name: locked, devices: [{name: /dev/xvda, size: 8, encrypted: true}]}]\n"
	lockedID    = "ami-0aaaaaaaaaaaaaaaa"
)

func locked() *ec2.CopyImageInput {
	in := fresh("locked-1")
	in.SourceImageId = aws.String(lockedID)
	return in
}

func tellCount[T any](list []T) string {
	return map[int]string{0: "none", 1: "one"}[len(list)]
}

var copyAssumptions = map[string]assumption{
	"tokenRetention": {value: "1h", usual: "the same", turned: "InvalidAMIName.Duplicate", do: func(_ *testing.T, w *world) string {
		w.copied(copyIn("n-1"))
		w.Clock().Advance(2 * time.Hour)
		if c := w.copyCode(copyIn("n-1")); c != "" {
			return c
		}
		return "the same"
	}},
	"deadTokenCopiesAgain": {usual: "the dead one", turned: "another", do: func(_ *testing.T, w *world) string {
		id := w.copied(copyIn("n-1"))
		w.later()
		w.deregister(away, id)
		if w.copied(copyIn("n-1")) == id {
			return "the dead one"
		}
		return "another"
	}},
	"failedFreesName": {scene: failing, usual: "InvalidAMIName.Duplicate", turned: "", do: func(_ *testing.T, w *world) string {
		w.copied(fresh("n-1"))
		w.later()
		return w.copyCode(fresh("n-1"))
	}},
	"disabledFreesName": {usual: "InvalidAMIName.Duplicate", turned: "", do: func(t *testing.T, w *world) string {
		w.disable()
		_, err := w.ec2(home).CopyImage(t.Context(), fresh("base-1"))
		return code(err)
	}},
	"recycledHoldsName": {scene: "regions: [{recycleImages: 7d}]\n", usual: "", turned: "InvalidAMIName.Duplicate", do: func(_ *testing.T, w *world) string {
		id := w.copied(fresh("n-1"))
		w.later()
		w.deregister(away, id)
		return w.copyCode(fresh("n-1"))
	}},
	"pendingShowsSnapshots": {usual: "hidden", turned: "shown", do: func(_ *testing.T, w *world) string {
		if w.image(away, w.copied(fresh("n-1"))).BlockDeviceMappings[0].Ebs.SnapshotId == nil {
			return "hidden"
		}
		return "shown"
	}},
	"failedCopyDropsSnapshots": {scene: failing, usual: "one", turned: "none", do: func(t *testing.T, w *world) string {
		w.copied(fresh("n-1"))
		w.later()
		return tellCount(must(w.ec2(away).DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}}))(t).Snapshots)
	}},
	"cancelledCopyKeepsSnapshots": {usual: "none", turned: "completed", do: func(t *testing.T, w *world) string {
		id := w.copied(fresh("n-1"))
		must(w.ec2(away).DeregisterImage(t.Context(), &ec2.DeregisterImageInput{ImageId: &id}))(t)
		w.later()
		for _, s := range must(w.ec2(away).DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}}))(t).Snapshots {
			return string(s.State) // nothing is pending for ever
		}
		return "none"
	}},
	"disabledSourceRefused": {usual: "", turned: "InvalidAMIID.Unavailable", do: func(_ *testing.T, w *world) string {
		w.disable()
		return w.copyCode(fresh("n-1"))
	}},
	"pendingSourceError": {value: "IncorrectState", usual: "InvalidAMIID.Unavailable", turned: "IncorrectState", do: func(_ *testing.T, w *world) string {
		in := fresh("n-2")
		in.SourceImageId, in.SourceRegion = aws.String(w.copied(fresh("n-1"))), aws.String(away)
		return w.copyCode(in)
	}},
	"copiedTagsWin": {usual: "mine", turned: "linux", do: func(_ *testing.T, w *world) string {
		in := fresh("n-1")
		in.CopyImageTags, in.TagSpecifications = aws.Bool(true), []types.TagSpecification{withTags("image", tag("os", "mine"))}
		return tagged(w.image(away, w.copied(in)).Tags, "os")
	}},
	"copyKeepsDeprecation": {usual: "", turned: "2027-01-01T00:00:00.000Z", do: func(t *testing.T, w *world) string {
		at := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		must(w.ec2(home).EnableImageDeprecation(t.Context(), &ec2.EnableImageDeprecationInput{ImageId: aws.String(source), DeprecateAt: &at}))(t)
		return aws.ToString(w.image(away, w.copied(fresh("n-1"))).DeprecationTime)
	}},
	"copyDropsImds": {usual: "v2.0", turned: "", do: func(_ *testing.T, w *world) string {
		return string(w.image(away, w.copied(fresh("n-1"))).ImdsSupport)
	}},
	"copyKeepsDescription": {usual: "", turned: "the base", do: func(_ *testing.T, w *world) string {
		return aws.ToString(w.image(away, w.copied(fresh("n-1"))).Description)
	}},
}

var otherAssumptions = map[string]assumption{
	"encryptedFalseRefused": {scene: lockedImage, usual: "", turned: "InvalidParameterValue", do: func(_ *testing.T, w *world) string {
		in := locked()
		in.Encrypted = aws.Bool(false)
		return w.copyCode(in)
	}},
	"crossRegionKeyRefused": {scene: lockedImage, usual: "", turned: "InvalidRequest", do: func(_ *testing.T, w *world) string {
		return w.copyCode(locked())
	}},
	"marketplaceCopyAllowed": {
		scene: `images: [{id: ami-0aaaaaaaaaaaaaaaa, account: "444455556666", region: us-east-1, name: sold, productCodes: [abc], launchPermissions: ["111122223333"], snapshotPermissions: ["111122223333"], devices: [{name: /dev/xvda, size: 8}]}]` + "\n",
		usual: "InvalidRequest", turned: "",
		do: func(_ *testing.T, w *world) string { return w.copyCode(locked()) },
	},
	"snapshotCopiesCount": {scene: "quotas: {snapshotCopies: 1}\n", usual: "", turned: "ResourceLimitExceeded", do: func(_ *testing.T, w *world) string {
		w.copied(fresh("n-1"))
		return w.copyCode(fresh("n-2"))
	}},
	"copyLimitError": {value: "SnapshotCopyLimit", scene: "quotas: {concurrentCopies: 1}\n", usual: "ResourceLimitExceeded", turned: "SnapshotCopyLimit", do: func(_ *testing.T, w *world) string {
		w.copied(fresh("n-1"))
		return w.copyCode(fresh("n-2"))
	}},
	"protectedError": {value: "Protected", usual: "OperationNotPermitted", turned: "Protected", do: func(t *testing.T, w *world) string {
		must(w.ec2(home).EnableImageDeregistrationProtection(t.Context(), &ec2.EnableImageDeregistrationProtectionInput{ImageId: aws.String(source)}))(t)
		_, err := w.ec2(home).DeregisterImage(t.Context(), &ec2.DeregisterImageInput{ImageId: aws.String(source)})
		return code(err)
	}},
	"cooldownShows": {value: "enabled-with-cooldown", usual: "disabled", turned: "enabled-with-cooldown", do: func(t *testing.T, w *world) string {
		api := w.ec2(home)
		must(api.EnableImageDeregistrationProtection(t.Context(), &ec2.EnableImageDeregistrationProtectionInput{ImageId: aws.String(source), WithCooldown: aws.Bool(true)}))(t)
		must(api.DisableImageDeregistrationProtection(t.Context(), &ec2.DisableImageDeregistrationProtectionInput{ImageId: aws.String(source)}))(t)
		return aws.ToString(w.image(home, source).DeregistrationProtection)
	}},
	"foreignAttributesShown": {usual: "AuthFailure", turned: "", do: func(t *testing.T, w *world) string {
		must(w.ec2(home).ModifyImageAttribute(t.Context(), &ec2.ModifyImageAttributeInput{ImageId: aws.String(source), LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{UserId: aws.String(stranger)}}}}))(t)
		_, err := w.ec2As(home, stranger).DescribeImageAttribute(t.Context(), &ec2.DescribeImageAttributeInput{ImageId: aws.String(source), Attribute: types.ImageAttributeNameDescription})
		return code(err)
	}},
	"managedHidden": {scene: `references: [{region: us-east-1, image: ami-0123456789abcdef0, type: "ec2:Instance", name: eks, managed: true}]` + "\n", usual: "one", turned: "none", do: func(t *testing.T, w *world) string {
		return tellCount(must(w.ec2(home).DescribeImageReferences(t.Context(), &ec2.DescribeImageReferencesInput{ImageIds: []string{source}, IncludeAllResourceTypes: aws.Bool(true)}))(t).ImageReferences)
	}},
	"minPage": {value: "5", usual: "", turned: "InvalidParameterValue", do: func(t *testing.T, w *world) string {
		_, err := w.ec2(home).DescribeImages(t.Context(), &ec2.DescribeImagesInput{MaxResults: aws.Int32(1)})
		return code(err)
	}},
	"maxPage": {value: "500", usual: "", turned: "InvalidParameterValue", do: func(t *testing.T, w *world) string {
		_, err := w.ec2(home).DescribeImages(t.Context(), &ec2.DescribeImagesInput{MaxResults: aws.Int32(1000)})
		return code(err)
	}},
}

// TestAssumptions has every switch both ways.
func TestAssumptions(t *testing.T) {
	kind := reflect.TypeFor[sandbox.Assumptions]()
	for i := range kind.NumField() {
		name, _, _ := strings.Cut(kind.Field(i).Tag.Get("yaml"), ",")
		a, ok := copyAssumptions[name]
		if !ok {
			a, ok = otherAssumptions[name]
		}
		if !ok {
			t.Errorf("%s is not tested", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			value := a.value
			if value == "" {
				value = "true"
			}
			if got := a.do(t, start(t, withMore(a.scene), frozen)); got != a.usual {
				t.Errorf("without the switch: %q, want %q", got, a.usual)
			}
			if got := a.do(t, start(t, withMore(a.scene)+"assumptions: {"+name+": "+value+"}\n", frozen)); got != a.turned {
				t.Errorf("with the switch: %q, want %q", got, a.turned)
			}
		})
	}
}

// withMore adds to the basic scene, whose images take more of them.
func withMore(text string) string {
	if one, ok := strings.CutPrefix(text, "images: ["); ok {
		return strings.Replace(basicScene, "images:\n", "images:\n  - "+strings.TrimSuffix(one, "]\n")+"\n", 1)
	}
	return basicScene + text
}
