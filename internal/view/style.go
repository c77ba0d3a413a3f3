package view

import (
	"fmt"

	"github.com/fatih/color"
)

// Style is how text is laid out.
type Style struct {
	Color bool // see ColorEnabled
	Width int  // columns of the terminal; longer lines wrap. 0: unlimited
}

// Color modes, as --color takes them.
const (
	ColorAuto   = "auto"
	ColorAlways = "always"
	ColorNever  = "never"
)

// ColorEnabled decides on color. With auto it is on for a terminal, unless
// NO_COLOR is set to anything (https://no-color.org) or TERM is dumb. always and
// never overrule the environment. Any other mode is an error.
func ColorEnabled(mode string, tty bool, getenv func(string) string) (bool, error) {
	switch mode {
	case ColorAlways:
		return true, nil
	case ColorNever:
		return false, nil
	case ColorAuto, "":
		return tty && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb", nil
	default:
		return false, fmt.Errorf("--color %q is none of auto, always and never", mode)
	}
}

// paint colors text where the style has color. It is never the only carrier of
// a meaning: every colored line has a symbol and a word as well.
func (s Style) paint(text string, attributes ...color.Attribute) string {
	if !s.Color || text == "" || len(attributes) == 0 {
		return text
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(text)
}
