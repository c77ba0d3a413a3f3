package sandbox_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func (s *subject) makeGroup(name string) (string, error) {
	out, err := s.ec2(home).CreateSecurityGroup(s.t.Context(), &ec2.CreateSecurityGroupInput{GroupName: &name, Description: aws.String("for a test")})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.GroupId), nil
}

func (s *subject) run(change ...func(*ec2.RunInstancesInput)) (types.Instance, error) {
	in := &ec2.RunInstancesInput{ImageId: aws.String(s.source()), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), InstanceType: "m6g.large"}
	for _, c := range change {
		c(in)
	}
	out, err := s.ec2(home).RunInstances(s.t.Context(), in)
	if err != nil {
		return types.Instance{}, err
	}
	return out.Instances[0], nil
}

func (s *subject) ingress(group string) error {
	_, err := s.ec2(home).AuthorizeSecurityGroupIngress(s.t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: []types.IpPermission{{
		IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22), IpRanges: []types.IpRange{{CidrIp: aws.String("10.0.0.0/8")}},
	}}})
	return err
}

// launchFacts are what a tool that builds images meets around them.
var launchFacts = []fact{
	{"API CreateKeyPair", "a key pair gives its private key, and its name is taken", func(s *subject) error {
		api, name := s.ec2(home), aws.String("builder")
		out, err := api.CreateKeyPair(s.t.Context(), &ec2.CreateKeyPairInput{KeyName: name})
		if err != nil {
			return err
		}
		block, _ := pem.Decode([]byte(aws.ToString(out.KeyMaterial)))
		if block == nil {
			return errors.New("the private key is no PEM")
		}
		_, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		_, err2 := api.CreateKeyPair(s.t.Context(), &ec2.CreateKeyPairInput{KeyName: name})
		seen, err3 := api.DescribeKeyPairs(s.t.Context(), &ec2.DescribeKeyPairsInput{KeyNames: []string{*name}})
		return first(err, refused(err2, "InvalidKeyPair.Duplicate"), err3, same("id", aws.ToString(seen.KeyPairs[0].KeyPairId), aws.ToString(out.KeyPairId)))
	}},
	{"API CreateKeyPair", "an ED25519 key can be asked for", func(s *subject) error {
		out, err := s.ec2(home).CreateKeyPair(s.t.Context(), &ec2.CreateKeyPairInput{KeyName: aws.String("builder"), KeyType: types.KeyTypeEd25519})
		if err != nil {
			return err
		}
		if !strings.Contains(aws.ToString(out.KeyMaterial), "PRIVATE KEY") {
			return errors.New("there is no private key")
		}
		return nil
	}},
	{"API DeleteKeyPair", "deleting a key pair that does not exist succeeds", func(s *subject) error {
		api, in := s.ec2(home), &ec2.DeleteKeyPairInput{KeyName: aws.String("builder")}
		_, err := api.CreateKeyPair(s.t.Context(), &ec2.CreateKeyPairInput{KeyName: in.KeyName})
		_, err2 := api.DeleteKeyPair(s.t.Context(), in)
		_, err3 := api.DeleteKeyPair(s.t.Context(), in)
		_, err4 := api.DescribeKeyPairs(s.t.Context(), &ec2.DescribeKeyPairsInput{KeyNames: []string{*in.KeyName}})
		return first(err, err2, err3, refused(err4, "InvalidKeyPair.NotFound"))
	}},
	{"API CreateSecurityGroup", "names of security groups are unique in a VPC", func(s *subject) error {
		id, err := s.makeGroup("builder")
		_, err2 := s.makeGroup("builder")
		out, err3 := s.ec2(home).DescribeSecurityGroups(s.t.Context(), &ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: aws.String("group-name"), Values: []string{"build*"}}}})
		if err := first(err, refused(err2, "InvalidGroup.Duplicate"), err3); err != nil {
			return err
		}
		return first(same("groups", len(out.SecurityGroups), 1), same("id", aws.ToString(out.SecurityGroups[0].GroupId), id))
	}},
	{"API AuthorizeSecurityGroupIngress", "a rule is there once only", func(s *subject) error {
		id, err := s.makeGroup("builder")
		if err := first(err, s.ingress(id), refused(s.ingress(id), "InvalidPermission.Duplicate")); err != nil {
			return err
		}
		out, err := s.ec2(home).DescribeSecurityGroups(s.t.Context(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{id}})
		if err != nil {
			return err
		}
		rules := out.SecurityGroups[0].IpPermissions
		return first(same("rules", len(rules), 1), same("port", aws.ToInt32(rules[0].FromPort), 22), same("range", aws.ToString(rules[0].IpRanges[0].CidrIp), "10.0.0.0/8"))
	}},
	{"API DeleteSecurityGroup", "a security group in use, and the default one, cannot be deleted", func(s *subject) error {
		api := s.ec2(home)
		id, err := s.makeGroup("builder")
		inst, err2 := s.run(func(in *ec2.RunInstancesInput) { in.SecurityGroupIds = []string{id} })
		_, err3 := api.DeleteSecurityGroup(s.t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: &id})
		if err := first(err, err2, refused(err3, "DependencyViolation")); err != nil {
			return err
		}
		_, err = api.TerminateInstances(s.t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{*inst.InstanceId}})
		_, err2 = api.DeleteSecurityGroup(s.t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: &id})
		_, err3 = api.DeleteSecurityGroup(s.t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: &id})
		_, err4 := api.DeleteSecurityGroup(s.t.Context(), &ec2.DeleteSecurityGroupInput{GroupName: aws.String("default")})
		return first(err, err2, refused(err3, "InvalidGroup.NotFound"), refused(err4, "CannotDelete"))
	}},
	{"Amazon VPC User Guide: Default VPCs", "every Region has a default VPC with a subnet in each zone", func(s *subject) error {
		api := s.ec2(home)
		vpcs, err := api.DescribeVpcs(s.t.Context(), &ec2.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("is-default"), Values: []string{"true"}}}})
		if err != nil {
			return err
		}
		if err := same("VPCs", len(vpcs.Vpcs), 1); err != nil {
			return err
		}
		subnets, err := api.DescribeSubnets(s.t.Context(), &ec2.DescribeSubnetsInput{Filters: []types.Filter{
			{Name: aws.String("vpc-id"), Values: []string{*vpcs.Vpcs[0].VpcId}}, {Name: aws.String("availability-zone"), Values: []string{home + "b"}},
		}})
		_, err2 := api.DescribeVpcs(s.t.Context(), &ec2.DescribeVpcsInput{VpcIds: []string{"vpc-00000000"}})
		_, err3 := api.DescribeSubnets(s.t.Context(), &ec2.DescribeSubnetsInput{SubnetIds: []string{"subnet-00000000"}})
		return first(err, same("subnets", len(subnets.Subnets), 1), refused(err2, "InvalidVpcID.NotFound"), refused(err3, "InvalidSubnetID.NotFound"))
	}},
	{"API DescribeInstanceTypeOfferings", "offerings can be told by zone", func(s *subject) error {
		out, err := s.ec2(home).DescribeInstanceTypeOfferings(s.t.Context(), &ec2.DescribeInstanceTypeOfferingsInput{
			LocationType: types.LocationTypeAvailabilityZone,
			Filters:      []types.Filter{{Name: aws.String("instance-type"), Values: []string{"t3.micro"}}, {Name: aws.String("location"), Values: []string{home + "a", home + "b"}}},
		})
		if err != nil {
			return err
		}
		return same("offerings", len(out.InstanceTypeOfferings), 2)
	}},
	{"Error codes for the Amazon EC2 API", "instances are not launched with what does not exist", func(s *subject) error {
		_, err := s.run(func(in *ec2.RunInstancesInput) { in.KeyName = aws.String("nobody") })
		_, err2 := s.run(func(in *ec2.RunInstancesInput) { in.SecurityGroupIds = []string{"sg-00000000"} })
		_, err3 := s.run(func(in *ec2.RunInstancesInput) { in.SubnetId = aws.String("subnet-00000000") })
		return first(refused(err, "InvalidKeyPair.NotFound"), refused(err2, "InvalidGroup.NotFound"), refused(err3, "InvalidSubnetID.NotFound"))
	}},
	{"EC2 User Guide: Create an AMI from an instance", "a stopped instance becomes an image with snapshots of its volumes", func(s *subject) error {
		api := s.ec2(home)
		inst, err := s.run()
		if err != nil {
			return err
		}
		_, err = api.StopInstances(s.t.Context(), &ec2.StopInstancesInput{InstanceIds: []string{*inst.InstanceId}})
		vols, err2 := api.DescribeVolumes(s.t.Context(), &ec2.DescribeVolumesInput{Filters: []types.Filter{{Name: aws.String("attachment.instance-id"), Values: []string{*inst.InstanceId}}}})
		made, err3 := api.CreateImage(s.t.Context(), &ec2.CreateImageInput{InstanceId: inst.InstanceId, Name: aws.String("golden")})
		if err := first(err, err2, err3, same("volumes", len(vols.Volumes), 1)); err != nil {
			return err
		}
		s.advance(time.Hour)
		im, err := s.image(api, *made.ImageId)
		if err != nil {
			return err
		}
		disks, err := s.disks(api, im)
		return first(err, same("state", im.State, types.ImageStateAvailable), same("disks", len(disks), 1), same("volume", aws.ToString(disks[0].VolumeId), aws.ToString(vols.Volumes[0].VolumeId)))
	}},
	{"API ModifyImageAttribute", "lists of the old form are taken beside the new one", func(s *subject) error {
		id := s.source()
		_, err := s.ec2(home).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{
			ImageId: &id, UserIds: []string{stranger},
			LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{UserId: aws.String(stranger)}}},
		})
		list, err2 := s.launch(home, id)
		return first(err, err2, same("permissions", len(list), 1))
	}},
	{"API DescribeSnapshots", "a pending copy is found by its tags and its status, and progresses", func(s *subject) error {
		_, err := s.copy(s.source(), func(in *copyInput) {
			in.TagSpecifications = []types.TagSpecification{withTags("snapshot", tag("control", "token-1"))}
		})
		if err != nil {
			return err
		}
		last := -1
		for _, filter := range []types.Filter{
			{Name: aws.String("tag-key"), Values: []string{"contr*"}},
			{Name: aws.String("tag:control"), Values: []string{"token-1"}},
			{Name: aws.String("status"), Values: []string{"pending"}},
			{Name: aws.String("tag:control"), Values: []string{"token-?"}},
		} {
			out, err := s.ec2(away).DescribeSnapshots(s.t.Context(), &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}, Filters: []types.Filter{filter}})
			if err != nil {
				return err
			}
			if err := first(same("found by "+*filter.Name, len(out.Snapshots), 1), same("state", out.Snapshots[0].State, types.SnapshotStatePending)); err != nil {
				return err
			}
			share := 0
			if _, err := fmt.Sscanf(aws.ToString(out.Snapshots[0].Progress), "%d%%", &share); err != nil || share <= last || share > 99 {
				return fmt.Errorf("progress is %q after %d%% (%w)", aws.ToString(out.Snapshots[0].Progress), last, err)
			}
			last = share
			s.advance(15 * time.Second)
		}
		return nil
	}},
}
