package sandbox_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

func (s *subject) keyARN(region, ref string) (string, error) {
	out, err := s.kms(region).DescribeKey(s.t.Context(), &kms.DescribeKeyInput{KeyId: &ref})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.KeyMetadata.Arn), nil
}

// makeKey makes a key with an alias in eu-west-1.
func (s *subject) makeKey(alias string) (string, error) {
	out, err := s.kms(away).CreateKey(s.t.Context(), &kms.CreateKeyInput{Description: &alias})
	if err != nil {
		return "", err
	}
	_, err = s.kms(away).CreateAlias(s.t.Context(), &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: out.KeyMetadata.KeyId})
	return aws.ToString(out.KeyMetadata.Arn), err
}

func (s *subject) disableKey(region, arn string) error {
	_, err := s.kms(region).DisableKey(s.t.Context(), &kms.DisableKeyInput{KeyId: &arn})
	return err
}

// shared shares an image in us-east-1 with the other account.
func (s *subject) share(id string) error {
	_, err := s.ec2(home).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{ImageId: &id, LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{UserId: aws.String(stranger)}}}})
	return err
}

func (s *subject) shareDisk(snapshot string) error {
	_, err := s.ec2(home).ModifySnapshotAttribute(s.t.Context(), &ec2.ModifySnapshotAttributeInput{SnapshotId: &snapshot, CreateVolumePermission: &types.CreateVolumePermissionModifications{Add: []types.CreateVolumePermission{{UserId: aws.String(stranger)}}}})
	return err
}

func (s *subject) otherCopies(id string, change ...func(*copyInput)) (string, error) {
	s.made++
	in := &copyInput{Name: aws.String(fmt.Sprintf("theirs-%d", s.made)), SourceImageId: &id, SourceRegion: aws.String(home)}
	for _, c := range change {
		c(in)
	}
	out, err := s.other(away).CopyImage(s.t.Context(), in)
	if err != nil {
		return "", err
	}
	return aws.ToString(out.ImageId), nil
}

var foreignFacts = []fact{
	{"API DescribeImages", "a private image of another account is not found", func(s *subject) error {
		src := s.source()
		_, err := s.image(s.other(home), src)
		_, err2 := s.otherCopies(src)
		return first(refused(err, "InvalidAMIID.NotFound"), refused(err2, "InvalidAMIID.NotFound"))
	}},
	{"EC2 User Guide: Share an AMI with specific AWS accounts", "a shared image is visible to the account", func(s *subject) error {
		src := s.source()
		if err := s.share(src); err != nil {
			return err
		}
		im, err := s.image(s.other(home), src)
		return first(err, same("owner", aws.ToString(im.OwnerId), owner))
	}},
	{"EC2 User Guide: How AMI copy works", "a launch permission is not enough to copy", func(s *subject) error {
		src := s.source()
		if err := s.share(src); err != nil {
			return err
		}
		_, err := s.otherCopies(src)
		return refused(err, "InvalidRequest")
	}},
	{"EC2 User Guide: How AMI copy works", "with permission on each snapshot another account can copy and owns the copy", func(s *subject) error {
		disk := s.disk(home)
		src := s.register(home, disk)
		if err := first(s.share(src), s.shareDisk(disk)); err != nil {
			return err
		}
		id, err := s.otherCopies(src)
		if err != nil {
			return err
		}
		im, err := s.image(s.other(away), id)
		return first(err, same("owner", aws.ToString(im.OwnerId), stranger))
	}},
	{"EC2 User Guide: Tag your resources", "tags are seen by their own account only, but for ec2:SharedTag/", func(s *subject) error {
		src := s.source()
		_, err := s.ec2(home).CreateTags(s.t.Context(), &ec2.CreateTagsInput{Resources: []string{src}, Tags: []types.Tag{tag("os", "linux"), tag("ec2:SharedTag/tier", "gold")}})
		if err := first(err, s.share(src)); err != nil {
			return err
		}
		im, err := s.image(s.other(home), src)
		return first(err, same("os", tagged(im.Tags, "os"), "(none)"), same("shared tag", tagged(im.Tags, "ec2:SharedTag/tier"), "gold"))
	}},
	{"EC2 User Guide: Deregister an AMI", "another account's image cannot be deregistered", func(s *subject) error {
		src := s.source()
		if err := s.share(src); err != nil {
			return err
		}
		_, err := s.other(home).DeregisterImage(s.t.Context(), &ec2.DeregisterImageInput{ImageId: &src})
		return refused(err, "AuthFailure")
	}},
}

func (s *subject) deregister(region, id string, snapshots bool) (*ec2.DeregisterImageOutput, error) {
	return s.ec2(region).DeregisterImage(s.t.Context(), &ec2.DeregisterImageInput{ImageId: &id, DeleteAssociatedSnapshots: &snapshots})
}

func (s *subject) snapshotCode(id string) string {
	_, err := s.ec2(home).DescribeSnapshots(s.t.Context(), &ec2.DescribeSnapshotsInput{SnapshotIds: []string{id}})
	return code(err)
}

