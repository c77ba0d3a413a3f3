package plan_test

import (
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

var preflightRows = []row{
	{"quota of AMIs near", func(c *cloud) {
		for range 8 {
			c.copyOf(oldAMI, "eu-west-1", tag(state.TagOwner, "others"))
		}
		c.quotas[state.QuotaImages] = 9
	}, []string{"copy no_copy", "warning quota_images_near"}},
	{"quota of AMIs at 90 % is not near", func(c *cloud) {
		for range 8 {
			c.copyOf(oldAMI, "eu-west-1", tag(state.TagOwner, "others"))
		}
		c.quotas[state.QuotaImages] = 10
	}, []string{"copy no_copy"}},
	{"quota of AMIs full, and no copy to start", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.quotas[state.QuotaImages] = 1
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"quotas unknown", func(c *cloud) { c.deaf["quotas"] = true }, []string{"copy no_copy", "warning quota_unknown"}},
	{"quotas unknown, with completeWithin", func(c *cloud) {
		c.deaf["quotas"], c.web().CompleteWithin = true, 15*time.Minute
	}, []string{"copy no_copy", "warning quota_unknown"}},
	{"more copies at once than EC2 makes", func(c *cloud) {
		for i := range 300 {
			c.copyOf(oldAMI, "eu-west-1", tag(state.TagOwner, "others"), inState(state.ImagePending), func(a *state.AMI) { a.Name = fmt.Sprint(i) })
		}
	}, []string{"copy no_copy", "warning quota_copies_near"}},
	{"time-based copy without a quota for it", func(c *cloud) {
		c.quotas[state.QuotaTimedCopy], c.web().CompleteWithin = 0, 15*time.Minute
	}, []string{"copy no_copy !timed_copy_quota"}},
	{"copy without completeWithin needs no such quota", func(c *cloud) {
		c.quotas[state.QuotaTimedCopy] = 0
	}, []string{"copy no_copy"}},
	{"source gone, or not allowed", func(c *cloud) {
		delete(c.sources, oldAMI)
		c.settings[home] = state.Settings{AllowedImages: "enabled"}
	}, []string{"copy no_copy !source_not_allowed"}},
	{"lookup finds nothing, or nothing allowed", func(c *cloud) {
		c.lookup("")
		c.settings[home] = state.Settings{AllowedImages: "enabled"}
	}, []string{"copy no_copy !source_not_allowed"}},
	{"Allowed AMIs in audit mode hides nothing", func(c *cloud) {
		delete(c.sources, oldAMI)
		c.settings[home] = state.Settings{AllowedImages: "audit-mode"}
	}, []string{"copy no_copy !source_not_found"}},
	{"somebody else's source with product codes", func(c *cloud) {
		c.sources[oldAMI].ProductCodes = []string{"abc"}
	}, []string{"copy no_copy", "warning marketplace_source"}},
	{"our own source with product codes", func(c *cloud) {
		c.sources[oldAMI].ProductCodes, c.sources[oldAMI].OwnerID = []string{"abc"}, account
	}, []string{"copy no_copy"}},
	{"somebody else's snapshots cannot be read", func(c *cloud) {
		delete(c.parts, "snap-of-"+oldAMI)
	}, []string{"copy no_copy", "warning source_storage"}},
	{"somebody else's snapshots do not matter where nothing is copied", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		delete(c.parts, "snap-of-"+oldAMI)
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
}
