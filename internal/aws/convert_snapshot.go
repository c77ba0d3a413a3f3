package aws

import (
	"cmp"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// toSnapshot is one item of DescribeSnapshots as an account sees it. A
// snapshot without a storage tier is one of the standard tier.
func toSnapshot(account, region string, s types.Snapshot) state.Snapshot {
	return state.Snapshot{
		ID:            sdk.ToString(s.SnapshotId),
		Account:       account,
		Region:        region,
		OwnerID:       sdk.ToString(s.OwnerId),
		State:         string(s.State),
		StateMessage:  sdk.ToString(s.StateMessage),
		Progress:      parsePercent(s.Progress),
		Started:       sdk.ToTime(s.StartTime).UTC(),
		Encrypted:     sdk.ToBool(s.Encrypted),
		KMSKey:        sdk.ToString(s.KmsKeyId),
		VolumeGiB:     int(sdk.ToInt32(s.VolumeSize)),
		WrittenBytes:  sdk.ToInt64(s.FullSnapshotSizeInBytes),
		Tier:          cmp.Or(string(s.StorageTier), state.TierStandard),
		Tags:          toTags(s.Tags),
		SourceVolume:  sdk.ToString(s.VolumeId),
		TransferTimed: s.TransferType == types.TransferTypeTimeBased,
	}
}
