package sandbox

import (
	"slices"
	"time"
)

// changeLaunch changes who may launch an image. Removing somebody who has
// access by another way, or none, succeeds and does nothing.
func (k *call) changeLaunch(im *image, change permissionChange) error {
	if len(change.Add)+len(change.Remove) == 0 {
		return missing("LaunchPermission")
	}
	for _, p := range slices.Concat(change.Add, change.Remove) {
		if err := p.check(); err != nil {
			return err
		}
	}
	if len(change.Add) > 0 && im.State == stateDisabled {
		return fail("InvalidAMIID.Unavailable", "The image ID '%s' is disabled and cannot be shared", im.ID)
	}
	after := *im
	after.Users, after.Organizations, after.Units = slices.Clone(im.Users), slices.Clone(im.Organizations), slices.Clone(im.Units)
	for _, p := range change.Add {
		after.grant(p)
	}
	for _, p := range change.Remove {
		after.revoke(p)
	}
	if limit := or(k.cloud.st.Settings.Quotas.Shares, 1000); len(after.Users)+len(after.Organizations)+len(after.Units) > limit {
		return fail("ResourceLimitExceeded", "The AMI cannot be shared with more than %d entities", limit)
	}
	if after.Public && !im.Public {
		if err := k.publishable(im); err != nil {
			return err
		}
	}
	im.Public, im.Users, im.Organizations, im.Units = after.Public, after.Users, after.Organizations, after.Units
	return nil
}

func (i *image) grant(p permission) {
	switch {
	case p.Group != "":
		i.Public = true
	case p.UserID != "":
		if p.UserID != i.Owner { // the owner's permission is implicit and not listed
			insert(&i.Users, p.UserID)
		}
	case p.OrganizationArn != "":
		insert(&i.Organizations, p.OrganizationArn)
	default:
		insert(&i.Units, p.OrganizationalUnitArn)
	}
}

func (i *image) revoke(p permission) {
	switch {
	case p.Group != "":
		i.Public = false
	case p.UserID != "":
		take(&i.Users, p.UserID)
	case p.OrganizationArn != "":
		take(&i.Organizations, p.OrganizationArn)
	default:
		take(&i.Units, p.OrganizationalUnitArn)
	}
}

// insert adds a word to a sorted list that has none twice.
func insert(list *[]string, word string) {
	if at, found := slices.BinarySearch(*list, word); !found {
		*list = slices.Insert(*list, at, word)
	}
}

func take(list *[]string, word string) {
	if at, found := slices.BinarySearch(*list, word); found {
		*list = slices.Delete(*list, at, at+1)
	}
}

// publishable tells why an image cannot become public: encrypted snapshots,
// product codes, watermarks, Block Public Access, the quota (EC2 User Guide,
// "Share an AMI publicly").
func (k *call) publishable(im *image) error {
	for _, d := range im.Devices {
		if d.Encrypted {
			return fail("InvalidParameterValue", "The AMI '%s' has encrypted snapshots and cannot be made public", im.ID)
		}
	}
	switch {
	case len(im.ProductCodes)+len(im.Billing) > 0:
		return fail("InvalidParameterValue", "The AMI '%s' has product codes and cannot be made public", im.ID)
	case len(im.Watermarks) > 0:
		return fail("InvalidParameterValue", "The AMI '%s' has watermarks and cannot be made public", im.ID)
	case k.reg.blockPublic(k.now) == "block-new-sharing":
		return fail("OperationNotPermitted", "You can't publicly share this AMI because block public access for AMIs is enabled for this account in this Region.")
	}
	public := 0
	for other := range k.reg.Images.all() {
		if other.Public {
			public++
		}
	}
	if limit := or(k.cloud.st.Settings.Quotas.PublicImages, 5); public >= limit {
		return fail("ResourceLimitExceeded", "You have reached the limit of %d public AMIs in this Region.", limit)
	}
	return nil
}

// blockPublic is the state of Block Public Access, which takes a while to
// switch.
func (r *region) blockPublic(now time.Time) string {
	if r.BlockFrom.After(now) {
		return r.BlockBefore
	}
	return r.BlockPublic
}

