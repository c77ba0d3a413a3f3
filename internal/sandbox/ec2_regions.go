package sandbox

import "slices"

// enabled tells whether the account can use a Region.
func (a *account) enabled(region string) bool { return slices.Contains(a.Enabled, region) }

type describeRegionsInput struct {
	AllRegions bool
	RegionName []string
	Filter     []filterInput
}

// optInStatus of a Region for an account.
func (a *account) optInStatus(r regionInfo) string {
	switch {
	case !r.OptIn:
		return "opt-in-not-required"
	case a.enabled(r.Name):
		return "opted-in"
	}
	return "not-opted-in"
}

// describeRegions lists the Regions of the caller's partition: those enabled
// for the account, and with AllRegions also the others.
func describeRegions(k *call, in *describeRegionsInput) error {
	match, err := filterable[regionInfo]{one: map[string]func(regionInfo) string{
		"endpoint":      regionInfo.endpoint,
		"opt-in-status": k.acct.optInStatus,
		"region-name":   func(r regionInfo) string { return r.Name },
	}}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	all := regionsOf(k.acct.Partition)
	for _, name := range in.RegionName {
		if !slices.ContainsFunc(all, func(r regionInfo) bool { return r.Name == name }) {
			return fail("InvalidParameterValue", "Invalid region names: [%s]", name)
		}
	}
	k.out.open("regionInfo")
	for _, r := range all {
		named := len(in.RegionName) == 0 || slices.Contains(in.RegionName, r.Name)
		if !named || !match(r) || (!in.AllRegions && !k.acct.enabled(r.Name)) {
			continue
		}
		k.out.open("item")
		k.out.text("regionName", r.Name)
		k.out.text("regionEndpoint", r.endpoint())
		k.out.text("optInStatus", k.acct.optInStatus(r))
		k.out.within("geographySet", func() {
			k.out.within("item", func() { k.out.text("name", r.Geography) })
		})
		k.out.close("item")
	}
	k.out.close("regionInfo")
	return nil
}
