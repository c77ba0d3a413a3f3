package sandbox

import "slices"

type describeInstancesInput struct {
	InstanceID              []string
	Filter                  []filterInput
	IncludeManagedResources bool
	MaxResults              *int
	NextToken               string
}

// describeInstances leaves out managed instances unless they are asked for by
// id or with IncludeManagedResources ("Amazon EC2 managed instances", EC2 User
// Guide).
func describeInstances(k *call, in *describeInstancesInput) error {
	if len(in.InstanceID) > 0 && in.MaxResults != nil {
		return fail("InvalidParameterCombination", "The parameter instancesSet cannot be used with the parameter maxResults")
	}
	p, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000)
	if err != nil {
		return err
	}
	filters, err := k.instanceFilters().compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	for _, id := range in.InstanceID {
		if i, ok := k.reg.Instances.get(id); !ok || i.state(k.now) == "" {
			return fail("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
		}
	}
	named := len(in.InstanceID) > 0
	page, next := cut(p, func(i *instance) bool {
		return i.state(k.now) != "" && (!i.Managed || in.IncludeManagedResources || named) &&
			(!named || slices.Contains(in.InstanceID, i.ID)) && filters(i)
	}, k.reg.Instances.after(p.last))
	k.out.open("reservationSet")
	for _, r := range reservations(page) {
		k.out.within("item", func() { k.writeReservation(r, page) })
	}
	k.out.close("reservationSet")
	k.out.some("nextToken", next)
	return nil
}

// reservations are those of the instances, in the order of the instances.
func reservations(page []*instance) []string {
	var list []string
	for _, i := range page {
		if !slices.Contains(list, i.Reservation) {
			list = append(list, i.Reservation)
		}
	}
	return list
}

func (k *call) instanceFilters() filterable[*instance] {
	return filterable[*instance]{
		one: map[string]func(*instance) string{
			"image-id":            func(i *instance) string { return i.Image },
			"instance-id":         func(i *instance) string { return i.ID },
			"instance-state-name": func(i *instance) string { return i.state(k.now) },
			"instance-type":       func(i *instance) string { return i.Type },
			"launch-time":         func(i *instance) string { return stamp(i.Launched) },
			"reservation-id":      func(i *instance) string { return i.Reservation },
			"client-token":        func(i *instance) string { return i.Token },
		},
		tags: func(i *instance) tags { return i.Tags },
	}
}

// writeReservation writes a reservation with those of its instances that are
// in the list.
func (k *call) writeReservation(id string, list []*instance) {
	k.out.text("reservationId", id)
	k.out.text("ownerId", k.acct.ID)
	k.out.text("groupSet", "")
	k.out.open("instancesSet")
	for _, i := range list {
		if i.Reservation == id {
			k.out.within("item", func() { k.writeInstance(i) })
		}
	}
	k.out.close("instancesSet")
}

func (k *call) writeInstance(i *instance) {
	w := &k.out
	w.text("instanceId", i.ID)
	w.text("imageId", i.Image)
	k.writeState("instanceState", i.State)
	w.text("instanceType", i.Type)
	w.time("launchTime", i.Launched)
	w.some("keyName", i.Key)
	w.within("placement", func() { w.text("availabilityZone", orText(i.Zone, k.reg.Name+"a")) })
	w.within("monitoring", func() { w.text("state", "disabled") })
	w.text("privateIpAddress", "10.0.0.10")
	w.some("subnetId", i.Subnet)
	if i.Subnet != "" {
		w.text("vpcId", k.vpc())
	}
	w.within("groupSet", func() { k.writeInstanceGroups(i) })
	w.text("architecture", orText(i.Architecture, "x86_64"))
	w.text("rootDeviceType", "ebs")
	if len(i.Devices) > 0 {
		w.text("rootDeviceName", i.Devices[0].Name)
	}
	w.text("virtualizationType", "hvm")
	w.some("clientToken", i.Token)
	w.open("blockDeviceMapping")
	for _, d := range i.Devices {
		w.open("item")
		w.text("deviceName", d.Name)
		w.open("ebs")
		w.text("volumeId", d.Snapshot)
		w.text("status", "attached")
		w.bool("deleteOnTermination", !d.Keep)
		w.close("ebs")
		w.close("item")
	}
	w.close("blockDeviceMapping")
	w.tags(i.Tags, k.now)
	w.within("operator", func() {
		w.bool("managed", i.Managed)
		w.bool("hiddenByDefault", i.Managed)
	})
}

func (k *call) writeInstanceGroups(i *instance) {
	for _, id := range i.Groups {
		if g, err := k.group(id, ""); err == nil {
			k.out.open("item")
			k.out.text("groupId", g.ID)
			k.out.text("groupName", g.Name)
			k.out.close("item")
		}
	}
}
