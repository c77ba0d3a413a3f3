"""What a boto3 program does with machine images, against the endpoint in the
environment. Any difference from AWS is an assertion that fails."""

import json
import os
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

HOME, AWAY, SOURCE = "us-east-1", "eu-west-1", "ami-0123456789abcdef0"
config = Config(retries={"max_attempts": 1})


def client(name, region):
    return boto3.client(name, region_name=region, config=config)


def advance(how):
    url = os.environ["AWS_ENDPOINT_URL"] + "/_sandbox/clock"
    urllib.request.urlopen(url, json.dumps({"advance": how}).encode()).read()


def refused(code, call, **kwargs):
    try:
        call(**kwargs)
    except ClientError as e:
        assert e.response["Error"]["Code"] == code, e
        return e.response["ResponseMetadata"]["HTTPStatusCode"]
    raise AssertionError("not refused with " + code)


def copies(ec2):
    for i in range(7):
        ec2.copy_image(
            Name=f"copy-{i}", SourceImageId=SOURCE, SourceRegion=HOME, ClientToken=f"token-{i}",
            TagSpecifications=[
                {"ResourceType": "image", "Tags": [{"Key": "n", "Value": str(i)}]},
                {"ResourceType": "snapshot", "Tags": [{"Key": "n", "Value": str(i)}]},
            ],
        )
    pages = list(ec2.get_paginator("describe_images").paginate(Owners=["self"], PaginationConfig={"PageSize": 3}))
    assert [len(p["Images"]) for p in pages] == [3, 3, 1], pages
    images = [i for p in pages for i in p["Images"]]
    assert {i["State"] for i in images} == {"pending"}
    assert sorted(t["Value"] for i in images for t in i["Tags"]) == list("0123456")
    return [i["ImageId"] for i in images]


def errors(ec2, image):
    assert refused("InvalidAMIID.NotFound", ec2.describe_images, ImageIds=["ami-00000000000000000"]) == 400
    assert refused("InvalidAMIName.Duplicate", ec2.copy_image, Name="copy-1", SourceImageId=SOURCE, SourceRegion=HOME) == 400
    assert refused("IdempotentParameterMismatch", ec2.copy_image, Name="other", SourceImageId=SOURCE, SourceRegion=HOME, ClientToken="token-1") == 400
    assert refused("InvalidAMIID.Unavailable", ec2.modify_image_attribute, ImageId=image, Description={"Value": "x"}) == 400
    assert refused("DryRunOperation", ec2.deregister_image, ImageId=image, DryRun=True) == 412
    assert refused("AuthFailure", client("ec2", "af-south-1").describe_images, Owners=["self"]) == 401


def life(ec2, ids):
    try:
        ec2.get_waiter("image_available").wait(ImageIds=ids, WaiterConfig={"Delay": 0, "MaxAttempts": 1})
        raise AssertionError("pending copies are available")
    except WaiterError:
        pass
    advance("1h")
    ec2.get_waiter("image_available").wait(ImageIds=ids, WaiterConfig={"Delay": 0, "MaxAttempts": 1})
    image = ids[0]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": "444455556666"}]})
    ec2.modify_image_attribute(ImageId=image, Attribute="description", Value="new")
    got = ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")
    assert got["LaunchPermissions"] == [{"UserId": "444455556666"}], got
    snaps = list(ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], PaginationConfig={"PageSize": 5}))
    assert sum(len(p["Snapshots"]) for p in snaps) == 7
    result = ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    assert result["Return"] and result["DeleteSnapshotResults"][0]["ReturnCode"] == "success", result
    refused("InvalidAMIID.Unavailable", ec2.deregister_image, ImageId=image)


def others():
    assert client("sts", HOME).get_caller_identity()["Account"] == "111122223333"
    ssm = client("ssm", HOME)
    ssm.put_parameter(Name="/ami", Value=SOURCE, Type="String", DataType="aws:ec2:image", Tags=[{"Key": "a", "Value": "b"}])
    assert ssm.get_parameter(Name="/ami")["Parameter"]["Value"] == SOURCE
    refused("ParameterNotFound", ssm.get_parameter, Name="/none")
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/ami")["TagList"] == [{"Key": "a", "Value": "b"}]
    key = client("kms", AWAY).describe_key(KeyId="alias/ami")["KeyMetadata"]
    assert key["KeyState"] == "Enabled" and ":eu-west-1:" in key["Arn"], key
    refused("NotFoundException", client("kms", AWAY).describe_key, KeyId="alias/none")
    quota = client("service-quotas", AWAY).get_service_quota(ServiceCode="ec2", QuotaCode="L-B665C33B")["Quota"]
    assert quota["Value"] == 50000, quota
    references = client("ec2", HOME).describe_image_references(ImageIds=[SOURCE], IncludeAllResourceTypes=True)["ImageReferences"]
    assert [r["ResourceType"] for r in references] == ["ssm:Parameter"], references


def main():
    regions = client("ec2", HOME).describe_regions(AllRegions=True)["Regions"]
    assert len(regions) == 34 and sum(r["OptInStatus"] == "not-opted-in" for r in regions) == 17
    ec2 = client("ec2", AWAY)
    ids = copies(ec2)
    errors(ec2, ids[0])
    life(ec2, ids)
    others()
    print("ok")


main()
