package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// commits is how many a history has.
const commits = 20

// history is all that will happen, drawn before anything does. What is struck
// out of it leaves the rest as it was.
type history struct {
	seed    uint64
	terrain terrain
	steps   []step
}

// step is a commit, what people do around it, and the runs that follow.
type step struct {
	number   int
	commit   string // a Git commit id
	text     string // of amis.yaml
	faults   weather
	runs     []launch
	meddles  []meddle
	ambushes []ambush
	after    time.Duration // until the next step
}

// launch is one run of amisync.
type launch struct {
	number    int
	behind    int           // works from the commit before, if not 0: a slow job
	delay     time.Duration // from the step's begin
	noWait    bool
	killAt    int  // dies with this request; 0: lives
	stopAt    int  // Ctrl-C with this request; 0: not
	expiresAt int  // credentials expire with this request; 0: not
	renewedAt int  // and good ones are there from this one on; 0: never
	watched   bool // somebody looks on
}

// newHistory draws everything from the seed.
func newHistory(seed uint64) history {
	h := history{seed: seed, terrain: newTerrain(seed)}
	d := newDice(seed, "commits")
	doc := newDocument(d, h.terrain)
	texts := []string{doc.text(h.terrain)}
	for n := range commits {
		if n > 0 {
			doc.commit(d, h.terrain)
			if d.chance(0.15) { // git revert
				texts = append(texts, one(d, texts))
			} else {
				texts = append(texts, doc.text(h.terrain))
			}
		}
		h.steps = append(h.steps, newStep(seed, h.terrain, n, texts[n]))
	}
	return h
}

func newStep(seed uint64, t terrain, n int, text string) step {
	d := newDice(seed, "step", fmt.Sprint(n))
	s := step{
		number: n, commit: fmt.Sprintf("%040x", n+1), text: text, faults: newWeather(d, t),
		runs: []launch{newLaunch(d, 0)}, after: newPause(d),
	}
	if d.chance(0.2) {
		s.runs = append(s.runs, newLaunch(d, 1))
		if n > 0 && d.chance(0.4) {
			s.runs[1].behind = 1
		}
	}
	s.ambushes = slices.Concat(newAmbushes(newDice(seed, "ambushes", fmt.Sprint(n))), newLongAmbushes(newDice(seed, "long ambushes", fmt.Sprint(n))))
	if d.chance(0.4) {
		for range d.between(1, 2) {
			s.meddles = append(s.meddles, newMeddle(d))
		}
	}
	return s
}

func newLaunch(d dice, number int) launch {
	l := launch{number: number, noWait: d.chance(0.1)}
	if number > 0 {
		l.delay = d.within(2 * time.Minute)
	}
	switch d.IntN(10) {
	case 0, 1:
		l.killAt = d.between(1, one(d, []int{120, 600}))
	case 2:
		l.stopAt = d.between(1, one(d, []int{120, 600}))
	case 3:
		l.expiresAt = d.between(1, 120)
		if d.chance(0.5) {
			l.renewedAt = l.expiresAt + d.between(1, 20)
		}
	}
	l.watched = d.chance(0.3)
	return l
}

// newPause is short as often as it is long: both hurt.
func newPause(d dice) time.Duration {
	switch d.IntN(3) {
	case 0:
		return time.Minute + d.within(10*time.Minute)
	case 1:
		return d.within(6 * time.Hour)
	default:
		return d.within(5 * 24 * time.Hour)
	}
}

// finale is a run of the last file, with nothing going wrong any more and
// nothing held back.
func (h history) finale(n int) step {
	last := h.steps[len(h.steps)-1]
	return step{number: 1000 + n, commit: last.commit, text: strings.Replace(last.text, "prune: false", "prune: true", 1), runs: []launch{{}}, after: 20 * 24 * time.Hour}
}
