package aws

import (
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Limits of one request (EC2 User Guide, "List and filter your resources";
// DescribeImages; DescribeImageReferences; CreateTags).
const (
	pageSize        = 1000
	filterValues    = 200
	referenceImages = 10
	taggedResources = 1000
)

var wildcards = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

// filter matches values as they are: EC2 takes * and ? for wildcards.
func filter(name string, values ...string) types.Filter {
	escaped := make([]string, len(values))
	for i, v := range values {
		escaped[i] = wildcards.Replace(v)
	}
	return pattern(name, escaped...)
}

// pattern matches values with EC2's wildcards.
func pattern(name string, values ...string) types.Filter {
	return types.Filter{Name: sdk.String(name), Values: values}
}

// chunked cuts a list into what one request takes. An empty list gives no
// chunk, and so no request: without ids EC2 would describe everything.
func chunked(ids []string, size int) [][]string {
	sorted := slices.Compact(slices.Sorted(slices.Values(ids)))
	return slices.Collect(slices.Chunk(sorted, size))
}
