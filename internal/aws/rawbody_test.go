package aws_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// spoiled are answers with status 200 that the SDK takes for an empty list, or
// for a part of one.
var spoiled = map[string]string{
	"empty":            "",
	"white space":      " \n",
	"a proxy's page":   "<html><body>It works!</body></html>",
	"another action":   noSnapshots,
	"no request id":    "<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>",
	"empty request id": "<DescribeImagesResponse><requestId> </requestId><imagesSet/></DescribeImagesResponse>",
	"cut in the list":  `<DescribeImagesResponse><requestId>r</requestId><imagesSet><item><imageId>ami-1</imageId></item>`,
	"cut in a tag":     `<DescribeImagesResponse><requestId>r</requestId><imagesSet/></DescribeIma`,
	"JSON":             `{"Images": []}`,
}

func TestSpoiledAnswerMakesRegionUnknown(t *testing.T) {
	for name, body := range spoiled {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(map[string]func(int, url.Values) reply{"DescribeImages": always(xmlReply(body))})
				r := readRegion(t, w.client(t), "eu-west-1")
				if r.Status != state.Unknown || r.Problem == nil || r.Problem.Code != state.CodeBadAnswer {
					t.Errorf("status %s, problem %+v; want unknown for %s", r.Status, r.Problem, state.CodeBadAnswer)
				}
				if n := w.calls("DescribeImages"); n != 8 {
					t.Errorf("asked %d times, want 8", n)
				}
			})
		})
	}
}

func TestSpoiledAnswerIsAskedForAgain(t *testing.T) {
	for name, body := range spoiled {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(map[string]func(int, url.Values) reply{
					"DescribeImages": func(n int, _ url.Values) reply {
						if n < 3 {
							return xmlReply(body)
						}
						return xmlReply(noImages)
					},
				})
				if r := readRegion(t, w.client(t), "eu-west-1"); r.Status != state.Readable {
					t.Errorf("status %s (%+v), want readable", r.Status, r.Problem)
				}
			})
		})
	}
}

// TestSpoiledAnswerToWrite: the SDK takes an empty answer to CreateTags for success.
func TestSpoiledAnswerToWrite(t *testing.T) {
	for _, body := range []string{"", "<html/>", "<CreateTagsResponse><requestId>r</requestId><return>tr"} {
		synctest.Test(t, func(t *testing.T) {
			w := newWire(map[string]func(int, url.Values) reply{"CreateTags": always(xmlReply(body))})
			err := w.client(t).SetTags(t.Context(), state.Target{Region: "eu-west-1"}, []string{"ami-1"}, map[string]string{"a": "b"})
			if state.CodeOf(err) != state.CodeBadAnswer {
				t.Errorf("%q: error %v, want %s", body, err, state.CodeBadAnswer)
			}
		})
	}
}

func TestEmulatorWithoutAction(t *testing.T) {
	question := state.ReferenceQuery{Account: account, Region: "eu-west-1", AMI: "ami-1", Depth: 10}
	for name, answer := range map[string]reply{
		"page and 500":     {status: http.StatusInternalServerError, body: "<!doctype html>\n<html lang=en><title>500</title>"},
		"501":              {status: http.StatusNotImplemented, body: "<Response><Errors><Error><Code>InternalFailure</Code></Error></Errors></Response>"},
		"an error of EC2":  {status: http.StatusBadRequest, body: ec2Error("InvalidAction", "The action is not valid")},
		"nothing, and 500": {status: http.StatusInternalServerError},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(map[string]func(int, url.Values) reply{"DescribeImageReferences": always(answer)})
			var live state.Live
			if err := w.client(t).Answer(t.Context(), plan.Query{References: []state.ReferenceQuery{question}}, &live); err != nil {
				t.Fatal(err)
			}
			got := live.Facts.References[question]
			if got.Known() || got.Problem.Code != state.CodeNotImplemented || !strings.Contains(got.Problem.Text, "not implement") {
				t.Errorf("answer %+v, problem %+v", got, got.Problem)
			}
			if n := w.calls("DescribeImageReferences"); n != 1 {
				t.Errorf("asked %d times, want once: it will not come", n)
			}
		})
	}
}

func TestServerErrorIsRetried(t *testing.T) {
	for name, answer := range map[string]reply{
		"internal error": {status: http.StatusInternalServerError, body: ec2Error("InternalError", "An internal error has occurred")},
		"throttled":      {status: http.StatusServiceUnavailable, body: ec2Error("RequestLimitExceeded", "Request limit exceeded.")},
		"balancer page":  {status: http.StatusBadGateway, body: "<html>bad gateway</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(map[string]func(int, url.Values) reply{
					"DescribeImages": func(n int, _ url.Values) reply {
						if n < 8 {
							return answer
						}
						return xmlReply(noImages)
					},
				})
				if r := readRegion(t, w.client(t), "eu-west-1"); r.Status != state.Readable {
					t.Errorf("status %s (%+v), want readable after 7 errors", r.Status, r.Problem)
				}
			})
		})
	}
}

func ec2Error(code, message string) string {
	return "<Response><Errors><Error><Code>" + code + "</Code><Message>" + message + "</Message></Error></Errors><RequestID>r-1</RequestID></Response>"
}
