package aws_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/pkg/state"
)

func oneImage(imageState, protection string) string {
	return `<DescribeImagesResponse><requestId>r</requestId><imagesSet><item><imageId>ami-1</imageId><imageState>` + imageState +
		`</imageState><deregistrationProtection>` + protection + `</deregistrationProtection></item></imagesSet></DescribeImagesResponse>`
}

// TestRefusedBecauseDone: EC2 may refuse to repeat a change. That is no error
// where the image is as it should be, and one where it is not.
func TestRefusedBecauseDone(t *testing.T) {
	target := in("eu-west-1")
	for name, test := range map[string]struct {
		operation, code string
		do              func(ctx context.Context, c *aws.Client) error
		done, undone    string
	}{
		"disable": {"DisableImage", "IncorrectState", func(ctx context.Context, c *aws.Client) error {
			return c.Disable(ctx, target, "ami-1")
		}, oneImage("disabled", ""), oneImage("available", "")},
		"enable": {"EnableImage", "InvalidAMIID.Unavailable", func(ctx context.Context, c *aws.Client) error {
			return c.Enable(ctx, target, "ami-1")
		}, oneImage("available", ""), oneImage("disabled", "")},
		"unprotect": {"DisableImageDeregistrationProtection", "OperationNotPermitted", func(ctx context.Context, c *aws.Client) error {
			return c.Unprotect(ctx, target, "ami-1")
		}, oneImage("available", "disabled"), oneImage("available", "enabled-with-cooldown")},
		"deregister": {"DeregisterImage", "InvalidAMIID.Unavailable", func(ctx context.Context, c *aws.Client) error {
			return second(c.Deregister(ctx, target, "ami-1", true))
		}, oneImage("deregistered", ""), oneImage("pending", "")},
	} {
		t.Run(name, func(t *testing.T) {
			for images, ok := range map[string]bool{test.done: true, test.undone: false, ec2Error("InternalError", ""): false} {
				status := http.StatusOK
				if images[1] == 'R' {
					status = http.StatusBadRequest
				}
				w := newWire(map[string]func(int, url.Values) reply{
					test.operation:   always(reply{status: http.StatusBadRequest, body: ec2Error(test.code, "no")}),
					"DescribeImages": always(reply{status: status, body: images}),
				})
				err := test.do(t.Context(), w.client(t))
				if ok != (err == nil) || (!ok && state.CodeOf(err) != test.code) {
					t.Errorf("with %s: error %v", images, err)
				}
			}
		})
	}
}
