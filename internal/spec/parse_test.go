package spec

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/state"
)

// everyField writes every field of version 1 once.
const everyField = `version: 1
owner: platform-images
formerly: [old-team]
accounts: ["111122223333"]
prune: true
limits:
  remove: {max: 10, percent: 5}
  copy: {max: 20, gib: 300}
onlyRegions: [eu-*, us-*, ap-*]
ignoreRegions: [us-gov-*]
defaults:
  regions: [us-west-2, eu-west-1]
  tags: {team: platform, tier: base}
  lifecycle: {grace: 14d, snapshots: keep}
  guard: {versionDepth: 50}
images:
  web-base:
    source: {region: us-east-1, id: ami-0abcdef1234567890}
  batch:
    source: {region: us-east-1, lookup: {owners: [self, "444455556666"], name: "batch-*", tags: {stage: released}, architecture: arm64}}
    regions: all
    excludeRegions: [ap-south-1]
    optionalRegions: [ap-south-2]
    includeSourceRegion: true
    adopt: true
    allowRollback: true
  latest:
    source: {region: us-east-1, ssm: /aws/service/ami-amazon-linux-latest/al2023}
  linux:
    formerly: [al2023]
    source:
      region: us-east-1
      id: ami-0123456789abcdef0
      track: {ssm: /aws/service/ami-amazon-linux-latest/al2023}
    name: "x/{{ .Image }}-{{ .SourceID }}"
    description: "Base for every Linux service"
    tags: {team: linux, tier: null}
    copySourceTags: [version, os]
    encryption:
      kmsKey: alias/ami
      kmsKeys: {eu-west-1: "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}
    completeWithin: 15m
    share: {accounts: ["444455556666", "222233334444"], organizations: [], organizationalUnits: [], public: false, snapshots: true}
    publish: {ssm: /amis/linux/current, overwrite: true}
    lifecycle: {keep: 1, grace: 0, retire: disable, deprecateAfter: 365d, protect: true}
    guard: {references: [ssm, instances], launchedWithin: 30d}
`

func ptr[T any](v T) *T { return &v }

func TestDesiredOfEveryField(t *testing.T) {
	f, err := Parse("amis.yaml", []byte(everyField))
	if err != nil {
		t.Fatal(err)
	}
	week2 := state.Retention{Grace: 14 * 24 * time.Hour, Retire: "deprecate", Snapshots: "keep"}
	references := []string{"image-builder", "instances", "launch-templates", "ssm"}
	guard := state.Guard{References: references, VersionDepth: 50}
	base := map[string]string{"team": "platform", "tier": "base"}
	both := state.Regions{Names: []string{"eu-west-1", "us-west-2"}}
	want := state.Desired{
		Owner: "platform-images", Formerly: []string{"old-team"}, Accounts: []string{"111122223333"}, Prune: true,
		Limits:   state.Limits{RemoveMax: 10, RemovePercent: 5, CopyMax: 20, CopyGiB: 300},
		Scope:    state.Scope{Only: []string{"ap-*", "eu-*", "us-*"}, Ignore: []string{"us-gov-*"}},
		Defaults: week2, Guard: guard,
		Config: state.Config{Path: "amis.yaml", Commit: "c0ffee"},
		Images: []state.Image{
			{
				Name: "batch", Line: 19, NameTemplate: state.DefaultNameTemplate, Tags: base,
				Source: state.Source{Region: "us-east-1", Lookup: &state.Lookup{
					Owners: []string{"444455556666", "self"}, Name: "batch-*",
					Tags: map[string]string{"stage": "released"}, Architecture: "arm64",
				}},
				Regions: state.Regions{
					All: true, IncludeSource: true,
					Exclude: []string{"ap-south-1"}, Optional: []string{"ap-south-2"},
				},
				Lifecycle: state.Lifecycle{Retention: week2}, Guard: guard, Adopt: true, AllowRollback: true,
			},
			{
				Name: "latest", Line: 27, NameTemplate: state.DefaultNameTemplate, Tags: base, Regions: both,
				Source:    state.Source{Region: "us-east-1", SSM: "/aws/service/ami-amazon-linux-latest/al2023"},
				Lifecycle: state.Lifecycle{Retention: week2}, Guard: guard,
			},
			{
				Name: "linux", Line: 29, Formerly: []string{"al2023"}, Regions: both,
				NameTemplate: "x/{{ .Image }}-{{ .SourceID }}", Description: "Base for every Linux service",
				Tags:           map[string]string{"team": "linux"},
				CopySourceTags: state.SourceTags{Keys: []string{"os", "version"}},
				Source: state.Source{
					Region: "us-east-1", ID: "ami-0123456789abcdef0",
					Track: &state.Track{SSM: "/aws/service/ami-amazon-linux-latest/al2023"},
				},
				Encryption: &state.Encryption{Key: "alias/ami", Regions: map[string]string{
					"eu-west-1": "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
				}},
				CompleteWithin: 15 * time.Minute,
				Share:          &state.Share{Accounts: []string{"222233334444", "444455556666"}, Snapshots: true},
				Publish:        &state.Publish{SSM: "/amis/linux/current", Overwrite: true},
				Lifecycle: state.Lifecycle{
					Keep: 1, DeprecateAfter: ptr(365 * 24 * time.Hour),
					Retention: state.Retention{Retire: "disable", Snapshots: "keep", Protect: ptr(true)},
				},
				Guard: state.Guard{References: []string{"instances", "ssm"}, VersionDepth: 50, LaunchedWithin: 30 * 24 * time.Hour},
			},
			{
				Name: "web-base", Line: 17, NameTemplate: state.DefaultNameTemplate, Tags: base, Regions: both,
				Source:    state.Source{Region: "us-east-1", ID: "ami-0abcdef1234567890"},
				Lifecycle: state.Lifecycle{Retention: week2}, Guard: guard,
			},
		},
	}
	got := f.Desired(state.Config{Path: "amis.yaml", Commit: "c0ffee"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Desired (-want +got):\n%s", diff)
	}
}
