package state

import (
	"slices"
	"strconv"
	"time"
)

// Control is what the control tags of an AMI or snapshot say.
type Control struct {
	Owner        string
	Image        string
	SourceAMI    string
	SourceRegion string
	Generation   int // 0: missing or malformed
	Key          string
	Made         Made
	Retention    *Retention // nil: missing or malformed
	Verified     string
	Shared       bool
	Published    []string // SSM parameters, sorted
	TagKeys      []string
	File         string
	Commit       string
	SupersededAt time.Time
	RetiredAt    time.Time
	OrphanedAt   time.Time
	Hold         string
	Held         bool // TagHold is there, with or without a reason
	Kept         bool // TagKeep is there

	// Malformed are the keys whose values could not be read, sorted. A time tag
	// among them hastens nothing.
	Malformed []string
}

// ParseControl reads the control tags. It never fails: what cannot be read is
// named in Malformed and left at its zero value.
func ParseControl(tags map[string]string) Control {
	var c Control
	for k, v := range tags { // once over a few tags is less than looking for each
		if IsControl(k) && !c.read(k, v) {
			c.Malformed = append(c.Malformed, k)
		}
	}
	slices.Sort(c.Malformed)
	c.TagKeys, c.Published = rememberedKeys(tags), publishedNames(tags)
	return c
}

// read takes one tag in. It reports whether the value could be read; keys that
// say nothing here are none of its business.
func (c *Control) read(key, v string) (ok bool) {
	switch key {
	case TagOwner:
		c.Owner = v
	case TagImage:
		c.Image = v
	case TagSourceAMI:
		c.SourceAMI = v
	case TagSourceRegion:
		c.SourceRegion = v
	case TagKey:
		c.Key = v
	case TagVerified:
		c.Verified = v
	case TagShared:
		c.Shared = v != ""
	case TagFile:
		c.File = v
	case TagCommit:
		c.Commit = v
	case TagHold:
		c.Hold, c.Held = v, true
	case TagKeep:
		c.Kept = true
	default:
		return c.parse(key, v)
	}
	return true
}

// parse takes in a tag whose value may be malformed.
func (c *Control) parse(key, v string) (ok bool) {
	switch key {
	case TagGeneration:
		c.Generation, ok = parseGeneration(v)
	case TagLifecycle:
		c.Retention, ok = parseRetention(v)
	case TagMade:
		c.Made, ok = parseMade(v)
	case TagOrphanedAt:
		c.OrphanedAt, ok = parseTime(v)
	case TagRetiredAt:
		c.RetiredAt, ok = parseTime(v)
	case TagSupersededAt:
		c.SupersededAt, ok = parseTime(v)
	default:
		return true
	}
	return ok
}

func parseGeneration(v string) (int, bool) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, false
	}
	return n, true
}

func parseTime(v string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// FormatTime is a time as control tags carry it: RFC 3339, UTC, to the second.
func FormatTime(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
