package plan_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// TestMain lets every property try more states than rapid does by itself, over
// 10,000 in all, and the same ones in every run: what fails in CI fails here.
// With -rapid.checks (make nightly) others are tried.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue && !testing.Short() {
		for name, value := range map[string]string{"rapid.checks": "1100", "rapid.seed": "1"} {
			if err := flag.Set(name, value); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

func marshal(t *rapid.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// describe prints a plan for a failure.
func describe(p plan.Plan) string {
	s := p.Headline()
	for _, a := range p.Actions {
		s += fmt.Sprintf("\n  %s %s %s %s/%s [%s] blocked %v after %v due %v changes %v",
			a.ID, a.Kind, a.AMI+a.SnapshotID, a.Image, a.Region, a.Reason.Text(), a.Blocked, a.After, a.DueAt, a.Changes)
	}
	return s
}

func TestTheOrderOfInputDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		live := c.see()
		want := plan.Compute(c.d, live, c.o)
		r := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		mix(r, live.Regions)
		for i := range live.Regions {
			mix(r, live.Regions[i].Images)
			mix(r, live.Regions[i].Snapshots)
		}
		d := c.d
		d.Images = slices.Clone(d.Images)
		mix(r, d.Images)
		for i := range d.Images {
			d.Images[i].Regions.Names = slices.Clone(d.Images[i].Regions.Names)
			mix(r, d.Images[i].Regions.Names)
		}
		got := plan.Compute(d, live, c.o)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("plan (-in order +shuffled):\n%s", diff)
		}
		if diff := cmp.Diff(marshal(t, want), marshal(t, got)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func mix[T any](r *rand.Rand, s []T) { r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] }) }

func TestTwoRoundsOfQuestionsSuffice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		genDeafness(t, c)
		if q := plan.Needs(c.d, c.see(), c.o); !q.Empty() {
			t.Fatalf("still asked: %+v", q)
		}
	})
}

// rounds is how many runs, each past every grace, an account may need to come
// to rest: relabel, finish, copy, retire, deregister, write the time on
// orphans, delete them.
const rounds = 8

func TestAnIdealRunComesToRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		comesToRest(t, c)
	})
}

func comesToRest(t *rapid.T, c *cloud) {
	var last plan.Plan
	kept := map[string]bool{}
	for range rounds {
		last = c.plan()
		if !last.Applyable {
			settled(t, c, last)
			return
		}
		stayKept(t, kept, last)
		if wrong := (executor{cloud: c}).run(last); len(wrong) > 0 {
			t.Fatalf("preconditions did not hold: %v\n%s", wrong, describe(last))
		}
		c.wait(8 * day)
	}
	t.Fatalf("no rest after %d rounds: %s", rounds, describe(last))
}

// stayKept fails where a copy goes that an earlier plan kept for a rollback: with
// the same amis.yaml there is nothing to change its mind about.
func stayKept(t *rapid.T, kept map[string]bool, p plan.Plan) {
	for _, a := range p.Actions {
		if a.Kind.Destructive() && a.Reason.Code == plan.Superseded && a.Executable() && kept[a.AMI] {
			t.Fatalf("%s was kept and goes: %s", a.AMI, describe(p))
		}
		kept[a.AMI] = kept[a.AMI] || (a.Executable() && a.Reason.Code == plan.KeptForRollback)
	}
}

// settled holds an account at rest against amis.yaml: a cell that nothing is
// shown of holds D's copy and those that are kept for a rollback, and no other.
func settled(t *rapid.T, c *cloud, p plan.Plan) {
	shown, copies := map[state.Cell]bool{}, map[state.Cell]int{}
	for _, a := range p.Actions {
		shown[a.Cell()] = true
	}
	for _, a := range c.images {
		if cell := c.cellOf(a); c.ours(a) && (a.Tags[state.TagOwner] == c.d.Owner || c.declares(cell)) {
			copies[cell]++
		}
	}
	for _, v := range p.Cells {
		img, _ := c.d.Image(v.Image)
		least, most := 0, 0
		if v.Declared {
			least, most = 1, 1+img.Lifecycle.Keep
		}
		if n := copies[v.Cell()]; !shown[v.Cell()] && (n < least || n > most) {
			t.Fatalf("at rest there are %d copies in %v: %s", n, v.Cell(), describe(p))
		}
	}
}

func TestNoDeclaredCellLosesItsLastUsableCopy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			p := c.plan()
			x := executor{cloud: c, fails: func(a plan.Action) bool { return rapid.IntRange(0, 4).Draw(t, "fails "+a.ID) == 0 }}
			if oneIn(t, 3, "dies") {
				left := rapid.IntRange(0, calls(p)).Draw(t, "calls")
				x.left = &left
			}
			c.runWatched(t, p, x)
			c.wait(time.Duration(rapid.IntRange(0, 8).Draw(t, "days")) * day)
		}
	})
}

// runWatched carries a plan out, and fails where that takes a declared cell's
// last usable copy.
func (c *cloud) runWatched(t *rapid.T, p plan.Plan, x executor) (wrong []string) {
	usable := usableCells(c)
	look := func(what string) {
		now := usableCells(c)
		for cell := range usable {
			if !now[cell] {
				t.Fatalf("%v lost its last usable copy by %s: %s", cell, what, describe(p))
			}
		}
	}
	x.after = func(a plan.Action) {
		if a.Kind.Destructive() {
			look(string(a.Kind) + " of " + a.AMI)
		}
	}
	wrong = x.run(p)
	look("what was not done to its end")
	return wrong
}

func TestWhatAFilterHidesIsInNoAction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		whole := c.plan()
		c.o.Filter = genFilter(t)
		p := c.plan()
		if p.Complete && !c.o.Filter.Empty() {
			t.Fatal("a filtered plan calls itself complete")
		}
		known := takes(whole)
		for _, a := range p.Actions {
			if !c.o.Filter.Selects(a.Image, a.Region) {
				t.Fatalf("%s %s is hidden by %+v", a.Image, a.Region, c.o.Filter)
			}
			if _, taken := takes(p)[a.ID]; taken && known[a.ID].ID == "" {
				t.Fatalf("only the filtered plan takes %s away:\n%s\n%s", a.AMI, describe(whole), describe(p))
			}
		}
	})
}

func TestPruneOffTakesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		c.d.Prune = false
		p := c.plan()
		for _, a := range p.Actions {
			if a.Kind.Destructive() && a.Executable() {
				t.Fatal(describe(p))
			}
		}
	})
}
