package apply

import (
	"errors"

	"github.com/amisync/amisync/pkg/state"
)

// codes is a named set of error codes. Errors are classified by code alone:
// AWS words its messages as it likes.
type codes map[string]bool

func (c codes) has(err error) bool { return err != nil && c[state.CodeOf(err)] }

func setOf(list ...string) codes {
	c := codes{}
	for _, code := range list {
		c[code] = true
	}
	return c
}

var (
	// throttled: the API's token bucket is empty. Each AWS service has a code of
	// its own for it (EC2: RequestLimitExceeded).
	throttled = setOf("RequestLimitExceeded", "EC2ThrottledException", "Throttling", "ThrottlingException",
		"ThrottledException", "TooManyRequestsException", "RequestThrottled", "SlowDown")
	// quotaFull: from CopyImage, too many copies are pending in this Region (EC2
	// API, Error codes: ResourceLimitExceeded). It passes when one of them ends.
	quotaFull = setOf("ResourceLimitExceeded")
	// unwell: AWS or the way to it failed; the same call may succeed later.
	unwell = setOf("InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable", "Unavailable",
		"RequestTimeout", "RequestTimeoutException", "UnknownError", state.CodeNetwork, state.CodeBadAnswer)
	// expired: the credentials ran out, and the SDK could not get new ones.
	expired = setOf("RequestExpired", "ExpiredToken", "ExpiredTokenException", state.CodeNoCredentials)
	// nameTaken: AMI names are unique in an account's Region.
	nameTaken = setOf("InvalidAMIName.Duplicate")
	// tokenSpent: the ClientToken stands for another request.
	tokenSpent = setOf("IdempotentParameterMismatch")
	// late: what was just made, or just became available, is not known
	// everywhere yet (EC2 Developer Guide, Eventual consistency).
	late = setOf("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidSnapshot.NotFound")
	// crossed: two calls changed one resource at once (EC2: its tags; Systems
	// Manager, PutParameter).
	crossed = setOf("ConcurrentTagAccess", "TooManyUpdates")
	// taken: a parameter that was to be made is there already.
	taken = setOf("ParameterAlreadyExists")
	// gone: what is to be deleted is not there any more.
	gone = setOf("InvalidSnapshot.NotFound", "ParameterNotFound")
	// inUse: an AMI still needs the snapshot.
	inUse = setOf("InvalidSnapshot.InUse")
)

// passes reports whether the same call may succeed a little later.
func passes(err error) bool {
	return throttled.has(err) || unwell.has(err) || expired.has(err) || crossed.has(err)
}

// Codes of problems that are the engine's own, beside those in pkg/state.
const (
	CodeChanged     = "changed"     // a precondition does not hold any more
	CodePredecessor = "predecessor" // what had to come first is not done
	CodeInterrupted = "interrupted" // the run was stopped by its user
	CodeNoWait      = "no_wait"     // the run does not wait for copies
	CodeDifferent   = "different"   // the copy is not what its source is
	CodeCopyFailed  = "copy_failed" // EC2 gave the copy up
	CodeVanished    = "vanished"    // the AMI was seen, and is not there any more
	CodeGenerations = "generations" // every generation that one run may try is spoilt
	CodeMoved       = "moved"       // the SSM parameter was changed by somebody else
	CodeUnsettled   = "unsettled"   // a change did not become visible
)

// ending is how an action ends other than done, where the engine knows better
// than "failed with this error".
type ending struct {
	status  Status
	problem Problem
	cause   error // goes into the report's Err; nil: nothing went wrong here
}

func (e *ending) Error() string { return e.problem.Text }

func (e *ending) Unwrap() error { return e.cause }

// resultOf turns an action's error into a status, a problem, and the error that
// the report gathers.
func resultOf(err error) (Status, *Problem, error) {
	if err == nil {
		return Done, nil, nil
	}
	var e *ending
	if errors.As(err, &e) {
		return e.status, &e.problem, e.cause
	}
	code := state.CodeOf(err)
	if code == "" {
		code = "error"
	}
	return Failed, &Problem{Code: code, Text: err.Error()}, err
}
