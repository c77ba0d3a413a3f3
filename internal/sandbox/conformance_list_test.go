package sandbox_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

func filter(name string, values ...string) types.Filter {
	return types.Filter{Name: &name, Values: values}
}

// found lists what the filters find among own images in us-east-1.
func (s *subject) found(filters ...types.Filter) ([]string, error) {
	return s.listed(s.ec2(home), func(in *ec2.DescribeImagesInput) { in.Filters = filters })
}

func named(name string) func(*ec2.RegisterImageInput) {
	return func(in *ec2.RegisterImageInput) { in.Name = &name }
}

var listFacts = []fact{
	{"API DescribeImages", "one unknown id fails the whole call, a filter on ids gives the rest", func(s *subject) error {
		ids := []string{s.source(), "ami-00000000000000000"}
		_, err := s.ec2(home).DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{ImageIds: ids})
		some, err2 := s.found(filter("image-id", ids...))
		return first(refused(err, "InvalidAMIID.NotFound"), err2, same("found", len(some), 1))
	}},
	{"Query requests", "a list of ids cannot be paginated", func(s *subject) error {
		_, err := s.ec2(home).DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{s.source()}, MaxResults: aws.Int32(10)})
		return refused(err, "InvalidParameterCombination")
	}},
	{"Query requests", "pages hold every image once", func(s *subject) error {
		disk := s.disk(home)
		for range 7 {
			s.register(home, disk)
		}
		seen := map[string]int{}
		pages := ec2.NewDescribeImagesPaginator(s.ec2(home), &ec2.DescribeImagesInput{Owners: []string{"self"}, MaxResults: aws.Int32(3)})
		n := 0
		for pages.HasMorePages() {
			page, err := pages.NextPage(s.t.Context())
			if err != nil {
				return err
			}
			n++
			for _, im := range page.Images {
				seen[*im.ImageId]++
			}
			if len(page.Images) > 3 {
				return fmt.Errorf("a page of %d", len(page.Images))
			}
		}
		return first(same("images", len(seen), 7), same("pages", n, 3))
	}},
	{"Error codes for the Amazon EC2 API", "a token that is none is refused", func(s *subject) error {
		_, err := s.ec2(home).DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{NextToken: aws.String("nonsense"), MaxResults: aws.Int32(5)})
		return refused(err, "InvalidPaginationToken")
	}},
	{"EC2 User Guide: List and filter", "filter values are alternatives, filters are all needed", func(s *subject) error {
		disk := s.disk(home)
		s.register(home, disk, named("web-1"))
		s.register(home, disk, named("web-2"))
		either, err := s.found(filter("name", "web-1", "web-2"))
		both, err2 := s.found(filter("name", "web-1", "web-2"), filter("name", "*-2"))
		return first(err, err2, same("either", len(either), 2), same("both", len(both), 1))
	}},
	{"EC2 User Guide: List and filter", "* and ? are wildcards, a backslash takes them as they are, and case counts", func(s *subject) error {
		s.source(named("web-1"))
		for pattern, want := range map[string]int{"w*1": 1, "web-?": 1, "web-??": 0, "*": 1, `web-\?`: 0, "WEB-1": 0, "": 0} {
			ids, err := s.found(filter("name", pattern))
			if err := first(err, same("found by "+pattern, len(ids), want)); err != nil {
				return err
			}
		}
		return nil
	}},
	{"API DescribeImages", "copies are found by source-image-id and source-image-region", func(s *subject) error {
		im, err := s.ready()
		if err != nil {
			return err
		}
		ids, err := s.listed(s.ec2(away), func(in *ec2.DescribeImagesInput) {
			in.Filters = []types.Filter{filter("source-image-id", aws.ToString(im.SourceImageId)), filter("source-image-region", home)}
		})
		return first(err, same("found", len(ids), 1))
	}},
	{"API DescribeImages", "images are found by their snapshot", func(s *subject) error {
		disk := s.disk(home)
		s.register(home, disk)
		yes, err := s.found(filter("block-device-mapping.snapshot-id", disk))
		no, err2 := s.found(filter("block-device-mapping.snapshot-id", "snap-00000000"))
		return first(err, err2, same("yes", len(yes), 1), same("no", len(no), 0))
	}},
	{"API DescribeImages", "images are found by tag and by tag key", func(s *subject) error {
		id := s.source()
		_, err := s.ec2(home).CreateTags(s.t.Context(), &ec2.CreateTagsInput{Resources: []string{id}, Tags: []types.Tag{tag("Stack", "a*b")}})
		if err != nil {
			return err
		}
		for f, want := range map[[2]string]int{{"tag:Stack", `a\*b`}: 1, {"tag:Stack", "A*B"}: 0, {"tag:stack", "*"}: 0, {"tag-key", "Stack"}: 1, {"tag-key", "x"}: 0} {
			ids, err := s.found(filter(f[0], f[1]))
			if err := first(err, same(f[0]+"="+f[1], len(ids), want)); err != nil {
				return err
			}
		}
		return nil
	}},
	{"API DescribeImages", "a filter that does not exist is refused", func(s *subject) error {
		_, err := s.found(filter("deprecation-time", "x"))
		return refused(err, "InvalidParameterValue")
	}},
	{"EC2 User Guide: List and filter", "at most 50 filters and 200 values", func(s *subject) error {
		var many []types.Filter
		for i := range 51 {
			many = append(many, filter("tag:k", fmt.Sprint(i)))
		}
		_, err := s.found(many...)
		_, err2 := s.found(filter("name", strings.Split(strings.Repeat("x,", 200)+"x", ",")...))
		return first(refused(err, "FilterLimitExceeded"), refused(err2, "FilterLimitExceeded"))
	}},
	{"API DescribeImages", "Owners=self leaves other accounts' images out", func(s *subject) error {
		src := s.source()
		err := s.share(src)
		ids, err2 := s.listed(s.other(home))
		return first(err, err2, same("own", len(ids), 0))
	}},
	{"API DescribeImages", "ExecutableUsers=self finds what is shared with the caller", func(s *subject) error {
		src := s.source()
		err := s.share(src)
		ids, err2 := s.listed(s.other(home), func(in *ec2.DescribeImagesInput) { in.Owners, in.ExecutableUsers = nil, []string{"self"} })
		return first(err, err2, same("shared", len(ids), 1))
	}},
	{"API DescribeSnapshots", "an unknown snapshot id is an error, one of another account is left out", func(s *subject) error {
		disk := s.disk(home)
		_, err := s.ec2(home).DescribeSnapshots(s.t.Context(), &ec2.DescribeSnapshotsInput{SnapshotIds: []string{"snap-00000000000000000"}})
		out, err2 := s.other(home).DescribeSnapshots(s.t.Context(), &ec2.DescribeSnapshotsInput{SnapshotIds: []string{disk}})
		if err := first(refused(err, "InvalidSnapshot.NotFound"), err2); err != nil {
			return err
		}
		return same("snapshots", len(out.Snapshots), 0)
	}},
	{"API Snapshot", "a completed snapshot tells its full size and completion time", func(s *subject) error {
		out, err := s.ec2(home).DescribeSnapshots(s.t.Context(), &ec2.DescribeSnapshotsInput{SnapshotIds: []string{s.disk(home)}})
		if err != nil {
			return err
		}
		snap := out.Snapshots[0]
		if aws.ToInt64(snap.FullSnapshotSizeInBytes) == 0 || snap.CompletionTime == nil {
			return errors.New("size or time is missing")
		}
		return same("tier", snap.StorageTier, types.StorageTierStandard)
	}},
}

