package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/amisync/amisync/pkg/state"
)

// codeNotSent is a request that was never sent: its endpoint or its parameters
// made no request.
const codeNotSent = "NotSent"

// failed makes an error of the SDK a *state.CallError; nil stays nil.
func (c *Client) failed(ctx context.Context, err error, region, subject string) error {
	if err == nil {
		return nil
	}
	e := &state.CallError{Account: c.account(), Region: region, Subject: subject, Err: err}
	var op *smithy.OperationError
	if errors.As(err, &op) {
		e.Call = actionName(op.Service(), op.Operation())
	}
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		e.Request = response.ServiceRequestID()
	}
	e.Code, e.Message = c.in(region).classify(ctx, err)
	if n := attempts(err); n > 1 {
		e.Message = strings.TrimSpace(fmt.Sprintf("%s (after %d attempts)", e.Message, n))
	}
	e.Advice = advice(e.Code, region, endpoint(err))
	return e
}

// ended is the error of a context that is over, nil while it is not.
func (c *Client) ended(ctx context.Context) error {
	code, message, over := ofContext(ctx)
	if !over {
		return nil
	}
	return &state.CallError{Call: "reading AWS", Account: c.account(), Code: code, Message: message, Err: ctx.Err()}
}

// ofContext tells whose fault an error is not: the run itself was ended.
func ofContext(ctx context.Context) (code, message string, over bool) {
	switch err := ctx.Err(); {
	case err == nil:
		return "", "", false
	case errors.Is(err, context.DeadlineExceeded):
		return state.CodeTimeout, "the run's time is over", true
	default:
		return state.CodeCanceled, "the run was stopped", true
	}
}

// classify gives an error its code and what AWS said. It goes by types and
// codes; no text is looked into.
func (r *region) classify(ctx context.Context, err error) (code, message string) {
	if code, message, over := ofContext(ctx); over {
		return code, message
	}
	if code, message, ok := ofOwn(err); ok {
		return code, message
	}
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() == unknownError {
		return ofTransport(err)
	}
	if r.custom && unknownActions.has(api.ErrorCode()) {
		return state.CodeNotImplemented, "the endpoint does not implement the action: " + api.ErrorMessage()
	}
	return api.ErrorCode(), api.ErrorMessage()
}

// unknownError is what the SDK calls an error without a code.
const unknownError = "UnknownError"

// ofOwn recognises the errors that this package makes.
func ofOwn(err error) (code, message string, ok bool) {
	var bad *badAnswerError
	var missing *notImplementedError
	var creds *credentialsError
	var stopped *stoppedError
	switch {
	case errors.As(err, &stopped):
		return state.CodeCanceled, stopped.Error(), true
	case errors.As(err, &bad):
		return state.CodeBadAnswer, bad.Error(), true
	case errors.As(err, &missing):
		return state.CodeNotImplemented, missing.Error(), true
	case errors.As(err, &creds):
		code, message = creds.describe()
		return code, message, true
	default:
		return "", "", false
	}
}

// ofTransport tells errors without a code of AWS apart: no answer, an answer
// that is nobody's, or no request.
func ofTransport(err error) (code, message string) {
	var response *smithyhttp.ResponseError
	var network net.Error
	var send *smithyhttp.RequestSendError
	var garbled *smithy.DeserializationError
	switch {
	case errors.As(err, &send):
		return state.CodeNetwork, send.Err.Error()
	case errors.As(err, &response):
		status := response.HTTPStatusCode()
		return state.CodeBadAnswer, fmt.Sprintf("HTTP %d (%s) without an error of AWS in it", status, http.StatusText(status))
	case errors.As(err, &garbled):
		return state.CodeBadAnswer, "the answer cannot be read: " + garbled.Error()
	case errors.As(err, &network):
		return state.CodeNetwork, network.Error()
	default:
		return codeNotSent, root(err).Error()
	}
}

// root is the innermost error: the SDK wraps its errors in many layers.
func root(err error) error {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

// attempts is how often a call was tried before it was given up; 0 where it
// was not a matter of trying.
func attempts(err error) int {
	var given *retry.MaxAttemptsError
	if errors.As(err, &given) {
		return given.Attempt
	}
	return 0
}

// problem says why something is not known. It is shorter than the error,
// because plans print it beside the Region or the AMI.
func problem(err error) *state.Problem {
	var e *state.CallError
	if !errors.As(err, &e) {
		return &state.Problem{Code: codeNotSent, Text: err.Error()}
	}
	text := e.Message
	switch n := attempts(err); {
	case e.Code == state.CodeNotImplemented:
	case n > 1:
		said := strings.TrimSuffix(e.Message, fmt.Sprintf("(after %d attempts)", n))
		text = fmt.Sprintf("%s after %d attempts (%s)", e.Code, n, joined(e.Call, said))
	default:
		text = fmt.Sprintf("%s (%s)", e.Code, joined(e.Call, e.Message))
	}
	if e.Advice != "" {
		text += ": " + e.Advice
	}
	return &state.Problem{Code: e.Code, Text: text}
}

func joined(call, message string) string {
	message = strings.TrimSpace(message)
	if message == "" {
		return call
	}
	return call + ": " + message
}

// named gives an error that this package found in an answer the name of its
// operation, as the SDK does with its own.
func named(service, operation string, err error) error {
	var op *smithy.OperationError
	if errors.As(err, &op) {
		return err
	}
	return &smithy.OperationError{ServiceID: service, OperationName: operation, Err: err}
}
