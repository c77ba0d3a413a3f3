package apply

import "time"

// Options tune a run. The zero value of each means its default.
type Options struct {
	Clock      Clock
	Observer   Observer
	NoWait     bool          // start copies and return; the next run finishes them
	Timeout    time.Duration // of the whole run; 0: none
	Settle     time.Duration // how long a new copy may stay unseen. Default 2 minutes
	InFlight   int           // pending copies per account and Region. Default 300
	CopyBurst  int           // CopyImage's bucket. Default 100
	CopyRate   float64       // CopyImage's refill per second. Default 1
	Workers    int           // other calls at once per account and Region. Default 8
	HealTags   bool          // under --trust-tags: a copy this run made gets missing tags by CreateTags
	Generation int           // generations tried in one run. Default 8
}
