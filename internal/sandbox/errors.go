package sandbox

import (
	"errors"
	"fmt"
	"net/http"
)

// apiError is an answer that refuses a request.
type apiError struct {
	Status  int
	Code    string
	Message string
}

func (e *apiError) Error() string { return e.Code + ": " + e.Message }

// fail makes the error answer for a code. The HTTP status follows from the
// code as in "Error codes for the Amazon EC2 API".
func fail(code, format string, args ...any) *apiError {
	return &apiError{Status: statusOf(code), Code: code, Message: fmt.Sprintf(format, args...)}
}

// statusOf is the HTTP status that goes with an error code: 400 for what a
// client did wrong, but for these.
func statusOf(code string) int {
	switch code {
	case "AuthFailure":
		return http.StatusUnauthorized
	case "UnauthorizedOperation", "MissingAuthenticationToken", "InvalidClientTokenId", "ExpiredToken",
		"AccessDenied", "OptInRequired":
		return http.StatusForbidden
	case "DryRunOperation":
		return http.StatusPreconditionFailed
	case "RequestEntityTooLarge":
		return http.StatusRequestEntityTooLarge
	case "InternalError", "InternalFailure", "InternalServerError":
		return http.StatusInternalServerError
	case "RequestLimitExceeded", "Unavailable", "ServiceUnavailable", "EC2ThrottledException",
		"InsufficientInstanceCapacity", "ServerInternal":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// asAPIError turns any error into an answer; one that no handler meant to give
// is EC2's InternalError.
func asAPIError(err error) *apiError {
	if api, ok := errors.AsType[*apiError](err); ok {
		return api
	}
	return fail("InternalError", "%s", err.Error())
}

func missing(parameter string) *apiError {
	return fail("MissingParameter", "The request must contain the parameter %s", parameter)
}

func invalidValue(parameter, value, why string) *apiError {
	return fail("InvalidParameterValue", "Value (%s) for parameter %s is invalid. %s", value, parameter, why)
}