var removalFacts = []fact{
	{"API DeregisterImage", "snapshots stay by default", func(s *subject) error {
		disk := s.disk(home)
		_, err := s.deregister(home, s.register(home, disk), false)
		return first(err, same("snapshot", s.snapshotCode(disk), ""))
	}},
	{"API DeregisterImage", "DeleteAssociatedSnapshots deletes them and tells each", func(s *subject) error {
		disk := s.disk(home)
		out, err := s.deregister(home, s.register(home, disk), true)
		if err != nil {
			return err
		}
		if n := len(out.DeleteSnapshotResults); n != 1 {
			return fmt.Errorf("%d results, want 1", n)
		}
		r := out.DeleteSnapshotResults[0]
		return first(same("id", aws.ToString(r.SnapshotId), disk), same("code", r.ReturnCode, "success"), same("snapshot", s.snapshotCode(disk), "InvalidSnapshot.NotFound"))
	}},
	{"API DeregisterImage", "a snapshot that another image uses is skipped, and the image is gone", func(s *subject) error {
		disk := s.disk(home)
		id := s.register(home, disk)
		s.register(home, disk)
		out, err := s.deregister(home, id, true)
		if err != nil {
			return err
		}
		if n := len(out.DeleteSnapshotResults); n != 1 {
			return fmt.Errorf("%d results, want 1", n)
		}
		return first(same("code", out.DeleteSnapshotResults[0].ReturnCode, "skipped"), same("snapshot", s.snapshotCode(disk), ""), s.gone(s.ec2(home), id))
	}},
	{"API DescribeImages", "the id of a deregistered image gives nothing at first and is an error later", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		_, err := s.deregister(home, id, false)
		out, err2 := api.DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}})
		if err := first(err, err2); err != nil {
			return err
		}
		s.advance(2 * time.Hour)
		_, err = api.DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}})
		return first(same("images", len(out.Images), 0), refused(err, "InvalidAMIID.NotFound"))
	}},
	{"API DeregisterImage", "deregistering twice says unavailable", func(s *subject) error {
		id := s.source()
		_, err := s.deregister(home, id, false)
		_, err2 := s.deregister(home, id, false)
		return first(err, refused(err2, "InvalidAMIID.Unavailable"))
	}},
	{"API DeleteSnapshot", "a snapshot of a registered image is in use, also of a disabled one", func(s *subject) error {
		disk := s.disk(home)
		id := s.register(home, disk)
		api := s.ec2(home)
		_, err := api.DeleteSnapshot(s.t.Context(), &ec2.DeleteSnapshotInput{SnapshotId: &disk})
		_, err2 := api.DisableImage(s.t.Context(), &ec2.DisableImageInput{ImageId: &id})
		_, err3 := api.DeleteSnapshot(s.t.Context(), &ec2.DeleteSnapshotInput{SnapshotId: &disk})
		return first(refused(err, "InvalidSnapshot.InUse"), err2, refused(err3, "InvalidSnapshot.InUse"))
	}},
	{"EC2 User Guide: Protect an AMI from deregistration", "a protected image cannot be deregistered until protection is disabled", func(s *subject) error {
		id := s.source()
		out, err := s.ec2(home).EnableImageDeregistrationProtection(s.t.Context(), &ec2.EnableImageDeregistrationProtectionInput{ImageId: &id})
		if err != nil {
			return err
		}
		im, err := s.image(s.ec2(home), id)
		_, err2 := s.deregister(home, id, false)
		_, err3 := s.ec2(home).DisableImageDeregistrationProtection(s.t.Context(), &ec2.DisableImageDeregistrationProtectionInput{ImageId: &id})
		_, err4 := s.deregister(home, id, false)
		return first(err, same("answer", aws.ToString(out.Return), "enabled-without-cooldown"), same("shown", aws.ToString(im.DeregistrationProtection), "enabled-without-cooldown"),
			refused(err2, "OperationNotPermitted"), err3, err4)
	}},
	{"API EnableImageDeregistrationProtection", "with a cool-down deregistration stays blocked for 24 hours", func(s *subject) error {
		id := s.source()
		_, err := s.ec2(home).EnableImageDeregistrationProtection(s.t.Context(), &ec2.EnableImageDeregistrationProtectionInput{ImageId: &id, WithCooldown: aws.Bool(true)})
		_, err2 := s.ec2(home).DisableImageDeregistrationProtection(s.t.Context(), &ec2.DisableImageDeregistrationProtectionInput{ImageId: &id})
		s.advance(23 * time.Hour)
		_, err3 := s.deregister(home, id, false)
		s.advance(time.Hour)
		_, err4 := s.deregister(home, id, false)
		return first(err, err2, refused(err3, "OperationNotPermitted"), err4)
	}},
	{"Error codes for the Amazon EC2 API", "the name of a deregistered image can be used again", func(s *subject) error {
		name := func(in *ec2.RegisterImageInput) { in.Name = aws.String("again") }
		_, err := s.deregister(home, s.source(name), false)
		s.advance(time.Hour)
		s.source(name)
		return err
	}},
}

