package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// imageNames are the images of every history, declared or not.
var imageNames = []string{"base", "batch", "web"}

// document is amis.yaml as its authors think of it.
type document struct {
	prune  bool
	images map[string]*entry // by present name
}

// entry is one image.
type entry struct {
	of        string // whose sources it has: the name before any rename
	formerly  []string
	version   int  // of its source
	lookup    bool // the newest one, whichever that is
	regions   []string
	optional  bool // the last Region is
	key       string
	tags      map[string]string
	share     bool
	snapshots bool // shared too
	publish   string
	describe  string
	keep      int
	grace     string
	retire    string
	deprecate string
	protect   string
	snapshot  string // lifecycle.snapshots
	guard     bool
}

// newDocument draws the first commit.
func newDocument(d dice, t terrain) *document {
	doc := &document{prune: true, images: map[string]*entry{}}
	for _, name := range some(d, d.between(1, len(imageNames)), imageNames) {
		doc.images[name] = newEntry(d, t, name)
	}
	return doc
}

func newEntry(d dice, t terrain, name string) *entry {
	e := &entry{of: name, version: d.IntN(2), guard: true, regions: newRegions(d, t), tags: map[string]string{}}
	for range 3 {
		e.change(d, t)
	}
	if d.chance(0.3) {
		e.publish = "/amis/" + e.of + "/current"
	}
	if d.chance(0.3) { // what follows a copy then comes minutes after its plan
		e.grace = "0"
	}
	return e
}

func newRegions(d dice, t terrain) []string {
	return some(d, d.between(1, len(t.regions)), t.regions)
}

// change changes one field, as a commit does.
func (e *entry) change(d dice, t terrain) {
	switch d.IntN(13) {
	case 0, 1, 2:
		e.version, e.lookup = d.IntN(4), d.chance(0.1)
	case 3, 4:
		e.regions = newRegions(d, t)
		e.optional = len(e.regions) > 1 && d.chance(0.2)
	case 5:
		e.key = one(d, []string{"", aliases[0], aliases[1], "default"})
		e.share = e.share && e.key != "default"
	case 6:
		e.tags = map[string]string{"team": one(d, []string{"a", "b"}), one(d, []string{"k1", "k2", "k3"}): one(d, []string{"1", "2"})}
	case 7:
		e.share = !e.share && e.key != "default"
		e.snapshots = d.chance(0.5)
	case 8:
		e.publish = one(d, []string{"", "/amis/" + e.of + "/current", "/amis/" + e.of + "/other"})
	case 9:
		e.describe = one(d, []string{"", "one", "two"})
	case 10:
		e.keep, e.grace = d.IntN(3), one(d, []string{"", "0", "2h", "3d"})
	case 11:
		e.retire, e.snapshot = one(d, []string{"", "deprecate", "disable"}), one(d, []string{"", "delete", "keep"})
	case 12:
		e.deprecate, e.protect = one(d, []string{"", "30d", "365d"}), one(d, []string{"", "", "true", "false"})
	}
}

// commit makes the next version of the file.
func (doc *document) commit(d dice, t terrain) {
	for range d.between(1, 3) {
		name := one(d, slices.Sorted(maps.Keys(doc.images)))
		switch n := d.IntN(12); {
		case n == 0 && len(doc.images) > 1:
			delete(doc.images, name)
		case n <= 2:
			doc.addImage(d, t)
		case n == 3:
			doc.rename(name)
		case n == 4:
			doc.prune = d.chance(0.8)
		default:
			doc.images[name].change(d, t)
		}
	}
}

// addImage declares an image that is not, perhaps one that was once.
func (doc *document) addImage(d dice, t terrain) {
	var free []string
	for _, name := range imageNames {
		if !slices.ContainsFunc(slices.Collect(maps.Values(doc.images)), func(e *entry) bool { return e.of == name }) {
			free = append(free, name)
		}
	}
	if len(free) > 0 {
		name := one(d, free)
		doc.images[name] = newEntry(d, t, name)
	}
}

// rename gives an image its other name; the file says what it was called.
func (doc *document) rename(name string) {
	e := doc.images[name]
	other := e.of + "-renamed"
	if name == other {
		other = e.of
	}
	delete(doc.images, name)
	e.formerly = []string{name}
	doc.images[other] = e
}

// text is the file.
func (doc *document) text(t terrain) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nowner: %s\naccounts: [%q]\nprune: %t\n", owner, account, doc.prune)
	fmt.Fprintf(&b, "limits: {remove: {max: 100, percent: 100}}\nonlyRegions: [%s]\n", strings.Join(t.regions, ", "))
	b.WriteString("defaults: {lifecycle: {grace: 1d}}\nimages:\n")
	for _, name := range slices.Sorted(maps.Keys(doc.images)) {
		doc.images[name].write(&b, name, t)
	}
	return b.String()
}

func (e *entry) write(b *strings.Builder, name string, t terrain) {
	source := "id: " + t.sources[e.of][e.version]
	if e.lookup {
		source = fmt.Sprintf("lookup: {owners: [self], name: \"%s-build-*\"}", e.of)
	}
	fmt.Fprintf(b, "  %s:\n    source: {region: %s, %s}\n    regions: [%s]\n", name, home, source, strings.Join(e.regions, ", "))
	line := func(when bool, format string, args ...any) {
		if when {
			fmt.Fprintf(b, "    "+format+"\n", args...)
		}
	}
	line(len(e.formerly) > 0, "formerly: [%s]", strings.Join(e.formerly, ", "))
	line(e.optional, "optionalRegions: [%s]", e.regions[len(e.regions)-1])
	line(e.key != "", "encryption: {kmsKey: %s}", e.key)
	line(e.share, "share: {accounts: [%q], snapshots: %t}", stranger, e.snapshots)
	line(e.publish != "", "publish: {ssm: %s}", e.publish)
	line(e.describe != "", "description: %s", e.describe)
	line(!e.guard, "guard: {references: off}")
	if len(e.tags) > 0 {
		b.WriteString("    tags:\n")
		for _, k := range slices.Sorted(maps.Keys(e.tags)) {
			fmt.Fprintf(b, "      %s: %q\n", k, e.tags[k])
		}
	}
	e.writeLifecycle(b)
}

func (e *entry) writeLifecycle(b *strings.Builder) {
	var fields []string
	for _, f := range [][2]string{
		{"grace", e.grace}, {"retire", e.retire}, {"snapshots", e.snapshot}, {"deprecateAfter", e.deprecate}, {"protect", e.protect},
	} {
		if f[1] != "" {
			fields = append(fields, f[0]+": "+f[1])
		}
	}
	if e.keep > 0 {
		fields = append(fields, fmt.Sprintf("keep: %d", e.keep))
	}
	if len(fields) > 0 {
		fmt.Fprintf(b, "    lifecycle: {%s}\n", strings.Join(fields, ", "))
	}
}
