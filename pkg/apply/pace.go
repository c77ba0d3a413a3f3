package apply

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pace keeps CopyImage within its token bucket: EC2 throttles per account,
// Region and API, and CopyImage's refill is the smallest of all that amisync
// calls (EC2 Developer Guide, Request throttling: 100, then one a second).
type pace struct {
	mu     sync.Mutex
	bucket *rate.Limiter
}

func newPace(o Options) *pace {
	return &pace{bucket: rate.NewLimiter(rate.Limit(o.CopyRate), o.CopyBurst)}
}

// next reserves the next call and says how long after now it may be made. No
// pace means at once.
func (p *pace) next(now time.Time) time.Duration {
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bucket.ReserveN(now, 1).DelayFrom(now)
}
