package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// tag is one tag of a resource. Until Since, Before is what is seen of it, or
// nothing where it is new (see Delays.Tags).
type tag struct {
	Key    string    `json:"k"`
	Value  string    `json:"v"`
	Since  time.Time `json:"since,omitzero"`
	Before *string   `json:"before,omitempty"`
}

// seen is the value that can be seen at the time.
func (t tag) seen(now time.Time) (string, bool) {
	switch {
	case !t.Since.After(now):
		return t.Value, true
	case t.Before != nil:
		return *t.Before, true
	}
	return "", false
}

// tags are sorted by key.
type tags []tag

const (
	maxTags     = 50
	maxTagKey   = 127 // SDK documentation of types.Tag
	maxTagValue = 256
)

func tagsOf(m map[string]string) tags {
	var list tags
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, tag{Key: key, Value: m[key]})
	}
	return list
}

func (t tags) find(key string) (int, bool) {
	return slices.BinarySearchFunc(t, key, func(a tag, key string) int { return cmp.Compare(a.Key, key) })
}

// get is the value of a tag that can be seen at the time.
func (t tags) get(key string, now time.Time) (string, bool) {
	at, ok := t.find(key)
	if !ok {
		return "", false
	}
	return t[at].seen(now)
}

func (t *tags) set(add tag) {
	at, ok := t.find(add.Key)
	if ok {
		old := (*t)[at].Value
		add.Before = &old
		if add.Since.IsZero() {
			add.Before = nil
		}
		(*t)[at] = add
		return
	}
	*t = slices.Insert(*t, at, add)
}

func (t *tags) drop(key string) {
	if at, ok := t.find(key); ok {
		*t = slices.Delete(*t, at, at+1)
	}
}

// users counts the tags that people set; those of AWS do not count to the
// limit of 50 (EC2 User Guide, "Tag restrictions").
func (t tags) users() int {
	n := 0
	for _, tag := range t {
		if !strings.HasPrefix(tag.Key, "aws:") {
			n++
		}
	}
	return n
}

// checkTag refuses what EC2 User Guide "Tag restrictions" does not allow.
func checkTag(key, value string) error {
	switch {
	case key == "":
		return invalidValue("Tag.Key", key, "Tag keys must not be empty.")
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return fail("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
	case utf8.RuneCountInString(key) > maxTagKey:
		return fail("InvalidParameterValue", "Tag key exceeds the maximum length of %d characters", maxTagKey)
	case utf8.RuneCountInString(value) > maxTagValue:
		return fail("InvalidParameterValue", "Tag value exceeds the maximum length of %d characters", maxTagValue)
	}
	return nil
}

// tagInput is Tag.N of a request.
type tagInput struct {
	Key   string
	Value string
}

// tagSpec is TagSpecification.N of a request.
type tagSpec struct {
	ResourceType string
	Tag          []tagInput
}

// tagsFor checks the tag specifications of a request and returns the tags for
// each kind of resource. Tag-on-create is atomic (EC2 User Guide, "Tag your
// resources"): one bad tag and nothing is made.
func tagsFor(specs []tagSpec, kinds ...string) (map[string]tags, error) {
	out := map[string]tags{}
	for _, spec := range specs {
		if !slices.Contains(kinds, spec.ResourceType) {
			return nil, fail("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", spec.ResourceType)
		}
		if _, twice := out[spec.ResourceType]; twice {
			return nil, fail("InvalidParameterValue", "Only one tag specification for the resource type '%s' is allowed.", spec.ResourceType)
		}
		if len(spec.Tag) == 0 {
			return nil, fail("InvalidParameterValue", "Tag specification must have at least one tag")
		}
		list, err := checkTags(spec.Tag)
		if err != nil {
			return nil, err
		}
		out[spec.ResourceType] = list
	}
	return out, nil
}

func checkTags(in []tagInput) (tags, error) {
	var list tags
	for _, t := range in {
		if err := checkTag(t.Key, t.Value); err != nil {
			return nil, err
		}
		if _, twice := list.find(t.Key); twice {
			return nil, fail("InvalidParameterValue", "Duplicate tag key '%s' specified.", t.Key)
		}
		list.set(tag{Key: t.Key, Value: t.Value})
	}
	if len(list) > maxTags {
		return nil, fail("TagLimitExceeded", "More than %d tags specified", maxTags)
	}
	return list, nil
}

const sharedTagPrefix = "ec2:SharedTag/"

// sharedTags are those that everybody sees who may use the image.
func sharedTags(list tags) tags {
	var shared tags
	for _, t := range list {
		if strings.HasPrefix(t.Key, sharedTagPrefix) {
			shared = append(shared, t)
		}
	}
	return shared
}
