package aws

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"

	"github.com/amisync/amisync/pkg/apply"
)

// bucket is how often EC2 lets an account call one API in one Region: so many
// at once, and then so many a second.
type bucket struct {
	size   int
	refill rate.Limit
}

// bucketOf has the APIs that a run may call more often than EC2 refills their
// bucket (EC2 Developer Guide, "Request throttling"). CopyImage is not among
// them: the engine paces it, because it plans with its time.
func bucketOf(operation string) (bucket, bool) {
	switch operation {
	case "DeregisterImage", "ModifyImageAttribute", "ModifySnapshotAttribute", "DeleteSnapshot":
		return bucket{100, 5}, true
	case "CreateTags", "DeleteTags":
		return bucket{100, 10}, true
	case "EnableImageDeprecation", "DisableImageDeprecation", "EnableImage", "DisableImage",
		"EnableImageDeregistrationProtection", "DisableImageDeregistrationProtection":
		return bucket{50, 5}, true
	default:
		return bucket{}, false
	}
}

// paced keeps the calls to one Region within the buckets, so that a large
// change is not made of refusals and retries, which others in the account would
// feel too. It stands inside the retry loop: every attempt counts.
type paced struct {
	now func() time.Time

	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

func newPaced(now func() time.Time) *paced {
	return &paced{now: now, limiters: map[string]*rate.Limiter{}}
}

func (p *paced) register(stack *middleware.Stack) error {
	return stack.Finalize.Insert(p, "Retry", middleware.After)
}

// stopping ends the attempts at a call when its run stops: the one in flight is
// awaited, and none is made again. It stands inside the retry loop, and counts.
func stopping(stack *middleware.Stack) error {
	err := stack.Initialize.Add(middleware.InitializeMiddlewareFunc("amisync:attempts", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		return next.HandleInitialize(middleware.WithStackValue(ctx, attemptsKey{}, new(int)), in)
	}), middleware.Before)
	return errors.Join(err, stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("amisync:stopping", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		made, _ := middleware.GetStackValue(ctx, attemptsKey{}).(*int)
		if made != nil && *made > 0 && apply.Stopped(ctx) {
			return middleware.FinalizeOutput{}, middleware.Metadata{}, &stoppedError{}
		}
		if made != nil {
			*made++
		}
		return next.HandleFinalize(ctx, in)
	}), "Retry", middleware.After))
}

type attemptsKey struct{}

// stoppedError ends a call that would have been tried again.
type stoppedError struct{}

func (*stoppedError) Error() string { return "the run was stopped before another attempt" }

// CanceledError is how the SDK knows that a call is not to be tried again.
func (*stoppedError) CanceledError() bool { return true }

// ID names the middleware in the SDK's stack.
func (*paced) ID() string { return "amisync:paced" }

// HandleFinalize lets an attempt through when its bucket has room.
func (p *paced) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	middleware.FinalizeOutput, middleware.Metadata, error,
) {
	delay := p.reserve(middleware.GetOperationName(ctx))
	if delay <= 0 {
		return next.HandleFinalize(ctx, in)
	}
	if err := apply.SystemClock().Sleep(ctx, delay); err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, &smithy.CanceledError{Err: err}
	}
	return next.HandleFinalize(ctx, in)
}

// reserve takes one call out of an operation's bucket and says how long it has
// to wait.
func (p *paced) reserve(operation string) time.Duration {
	b, limited := bucketOf(operation)
	if !limited {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l, ok := p.limiters[operation]
	if !ok {
		l = rate.NewLimiter(b.refill, b.size)
		p.limiters[operation] = l
	}
	now := p.now()
	return l.ReserveN(now, 1).DelayFrom(now)
}
