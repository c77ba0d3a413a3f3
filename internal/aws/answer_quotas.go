package aws

import (
	"context"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"

	"github.com/amisync/amisync/pkg/state"
)

func (a answering) quotas(ctx context.Context, questions []state.QuotaQuery, got *facts[state.QuotaQuery, int]) {
	each(questions, func(q state.QuotaQuery) {
		quota, err := a.client.quota(ctx, q.Region, q.Quota)
		got.settle(q, quota, err)
	})
}

// quota is the value that applies to the account, raised or not.
func (c *Client) quota(ctx context.Context, region string, of state.Quota) (int, error) {
	service, code, _ := strings.Cut(string(of), "/")
	out, err := c.in(region).quotas.GetServiceQuota(ctx, &servicequotas.GetServiceQuotaInput{
		ServiceCode: sdk.String(service), QuotaCode: sdk.String(code),
	})
	if err != nil {
		return 0, c.failed(ctx, err, region, code)
	}
	if out.Quota == nil || out.Quota.Value == nil {
		bad := &badAnswerError{why: "the answer has no quota"}
		return 0, c.failed(ctx, named("Service Quotas", "GetServiceQuota", bad), region, code)
	}
	return int(*out.Quota.Value), nil
}
