package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (c *Cloud) addImage(in Image) error {
	r, err := c.place(in.Account, in.Region)
	if err != nil {
		return err
	}
	id := in.ID
	if id == "" {
		id = "ami-0" + digest(strconv.FormatInt(c.st.Seed, 10), r.Account, r.Name, "scene", in.Name)[:16]
	}
	if err := firstError(checkImageID(id), checkName(in.Name)); err != nil {
		return err
	}
	_, there := r.Images.get(id)
	if _, dead := r.Dead[id]; there || dead {
		return nil
	}
	if hold, taken := r.Names[in.Name]; taken {
		return fmt.Errorf("the name is in use by %s", hold.ID)
	}
	im := sceneImage(in, id, r.Account, c.clock.Now())
	for i, d := range in.Devices {
		dev, err := c.addDevice(r, im, d, in.Restore)
		if err != nil {
			return fmt.Errorf("device %d: %w", i+1, err)
		}
		im.Devices = append(im.Devices, dev)
	}
	if im.RootName == "" && len(im.Devices) > 0 {
		im.RootName = im.Devices[0].Name
	}
	r.Images.put(im)
	r.Names[im.Name] = nameHold{ID: im.ID}
	if im.State == statePending {
		r.Copying++
	}
	return nil
}

// sceneImage fills in what a scene does not say.
func sceneImage(in Image, id, owner string, now time.Time) *image {
	im := &image{
		ID: id, Owner: owner, Name: in.Name, Description: in.Description, Location: owner + "/" + in.Name,
		State: orText(in.State, stateAvailable), Architecture: orText(in.Architecture, "x86_64"),
		RootType: orText(in.RootDeviceType, "ebs"), RootName: in.RootDeviceName,
		Virtualization: orText(in.Virtualization, "hvm"), PlatformDetails: "Linux/UNIX", UsageOperation: "RunInstances",
		BootMode: in.BootMode, TPM: in.TPM, IMDS: in.IMDS, ENA: in.ENA == nil || *in.ENA, Platform: in.Platform,
		Tags: tagsOf(in.Tags), Created: in.Created, Deprecation: in.Deprecation.Round(time.Minute), Launched: in.LastLaunched,
		Protection: in.Protection, ProductCodes: in.ProductCodes, Billing: in.Billing, Watermarks: in.Watermarks,
		SSMParameter: in.SSMParameter, SourceID: in.SourceID, SourceRegion: in.SourceRegion, Backup: in.Backup, Public: in.Public,
	}
	if strings.EqualFold(in.Platform, "windows") {
		im.PlatformDetails, im.UsageOperation = "Windows", "RunInstances:0002"
	}
	if im.Created.IsZero() {
		im.Created = now
	}
	if in.StateReason != "" || im.State == stateFailed {
		im.ReasonCode, im.Reason = failedCode, orText(in.StateReason, "Copy image failed with an internal error.")
	}
	for _, who := range in.Launch {
		switch {
		case who == "all":
			im.Public = true
		case strings.Contains(who, ":ou/"):
			insert(&im.Units, who)
		case strings.Contains(who, ":organization/"):
			insert(&im.Organizations, who)
		default:
			insert(&im.Users, who)
		}
	}
	return im
}

// addDevice makes a device of a scene's image and its snapshot.
func (c *Cloud) addDevice(r *region, im *image, in Device, restore []string) (blockDevice, error) {
	dev := blockDevice{Name: in.Name, Virtual: in.Virtual}
	if in.Name == "" {
		return dev, fmt.Errorf("it has no name")
	}
	if in.Virtual != "" {
		return dev, nil
	}
	id := in.Snapshot
	if id == "" {
		id = "snap-0" + digest(im.ID, r.Name, in.Name)[:16]
	}
	size := cmp.Or(in.Size, 8)
	dev.Snapshot, dev.Size, dev.Type, dev.Encrypted = id, size, orText(in.Type, "gp3"), in.Encrypted || in.Key != ""
	if s, there := r.Snapshots.get(id); there {
		insert(&s.Images, im.ID)
		return dev, nil
	}
	s := &snapshot{
		ID: id, Owner: r.Account, Volume: "vol-ffffffff", Size: size, Encrypted: dev.Encrypted,
		Written: int64(cmp.Or(in.Used, float64(size)) * (1 << 30)), Started: im.Created, Completed: im.Created,
		State: stateCompleted, Tier: in.Tier, Images: []string{im.ID}, Public: slices.Contains(restore, "all"),
	}
	switch im.State {
	case statePending:
		s.State, s.Completed, s.Due = statePending, time.Time{}, im.Created.AddDate(100, 0, 0)
	case stateFailed:
		s.State, s.Completed, s.Message = stateError, time.Time{}, im.Reason
	}
	for _, who := range restore {
		if who != "all" {
			insert(&s.Users, who)
		}
	}
	if s.Encrypted {
		key := c.findKey(r, orText(in.Key, managedAlias))
		if key == nil {
			return dev, fmt.Errorf("the key %s does not exist in %s", in.Key, r.Name)
		}
		s.Key = key.ARN
	}
	r.Snapshots.put(s)
	return dev, nil
}
