package state_test

import (
	"maps"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/state"
)

const day = 24 * time.Hour

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0d": 0, "15m": 15 * time.Minute, "90s": 90 * time.Second, "12h": 12 * time.Hour, "7d": 7 * day, "3650d": 3650 * day,
	} {
		if got, err := state.ParseDuration(text); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "7", "7 days", "-7d", "+7d", "07d", "00", "00d", "1.5h", "7w", "3651d", "99999999999999999999d", "٧d"} {
		if got, err := state.ParseDuration(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestDurationsSurviveWriting(t *testing.T) {
	for _, d := range []time.Duration{0, time.Second, 90 * time.Second, 15 * time.Minute, 36 * time.Hour, 7 * day} {
		if got, err := state.ParseDuration(state.FormatDuration(d)); err != nil || got != d {
			t.Errorf("%v is written %s and read as %v, %v", d, state.FormatDuration(d), got, err)
		}
	}
}

func TestControlTagsSurviveWriting(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	protect := true
	made := state.Made{Attempt: 2, Digest: "abc", SourceCreated: at}
	kept := state.Retention{Grace: 7 * day, Retire: state.RetireDisable, Snapshots: state.SnapshotsKeep, Protect: &protect}
	tags := map[string]string{
		state.TagOwner: "team", state.TagImage: "web", state.TagSourceAMI: "ami-1", state.TagSourceRegion: "us-east-1",
		state.TagGeneration: "3", state.TagKey: state.KeyNone, state.TagMade: made.String(), state.TagLifecycle: kept.String(),
		state.TagVerified: state.VerifiedOK, state.TagShared: state.SharedYes, state.TagPublished: "/amis/web /amis/old",
		state.TagFile: "amis.yaml", state.TagCommit: "c0ffee", state.TagRetiredAt: state.FormatTime(at),
		state.TagSupersededAt: state.FormatTime(at), state.TagOrphanedAt: state.FormatTime(at), state.TagHold: "", state.TagKeep: "x",
		"team": "platform",
	}
	maps.Copy(tags, state.TagKeysTags([]string{"b", "a,c"}))
	want := state.Control{
		Owner: "team", Image: "web", SourceAMI: "ami-1", SourceRegion: "us-east-1", Generation: 3, Key: state.KeyNone,
		Made: made, Retention: &kept, Verified: state.VerifiedOK, Shared: true, Published: []string{"/amis/old", "/amis/web"}, TagKeys: []string{"a,c", "b"},
		File: "amis.yaml", Commit: "c0ffee", SupersededAt: at, RetiredAt: at, OrphanedAt: at, Held: true, Kept: true,
	}
	if diff := cmp.Diff(want, state.ParseControl(tags)); diff != "" {
		t.Errorf("control (-want +got):\n%s", diff)
	}
}

func TestDamagedControlTagsAreNamed(t *testing.T) {
	tags := map[string]string{}
	var want []string
	for _, k := range []string{
		state.TagGeneration, state.TagLifecycle, state.TagMade, state.TagOrphanedAt, state.TagRetiredAt, state.TagSupersededAt,
	} {
		tags[k] = "rubbish"
		want = append(want, k)
	}
	if diff := cmp.Diff(state.Control{Malformed: want}, state.ParseControl(tags)); diff != "" {
		t.Errorf("control (-want +got):\n%s", diff)
	}
	for _, v := range []string{
		"", "grace=7d", "grace=7;retire=deprecate;snapshots=delete;protect=-", "grace=7d;retire=no;snapshots=delete;protect=-",
		"grace=7d;retire=deprecate;snapshots=no;protect=-", "grace=7d;retire=deprecate;snapshots=delete;protect=perhaps",
	} {
		if r := state.ParseControl(map[string]string{state.TagLifecycle: v}).Retention; r != nil {
			t.Errorf("%q is taken for %+v", v, *r)
		}
	}
}

func TestStricterTakesNothingEarlier(t *testing.T) {
	yes, no := true, false
	a := state.Retention{Grace: day, Retire: state.RetireDisable, Snapshots: state.SnapshotsDelete, Protect: &no}
	b := state.Retention{Grace: 7 * day, Retire: state.RetireDeprecate, Snapshots: state.SnapshotsKeep, Protect: &yes}
	want := b
	for _, got := range []state.Retention{state.Stricter(a, b), state.Stricter(b, a)} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stricter (-want +got):\n%s", diff)
		}
	}
}

func TestTagKeysRunOver(t *testing.T) {
	keys := []string{strings.Repeat("a", 120), strings.Repeat("b", 120), strings.Repeat("c", 120), "amis=, ü"}
	tags := state.TagKeysTags(keys)
	if len(tags) != 2 {
		t.Fatalf("%d tags, want 2: %v", len(tags), tags)
	}
	for k, v := range tags {
		if !state.InSeries(k, state.TagTagKeys) || len(v) > state.MaxTagValue {
			t.Errorf("tag %s of %d characters", k, len(v))
		}
	}
	if diff := cmp.Diff([]string{keys[0], "amis=, ü", keys[1], keys[2]}, state.ParseControl(tags).TagKeys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// EC2 counts characters, not bytes, and a key may have 127 of any script.
func TestTagKeysOfAnyScript(t *testing.T) {
	keys := []string{strings.Repeat("鍵", 127), "a,b%2C", "c+d e"}
	tags := state.TagKeysTags(keys)
	for k, v := range tags {
		if n := utf8.RuneCountInString(v); n > state.MaxTagValue {
			t.Errorf("tag %s of %d characters", k, n)
		}
	}
	if diff := cmp.Diff([]string{"a,b%2C", "c+d e", keys[0]}, state.ParseControl(tags).TagKeys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if state.MayRemember(strings.Repeat(",", 127)) || !state.MayRemember(keys[0]) {
		t.Error("what is too long, escaped, is told wrong")
	}
}

func TestPublishedNamesRunOver(t *testing.T) {
	names := []string{"/" + strings.Repeat("b", 200), "/" + strings.Repeat("a", 200), "/c"}
	tags := state.PublishedTags(names)
	want := map[string]string{state.TagPublished: names[1], state.TagPublished + "-2": names[0] + " /c"}
	if diff := cmp.Diff(want, tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{names[1], names[0], "/c"}, state.ParseControl(tags).Published); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}
