package aws

import (
	"net/http"
	"sync"
	"time"
)

// clock is AWS's time as the Date headers of its answers tell it. The local
// clock only carries it on between answers.
type clock struct {
	local func() time.Time

	mu      sync.Mutex
	newest  reading
	regions map[string]reading
}

// reading is a Date header and when it was read, by the local clock.
type reading struct{ date, at time.Time }

func (r reading) on(now time.Time) time.Time { return r.date.Add(now.Sub(r.at)) }

func newClock(local func() time.Time) *clock {
	return &clock{local: local, regions: map[string]reading{}}
}

// see takes in the headers of an answer; one without a readable Date says nothing.
func (k *clock) see(region string, h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	r := reading{date: date.UTC(), at: k.local()}
	k.regions[region] = r
	// Never backwards: a Date has whole seconds and may lag behind what the one
	// before it has become since.
	if k.newest.date.IsZero() || r.date.After(k.newest.on(r.at)) {
		k.newest = r
	}
}

// now is the newest Date seen, carried on by the time since, to the second.
// Where no answer had a Date there is only the local clock.
func (k *clock) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.newest.date.IsZero() {
		return k.local().UTC().Truncate(time.Second)
	}
	return k.newest.on(k.local()).Truncate(time.Second)
}

// in is a Region's own time: its last Date, carried on, so that the clocks of
// Regions can be compared although they answered at different moments. It is
// zero where none came.
func (k *clock) in(region string) time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, ok := k.regions[region]
	if !ok {
		return time.Time{}
	}
	return r.on(k.local()).Truncate(time.Second)
}
