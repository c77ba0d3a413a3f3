package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPosition(t *testing.T) {
	f := parsed(t, `defaults:
  regions: [eu-west-1]
  tags:
    team: platform
images:
  web:
    source:
      region: us-east-1
      id: ami-0abcdef1234567890
    tags:
      tier: web
`)
	for path, want := range map[string]Position{
		"owner":                    {2, 1},
		"accounts[0]":              {3, 12},
		"images.web":               {10, 3},
		"images.web.source.id":     {13, 7},
		"images.web.regions":       {6, 3}, // from the defaults
		"images.web.regions[0]":    {6, 13},
		"images.web.tags":          {14, 5},
		"images.web.tags.tier":     {15, 7},
		"images.web.tags.team":     {8, 5},
		"images.web.share":         {},
		"images.api":               {},
		"images.web.regions[1]":    {},
		"defaults.tags.team":       {8, 5},
		"images.web.source.region": {12, 7},
	} {
		got, ok := f.Position(path)
		if got != want || ok != (want != Position{}) {
			t.Errorf("Position(%q) = %v, %t; want %v", path, got, ok, want)
		}
	}
}

func TestCheckRegions(t *testing.T) {
	f := parsed(t, `onlyRegions: [eu-*, us-*, mars-east-1]
defaults: {optionalRegions: [eu-west-9]}
images:
  web:
    source: {region: us-east-9, id: ami-0abcdef1234567890}
    regions: [eu-west-1, eu-wst-1]
    encryption: {kmsKey: alias/ami, kmsKeys: {eu-wst-1: alias/x}}
  api:
    source: {region: us-east-1, id: ami-0abcdef1234567891}
    regions: all
    excludeRegions: [eu-north-9]
`)
	known := []string{"eu-north-1", "eu-west-1", "eu-west-2", "us-east-1"}
	var got []string
	for _, d := range f.CheckRegions(known) {
		got = append(got, d.String())
	}
	const is = "there is no Region "
	const end = " in the partition of these credentials; did you mean "
	want := []string{
		"amis.yaml:5:27: " + is + "mars-east-1" + end + `"us-east-1"?`,
		"amis.yaml:6:30: " + is + "eu-west-9" + end + `"eu-west-1"?`,
		"amis.yaml:9:22: " + is + "us-east-9" + end + `"us-east-1"?`,
		"amis.yaml:10:26: " + is + "eu-wst-1" + end + `"eu-west-1"?`,
		"amis.yaml:11:47: " + is + "eu-wst-1" + end + `"eu-west-1"?`,
		"amis.yaml:15:22: " + is + "eu-north-9" + end + `"eu-north-1"?`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	known = append(known, "mars-east-1", "eu-west-9", "us-east-9", "eu-wst-1", "eu-north-9")
	if d := f.CheckRegions(known); len(d) != 0 {
		t.Errorf("known Regions are refused: %v", d)
	}
}
