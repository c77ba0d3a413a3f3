package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// add puts what a scene declares into the cloud, as far as it is not there
// yet. An image that was there once and was deregistered stays away.
func (c *Cloud) add(scene Scene) error {
	if err := scene.check(); err != nil {
		return err
	}
	c.addAccounts(scene.Accounts)
	c.st.Regions = append(c.st.Regions, scene.Regions...)
	for _, key := range scene.Keys {
		if err := c.addKey(key); err != nil {
			return err
		}
	}
	if err := c.addSettings(scene.Regions); err != nil {
		return err
	}
	for i, im := range scene.Images {
		if err := c.addImage(im); err != nil {
			return fmt.Errorf("scene: image %d (%s): %w", i+1, im.Name, err)
		}
	}
	for _, p := range scene.Params {
		if err := c.addParameter(p); err != nil {
			return err
		}
	}
	for _, ref := range scene.Refs {
		if err := c.addReference(ref); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cloud) addAccounts(list []Account) {
	if len(list) == 0 && c.st.First == "" {
		list = []Account{{ID: defaultAccount}}
	}
	for _, a := range list {
		if c.st.First == "" {
			c.st.First = a.ID
		}
		partition := orText(a.Partition, "aws")
		enabled := enabledRegions(partition, a.Enabled)
		if known, ok := c.st.Accounts[a.ID]; ok {
			for _, name := range enabled {
				insert(&known.Enabled, name)
			}
		} else {
			c.st.Accounts[a.ID] = &account{
				ID: a.ID, Name: a.Name, Alias: a.Alias, Partition: partition, Organization: a.Organization, Units: a.Units,
				Enabled: enabled, Regions: map[string]*region{},
			}
		}
		for _, key := range a.AccessKeys {
			c.st.Keys[key] = credential{Account: a.ID}
		}
	}
}

// place finds the Region of an account that a part of the scene is about; an
// empty account is the first one.
func (c *Cloud) place(accountID, regionName string) (*region, error) {
	a := c.accountOf(orText(accountID, c.st.First))
	if !a.enabled(regionName) {
		return nil, fmt.Errorf("scene: Region %q is not enabled for account %s", regionName, a.ID)
	}
	return c.regionOf(a, regionName), nil
}

func (c *Cloud) addKey(in Key) error {
	names := in.Regions.Names
	if in.Region != "" {
		names = append(slices.Clone(names), in.Region)
	}
	a := c.accountOf(orText(in.Account, c.st.First))
	if in.Regions.All {
		names = a.Enabled
	}
	if len(names) == 0 {
		return fmt.Errorf("scene: key %s has no region", cmp.Or(in.ID, fmt.Sprint(in.Aliases)))
	}
	for _, name := range names {
		r, err := c.place(a.ID, name)
		if err != nil {
			return err
		}
		c.addKeyTo(r, in)
	}
	return nil
}

func (c *Cloud) addKeyTo(r *region, in Key) {
	label := in.ID
	if len(in.Aliases) > 0 {
		label = in.Aliases[0]
	}
	if findKeyIn(r, label) != nil || (in.ID != "" && findKeyIn(r, in.ID) != nil) {
		return
	}
	k := c.makeKey(r, "scene/"+label)
	if in.ID != "" {
		k.ID, k.ARN = in.ID, arn(r.Name, "kms", r.Account, "key/"+in.ID)
	}
	k.Aliases, k.Users, k.Multi = in.Aliases, in.Users, in.Multi
	k.State, k.Spec = orText(in.State, k.State), orText(in.Spec, k.Spec)
	k.Usage, k.Manager = orText(in.Usage, k.Usage), orText(in.Manager, k.Manager)
	r.Keys.put(k)
}

// addSettings applies Region settings to Regions that exist already; others
// get them when they are first used. A default key must exist.
func (c *Cloud) addSettings(list []RegionSettings) error {
	for _, s := range list {
		for _, a := range c.accounts() {
			if s.Account != "" && s.Account != a.ID {
				continue
			}
			for _, name := range a.Enabled {
				if !s.covers(name) {
					continue
				}
				r := c.regionOf(a, name)
				if s.DefaultKey != "" && c.findKey(r, s.DefaultKey) == nil {
					return fmt.Errorf("scene: defaultKey %s does not exist in %s", s.DefaultKey, name)
				}
				c.applySettings(r, s)
			}
		}
	}
	return nil
}

// covers tells whether the settings are for a Region; without a list they are
// for all.
func (s RegionSettings) covers(name string) bool { return s.Regions.IsZero() || s.Regions.has(name) }

func (c *Cloud) applySettings(r *region, s RegionSettings) {
	r.Encrypt = r.Encrypt || s.Encrypt
	if key := c.findKey(r, s.DefaultKey); s.DefaultKey != "" && key != nil {
		r.DefaultKey = key.ARN
	}
	r.BlockPublic = orText(s.BlockPublicAccess, r.BlockPublic)
	if s.AllowedImages.State != "" {
		r.Allowed = s.AllowedImages
	}
	r.KeepImages, r.KeepSnaps = cmp.Or(s.RecycleImages, r.KeepImages), cmp.Or(s.RecycleSnapshots, r.KeepSnaps)
}

func (c *Cloud) addParameter(in Parameter) error {
	r, err := c.place(in.Account, in.Region)
	if err != nil {
		return err
	}
	if _, ok := r.Params.get(in.Name); !ok {
		r.Params.put(&parameter{
			Name: in.Name, Type: orText(in.Type, "String"), Data: orText(in.Data, "text"), Value: in.Value,
			Version: 1, Modified: c.clock.Now(), Tags: tagsOf(in.Tags),
		})
	}
	return nil
}

func (c *Cloud) addReference(in Reference) error {
	r, err := c.place(in.Account, in.Region)
	if err != nil {
		return err
	}
	name := orText(in.Name, in.Image)
	id := digest(strconv.FormatInt(c.st.Seed, 10), r.Account, r.Name, in.Type, name, in.Image)[:16]
	switch in.Type {
	case "ec2:Instance":
		r.Instances.put(&instance{
			ID: "i-0" + id, Reservation: "r-0" + id, Image: in.Image, Type: "m5.large",
			State: orText(in.State, "running"), Launched: c.clock.Now(), Managed: in.Managed,
		})
	case "ec2:LaunchTemplate":
		r.Templates.put(&launchTemplate{
			ID: "lt-0" + id, Name: name, Created: c.clock.Now(), Default: 1, Managed: in.Managed,
			Versions: []templateVersion{{Number: 1, Created: c.clock.Now(), Image: in.Image, Type: "m5.large"}},
		})
	case "imagebuilder:ImageRecipe", "imagebuilder:ContainerRecipe":
		kind := map[string]string{"imagebuilder:ImageRecipe": "image-recipe/", "imagebuilder:ContainerRecipe": "container-recipe/"}[in.Type]
		rec := recipe{Image: in.Image, Type: in.Type, ARN: arn(r.Name, "imagebuilder", r.Account, kind+name+"/1.0.0")}
		if !slices.Contains(r.Refs, rec) {
			r.Refs = append(r.Refs, rec)
		}
	default:
		return fmt.Errorf("scene: reference type %q is not ec2:Instance, ec2:LaunchTemplate, imagebuilder:ImageRecipe or imagebuilder:ContainerRecipe", in.Type)
	}
	return nil
}