func (s *subject) tag(id string, tags ...types.Tag) error {
	_, err := s.ec2(home).CreateTags(s.t.Context(), &ec2.CreateTagsInput{Resources: []string{id}, Tags: tags})
	return err
}

func (s *subject) untag(id string, tags ...types.Tag) error {
	_, err := s.ec2(home).DeleteTags(s.t.Context(), &ec2.DeleteTagsInput{Resources: []string{id}, Tags: tags})
	return err
}

var tagFacts = []fact{
	{"API CreateTags", "existing keys are overwritten and others untouched", func(s *subject) error {
		id := s.source()
		err := first(s.tag(id, tag("a", "1"), tag("b", "1")), s.tag(id, tag("a", "2")))
		im, err2 := s.image(s.ec2(home), id)
		return first(err, err2, same("a", tagged(im.Tags, "a"), "2"), same("b", tagged(im.Tags, "b"), "1"))
	}},
	{"API DeleteTags", "a key goes whatever its value, or only where the value matches", func(s *subject) error {
		id := s.source()
		err := first(s.tag(id, tag("a", "1"), tag("b", "1"), tag("c", "")),
			s.untag(id, types.Tag{Key: aws.String("a")}, tag("b", ""), tag("c", "")))
		im, err2 := s.image(s.ec2(home), id)
		return first(err, err2, same("a", tagged(im.Tags, "a"), "(none)"), same("b", tagged(im.Tags, "b"), "1"), same("c", tagged(im.Tags, "c"), "(none)"))
	}},
	{"API DeleteTags", "no tags at all deletes every user tag", func(s *subject) error {
		id := s.source()
		err := first(s.tag(id, tag("a", "1"), tag("b", "1")), s.untag(id))
		im, err2 := s.image(s.ec2(home), id)
		return first(err, err2, same("tags", len(im.Tags), 0))
	}},
	{"EC2 User Guide: Tag restrictions", "a resource has at most 50 tags", func(s *subject) error {
		id := s.source()
		for i := range 50 {
			if err := s.tag(id, tag(fmt.Sprint("k", i), "")); err != nil {
				return err
			}
		}
		return refused(s.tag(id, tag("one more", "")), "TagLimitExceeded")
	}},
	{"EC2 User Guide: Tag restrictions", "aws: keys, long keys and long values are refused", func(s *subject) error {
		id := s.source()
		for _, bad := range []types.Tag{tag("aws:x", ""), tag(strings.Repeat("k", 129), ""), tag("k", strings.Repeat("v", 257))} {
			if err := refused(s.tag(id, bad), "InvalidParameterValue"); err != nil {
				return err
			}
		}
		return nil
	}},
	{"API CreateTags", "an unknown resource fails the whole call", func(s *subject) error {
		id := s.source()
		_, err := s.ec2(home).CreateTags(s.t.Context(), &ec2.CreateTagsInput{Resources: []string{id, "ami-00000000000000000"}, Tags: []types.Tag{tag("a", "1")}})
		im, err2 := s.image(s.ec2(home), id)
		return first(refused(err, "InvalidAMIID.NotFound"), err2, same("a", tagged(im.Tags, "a"), "(none)"))
	}},
	{"API DescribeTags", "tags are listed by resource", func(s *subject) error {
		id := s.source()
		err := s.tag(id, tag("a", "1"), tag("b", "2"))
		out, err2 := s.ec2(home).DescribeTags(s.t.Context(), &ec2.DescribeTagsInput{Filters: []types.Filter{filter("resource-id", id)}})
		if err := first(err, err2); err != nil {
			return err
		}
		return same("tags", len(out.Tags), 2)
	}},
}

