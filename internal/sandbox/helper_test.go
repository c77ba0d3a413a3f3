package sandbox_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/amisync/amisync/internal/sandbox"
)

const (
	owner    = "111122223333"
	stranger = "444455556666"
	source   = "ami-0123456789abcdef0"
	home     = "us-east-1"
	away     = "eu-west-1"
)

// world is a cloud with clients for it.
type world struct {
	*sandbox.Cloud
	t    *testing.T
	base string
	http aws.HTTPClient
}

// basicScene has one source image of 8 GiB in us-east-1.
const basicScene = `
seed: 7
accounts:
  - {id: "111122223333", name: images, organization: "arn:aws:organizations::999988887777:organization/o-exampleorg1", organizationalUnits: ["arn:aws:organizations::999988887777:ou/o-exampleorg1/ou-abcd-12345678"]}
  - {id: "444455556666", name: other, organization: "arn:aws:organizations::999988887777:organization/o-exampleorg1", accessKeys: [AKIAOTHER]}
images:
  - id: ami-0123456789abcdef0
    region: us-east-1
    name: base-1
    description: the base
    architecture: arm64
    bootMode: uefi
    imds: v2.0
    devices: [{name: /dev/xvda, size: 8, used: 2}]
    tags: {os: linux, "aws:made": by-aws, "ec2:SharedTag/tier": gold}
keys:
  - {aliases: [alias/ami], regions: all}
`

func scene(t *testing.T, text string) sandbox.Scene {
	t.Helper()
	s, err := sandbox.ParseScene(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start makes a world that is spoken to in process.
func start(t *testing.T, text string, opts ...sandbox.Option) *world {
	t.Helper()
	c, err := sandbox.New(scene(t, text), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return &world{Cloud: c, t: t, base: "http://sandbox", http: &http.Client{Transport: c.Transport()}}
}

// listen makes a world that is spoken to over a socket.
func listen(t *testing.T, text string, opts ...sandbox.Option) *world {
	t.Helper()
	w := start(t, text, opts...)
	server := httptest.NewServer(w.Cloud)
	t.Cleanup(server.Close)
	client := server.Client()
	client.Transport = steady{client.Transport}
	w.base, w.http = server.URL, client
	return w
}

// steady keeps a race of the SDK out of the tests: smithy-go 1.28.8 closes a
// request's body as soon as the answer's head is there, and where net/http has
// not yet noticed that the body was sent whole it takes that for an error and
// closes the connection under the answer. A server as near and fast as this one
// meets it, on a busy machine, once in some thousand requests.
type steady struct{ http.RoundTripper }

func (s steady) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		return s.RoundTripper.RoundTrip(r)
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(data))
	return s.RoundTripper.RoundTrip(r)
}

func (w *world) config(region, key, token string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(w.base), HTTPClient: w.http,
		Credentials: credentials.NewStaticCredentialsProvider(key, "secret", token),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func (w *world) ec2(region string) *ec2.Client { return w.ec2As(region, owner) }
func (w *world) ec2As(region, key string) *ec2.Client {
	return ec2.NewFromConfig(w.config(region, key, ""))
}

func (w *world) ssm(region string) *ssm.Client { return ssm.NewFromConfig(w.config(region, owner, "")) }

func (w *world) kms(region string) *kms.Client { return kms.NewFromConfig(w.config(region, owner, "")) }

func (w *world) sts(region string) *sts.Client { return sts.NewFromConfig(w.config(region, owner, "")) }

func (w *world) quotas(region string) *servicequotas.Client {
	return servicequotas.NewFromConfig(w.config(region, owner, ""))
}

// copyIn is the request for a copy of the source to another Region.
func copyIn(name string) *ec2.CopyImageInput {
	return &ec2.CopyImageInput{Name: &name, SourceImageId: aws.String(source), SourceRegion: aws.String(home), ClientToken: aws.String("token-" + name)}
}

// copied copies the source and returns the id of the copy.
func (w *world) copied(in *ec2.CopyImageInput) string {
	w.t.Helper()
	return aws.ToString(must(w.ec2(away).CopyImage(w.t.Context(), in))(w.t).ImageId)
}

// image describes one image by its id.
func (w *world) image(region, id string) types.Image {
	w.t.Helper()
	out := must(w.ec2(region).DescribeImages(w.t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}}))(w.t)
	if len(out.Images) != 1 {
		w.t.Fatalf("%s: %d images", id, len(out.Images))
	}
	return out.Images[0]
}

func (w *world) snapshot(region, id string) types.Snapshot {
	w.t.Helper()
	out := must(w.ec2(region).DescribeSnapshots(w.t.Context(), &ec2.DescribeSnapshotsInput{SnapshotIds: []string{id}}))(w.t)
	if len(out.Snapshots) != 1 {
		w.t.Fatalf("%s: %d snapshots", id, len(out.Snapshots))
	}
	return out.Snapshots[0]
}

// must gives the value of a call that has to succeed.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// code is the error code of an answer, "" for none.
func code(err error) string {
	var api smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &api):
		return api.ErrorCode()
	}
	return "not an API error: " + err.Error()
}

// wantCode fails unless the call was refused with the code.
func wantCode[T any](t *testing.T, want string) func(T, error) {
	t.Helper()
	return func(_ T, err error) {
		t.Helper()
		if got := code(err); got != want {
			t.Errorf("code %q, want %q (%v)", got, want, err)
		}
	}
}
