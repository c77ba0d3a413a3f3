"""Judge a run with boto3: which copies and snapshots are there, and what they carry."""
import sys

import boto3

source, wanted, regions = sys.argv[1], sys.argv[2].split(","), sys.argv[3].split(",")


def tags(resource):
    return {t["Key"]: t["Value"] for t in resource.get("Tags", [])}


def ours(resources):
    return [r for r in resources if tags(r).get("amisync:owner") == "moto-test"]


for region in regions:
    ec2 = boto3.client("ec2", region_name=region)
    images = ours(ec2.describe_images(Owners=["self"])["Images"])
    snapshots = ours(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"])
    if region not in wanted:
        assert not images and not snapshots, (region, images, snapshots)
        continue
    assert len(images) == 1, (region, images)
    assert len(snapshots) == 1, (region, snapshots)
    for resource in (images[0], snapshots[0]):
        t = tags(resource)
        assert t["amisync:source-ami"] == source, (region, t)
        assert t["amisync:source-region"] == "us-east-1", (region, t)
        assert t["amisync:image"] == "base", (region, t)
        assert t["team"] == "platform", (region, t)
    assert tags(images[0])["amisync:verified"] == "ok", (region, images[0])
    backing = images[0]["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    assert backing == snapshots[0]["SnapshotId"], (region, images[0], snapshots[0])