func (s *subject) grant(id string, p ...types.LaunchPermission) error {
	_, err := s.ec2(home).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{ImageId: &id, LaunchPermission: &types.LaunchPermissionModifications{Add: p}})
	return err
}

const (
	orgARN  = "arn:aws:organizations::999988887777:organization/o-exampleorg1"
	unitARN = "arn:aws:organizations::999988887777:ou/o-exampleorg1/ou-abcd-12345678"
)

var shareFacts = []fact{
	{"API ModifyImageAttribute", "an image is shared with accounts, organizations and units", func(s *subject) error {
		id := s.source()
		err := s.grant(id, types.LaunchPermission{UserId: aws.String(stranger)}, types.LaunchPermission{OrganizationArn: aws.String(orgARN)}, types.LaunchPermission{OrganizationalUnitArn: aws.String(unitARN)})
		users, err2 := s.launch(home, id)
		return first(err, err2, same("permissions", len(users), 3))
	}},
	{"API ModifyImageAttribute", "OperationType and UserIds say the same", func(s *subject) error {
		id := s.source()
		change := func(op types.OperationType) error {
			_, err := s.ec2(home).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{ImageId: &id, Attribute: aws.String("launchPermission"), OperationType: op, UserIds: []string{stranger}})
			return err
		}
		err := change("add")
		some, err2 := s.launch(home, id)
		err3 := change("remove")
		none, err4 := s.launch(home, id)
		return first(err, err2, err3, err4, same("added", len(some), 1), same("removed", len(none), 0))
	}},
	{"EC2 User Guide: Share an AMI", "the owner has permission without being listed", func(s *subject) error {
		id := s.source()
		err := s.grant(id, types.LaunchPermission{UserId: aws.String(owner)})
		users, err2 := s.launch(home, id)
		return first(err, err2, same("permissions", len(users), 0))
	}},
	{"EC2 User Guide: Share an AMI with organizations and OUs", "a bare organization id and a bad account id are refused", func(s *subject) error {
		id := s.source()
		return first(refused(s.grant(id, types.LaunchPermission{OrganizationArn: aws.String("o-exampleorg1")}), "InvalidAMIAttributeItemValue"),
			refused(s.grant(id, types.LaunchPermission{UserId: aws.String("12")}), "InvalidAMIAttributeItemValue"))
	}},
	{"API ModifyImageAttribute", "the description can be changed and cleared", func(s *subject) error {
		id := s.source()
		for _, text := range []string{"new", ""} {
			_, err := s.ec2(home).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{ImageId: &id, Description: &types.AttributeValue{Value: &text}})
			im, err2 := s.image(s.ec2(home), id)
			if err := first(err, err2, same("description", aws.ToString(im.Description), text)); err != nil {
				return err
			}
		}
		return nil
	}},
	{"API ModifyImageAttribute", "one attribute per call", func(s *subject) error {
		id := s.source()
		_, err := s.ec2(home).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{
			ImageId: &id, Description: &types.AttributeValue{Value: aws.String("x")},
			LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{UserId: aws.String(stranger)}}},
		})
		return refused(err, "InvalidParameterCombination")
	}},
	{"API ResetImageAttribute", "resetting clears the launch permissions", func(s *subject) error {
		id := s.source()
		err := s.share(id)
		_, err2 := s.ec2(home).ResetImageAttribute(s.t.Context(), &ec2.ResetImageAttributeInput{ImageId: &id, Attribute: "launchPermission"})
		users, err3 := s.launch(home, id)
		return first(err, err2, err3, same("permissions", len(users), 0))
	}},
	{"EC2 User Guide: Block public access to your AMIs", "public sharing is refused until it is unblocked", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		all := types.LaunchPermission{Group: "all"}
		state, err := api.GetImageBlockPublicAccessState(s.t.Context(), &ec2.GetImageBlockPublicAccessStateInput{})
		if err != nil {
			return err
		}
		err2 := refused(s.grant(id, all), "OperationNotPermitted")
		_, err3 := api.DisableImageBlockPublicAccess(s.t.Context(), &ec2.DisableImageBlockPublicAccessInput{})
		err4 := s.grant(id, all)
		im, err5 := s.image(s.other(home), id)
		return first(same("state", aws.ToString(state.ImageBlockPublicAccessState), "block-new-sharing"), err2, err3, err4, err5, same("public", aws.ToBool(im.Public), true))
	}},
	{"EC2 User Guide: Share an AMI publicly", "an image with encrypted snapshots cannot be public", func(s *subject) error {
		im, err := s.ready(func(in *copyInput) { in.Encrypted = aws.Bool(true) })
		_, err2 := s.ec2(away).DisableImageBlockPublicAccess(s.t.Context(), &ec2.DisableImageBlockPublicAccessInput{})
		if err := first(err, err2); err != nil {
			return err
		}
		_, err = s.ec2(away).ModifyImageAttribute(s.t.Context(), &ec2.ModifyImageAttributeInput{ImageId: im.ImageId, LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{Group: "all"}}}})
		return refused(err, "InvalidParameterValue")
	}},
	{"API ModifySnapshotAttribute", "a snapshot is shared and unshared with accounts", func(s *subject) error {
		disk := s.disk(home)
		err := s.shareDisk(disk)
		out, err2 := s.ec2(home).DescribeSnapshotAttribute(s.t.Context(), &ec2.DescribeSnapshotAttributeInput{SnapshotId: &disk, Attribute: "createVolumePermission"})
		if err := first(err, err2); err != nil {
			return err
		}
		_, err = s.ec2(home).ResetSnapshotAttribute(s.t.Context(), &ec2.ResetSnapshotAttributeInput{SnapshotId: &disk, Attribute: "createVolumePermission"})
		none, err2 := s.ec2(home).DescribeSnapshotAttribute(s.t.Context(), &ec2.DescribeSnapshotAttributeInput{SnapshotId: &disk, Attribute: "createVolumePermission"})
		if err := first(err, err2); err != nil {
			return err
		}
		return first(same("users", len(out.CreateVolumePermissions), 1), same("after the reset", len(none.CreateVolumePermissions), 0))
	}},
	{"EBS User Guide: Share a snapshot", "a snapshot under aws/ebs cannot be shared", func(s *subject) error {
		im, err := s.ready(func(in *copyInput) { in.Encrypted = aws.Bool(true) })
		if err != nil {
			return err
		}
		_, err = s.ec2(away).ModifySnapshotAttribute(s.t.Context(), &ec2.ModifySnapshotAttributeInput{SnapshotId: im.BlockDeviceMappings[0].Ebs.SnapshotId, CreateVolumePermission: &types.CreateVolumePermissionModifications{Add: []types.CreateVolumePermission{{UserId: aws.String(stranger)}}}})
		return refused(err, "InvalidParameterValue")
	}},
}

