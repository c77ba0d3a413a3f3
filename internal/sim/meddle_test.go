package sim

import "time"

// meddle is something that people do by hand.
type meddle struct {
	kind  string
	delay time.Duration
}

func newMeddle(d dice) meddle { return meddle{} }

func (w *world) meddle(s step, n int, m meddle) {}
