package sandbox_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

var withTools = flag.Bool("tools", false, "run Ansible and Packer against the sandbox and moto_server")

// TestTools lets Ansible and Packer make, share and copy images on the sandbox
// and on moto, and looks at what there is afterwards. Both must go through
// on both; on the sandbox there must then be what was asked for, and what moto
// has else is told. `make interop` runs it.
func TestTools(t *testing.T) {
	if !*withTools {
		t.Skip("needs -tools: it takes minutes")
	}
	for name, url := range map[string]func(*testing.T) string{
		"sandbox": func(t *testing.T) string { t.Helper(); return listen(t, basicScene+"speed: 600\n").base },
		"moto":    func(t *testing.T) string { t.Helper(); return moto(t) },
	} {
		t.Run(name, func(t *testing.T) {
			p := &place{t: t, url: url(t)}
			p.ansible()
			p.packer()
			diff := cmp.Diff(toolsLeave, p.outcome())
			switch {
			case diff == "":
				t.Log("all is as asked for")
			case name == "sandbox":
				t.Errorf("what there is afterwards (-want +got):\n%s", diff)
			default:
				t.Logf("%s has another outcome (-asked for +there):\n%s", name, diff)
			}
		})
	}
}

// place is an endpoint that tools are let loose on.
type place struct {
	t   *testing.T
	url string
}

func (p *place) ec2(region string) *ec2.Client {
	return ec2.NewFromConfig(aws.Config{Region: region, BaseEndpoint: &p.url, HTTPClient: calm, Credentials: credentials.NewStaticCredentialsProvider(owner, "unused", "")})
}

// run runs a tool, and shows what it said.
func (p *place) run(env []string, path string, args ...string) {
	p.t.Helper()
	began := time.Now()
	cmd := exec.CommandContext(p.t.Context(), path, args...)
	cmd.Env = append(append(os.Environ(), "HOME="+p.t.TempDir()), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", path, err, out)
	}
	p.t.Logf("%s, %s:\n%s", filepath.Base(path), time.Since(began).Round(time.Second), out)
}

func (p *place) ansible() {
	playbook := tool(p.t, "ansible-playbook", "--version")
	python := must(exec.CommandContext(p.t.Context(), tool(p.t, "python3", "-c", "import boto3"), "-c", "import sys; print(sys.executable)").Output())(p.t)
	p.run([]string{"ANSIBLE_LOCALHOST_WARNING=false"}, playbook, "-i", "localhost,", "testdata/interop/playbook.yml", "-e", "endpoint="+p.url,
		"-e", "account="+owner, "-e", "snapshot="+p.snapshot(), "-e", "ansible_python_interpreter="+strings.TrimSpace(string(python)))
}

func (p *place) packer() {
	packer := tool(p.t, "packer", "version")
	p.run([]string{"CHECKPOINT_DISABLE=1", "AWS_POLL_DELAY_SECONDS=1"}, packer, "build", "-color=false", "-var", "endpoint="+p.url,
		"-var", "account="+owner, "-var", "source="+p.source(), "testdata/interop/packer.json")
}

// snapshot makes a finished snapshot for Ansible to register.
func (p *place) snapshot() string {
	api, ctx := p.ec2(home), p.t.Context()
	vol := must(api.CreateVolume(ctx, &ec2.CreateVolumeInput{AvailabilityZone: aws.String(home + "a"), Size: aws.Int32(8)}))(p.t)
	snap := must(api.CreateSnapshot(ctx, &ec2.CreateSnapshotInput{VolumeId: vol.VolumeId}))(p.t)
	wait := ec2.NewSnapshotCompletedWaiter(api, func(o *ec2.SnapshotCompletedWaiterOptions) { o.MinDelay, o.MaxDelay = time.Second, time.Second })
	must(0, wait.Wait(ctx, &ec2.DescribeSnapshotsInput{SnapshotIds: []string{*snap.SnapshotId}}, time.Minute))(p.t)
	return *snap.SnapshotId
}

