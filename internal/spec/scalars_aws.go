package spec

import (
	"regexp"

	"github.com/amisync/amisync/pkg/state"
)

// Texts whose rules are those of tags, filters, KMS and Systems Manager.
type (
	tagKey      string
	tagValue    string
	filterKey   string
	filterValue string
	kmsKey      string
	ssmName     string
	ssmSource   string
)

func (tagKey) form() form      { return tagKeyForm }
func (tagValue) form() form    { return tagValueForm }
func (filterKey) form() form   { return filterKeyForm }
func (filterValue) form() form { return filterValueForm }
func (kmsKey) form() form      { return kmsKeyForm }
func (ssmName) form() form     { return ssmNameForm }
func (ssmSource) form() form   { return ssmSourceForm }

// Tag keys have 127 characters by CreateTags ("Tag", EC2 API Reference). aws:
// belongs to AWS in any case of letters, amisync: to us, and ec2:SharedTag/ is
// shown to every account that an AMI is shared with.
var tagKeyForm = form{
	noun:    "a tag key",
	advice:  "write 1 to 127 characters",
	least:   1,
	most:    127,
	refused: regexp.MustCompile(`^([aA][wW][sS]:|amisync:|ec2:SharedTag/)`),
	why:     "aws: is reserved by AWS, amisync: by amisync, and ec2:SharedTag/ shows a tag to other accounts; use another prefix",
}

var tagValueForm = form{noun: "a tag value", most: state.MaxTagValue}

// Filters of DescribeImages match by values of up to 255 characters; in a
// lookup's tags amisync: may be no key, because copies are never sources.
var filterKeyForm = form{
	noun:    "a tag key",
	advice:  "write 1 to 127 characters",
	least:   1,
	most:    127,
	refused: regexp.MustCompile(`^amisync:`),
	why:     "a lookup never takes an AMI that amisync made",
}

var filterValueForm = form{noun: "a value of a filter", advice: "write what to look for; * and ? are wildcards", least: 1, most: 255}

// What CopyImage takes as KmsKeyId, and default for the Region's own.
var kmsKeyForm = form{
	noun:   "a KMS key",
	advice: "write alias/NAME, a key id, the ARN of a key or alias, or default for the Region's default key",
	pattern: regexp.MustCompile(`^(default|alias/[A-Za-z0-9/_-]{1,250}|` + kmsID +
		`|arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key/` + kmsID + `|alias/[A-Za-z0-9/_-]{1,250}))$`),
	least: 1,
	guess: func(s string) string { return "alias/" + s },
}

const kmsID = `([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})`

// PutParameter's rules for names. A tag on the copy holds the name, so that it
// has at most 256 characters here.
var ssmNameForm = form{
	noun:    "a parameter name",
	advice:  "write a path such as /amis/web-base/current: a leading slash, at most 15 levels of letters, digits, dots, hyphens and underscores",
	pattern: regexp.MustCompile(`^((/[A-Za-z0-9_.-]+){1,15}|[A-Za-z0-9_.-]+)$`),
	least:   1,
	most:    state.MaxTagValue,
	refused: regexp.MustCompile(`^/?([aA][wW][sS]|[sS][sS][mM])`),
	why:     "Systems Manager keeps names that begin with aws or ssm to itself; choose another name",
	guess:   func(s string) string { return "/" + s },
}

// What GetParameter takes as Name: a name or the ARN of a shared parameter,
// with a version or label where one is wanted.
var ssmSourceForm = form{
	noun:   "a parameter to read",
	advice: "write its full name, such as /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64, or its ARN",
	pattern: regexp.MustCompile(`^(arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter)?` +
		`((/[A-Za-z0-9_.-]+){1,15}|[A-Za-z0-9_.-]+)(:[A-Za-z0-9_.-]{1,100})?$`),
	least: 1,
	most:  1011,
	guess: func(s string) string { return "/" + s },
}
