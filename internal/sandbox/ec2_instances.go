package sandbox

import (
	"slices"
	"strconv"
	"time"
)

type runInstancesInput struct {
	BlockDeviceMapping []deviceInput
	ClientToken        string
	EbsOptimized       bool
	IamInstanceProfile *struct{ Arn, Name string }
	ImageID            string
	InstanceType       string
	KeyName            string
	LaunchTemplate     *struct{ LaunchTemplateID, LaunchTemplateName, Version string }
	MaxCount           int `q:",required"`
	MetadataOptions    *struct{ HTTPEndpoint, HTTPTokens, HTTPPutResponseHopLimit, InstanceMetadataTags string }
	MinCount           int `q:",required"`
	Monitoring         *struct{ Enabled bool }
	Placement          *struct{ AvailabilityZone, Tenancy string }
	SecurityGroup      []string
	SecurityGroupID    []string
	SubnetID           string
	TagSpecification   []tagSpec
	UserData           string

	InstanceInitiatedShutdownBehavior string
}

// runInstances makes instances just real enough to hold a reference to an
// image and to be imaged: they run at once, and compute nothing.
func runInstances(k *call, in *runInstancesInput) error {
	given, err := tagsFor(in.TagSpecification, "instance", "volume", "network-interface")
	if err != nil {
		return err
	}
	if in.MinCount < 1 || in.MaxCount < in.MinCount || in.MaxCount > 1000 {
		return invalidValue("maxCount", strconv.Itoa(in.MaxCount), "It must be at least minCount, and minCount at least 1.")
	}
	id, done, err := k.replay(in.ClientToken)
	if err != nil {
		return err
	}
	if !done {
		im, kind, err := k.launchSource(in)
		if err != nil {
			return err
		}
		where, err := k.launchPlace(in)
		if err != nil {
			return err
		}
		id = k.launch(in.MaxCount, instance{
			Image: im.ID, Type: kind, State: "running", Launched: k.now, Token: in.ClientToken,
			Key: in.KeyName, Groups: where.groups, Subnet: where.subnet.id, Zone: where.subnet.zone,
			Architecture: im.Architecture,
		}, im, given)
		k.remember(in.ClientToken, id)
	}
	k.writeReservation(id, slices.Collect(k.reg.Instances.all()))
	return nil
}

// launchSource is the image of the request or of its launch template.
func (k *call) launchSource(in *runInstancesInput) (*image, string, error) {
	id, kind := in.ImageID, in.InstanceType
	if t := in.LaunchTemplate; t != nil {
		l, err := k.findTemplate(t.LaunchTemplateID, t.LaunchTemplateName)
		if err != nil {
			return nil, "", err
		}
		v, err := l.version(orText(t.Version, "$Default"))
		if err != nil {
			return nil, "", err
		}
		id, kind = orText(id, k.resolve(v.Image)), orText(kind, v.Type)
	}
	if id == "" {
		return nil, "", missing("ImageId")
	}
	list, err := k.namedImages([]string{id})
	if err != nil || len(list) == 0 {
		return nil, "", firstError(err, imageNotFound(id))
	}
	if list[0].State != stateAvailable {
		return nil, "", fail("InvalidAMIID.Unavailable", "The image ID '%s' is not available", id)
	}
	return list[0], orText(kind, "m5.large"), nil
}

// launchPlace is where an instance goes: a subnet, and security groups.
type launchPlace struct {
	subnet subnet
	groups []string
}

// launchPlace finds what the request names for its instances to be launched
// with. What exists in the default VPC only is all there is.
func (k *call) launchPlace(in *runInstancesInput) (launchPlace, error) {
	zone := ""
	if in.Placement != nil {
		zone = in.Placement.AvailabilityZone
	}
	at, err := k.subnetOf(in.SubnetID, zone)
	if err != nil {
		return launchPlace{}, err
	}
	if in.KeyName != "" && k.keyPairNamed(in.KeyName) == nil {
		return launchPlace{}, keyPairNotFound(in.KeyName)
	}
	if err := k.knownGroups(in.SecurityGroupID, in.SecurityGroup); err != nil {
		return launchPlace{}, err
	}
	p := launchPlace{subnet: at}
	for _, g := range k.groups() {
		if slices.Contains(in.SecurityGroupID, g.ID) || slices.Contains(in.SecurityGroup, g.Name) ||
			(len(in.SecurityGroupID)+len(in.SecurityGroup) == 0 && g.Name == defaultGroup) {
			p.groups = append(p.groups, g.ID)
		}
	}
	return p, nil
}

