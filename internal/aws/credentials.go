package aws

import (
	"context"
	"errors"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/amisync/amisync/pkg/state"
)

// markedCredentials marks the errors of a provider, because the SDK's own
// errors do not tell "no credentials" from "no answer of the service".
type markedCredentials struct{ provider sdk.CredentialsProvider }

// Retrieve gives the credentials, or a credentialsError.
func (m markedCredentials) Retrieve(ctx context.Context) (sdk.Credentials, error) {
	if m.provider == nil {
		return sdk.Credentials{}, &credentialsError{errors.New("there are none")}
	}
	found, err := m.provider.Retrieve(ctx)
	if err != nil {
		return sdk.Credentials{}, &credentialsError{err}
	}
	return found, nil
}

// credentialsError says that no credentials could be had.
type credentialsError struct{ err error }

func (e *credentialsError) Error() string { return "finding credentials: " + e.err.Error() }

func (e *credentialsError) Unwrap() error { return e.err }

// describe is the error's code and message. A role that cannot be assumed
// because the key behind it has expired counts as expired.
func (e *credentialsError) describe() (code, message string) {
	var api smithy.APIError
	if errors.As(e.err, &api) && expiredCodes.has(api.ErrorCode()) {
		return api.ErrorCode(), api.ErrorMessage()
	}
	return state.CodeNoCredentials, e.Error()
}
