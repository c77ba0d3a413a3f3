package aws

import (
	"maps"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// codes is a set of error codes that mean the same.
type codes map[string]struct{}

func codesOf(list ...string) codes {
	set := codes{}
	for _, code := range list {
		set[code] = struct{}{}
	}
	return set
}

func (s codes) has(code string) bool {
	_, ok := s[code]
	return ok
}

func (s codes) list() []string { return slices.Sorted(maps.Keys(s)) }

// The classes. EC2's are in "Error codes for the Amazon EC2 API"; the services
// name the same thing differently.
var (
	// expiredCodes: the credentials were good and are no longer.
	expiredCodes = codesOf("ExpiredToken", "ExpiredTokenException", "RequestExpired")
	// refusedCodes: the credentials are not good. EC2 answers the same in a
	// Region that is not enabled, so DescribeRegions decides about that.
	refusedCodes = codesOf("AuthFailure", "IncompleteSignature", "InvalidAccessKeyId", "InvalidClientTokenId",
		"MissingAuthenticationToken", "SignatureDoesNotMatch", "UnrecognizedClientException")
	// deniedCodes: a policy says no.
	deniedCodes = codesOf("AccessDenied", "AccessDeniedException", "DeclarativePoliciesAccessDeniedException", "UnauthorizedOperation")
	// throttledCodes: too many requests.
	throttledCodes = codesOf("EC2ThrottledException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException",
		"SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException")
	// notFoundCodes: what was named is not there.
	notFoundCodes = codesOf("InvalidAMIID.NotFound", "InvalidSnapshot.NotFound", "InvalidResourceId", "NotFoundException", "ParameterNotFound")
	// noKeyCodes: the Region has no such key. KMS answers so for an ARN of another Region too.
	noKeyCodes = codesOf("InvalidArnException", "NotFoundException")
	// unknownActions are answers of emulators without the action.
	unknownActions = codesOf("InvalidAction", "NotImplemented", "UnknownOperationException", "UnsupportedOperationException")
	// retriedCodes are retried beside those that the SDK retries by itself.
	retriedCodes = codesOf("ConcurrentTagAccess")
	// unsettledCodes: the image is not in a state for the call, which it also
	// answers when a call that succeeded is repeated.
	unsettledCodes = codesOf("IncorrectState", "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidParameterValue",
		"InvalidRequest", "InvalidState", "OperationNotPermitted")
)

// isNotFound reports whether AWS says that what the call named is not there.
func isNotFound(err error) bool { return notFoundCodes.has(state.CodeOf(err)) }