func (k *call) launch(count int, like instance, im *image, given map[string]tags) string {
	reservation := k.cloud.newID(k.reg, "r", "RunInstances", im.ID)
	for range count {
		i := new(like)
		i.ID, i.Reservation, i.Tags = k.cloud.newID(k.reg, "i", "RunInstances", im.ID), reservation, slices.Clone(given["instance"])
		for _, d := range im.Devices {
			if d.disk() {
				d.Snapshot = k.attach(i, d, given["volume"])
				i.Devices = append(i.Devices, d)
			}
		}
		k.reg.Instances.put(i)
	}
	im.Launched = k.now
	return reservation
}

// attach makes the volume of an instance's device.
func (k *call) attach(i *instance, d blockDevice, given tags) string {
	v := &volume{
		ID: k.cloud.newID(k.reg, "vol", "RunInstances", i.ID+d.Name), Size: d.Size, Type: d.Type, Snapshot: d.Snapshot,
		Encrypted: d.Encrypted, Zone: i.Zone, Created: k.now, Tags: slices.Clone(given), Instance: i.ID, Device: d.Name,
	}
	if s := k.cloud.findSnapshot(k.reg.Name, d.Snapshot); s != nil {
		v.Key = s.Key
	}
	k.reg.Volumes.put(v)
	return v.ID
}

// state is the instance's state, or nothing once a terminated one has left the
// lists, an hour after its end.
func (i *instance) state(now time.Time) string {
	if !i.Ended.IsZero() && now.Sub(i.Ended) >= time.Hour {
		return ""
	}
	return i.State
}

func (k *call) hasInstances(image string) bool {
	for i := range k.reg.Instances.all() {
		if i.Image == image && i.state(k.now) != "" {
			return true
		}
	}
	return false
}

type instancesInput struct {
	InstanceID []string `q:",required"`
	Force      bool
	Hibernate  bool
}

var stateCodes = map[string]int{"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

func terminateInstances(k *call, in *instancesInput) error { return k.move(in, "terminated") }
func stopInstances(k *call, in *instancesInput) error      { return k.move(in, "stopped") }
func startInstances(k *call, in *instancesInput) error     { return k.move(in, "running") }

// move brings instances into a state.
func (k *call) move(in *instancesInput, to string) error {
	var list []*instance
	for _, id := range in.InstanceID {
		i, ok := k.reg.Instances.get(id)
		if !ok || i.state(k.now) == "" {
			return fail("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
		}
		if i.State == "terminated" && to != "terminated" {
			return fail("IncorrectInstanceState", "The instance '%s' is terminated", id)
		}
		list = append(list, i)
	}
	k.out.open("instancesSet")
	for _, i := range list {
		k.out.open("item")
		k.out.text("instanceId", i.ID)
		k.writeState("previousState", i.State)
		i.State = to
		if to == "terminated" && i.Ended.IsZero() {
			i.Ended = k.now
			k.detach(i)
		}
		k.writeState("currentState", to)
		k.out.close("item")
	}
	k.out.close("instancesSet")
	return nil
}

// detach deletes the volumes of a terminated instance, or keeps those that are
// not deleted on termination.
func (k *call) detach(i *instance) {
	for _, d := range i.Devices {
		if v, ok := k.reg.Volumes.get(d.Snapshot); ok && d.Keep {
			v.Instance = ""
			continue
		}
		k.reg.Volumes.remove(d.Snapshot)
	}
}

func (k *call) writeState(name, state string) {
	k.out.open(name)
	k.out.int("code", stateCodes[state])
	k.out.text("name", state)
	k.out.close(name)
}
