package sandbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/amisync/amisync/internal/sandbox"
)

// fact is one statement about AWS: where AWS says it, what it says, and a
// probe that gives an error where it does not hold. A probe uses nothing but
// the AWS SDK, so that it can be run against any endpoint.
type fact struct {
	doc   string // page of the AWS documentation, or API
	says  string
	holds func(*subject) error
}

// facts are all of them, in the order of their topics.
func facts() []fact {
	return slices.Concat(copyFacts, keyFacts, foreignFacts, removalFacts, disableFacts, listFacts, tagFacts, shareFacts, referenceFacts, regionFacts, parameterFacts, launchFacts)
}

// subject is an endpoint that facts are probed on.
type subject struct {
	t       *testing.T
	config  func(region string) aws.Config
	advance func(time.Duration) // lets copies finish
	made    int
	assumed aws.CredentialsProvider
}

// unmet ends a probe whose preparations failed.
type unmet struct{ error }

// need gives the value of a call that a probe cannot do without.
func need[T any](v T, err error) T {
	if err != nil {
		panic(unmet{err})
	}
	return v
}

// probe is the error of the fact on the subject.
func (f fact) probe(s *subject) (err error) {
	defer func() {
		if why, ok := recover().(unmet); ok {
			err = fmt.Errorf("preparing: %w", why.error)
		}
	}()
	return f.holds(s)
}

// TestConformance holds the sandbox to every fact, over real HTTP.
func TestConformance(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range facts() {
		if seen[f.says] {
			t.Errorf("twice: %s", f.says)
		}
		seen[f.says] = true
		t.Run(strings.ReplaceAll(f.says, " ", "_"), func(t *testing.T) {
			w := listen(t, "seed: 3", sandbox.WithoutThrottling())
			s := &subject{t: t, advance: w.Clock().Advance, config: func(region string) aws.Config { return w.config(region, owner, "") }}
			if err := f.probe(s); err != nil {
				t.Errorf("%s: %s\n%v", f.doc, f.says, err)
			}
		})
	}
}

func (s *subject) ec2(region string) *ec2.Client { return ec2.NewFromConfig(s.config(region)) }
func (s *subject) ssm(region string) *ssm.Client { return ssm.NewFromConfig(s.config(region)) }
func (s *subject) kms(region string) *kms.Client { return kms.NewFromConfig(s.config(region)) }

// other is EC2 in the name of another account.
func (s *subject) other(region string) *ec2.Client {
	if s.assumed == nil {
		out := need(sts.NewFromConfig(s.config(home)).AssumeRole(s.t.Context(), &sts.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::" + stranger + ":role/reader"), RoleSessionName: aws.String("probe"),
		}))
		c := out.Credentials
		s.assumed = credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
	}
	return ec2.NewFromConfig(s.config(region), func(o *ec2.Options) { o.Credentials = s.assumed })
}

// source registers an image with one disk of 8 GiB in us-east-1.
func (s *subject) source(change ...func(*ec2.RegisterImageInput)) string {
	return s.register(home, s.disk(home), change...)
}

func (s *subject) disk(region string) string {
	api := s.ec2(region)
	vol := need(api.CreateVolume(s.t.Context(), &ec2.CreateVolumeInput{AvailabilityZone: aws.String(region + "a"), Size: aws.Int32(8)}))
	snap := need(api.CreateSnapshot(s.t.Context(), &ec2.CreateSnapshotInput{VolumeId: vol.VolumeId}))
	s.advance(time.Hour)
	return *snap.SnapshotId
}

func (s *subject) register(region, snapshot string, change ...func(*ec2.RegisterImageInput)) string {
	s.made++
	in := &ec2.RegisterImageInput{
		Name: aws.String(fmt.Sprintf("source-%d", s.made)), Architecture: types.ArchitectureValuesArm64, VirtualizationType: aws.String("hvm"),
		EnaSupport: aws.Bool(true), BootMode: types.BootModeValuesUefi, ImdsSupport: types.ImdsSupportValuesV20, RootDeviceName: aws.String("/dev/xvda"),
		BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsBlockDevice{SnapshotId: &snapshot, VolumeType: types.VolumeTypeGp3}}},
	}
	for _, c := range change {
		c(in)
	}
	return *need(s.ec2(region).RegisterImage(s.t.Context(), in)).ImageId
}

// copy asks for a copy of an image in us-east-1 to eu-west-1.
func (s *subject) copy(id string, change ...func(*ec2.CopyImageInput)) (string, error) {
	s.made++
	in := &ec2.CopyImageInput{
		Name: aws.String(fmt.Sprintf("copy-%d", s.made)), SourceImageId: &id, SourceRegion: aws.String(home),
		ClientToken: aws.String(fmt.Sprintf("token-%d", s.made)),
	}
	for _, c := range change {
		c(in)
	}
	out, err := s.ec2(away).CopyImage(s.t.Context(), in)
	if err != nil {
		return "", err
	}
	return aws.ToString(out.ImageId), nil
}

// ready is a finished copy of a new source.
func (s *subject) ready(change ...func(*ec2.CopyImageInput)) (types.Image, error) {
	id, err := s.copy(s.source(), change...)
	if err != nil {
		return types.Image{}, err
	}
	s.advance(time.Hour)
	return s.image(s.ec2(away), id)
}

func (s *subject) image(api *ec2.Client, id string) (types.Image, error) {
	out, err := api.DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}})
	if err != nil {
		return types.Image{}, err
	}
	if len(out.Images) != 1 {
		return types.Image{}, fmt.Errorf("%d images with id %s", len(out.Images), id)
	}
	return out.Images[0], nil
}

// disks are the snapshots of an image.
func (s *subject) disks(api *ec2.Client, im types.Image) ([]types.Snapshot, error) {
	var ids []string
	for _, m := range im.BlockDeviceMappings {
		if m.Ebs != nil && m.Ebs.SnapshotId != nil {
			ids = append(ids, *m.Ebs.SnapshotId)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("image %s has no snapshots", *im.ImageId)
	}
	out, err := api.DescribeSnapshots(s.t.Context(), &ec2.DescribeSnapshotsInput{SnapshotIds: ids})
	if err != nil {
		return nil, err
	}
	return out.Snapshots, nil
}

// gone is nil if an image is not there any more: its id gives nothing, and
// after a while an error.
func (s *subject) gone(api *ec2.Client, id string) error {
	out, err := api.DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}})
	if err != nil {
		return refused(err, "InvalidAMIID.NotFound")
	}
	return same("images", len(out.Images), 0)
}

func (s *subject) disk1(region string, im types.Image) (types.Snapshot, error) {
	list, err := s.disks(s.ec2(region), im)
	if err != nil || len(list) != 1 {
		return types.Snapshot{}, fmt.Errorf("%d snapshots: %w", len(list), err)
	}
	return list[0], nil
}

// refused is nil if err has the code.
func refused(err error, want string) error {
	switch got := code(err); got {
	case want:
		return nil
	case "":
		return fmt.Errorf("accepted, want %s", want)
	default:
		return fmt.Errorf("%w, want %s", err, want)
	}
}

// same is nil if the values are equal.
func same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}
	return nil
}

func first(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func tagged(list []types.Tag, key string) string {
	for _, t := range list {
		if *t.Key == key {
			return *t.Value
		}
	}
	return "(none)"
}

func tag(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }

func withTags(kind types.ResourceType, tags ...types.Tag) types.TagSpecification {
	return types.TagSpecification{ResourceType: kind, Tags: tags}
}
