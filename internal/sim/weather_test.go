package sim

import (
	"slices"

	"github.com/amisync/amisync/internal/sandbox"
)

// weather is how often which faults strike the requests of a step.
type weather struct {
	rate   float64 // of requests that are struck
	kinds  []string
	flaws  float64 // of requests that AWS does not carry out as asked; see flaw
	region string  // cannot be reached at all; "": none
}

// kinds of faults. The last two strike CopyImage alone.
var kinds = []string{"throttle", "5xx", "reset", "lost", "empty", "truncated", "html", "quota", "copy-fails", "copy-gone"}

func newWeather(d dice, t terrain) weather {
	w := weather{kinds: some(d, d.between(1, len(kinds)), kinds)}
	w.rate = one(d, []float64{0, 0, 0.02, 0.05, 0.15, 0.3})
	if d.chance(0.08) {
		w.region = one(d, t.regions)
	}
	if d.chance(0.2) {
		w.flaws = 0.4
	}
	return w
}

// fault is what strikes a request, if anything does. The number is the
// request's own.
func (w weather) fault(q request, number uint64) (sandbox.Fault, bool) {
	if q.region == w.region {
		return sandbox.Fault{Effect: sandbox.EffectReset}, true
	}
	if float64(number%1_000_000)/1_000_000 >= w.rate || len(w.kinds) == 0 {
		return sandbox.Fault{}, false
	}
	kind := w.kinds[number/1_000_000%uint64(len(w.kinds))]
	if slices.Contains([]string{"quota", "copy-fails", "copy-gone"}, kind) && q.operation != "CopyImage" {
		return sandbox.Fault{}, false
	}
	return faultOf(kind, q.service), true
}

func faultOf(kind, service string) sandbox.Fault {
	switch kind {
	case "throttle":
		code := "RequestLimitExceeded"
		if service != "ec2" {
			code = "ThrottlingException"
		}
		return sandbox.Fault{Effect: sandbox.EffectError, Code: code}
	case "5xx":
		return sandbox.Fault{Effect: sandbox.EffectError, Code: "InternalError", Status: 500}
	case "lost":
		return sandbox.Fault{Effect: sandbox.EffectLost}
	case "quota":
		return sandbox.Fault{Effect: sandbox.EffectError, Code: "ResourceLimitExceeded"}
	default:
		return sandbox.Fault{Effect: sandbox.Effect(kind)}
	}
}