// users are the references to images in us-east-1.
func (s *subject) users(in *ec2.DescribeImageReferencesInput) ([]types.ImageReference, error) {
	out, err := s.ec2(home).DescribeImageReferences(s.t.Context(), in)
	if err != nil {
		return nil, err
	}
	return out.ImageReferences, nil
}

var referenceFacts = []fact{
	{"EC2 User Guide: Identify resources referencing AMIs", "instances, launch templates and parameters that use an image are told", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		_, err := api.RunInstances(s.t.Context(), &ec2.RunInstancesInput{ImageId: &id, MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
		_, err2 := api.CreateLaunchTemplate(s.t.Context(), &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("lt"), LaunchTemplateData: &types.RequestLaunchTemplateData{ImageId: &id}})
		_, err3 := s.ssm(home).PutParameter(s.t.Context(), &ssm.PutParameterInput{Name: aws.String("/ami"), Value: &id, Type: "String", DataType: aws.String("aws:ec2:image")})
		s.advance(time.Minute)
		refs, err4 := s.users(&ec2.DescribeImageReferencesInput{ImageIds: []string{id}, IncludeAllResourceTypes: aws.Bool(true)})
		return first(err, err2, err3, err4, same("references", len(refs), 3))
	}},
	{"API DescribeImageReferences", "only the newest versions of a launch template are looked at", func(s *subject) error {
		old, young, api := s.source(), s.source(), s.ec2(home)
		_, err := api.CreateLaunchTemplate(s.t.Context(), &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("lt"), LaunchTemplateData: &types.RequestLaunchTemplateData{ImageId: &old}})
		_, err2 := api.CreateLaunchTemplateVersion(s.t.Context(), &ec2.CreateLaunchTemplateVersionInput{LaunchTemplateName: aws.String("lt"), LaunchTemplateData: &types.RequestLaunchTemplateData{ImageId: &young}})
		depth := func(n string) (int, error) {
			refs, err := s.users(&ec2.DescribeImageReferencesInput{ImageIds: []string{old}, ResourceTypes: []types.ResourceTypeRequest{{
				ResourceType: "ec2:LaunchTemplate", ResourceTypeOptions: []types.ResourceTypeOption{{OptionName: "version-depth", OptionValues: []string{n}}},
			}}})
			return len(refs), err
		}
		shallow, err3 := depth("1")
		deep, err4 := depth("2")
		return first(err, err2, err3, err4, same("depth 1", shallow, 0), same("depth 2", deep, 1))
	}},
	{"API DescribeImageReferences", "all resource types and options of some can be asked for together", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		_, err := api.RunInstances(s.t.Context(), &ec2.RunInstancesInput{ImageId: &id, MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
		_, err2 := api.CreateLaunchTemplate(s.t.Context(), &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("lt"), LaunchTemplateData: &types.RequestLaunchTemplateData{ImageId: &id}})
		refs, err3 := s.users(&ec2.DescribeImageReferencesInput{ImageIds: []string{id}, IncludeAllResourceTypes: aws.Bool(true), ResourceTypes: []types.ResourceTypeRequest{{
			ResourceType: "ec2:Instance", ResourceTypeOptions: []types.ResourceTypeOption{{OptionName: "state-name", OptionValues: []string{"stopped"}}},
		}}})
		if err := first(err, err2, err3, same("references", len(refs), 1)); err != nil {
			return err
		}
		return same("type", refs[0].ResourceType, types.ImageReferenceResourceTypeEc2LaunchTemplate)
	}},
	{"API DescribeImageReferences", "at most 10 ids, and resource types are needed", func(s *subject) error {
		ids := strings.Split(strings.TrimSuffix(strings.Repeat("ami-00000000,", 11), ","), ",")
		_, err := s.users(&ec2.DescribeImageReferencesInput{ImageIds: ids, IncludeAllResourceTypes: aws.Bool(true)})
		_, err2 := s.users(&ec2.DescribeImageReferencesInput{ImageIds: ids[:1]})
		return first(refused(err, "InvalidParameterValue"), refused(err2, "MissingParameter"))
	}},
	{"API DescribeImageReferences", "instances can be limited to states", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		_, err := api.RunInstances(s.t.Context(), &ec2.RunInstancesInput{ImageId: &id, MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
		refs, err2 := s.users(&ec2.DescribeImageReferencesInput{ImageIds: []string{id}, ResourceTypes: []types.ResourceTypeRequest{{
			ResourceType: "ec2:Instance", ResourceTypeOptions: []types.ResourceTypeOption{{OptionName: "state-name", OptionValues: []string{"stopped"}}},
		}}})
		return first(err, err2, same("stopped", len(refs), 0))
	}},
	{"API DescribeLaunchTemplateVersions", "over all launch templates only $Latest and $Default can be asked for", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		_, err := api.CreateLaunchTemplate(s.t.Context(), &ec2.CreateLaunchTemplateInput{LaunchTemplateName: aws.String("lt"), LaunchTemplateData: &types.RequestLaunchTemplateData{ImageId: &id}})
		out, err2 := api.DescribeLaunchTemplateVersions(s.t.Context(), &ec2.DescribeLaunchTemplateVersionsInput{Versions: []string{"$Latest", "$Default"}, Filters: []types.Filter{filter("image-id", id)}})
		_, err3 := api.DescribeLaunchTemplateVersions(s.t.Context(), &ec2.DescribeLaunchTemplateVersionsInput{Versions: []string{"1"}})
		if err := first(err, err2, refused(err3, "InvalidParameterValue")); err != nil {
			return err
		}
		if len(out.LaunchTemplateVersions) == 0 {
			return errors.New("no version uses the image")
		}
		return nil
	}},
	{"API DescribeInstances", "instances are found by their image", func(s *subject) error {
		id, api := s.source(), s.ec2(home)
		run, err := api.RunInstances(s.t.Context(), &ec2.RunInstancesInput{ImageId: &id, MinCount: aws.Int32(2), MaxCount: aws.Int32(2)})
		out, err2 := api.DescribeInstances(s.t.Context(), &ec2.DescribeInstancesInput{Filters: []types.Filter{filter("image-id", id), filter("instance-state-name", "running")}})
		if err := first(err, err2); err != nil {
			return err
		}
		return first(same("reservations", len(out.Reservations), 1), same("instances", len(out.Reservations[0].Instances), len(run.Instances)))
	}},
}

