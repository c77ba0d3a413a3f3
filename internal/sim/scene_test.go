package sim

import (
	"fmt"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
)

const (
	account  = "111122223333" // amisync's
	stranger = "444455556666" // copies are shared with it
	owner    = "platform"
	file     = "amis.yaml"
	home     = "us-east-1" // where sources are
)

// aliases are the keys of every Region, as amis.yaml names them.
var aliases = []string{"alias/ami", "alias/other"}

// began is the date at the start of every history.
var began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// terrain is what a world is made of before anything happens in it.
type terrain struct {
	regions []string            // in scope; the first is home
	sources map[string][]string // AMI ids by image, the oldest first
	scene   sandbox.Scene
}

// newTerrain draws a world: Regions, sources of several ages and sizes, keys,
// and what AWS leaves open.
func newTerrain(seed uint64) terrain {
	d := newDice(seed, "terrain")
	t := terrain{
		regions: append([]string{home}, some(d, d.between(1, 3), []string{"ap-southeast-2", "eu-central-1", "eu-west-1", "us-west-2"})...),
		sources: map[string][]string{},
		scene: sandbox.Scene{
			Seed: int64(seed), Start: began,
			Accounts: []sandbox.Account{{ID: account}, {ID: stranger}},
			Settings: newSettings(d),
		},
	}
	for _, r := range t.regions {
		t.scene.Keys = append(t.scene.Keys, sandbox.Key{Account: account, Region: r, Aliases: []string{aliases[0]}},
			sandbox.Key{Account: account, Region: r, Aliases: []string{aliases[1]}})
	}
	for _, image := range imageNames {
		for version := range 4 {
			t.addSource(d, image, version)
		}
	}
	return t
}

func (t *terrain) addSource(d dice, image string, version int) {
	id := fmt.Sprintf("ami-%08x%08x%d", hash(t.seed(), image)>>32, hash(t.seed(), image, "low")>>32, version)
	t.sources[image] = append(t.sources[image], id)
	in := sandbox.Image{
		ID: id, Account: account, Region: home, Name: fmt.Sprintf("%s-build-%d", image, version),
		Tags:    map[string]string{"os": image, "version": fmt.Sprint(version)},
		Created: began.Add(time.Duration(version-10) * 24 * time.Hour),
	}
	for i := range d.between(1, 2) {
		in.Devices = append(in.Devices, sandbox.Device{Name: fmt.Sprintf("/dev/sd%c", 'a'+i), Size: d.between(1, 40)})
	}
	t.scene.Images = append(t.scene.Images, in)
}

func (t *terrain) seed() uint64 { return uint64(t.scene.Seed) }

// newTiming draws how long copies take: minutes, seldom hours. Most take longer
// than a reading may be old (sight), so that what people do meanwhile counts.
func newTiming(d dice) sandbox.Timing {
	base, throughput := d.between(30, 400), d.between(200, 600)
	if d.chance(0.1) {
		base, throughput = d.between(300, 3600), d.between(20, 100)
	}
	return sandbox.Timing{Base: sandbox.Duration(time.Duration(base) * time.Second), Throughput: float64(throughput)}
}

// newSettings draws how AWS behaves: how late it is, how narrow, and what its
// documentation does not say.
func newSettings(d dice) sandbox.Settings {
	late := func(longest int) sandbox.Duration {
		if d.chance(0.5) {
			return 0
		}
		return sandbox.Duration(time.Duration(d.IntN(longest*1000)) * time.Millisecond)
	}
	s := sandbox.Settings{
		Copy:   newTiming(d),
		Delays: sandbox.Delays{Image: late(40), Tags: late(15), Deregistered: late(3600), Name: late(300), Parameter: late(20)},
		Pages:  sandbox.Pages{Short: d.chance(0.3), Empty: d.chance(0.3), Shuffled: d.chance(0.3)},
		Assumptions: sandbox.Assumptions{
			DeadTokenCopiesAgain: d.chance(0.3), FailedFreesName: d.chance(0.3), DisabledFreesName: d.chance(0.2),
			PendingShowsDevices: d.chance(0.3), FailedCopyDropsSnapshots: d.chance(0.3), CancelledCopyKeepsSnapshots: d.chance(0.3),
			CopyKeepsDeprecation: d.chance(0.2), CopyKeepsDescription: d.chance(0.2), CopyDropsIMDS: d.chance(0.1),
		},
	}
	if d.chance(0.2) {
		s.Quotas.ConcurrentCopies = d.between(1, 3)
	}
	if d.chance(0.2) {
		s.Quotas.ThrottleCopyBurst = d.between(1, 5)
	}
	if d.chance(0.2) {
		s.Assumptions.TokenRetention = sandbox.Duration(time.Hour)
	}
	return s
}
