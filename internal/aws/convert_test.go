package aws_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/state"
)

// TestImageAsEC2SendsIt has every field that is read, in the forms that EC2
// and its emulators use.
func TestImageAsEC2SendsIt(t *testing.T) {
	body := `<?xml version="1.0" encoding="UTF-8"?><DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><imagesSet><item>` +
		`<imageId>ami-1</imageId><imageState>failed</imageState><imageOwnerId>111122223333</imageOwnerId><creationDate>2026-01-02T03:04:05.000Z</creationDate>` +
		`<isPublic>true</isPublic><productCodes><item><productCode>b</productCode></item><item><productCode>a</productCode></item></productCodes>` +
		`<architecture>arm64</architecture><platform>Windows</platform><name>n</name><rootDeviceType>ebs</rootDeviceType>` +
		`<stateReason><code>Client.InternalError</code><message>Client.InternalError: Copy failed</message></stateReason>` +
		`<blockDeviceMapping><item><deviceName>/dev/xvdb</deviceName><ebs><volumeSize>20</volumeSize><encrypted>true</encrypted></ebs></item>` +
		`<item><deviceName>/dev/sdc</deviceName><virtualName>ephemeral0</virtualName></item>` +
		`<item><deviceName>/dev/sda1</deviceName><ebs><snapshotId>snap-1</snapshotId><volumeSize>8</volumeSize><volumeType>gp3</volumeType></ebs></item></blockDeviceMapping>` +
		`<tagSet><item><key>a</key><value/></item></tagSet><enaSupport>true</enaSupport><bootMode>uefi</bootMode><tpmSupport>v2.0</tpmSupport><imdsSupport>v2.0</imdsSupport>` +
		`<deprecationTime>2028-01-02T03:04:00+0000</deprecationTime><deregistrationProtection>enabled-with-cooldown</deregistrationProtection>` +
		`<lastLaunchedTime>2026-02-02T00:00:00Z</lastLaunchedTime><sourceImageId>ami-0</sourceImageId><sourceImageRegion>us-east-1</sourceImageRegion>` +
		`<sourceInstanceId>i-1</sourceInstanceId><imageWatermarkSet><item><watermarkKey>111122223333:ok</watermarkKey></item></imageWatermarkSet>` +
		`</item></imagesSet><nextToken/></DescribeImagesResponse>`
	w := newWire(map[string]func(int, url.Values) reply{"DescribeImages": always(xmlReply(body))})
	got := readRegion(t, w.client(t), "eu-west-1").Images
	want := []state.AMI{{
		ID: "ami-1", Account: account, Region: "eu-west-1", OwnerID: account, Name: "n", State: "failed", StateReason: "Client.InternalError: Copy failed",
		Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Deprecated: time.Date(2028, 1, 2, 3, 4, 0, 0, time.UTC),
		Protection: "enabled-with-cooldown", Public: true, Tags: map[string]string{"a": ""},
		Devices: []state.Device{
			{Name: "/dev/sda1", SnapshotID: "snap-1", SizeGiB: 8, VolumeType: "gp3"},
			{Name: "/dev/xvdb", SizeGiB: 20, Encrypted: true},
		},
		RootDeviceType: "ebs", Architecture: "arm64", BootMode: "uefi", TPM: "v2.0", IMDS: "v2.0", ENA: true, Platform: "windows",
		ProductCodes: []string{"a", "b"}, Watermarks: []string{"111122223333:ok"},
		SourceImageID: "ami-0", SourceImageRegion: "us-east-1", SourceInstanceID: "i-1", LastLaunched: time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSnapshotAsEC2SendsIt(t *testing.T) {
	body := `<DescribeSnapshotsResponse><requestId>r</requestId><snapshotSet><item><snapshotId>snap-1</snapshotId><status>error</status>` +
		`<statusMessage>Given key ID is not accessible</statusMessage><progress>37%</progress><ownerId>111122223333</ownerId><volumeId>vol-ffffffff</volumeId>` +
		`<volumeSize>8</volumeSize><startTime>2026-01-02T03:04:05.678Z</startTime><encrypted>true</encrypted><kmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/k</kmsKeyId>` +
		`<storageTier>archive</storageTier><fullSnapshotSizeInBytes>5368709120</fullSnapshotSizeInBytes><transferType>time-based</transferType></item>` +
		`<item><snapshotId>snap-0</snapshotId><status>pending</status><progress/></item></snapshotSet></DescribeSnapshotsResponse>`
	w := newWire(map[string]func(int, url.Values) reply{"DescribeSnapshots": always(xmlReply(body))})
	got := readRegion(t, w.client(t), "eu-west-1").Snapshots
	want := []state.Snapshot{
		{ID: "snap-0", Account: account, Region: "eu-west-1", State: "pending", Tier: "standard"},
		{
			ID: "snap-1", Account: account, Region: "eu-west-1", OwnerID: account, State: "error", StateMessage: "Given key ID is not accessible", Progress: 37,
			Started: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC), Encrypted: true, KMSKey: "arn:aws:kms:eu-west-1:111122223333:key/k", VolumeGiB: 8,
			WrittenBytes: 5 << 30, Tier: "archive", SourceVolume: "vol-ffffffff", TransferTimed: true,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