// resetImageAttribute knows launchPermission, the only one that can be reset.
func resetImageAttribute(k *call, in *attributeInput) error {
	if in.Attribute != "launchPermission" {
		return invalidValue("attribute", in.Attribute, "Only launchPermission can be reset.")
	}
	im, err := k.readyImage(in.ImageID)
	if err != nil {
		return err
	}
	im.Public, im.Users, im.Organizations, im.Units = false, nil, nil, nil
	k.out.bool("return", true)
	return nil
}

type snapshotAttributeInput struct {
	SnapshotID string `q:",required"`
	Attribute  string `q:",required"`
}

func describeSnapshotAttribute(k *call, in *snapshotAttributeInput) error {
	s, err := k.ownSnapshot(in.SnapshotID)
	if err != nil {
		return err
	}
	k.out.text("snapshotId", s.ID)
	switch in.Attribute {
	case "createVolumePermission":
		k.out.within("createVolumePermission", func() {
			if s.Public {
				k.out.within("item", func() { k.out.text("group", "all") })
			}
			for _, user := range s.Users {
				k.out.within("item", func() { k.out.text("userId", user) })
			}
		})
	case "productCodes":
		k.out.text("productCodes", "")
	default:
		return invalidValue("attribute", in.Attribute, "Unknown attribute.")
	}
	return nil
}

type modifySnapshotInput struct {
	SnapshotID             string `q:",required"`
	Attribute              string
	CreateVolumePermission *permissionChange
	OperationType          string
	UserID                 []string
	UserGroup              []string
}

// modifySnapshotAttribute knows accounts and all, no organizations; adds or
// removes, not both; at most 500 changes (ModifySnapshotAttribute, API
// Reference).
func modifySnapshotAttribute(k *call, in *modifySnapshotInput) error {
	s, err := k.ownSnapshot(in.SnapshotID)
	if err != nil {
		return err
	}
	if in.Attribute != "" && in.Attribute != "createVolumePermission" {
		return invalidValue("attribute", in.Attribute, "Only createVolumePermission can be modified.")
	}
	var old []permission
	for _, id := range in.UserID {
		old = append(old, permission{UserID: id})
	}
	for _, group := range in.UserGroup {
		old = append(old, permission{Group: group})
	}
	change, err := mergeForms(in.CreateVolumePermission, old, in.OperationType)
	if err != nil {
		return err
	}
	if err := k.checkRestore(s, change); err != nil {
		return err
	}
	for _, p := range change.Add {
		if p.Group == "" && p.UserID != s.Owner {
			insert(&s.Users, p.UserID)
		}
		s.Public = s.Public || p.Group != ""
	}
	for _, p := range change.Remove {
		take(&s.Users, p.UserID)
		s.Public = s.Public && p.Group == ""
	}
	k.out.bool("return", true)
	return nil
}

func (k *call) checkRestore(s *snapshot, change permissionChange) error {
	switch {
	case len(change.Add) > 0 && len(change.Remove) > 0:
		return fail("InvalidParameterCombination", "Permissions can be added or removed in a call, not both")
	case len(change.Add)+len(change.Remove) > 500:
		return fail("InvalidParameterValue", "At most 500 permissions can be changed in a call")
	}
	for _, p := range slices.Concat(change.Add, change.Remove) {
		if p.OrganizationArn+p.OrganizationalUnitArn != "" {
			return fail("UnknownParameter", "Snapshots cannot be shared with organizations or organizational units")
		}
		if err := p.check(); err != nil {
			return err
		}
	}
	for _, p := range change.Add {
		if p.Group != "" && s.Encrypted {
			return fail("InvalidParameterValue", "Encrypted snapshots cannot be made public")
		}
	}
	if key := k.cloud.findKey(k.reg, s.Key); len(change.Add) > 0 && s.Encrypted && key != nil && key.Manager == "AWS" {
		return fail("InvalidParameterValue", "Encrypted snapshots with EBS default key cannot be shared")
	}
	return nil
}

func resetSnapshotAttribute(k *call, in *snapshotAttributeInput) error {
	if in.Attribute != "createVolumePermission" {
		return invalidValue("attribute", in.Attribute, "Only createVolumePermission can be reset.")
	}
	s, err := k.ownSnapshot(in.SnapshotID)
	if err != nil {
		return err
	}
	s.Users, s.Public = nil, false
	k.out.bool("return", true)
	return nil
}