// source is an image for Packer to start from: the scene's, or one of those
// that moto comes with.
func (p *place) source() string {
	out := must(p.ec2(home).DescribeImages(p.t.Context(), &ec2.DescribeImagesInput{Filters: []types.Filter{
		{Name: aws.String("root-device-type"), Values: []string{"ebs"}}, {Name: aws.String("virtualization-type"), Values: []string{"hvm"}},
	}}))(p.t)
	for _, im := range out.Images {
		if !strings.HasPrefix(*im.Name, "ansible") {
			return *im.ImageId
		}
	}
	p.t.Fatal("no image to start from")
	return ""
}

// toolsLeave is what there must be when both tools are done.
var toolsLeave = []string{
	"ap-southeast-2 packer-1: available, made by Packer, users 444455556666, tags built-by=packer, disk shared 444455556666, tags built-by=packer kept-by=packer",
	"eu-west-1 ansible-copy: available, copied by Ansible, users , tags built-by=ansible stack=a, disk shared , tags ",
	"eu-west-1 packer-1: available, made by Packer, users 444455556666, tags built-by=packer, disk shared 444455556666, tags built-by=packer kept-by=packer",
	"us-east-1 ansible-1: available, made by Ansible, users 444455556666, tags built-by=ansible, disk shared , tags built-by=ansible",
	"us-east-1 packer-1: available, made by Packer, users 444455556666, tags built-by=packer, disk shared 444455556666, tags built-by=packer kept-by=packer",
	"left over: 0 instances, 0 key pairs, 0 security groups",
}

// outcome tells what there is, a line an image.
func (p *place) outcome() []string {
	var lines []string
	for _, region := range []string{home, away, "ap-southeast-2"} {
		out := must(p.ec2(region).DescribeImages(p.t.Context(), &ec2.DescribeImagesInput{Owners: []string{"self"}}))(p.t)
		for _, im := range out.Images {
			if strings.HasPrefix(*im.Name, "ansible") || strings.HasPrefix(*im.Name, "packer") {
				lines = append(lines, region+" "+p.told(region, im))
			}
		}
	}
	slices.Sort(lines)
	return append(lines, p.leftOver())
}

func (p *place) told(region string, im types.Image) string {
	api, ctx := p.ec2(region), p.t.Context()
	access := must(api.DescribeImageAttribute(ctx, &ec2.DescribeImageAttributeInput{ImageId: im.ImageId, Attribute: types.ImageAttributeNameLaunchPermission}))(p.t)
	var users []string
	for _, u := range access.LaunchPermissions {
		users = append(users, aws.ToString(u.UserId))
	}
	text := fmt.Sprintf("%s: %s, %s, users %s, tags %s", *im.Name, im.State, aws.ToString(im.Description), strings.Join(users, " "), spelled(im.Tags))
	for _, d := range im.BlockDeviceMappings {
		if d.Ebs == nil || d.Ebs.SnapshotId == nil {
			continue
		}
		snap := must(api.DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{SnapshotIds: []string{*d.Ebs.SnapshotId}}))(p.t).Snapshots[0]
		shared := must(api.DescribeSnapshotAttribute(ctx, &ec2.DescribeSnapshotAttributeInput{SnapshotId: snap.SnapshotId, Attribute: types.SnapshotAttributeNameCreateVolumePermission}))(p.t)
		var with []string
		for _, u := range shared.CreateVolumePermissions {
			with = append(with, aws.ToString(u.UserId))
		}
		text += fmt.Sprintf(", disk shared %s, tags %s", strings.Join(with, " "), spelled(snap.Tags))
	}
	return text
}

func spelled(tags []types.Tag) string {
	var list []string
	for _, t := range tags {
		list = append(list, *t.Key+"="+*t.Value)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// leftOver counts what Packer has to clean up after itself.
func (p *place) leftOver() string {
	api, ctx := p.ec2(home), p.t.Context()
	running := must(api.DescribeInstances(ctx, &ec2.DescribeInstancesInput{Filters: []types.Filter{{Name: aws.String("instance-state-name"), Values: []string{"running", "stopped"}}}}))(p.t)
	keys := must(api.DescribeKeyPairs(ctx, &ec2.DescribeKeyPairsInput{}))(p.t)
	groups := must(api.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: aws.String("group-name"), Values: []string{"packer*"}}}}))(p.t)
	return fmt.Sprintf("left over: %d instances, %d key pairs, %d security groups", len(running.Reservations), len(keys.KeyPairs), len(groups.SecurityGroups))
}