func (s *subject) listed(api *ec2.Client, change ...func(*ec2.DescribeImagesInput)) ([]string, error) {
	in := &ec2.DescribeImagesInput{Owners: []string{"self"}}
	for _, c := range change {
		c(in)
	}
	out, err := api.DescribeImages(s.t.Context(), in)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, im := range out.Images {
		ids = append(ids, *im.ImageId)
	}
	return ids, nil
}

var disableFacts = []fact{
	{"EC2 User Guide: Disable an AMI", "a disabled image is listed only with IncludeDisabled, and shown by id", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		if _, err := api.DisableImage(s.t.Context(), &ec2.DisableImageInput{ImageId: &id}); err != nil {
			return err
		}
		hidden, err := s.listed(api)
		shown, err2 := s.listed(api, func(in *ec2.DescribeImagesInput) { in.IncludeDisabled = aws.Bool(true) })
		im, err3 := s.image(api, id)
		return first(err, err2, err3, same("hidden", len(hidden), 0), same("shown", len(shown), 1), same("state", im.State, types.ImageStateDisabled))
	}},
	{"EC2 User Guide: Disable an AMI", "disabling removes launch permissions and enabling does not restore them", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		err := s.share(id)
		_, err2 := api.DisableImage(s.t.Context(), &ec2.DisableImageInput{ImageId: &id})
		_, err3 := api.EnableImage(s.t.Context(), &ec2.EnableImageInput{ImageId: &id})
		users, err4 := s.launch(home, id)
		return first(err, err2, err3, err4, same("launch permissions", len(users), 0))
	}},
	{"EC2 User Guide: Disable an AMI", "a disabled image cannot be shared", func(s *subject) error {
		id := s.source()
		_, err := s.ec2(home).DisableImage(s.t.Context(), &ec2.DisableImageInput{ImageId: &id})
		return first(err, refused(s.share(id), "InvalidAMIID.Unavailable"))
	}},
	{"EC2 User Guide: Disable an AMI", "a disabled image cannot be launched", func(s *subject) error {
		id := s.source()
		_, err := s.ec2(home).DisableImage(s.t.Context(), &ec2.DisableImageInput{ImageId: &id})
		_, err2 := s.ec2(home).RunInstances(s.t.Context(), &ec2.RunInstancesInput{ImageId: &id, MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
		return first(err, refused(err2, "InvalidAMIID.Unavailable"))
	}},
	{"API EnableImageDeprecation", "the deprecation time is rounded to the minute", func(s *subject) error {
		im, err := s.deprecate(300*24*time.Hour + 29*time.Second)
		if err != nil {
			return err
		}
		at, err := time.Parse(time.RFC3339, aws.ToString(im.DeprecationTime))
		return first(err, same("seconds", at.Second(), 0))
	}},
	{"API EnableImageDeprecation", "the deprecation time cannot be past or over ten years ahead", func(s *subject) error {
		_, past := s.deprecate(-2 * time.Hour)
		_, far := s.deprecate(11 * 365 * 24 * time.Hour)
		return first(refused(past, "InvalidParameterValue"), refused(far, "InvalidParameterValue"))
	}},
	{"EC2 User Guide: Deprecate an AMI", "others see a deprecated image only with IncludeDeprecated, its owner always", func(s *subject) error {
		im, err := s.deprecate(time.Hour)
		if err := first(err, s.share(aws.ToString(im.ImageId))); err != nil {
			return err
		}
		s.advance(2 * time.Hour)
		from := func(in *ec2.DescribeImagesInput) { in.Owners = []string{owner} }
		own, err := s.listed(s.ec2(home))
		hidden, err2 := s.listed(s.other(home), from)
		shown, err3 := s.listed(s.other(home), from, func(in *ec2.DescribeImagesInput) { in.IncludeDeprecated = aws.Bool(true) })
		return first(err, err2, err3, same("own", len(own), 1), same("hidden", len(hidden), 0), same("shown", len(shown), 1))
	}},
	{"API DisableImageDeprecation", "deprecation can be cancelled", func(s *subject) error {
		im, err := s.deprecate(time.Hour)
		if err != nil {
			return err
		}
		_, err = s.ec2(home).DisableImageDeprecation(s.t.Context(), &ec2.DisableImageDeprecationInput{ImageId: im.ImageId})
		after, err2 := s.image(s.ec2(home), *im.ImageId)
		return first(err, err2, same("deprecation", aws.ToString(after.DeprecationTime), ""))
	}},
}

// deprecate deprecates a new image so long after its creation.
func (s *subject) deprecate(in time.Duration) (types.Image, error) {
	id := s.source()
	im, err := s.image(s.ec2(home), id)
	if err != nil {
		return im, err
	}
	created, err := time.Parse(time.RFC3339, aws.ToString(im.CreationDate))
	if err != nil {
		return im, errors.New("CreationDate is not a time")
	}
	_, err = s.ec2(home).EnableImageDeprecation(s.t.Context(), &ec2.EnableImageDeprecationInput{ImageId: &id, DeprecateAt: aws.Time(created.Add(in))})
	if err != nil {
		return im, err
	}
	return s.image(s.ec2(home), id)
}
