package aws

import (
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// toAMI is one item of DescribeImages as an account sees it.
func toAMI(account, region string, i types.Image) state.AMI {
	return state.AMI{
		ID:                sdk.ToString(i.ImageId),
		Account:           account,
		Region:            region,
		OwnerID:           sdk.ToString(i.OwnerId),
		Name:              sdk.ToString(i.Name),
		Description:       sdk.ToString(i.Description),
		State:             string(i.State),
		StateReason:       reason(i.StateReason),
		Created:           parseTime(i.CreationDate),
		Deprecated:        parseTime(i.DeprecationTime),
		Protection:        sdk.ToString(i.DeregistrationProtection),
		Public:            sdk.ToBool(i.Public),
		Tags:              toTags(i.Tags),
		Devices:           toDevices(i.BlockDeviceMappings),
		RootDeviceType:    string(i.RootDeviceType),
		Architecture:      string(i.Architecture),
		BootMode:          string(i.BootMode),
		TPM:               string(i.TpmSupport),
		IMDS:              string(i.ImdsSupport),
		ENA:               sdk.ToBool(i.EnaSupport),
		Platform:          strings.ToLower(string(i.Platform)), // EC2 sends windows, its model says Windows
		ProductCodes:      toProductCodes(i.ProductCodes),
		Watermarks:        toWatermarks(i.ImageWatermarks),
		SourceImageID:     sdk.ToString(i.SourceImageId),
		SourceImageRegion: sdk.ToString(i.SourceImageRegion),
		SourceInstanceID:  sdk.ToString(i.SourceInstanceId),
		LastLaunched:      parseTime(i.LastLaunchedTime),
	}
}

func reason(r *types.StateReason) string {
	if r == nil {
		return ""
	}
	code, message := sdk.ToString(r.Code), sdk.ToString(r.Message)
	if code == "" || strings.HasPrefix(message, code) {
		return message
	}
	return strings.TrimSuffix(code+": "+message, ": ")
}

// toDevices are the EBS devices, sorted by name; instance-store volumes are
// not copied and have nothing to compare.
func toDevices(list []types.BlockDeviceMapping) []state.Device {
	var devices []state.Device
	for _, d := range list {
		if d.Ebs == nil {
			continue
		}
		devices = append(devices, state.Device{
			Name:       sdk.ToString(d.DeviceName),
			SnapshotID: sdk.ToString(d.Ebs.SnapshotId),
			SizeGiB:    int(sdk.ToInt32(d.Ebs.VolumeSize)),
			VolumeType: string(d.Ebs.VolumeType),
			Encrypted:  sdk.ToBool(d.Ebs.Encrypted),
		})
	}
	slices.SortFunc(devices, func(a, b state.Device) int { return strings.Compare(a.Name, b.Name) })
	return devices
}

func toProductCodes(list []types.ProductCode) []string {
	var ids []string
	for _, p := range list {
		ids = append(ids, sdk.ToString(p.ProductCodeId))
	}
	slices.Sort(ids)
	return ids
}

func toWatermarks(list []types.ImageWatermark) []string {
	var keys []string
	for _, w := range list {
		keys = append(keys, sdk.ToString(w.WatermarkKey))
	}
	slices.Sort(keys)
	return keys
}
