package aws

import (
	"context"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/amisync/amisync/pkg/state"
)

// notOptedIn is the OptInStatus of a Region that the account has not enabled.
const notOptedIn = "not-opted-in"

// listRegions reads every Region of the caller's partition, enabled or not, as
// not yet read.
func (c *Client) listRegions(ctx context.Context, id Identity, scope state.Scope) ([]state.Region, error) {
	out, err := c.in(c.Home()).ec2.DescribeRegions(ctx, &ec2.DescribeRegionsInput{AllRegions: sdk.Bool(true)})
	if err != nil {
		return nil, c.failed(ctx, err, c.Home(), "")
	}
	var list []state.Region
	for _, r := range out.Regions {
		name := sdk.ToString(r.RegionName)
		if name == "" || foreign(name, id.Partition) {
			continue
		}
		optIn := sdk.ToString(r.OptInStatus)
		list = append(list, state.Region{Account: id.Account, Name: name, OptIn: optIn, Status: statusOf(name, optIn, scope)})
	}
	if len(list) == 0 {
		return nil, &state.CallError{
			Call: "ec2:DescribeRegions", Account: id.Account, Region: c.Home(), Code: state.CodeBadAnswer,
			Message: "the answer has no Region of partition " + id.Partition, Advice: advice(state.CodeBadAnswer, "", ""),
		}
	}
	slices.SortFunc(list, func(a, b state.Region) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// statusOf is what is known of a Region before it is read.
func statusOf(name, optIn string, scope state.Scope) state.Status {
	switch {
	case !scope.Contains(name):
		return state.OutOfScope
	case optIn == notOptedIn:
		return state.NotEnabled
	default:
		return state.Readable
	}
}

// partitionPrefixes tell Regions of other partitions than aws by their names
// (the regionRegex of each partition in the AWS SDKs' partitions.json).
var partitionPrefixes = map[string]string{
	"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc", "us-iso-": "aws-iso",
	"us-isob-": "aws-iso-b", "eu-isoe-": "aws-iso-e", "us-isof-": "aws-iso-f", "eu-isof-": "aws-iso-f",
}

// foreign reports whether a Region is certainly in another partition than the
// caller. AWS lists none such; emulators do, and would be asked in vain.
func foreign(region, partition string) bool {
	for prefix, p := range partitionPrefixes {
		if strings.HasPrefix(region, prefix) {
			return p != partition
		}
	}
	return false
}
