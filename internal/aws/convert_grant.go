package aws

import (
	"cmp"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/amisync/amisync/pkg/state"
)

// toGrants are an image's launch permissions, sorted. The owner's own is
// implicit and not listed.
func toGrants(list []types.LaunchPermission) []state.Grant {
	grants := make([]state.Grant, 0, len(list))
	for _, p := range list {
		grants = append(grants, state.Grant{
			Account:            sdk.ToString(p.UserId),
			Organization:       sdk.ToString(p.OrganizationArn),
			OrganizationalUnit: sdk.ToString(p.OrganizationalUnitArn),
			Public:             p.Group == types.PermissionGroupAll,
		})
	}
	return sortedGrants(grants)
}

// fromGrants are the launch permissions that EC2 takes; nil for none.
func fromGrants(grants []state.Grant) []types.LaunchPermission {
	var list []types.LaunchPermission
	for _, g := range sortedGrants(slices.Clone(grants)) {
		switch {
		case g.Public:
			list = append(list, types.LaunchPermission{Group: types.PermissionGroupAll})
		case g.Account != "":
			list = append(list, types.LaunchPermission{UserId: sdk.String(g.Account)})
		case g.Organization != "":
			list = append(list, types.LaunchPermission{OrganizationArn: sdk.String(g.Organization)})
		default:
			list = append(list, types.LaunchPermission{OrganizationalUnitArn: sdk.String(g.OrganizationalUnit)})
		}
	}
	return list
}

// toSnapshotGrants are a snapshot's create-volume permissions, sorted: accounts
// and the public, EC2 has no organisations there.
func toSnapshotGrants(list []types.CreateVolumePermission) []state.Grant {
	grants := make([]state.Grant, 0, len(list))
	for _, p := range list {
		grants = append(grants, state.Grant{Account: sdk.ToString(p.UserId), Public: p.Group == types.PermissionGroupAll})
	}
	return sortedGrants(grants)
}

func sortedGrants(grants []state.Grant) []state.Grant {
	slices.SortFunc(grants, func(a, b state.Grant) int { return cmp.Compare(a.String(), b.String()) })
	return grants
}
