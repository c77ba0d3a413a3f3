package spec

import (
	"regexp"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// The texts of amis.yaml, each with its form.
type (
	ownerName       string
	imageName       string
	accountID       string
	region          string
	regionGlob      string
	amiID           string
	imageOwner      string
	architecture    string
	nameTemplate    string
	description     string
	organizationARN string
	unitARN         string
	retireMode      string
	snapshotPolicy  string
	referenceType   string
)

func (ownerName) form() form       { return ownerForm }
func (imageName) form() form       { return imageForm }
func (accountID) form() form       { return accountForm }
func (region) form() form          { return regionForm }
func (regionGlob) form() form      { return globForm }
func (amiID) form() form           { return amiForm }
func (imageOwner) form() form      { return imageOwnerForm }
func (architecture) form() form    { return architectureForm }
func (nameTemplate) form() form    { return nameTemplateForm }
func (description) form() form     { return descriptionForm }
func (organizationARN) form() form { return organizationForm }
func (unitARN) form() form         { return unitForm }
func (retireMode) form() form      { return retireForm }
func (snapshotPolicy) form() form  { return snapshotsForm }
func (referenceType) form() form   { return referenceForm }

var ownerForm = form{
	noun:    "an owner",
	advice:  "write 1 to 64 lower-case letters, digits and hyphens, such as platform-images",
	pattern: regexp.MustCompile(`^[a-z0-9-]{1,64}$`),
	least:   1,
	guess:   hyphened,
}

// An image's name is the value of the tag amisync:image, part of the AMI's name
// and what --image globs match.
var imageForm = form{
	noun:    "an image name",
	advice:  "begin with a letter or digit, then up to 99 letters, digits, dots, hyphens and underscores",
	pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`),
	least:   1,
	guess:   func(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), " ", "-") },
}

var accountForm = form{
	noun:    "an account id",
	advice:  "write its 12 digits in quotes, without hyphens",
	pattern: regexp.MustCompile(`^[0-9]{12}$`),
	least:   1,
	guess:   func(s string) string { return strings.NewReplacer("-", "", " ", "").Replace(s) },
}

// A Region's name is checked by its form alone; whether it exists is asked of
// DescribeRegions(AllRegions). A letter at the end is a zone's.
var regionForm = form{
	noun:    "a Region",
	advice:  "write a name such as eu-west-1",
	pattern: regexp.MustCompile(`^[a-z]{2,5}(-[a-z]{2,12}){1,2}-[0-9]{1,2}$`),
	least:   1,
	guess:   guessRegion,
}

var (
	zoneEnd     = regexp.MustCompile(`^([a-z]{2,5}(?:-[a-z]+)+-[0-9]+)(?:-[a-z]+-[0-9]+)?[a-z]$`)
	missingDash = regexp.MustCompile(`([a-z])([0-9]+)$`)
)

// guessRegion mends eu_west_1, EU-West-1, eu-west1 and eu-west-1a.
func guessRegion(s string) string {
	g := hyphened(s)
	if m := zoneEnd.FindStringSubmatch(g); m != nil {
		return m[1]
	}
	return missingDash.ReplaceAllString(g, "$1-$2")
}

func hyphened(s string) string {
	return strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(strings.TrimSpace(s)))
}

var globForm = form{
	noun:    "a Region or a glob of Regions",
	advice:  "write lower-case letters, digits and hyphens with * for any text and ? for one character, such as eu-*",
	pattern: regexp.MustCompile(`^[a-z0-9*?-]{1,64}$`),
	least:   1,
	guess:   hyphened,
}

var amiForm = form{
	noun:    "an AMI id",
	advice:  "write ami- and 8 or 17 hexadecimal digits, such as ami-0123456789abcdef0",
	pattern: regexp.MustCompile(`^ami-([0-9a-f]{8}|[0-9a-f]{17})$`),
	least:   1,
	guess:   func(s string) string { return strings.ToLower(strings.TrimSpace(s)) },
}

// What DescribeImages takes as Owners.
var imageOwnerForm = form{
	noun:    "an owner of AMIs",
	advice:  "write self, an account id of 12 digits in quotes, amazon, aws-marketplace or aws-backup-vault",
	pattern: regexp.MustCompile(`^([0-9]{12}|self|amazon|aws-marketplace|aws-backup-vault)$`),
	least:   1,
	guess: func(s string) string {
		return closest(s, []string{"self", "amazon", "aws-marketplace", "aws-backup-vault"})
	},
}

// What DescribeImages knows as architecture.
var architectureForm = form{
	noun:    "an architecture",
	options: []string{"arm64", "arm64_mac", "i386", "x86_64", "x86_64_mac"},
}

// The rendered name is checked too; see names.go.
var nameTemplateForm = form{
	noun:   "a name template",
	advice: "write one such as " + state.DefaultNameTemplate,
	least:  1,
	most:   256,
}

// CopyImage takes 255 characters of description.
var descriptionForm = form{
	noun:   "a description",
	advice: "write one, or leave the field out to have it neither set nor compared",
	least:  1,
	most:   255,
}

// ModifyImageAttribute takes full ARNs ("Share an AMI with specific
// organizations or organizational units", EC2 User Guide).
var organizationForm = form{
	noun:    "the ARN of an organization",
	advice:  "write it in full, such as arn:aws:organizations::111122223333:organization/o-123example; `aws organizations describe-organization` prints it",
	pattern: regexp.MustCompile(`^arn:aws[a-z-]*:organizations::[0-9]{12}:organization/o-[a-z0-9]{10,32}$`),
	least:   1,
}

var unitForm = form{
	noun:    "the ARN of an organizational unit",
	advice:  "write it in full, such as arn:aws:organizations::111122223333:ou/o-123example/ou-1234-5example; `aws organizations describe-organizational-unit` prints it",
	pattern: regexp.MustCompile(`^arn:aws[a-z-]*:organizations::[0-9]{12}:ou/o-[a-z0-9]{10,32}/ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$`),
	least:   1,
}

var retireForm = form{noun: "a way to retire", options: []string{state.RetireDeprecate, state.RetireDisable}}

var snapshotsForm = form{noun: "a snapshot policy", options: []string{state.SnapshotsDelete, state.SnapshotsKeep}}

var referenceForm = form{noun: "a kind of reference", options: allReferences}

var allReferences = []string{
	state.ReferenceInstances, state.ReferenceLaunchTemplates, state.ReferenceSSM, state.ReferenceImageBuilder,
}
