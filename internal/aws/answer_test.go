package aws_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func source(image string, s state.Source) plan.SourceQuery {
	if s.Region == "" {
		s.Region = sourceHome
	}
	return plan.SourceQuery{Image: image, Source: s}
}

const lookedUp = sources + `
- {id: ami-0aaaaaaaaaaaaaaa3, region: us-east-1, name: base-3, tags: {"amisync:owner": other}, created: 2026-02-20T00:00:00Z, devices: [{name: /dev/xvda}]}
- {id: ami-0aaaaaaaaaaaaaaa4, region: us-east-1, name: base-4, state: pending, created: 2026-02-21T00:00:00Z, devices: [{name: /dev/xvda}]}
- {id: ami-0aaaaaaaaaaaaaaa5, region: us-east-1, name: odd-1, tags: {"what?": "a*b"}, created: 2026-01-01T00:00:00Z, devices: [{name: /dev/xvda}]}
- {id: ami-0aaaaaaaaaaaaaaa6, region: us-east-1, name: odd-2, tags: {"what?": "axb"}, created: 2026-02-01T00:00:00Z, devices: [{name: /dev/xvda}]}
parameters:
- {region: us-east-1, name: /images/base, value: ami-0aaaaaaaaaaaaaaa2}
- {region: us-east-1, name: /images/text, value: hello}
- {region: us-east-1, name: /images/gone, value: ami-0bbbbbbbbbbbbbbb1}
`

func TestSources(t *testing.T) {
	self := []string{"self"}
	for name, test := range map[string]struct {
		source  state.Source
		ami     string
		missing string // code
		unknown string // code
	}{
		"pinned":               {source: state.Source{ID: sourceID}, ami: sourceID},
		"pinned, foreign":      {source: state.Source{ID: foreignID}, ami: foreignID},
		"pinned, pending":      {source: state.Source{ID: "ami-0aaaaaaaaaaaaaaa4"}, ami: "ami-0aaaaaaaaaaaaaaa4"},
		"pinned, gone":         {source: state.Source{ID: "ami-0bbbbbbbbbbbbbbb1"}, missing: "InvalidAMIID.NotFound"},
		"newest available":     {source: state.Source{Lookup: &state.Lookup{Owners: self, Name: "base-*"}}, ami: otherID},
		"by tag":               {source: state.Source{Lookup: &state.Lookup{Owners: self, Tags: map[string]string{"stage": "released"}}}, ami: sourceID},
		"tag with a wildcard":  {source: state.Source{Lookup: &state.Lookup{Owners: self, Tags: map[string]string{"what?": "a*b"}}}, ami: "ami-0aaaaaaaaaaaaaaa5"},
		"by owner":             {source: state.Source{Lookup: &state.Lookup{Owners: []string{foreigner}, Architecture: "x86_64"}}, ami: foreignID},
		"other architecture":   {source: state.Source{Lookup: &state.Lookup{Owners: self, Name: "base-*", Architecture: "arm64"}}, missing: "NoMatch"},
		"no owners":            {source: state.Source{Lookup: &state.Lookup{Name: "base-*"}}, missing: "NoOwners"},
		"parameter":            {source: state.Source{SSM: "/images/base"}, ami: otherID},
		"parameter, no AMI":    {source: state.Source{SSM: "/images/text"}, missing: "NotAnAMI"},
		"parameter, gone AMI":  {source: state.Source{SSM: "/images/gone"}, missing: "InvalidAMIID.NotFound"},
		"parameter, not there": {source: state.Source{SSM: "/images/none"}, missing: "ParameterNotFound"},
		"Region not enabled":   {source: state.Source{Region: "eu-south-2", ID: sourceID}, unknown: "RegionNotEnabled"},
		"no such Region":       {source: state.Source{Region: "us-east-9", ID: sourceID}, unknown: "NoSuchRegion"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, lookedUp)
			live := w.read(t)
			got, ok := w.answer(t, plan.Query{Sources: []plan.SourceQuery{source("web", test.source)}}, &live).Sources["web"]
			if !ok {
				t.Fatal("no answer")
			}
			var ami, missing, unknown string
			if got.Value.AMI != nil {
				ami = got.Value.AMI.ID
			}
			if got.Value.Missing != nil {
				missing = got.Value.Missing.Code
			}
			if got.Problem != nil {
				unknown = got.Problem.Code
			}
			if ami != test.ami || missing != test.missing || unknown != test.unknown {
				t.Errorf("AMI %q, missing %+v, problem %+v", ami, got.Value.Missing, got.Problem)
			}
			if ami == sourceID && (len(got.Value.Snapshots) != 1 || got.Value.Snapshots[0].WrittenBytes != 2<<30) {
				t.Errorf("snapshots %+v, want one of 2 GiB", got.Value.Snapshots)
			}
		})
	}
}

