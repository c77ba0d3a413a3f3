package github_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/amisync/amisync/internal/github"
)

func TestSummaryFits(t *testing.T) {
	long := strings.Repeat("| a | row | of | a | long | plan | ± |\n", 60000)
	var b bytes.Buffer
	if err := github.Summary(&b, []byte(long)); err != nil {
		t.Fatal(err)
	}
	if b.Len() >= 1<<20 || b.Len() < 1<<19 {
		t.Errorf("a summary of %d bytes was made of one of %d", b.Len(), len(long))
	}
	if !strings.Contains(b.String(), "The rest is left out") {
		t.Error("that the summary is cut is not said")
	}
	b.Reset()
	if err := github.Summary(&b, []byte("short")); err != nil || b.String() != "short\n" {
		t.Errorf("a short summary became %q, %v", b.String(), err)
	}
}

// However short the limit, the cut is at a line, closes what it opened, and
// says that something is missing.
func TestCut(t *testing.T) {
	text := "## head\n\n<details><summary>one</summary>\n\n| ± | a |\n\n</details>\n\n<details><summary>two</summary>\n\n````\n```\n<details>\ncode ±\n````\n\n</details>\nlast\n"
	const note = "cut"
	for limit := 90; limit < len(text); limit++ {
		got := github.Cut(text, limit, note)
		if len(got) > limit || !utf8.ValidString(got) || !strings.HasSuffix(got, "> [!WARNING]\n> cut\n") {
			t.Fatalf("limit %d: %d bytes: %q", limit, len(got), got)
		}
		if fences := strings.Count(got, "````"); fences%2 != 0 {
			t.Errorf("limit %d: a fence stays open: %q", limit, got)
		}
		outside, _, _ := strings.Cut(got, "````")
		if open, closed := strings.Count(outside, "<details>"), strings.Count(got, "</details>"); open != closed {
			t.Errorf("limit %d: %d <details> opened, %d closed: %q", limit, open, closed, got)
		}
	}
	if got := github.Cut(text, len(text), note); got != text {
		t.Errorf("text that fits is changed: %q", got)
	}
}

func TestFenced(t *testing.T) {
	got := string(github.Fenced("amisync plan failed", "a ``` fence\n````\n"))
	want := "## amisync plan failed\n\n`````\na ``` fence\n````\n`````\n"
	if got != want {
		t.Errorf("Fenced = %q, want %q", got, want)
	}
}
