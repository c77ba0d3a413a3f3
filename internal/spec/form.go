package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// form is what a text may be. The decoder and the JSON Schema are both made
// from it.
type form struct {
	noun    string         // what it is: "an AMI id"
	advice  string         // what to write: "write one such as ami-…"
	pattern *regexp.Regexp // nil: any characters
	most    int            // characters; 0: as the pattern says
	least   int            // characters
	options []string       // the only values; nil: any
	refused *regexp.Regexp // what the pattern would allow
	why     string         // why refused is refused

	// guess corrects a usual slip; nil: there is none.
	guess func(string) string
}

// formed is a text with a form.
type formed interface{ form() form }

// problem says what is wrong with a text, and what was probably meant.
func (f form) problem(s string) (reason, suggestion string) {
	n := utf8.RuneCountInString(s)
	switch {
	case f.options != nil && !slices.Contains(f.options, s):
		return fmt.Sprintf("%q is not %s: write %s", clip(s), f.noun, oneOf(f.options)), closest(s, f.options)
	case n < f.least && n == 0:
		return fmt.Sprintf("it is empty: %s", f.advice), ""
	case f.most > 0 && n > f.most:
		return fmt.Sprintf("%q has %d characters; %s has at most %d", clip(s), n, f.noun, f.most), ""
	case n < f.least, f.pattern != nil && !f.pattern.MatchString(s):
		return fmt.Sprintf("%q is not %s: %s", clip(s), f.noun, f.advice), f.guessed(s)
	case f.refused != nil && f.refused.MatchString(s):
		return fmt.Sprintf("%q is refused: %s", clip(s), f.why), ""
	}
	return "", ""
}

// guessed is a correction that has the form.
func (f form) guessed(s string) string {
	if f.guess == nil || len(s) > maxGuess {
		return ""
	}
	if g := f.guess(s); g != s && f.pattern.MatchString(g) {
		return g
	}
	return ""
}

// oneOf lists options as a sentence does: a, b or c.
func oneOf(options []string) string {
	if len(options) == 1 {
		return options[0]
	}
	return strings.Join(options[:len(options)-1], ", ") + " or " + options[len(options)-1]
}
