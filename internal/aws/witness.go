package aws

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// witness looks at every answer before the SDK does: it keeps the Region's
// limit of concurrent requests, reads the Date, and refuses what is not an
// answer. It stands inside the retry loop, so waiting between attempts holds
// no slot and a refused answer is asked for again.
type witness struct {
	client *Client
	region *region
}

func (w witness) register(stack *middleware.Stack) error {
	return stack.Deserialize.Add(w, middleware.After)
}

// ID names the middleware in the SDK's stack.
func (witness) ID() string { return "amisync:witness" }

// HandleDeserialize sends one attempt and judges its answer.
func (w witness) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	if err := w.region.enter(ctx); err != nil {
		return middleware.DeserializeOutput{}, middleware.Metadata{}, &smithy.CanceledError{Err: err}
	}
	defer w.region.leave()
	out, md, err := next.HandleDeserialize(ctx, in)
	action := actionName(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx))
	w.client.opts.Observe(Call{Action: action, Region: w.region.name})
	answer, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok {
		return out, md, err
	}
	w.client.clock.see(w.region.name, answer.Header)
	body, err := drain(ctx, answer)
	if err == nil {
		err = judge(action, answer.StatusCode, body, w.region.custom)
	}
	return out, md, err
}

// drain reads a whole answer and puts it back for the SDK. An answer that
// breaks off is a bad one.
func drain(ctx context.Context, answer *smithyhttp.Response) ([]byte, error) {
	body, err := io.ReadAll(answer.Body)
	err = errors.Join(err, answer.Body.Close())
	answer.Body = io.NopCloser(bytes.NewReader(body))
	switch {
	case err == nil:
		return body, nil
	case ctx.Err() != nil:
		return nil, &smithy.CanceledError{Err: ctx.Err()}
	default:
		return nil, &badAnswerError{why: "the answer broke off: " + err.Error()}
	}
}

// actionName is an action as IAM names it, from the SDK's names: it calls one
// service "Service Quotas".
func actionName(service, operation string) string {
	return strings.ToLower(strings.ReplaceAll(service, " ", "")) + ":" + operation
}
