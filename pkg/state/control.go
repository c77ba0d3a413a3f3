package state

import (
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
	Published    string
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
	c := Control{
		Owner: tags[TagOwner], Image: tags[TagImage],
		SourceAMI: tags[TagSourceAMI], SourceRegion: tags[TagSourceRegion],
		Key: tags[TagKey], Verified: tags[TagVerified], Shared: tags[TagShared] != "",
		Published: tags[TagPublished], TagKeys: joinedTagKeys(tags),
		File: tags[TagFile], Commit: tags[TagCommit], Hold: tags[TagHold],
	}
	_, c.Held = tags[TagHold]
	_, c.Kept = tags[TagKeep]
	c.parse(tags, TagGeneration, func(v string) bool {
		n, err := strconv.Atoi(v)
		c.Generation = max(n, 0)
		return err == nil && n > 0
	})
	c.parse(tags, TagLifecycle, func(v string) bool {
		r, ok := parseRetention(v)
		if ok {
			c.Retention = &r
		}
		return ok
	})
	c.parse(tags, TagMade, func(v string) (ok bool) {
		c.Made, ok = parseMade(v)
		return ok
	})
	c.parse(tags, TagOrphanedAt, timeInto(&c.OrphanedAt))
	c.parse(tags, TagRetiredAt, timeInto(&c.RetiredAt))
	c.parse(tags, TagSupersededAt, timeInto(&c.SupersededAt))
	return c
}

func (c *Control) parse(tags map[string]string, key string, read func(string) bool) {
	if v, ok := tags[key]; ok && !read(v) {
		c.Malformed = append(c.Malformed, key)
	}
}

func timeInto(t *time.Time) func(string) bool {
	return func(v string) bool {
		p, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return false
		}
		*t = p.UTC()
		return true
	}
}

// FormatTime is a time as control tags carry it: RFC 3339, UTC, to the second.
func FormatTime(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
