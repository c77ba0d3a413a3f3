package sandbox

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

type tagsInput struct {
	ResourceID []string
	Tag        []tagInput
}

// untagInput tells a value that is empty from one that is not given.
type untagInput struct {
	ResourceID []string
	Tag        []struct {
		Key   string
		Value *string
	}
}

// taggable is a resource that CreateTags can find.
type taggable struct {
	id, kind string
	tags     *tags
}

var hexPattern = regexp.MustCompile(`^([0-9a-f]{8}|[0-9a-f]{17})$`)

// taggable finds an own resource of the Region by its id.
func (k *call) taggable(id string) (taggable, error) {
	prefix, rest, _ := strings.Cut(id, "-")
	r := k.reg
	if !hexPattern.MatchString(rest) {
		prefix = "" // InvalidID is the code for tagging ("Error codes for the Amazon EC2 API")
	}
	switch prefix {
	case "ami":
		im, err := k.ownImage(id)
		if err != nil {
			return taggable{}, err
		}
		return taggable{id, "image", &im.Tags}, nil
	case "snap":
		s, err := k.ownSnapshot(id)
		if err != nil {
			return taggable{}, err
		}
		return taggable{id, "snapshot", &s.Tags}, nil
	case "vol":
		return tagsIn(&r.Volumes, id, "volume", "InvalidVolume.NotFound", func(v *volume) *tags { return &v.Tags })
	case "i":
		return tagsIn(&r.Instances, id, "instance", "InvalidInstanceID.NotFound", func(i *instance) *tags { return &i.Tags })
	case "key":
		return tagsIn(&r.KeyPairs, id, "key-pair", "InvalidKeyPair.NotFound", func(p *keyPair) *tags { return &p.Tags })
	case "sg":
		return tagsIn(&r.Groups, id, "security-group", "InvalidGroup.NotFound", func(g *securityGroup) *tags { return &g.Tags })
	case "lt":
		return tagsIn(&r.Templates, id, "launch-template", "InvalidLaunchTemplateId.NotFound", func(l *launchTemplate) *tags { return &l.Tags })
	}
	return taggable{}, fail("InvalidID", "The ID '%.100s' is not valid", id)
}

func tagsIn[T keyed](t *table[T], id, kind, code string, tagsOf func(T) *tags) (taggable, error) {
	if v, ok := t.get(id); ok {
		return taggable{id, kind, tagsOf(v)}, nil
	}
	return taggable{}, fail(code, "The %s ID '%s' does not exist", kind, id)
}

func (k *call) taggables(ids []string) ([]taggable, error) {
	if len(ids) == 0 {
		return nil, missing("resourceIdSet") // EC2 spells it so
	}
	if len(ids) > 1000 {
		return nil, fail("InvalidParameterValue", "At most 1000 resources can be specified")
	}
	var list []taggable
	for _, id := range ids {
		r, err := k.taggable(id)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// createTags is all or nothing over its resources.
func createTags(k *call, in *tagsInput) error {
	if len(in.Tag) == 0 {
		return missing("Tag")
	}
	given, err := checkTags(in.Tag)
	if err != nil {
		return err
	}
	list, err := k.taggables(in.ResourceID)
	if err != nil {
		return err
	}
	for _, r := range list {
		after := slices.Clone(*r.tags)
		for _, t := range given {
			after.set(t)
		}
		if after.users() > maxTags {
			return fail("TagLimitExceeded", "The maximum number of tags for %s is %d", r.id, maxTags)
		}
	}
	since := k.seenFrom(k.cloud.st.Settings.Delays.Tags)
	for _, r := range list {
		for _, t := range given {
			r.tags.set(tag{Key: t.Key, Value: t.Value, Since: since})
		}
	}
	k.out.bool("return", true)
	return nil
}

// deleteTags: a key without a value goes whatever its value is, with one only
// where it matches, and no tags at all means every user tag (DeleteTags, API
// Reference).
func deleteTags(k *call, in *untagInput) error {
	list, err := k.taggables(in.ResourceID)
	if err != nil {
		return err
	}
	for _, t := range in.Tag {
		if reserved(t.Key) {
			return checkTag(t.Key, "")
		}
	}
	for _, r := range list {
		if len(in.Tag) == 0 {
			*r.tags = slices.DeleteFunc(*r.tags, func(t tag) bool { return !reserved(t.Key) })
		}
		for _, t := range in.Tag {
			if at, ok := r.tags.find(t.Key); ok && (t.Value == nil || *t.Value == (*r.tags)[at].Value) {
				r.tags.drop(t.Key)
			}
		}
	}
	k.out.bool("return", true)
	return nil
}

type describeTagsInput struct {
	Filter     []filterInput
	MaxResults *int
	NextToken  string
}

// tagRow is one line of DescribeTags.
type tagRow struct{ id, kind, name, value string }

func (t tagRow) key() string { return t.id + "\x00" + t.name }

func describeTags(k *call, in *describeTagsInput) error {
	p, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000)
	if err != nil {
		return err
	}
	match, err := filterable[tagRow]{one: map[string]func(tagRow) string{
		"key":           func(t tagRow) string { return t.name },
		"resource-id":   func(t tagRow) string { return t.id },
		"resource-type": func(t tagRow) string { return t.kind },
		"value":         func(t tagRow) string { return t.value },
	}}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	rows := slices.DeleteFunc(k.tagRows(), func(t tagRow) bool { return p.last != "" && t.key() <= p.last })
	page, next := cut(p, match, slices.Values(rows))
	k.out.within("tagSet", func() {
		for _, t := range page {
			k.out.open("item")
			k.out.text("resourceId", t.id)
			k.out.text("resourceType", t.kind)
			k.out.text("key", t.name)
			k.out.text("value", t.value)
			k.out.close("item")
		}
	})
	k.out.some("nextToken", next)
	return nil
}

// tagRows are all tags of the Region, by resource and key.
func (k *call) tagRows() []tagRow {
	var rows []tagRow
	add := func(id, kind string, list tags) {
		for _, t := range list {
			if value, ok := t.seen(k.now); ok {
				rows = append(rows, tagRow{id, kind, t.Key, value})
			}
		}
	}
	for im := range k.reg.Images.all() {
		if im.live() && !im.Seen.After(k.now) {
			add(im.ID, "image", im.Tags)
		}
	}
	for s := range k.reg.Snapshots.all() {
		if !s.binned() && !s.Seen.After(k.now) {
			add(s.ID, "snapshot", s.Tags)
		}
	}
	for v := range k.reg.Volumes.all() {
		add(v.ID, "volume", v.Tags)
	}
	for i := range k.reg.Instances.all() {
		add(i.ID, "instance", i.Tags)
	}
	for p := range k.reg.KeyPairs.all() {
		add(p.ID, "key-pair", p.Tags)
	}
	for g := range k.reg.Groups.all() {
		add(g.ID, "security-group", g.Tags)
	}
	for l := range k.reg.Templates.all() {
		add(l.ID, "launch-template", l.Tags)
	}
	slices.SortFunc(rows, func(a, b tagRow) int { return cmp.Compare(a.key(), b.key()) })
	return rows
}
