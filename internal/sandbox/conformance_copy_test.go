package sandbox_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

type copyInput = ec2.CopyImageInput

var copyFacts = []fact{
	{"API CopyImage", "a copy is pending first and available later", func(s *subject) error {
		id, err := s.copy(s.source())
		if err != nil {
			return err
		}
		im, err := s.image(s.ec2(away), id)
		err = first(err, same("state", im.State, types.ImageStatePending))
		s.advance(time.Hour)
		if err != nil {
			return err
		}
		im, err = s.image(s.ec2(away), id)
		return first(err, same("state", im.State, types.ImageStateAvailable))
	}},
	{"EC2 User Guide: How AMI copy works", "a copy is identical in architecture, boot mode, ENA, IMDS and devices", func(s *subject) error {
		im, err := s.ready()
		return first(err, same("architecture", im.Architecture, "arm64"), same("boot mode", im.BootMode, "uefi"),
			same("ENA", aws.ToBool(im.EnaSupport), true), same("IMDS", im.ImdsSupport, "v2.0"),
			same("devices", len(im.BlockDeviceMappings), 1), same("root device", im.RootDeviceType, "ebs"))
	}},
	{"EC2 User Guide: Trace an AMI", "a copy names its source image and Region", func(s *subject) error {
		src := s.source()
		id, err := s.copy(src)
		if err != nil {
			return err
		}
		s.advance(time.Hour)
		im, err := s.image(s.ec2(away), id)
		return first(err, same("SourceImageId", aws.ToString(im.SourceImageId), src), same("SourceImageRegion", aws.ToString(im.SourceImageRegion), home))
	}},
	{"API CopyImage", "an image can be copied within its Region", func(s *subject) error {
		src := s.source()
		out, err := s.ec2(home).CopyImage(s.t.Context(), &copyInput{Name: aws.String("same region"), SourceImageId: &src, SourceRegion: aws.String(home)})
		if err != nil {
			return err
		}
		_, err = s.image(s.ec2(home), *out.ImageId)
		return err
	}},
	{"EC2 User Guide: Copy an AMI", "launch permissions are not copied", func(s *subject) error {
		src := s.source()
		_, err := s.ec2(home).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{ImageId: &src, LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{UserId: aws.String(stranger)}}}})
		if err != nil {
			return err
		}
		id, err := s.copy(src)
		s.advance(time.Hour)
		users, err2 := s.launch(away, id)
		return first(err, err2, same("launch permissions", len(users), 0))
	}},
	{"API CopyImage", "tags are not copied unless asked for", func(s *subject) error {
		im, err := s.copyTagged(false)
		return first(err, same("tag", tagged(im.Tags, "os"), "(none)"))
	}},
	{"API CopyImage", "CopyImageTags copies the user tags of the image", func(s *subject) error {
		im, err := s.copyTagged(true)
		return first(err, same("tag", tagged(im.Tags, "os"), "linux"))
	}},
	{"API CopyImage", "TagSpecifications tag the image and its snapshots", func(s *subject) error {
		im, err := s.ready(func(in *copyInput) {
			in.TagSpecifications = []types.TagSpecification{withTags("image", tag("a", "1")), withTags("snapshot", tag("b", ""))}
		})
		if err != nil {
			return err
		}
		snap, err := s.disk1(away, im)
		return first(err, same("image tag", tagged(im.Tags, "a"), "1"), same("snapshot tag", tagged(snap.Tags, "b"), ""), same("snapshot tag", tagged(snap.Tags, "a"), "(none)"))
	}},
	{"API CopyImage", "TagSpecifications of another resource type fail the request", func(s *subject) error {
		_, err := s.copy(s.source(), func(in *copyInput) {
			in.TagSpecifications = []types.TagSpecification{withTags("instance", tag("a", "1"))}
		})
		return refused(err, "InvalidParameterValue")
	}},
	{"EC2 User Guide: Tag your resources", "tag-on-create is atomic", func(s *subject) error {
		_, err := s.copy(s.source(), func(in *copyInput) {
			in.Name, in.TagSpecifications = aws.String("atomic"), []types.TagSpecification{withTags("image", tag("aws:x", "1"))}
		})
		out, err2 := s.ec2(away).DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{Owners: []string{"self"}})
		return first(refused(err, "InvalidParameterValue"), err2, same("images", len(out.Images), 0))
	}},
	{"Ensuring idempotency in Amazon EC2 API requests", "the same token and parameters do nothing again", func(s *subject) error {
		src := s.source()
		again := func(in *copyInput) { in.Name, in.ClientToken = aws.String("once"), aws.String("tok") }
		a, err := s.copy(src, again)
		b, err2 := s.copy(src, again)
		return first(err, err2, same("id", b, a))
	}},
	{"Ensuring idempotency in Amazon EC2 API requests", "the same token with other parameters is a mismatch", func(s *subject) error {
		src := s.source()
		_, err := s.copy(src, func(in *copyInput) { in.ClientToken = aws.String("tok") })
		_, err2 := s.copy(src, func(in *copyInput) { in.ClientToken = aws.String("tok") })
		return first(err, refused(err2, "IdempotentParameterMismatch"))
	}},
	{"Ensuring idempotency in Amazon EC2 API requests", "a token counts in its Region only", func(s *subject) error {
		src := s.source()
		a, err := s.copy(src, func(in *copyInput) { in.ClientToken = aws.String("tok") })
		out, err2 := s.ec2("eu-west-3").CopyImage(s.t.Context(), &copyInput{Name: aws.String("elsewhere"), SourceImageId: &src, SourceRegion: aws.String(home), ClientToken: aws.String("tok")})
		if err := first(err, err2); err != nil {
			return err
		}
		if *out.ImageId == a {
			return errors.New("both Regions gave the same id")
		}
		return nil
	}},
	{"API CreateImage", "a name is unique in a Region, and the refusal names its holder", func(s *subject) error {
		src := s.source()
		id, err := s.copy(src, func(in *copyInput) { in.Name = aws.String("taken") })
		_, err2 := s.copy(src, func(in *copyInput) { in.Name = aws.String("taken") })
		if err := first(err, refused(err2, "InvalidAMIName.Duplicate")); err != nil {
			return err
		}
		if want := "AMI name taken is already in use by AMI " + id; !strings.Contains(err2.Error(), want) {
			return fmt.Errorf("%w does not say %q", err2, want)
		}
		return nil
	}},
	{"API CreateImage", "names have 3 to 128 of certain characters", func(s *subject) error {
		src := s.source()
		for _, bad := range []string{"ab", strings.Repeat("x", 129), "a:b:c", "a*b", "naïve"} {
			_, err := s.copy(src, func(in *copyInput) { in.Name = &bad })
			if err := refused(err, "InvalidAMIName.Malformed"); err != nil {
				return fmt.Errorf("%q: %w", bad, err)
			}
		}
		_, err := s.copy(src, func(in *copyInput) { in.Name = aws.String("a(b)[c] ./-'@_9") })
		return err
	}},
	{"Error codes for the Amazon EC2 API", "a source that does not exist is not found", func(s *subject) error {
		_, err := s.copy("ami-00000000000000000")
		return refused(err, "InvalidAMIID.NotFound")
	}},
	{"Error codes for the Amazon EC2 API", "a source id of the wrong form is malformed", func(s *subject) error {
		_, err := s.copy("img-1")
		return refused(err, "InvalidAMIID.Malformed")
	}},
	{"Error codes for the Amazon EC2 API", "an unknown source Region is invalid", func(s *subject) error {
		_, err := s.copy(s.source(), func(in *copyInput) { in.SourceRegion = aws.String("mars-east-1") })
		return refused(err, "InvalidRegion")
	}},
	{"API CopyImage", "a copy does not cross partitions", func(s *subject) error {
		_, err := s.copy(s.source(), func(in *copyInput) { in.SourceRegion = aws.String("cn-north-1") })
		return refused(err, "InvalidRegion")
	}},
	{"EBS User Guide: Time-based copies", "the completion duration goes in steps of 15 minutes to 48 hours", func(s *subject) error {
		src := s.source()
		for _, bad := range []int64{1, 20, 2895} {
			_, err := s.copy(src, func(in *copyInput) { in.SnapshotCopyCompletionDurationMinutes = &bad })
			if err := refused(err, "InvalidParameterValue"); err != nil {
				return fmt.Errorf("%d: %w", bad, err)
			}
		}
		im, err := s.ready(func(in *copyInput) { in.SnapshotCopyCompletionDurationMinutes = aws.Int64(15) })
		if err != nil {
			return err
		}
		snap, err := s.disk1(away, im)
		return first(err, same("transfer type", snap.TransferType, "time-based"), same("minutes", aws.ToInt32(snap.CompletionDurationMinutes), 15))
	}},
	{"API CopyImage", "DryRun says that it would succeed and makes nothing", func(s *subject) error {
		_, err := s.copy(s.source(), func(in *copyInput) { in.DryRun = aws.Bool(true) })
		out, err2 := s.ec2(away).DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{Owners: []string{"self"}})
		return first(refused(err, "DryRunOperation"), err2, same("images", len(out.Images), 0))
	}},
	{"API DescribeSnapshots", "a pending copy shows progress", func(s *subject) error {
		id, err := s.copy(s.source())
		if err != nil {
			return err
		}
		s.advance(30 * time.Second)
		out, err := s.ec2(away).DescribeSnapshots(s.t.Context(), &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}})
		if err != nil {
			return err
		}
		if n := len(out.Snapshots); n != 1 {
			return fmt.Errorf("%d snapshots of %s, want 1", n, id)
		}
		snap := out.Snapshots[0]
		if p := aws.ToString(snap.Progress); p == "0%" || p == "100%" || p == "" {
			return fmt.Errorf("progress is %q", p)
		}
		return same("state", snap.State, types.SnapshotStatePending)
	}},
	{"EC2 User Guide: Copy an AMI", "attributes of a pending copy cannot be changed", func(s *subject) error {
		id, err := s.copy(s.source())
		if err != nil {
			return err
		}
		_, err = s.ec2(away).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{ImageId: &id, Description: &types.AttributeValue{Value: aws.String("x")}})
		_, err2 := s.ec2(away).EnableImageDeprecation(s.t.Context(), &ec2.EnableImageDeprecationInput{ImageId: &id, DeprecateAt: aws.Time(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))})
		return first(refused(err, "InvalidAMIID.Unavailable"), refused(err2, "InvalidAMIID.Unavailable"))
	}},
	{"EC2 User Guide: Stop a pending AMI copy operation", "deregistering cancels a pending copy", func(s *subject) error {
		id, err := s.copy(s.source())
		if err != nil {
			return err
		}
		_, err = s.ec2(away).DeregisterImage(s.t.Context(), &ec2.DeregisterImageInput{ImageId: &id})
		s.advance(time.Hour)
		return first(err, s.gone(s.ec2(away), id))
	}},
	{"EC2 User Guide: Trace an AMI", "CreateImage sets a source instance, CopyImage none", func(s *subject) error {
		src := s.source()
		run, err := s.ec2(home).RunInstances(s.t.Context(), &ec2.RunInstancesInput{ImageId: &src, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), InstanceType: "m6g.large"})
		if err != nil {
			return err
		}
		out, err := s.ec2(home).CreateImage(s.t.Context(), &ec2.CreateImageInput{InstanceId: run.Instances[0].InstanceId, Name: aws.String("of an instance")})
		if err != nil {
			return err
		}
		s.advance(time.Hour)
		im, err := s.image(s.ec2(home), *out.ImageId)
		return first(err, same("SourceInstanceId", aws.ToString(im.SourceInstanceId), *run.Instances[0].InstanceId), same("SourceImageId", aws.ToString(im.SourceImageId), src))
	}},
	{"EC2 User Guide: How AMI copy works", "a copy starts without protection and deprecation", func(s *subject) error {
		src := s.source()
		_, err := s.ec2(home).EnableImageDeregistrationProtection(s.t.Context(), &ec2.EnableImageDeregistrationProtectionInput{ImageId: &src})
		if err != nil {
			return err
		}
		id, err := s.copy(src)
		s.advance(time.Hour)
		im, err2 := s.image(s.ec2(away), id)
		return first(err, err2, same("protection", aws.ToString(im.DeregistrationProtection), "disabled"), same("deprecation", aws.ToString(im.DeprecationTime), ""))
	}},
}

