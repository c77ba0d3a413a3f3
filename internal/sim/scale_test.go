package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
)

// many is a file of n images of one source in the same Regions.
func many(source string, n int, regions ...string) string {
	var b strings.Builder
	scope := append([]string{home}, regions...)
	slices.Sort(scope)
	fmt.Fprintf(&b, "version: 1\nowner: %s\naccounts: [%q]\nprune: true\nonlyRegions: [%s]\n", owner, account, strings.Join(slices.Compact(scope), ", "))
	b.WriteString("limits: {copy: {max: 10000, gib: 1000000}, remove: {max: 10000, percent: 100}}\n")
	fmt.Fprintf(&b, "defaults: {regions: [%s], lifecycle: {grace: 0}}\nimages:\n", strings.Join(regions, ", "))
	for i := range n {
		fmt.Fprintf(&b, "  image-%04d: {source: {region: %s, id: %s}}\n", i, home, source)
	}
	return b.String()
}

// bound is the least time in which n copies into one Region can be made: the
// bucket lets the hundredth and each before it start at once and then one a
// second, and the quota lets one start when another of the 300 ends.
func bound(n int, takes time.Duration) time.Duration {
	ends := make([]time.Duration, n)
	for i := range n {
		start := max(0, time.Duration(i-99)*time.Second)
		if i >= 300 {
			start = max(start, ends[i-300])
		}
		ends[i] = start + takes
	}
	return ends[n-1]
}

// The time that a run takes is near what EC2's documented limits allow.
func TestMakespan(t *testing.T) {
	tests := map[string]struct {
		images  int
		regions []string
		takes   time.Duration
	}{
		"1,000 copies into one Region":          {1000, []string{ireland}, 10 * time.Minute},
		"100 images into each of 34 Regions":    {100, everyRegion(), 30 * time.Minute},
		"one image, one Region, and no waiting": {1, []string{ireland}, 10 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if raced {
				t.Skip("thousands of copies: too many for the race detector; pkg/apply has the same on a smaller world")
			}
			world := func(s *sandbox.Scene) {
				slow(test.takes)(s)
				s.Accounts[0].Enabled = sandbox.RegionList{All: true}
			}
			inLab(t, world, func(l *lab) {
				l.judge = nil
				start := time.Now()
				l.done(many(labSource, test.images, test.regions...))
				took, least := time.Since(start), bound(test.images, test.takes)
				ratio := float64(took) / float64(least)
				t.Logf("%s: %s, bound %s, ratio %.3f; %d calls", name, took.Round(time.Second), least, ratio, total(l.counted()))
				if ratio > 1.05 {
					t.Errorf("ratio %.3f", ratio)
				}
			})
		})
	}
}

func everyRegion() []string {
	return strings.Fields(`af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
		ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1
		ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1
		me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2`)
}

func total(calls map[string]int) int {
	n := 0
	for _, c := range calls {
		n += c
	}
	return n
}

// What amisync may cost in calls. Region counts: home, where the source is, and
// one with copies.
func TestCallBudgets(t *testing.T) {
	const one = "    regions: [eu-west-1]\n    tags: {team: a}\n    share: {accounts: [\"444455556666\"]}\n    publish: {ssm: /amis/web/current}\n"
	web, fleet := declare(labSource, one), many(labSource, 300, ireland)
	tests := map[string]struct {
		before []string // files applied earlier
		file   string
		budget map[string]int
	}{
		"a plan with no change": {[]string{web}, web, map[string]int{
			"sts:GetCallerIdentity": 1, "ec2:DescribeRegions": 1, "ec2:DescribeImages": 4, "ec2:DescribeSnapshots": 4,
			"ec2:DescribeImageAttribute": 1, "ssm:GetParameters": 1, "ssm:ListTagsForResource": 1, "ssm:DescribeParameters": 1,
		}},
		"a plan with no change of 300 copies": {[]string{fleet}, fleet, map[string]int{
			"sts:GetCallerIdentity": 1, "ec2:DescribeRegions": 1, "ec2:DescribeImages": 3, "ec2:DescribeSnapshots": 3,
		}},
		"one copy of 5 minutes, with its finishing": {nil, web, map[string]int{
			"sts:GetCallerIdentity": 1, "ec2:DescribeRegions": 1, "ec2:DescribeImages": 4 + 21, "ec2:DescribeSnapshots": 4 + 1,
			"ec2:GetAllowedImagesSettings": 1, "ec2:GetEbsEncryptionByDefault": 1, "ec2:GetImageBlockPublicAccessState": 1,
			"servicequotas:GetServiceQuota": 1, "ec2:GetEbsDefaultKmsKeyId": 1, "kms:DescribeKey": 1, // it is shared
			"ec2:CopyImage": 1, "ec2:CreateTags": 5, "ec2:ModifyImageAttribute": 1,
			"ssm:GetParameters": 3, "ssm:ListTagsForResource": 1, "ssm:PutParameter": 1,
		}},
		// The bucket is drained by our own calls; a few are refused and made again.
		"300 copies of 5 minutes into one Region": {nil, fleet, map[string]int{
			"sts:GetCallerIdentity": 1, "ec2:DescribeRegions": 1, "ec2:DescribeImages": 4 + 50, "ec2:DescribeSnapshots": 3 + 60,
			"ec2:GetAllowedImagesSettings": 1, "ec2:GetEbsEncryptionByDefault": 1, "ec2:GetImageBlockPublicAccessState": 1,
			"servicequotas:GetServiceQuota": 1,
			"ec2:CopyImage":                 305, "ec2:CreateTags": 2*300 + 60,
		}},
		// EC2 lets 100 through at once and then five a second, and so do we.
		"299 deregistrations in one Region": {[]string{fleet}, many(labSource, 1, ireland), map[string]int{
			"sts:GetCallerIdentity": 1, "ec2:DescribeRegions": 1, "ec2:DescribeImages": 12, "ec2:DescribeSnapshots": 150,
			"ec2:DescribeImageReferences": 4 * 30, "ec2:DeregisterImage": 299 + 3,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inLab(t, slow(5*time.Minute), func(l *lab) {
				l.judge = nil
				for _, file := range test.before {
					l.done(file)
				}
				l.counted()
				l.done(test.file)
				calls := l.counted()
				t.Log(calls)
				for call, n := range calls {
					if n > test.budget[call] {
						t.Errorf("%d calls of %s, %d allowed", n, call, test.budget[call])
					}
				}
			})
		})
	}
}
