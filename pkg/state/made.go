package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Made is what later runs need to know of a copy's making when its source is
// gone; the tag amisync:made.
type Made struct {
	Attempt       int       // 1 + that of the newest broken copy of this source and key
	Digest        string    // of the source; see Digest
	SourceCreated time.Time // the source's CreationDate, for what may not go back
}

// String is the tag's value.
func (m Made) String() string {
	return fmt.Sprintf("attempt=%d;digest=%s;source-created=%s", m.Attempt, m.Digest, FormatTime(m.SourceCreated))
}

func parseMade(v string) (Made, bool) {
	var m Made
	for rest := v; rest != ""; {
		var k, val string
		k, val, rest = cutField(rest)
		switch k {
		case "attempt":
			m.Attempt, _ = strconv.Atoi(val)
		case "digest":
			m.Digest = val
		case "source-created":
			created, err := time.Parse(time.RFC3339, val)
			if err != nil {
				return Made{}, false
			}
			m.SourceCreated = created.UTC()
		}
	}
	if m.Attempt < 1 || m.Digest == "" || m.SourceCreated.IsZero() {
		return Made{}, false
	}
	return m, true
}

// cutField takes the first field off "a=1;b=2".
func cutField(v string) (key, value, rest string) {
	part, rest, _ := strings.Cut(v, ";")
	key, value, _ = strings.Cut(part, "=")
	return key, value, rest
}

// Traits are what a copy must have in common with its source ("an identical
// but distinct new AMI", EC2 User Guide, How AMI copy works).
func Traits(a AMI) []Trait {
	traits := []Trait{
		{"architecture", a.Architecture},
		{"boot mode", a.BootMode},
		{"ENA support", strconv.FormatBool(a.ENA)},
	}
	for _, d := range a.Devices {
		traits = append(traits, Trait{"device " + d.Name, fmt.Sprintf("%d GiB", d.SizeGiB)})
	}
	return traits
}

// Trait is one named property of an image.
type Trait struct{ Name, Value string }

// Digest is a short hash of an image's Traits.
func Digest(a AMI) string {
	h := sha256.New()
	for _, t := range Traits(a) {
		fmt.Fprintf(h, "%s=%s\n", t.Name, t.Value)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// Differences are the Traits in which a copy is not its source, as sentences
// like "device /dev/xvda: 8 GiB, not 16 GiB".
func Differences(source, c AMI) []string {
	want, got := map[string]string{}, map[string]string{}
	for _, t := range Traits(source) {
		want[t.Name] = t.Value
	}
	var out []string
	for _, t := range Traits(c) {
		got[t.Name] = t.Value
		if w, ok := want[t.Name]; !ok {
			out = append(out, fmt.Sprintf("%s: the source has none", t.Name))
		} else if w != t.Value {
			out = append(out, fmt.Sprintf("%s: %s, not %s", t.Name, orNone(t.Value), orNone(w)))
		}
	}
	for _, t := range Traits(source) {
		if _, ok := got[t.Name]; !ok {
			out = append(out, fmt.Sprintf("%s: missing", t.Name))
		}
	}
	return out
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
