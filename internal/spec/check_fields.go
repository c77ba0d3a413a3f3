package spec

import (
	"regexp"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// controlTags are those that a copy carries one day, beside the series of
// amisync:tag-keys. Room is kept for a hold that people set.
var controlTags = []string{
	state.TagOwner, state.TagImage, state.TagSourceAMI, state.TagSourceRegion, state.TagGeneration,
	state.TagKey, state.TagMade, state.TagLifecycle, state.TagVerified, state.TagShared, state.TagPublished,
	state.TagFile, state.TagCommit, state.TagSupersededAt, state.TagRetiredAt, state.TagHold,
}

// tags keeps the tags of a copy within EC2's limit, as far as the file tells.
func (c checker) tags(im declared) {
	var keys []string
	for k := range im.Tags {
		keys = append(keys, string(k))
	}
	slices.Sort(keys)
	for _, k := range keys {
		if !state.MayRemember(k) {
			c.fail(im, "tags", "tags of image %s: amisync remembers the keys that it has set in a tag, where commas and %% take three characters each, and %q is too long for that: write fewer of them", im.name, k)
		}
	}
	ours := len(controlTags) + len(state.TagKeysTags(keys))
	all := slices.Clone(keys)
	for _, k := range im.CopySourceTags.keys {
		if k != "" && !slices.Contains(keys, string(k)) {
			all = append(all, string(k))
		}
	}
	if len(all)+ours <= state.MaxTags {
		return
	}
	field := "tags"
	if !c.has(im, field) {
		field = "copySourceTags"
	}
	c.fail(im, field, "image %s asks for %d tags and amisync needs %d of the %d that EC2 allows: take %d away",
		im.name, len(all), ours, state.MaxTags, len(all)+ours-state.MaxTags)
}

// regionOfARN finds the Region of a key's or alias' ARN.
var regionOfARN = regexp.MustCompile(`^arn:[a-z-]+:kms:([a-z0-9-]+):`)

func arnRegion(key kmsKey) region {
	if m := regionOfARN.FindStringSubmatch(string(key)); m != nil {
		return region(m[1])
	}
	return ""
}

// keys wants a key for every Region, and none of another Region: "the
// specified KMS key must exist in the destination Region" (CopyImage).
func (c checker) keys(im declared) {
	if im.Encryption == nil || !c.isMap(im, "encryption") {
		return
	}
	if !c.has(im, "encryption.kmsKey") {
		c.fail(im, "encryption", "encryption of image %s has no kmsKey: write one such as alias/ami, or default for each Region's default key", im.name)
	}
	for _, r := range sortedKeys(im.Encryption.KMSKeys) {
		if of := arnRegion(im.Encryption.KMSKeys[r]); of != "" && of != r {
			c.fail(im, "encryption.kmsKeys."+string(r), "encryption.kmsKeys of image %s: the key for %s is one of %s: a key must be in the Region of the copy", im.name, r, of)
		}
	}
	c.keyRegions(im)
	c.foreignKey(im)
}

// keyRegions refuses a key for a Region in which the image is not wanted: most
// likely a slip that leaves another Region under the wrong key. Defaults may
// name Regions of other images.
func (c checker) keyRegions(im declared) {
	if !c.has(im, "regions") {
		return
	}
	for _, r := range sortedKeys(im.Encryption.KMSKeys) {
		field := "encryption.kmsKeys." + string(r)
		if c.wrote(im, field) && !c.file.covers(im, r) {
			c.report(c.key(im.place.path+"."+field), closest(string(r), texts(im.Regions.names)),
				"encryption.kmsKeys of image %s: %s is not one of the image's Regions: add it to regions or take it away here", im.name, r)
		}
	}
}

// foreignKey refuses one Region's key as the key of others.
func (c checker) foreignKey(im declared) {
	of := arnRegion(im.Encryption.KMSKey)
	if of == "" {
		return
	}
	wrong := "every Region"
	if !im.Regions.all {
		i := slices.IndexFunc(im.Regions.names, func(r region) bool {
			_, named := im.Encryption.KMSKeys[r]
			return r != "" && r != of && !named
		})
		if i < 0 {
			return
		}
		wrong = string(im.Regions.names[i])
	}
	c.fail(im, "encryption.kmsKey", "encryption.kmsKey of image %s is a key of %s and the image goes to %s: write an alias that every Region has, or name the others under kmsKeys", im.name, of, wrong)
}
