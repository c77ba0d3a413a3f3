package sandbox

import (
	"cmp"
	"slices"
	"strconv"
)

// securityGroup lets nothing in or out, as there is no network; it is there
// for tools that make one around an instance.
type securityGroup struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Rules       []rule `json:"rules,omitempty"`
	Tags        tags   `json:"tags,omitempty"`
}

// rule allows one range of addresses in.
type rule struct {
	ID          string `json:"id"`
	Protocol    string `json:"protocol"`
	From        int    `json:"from"`
	To          int    `json:"to"`
	Range       string `json:"range"` // IPv4 or IPv6, in CIDR notation
	Six         bool   `json:"six,omitempty"`
	Description string `json:"description,omitempty"`
}

func (g *securityGroup) key() string { return g.ID }

// groups are the security groups of the Region: the default one, which is
// always there, and those that were made.
func (k *call) groups() []*securityGroup {
	list := []*securityGroup{{ID: "sg-0" + k.networkHash("group"), Name: defaultGroup, Description: "default VPC security group"}}
	list = slices.AppendSeq(list, k.reg.Groups.all())
	slices.SortFunc(list, func(a, b *securityGroup) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// group finds a security group by its id or its name.
func (k *call) group(id, name string) (*securityGroup, error) {
	for _, g := range k.groups() {
		if (id != "" && g.ID == id) || (id == "" && g.Name == name) {
			return g, nil
		}
	}
	if id == "" && name == "" {
		return nil, missing("GroupId")
	}
	return nil, fail("InvalidGroup.NotFound", "The security group '%.100s' does not exist", orText(id, name))
}

type createGroupInput struct {
	GroupDescription string `q:",required"`
	GroupName        string `q:",required"`
	TagSpecification []tagSpec
	VpcID            string
}

func createSecurityGroup(k *call, in *createGroupInput) error {
	given, err := tagsFor(in.TagSpecification, "security-group")
	if err != nil {
		return err
	}
	_, err = k.group("", in.GroupName)
	switch {
	case len(in.GroupName) > 255 || len(in.GroupDescription) > 255:
		return invalidValue("groupName", in.GroupName, "Names and descriptions must be at most 255 characters long.")
	case in.VpcID != "" && in.VpcID != k.vpc():
		return fail("InvalidVpcID.NotFound", "The vpc ID '%.100s' does not exist", in.VpcID)
	case err == nil:
		return fail("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", in.GroupName, k.vpc())
	}
	g := &securityGroup{
		ID: k.cloud.newID(k.reg, "sg", "CreateSecurityGroup", in.GroupName), Name: in.GroupName,
		Description: in.GroupDescription, Tags: given["security-group"],
	}
	k.reg.Groups.put(g)
	k.out.bool("return", true)
	k.out.text("groupId", g.ID)
	k.out.text("securityGroupArn", arn(k.reg.Name, "ec2", k.acct.ID, "security-group/"+g.ID))
	k.out.tags(g.Tags, k.now)
	return nil
}

type groupInput struct {
	GroupID   string
	GroupName string
}

func deleteSecurityGroup(k *call, in *groupInput) error {
	g, err := k.group(in.GroupID, in.GroupName)
	if err != nil {
		return err
	}
	if g.Name == defaultGroup {
		return fail("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", g.ID)
	}
	for i := range k.reg.Instances.all() {
		if i.State != "terminated" && slices.Contains(i.Groups, g.ID) {
			return fail("DependencyViolation", "resource %s has a dependent object", g.ID)
		}
	}
	k.reg.Groups.remove(g.ID)
	k.out.bool("return", true)
	k.out.text("groupId", g.ID)
	return nil
}

type describeGroupsInput struct {
	Filter     []filterInput
	GroupID    []string
	GroupName  []string
	MaxResults *int
	NextToken  string
}

func describeSecurityGroups(k *call, in *describeGroupsInput) error {
	p, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000)
	if err != nil {
		return err
	}
	match, err := filterable[*securityGroup]{
		one: map[string]func(*securityGroup) string{
			"description": func(g *securityGroup) string { return g.Description },
			"group-id":    func(g *securityGroup) string { return g.ID },
			"group-name":  func(g *securityGroup) string { return g.Name },
			"owner-id":    func(*securityGroup) string { return k.acct.ID },
			"vpc-id":      func(*securityGroup) string { return k.vpc() },
		},
		tags: func(g *securityGroup) tags { return g.Tags },
	}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	if err := k.knownGroups(in.GroupID, in.GroupName); err != nil {
		return err
	}
	named := len(in.GroupID)+len(in.GroupName) > 0
	rest := slices.DeleteFunc(k.groups(), func(g *securityGroup) bool { return p.last != "" && g.ID <= p.last })
	page, next := cut(p, func(g *securityGroup) bool {
		return (!named || slices.Contains(in.GroupID, g.ID) || slices.Contains(in.GroupName, g.Name)) && match(g)
	}, slices.Values(rest))
	k.out.open("securityGroupInfo")
	for _, g := range page {
		k.out.within("item", func() { k.writeGroup(g) })
	}
	k.out.close("securityGroupInfo")
	k.out.some("nextToken", next)
	return nil
}

func (k *call) knownGroups(ids, names []string) error {
	for _, id := range ids {
		if _, err := k.group(id, ""); err != nil {
			return err
		}
	}
	for _, name := range names {
		if _, err := k.group("", name); err != nil {
			return err
		}
	}
	return nil
}

func (k *call) writeGroup(g *securityGroup) {
	w := &k.out
	w.text("ownerId", k.acct.ID)
	w.text("groupId", g.ID)
	w.text("groupName", g.Name)
	w.text("groupDescription", g.Description)
	w.text("vpcId", k.vpc())
	w.text("securityGroupArn", arn(k.reg.Name, "ec2", k.acct.ID, "security-group/"+g.ID))
	w.open("ipPermissions")
	for _, r := range g.Rules {
		w.within("item", func() { k.writePermission(r) })
	}
	w.close("ipPermissions")
	w.open("ipPermissionsEgress")
	w.within("item", func() { k.writePermission(rule{Protocol: "-1", Range: "0.0.0.0/0"}) })
	w.close("ipPermissionsEgress")
	w.tags(g.Tags, k.now)
}

func (k *call) writePermission(r rule) {
	w := &k.out
	w.text("ipProtocol", r.Protocol)
	if r.Protocol != "-1" {
		w.text("fromPort", strconv.Itoa(r.From))
		w.text("toPort", strconv.Itoa(r.To))
	}
	list, name := "ipRanges", "cidrIp"
	if r.Six {
		list, name = "ipv6Ranges", "cidrIpv6"
	}
	w.open(list)
	w.open("item")
	w.text(name, r.Range)
	w.some("description", r.Description)
	w.close("item")
	w.close(list)
}
