package sandbox_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// tool finds a program of the machine that tests run on. CI has them all; who
// has not is told what was not tested.
func tool(t *testing.T, name string, check ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil && len(check) > 0 {
		err = exec.CommandContext(t.Context(), path, check...).Run()
	}
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") != "":
		t.Fatalf("%s %s: %v", name, strings.Join(check, " "), err)
	}
	t.Skipf("%s %s: %v", name, strings.Join(check, " "), err)
	return ""
}

// outside runs a program as a user of the sandbox, in a home of its own.
func (w *world) outside(t *testing.T, path string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+w.base, "AWS_ACCESS_KEY_ID="+owner, "AWS_SECRET_ACCESS_KEY=x", "AWS_SESSION_TOKEN=",
		"AWS_DEFAULT_REGION="+home, "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1", "AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// TestAWSCLI does with the AWS CLI what a person would.
func TestAWSCLI(t *testing.T) {
	path := tool(t, "aws", "--version")
	w := listen(t, basicScene)
	aws := func(args string, more ...string) string {
		t.Helper()
		out, err := w.outside(t, path, append(append([]string{"ec2"}, strings.Fields(args)...), append(more, "--output", "text")...)...)
		if err != nil {
			return "refused: " + out
		}
		return out
	}
	want := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	want("Regions", aws("describe-regions --query length(Regions)"), "17")
	want("all Regions", aws("describe-regions --all-regions --query length(Regions)"), "34")
	want("filters and pages", aws("describe-images --owners self --page-size 1 --filters Name=name,Values=base-? Name=architecture,Values=arm64 --query Images[].ImageId"), source)
	id := aws("copy-image --region eu-west-1 --name cli-1 --source-image-id " + source + " --source-region us-east-1 --tag-specifications ResourceType=image,Tags=[{Key=a,Value=b}] ResourceType=snapshot,Tags=[{Key=c,Value=d}] --query ImageId")
	want("the copy's tag", aws("describe-images --region eu-west-1 --filters Name=tag:a,Values=b --query Images[].ImageId"), id)
	want("the snapshot's tag", aws("describe-snapshots --region eu-west-1 --owner-ids self --filters Name=tag:c,Values=d --query length(Snapshots)"), "1")
	w.Clock().Advance(time.Hour)
	want("the waiter", aws("wait image-available --region eu-west-1 --image-ids "+id), "")
	want("sharing", aws("modify-image-attribute --region eu-west-1 --image-id "+id+" --launch-permission Add=[{UserId=444455556666}]"), "")
	want("shared", aws("describe-image-attribute --region eu-west-1 --attribute launchPermission --image-id "+id+" --query LaunchPermissions[].UserId"), stranger)
	want("the old form", aws("modify-image-attribute --region eu-west-1 --image-id "+id+" --attribute launchPermission --operation-type remove --user-ids 444455556666"), "")
	want("removal", aws("deregister-image --region eu-west-1 --image-id "+id+" --delete-associated-snapshots --query DeleteSnapshotResults[].ReturnCode"), "success")
	want("after the removal", aws("describe-images --region eu-west-1 --query Images[].ImageId --image-ids "+id), "")
	w.Clock().Advance(time.Hour)
	if out := aws("describe-images --region eu-west-1 --image-ids " + id); !strings.Contains(out, "(InvalidAMIID.NotFound)") {
		t.Errorf("long after the removal: %s", out)
	}
}

// TestBoto3 runs the script in testdata.
func TestBoto3(t *testing.T) {
	path := tool(t, "python3", "-c", "import boto3")
	w := listen(t, basicScene)
	if out, err := w.outside(t, path, "testdata/interop.py"); err != nil || out != "ok" {
		t.Errorf("%v\n%s", err, out)
	}
}
