package github_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/github"
)

// No text becomes a command of the runner's, in whatever pieces it is written.
func TestMute(t *testing.T) {
	const text = "a ##[stop-commands]x\n##[set-output name=y]\n## [as it is] ###[three] #\n##"
	want := strings.ReplaceAll(text, "##[", "## [")
	for size := 1; size <= len(text); size++ {
		var b bytes.Buffer
		m := github.NewMute(&b)
		for part := text; part != ""; {
			n := min(size, len(part))
			if got, err := m.Write([]byte(part[:n])); got != n || err != nil {
				t.Fatalf("%d, %v", got, err)
			}
			part = part[n:]
		}
		if err := m.Close(); err != nil || b.String() != want {
			t.Errorf("in pieces of %d: %v, %q", size, err, b.String())
		}
	}
	if _, err := github.NewMute(refusing{}).Write([]byte("x")); err == nil {
		t.Error("that nothing was written is hidden")
	}
}
