package aws

import (
	"cmp"
	"context"
	"slices"
	"sync"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Client reads and changes the images of one account in all its Regions. It is
// safe for concurrent use.
type Client struct {
	opts  Options
	cfg   sdk.Config
	clock *clock

	mu       sync.Mutex
	regions  map[string]*region
	identity *Identity
}

// region is how one Region is reached.
type region struct {
	name   string
	custom bool // not AWS's own endpoint
	slots  chan struct{}
	ec2    *ec2.Client
	kms    *kms.Client
	quotas *servicequotas.Client
	ssm    *ssm.Client
	sts    *sts.Client
}

// New makes a client. It sends nothing; a broken profile or configuration file
// is an error.
func New(ctx context.Context, o Options) (*Client, error) {
	o = o.withDefaults()
	cfg, err := o.load(ctx)
	if err != nil {
		return nil, err
	}
	return &Client{opts: o, cfg: cfg, clock: newClock(o.Now), regions: map[string]*region{}}, nil
}

// Home is the Region that answers questions which belong to no Region.
func (c *Client) Home() string { return c.cfg.Region }

// CustomEndpoint reports whether requests go elsewhere than to AWS's own
// endpoints: to the sandbox or an emulator.
func (c *Client) CustomEndpoint() bool { return c.in(c.Home()).custom }

// in is the way into a Region, made when it is first needed.
func (c *Client) in(name string) *region {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok := c.regions[name]; ok {
		return r
	}
	r := &region{name: name, slots: make(chan struct{}, c.opts.Concurrency)}
	c.connect(r)
	c.regions[name] = r
	return r
}

// connect makes the Region's service clients. The endpoint is given to each of
// them, because nothing in the environment is stronger than that (AWS SDKs
// Reference Guide, "Service-specific endpoints").
func (c *Client) connect(r *region) {
	cfg := c.cfg.Copy()
	cfg.Region = r.name
	cfg.APIOptions = append(slices.Clone(cfg.APIOptions), witness{client: c, region: r}.register)
	var endpoint *string
	if c.opts.Endpoint != "" {
		endpoint = &c.opts.Endpoint
	}
	pace := newPaced(c.opts.Now)
	r.ec2 = ec2.NewFromConfig(cfg, func(o *ec2.Options) {
		o.BaseEndpoint = cmp.Or(endpoint, o.BaseEndpoint)
		o.APIOptions = append(o.APIOptions, pace.register, stopping)
	})
	r.kms = kms.NewFromConfig(cfg, func(o *kms.Options) { o.BaseEndpoint = cmp.Or(endpoint, o.BaseEndpoint) })
	r.quotas = servicequotas.NewFromConfig(cfg, func(o *servicequotas.Options) { o.BaseEndpoint = cmp.Or(endpoint, o.BaseEndpoint) })
	r.ssm = ssm.NewFromConfig(cfg, func(o *ssm.Options) {
		o.BaseEndpoint = cmp.Or(endpoint, o.BaseEndpoint)
		o.APIOptions = append(o.APIOptions, stopping)
	})
	r.sts = sts.NewFromConfig(cfg, func(o *sts.Options) { o.BaseEndpoint = cmp.Or(endpoint, o.BaseEndpoint) })
	r.custom = c.opts.Transport != nil || r.ec2.Options().BaseEndpoint != nil
}

// enter waits for one of the Region's slots.
func (r *region) enter(ctx context.Context) error {
	select {
	case r.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *region) leave() { <-r.slots }