var regionFacts = []fact{
	{"API DescribeRegions", "only enabled Regions are listed, with AllRegions the others too", func(s *subject) error {
		some, err := s.ec2(home).DescribeRegions(s.t.Context(), &ec2.DescribeRegionsInput{})
		all, err2 := s.ec2(home).DescribeRegions(s.t.Context(), &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)})
		closed, err3 := s.ec2(home).DescribeRegions(s.t.Context(), &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true), Filters: []types.Filter{filter("opt-in-status", "not-opted-in")}})
		if err := first(err, err2, err3); err != nil {
			return err
		}
		return first(same("enabled", len(some.Regions), 17), same("all", len(all.Regions), 34), same("not opted in", len(closed.Regions), 17))
	}},
	{"API DescribeRegions", "an unknown Region name is an error", func(s *subject) error {
		_, err := s.ec2(home).DescribeRegions(s.t.Context(), &ec2.DescribeRegionsInput{RegionNames: []string{"mars-east-1"}})
		return refused(err, "InvalidParameterValue")
	}},
	{"EC2 User Guide: Regions and Zones", "a Region that is not enabled refuses the credentials", func(s *subject) error {
		_, err := s.ec2("af-south-1").DescribeImages(s.t.Context(), &ec2.DescribeImagesInput{Owners: []string{"self"}})
		return refused(err, "AuthFailure")
	}},
}

