//go:build unix

package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/sandbox"
)

// crowd is a cloud with so many images in us-east-1, each with eight tags.
func crowd(b *testing.B, images int) *sandbox.Cloud {
	b.Helper()
	var s sandbox.Scene
	s.Quotas.Images, s.Quotas.Snapshots, s.Quotas.ConcurrentCopies = 1<<30, 1<<30, 1<<30
	for i := range images {
		im := sandbox.Image{Region: home, Name: fmt.Sprintf("image-%06d", i), Devices: []sandbox.Device{{Name: "/dev/xvda", Size: 8}}, Tags: map[string]string{}}
		for t := range 8 {
			im.Tags[fmt.Sprintf("amisync:tag-%d", t)] = fmt.Sprintf("value %d of %d", t, i)
		}
		s.Images = append(s.Images, im)
	}
	c, err := sandbox.New(s, sandbox.WithoutThrottling(), sandbox.WithRequestLog(1000))
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// ask sends one Query request in process and returns the body.
func ask(tb testing.TB, c *sandbox.Cloud, region, body string) string {
	tb.Helper()
	var text strings.Builder
	askInto(tb, &text, c, region, body)
	return text.String()
}

func askInto(tb testing.TB, w io.Writer, c *sandbox.Cloud, region, body string) {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, "http://sandbox/", strings.NewReader(body+"&Version=2016-11-15"))
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+owner+"/20260101/"+region+"/ec2/aws4_request, SignedHeaders=host, Signature=00")
	resp, err := c.Transport().RoundTrip(r)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = io.Copy(w, resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
		tb.Fatalf("%d %v", resp.StatusCode, err)
	}
}

// BenchmarkDescribeImages is a page of 1,000 from 50,000, from the middle.
func BenchmarkDescribeImages(b *testing.B) {
	c := crowd(b, 50_000)
	first := ask(b, c, home, "Action=DescribeImages&Owner.1=self&MaxResults=1000")
	token := between(first, "<nextToken>", "</nextToken>")
	for name, extra := range map[string]string{
		"page":     "&NextToken=" + token,
		"by tag":   "&Filter.1.Name=tag-key&Filter.1.Value.1=amisync:tag-3",
		"none":     "&Filter.1.Name=tag:amisync:tag-3&Filter.1.Value.1=nothing",
		"wildcard": "&Filter.1.Name=tag:amisync:tag-3&Filter.1.Value.1=*of+49*",
	} {
		b.Run(name, func(b *testing.B) {
			n, done := 0, cpuTime(b)
			for b.Loop() {
				n++
				askInto(b, io.Discard, c, home, "Action=DescribeImages&Owner.1=self&MaxResults=1000"+extra)
			}
			done(n)
		})
	}
}

func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	part, _, _ := strings.Cut(rest, to)
	return part
}

// BenchmarkCopyImage copies one image over and over, among 50,000 others.
func BenchmarkCopyImage(b *testing.B) {
	c := crowd(b, 50_000)
	c.AddFault(sandbox.Fault{Operation: "nothing", Code: "Unused"})
	id := between(ask(b, c, home, "Action=DescribeImages&Owner.1=self&MaxResults=1"), "<imageId>", "</imageId>")
	n, done := 0, cpuTime(b)
	for b.Loop() {
		n++
		ask(b, c, home, fmt.Sprintf("Action=CopyImage&SourceRegion=us-east-1&SourceImageId=%s&Name=copy-%d&ClientToken=t%d&TagSpecification.1.ResourceType=image&TagSpecification.1.Tag.1.Key=k&TagSpecification.1.Tag.1.Value=v", id, n, n))
	}
	done(n)
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "copies/s")
}
