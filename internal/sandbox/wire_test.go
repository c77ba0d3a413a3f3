package sandbox_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/amisync/amisync/internal/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const signed = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00"

// post sends a raw request over a socket.
func post(t *testing.T, w *world, auth, kind, body string) (int, string, http.Header) {
	t.Helper()
	r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, w.base, strings.NewReader(body)))(t)
	if auth != "" {
		r.Header.Set("Authorization", auth)
	}
	r.Header.Set("Content-Type", kind)
	return send(t, w, r)
}

func send(t *testing.T, w *world, r *http.Request) (int, string, http.Header) {
	t.Helper()
	resp, err := w.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode, string(must(io.ReadAll(resp.Body))(t)), resp.Header
}

const form = "application/x-www-form-urlencoded; charset=utf-8"

func TestAnswerForm(t *testing.T) {
	w := listen(t, basicScene, frozen)
	status, body, header := post(t, w, signed, form, "Action=GetEbsEncryptionByDefault&Version=2016-11-15")
	want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<GetEbsEncryptionByDefaultResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>` +
		header.Get("X-Amzn-Requestid") + `</requestId><ebsEncryptionByDefault>false</ebsEncryptionByDefault><sseType>none</sseType></GetEbsEncryptionByDefaultResponse>`
	if status != http.StatusOK || body != want {
		t.Errorf("%d %s\nwant %s", status, body, want)
	}
	if header.Get("Content-Type") != "text/xml;charset=UTF-8" || header.Get("Date") != "Thu, 01 Jan 2026 00:00:00 GMT" {
		t.Errorf("header %v", header)
	}
}

// TestRefusals holds status, code and form of errors to "Error codes for the
// Amazon EC2 API".
func TestRefusals(t *testing.T) {
	w := listen(t, basicScene)
	far := strings.Replace(signed, "us-east-1", "af-south-1", 1)
	const v = "&Version=2016-11-15"
	for name, test := range map[string]struct {
		auth, body string
		status     int
		code       string
	}{
		"no signature":      {"", "Action=DescribeRegions" + v, 403, "MissingAuthenticationToken"},
		"another signature": {"Basic Zm9vOmJhcg==", "Action=DescribeRegions" + v, 400, "IncompleteSignature"},
		"garbled scope":     {"AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=host, Signature=0", "Action=DescribeRegions" + v, 400, "IncompleteSignature"},
		"half a signature":  {"AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/ec2/aws4_request", "Action=DescribeRegions" + v, 400, "IncompleteSignature"},
		"closed Region":     {far, "Action=DescribeImages" + v, 401, "AuthFailure"},
		"unknown service":   {strings.Replace(signed, "/ec2/", "/s3/", 1), "Action=ListBuckets" + v, 400, "InvalidAction"},
		"unknown action":    {signed, "Action=DescribeUnicorns" + v, 400, "InvalidAction"},
		"no action":         {signed, "Version=2016-11-15", 400, "MissingAction"},
		"unknown version":   {signed, "Action=DescribeRegions&Version=2006-01-01", 400, "NoSuchVersion"},
		"unknown parameter": {signed, "Action=DescribeRegions&Colour=red" + v, 400, "UnknownParameter"},
		"unknown member":    {signed, "Action=DescribeRegions&Filter.1.Nam=x" + v, 400, "UnknownParameter"},
		"below a scalar":    {signed, "Action=DescribeRegions&AllRegions.1=true" + v, 400, "UnknownParameter"},
		"list as scalar":    {signed, "Action=DescribeRegions&Filter=x" + v, 400, "UnknownParameter"},
		"bad index":         {signed, "Action=DescribeRegions&RegionName.x=us-east-1" + v, 400, "UnknownParameter"},
		"leading zero":      {signed, "Action=DescribeRegions&RegionName.01=us-east-1" + v, 400, "UnknownParameter"},
		"bad boolean":       {signed, "Action=DescribeRegions&AllRegions=maybe" + v, 400, "InvalidParameterValue"},
		"bad number":        {signed, "Action=DescribeImages&MaxResults=ten" + v, 400, "InvalidParameterValue"},
		"huge number":       {signed, "Action=DescribeImages&MaxResults=99999999999999999999" + v, 400, "InvalidParameterValue"},
		"given twice":       {signed, "Action=DescribeRegions&AllRegions=true&AllRegions=true" + v, 400, "InvalidParameterCombination"},
		"missing parameter": {signed, "Action=CopyImage&Name=abc" + v, 400, "MissingParameter"},
		"empty required":    {signed, "Action=DeregisterImage&ImageId=" + v, 400, "MissingParameter"},
		"bad escape":        {signed, "Action=DescribeRegions&x=%zz" + v, 400, "MalformedQueryString"},
		"bad UTF-8":         {signed, "Action=DescribeImages&Filter.1.Name=name&Filter.1.Value.1=%ff%fe" + v, 400, "MalformedQueryString"},
		"too deep":          {signed, "Action=DescribeRegions&" + strings.Repeat("a.", 40) + "a=1" + v, 400, "UnknownParameter"},
		"too many":          {signed, "Action=DescribeRegions" + v + strings.Repeat("&a=1", 30_000), 400, "MalformedQueryString"},
		"many filters":      {signed, "Action=DescribeImages" + v + filters(3000), 400, "FilterLimitExceeded"},
		"too large":         {signed, "Action=DescribeRegions" + v + "&a=" + strings.Repeat("a", 5<<20), 413, "RequestEntityTooLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body, _ := post(t, w, test.auth, form, test.body)
			var answer struct {
				XMLName   xml.Name
				Code      string `xml:"Errors>Error>Code"`
				Message   string `xml:"Errors>Error>Message"`
				RequestID string `xml:"RequestID"`
			}
			if err := xml.Unmarshal([]byte(body), &answer); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if status != test.status || answer.Code != test.code || answer.XMLName.Local != "Response" || answer.RequestID == "" || answer.Message == "" {
				t.Errorf("%d %+v, want %d %s", status, answer, test.status, test.code)
			}
		})
	}
}

func filters(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "&Filter.%d.Name=name&Filter.%d.Value.1=x", i+1, i+1)
	}
	return b.String()
}

func TestJSONRefusals(t *testing.T) {
	w := listen(t, basicScene)
	auth := strings.Replace(signed, "/ec2/", "/ssm/", 1)
	for name, test := range map[string]struct{ target, body, code string }{
		"unknown operation": {"AmazonSSM.Fly", "{}", "UnknownOperationException"},
		"other service":     {"TrentService.DescribeKey", "{}", "UnknownOperationException"},
		"unknown member":    {"AmazonSSM.GetParameter", `{"Name": "/x", "Colour": 1}`, "SerializationException"},
		"no JSON":           {"AmazonSSM.GetParameter", `<x/>`, "SerializationException"},
		"wrong type":        {"AmazonSSM.GetParameter", `{"Name": 7}`, "SerializationException"},
	} {
		t.Run(name, func(t *testing.T) {
			r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, w.base, strings.NewReader(test.body)))(t)
			r.Header.Set("Authorization", auth)
			r.Header.Set("X-Amz-Target", test.target)
			status, body, _ := send(t, w, r)
			var answer struct {
				Type string `json:"__type"`
			}
			if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 400 || answer.Type != test.code {
				t.Errorf("%d %s, want 400 %s (%v)", status, body, test.code, err)
			}
		})
	}
}

// TestQuerySigned uses a GET with everything in the URL.
func TestQuerySigned(t *testing.T) {
	w := listen(t, basicScene)
	url := w.base + "/?Action=DescribeRegions&Version=2016-11-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=111122223333%2F20260101%2Fus-east-1%2Fec2%2Faws4_request&X-Amz-Signature=00"
	r := must(http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil))(t)
	if status, body, _ := send(t, w, r); status != http.StatusOK || strings.Count(body, "<regionName>") != 17 {
		t.Errorf("%d %s", status, body)
	}
}

// TestSlowBody holds that a client which never sends its body does not keep a
// request for ever.
func TestSlowBody(t *testing.T) {
	c := must(sandbox.New(scene(t, basicScene)))(t)
	server := httptest.NewUnstartedServer(c)
	server.Config.ReadTimeout = 100 * time.Millisecond
	server.Start()
	defer server.Close()
	conn := must(net.Dial("tcp", server.Listener.Addr().String()))(t)
	defer func() { _ = conn.Close() }()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: 100\r\n\r\nAction=", signed)
	must(0, conn.SetReadDeadline(time.Now().Add(50*time.Second)))(t)
	head := make([]byte, 12)
	if _, err := io.ReadFull(conn, head); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 4")) {
		t.Errorf("the answer begins with %q", head)
	}
}

func TestTextIsEscaped(t *testing.T) {
	w := listen(t, basicScene)
	text := "<&>\"' \t\n\u00e9\U0001F600]]>\x01"
	_, body, _ := post(t, w, signed, form, "Action=CreateTags&Version=2016-11-15&ResourceId.1="+source+"&Tag.1.Key=k&Tag.1.Value="+"%3C%26%3E%22%27%20%09%0A%C3%A9%F0%9F%98%80%5D%5D%3E%01")
	if !strings.Contains(body, "<return>true</return>") {
		t.Fatal(body)
	}
	want := strings.Replace(text, "\x01", "\uFFFD", 1)
	if got := tagged(w.image(home, source).Tags, "k"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func control(t *testing.T, w *world, method, path, body string) (int, string) {
	t.Helper()
	r := must(http.NewRequestWithContext(t.Context(), method, w.base+"/_sandbox/"+path, strings.NewReader(body)))(t)
	status, text, _ := send(t, w, r)
	return status, text
}

func TestControl(t *testing.T) {
	w := listen(t, basicScene, frozen)
	for _, step := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "healthz", "", 200, `{"status":"ok"}`},
		{"GET", "clock", "", 200, `{"now":"2026-01-01T00:00:00Z","speed":1}`},
		{"POST", "clock", `{"advance":"8d"}`, 200, `{"now":"2026-01-09T00:00:00Z","speed":1}`},
		{"POST", "clock", `{"set":"2026-02-01T00:00:00Z","speed":600}`, 200, `{"now":"2026-02-01T00:00:00Z","speed":600}`},
		{"POST", "clock", `{"advance":"soon"}`, 400, `"error"`},
		{"POST", "clock", `{"forward":"8d"}`, 400, `unknown field`},
		{"POST", "faults", `{"operation":"CopyImage","code":"InternalError","latency":"2s"}`, 200, `"effect":"error"`},
		{"POST", "faults", `{"effect":"explode"}`, 400, "no effect is called"},
		{"GET", "faults", "", 200, `"latency":"2s"`},
		{"DELETE", "faults", "", 200, `[]`},
		{"GET", "requests", "", 200, `[]`},
		{"GET", "state", "", 200, `"version":1`},
		{"GET", "nowhere", "", 404, `no control endpoint`},
	} {
		if status, body := control(t, w, step.method, step.path, step.body); status != step.status || !strings.Contains(body, step.want) {
			t.Errorf("%s %s %s: %d %.300s", step.method, step.path, step.body, status, body)
		}
	}
}

func TestSceneErrors(t *testing.T) {
	for text, want := range map[string]string{
		"imagez: []":                                    "line 1: field imagez not found",
		"seed: 1\nimages:\n  - {nam: x}":                "line 3: field nam not found",
		"delays: {image: soon}":                         "line 1: \"soon\" is not a duration",
		"accounts: [{id: a, enabledRegions: [mars-1]}]": `line 1: no Region is called "mars-1"`,
		"seed: [1]":                                     "line 1: cannot unmarshal",
		"---\nseed: 1\n---\nseed: 2":                    "more than one YAML document",
	} {
		if _, err := sandbox.ParseScene(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		`accounts: [{id: "12"}]`:                                                                     "not 12 digits",
		"images: [{region: mars-1, name: abc}]":                                                      `Region "mars-1" is not enabled`,
		"images: [{region: us-east-1, name: a}]":                                                     "InvalidAMIName.Malformed",
		"images: [{region: us-east-1, name: abc, state: odd}]":                                       `state "odd"`,
		"images: [{region: us-east-1, name: abc, launchPermissions: [o-1]}]":                         "launchPermissions",
		"images: [{region: us-east-1, name: abc}, {region: us-east-1, name: abc, id: ami-00000000}]": "in use by",
		"images: [{region: us-east-1, name: abc, devices: [{name: a, kmsKey: alias/x}]}]":            "alias/x does not exist",
		"keys: [{aliases: [alias/x]}]":                                                               "has no region",
		"faults: [{effect: odd}]":                                                                    `no effect is called "odd"`,
		"references: [{region: us-east-1, image: ami-00000000, type: x}]":                            `reference type "x"`,
	} {
		if _, err := sandbox.New(scene(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// FuzzQuery holds that no request body makes the sandbox fail in another way
// than by an answer of the client-error kind.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"Action=DescribeImages&Version=2016-11-15&Filter.1.Name=name&Filter.1.Value.1=a*?%5C*&Owner.1=self&MaxResults=5",
		"Action=CopyImage&Version=2016-11-15&Name=abc&SourceRegion=us-east-1&SourceImageId=ami-0123456789abcdef0&TagSpecification.1.ResourceType=image&TagSpecification.1.Tag.1.Key=a",
		"Action=ModifyImageAttribute&Version=2016-11-15&ImageId=ami-0123456789abcdef0&LaunchPermission.Add.1.UserId=444455556666",
		"Action=DescribeImageReferences&Version=2016-11-15&ImageId.1=ami-0123456789abcdef0&ResourceType.1.ResourceType=ec2%3ALaunchTemplate&ResourceType.1.ResourceTypeOption.1.OptionName=version-depth&ResourceType.1.ResourceTypeOption.1.OptionValue.1=2",
		"Action=RunInstances&Version=2016-11-15&ImageId=ami-0123456789abcdef0&MinCount=1&MaxCount=2",
		"Action=DescribeSnapshots&Version=2016-11-15&NextToken=YWJj&MaxResults=5",
		"&&==&a=%&.=.&Filter..1=x&Filter.0=y&Filter.-1=z",
	} {
		f.Add(seed)
	}
	s, err := sandbox.ParseScene(strings.NewReader(basicScene))
	if err != nil {
		f.Fatal(err)
	}
	c, err := sandbox.New(s, sandbox.WithoutThrottling(), sandbox.WithRequestLog(10))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", form)
		r.Header.Set("Authorization", signed)
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		dec := xml.NewDecoder(w.Body)
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("the answer is not XML: %v", err)
			}
		}
	})
}
