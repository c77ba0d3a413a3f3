package sandbox

import (
	"slices"
	"strconv"
)

// Every account has a default VPC in every Region, with a subnet in each of
// three zones, and nothing else can be made in it but security groups.
const (
	defaultNetwork = "172.31.0.0/16"
	defaultGroup   = "default"
)

// vpc is the id of the default VPC.
func (k *call) vpc() string { return "vpc-0" + k.networkHash("vpc") }

func (k *call) networkHash(what string) string {
	return digest(strconv.FormatInt(k.cloud.st.Seed, 10), k.acct.ID, k.reg.Name, what)[:16]
}

// subnet is one of the default VPC's.
type subnet struct{ id, zone, block string }

func (k *call) subnets() []subnet {
	list := make([]subnet, 0, 3)
	for i, letter := range []string{"a", "b", "c"} {
		list = append(list, subnet{
			id: "subnet-0" + k.networkHash("subnet-"+letter), zone: k.reg.Name + letter,
			block: "172.31." + strconv.Itoa(16*i) + ".0/20",
		})
	}
	return list
}

// subnetOf finds the subnet that an instance is launched into: the one asked
// for, or that of its zone, or the first.
func (k *call) subnetOf(id, zone string) (subnet, error) {
	list := k.subnets()
	at := slices.IndexFunc(list, func(s subnet) bool { return (id == "" || s.id == id) && (zone == "" || s.zone == zone) })
	switch {
	case at >= 0:
		return list[at], nil
	case id != "":
		return subnet{}, fail("InvalidSubnetID.NotFound", "The subnet ID '%.100s' does not exist", id)
	}
	return subnet{}, fail("InvalidParameterValue", "Invalid availability zone: [%.100s]", zone)
}

type describeVpcsInput struct {
	Filter     []filterInput
	MaxResults *int
	NextToken  string
	VpcID      []string
}

func describeVpcs(k *call, in *describeVpcsInput) error {
	if _, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000); err != nil {
		return err
	}
	fixed := func(text string) func(string) string { return func(string) string { return text } }
	match, err := filterable[string]{one: map[string]func(string) string{
		"cidr": fixed(defaultNetwork), "is-default": fixed("true"), "isDefault": fixed("true"), "owner-id": fixed(k.acct.ID),
		"state": fixed("available"), "vpc-id": func(id string) string { return id },
	}, tags: func(string) tags { return nil }}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	for _, id := range in.VpcID {
		if id != k.vpc() {
			return fail("InvalidVpcID.NotFound", "The vpc ID '%.100s' does not exist", id)
		}
	}
	k.out.open("vpcSet")
	if match(k.vpc()) {
		k.out.within("item", k.writeVpc)
	}
	k.out.close("vpcSet")
	return nil
}

func (k *call) writeVpc() {
	k.out.text("vpcId", k.vpc())
	k.out.text("ownerId", k.acct.ID)
	k.out.text("state", "available")
	k.out.text("cidrBlock", defaultNetwork)
	k.out.text("instanceTenancy", "default")
	k.out.bool("isDefault", true)
}

type describeSubnetsInput struct {
	Filter     []filterInput
	MaxResults *int
	NextToken  string
	SubnetID   []string
}

func describeSubnets(k *call, in *describeSubnetsInput) error {
	if _, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000); err != nil {
		return err
	}
	fixed := func(text string) func(subnet) string { return func(subnet) string { return text } }
	zone := func(s subnet) string { return s.zone }
	match, err := filterable[subnet]{one: map[string]func(subnet) string{
		"availability-zone": zone, "availabilityZone": zone, "default-for-az": fixed("true"), "defaultForAz": fixed("true"),
		"owner-id": fixed(k.acct.ID), "state": fixed("available"), "vpc-id": fixed(k.vpc()),
		"subnet-id": func(s subnet) string { return s.id },
	}, tags: func(subnet) tags { return nil }}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	for _, id := range in.SubnetID {
		if _, err := k.subnetOf(id, ""); err != nil {
			return err
		}
	}
	k.out.open("subnetSet")
	for _, s := range k.subnets() {
		if (len(in.SubnetID) == 0 || slices.Contains(in.SubnetID, s.id)) && match(s) {
			k.out.within("item", func() { k.writeSubnet(s) })
		}
	}
	k.out.close("subnetSet")
	return nil
}

func (k *call) writeSubnet(s subnet) {
	k.out.text("subnetId", s.id)
	k.out.text("subnetArn", arn(k.reg.Name, "ec2", k.acct.ID, "subnet/"+s.id))
	k.out.text("state", "available")
	k.out.text("ownerId", k.acct.ID)
	k.out.text("vpcId", k.vpc())
	k.out.text("cidrBlock", s.block)
	k.out.int("availableIpAddressCount", 4091)
	k.out.text("availabilityZone", s.zone)
	k.out.bool("defaultForAz", true)
	k.out.bool("mapPublicIpOnLaunch", true)
}

type describeOfferingsInput struct {
	Filter       []filterInput
	LocationType string
	MaxResults   *int
	NextToken    string
}

// offering is an instance type in a place.
type offering struct{ kind, place string }

// offered are the instance types that the sandbox tells of. RunInstances takes
// any.
var offered = []string{"c7g.large", "m5.large", "m7g.large", "t2.micro", "t3.micro", "t3.small", "t4g.micro"}

func describeInstanceTypeOfferings(k *call, in *describeOfferingsInput) error {
	if _, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000); err != nil {
		return err
	}
	match, err := filterable[offering]{one: map[string]func(offering) string{
		"instance-type": func(o offering) string { return o.kind },
		"location":      func(o offering) string { return o.place },
	}}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	places := []string{k.reg.Name}
	switch orText(in.LocationType, "region") {
	case "region":
	case "availability-zone":
		places = nil
		for _, s := range k.subnets() {
			places = append(places, s.zone)
		}
	default:
		return invalidValue("LocationType", in.LocationType, "It must be region or availability-zone.")
	}
	k.out.open("instanceTypeOfferingSet")
	for _, kind := range offered {
		for _, place := range places {
			if match(offering{kind, place}) {
				k.writeOffering(kind, orText(in.LocationType, "region"), place)
			}
		}
	}
	k.out.close("instanceTypeOfferingSet")
	return nil
}

func (k *call) writeOffering(kind, scope, place string) {
	k.out.open("item")
	k.out.text("instanceType", kind)
	k.out.text("locationType", scope)
	k.out.text("location", place)
	k.out.close("item")
}
