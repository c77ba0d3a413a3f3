package sandbox

import (
	"net/netip"
	"slices"
	"strconv"
)

type permissionInput struct {
	FromPort   *int
	IPProtocol string `q:"IpProtocol,required"`
	IPRanges   []struct {
		CidrIP      string `q:"CidrIp,required"`
		Description string
	} `q:"IpRanges"`
	IPv6Ranges []struct {
		CidrIPv6    string `q:"CidrIpv6,required"`
		Description string
	} `q:"Ipv6Ranges"`
	ToPort *int
}

type ingressInput struct {
	GroupID       string
	GroupName     string
	IPPermissions []permissionInput `q:"IpPermissions,required"`
}

func authorizeIngress(k *call, in *ingressInput) error {
	g, err := k.group(in.GroupID, in.GroupName)
	if err != nil {
		return err
	}
	if g.Name == defaultGroup {
		return fail("UnsupportedOperation", "The sandbox's default security group cannot be changed.")
	}
	var added []rule
	for _, p := range in.IPPermissions {
		rules, err := p.rules()
		if err != nil {
			return err
		}
		for _, r := range rules {
			if slices.ContainsFunc(append(g.Rules, added...), r.same) {
				return fail("InvalidPermission.Duplicate", "the specified rule \"peer: %s, %s, from port: %d, to port: %d, ALLOW\" already exists", r.Range, r.Protocol, r.From, r.To)
			}
			r.ID = k.cloud.newID(k.reg, "sgr", "AuthorizeSecurityGroupIngress", g.ID)
			added = append(added, r)
		}
	}
	g.Rules = append(g.Rules, added...)
	k.out.bool("return", true)
	k.out.open("securityGroupRuleSet")
	for _, r := range added {
		k.out.within("item", func() { k.writeRule(g, r) })
	}
	k.out.close("securityGroupRuleSet")
	return nil
}

func (r rule) same(other rule) bool {
	return r.Protocol == other.Protocol && r.From == other.From && r.To == other.To && r.Range == other.Range
}

// rules are one for each range of addresses.
func (p permissionInput) rules() ([]rule, error) {
	base := rule{Protocol: p.IPProtocol}
	if p.FromPort != nil {
		base.From = *p.FromPort
	}
	if p.ToPort != nil {
		base.To = *p.ToPort
	}
	if !slices.Contains([]string{"tcp", "udp", "icmp", "icmpv6", "-1"}, p.IPProtocol) {
		return nil, invalidValue("ipProtocol", p.IPProtocol, "It must be tcp, udp, icmp, icmpv6 or -1.")
	}
	if base.From < -1 || base.To > 65535 || base.From > base.To {
		return nil, fail("InvalidParameterValue", "Invalid port range: from %d to %d", base.From, base.To)
	}
	var list []rule
	add := func(text, about string, six bool) {
		r := base
		r.Range, r.Description, r.Six = text, about, six
		list = append(list, r)
	}
	for _, r := range p.IPRanges {
		add(r.CidrIP, r.Description, false)
	}
	for _, r := range p.IPv6Ranges {
		add(r.CidrIPv6, r.Description, true)
	}
	for _, r := range list {
		if block, err := netip.ParsePrefix(r.Range); err != nil || block.Addr().Is6() != r.Six {
			return nil, fail("InvalidParameterValue", "CIDR block %.80s is malformed", r.Range)
		}
	}
	if len(list) == 0 {
		return nil, missing("IpPermissions.IpRanges")
	}
	return list, nil
}

func (k *call) writeRule(g *securityGroup, r rule) {
	w := &k.out
	w.text("securityGroupRuleId", r.ID)
	w.text("groupId", g.ID)
	w.text("groupOwnerId", k.acct.ID)
	w.bool("isEgress", false)
	w.text("ipProtocol", r.Protocol)
	w.text("fromPort", strconv.Itoa(r.From))
	w.text("toPort", strconv.Itoa(r.To))
	if r.Six {
		w.text("cidrIpv6", r.Range)
	} else {
		w.text("cidrIpv4", r.Range)
	}
	w.some("description", r.Description)
}
