package sandbox

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// identity is what a request's signature says about who asks, and where.
type identity struct {
	accessKey string
	region    string
	service   string
	token     string // session token
}

var scopePattern = regexp.MustCompile(`^([\w.@+=-]{1,128})/(\d{8})/([a-z0-9-]{1,40})/([a-z0-9-]{1,40})/aws4_request$`)

// identify reads the credential scope, access-key/date/region/service, from
// the Authorization header or from a query-signed request. With one endpoint
// for all Regions it is the only place where the Region shows. The signature
// itself is not verified.
func identify(h http.Header, query url.Values) (identity, error) {
	scope := query.Get("X-Amz-Credential")
	token := query.Get("X-Amz-Security-Token")
	if header := h.Get("Authorization"); header != "" {
		token = h.Get("X-Amz-Security-Token")
		rest, ok := strings.CutPrefix(header, "AWS4-HMAC-SHA256 ")
		if !ok {
			return identity{}, fail("IncompleteSignature", "The request signature is not of the form AWS4-HMAC-SHA256")
		}
		scope = credentialOf(rest)
	} else if scope == "" {
		return identity{}, fail("MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	m := scopePattern.FindStringSubmatch(scope)
	if m == nil {
		return identity{}, fail("IncompleteSignature", "Credential must have at least 5 slash-delimited elements, e.g. keyid/date/region/service/term")
	}
	return identity{accessKey: m[1], region: m[3], service: m[4], token: token}, nil
}

// credentialOf finds Credential among the parts of an Authorization header,
// or returns nothing where one of the three parts is missing.
func credentialOf(header string) string {
	parts := map[string]string{}
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	if parts["SignedHeaders"] == "" || parts["Signature"] == "" {
		return ""
	}
	return parts["Credential"]
}

var accountPattern = regexp.MustCompile(`^\d{12}$`)

// maxAccounts is how many accounts there can be, as any twelve digits make one.
const maxAccounts = 1000

// authenticate finds the account of a request, and refuses one whose
// credentials are over or whose Region the account has not enabled. EC2
// answers the latter as it answers bad credentials (AuthFailure).
func (c *Cloud) authenticate(call *call) error {
	id := call.id
	cred := c.credential(id.accessKey)
	if id.token == "expired" || (!cred.Expires.IsZero() && !call.now.Before(cred.Expires)) {
		return expiredFor(id.service)
	}
	if _, known := c.st.Accounts[cred.Account]; !known && len(c.st.Accounts) >= maxAccounts {
		return refusedFor(id.service)
	}
	call.cred = cred
	call.acct = c.accountOf(cred.Account)
	if !call.acct.enabled(id.region) {
		return refusedFor(id.service)
	}
	call.reg = c.regionOf(call.acct, id.region)
	return nil
}

// credential is what an access key id stands for: the scene's or AssumeRole's
// keys, an account for twelve digits, else the first account.
func (c *Cloud) credential(key string) credential {
	if cred, ok := c.st.Keys[key]; ok {
		return cred
	}
	if accountPattern.MatchString(key) {
		return credential{Account: key}
	}
	return credential{Account: c.st.First}
}

// expiredFor is the error that each service gives for expired credentials.
func expiredFor(service string) error {
	switch service {
	case "ec2":
		return fail("RequestExpired", "Request has expired.")
	case "sts":
		return fail("ExpiredToken", "The security token included in the request is expired")
	}
	return fail("ExpiredTokenException", "The security token included in the request is expired")
}

// refusedFor is the error that each service gives for credentials that do not
// count in the Region.
func refusedFor(service string) error {
	switch service {
	case "ec2":
		return fail("AuthFailure", "AWS was not able to validate the provided access credentials")
	case "sts":
		return fail("InvalidClientTokenId", "The security token included in the request is invalid")
	}
	return fail("UnrecognizedClientException", "The security token included in the request is invalid.")
}
