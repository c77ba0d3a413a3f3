package state

import (
	"errors"
	"fmt"
	"strings"
)

// CallError is a failed API call, told to the person who must act: what was
// attempted where, what AWS said, what to do. It is classified by Code, never
// by text.
type CallError struct {
	Call    string // for example ec2:CopyImage
	Account string
	Region  string
	Subject string // image, AMI id, parameter or key; may be empty
	Code    string // the API's bare error code, or one of this package's own
	Message string // what AWS said
	Advice  string // what to do; may be empty
	Request string // AWS request id; may be empty
	Err     error  // the cause, for errors.Is and errors.As
}

// Codes that do not come from AWS.
const (
	CodeNetwork        = "Network"        // no answer at all
	CodeNoCredentials  = "NoCredentials"  // the SDK found none, or could not refresh them
	CodeBadAnswer      = "BadAnswer"      // a 200 that is not the action's answer
	CodeNotImplemented = "NotImplemented" // an emulator without the action
	CodeCanceled       = "Canceled"       // this run was stopped
	CodeTimeout        = "Timeout"        // a wait of amisync's own ran out
)

// Error is a sentence.
func (e *CallError) Error() string {
	var b strings.Builder
	b.WriteString(e.Call)
	if e.Subject != "" {
		fmt.Fprintf(&b, " of %s", e.Subject)
	}
	if e.Region != "" {
		fmt.Fprintf(&b, " in %s", e.Region)
	}
	if e.Account != "" {
		fmt.Fprintf(&b, " (account %s)", e.Account)
	}
	fmt.Fprintf(&b, ": %s", e.Code)
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.Advice != "" {
		fmt.Fprintf(&b, " (%s)", e.Advice)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *CallError) Unwrap() error { return e.Err }

// CodeOf is the error code behind err, or "" where none is known.
func CodeOf(err error) string {
	var ce *CallError
	if errors.As(err, &ce) {
		return ce.Code
	}
	return ""
}
