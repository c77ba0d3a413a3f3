package sandbox_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/amisync/amisync/internal/sandbox"
)

func open(t *testing.T, path, text string, opts ...sandbox.Option) *world {
	t.Helper()
	c, err := sandbox.Open(path, scene(t, text), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return &world{Cloud: c, t: t, base: "http://sandbox", http: &http.Client{Transport: c.Transport()}}
}

// frozen keeps real time still.
var frozen = sandbox.WithRealTime(func() time.Time { return time.Unix(0, 0) })

var ignoreMetadata = cmpopts.IgnoreUnexported(types.Image{}, types.BlockDeviceMapping{}, types.EbsBlockDevice{}, types.Tag{})

func TestStateGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	w := open(t, path, basicScene, frozen)
	id := w.copied(copyIn("c-1"))
	w.Clock().Advance(10 * time.Second)
	before := w.image(away, id)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, path, basicScene, frozen)
	if now := w.Clock().Now(); !now.Equal(time.Date(2026, 1, 1, 0, 0, 10, 0, time.UTC)) {
		t.Errorf("the clock went on at %v", now)
	}
	if diff := cmp.Diff(before, w.image(away, id), ignoreMetadata); diff != "" {
		t.Error(diff)
	}
	if again := w.copied(copyIn("c-1")); again != id {
		t.Errorf("the token was forgotten: %s, want %s", again, id)
	}
	w.Clock().Advance(time.Hour)
	if im := w.image(away, id); im.State != types.ImageStateAvailable {
		t.Errorf("the copy did not go on: %s", im.State)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSceneAddsToAState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	w := open(t, path, basicScene)
	id := source
	must(w.ec2(home).DeregisterImage(t.Context(), &ec2.DeregisterImageInput{ImageId: &id}))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, path, basicScene+`
parameters: [{region: us-east-1, name: /x, value: "1"}]
references: [{region: us-east-1, image: ami-0123456789abcdef0, type: "ec2:LaunchTemplate", name: lt}]
`)
	images := must(w.mine(home))(t)
	if len(images) != 0 {
		t.Errorf("the deregistered image is back: %d", len(images))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(basicScene, "images:\n", "images:\n  - {region: us-east-1, name: base-2, devices: [{name: /dev/xvda}]}\n", 1)
	w = open(t, path, more)
	if images = must(w.mine(home))(t); len(images) != 1 || *images[0].Name != "base-2" {
		t.Errorf("%d images, want the new one", len(images))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOneProcessPerStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	w := open(t, path, basicScene)
	if _, err := sandbox.Open(path, sandbox.Scene{}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second Open: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path, basicScene).Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCrash reads the file that a process which never came to Close left.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	w := open(t, path, basicScene, sandbox.WithDurableWrites())
	id := w.copied(copyIn("c-1"))
	left, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	after := filepath.Join(dir, "after.json")
	if err := os.WriteFile(after, left, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, after, basicScene)
	if im := w.image(away, id); im.State != types.ImageStatePending {
		t.Errorf("%+v", im)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	left2, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
	if err != nil || len(left2) != 0 {
		t.Errorf("temporary files are left: %v %v", left2, err)
	}
}

func TestBadStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	for text, want := range map[string]string{"{": "unexpected end", `{"version": 99}`: "version 99", "": "unexpected end"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sandbox.Open(path, sandbox.Scene{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestSameBytes holds that equal requests at equal times give equal bytes.
func TestSameBytes(t *testing.T) {
	run := func() string {
		w := start(t, basicScene, frozen)
		all := ""
		for _, q := range []string{
			"Action=CopyImage&Name=one&SourceRegion=us-east-1&SourceImageId=" + source,
			"Action=CopyImage&Name=two&SourceRegion=us-east-1&SourceImageId=" + source,
			"Action=DescribeImages&Owner.1=self", "Action=DescribeSnapshots&Owner.1=self",
		} {
			all += ask(t, w.Cloud, away, q)
		}
		return all
	}
	if diff := cmp.Diff(run(), run()); diff != "" {
		t.Error(diff)
	}
}

// TestIDsIgnoreOrder holds that ids do not depend on who comes first.
func TestIDsIgnoreOrder(t *testing.T) {
	ids := func(names ...string) map[string]string {
		w := start(t, basicScene)
		got := map[string]string{}
		for _, name := range names {
			got[name] = w.copied(copyIn(name))
		}
		return got
	}
	if diff := cmp.Diff(ids("one", "two", "three"), ids("three", "one", "two")); diff != "" {
		t.Error(diff)
	}
}
