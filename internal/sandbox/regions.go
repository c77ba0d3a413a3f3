package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// regionInfo is one Region as AWS publishes it.
type regionInfo struct {
	Name      string
	Partition string
	OptIn     bool // not enabled unless the account opts in
	Geography string
}

// defaultRegions are the commercial Regions enabled in every account and
// optInRegions those that an account must enable ("AWS Regions", AWS global
// infrastructure); each has its country, as DescribeRegions tells it.
var (
	defaultRegions = []string{
		"us-east-1 US", "us-east-2 US", "us-west-1 US", "us-west-2 US",
		"ap-south-1 IN", "ap-northeast-1 JP", "ap-northeast-2 KR", "ap-northeast-3 JP",
		"ap-southeast-1 SG", "ap-southeast-2 AU", "ca-central-1 CA", "eu-central-1 DE",
		"eu-west-1 IE", "eu-west-2 GB", "eu-west-3 FR", "eu-north-1 SE", "sa-east-1 BR",
	}
	optInRegions = []string{
		"af-south-1 ZA", "ap-east-1 HK", "ap-east-2 TW", "ap-south-2 IN",
		"ap-southeast-3 ID", "ap-southeast-4 AU", "ap-southeast-5 MY", "ap-southeast-6 NZ",
		"ap-southeast-7 TH", "ca-west-1 CA", "eu-central-2 CH", "eu-south-1 IT",
		"eu-south-2 ES", "il-central-1 IL", "mx-central-1 MX", "me-south-1 BH", "me-central-1 AE",
	}
	otherPartitions = map[string][]string{
		"aws-cn":     {"cn-north-1 CN", "cn-northwest-1 CN"},
		"aws-us-gov": {"us-gov-east-1 US", "us-gov-west-1 US"},
		"aws-eusc":   {"eusc-de-east-1 DE"},
	}
	partitionSuffix = map[string]string{
		"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com",
		"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu",
	}
)

// atlas is every Region of every partition by name.
var atlas = buildAtlas()

func buildAtlas() map[string]regionInfo {
	all := map[string]regionInfo{}
	add := func(partition string, optIn bool, lines []string) {
		for _, line := range lines {
			name, country, _ := strings.Cut(line, " ")
			all[name] = regionInfo{Name: name, Partition: partition, OptIn: optIn, Geography: country}
		}
	}
	add("aws", false, defaultRegions)
	add("aws", true, optInRegions)
	for partition, lines := range otherPartitions {
		add(partition, false, lines)
	}
	return all
}

// regionsOf lists the Regions of a partition by name.
func regionsOf(partition string) []regionInfo {
	var list []regionInfo
	for _, r := range atlas {
		if r.Partition == partition {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b regionInfo) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

func (r regionInfo) endpoint() string {
	return "ec2." + r.Name + "." + partitionSuffix[r.Partition]
}

func arn(region, service, account, resource string) string {
	partition := "aws"
	if r, ok := atlas[region]; ok {
		partition = r.Partition
	}
	return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + resource
}
