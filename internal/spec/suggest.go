package spec

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxGuess bounds the work of a guess; no name of amis.yaml is longer.
const maxGuess = 64

// closest is the name that was probably meant, or "". A guess may differ in a
// third of its letters, and in two at least where the word has four.
func closest(word string, names []string) string {
	if len(word) > maxGuess {
		return ""
	}
	best, least := "", max(len(word)/3, min(2, len(word)/2))+1
	for _, name := range names {
		if len(name) > maxGuess {
			continue
		}
		d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(name))
		if d < least || (d == least && best != "" && name < best) {
			best, least = name, d
		}
	}
	if best == word {
		return ""
	}
	return best
}

// clip shortens what a file says before it is repeated in a message.
func clip(s string) string {
	const most = 80
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}
