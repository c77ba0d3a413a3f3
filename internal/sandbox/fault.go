package sandbox

import (
	"path"
	"strconv"
)

// Fault makes requests go wrong. It strikes a request that matches all of
// Service, Operation, Region and Account (globs; empty matches all), as often
// as Nth, Skip, Count and Probability say.
type Fault struct {
	Service     string  `yaml:"service,omitempty" json:"service,omitempty"`
	Operation   string  `yaml:"operation,omitempty" json:"operation,omitempty"`
	Region      string  `yaml:"region,omitempty" json:"region,omitempty"`
	Account     string  `yaml:"account,omitempty" json:"account,omitempty"`
	Nth         int     `yaml:"nth,omitempty" json:"nth,omitempty"`                 // only the nth matching request, from 1
	Skip        int     `yaml:"skip,omitempty" json:"skip,omitempty"`               // not the first so many
	Count       int     `yaml:"count,omitempty" json:"count,omitempty"`             // at most so many; 0 is always
	Probability float64 `yaml:"probability,omitempty" json:"probability,omitempty"` // of striking, drawn from the seed; 0 is 1

	Effect  Effect   `yaml:"effect,omitempty" json:"effect,omitempty"`
	Code    string   `yaml:"code,omitempty" json:"code,omitempty"` // of an error; default InternalError
	Message string   `yaml:"message,omitempty" json:"message,omitempty"`
	Status  int      `yaml:"status,omitempty" json:"status,omitempty"` // default as EC2 has it for the code
	Latency Duration `yaml:"latency,omitempty" json:"latency,omitempty"`
}

// Effect is what a Fault does.
type Effect string

// The effects. The zero Effect is EffectError where the Fault has a Code, and
// EffectLatency else.
const (
	EffectError      Effect = "error"       // refused with Code, nothing happens
	EffectLatency    Effect = "latency"     // nothing but a delay
	EffectReset      Effect = "reset"       // connection reset, nothing happens
	EffectLost       Effect = "lost-answer" // it happens, and the connection is reset
	EffectEmpty      Effect = "empty"       // it happens, the answer is a 200 without a body
	EffectTruncated  Effect = "truncated"   // it happens, the answer is cut in half
	EffectHTML       Effect = "html"        // nothing happens, the answer is a proxy's page, status 200
	EffectExpired    Effect = "expired"     // the credentials are expired
	EffectRegionDown Effect = "region-down" // every request to the Region is reset
	EffectCopyFails  Effect = "copy-fails"  // CopyImage answers an id, and the image fails later
	EffectCopyGone   Effect = "copy-gone"   // CopyImage answers an id, and no image ever appears
)

type faultRule struct {
	Fault
	seen, hits int
}

// AddFault adds a fault; those added first strike first.
func (c *Cloud) AddFault(f Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.Effect == "" {
		f.Effect = EffectLatency
		if f.Code != "" {
			f.Effect = EffectError
		}
	}
	c.faults = append(c.faults, &faultRule{Fault: f})
}

// ClearFaults removes every fault.
func (c *Cloud) ClearFaults() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

// strike is the fault that a request meets, or nil.
func (c *Cloud) strike(k *call) *Fault {
	account := c.credential(k.id.accessKey).Account
	for i, rule := range c.faults {
		if !rule.matches(k, account) {
			continue
		}
		rule.seen++
		if !rule.due(c.st.Seed, i) {
			continue
		}
		rule.hits++
		return &rule.Fault
	}
	return nil
}

func (f *Fault) matches(k *call, account string) bool {
	return glob(f.Service, k.id.service) && glob(f.Operation, k.op) && glob(f.Region, k.id.region) && glob(f.Account, account)
}

func glob(pattern, name string) bool {
	if pattern == "" || pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// due tells whether the rule strikes the request that it has just seen.
func (r *faultRule) due(seed int64, index int) bool {
	switch {
	case r.Nth > 0 && r.seen != r.Nth, r.seen <= r.Skip, r.Count > 0 && r.hits >= r.Count:
		return false
	case r.Probability > 0:
		return draw(seed, index, r.seen) < r.Probability
	}
	return true
}

// draw is a number in [0, 1) that depends on nothing but its arguments.
func draw(seed int64, index, nth int) float64 {
	hash := digest(strconv.FormatInt(seed, 10), "fault", strconv.Itoa(index), strconv.Itoa(nth))
	n, _ := strconv.ParseUint(hash[:13], 16, 64)
	return float64(n) / (1 << 52)
}

// refusal is the error with which the fault keeps a request from happening.
func (f *Fault) refusal(k *call) error {
	switch f.Effect {
	case EffectError:
		e := fail(orText(f.Code, "InternalError"), "%s", orText(f.Message, "An internal error has occurred"))
		if f.Status != 0 {
			e.Status = f.Status
		}
		return e
	case EffectExpired:
		return expiredFor(k.id.service)
	case EffectReset, EffectRegionDown:
		return fail("InternalError", "connection reset")
	case EffectHTML:
		return fail("InternalError", "a proxy answered")
	default:
		return nil
	}
}

// spoil changes an answer on its way out.
func (f *Fault) spoil(a *answer) {
	switch f.Effect {
	case EffectReset, EffectRegionDown, EffectLost:
		a.cut = true
	case EffectEmpty:
		a.body = nil
	case EffectTruncated:
		a.body = a.body[:len(a.body)/2]
	case EffectHTML:
		a.status, a.contentType, a.requestID = 200, "text/html", ""
		a.body = []byte("<html><body>It works!</body></html>")
	default: // the others are over by now
	}
}
