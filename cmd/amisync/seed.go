package main

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

// embeddedSpeed is how much faster than real time the embedded sandbox runs:
// an hour of copying in six seconds.
const embeddedSpeed = 600

// openSandbox is the embedded sandbox, seeded from the file's own sources.
func (f planFlags) openSandbox(d state.Desired) (*sandbox.Cloud, error) {
	if f.sandbox == inMemory {
		return sandbox.New(seed(d), sandbox.WithSpeed(embeddedSpeed))
	}
	return sandbox.Open(f.sandbox, seed(d), sandbox.WithSpeed(embeddedSpeed))
}

// seed is a scene in which everything that a file names exists: its account,
// its Regions (besides the 17 that are always enabled), its sources and keys.
func seed(d state.Desired) sandbox.Scene {
	account := d.Accounts[0]
	s := sandbox.Scene{Accounts: []sandbox.Account{{ID: account, Enabled: sandbox.RegionList{Names: seedRegions(d)}}}}
	for _, i := range d.Images {
		s.Images = appendImage(s.Images, seedImage(account, i))
		if i.Source.SSM != "" && !strings.HasPrefix(i.Source.SSM, "/aws/") {
			s.Params = append(s.Params, sandbox.Parameter{Account: account, Region: i.Source.Region, Name: i.Source.SSM, Value: seedID(i)})
		}
		s.Keys = append(s.Keys, seedKeys(account, i)...)
	}
	s.Keys = distinctKeys(s.Keys)
	return s
}

// seedRegions are the Regions a file names; the default ones come on top.
func seedRegions(d state.Desired) []string {
	names := slices.Clone(sandbox.DefaultRegions())
	for _, i := range d.Images {
		names = append(names, i.Source.Region)
		names = append(names, i.Regions.Names...)
		names = append(names, i.Regions.Optional...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// seedImage makes up an image's source. Its size follows from its id, so that
// the same file always gives the same plan.
func seedImage(account string, i state.Image) sandbox.Image {
	id := seedID(i)
	h := fnv.New32a()
	fmt.Fprint(h, id)
	size := 8 + int(h.Sum32()%3)*4
	img := sandbox.Image{
		ID: id, Account: account, Region: i.Source.Region, Name: "source-" + id,
		Architecture: "x86_64", BootMode: "uefi",
		Devices: []sandbox.Device{{Name: "/dev/xvda", Size: size, Used: float64(size) / 4}},
	}
	if l := i.Source.Lookup; l != nil {
		img.Name, img.Tags = strings.NewReplacer("*", "seed", "?", "0").Replace(l.Name), l.Tags
		if l.Name == "" {
			img.Name = "source-" + id
		}
		if l.Architecture != "" {
			img.Architecture = l.Architecture
		}
	}
	return img
}

// seedID is the source's id, or one made up from what finds it.
func seedID(i state.Image) string {
	if i.Source.ID != "" {
		return i.Source.ID
	}
	h := fnv.New64a()
	fmt.Fprint(h, i.Name, i.Source.Region, i.Source.SSM)
	return fmt.Sprintf("ami-0%016x", h.Sum64())
}

// appendImage keeps one image for sources that several entries share.
func appendImage(images []sandbox.Image, img sandbox.Image) []sandbox.Image {
	if slices.ContainsFunc(images, func(o sandbox.Image) bool { return o.ID == img.ID && o.Region == img.Region }) {
		return images
	}
	return append(images, img)
}

// seedKeys are the customer keys that an image's encryption names.
func seedKeys(account string, i state.Image) []sandbox.Key {
	if i.Encryption == nil {
		return nil
	}
	var keys []sandbox.Key
	for _, name := range append(slices.Sorted(maps.Values(i.Encryption.Regions)), i.Encryption.Key) {
		if key, ok := seedKey(account, name); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// seedKey is one key by its name: an alias or a bare id stands for a key in
// every Region, an ARN for the one it names.
func seedKey(account, name string) (sandbox.Key, bool) {
	everywhere := sandbox.RegionList{All: true}
	switch {
	case name == "" || name == state.KeyDefault:
		return sandbox.Key{}, false
	case strings.HasPrefix(name, "alias/"):
		return sandbox.Key{Account: account, Regions: everywhere, Aliases: []string{name}}, true
	case !strings.HasPrefix(name, "arn:"):
		return sandbox.Key{Account: account, Regions: everywhere, ID: name}, true
	}
	parts := strings.SplitN(name, ":", 6)
	if len(parts) < 6 || parts[4] != account {
		return sandbox.Key{}, false
	}
	if id, ok := strings.CutPrefix(parts[5], "key/"); ok {
		return sandbox.Key{Account: account, Region: parts[3], ID: id}, true
	}
	return sandbox.Key{Account: account, Region: parts[3], Aliases: []string{parts[5]}}, true
}

func distinctKeys(keys []sandbox.Key) []sandbox.Key {
	var out []sandbox.Key
	seen := map[string]bool{}
	for _, k := range keys {
		name := k.Region + k.ID + strings.Join(k.Aliases, ",")
		if !seen[name] {
			seen[name] = true
			out = append(out, k)
		}
	}
	return out
}
