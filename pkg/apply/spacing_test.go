package apply

import (
	"testing"
	"time"
)

func TestSpacing(t *testing.T) {
	tests := map[string]struct {
		gib     float64
		percent int
		passed  time.Duration
		want    time.Duration
	}{
		"small, just begun":          {8, 0, 0, 15 * time.Second},
		"large, just begun":          {100, 0, 0, 2000 * time.Second / 30},
		"huge, just begun":           {10000, 0, 0, 2 * time.Minute},
		"huge, nearly done":          {10000, 99, time.Hour, 15 * time.Second},
		"half done after an hour":    {8, 50, time.Hour, 2 * time.Minute},
		"half done after 20 minutes": {8, 50, 20 * time.Minute, 40 * time.Second},
		"overdue":                    {8, 0, 20 * time.Minute, 40 * time.Second},
		"long overdue":               {8, 0, 20 * time.Hour, 2 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := spacing(15*time.Second, test.passed, remaining(test.gib, test.percent, test.passed))
			if got.Round(time.Second) != test.want.Round(time.Second) {
				t.Errorf("%s, not %s", got, test.want)
			}
		})
	}
}
