package github

import (
	"bytes"
	"io"
)

// Mute is a writer to a job's log that lets no text become a command: the runner
// takes "##[" for the beginning of one wherever it stands in a line, and names,
// tags and descriptions are other people's text. Close writes what is held back.
type Mute struct {
	w    io.Writer
	held []byte // the beginning of what may become "##["
}

// NewMute is a writer through to w.
func NewMute(w io.Writer) *Mute { return &Mute{w: w} }

var (
	legacyCommand = []byte("##[")
	muted         = []byte("## [")
)

// Write implements io.Writer.
func (m *Mute) Write(p []byte) (int, error) {
	text := bytes.ReplaceAll(append(m.held, p...), legacyCommand, muted)
	keep := 0
	for n := 1; n < len(legacyCommand); n++ {
		if bytes.HasSuffix(text, legacyCommand[:n]) {
			keep = n
		}
	}
	m.held = bytes.Clone(text[len(text)-keep:])
	_, err := m.w.Write(text[:len(text)-keep])
	return len(p), err
}

// Close writes what was held back. It closes nothing.
func (m *Mute) Close() error {
	_, err := m.w.Write(m.held)
	m.held = nil
	return err
}
