package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/amisync/amisync/pkg/state"
)

// Identity is whose credentials are used.
type Identity struct {
	Account   string
	Partition string // aws, aws-cn, aws-us-gov, …
	ARN       string
}

// Identity asks STS once and remembers the answer. The question goes to the
// home Region's endpoint: sessions of the global one are not valid in opt-in
// Regions (IAM User Guide, "Manage AWS STS in an AWS Region"). The partition is
// the one in the ARN.
func (c *Client) Identity(ctx context.Context) (Identity, error) {
	if id := c.known(); id != nil {
		return *id, nil
	}
	out, err := c.in(c.Home()).sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, c.failed(ctx, err, c.Home(), "")
	}
	id := Identity{Account: sdk.ToString(out.Account), ARN: sdk.ToString(out.Arn)}
	parts := strings.Split(id.ARN, ":")
	if len(parts) < 6 || parts[1] == "" || id.Account == "" {
		return Identity{}, &state.CallError{
			Call: "sts:GetCallerIdentity", Region: c.Home(), Code: state.CodeBadAnswer,
			Message: fmt.Sprintf("the answer names account %q and ARN %q", id.Account, id.ARN),
			Advice:  advice(state.CodeBadAnswer, "", ""),
		}
	}
	id.Partition = parts[1]
	c.mu.Lock()
	defer c.mu.Unlock()
	c.identity = &id
	return id, nil
}

func (c *Client) known() *Identity {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.identity
}

// account is the caller's account, "" while it is not known.
func (c *Client) account() string {
	if id := c.known(); id != nil {
		return id.Account
	}
	return ""
}

// WrongAccountError says that the credentials are of an account that the file
// does not name. Nothing was read or changed.
type WrongAccountError struct {
	Identity Identity
	Accounts []string // those of the file
}

// Error is a sentence.
func (e *WrongAccountError) Error() string {
	return fmt.Sprintf("the credentials are of account %s (%s), but amis.yaml is for %s: use credentials of that account, or add %s to accounts",
		e.Identity.Account, e.Identity.ARN, strings.Join(e.Accounts, ", "), e.Identity.Account)
}

// permitted refuses credentials of any account that the file does not name.
func (id Identity) permitted(d state.Desired) error {
	if slices.Contains(d.Accounts, id.Account) {
		return nil
	}
	return &WrongAccountError{Identity: id, Accounts: slices.Clone(d.Accounts)}
}
