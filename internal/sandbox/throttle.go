package sandbox

import (
	"strings"
	"time"
)

// limit is a token bucket: so many requests at once, so many more a second.
type limit struct {
	burst  float64
	refill float64
}

// The buckets of "Request throttling for the Amazon EC2 API". Every API has a
// bucket of its own per account and Region.
var limits = map[string]limit{
	"CopyImage":                     {100, 1},
	"DeregisterImage":               {100, 5},
	"ModifyImageAttribute":          {100, 5},
	"ModifySnapshotAttribute":       {100, 5},
	"DeleteSnapshot":                {100, 5},
	"CreateSnapshot":                {100, 5},
	"CreateTags":                    {100, 10},
	"DeleteTags":                    {100, 10},
	"EnableImageBlockPublicAccess":  {1, 0.1},
	"DisableImageBlockPublicAccess": {1, 0.1},
	"RunInstances":                  {5, 2},
	"TerminateInstances":            {100, 5},
}

var (
	readLimit       = limit{100, 20}
	unfilteredLimit = limit{50, 10} // describes of the listed kinds without filter and pagination
	writeLimit      = limit{50, 5}
)

type bucket struct {
	tokens float64
	at     time.Time
}

// throttle takes a token for the call, or refuses it. Only EC2's buckets are
// published in this form; the other services are not throttled.
func (c *Cloud) throttle(k *call) error {
	if k.svc.name != "ec2" || c.opts.unthrottled || c.st.Settings.Unthrottled {
		return nil
	}
	name, lim := c.limitOf(k)
	id := k.acct.ID + "/" + k.reg.Name + "/" + name
	b := c.buckets[id]
	if b == nil {
		b = &bucket{tokens: lim.burst, at: k.now}
		c.buckets[id] = b
	}
	if passed := k.now.Sub(b.at); passed > 0 {
		b.tokens = min(lim.burst, b.tokens+passed.Seconds()*lim.refill)
	}
	b.at = k.now
	if b.tokens < 1 {
		return fail("RequestLimitExceeded", "Request limit exceeded.")
	}
	b.tokens--
	return nil
}

func (c *Cloud) limitOf(k *call) (string, limit) {
	if k.op == "CopyImage" {
		q := c.st.Settings.Quotas
		return k.op, limit{float64(or(q.ThrottleCopyBurst, 100)), float64(or(q.ThrottleCopyRate, 1))}
	}
	if lim, ok := limits[k.op]; ok {
		return k.op, lim
	}
	switch {
	case (k.op == "DescribeInstances" || k.op == "DescribeSnapshots") && bare(k.params):
		return k.op + "/unfiltered", unfilteredLimit
	case !k.act.mutates:
		return k.op, readLimit
	}
	return k.op, writeLimit
}

// bare tells whether a describe has neither a filter nor pagination.
func bare(params map[string]string) bool {
	for name := range params {
		if strings.HasPrefix(name, "Filter.") || name == "MaxResults" {
			return false
		}
	}
	return true
}