// copyTagged copies an image that has the tag os=linux.
func (s *subject) copyTagged(asked bool) (types.Image, error) {
	src := s.source()
	_, err := s.ec2(home).CreateTags(s.t.Context(), &ec2.CreateTagsInput{Resources: []string{src}, Tags: []types.Tag{tag("os", "linux")}})
	if err != nil {
		return types.Image{}, err
	}
	id, err := s.copy(src, func(in *copyInput) { in.CopyImageTags = &asked })
	if err != nil {
		return types.Image{}, err
	}
	s.advance(time.Hour)
	return s.image(s.ec2(away), id)
}

func (s *subject) launch(region, id string) ([]types.LaunchPermission, error) {
	out, err := s.ec2(region).DescribeImageAttribute(s.t.Context(), &ec2.DescribeImageAttributeInput{ImageId: &id, Attribute: "launchPermission"})
	if err != nil {
		return nil, err
	}
	return out.LaunchPermissions, nil
}

var keyFacts = []fact{
	{"EC2 User Guide: Use encryption with EBS-backed AMIs", "Encrypted without a key takes the Region's default key", func(s *subject) error {
		im, err := s.ready(func(in *copyInput) { in.Encrypted = aws.Bool(true) })
		if err != nil {
			return err
		}
		snap, err := s.disk1(away, im)
		arn, err2 := s.keyARN(away, "alias/aws/ebs")
		return first(err, err2, same("encrypted", aws.ToBool(snap.Encrypted), true), same("key", aws.ToString(snap.KmsKeyId), arn))
	}},
	{"API CopyImage", "a key may be named by id, alias, key ARN and alias ARN, and is shown as its ARN", func(s *subject) error {
		arn, err := s.makeKey("alias/ami")
		if err != nil {
			return err
		}
		id := arn[strings.LastIndex(arn, "/")+1:]
		aliasARN := strings.Replace(arn, "key/"+id, "alias/ami", 1)
		for _, ref := range []string{id, "alias/ami", arn, aliasARN} {
			im, err := s.ready(func(in *copyInput) { in.Encrypted, in.KmsKeyId = aws.Bool(true), &ref })
			if err != nil {
				return fmt.Errorf("%s: %w", ref, err)
			}
			snap, err := s.disk1(away, im)
			if err := first(err, same("key", aws.ToString(snap.KmsKeyId), arn)); err != nil {
				return fmt.Errorf("%s: %w", ref, err)
			}
		}
		return nil
	}},
	{"EC2 User Guide: Use encryption with EBS-backed AMIs", "a key without Encrypted is an error", func(s *subject) error {
		_, err := s.copy(s.source(), func(in *copyInput) { in.KmsKeyId = aws.String("alias/ami") })
		return refused(err, "InvalidParameterDependency")
	}},
	{"API CopyImage", "a key that does not exist is accepted, and the copy fails later", func(s *subject) error {
		return s.failsLater("alias/nowhere")
	}},
	{"API CopyImage", "a disabled key is accepted, and the copy fails later", func(s *subject) error {
		arn, err := s.makeKey("alias/off")
		if err != nil {
			return err
		}
		if err := s.disableKey(away, arn); err != nil {
			return err
		}
		return s.failsLater("alias/off")
	}},
	{"EC2 User Guide: How AMI copy works", "encryption by default in the destination encrypts", func(s *subject) error {
		_, err := s.ec2(away).EnableEbsEncryptionByDefault(s.t.Context(), &ec2.EnableEbsEncryptionByDefaultInput{})
		if err != nil {
			return err
		}
		im, err := s.ready()
		if err != nil {
			return err
		}
		snap, err := s.disk1(away, im)
		return first(err, same("encrypted", aws.ToBool(snap.Encrypted), true))
	}},
	{"EC2 User Guide: How AMI copy works", "an encrypted image never becomes unencrypted", func(s *subject) error {
		im, err := s.ready(func(in *copyInput) { in.Encrypted = aws.Bool(true) })
		if err != nil {
			return err
		}
		out, err := s.ec2(home).CopyImage(s.t.Context(), &copyInput{Name: aws.String("back"), SourceImageId: im.ImageId, SourceRegion: aws.String(away)})
		if err != nil {
			return err
		}
		s.advance(time.Hour)
		back, err := s.image(s.ec2(home), *out.ImageId)
		if err != nil {
			return err
		}
		snap, err := s.disk1(home, back)
		arn, err2 := s.keyARN(home, "alias/aws/ebs")
		return first(err, err2, same("encrypted", aws.ToBool(snap.Encrypted), true), same("key", aws.ToString(snap.KmsKeyId), arn))
	}},
}

// failsLater copies under a key that cannot be used.
func (s *subject) failsLater(key string) error {
	im, err := s.ready(func(in *copyInput) { in.Encrypted, in.KmsKeyId = aws.Bool(true), &key })
	if err != nil {
		return err
	}
	if im.StateReason == nil {
		return errors.New("no StateReason")
	}
	if why := aws.ToString(im.StateReason.Message); !strings.Contains(why, "Given key ID is not accessible") {
		return fmt.Errorf("the reason is %q", why)
	}
	snap, err := s.disk1(away, im)
	return first(err, same("state", im.State, types.ImageStateFailed), same("snapshot", snap.State, types.SnapshotStateError))
}
