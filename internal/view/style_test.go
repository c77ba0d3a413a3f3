package view_test

import (
	"testing"

	"github.com/amisync/amisync/internal/view"
)

func TestColorEnabled(t *testing.T) {
	for name, c := range map[string]struct {
		mode string
		tty  bool
		env  map[string]string
		want bool
	}{
		"a terminal has color":        {"auto", true, nil, true},
		"auto is the default":         {"", true, nil, true},
		"a file has none":             {"auto", false, nil, false},
		"NO_COLOR":                    {"auto", true, map[string]string{"NO_COLOR": "1"}, false},
		"NO_COLOR empty is not set":   {"auto", true, map[string]string{"NO_COLOR": ""}, true},
		"a dumb terminal":             {"auto", true, map[string]string{"TERM": "dumb"}, false},
		"always overrules NO_COLOR":   {"always", false, map[string]string{"NO_COLOR": "1"}, true},
		"never overrules the display": {"never", true, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := view.ColorEnabled(c.mode, c.tty, func(k string) string { return c.env[k] })
			if err != nil || got != c.want {
				t.Errorf("ColorEnabled = %v, %v, want %v", got, err, c.want)
			}
		})
	}
	if _, err := view.ColorEnabled("sometimes", true, func(string) string { return "" }); err == nil {
		t.Error("an unknown mode is taken")
	}
}