func (s *subject) put(in *ssm.PutParameterInput) error {
	in.Name = aws.String("/amis/current")
	_, err := s.ssm(home).PutParameter(s.t.Context(), in)
	return err
}

func (s *subject) parameter() (string, error) {
	out, err := s.ssm(home).GetParameter(s.t.Context(), &ssm.GetParameterInput{Name: aws.String("/amis/current")})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Parameter.Value), nil
}

var parameterFacts = []fact{
	{"Systems Manager User Guide: AMI IDs", "a value that is no image of the Region is accepted and never taken", func(s *subject) error {
		id := s.source()
		image := aws.String("aws:ec2:image")
		err := s.put(&ssm.PutParameterInput{Value: &id, Type: "String", DataType: image})
		err2 := s.put(&ssm.PutParameterInput{Value: aws.String("ami-00000000000000000"), Overwrite: aws.Bool(true), DataType: image})
		s.advance(time.Hour)
		value, err3 := s.parameter()
		return first(err, err2, err3, same("value", value, id))
	}},
	{"API PutParameter", "an existing parameter needs Overwrite", func(s *subject) error {
		in := ssm.PutParameterInput{Value: aws.String("a"), Type: "String"}
		err := s.put(&in)
		return first(err, refused(s.put(&in), "ParameterAlreadyExists"))
	}},
	{"API PutParameter", "tags and Overwrite exclude each other", func(s *subject) error {
		err := s.put(&ssm.PutParameterInput{Value: aws.String("a"), Type: "String", Overwrite: aws.Bool(true), Tags: []ssmtypes.Tag{{Key: aws.String("a"), Value: aws.String("1")}}})
		return refused(err, "ValidationException")
	}},
	{"API PutParameter", "names under aws and ssm are reserved", func(s *subject) error {
		for _, name := range []string{"/aws/x", "ssm-x"} {
			_, err := s.ssm(home).PutParameter(s.t.Context(), &ssm.PutParameterInput{Name: &name, Value: aws.String("a"), Type: "String"})
			if code(err) == "" {
				return fmt.Errorf("%s is accepted", name)
			}
		}
		return nil
	}},
	{"API GetParameters", "names that do not exist are told apart", func(s *subject) error {
		err := s.put(&ssm.PutParameterInput{Value: aws.String("a"), Type: "String"})
		out, err2 := s.ssm(home).GetParameters(s.t.Context(), &ssm.GetParametersInput{Names: []string{"/amis/current", "/none"}})
		if err := first(err, err2); err != nil {
			return err
		}
		return first(same("found", len(out.Parameters), 1), same("invalid", len(out.InvalidParameters), 1))
	}},
	{"API AddTagsToResource", "parameters are tagged and found by tag", func(s *subject) error {
		err := s.put(&ssm.PutParameterInput{Value: aws.String("a"), Type: "String"})
		_, err2 := s.ssm(home).AddTagsToResource(s.t.Context(), &ssm.AddTagsToResourceInput{ResourceType: "Parameter", ResourceId: aws.String("/amis/current"), Tags: []ssmtypes.Tag{{Key: aws.String("team"), Value: aws.String("x")}}})
		tags, err3 := s.ssm(home).ListTagsForResource(s.t.Context(), &ssm.ListTagsForResourceInput{ResourceType: "Parameter", ResourceId: aws.String("/amis/current")})
		out, err4 := s.ssm(home).DescribeParameters(s.t.Context(), &ssm.DescribeParametersInput{ParameterFilters: []ssmtypes.ParameterStringFilter{{Key: aws.String("tag:team"), Values: []string{"x"}}}})
		if err := first(err, err2, err3, err4); err != nil {
			return err
		}
		return first(same("tags", len(tags.TagList), 1), same("found", len(out.Parameters), 1))
	}},
}
