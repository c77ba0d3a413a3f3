package sandbox

import (
	"regexp"
	"slices"
	"strings"
)

type attributeInput struct {
	ImageID   string `q:",required"`
	Attribute string `q:",required"`
}

// describeImageAttribute shows one attribute of one image.
func describeImageAttribute(k *call, in *attributeInput) error {
	im, err := k.attributeImage(in.ImageID)
	if err != nil {
		return err
	}
	w := &k.out
	w.text("imageId", im.ID)
	plain := map[string]string{
		"description": im.Description, "kernel": im.Kernel, "ramdisk": im.Ramdisk, "sriovNetSupport": im.Sriov,
		"bootMode": im.BootMode, "tpmSupport": im.TPM, "uefiData": im.UEFI, "imdsSupport": im.IMDS,
		"deregistrationProtection": k.cloud.protectionShown(im, k.now),
	}
	if !im.Launched.IsZero() {
		plain["lastLaunchedTime"] = stamp(im.Launched)
	}
	switch value, ok := plain[in.Attribute]; {
	case in.Attribute == "launchPermission":
		w.within("launchPermission", func() { k.writeLaunchPermissions(im) })
	case in.Attribute == "productCodes":
		w.within("productCodes", func() { k.writeProductCodes(im) })
	case in.Attribute == "blockDeviceMapping":
		w.within("blockDeviceMapping", func() { k.writeDevices(im) })
	case ok || in.Attribute == "lastLaunchedTime":
		w.value(in.Attribute, value)
	default:
		return invalidValue("attribute", in.Attribute, "Unknown attribute.")
	}
	return nil
}

// attributeImage is an image whose attributes the caller may read.
func (k *call) attributeImage(id string) (*image, error) {
	if !k.cloud.st.Settings.Assumptions.ForeignAttributesShown {
		return k.ownImage(id)
	}
	list, err := k.namedImages([]string{id})
	if err != nil || len(list) == 0 {
		return nil, firstError(err, imageNotFound(id))
	}
	return list[0], nil
}

func (k *call) writeLaunchPermissions(im *image) {
	item := func(name, value string) {
		k.out.within("item", func() { k.out.text(name, value) })
	}
	if im.Public {
		item("group", "all")
	}
	for _, user := range im.Users {
		item("userId", user)
	}
	for _, org := range im.Organizations {
		item("organizationArn", org)
	}
	for _, unit := range im.Units {
		item("organizationalUnitArn", unit)
	}
}

// permission is one entry of a launch or createVolume permission.
type permission struct {
	UserID                string
	Group                 string
	OrganizationArn       string
	OrganizationalUnitArn string
}

type permissionChange struct {
	Add    []permission
	Remove []permission
}

type modifyImageInput struct {
	ImageID               string `q:",required"`
	Attribute             string
	Description           *struct{ Value string }
	ImdsSupport           *struct{ Value string }
	LaunchPermission      *permissionChange
	OperationType         string
	Value                 *string
	UserID                []string
	UserGroup             []string
	OrganizationArn       []string
	OrganizationalUnitArn []string
	ProductCode           []string
}

