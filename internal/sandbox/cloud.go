package sandbox

import (
	"sync"
	"time"
)

// Cloud is the simulated AWS. It is an http.Handler for every service, Region
// and account at once, and safe for concurrent use.
type Cloud struct {
	clock *Clock
	opts  options

	mu      sync.Mutex
	st      *state
	faults  []*faultRule
	buckets map[string]*bucket
	log     []Request
	logged  int           // bytes of what the log's requests said
	large   chan struct{} // one for each large request that is looked at
	walks   int64         // lists answered, which varies the order of shuffled pages

	file *stateFile // nil unless opened from one
}

type options struct {
	seed        *int64
	start       time.Time
	speed       *float64
	real        func() time.Time
	unthrottled bool
	durable     bool
	logSize     int
}

// Option changes how a Cloud is made.
type Option func(*options)

// WithSpeed makes the sandbox's clock run so many times faster than real time.
func WithSpeed(speed float64) Option { return func(o *options) { o.speed = &speed } }

// WithSeed sets what ids and probabilities are drawn from.
func WithSeed(seed int64) Option { return func(o *options) { o.seed = &seed } }

// WithStart sets the sandbox's time at its start.
func WithStart(t time.Time) Option { return func(o *options) { o.start = t } }

// WithRealTime sets where real time comes from; the default is time.Now.
func WithRealTime(now func() time.Time) Option { return func(o *options) { o.real = now } }

// WithoutThrottling turns the request token buckets off.
func WithoutThrottling() Option { return func(o *options) { o.unthrottled = true } }

// WithDurableWrites makes a Cloud from Open write its state file before it
// answers a request that changed something, so that a crash loses nothing that
// was acknowledged. Without it the file is written by Save and Close.
func WithDurableWrites() Option { return func(o *options) { o.durable = true } }

// WithRequestLog sets how many requests are remembered; the default is 100,000.
func WithRequestLog(size int) Option { return func(o *options) { o.logSize = size } }

// defaultStart is the sandbox's time at the start of a scene that says nothing.
var defaultStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

const defaultAccount = "111122223333"

func collect(opts []Option) options {
	o := options{real: time.Now, logSize: 100_000}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// New makes a Cloud that holds what the scene says.
func New(scene Scene, opts ...Option) (*Cloud, error) {
	o := collect(opts)
	st := &state{
		Version: stateVersion, Seed: scene.Seed, Now: scene.Start, Speed: scene.Speed,
		Settings: scene.Settings, Accounts: map[string]*account{}, Keys: map[string]credential{},
	}
	if st.Now.IsZero() {
		st.Now = defaultStart
	}
	if st.Speed == 0 {
		st.Speed = 1
	}
	c := newCloud(st, o)
	if err := c.add(scene); err != nil {
		return nil, err
	}
	for _, f := range scene.Faults {
		c.AddFault(f)
	}
	return c, nil
}

// newCloud brings a state to life; the options win over what it says.
func newCloud(st *state, o options) *Cloud {
	if o.seed != nil {
		st.Seed = *o.seed
	}
	if !o.start.IsZero() {
		st.Now = o.start
	}
	if o.speed != nil {
		st.Speed = *o.speed
	}
	return &Cloud{
		clock: newClock(st.Now, st.Speed, o.real), opts: o, st: st,
		buckets: map[string]*bucket{}, large: make(chan struct{}, largeAtOnce),
	}
}

// Clock is the sandbox's time.
func (c *Cloud) Clock() *Clock { return c.clock }

// accountOf finds an account, or makes one that nobody declared: credentials
// of twelve digits are that account.
func (c *Cloud) accountOf(id string) *account {
	if a, ok := c.st.Accounts[id]; ok {
		return a
	}
	a := &account{ID: id, Partition: "aws", Regions: map[string]*region{}}
	a.Enabled = enabledRegions("aws", RegionList{})
	c.st.Accounts[id] = a
	return a
}

// regionOf is what an account has in a Region, made when first asked for.
func (c *Cloud) regionOf(a *account, name string) *region {
	if r, ok := a.Regions[name]; ok {
		return r
	}
	r := &region{
		Name: name, Account: a.ID, BlockPublic: "block-new-sharing",
		Names: map[string]nameHold{}, Dead: map[string]time.Time{},
		Tokens: map[string]token{}, Nth: map[string]int{},
	}
	a.Regions[name] = r
	c.addManagedKey(r)
	for _, s := range c.st.Regions {
		if (s.Account == "" || s.Account == a.ID) && s.covers(name) {
			c.applySettings(r, s)
		}
	}
	return r
}
