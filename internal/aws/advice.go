package aws

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/amisync/amisync/pkg/state"
)

// advice is what the person who reads an error can do, "" where only the call
// itself can tell.
func advice(code, region, endpoint string) string {
	switch {
	case expiredCodes.has(code):
		return "the credentials have expired: renew them (aws sso login, or assume the role again) and run again"
	case code == state.CodeNoCredentials:
		return "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached"
	case refusedCodes.has(code):
		return fmt.Sprintf("check the credentials; where they work in other Regions, %s wants a session token "+
			"of a Regional STS endpoint (AWS_STS_REGIONAL_ENDPOINTS=regional)", region)
	case deniedCodes.has(code):
		return "allow the action in the role's policy, and look for a service control policy on the Region"
	case throttledCodes.has(code):
		return "others use up the account's request rate: run again later"
	case code == state.CodeNetwork:
		return fmt.Sprintf("check the network, the proxy, the Region's name and the endpoint %s", endpoint)
	case code == state.CodeBadAnswer:
		return "something between here and AWS changes or cuts answers: check the proxy and the endpoint"
	default:
		return ""
	}
}

// endpoint is the URL of the request that failed.
func endpoint(err error) string {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return "in use"
	}
	u, perr := url.Parse(failed.URL)
	if perr != nil {
		return failed.URL
	}
	return u.Scheme + "://" + u.Host
}
