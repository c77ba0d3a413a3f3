package view_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
)

func TestPlanText(t *testing.T) {
	for name, c := range map[string]struct {
		plan  plan.Plan
		style view.Style
	}{
		"empty.txt":  {emptyPlan(), view.Style{}},
		"full.txt":   {fullPlan(), view.Style{}},
		"wide.txt":   {fullPlan(), view.Style{Width: 120}},
		"narrow.txt": {fullPlan(), view.Style{Width: 60}},
		"tiny.txt":   {fullPlan(), view.Style{Width: 30}},
		"color.txt":  {fullPlan(), view.Style{Color: true}},
		"large.txt":  {largePlan(), view.Style{Width: 100}},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, func(b *bytes.Buffer) error { return view.PlanText(b, c.plan, c.style) })
		})
	}
}

func TestPlanMarkdown(t *testing.T) {
	for name, p := range map[string]plan.Plan{"empty.md": emptyPlan(), "full.md": fullPlan(), "large.md": largePlan()} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, func(b *bytes.Buffer) error { return view.PlanMarkdown(b, p) })
		})
	}
}

func TestPlanJSON(t *testing.T) {
	for name, p := range map[string]plan.Plan{"empty.json": emptyPlan(), "full.json": fullPlan(), "large.json": largePlan()} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, func(b *bytes.Buffer) error { return view.JSON(b, p) })
		})
	}
}

func text(t *testing.T, p plan.Plan, s view.Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := view.PlanText(&b, p, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Colors are an addition: without them, every byte is the same.
func TestColorIsNeverTheOnlyCarrier(t *testing.T) {
	plain, colored := text(t, fullPlan(), view.Style{}), text(t, fullPlan(), view.Style{Color: true})
	var b strings.Builder
	for part := range strings.SplitSeq(colored, "\x1b[") {
		if b.Len() > 0 {
			_, part, _ = strings.Cut(part, "m")
		}
		b.WriteString(part)
	}
	if b.String() != plain {
		t.Errorf("colored text without its colors is not the plain text:\n%s", b.String())
	}
	if plain == colored {
		t.Error("nothing is colored")
	}
}

// A narrow terminal wraps, and never cuts: the words of the wide layout are all
// there, in their order, and what is wider than the terminal is a word that
// nobody could copy in two pieces.
func TestNarrowKeepsEveryWord(t *testing.T) {
	for _, p := range []plan.Plan{fullPlan(), largePlan()} {
		want := strings.Fields(text(t, p, view.Style{}))
		for width := 20; width <= 140; width += 7 {
			got := text(t, p, view.Style{Width: width})
			if words := strings.Fields(got); strings.Join(words, " ") != strings.Join(want, " ") {
				t.Errorf("width %d loses or adds words", width)
			}
			lines := strings.Split(strings.TrimSpace(got), "\n")
			for _, l := range lines[:len(lines)-1] { // the headline is one line, always
				if n := len([]rune(l)); width >= 48 && n > width && len(strings.Fields(l)) > 2 {
					t.Errorf("width %d: a line of %d columns: %q", width, n, l)
				}
			}
		}
	}
}

// What a plan takes away is told at the end of a long one once more, and every
// one of the 500 actions has its line.
func TestLargePlanIsNotCut(t *testing.T) {
	p := largePlan()
	got := text(t, p, view.Style{})
	for _, a := range p.Actions {
		if a.AMI != "" && strings.Count(got, a.AMI) != 2 {
			t.Errorf("%s stands %d times in the plan, want in its group and among what is taken away", a.AMI, strings.Count(got, a.AMI))
		}
	}
	if n := strings.Count(got, "\n  + copy"); n != 490 {
		t.Errorf("%d copies are listed, want 490", n)
	}
}

func TestPlanWriteErrorsAreReturned(t *testing.T) {
	if err := view.PlanText(refusing{}, fullPlan(), view.Style{}); err == nil {
		t.Error("PlanText hides that its writer failed")
	}
	if err := view.PlanMarkdown(refusing{}, fullPlan()); err == nil {
		t.Error("PlanMarkdown hides that its writer failed")
	}
	if err := view.JSON(refusing{}, fullPlan()); err == nil {
		t.Error("JSON hides that its writer failed")
	}
}
