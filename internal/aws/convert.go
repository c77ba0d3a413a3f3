package aws

import (
	"slices"
	"strconv"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// toTags makes a map of EC2's tags; nil where there are none.
func toTags(list []types.Tag) map[string]string {
	if len(list) == 0 {
		return nil
	}
	tags := make(map[string]string, len(list))
	for _, t := range list {
		tags[sdk.ToString(t.Key)] = sdk.ToString(t.Value)
	}
	return tags
}

// fromTags makes EC2's tags of a map, sorted: a request with a ClientToken must
// be the same each time.
func fromTags(tags map[string]string) []types.Tag {
	list := make([]types.Tag, 0, len(tags))
	for k, v := range tags {
		list = append(list, types.Tag{Key: sdk.String(k), Value: sdk.String(v)})
	}
	slices.SortFunc(list, func(a, b types.Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return list
}

// timeForms are how EC2 writes the times that it gives as text: with and
// without fractions, with Z or an offset, and, in older answers, without either.
var timeForms = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00"}

// parseTime is the zero time where a text is empty or in no known form.
func parseTime(text *string) time.Time {
	for _, form := range timeForms {
		if t, err := time.Parse(form, sdk.ToString(text)); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// parsePercent reads "37%"; 0 where it cannot.
func parsePercent(text *string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(sdk.ToString(text)), "%"))
	if err != nil {
		return 0
	}
	return n
}