func TestSourcesOfARegionAreReadAtOnce(t *testing.T) {
	w := newWorld(t, lookedUp)
	live := w.read(t)
	w.counted()
	var q plan.Query
	for i := range 25 {
		q.Sources = append(q.Sources, source(fmt.Sprint("pinned", i), state.Source{ID: sourceID}),
			source(fmt.Sprint("parameter", i), state.Source{SSM: fmt.Sprintf("/images/%d", i)}))
	}
	q.Sources = append(q.Sources, source("lookup", state.Source{Lookup: &state.Lookup{Owners: []string{"self"}, Name: "base-*"}}))
	if got := w.answer(t, q, &live).Sources; len(got) != 51 {
		t.Errorf("%d answers, want 51", len(got))
	}
	want := map[string]int{"ec2:DescribeImages": 2, "ec2:DescribeSnapshots": 1, "ssm:GetParameters": 3}
	if diff := cmp.Diff(want, w.counted()); diff != "" {
		t.Error(diff)
	}
}

func TestKeys(t *testing.T) {
	w := newWorld(t, sources+`
regions: [{account: "111122223333", regions: [eu-west-1], defaultKey: alias/ami}]
`)
	live := w.read(t)
	query := func(region, key string) state.KeyQuery {
		return state.KeyQuery{Account: account, Region: region, Key: key}
	}
	alias, standard, managed := query("eu-west-1", "alias/ami"), query("eu-west-1", state.KeyDefault), query("us-west-2", state.KeyDefault)
	none, denied := query("us-west-2", "alias/ami"), query("sa-east-1", "alias/ami")
	w.AddFault(sandbox.Fault{Service: "kms", Region: "sa-east-1", Code: "AccessDeniedException", Status: 400})
	got := w.answer(t, plan.Query{Keys: []state.KeyQuery{alias, standard, managed, none, denied}}, &live).Keys
	key := got[alias].Value
	if !key.Exists || !key.Enabled || key.Managed || key.Spec != "SYMMETRIC_DEFAULT" || key.Usage != "ENCRYPT_DECRYPT" ||
		!strings.HasPrefix(key.ARN, "arn:aws:kms:eu-west-1:111122223333:key/") {
		t.Errorf("alias: %+v, %+v", key, got[alias].Problem)
	}
	if got[standard].Value != key {
		t.Errorf("default: %+v, want %+v", got[standard].Value, key)
	}
	if !got[managed].Value.Exists || !got[managed].Value.Managed {
		t.Errorf("managed default: %+v", got[managed])
	}
	if !got[none].Known() || got[none].Value.Exists {
		t.Errorf("no such key: %+v, %+v", got[none].Value, got[none].Problem)
	}
	if got[denied].Known() || got[denied].Problem.Code != "AccessDeniedException" {
		t.Errorf("denied: %+v", got[denied])
	}
}

