package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/amisync/amisync/pkg/state"
)

func (a answering) keys(ctx context.Context, questions []state.KeyQuery, got *facts[state.KeyQuery, state.Key]) {
	each(questions, func(q state.KeyQuery) {
		key, err := a.client.key(ctx, q.Region, q.Key)
		got.settle(q, key, err)
	})
}

// key asks KMS for a key by any of its names. The copy itself would accept any
// name and fail later (CopyImage, KmsKeyId: authenticated asynchronously).
func (c *Client) key(ctx context.Context, region, name string) (state.Key, error) {
	r := c.in(region)
	if name == state.KeyDefault {
		out, err := r.ec2.GetEbsDefaultKmsKeyId(ctx, &ec2.GetEbsDefaultKmsKeyIdInput{})
		if err != nil {
			return state.Key{}, c.failed(ctx, err, region, name)
		}
		name = sdk.ToString(out.KmsKeyId)
	}
	out, err := r.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: sdk.String(name)})
	if err := c.failed(ctx, err, region, name); err != nil {
		if noKeyCodes.has(state.CodeOf(err)) {
			return state.Key{}, nil
		}
		return state.Key{}, err
	}
	if out.KeyMetadata == nil {
		bad := &badAnswerError{why: "the answer describes no key"}
		return state.Key{}, c.failed(ctx, named("KMS", "DescribeKey", bad), region, name)
	}
	return toKey(out.KeyMetadata), nil
}

func toKey(m *types.KeyMetadata) state.Key {
	return state.Key{
		Exists:  true,
		ARN:     sdk.ToString(m.Arn),
		Enabled: m.Enabled,
		State:   string(m.KeyState),
		Spec:    string(m.KeySpec),
		Usage:   string(m.KeyUsage),
		Managed: m.KeyManager == types.KeyManagerTypeAws,
	}
}
