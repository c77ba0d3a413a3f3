package sandbox_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// TestSpine walks the life of a copy, in process and over a socket.
func TestSpine(t *testing.T) {
	both(t, basicScene, func(t *testing.T, w *world) {
		t.Helper()
		in := copyIn("copy-1")
		in.TagSpecifications = []types.TagSpecification{
			{ResourceType: types.ResourceTypeImage, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}}},
			{ResourceType: types.ResourceTypeSnapshot, Tags: []types.Tag{{Key: aws.String("b"), Value: aws.String("")}}},
		}
		id := w.copied(in)
		if im := w.image(away, id); im.State != types.ImageStatePending || aws.ToString(im.Tags[0].Key) != "a" || im.BlockDeviceMappings[0].Ebs.SnapshotId != nil {
			t.Errorf("right after CopyImage: %+v", im)
		}
		w.Clock().Advance(10 * time.Minute)
		im := w.image(away, id)
		if im.State != types.ImageStateAvailable || aws.ToString(im.SourceImageId) != source || aws.ToString(im.SourceImageRegion) != home || im.Architecture != "arm64" {
			t.Errorf("after the copy: %+v", im)
		}
		snap := w.snapshot(away, aws.ToString(im.BlockDeviceMappings[0].Ebs.SnapshotId))
		if snap.State != types.SnapshotStateCompleted || aws.ToString(snap.Progress) != "100%" || aws.ToString(snap.Tags[0].Key) != "b" {
			t.Errorf("snapshot: %+v", snap)
		}
		out := must(w.ec2(away).DeregisterImage(t.Context(), &ec2.DeregisterImageInput{ImageId: &id, DeleteAssociatedSnapshots: aws.Bool(true)}))(t)
		if !aws.ToBool(out.Return) || len(out.DeleteSnapshotResults) != 1 || out.DeleteSnapshotResults[0].ReturnCode != "success" {
			t.Errorf("DeregisterImage: %+v", out)
		}
		if left := must(w.mine(away))(t); len(left) != 0 {
			t.Errorf("%d images are left", len(left))
		}
	})
}

func TestOtherServices(t *testing.T) {
	w := start(t, basicScene)
	ctx := t.Context()
	if id := must(w.sts(home).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}))(t); aws.ToString(id.Account) != owner || aws.ToString(id.Arn) != "arn:aws:iam::111122223333:user/sandbox" {
		t.Errorf("identity %+v", id)
	}
	key := must(w.kms(away).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/ami")}))(t)
	if key.KeyMetadata.KeyState != "Enabled" || key.KeyMetadata.KeyManager != "CUSTOMER" {
		t.Errorf("key %+v", key.KeyMetadata)
	}
	quota := must(w.quotas(away).GetServiceQuota(ctx, &servicequotas.GetServiceQuotaInput{ServiceCode: aws.String("ec2"), QuotaCode: aws.String("L-B665C33B")}))(t)
	if aws.ToFloat64(quota.Quota.Value) != 50000 {
		t.Errorf("quota %+v", quota.Quota)
	}
	must(w.ssm(away).PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String("/a/b"), Value: aws.String("x"), Type: "String"}))(t)
	p := must(w.ssm(away).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("/a/b")}))(t)
	if aws.ToString(p.Parameter.Value) != "x" || p.Parameter.Version != 1 {
		t.Errorf("parameter %+v", p.Parameter)
	}
	wantCode[*ssm.GetParameterOutput](t, "ParameterNotFound")(w.ssm(home).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("/a/b")}))
}