// modifyImageAttribute changes one attribute, said in either of two forms:
// by the parameter of its name, or by Attribute with Value or OperationType.
func modifyImageAttribute(k *call, in *modifyImageInput) error {
	im, err := k.readyImage(in.ImageID)
	if err != nil {
		return err
	}
	what, err := in.subject()
	if err != nil {
		return err
	}
	switch what {
	case "description":
		err = k.setDescription(im, in)
	case "imdsSupport":
		err = setIMDS(im, orText(valueOf(in.ImdsSupport), text(in.Value)))
	case "launchPermission":
		var change permissionChange
		if change, err = in.permissions(); err == nil {
			err = k.changeLaunch(im, change)
		}
	case "productCodes":
		im.ProductCodes = append(im.ProductCodes, in.ProductCode...)
	default:
		err = invalidValue("attribute", what, "Unknown attribute.")
	}
	if err == nil {
		k.out.bool("return", true)
	}
	return err
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func valueOf(p *struct{ Value string }) string {
	if p == nil {
		return ""
	}
	return p.Value
}

// subject is the one attribute that the request is about.
func (in *modifyImageInput) subject() (string, error) {
	var named []string
	if in.Description != nil {
		named = append(named, "description")
	}
	if in.ImdsSupport != nil {
		named = append(named, "imdsSupport")
	}
	if in.LaunchPermission != nil {
		named = append(named, "launchPermission")
	}
	if in.Attribute != "" && !slices.Contains(named, in.Attribute) {
		named = append(named, in.Attribute)
	}
	switch len(named) {
	case 0:
		return "", missing("Attribute")
	case 1:
		return named[0], nil
	}
	return "", fail("InvalidParameterCombination", "Only one attribute can be specified at a time: %s", strings.Join(named, ", "))
}

func (k *call) setDescription(im *image, in *modifyImageInput) error {
	value := text(in.Value)
	if in.Description != nil {
		value = in.Description.Value
	}
	if err := checkDescription(value); err != nil {
		return err
	}
	im.Description = value
	return nil
}

// setIMDS can set v2.0 and never take it back (ModifyImageAttribute, API
// Reference).
func setIMDS(im *image, value string) error {
	if value != "v2.0" {
		return invalidValue("imdsSupport", value, "The only value is v2.0.")
	}
	im.IMDS = value
	return nil
}

// permissions brings the old form of the request into the new one.
func (in *modifyImageInput) permissions() (permissionChange, error) {
	old := make([]permission, 0, len(in.UserID))
	for _, id := range in.UserID {
		old = append(old, permission{UserID: id})
	}
	for _, group := range in.UserGroup {
		old = append(old, permission{Group: group})
	}
	for _, org := range in.OrganizationArn {
		old = append(old, permission{OrganizationArn: org})
	}
	for _, unit := range in.OrganizationalUnitArn {
		old = append(old, permission{OrganizationalUnitArn: unit})
	}
	return mergeForms(in.LaunchPermission, old, in.OperationType)
}

// mergeForms: EC2 takes the lists of the old form beside the new one where no
// OperationType makes them one of their own; Packer sends every request so.
func mergeForms(change *permissionChange, old []permission, operation string) (permissionChange, error) {
	switch {
	case change != nil && (len(old) == 0 || operation == ""):
		return *change, nil
	case change != nil:
		return permissionChange{}, fail("InvalidParameterCombination", "Permissions can be given in one form only")
	case len(old) == 0:
		return permissionChange{}, missing("LaunchPermission")
	case operation == "add":
		return permissionChange{Add: old}, nil
	case operation == "remove":
		return permissionChange{Remove: old}, nil
	}
	return permissionChange{}, invalidValue("operationType", operation, "It must be add or remove.")
}

var (
	organizationPattern = regexp.MustCompile(`^arn:aws[a-z-]*:organizations::\d{12}:organization/o-[a-z0-9]{10,32}$`)
	unitPattern         = regexp.MustCompile(`^arn:aws[a-z-]*:organizations::\d{12}:ou/o-[a-z0-9]{10,32}/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$`)
)

// check: exactly one of the four, and full ARNs ("Share an AMI with
// organizations and OUs", EC2 User Guide).
func (p permission) check() error {
	given := 0
	for _, v := range []string{p.UserID, p.Group, p.OrganizationArn, p.OrganizationalUnitArn} {
		if v != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return fail("InvalidParameterCombination", "A permission has exactly one of UserId, Group, OrganizationArn and OrganizationalUnitArn")
	case p.UserID != "" && !accountPattern.MatchString(p.UserID):
		return fail("InvalidAMIAttributeItemValue", "Invalid attribute item value \"%s\" for userId item type.", p.UserID)
	case p.Group != "" && p.Group != "all":
		return fail("InvalidAMIAttributeItemValue", "Invalid attribute item value \"%s\" for group item type.", p.Group)
	case p.OrganizationArn != "" && !organizationPattern.MatchString(p.OrganizationArn):
		return fail("InvalidAMIAttributeItemValue", "Invalid attribute item value \"%s\" for OrganizationArn item type.", p.OrganizationArn)
	case p.OrganizationalUnitArn != "" && !unitPattern.MatchString(p.OrganizationalUnitArn):
		return fail("InvalidAMIAttributeItemValue", "Invalid attribute item value \"%s\" for OrganizationalUnitArn item type.", p.OrganizationalUnitArn)
	}
	return nil
}