func TestPermissions(t *testing.T) {
	w := newWorld(t, sources)
	id := w.copied(t, "eu-west-1", "web")[0]
	snapshot := w.image(t, "eu-west-1", id).SnapshotIDs()[0]
	shared := []state.Grant{
		{Account: foreigner},
		{Organization: "arn:aws:organizations::111122223333:organization/o-abcdefghij"},
		{OrganizationalUnit: "arn:aws:organizations::111122223333:ou/o-abcdefghij/ou-abcd-12345678"},
	}
	if err := w.client.ShareImage(t.Context(), in("eu-west-1"), id, shared, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.client.ShareSnapshot(t.Context(), in("eu-west-1"), snapshot, []state.Grant{{Account: foreigner}, {Public: true}}, nil); err != nil {
		t.Fatal(err)
	}
	image, volume := state.Resource{Account: account, Region: "eu-west-1", ID: id}, state.Resource{Account: account, Region: "eu-west-1", ID: snapshot}
	gone := state.Resource{Account: account, Region: "eu-west-1", ID: "ami-0bbbbbbbbbbbbbbb1"}
	live := w.read(t)
	facts := w.answer(t, plan.Query{LaunchPermissions: []state.Resource{image, gone}, SnapshotPermissions: []state.Resource{volume}}, &live)
	want := []state.Grant{shared[0], shared[1], shared[2]}
	if diff := cmp.Diff(want, facts.LaunchPermissions[image].Value); diff != "" {
		t.Error("launch permissions", diff)
	}
	if p := facts.LaunchPermissions[gone].Problem; p == nil || p.Code != "InvalidAMIID.NotFound" {
		t.Errorf("permissions of an image that is gone: %+v", p)
	}
	if diff := cmp.Diff([]state.Grant{{Account: foreigner}, {Public: true}}, facts.SnapshotPermissions[volume].Value); diff != "" {
		t.Error("snapshot permissions", diff)
	}
}

func TestReferences(t *testing.T) {
	w := newWorld(t, sources+`
references:
- {region: us-east-1, image: ami-0aaaaaaaaaaaaaaa1, type: "ec2:Instance"}
- {region: us-east-1, image: ami-0aaaaaaaaaaaaaaa1, type: "imagebuilder:ImageRecipe", name: recipe}
`)
	live := w.read(t)
	w.counted()
	var q plan.Query
	for i := range 21 {
		q.References = append(q.References, state.ReferenceQuery{Account: account, Region: sourceHome, AMI: fmt.Sprintf("ami-0aaaaaaaaaaaa%04x", i), Depth: 25})
	}
	used := state.ReferenceQuery{Account: account, Region: sourceHome, AMI: sourceID, Depth: 25}
	q.References = append(q.References, used)
	got := w.answer(t, q, &live).References
	if n := w.counted()["ec2:DescribeImageReferences"]; n != 3 || len(got) != 22 {
		t.Errorf("%d requests and %d answers, want 3 and 22", n, len(got))
	}
	var types []string
	for _, r := range got[used].Value {
		types = append(types, r.Type)
	}
	if diff := cmp.Diff([]string{"ec2:Instance", "imagebuilder:ImageRecipe"}, types); diff != "" {
		t.Error(got[used].Problem, diff)
	}
	for _, r := range w.Requests() {
		if r.Operation != "DescribeImageReferences" {
			continue
		}
		if r.Params["IncludeAllResourceTypes"] != "true" || r.Params["ResourceType.1.ResourceType"] != "ec2:LaunchTemplate" ||
			r.Params["ResourceType.1.ResourceTypeOption.1.OptionValue.1"] != "25" || r.Params["ResourceType.2.ResourceType"] != "" {
			t.Errorf("asked %v", r.Params)
		}
	}
}

// TestOneQuestionDoesNotSpoilAnother: an error of one Region is the problem of
// its own questions only, and the error of Answer is the context's end.
func TestOneQuestionDoesNotSpoilAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sources)
		live := w.read(t)
		w.AddFault(sandbox.Fault{Region: "eu-west-1", Effect: sandbox.EffectRegionDown})
		good, bad := in("us-west-2"), in("eu-west-1")
		key := func(target state.Target) state.KeyQuery {
			return state.KeyQuery{Account: account, Region: target.Region, Key: state.KeyDefault}
		}
		facts := w.answer(t, plan.Query{
			Settings: []state.Target{good, bad}, RecycleBins: []state.Target{good, bad}, Keys: []state.KeyQuery{key(good), key(bad)},
		}, &live)
		for what, known := range map[string][2]bool{
			"settings":     {facts.Settings[good].Known(), facts.Settings[bad].Known()},
			"recycle bins": {facts.RecycleBins[good].Known(), facts.RecycleBins[bad].Known()},
			"keys":         {facts.Keys[key(good)].Known(), facts.Keys[key(bad)].Known()},
		} {
			if known != [2]bool{true, false} {
				t.Errorf("%s: known %v, want the good Region's only", what, known)
			}
		}
		if p := facts.Keys[key(bad)].Problem; p.Code != state.CodeNetwork {
			t.Errorf("problem %+v", p)
		}
	})
}

func TestSettings(t *testing.T) {
	w := newWorld(t, `
regions:
- {regions: [eu-west-1], defaultEncryption: true, blockPublicAccess: unblocked, allowedImages: {state: audit-mode}}
`)
	live := w.read(t)
	set, plain := in("eu-west-1"), in("eu-west-2")
	got := w.answer(t, plan.Query{Settings: []state.Target{set, plain}}, &live).Settings
	want := map[state.Target]state.Answer[state.Settings]{
		set:   {Value: state.Settings{EncryptionByDefault: true, AllowedImages: "audit-mode"}},
		plain: {Value: state.Settings{BlockPublicAccess: true, AllowedImages: "disabled"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
