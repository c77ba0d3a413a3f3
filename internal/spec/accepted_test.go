package spec

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/state"
)

// parsed reads a file that begins with fileHead, which schema and Parse must
// both accept.
func parsed(t *testing.T, body string) *File {
	t.Helper()
	f, err := Parse("amis.yaml", []byte(fileHead+body))
	if err != nil {
		t.Fatalf("Parse of\n%s\n%v", body, err)
	}
	if err := schemaSays(t)([]byte(fileHead + body)); err != nil {
		t.Errorf("the schema refuses what Parse accepts: %v", err)
	}
	return f
}

func onlyImage(t *testing.T, body string) state.Image {
	t.Helper()
	d := parsed(t, body).Desired(state.Config{})
	if len(d.Images) != 1 {
		t.Fatalf("%d images; want one", len(d.Images))
	}
	return d.Images[0]
}

const webSource = "    source: {region: us-east-1, id: ami-0abcdef1234567890}\n"

func TestDefaultsOfWhatIsNotWritten(t *testing.T) {
	got := parsed(t, "images:\n  web:\n"+webSource+"    regions: [eu-west-1]\n").Desired(state.Config{})
	retention := state.Retention{Grace: 7 * 24 * time.Hour, Retire: "deprecate", Snapshots: "delete"}
	guard := state.Guard{References: []string{"image-builder", "instances", "launch-templates", "ssm"}, VersionDepth: 10}
	want := state.Desired{
		Owner: "o", Accounts: []string{"111122223333"}, Prune: true,
		Limits:   state.Limits{RemoveMax: 40, RemovePercent: 30, CopyMax: 200, CopyGiB: 5000},
		Defaults: retention, Guard: guard,
		Images: []state.Image{{
			Name: "web", Line: 6, Source: state.Source{Region: "us-east-1", ID: "ami-0abcdef1234567890"},
			Regions: state.Regions{Names: []string{"eu-west-1"}}, NameTemplate: state.DefaultNameTemplate,
			Lifecycle: state.Lifecycle{Retention: retention}, Guard: guard,
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Maps merge key by key, lists replace, null unsets.
func TestDefaultsMerge(t *testing.T) {
	const defaults = `defaults:
  regions: [eu-west-1, us-west-2]
  tags: {team: platform, tier: base}
  copySourceTags: [os]
  encryption: {kmsKey: alias/ami, kmsKeys: {eu-west-1: alias/eu, us-west-2: alias/us}}
  share: {accounts: ["444455556666"], snapshots: true}
  publish: {overwrite: true}
  lifecycle: {keep: 2, grace: 1d, protect: true, deprecateAfter: 30d}
  guard: {references: off, launchedWithin: 1h}
  description: From the defaults
  completeWithin: 30m
  adopt: true
images:
  web:
` + webSource
	all := func(change func(*state.Image)) state.Image {
		im := state.Image{
			Name: "web", Line: 18, Source: state.Source{Region: "us-east-1", ID: "ami-0abcdef1234567890"},
			Regions: state.Regions{Names: []string{"eu-west-1", "us-west-2"}}, NameTemplate: state.DefaultNameTemplate,
			Description: "From the defaults", Tags: map[string]string{"team": "platform", "tier": "base"},
			CopySourceTags: state.SourceTags{Keys: []string{"os"}},
			Encryption:     &state.Encryption{Key: "alias/ami", Regions: map[string]string{"eu-west-1": "alias/eu", "us-west-2": "alias/us"}},
			CompleteWithin: 30 * time.Minute,
			Share:          &state.Share{Accounts: []string{"444455556666"}, Snapshots: true},
			Publish:        &state.Publish{SSM: "/amis/web", Overwrite: true},
			Lifecycle: state.Lifecycle{Keep: 2, DeprecateAfter: ptr(30 * 24 * time.Hour), Retention: state.Retention{
				Grace: 24 * time.Hour, Retire: "deprecate", Snapshots: "delete", Protect: ptr(true),
			}},
			Guard: state.Guard{VersionDepth: 10, LaunchedWithin: time.Hour},
			Adopt: true,
		}
		change(&im)
		return im
	}
	const published = "    publish: {ssm: /amis/web}\n"
	for _, c := range []struct {
		name, image string
		want        state.Image
	}{
		{"nothing of its own", published, all(func(*state.Image) {})},
		{"maps merge", published + "    tags: {tier: web, os: linux}\n    lifecycle: {grace: 2d}\n    encryption: {kmsKeys: {us-west-2: default}}\n", all(func(im *state.Image) {
			im.Tags = map[string]string{"team": "platform", "tier": "web", "os": "linux"}
			im.Lifecycle.Grace = 48 * time.Hour
			im.Encryption.Regions["us-west-2"] = "default"
		})},
		{"lists replace", published + "    regions: [us-west-2]\n    copySourceTags: true\n    share: {accounts: []}\n", all(func(im *state.Image) {
			im.Regions.Names = []string{"us-west-2"}
			im.CopySourceTags = state.SourceTags{All: true}
			im.Share.Accounts = nil
		})},
		{"null unsets", "    publish: null\n    share: ~\n    encryption:\n    description: null\n    completeWithin: null\n    adopt: null\n    copySourceTags: null\n    guard: null\n    lifecycle: null\n    tags: null\n", all(func(im *state.Image) {
			im.Publish, im.Share, im.Encryption, im.Tags = nil, nil, nil, nil
			im.Description, im.CompleteWithin, im.Adopt, im.CopySourceTags = "", 0, false, state.SourceTags{}
			im.Guard = state.Guard{References: []string{"image-builder", "instances", "launch-templates", "ssm"}, VersionDepth: 10}
			im.Lifecycle = state.Lifecycle{Retention: state.Retention{Grace: 7 * 24 * time.Hour, Retire: "deprecate", Snapshots: "delete"}}
		})},
		{"null unsets one key", published + "    tags: {tier: null}\n    lifecycle: {protect: null, keep: null}\n    share: {snapshots: null}\n    encryption: {kmsKeys: {eu-west-1: null}}\n", all(func(im *state.Image) {
			delete(im.Tags, "tier")
			delete(im.Encryption.Regions, "eu-west-1")
			im.Lifecycle.Protect, im.Lifecycle.Keep, im.Share.Snapshots = nil, 0, false
		})},
	} {
		if diff := cmp.Diff(c.want, onlyImage(t, defaults+c.image)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestAliasesStandForWholeValues(t *testing.T) {
	f := parsed(t, `images:
  web:
    source: {region: us-east-1, id: ami-0abcdef1234567890}
    regions: &eu [eu-west-1, eu-west-2]
    tags: &tags {team: platform}
  api:
    source: {region: us-east-1, id: ami-0abcdef1234567891}
    regions: *eu
    tags: *tags
`)
	for _, im := range f.Desired(state.Config{}).Images {
		if diff := cmp.Diff([]string{"eu-west-1", "eu-west-2"}, im.Regions.Names); diff != "" || im.Tags["team"] != "platform" {
			t.Errorf("image %s: %v %v", im.Name, im.Regions.Names, im.Tags)
		}
	}
}

// Each of these is right, though it is near to something that is not.
func TestParseAccepts(t *testing.T) {
	image := func(rest string) string { return "images:\n  web:\n" + webSource + rest }
	for name, body := range map[string]string{
		"no images":                             "images: {}\n",
		"the source's Region among the Regions": image("    regions: [us-east-1, eu-west-1]\n"),
		"default exclusions beside a list":      "defaults: {regions: all, excludeRegions: [me-south-1], includeSourceRegion: true, optionalRegions: [ap-south-2]}\n" + image("    regions: [eu-west-1]\n"),
		"a source out of scope":                 "onlyRegions: [eu-*]\n" + image("    regions: all\n"),
		"names that do not meet":                "images:\n  a:\n" + webSource + "    regions: [eu-west-1]\n    name: \"{{ .Image }}-b-{{ .SourceID }}\"\n  a-b:\n" + webSource + "    regions: [eu-west-2]\n",
		"one parameter in different Regions":    "defaults: {publish: {ssm: /amis/web}}\nimages:\n  a:\n" + webSource + "    regions: [us-east-1]\n  b:\n" + webSource + "    regions: all\n",
		"one parameter in different partitions": "defaults: {publish: {ssm: /amis/web}, regions: all}\nimages:\n  a:\n" + webSource + "  b: {source: {region: cn-north-1, id: ami-0abcdef1}}\n",
		"a key of every Region but one":         image("    regions: [eu-west-1, us-west-2]\n    encryption: {kmsKey: \"arn:aws:kms:eu-west-1:111122223333:alias/ami\", kmsKeys: {us-west-2: mrk-0123456789abcdef0123456789abcdef}}\n"),
		"default keys for Regions of others":    "defaults: {encryption: {kmsKey: alias/ami, kmsKeys: {us-west-2: alias/us}}}\n" + image("    regions: [eu-west-1]\n"),
		"empty tag value and odd characters":    image("    regions: [eu-west-1]\n    tags: {empty: \"\", \"a b/ü:=+@\": \"ö, {}\"}\n"),
		"longest name":                          image("    regions: [eu-west-1]\n    name: \"" + strings.Repeat("x", 99) + "{{ .Image }}-{{ .SourceID }}\"\n"),
		"references off":                        image("    regions: [eu-west-1]\n    guard: {references: off}\n    lifecycle: {grace: \"0\"}\n"),
		"48h in hours":                          image("    regions: [eu-west-1]\n    completeWithin: 48h\n"),
		"organizations":                         image("    regions: [eu-west-1]\n    share: {organizations: [\"arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5\"], organizationalUnits: [\"arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-a1b2c3d4\"]}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			parsed(t, body)
		})
	}
}
