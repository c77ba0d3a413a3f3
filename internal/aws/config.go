package aws

import (
	"context"
	"fmt"
	"net/http"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Options say how to reach AWS. The zero value means the usual environment,
// profiles and endpoints.
type Options struct {
	// Transport carries requests where it is set: the sandbox's own, or a test's.
	// The machine's AWS environment is then not read at all.
	Transport http.RoundTripper
	// Endpoint is one URL for every service and Region; "" leaves it to the
	// environment (AWS_ENDPOINT_URL) and the SDK's rules.
	Endpoint string
	// Credentials are fixed ones; nil leaves them to the environment.
	Credentials *Credentials
	// Region answers questions that belong to no Region. Default: the
	// environment's, else us-east-1.
	Region string
	// MaxAttempts is how often a call is tried. Default 8; AWS_MAX_ATTEMPTS wins.
	MaxAttempts int
	// Backoff is how long to wait before an attempt, the first retry being 1.
	// Default: the SDK's, which grows to 20 seconds and is jittered. A
	// simulation gives one without chance.
	Backoff func(attempt int) time.Duration
	// Concurrency is how many requests to one Region run at once. Default 8.
	Concurrency int
	// Now is the local clock, which only paces. Default time.Now.
	Now func() time.Time
	// Observe is told of every request that was sent, retries included. It is
	// called from many goroutines at once.
	Observe func(Call)
}

// Credentials are an access key.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// Call is one request as Options.Observe sees it.
type Call struct {
	Action string // as IAM names it: ec2:DescribeImages
	Region string
}

const (
	defaultRegion      = "us-east-1"
	defaultAttempts    = 8
	defaultConcurrency = 8
	// requestTimeout ends a request that a peer never answers; it is then tried
	// again. A full page of DescribeImages takes seconds.
	requestTimeout = time.Minute
)

func (o Options) withDefaults() Options {
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = defaultAttempts
	}
	if o.Concurrency <= 0 {
		o.Concurrency = defaultConcurrency
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Observe == nil {
		o.Observe = func(Call) {}
	}
	return o
}

func (o Options) load(ctx context.Context) (sdk.Config, error) {
	cfg := sdk.Config{Region: o.Region}
	if o.Transport != nil {
		cfg.HTTPClient = &http.Client{Transport: o.Transport, Timeout: requestTimeout}
	} else if err := o.loadEnvironment(ctx, &cfg); err != nil {
		return sdk.Config{}, err
	}
	if cfg.Region == "" {
		cfg.Region = defaultRegion
	}
	cfg.Retryer = o.retryer
	cfg.Credentials = o.credentials(cfg.Credentials)
	return cfg, nil
}

func (o Options) loadEnvironment(ctx context.Context, cfg *sdk.Config) error {
	loaded, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(o.Region),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(requestTimeout)))
	if err != nil {
		return fmt.Errorf("reading the AWS environment and profiles: %w", err)
	}
	*cfg = loaded
	return nil
}

func (o Options) credentials(found sdk.CredentialsProvider) sdk.CredentialsProvider {
	if k := o.Credentials; k != nil {
		return credentials.NewStaticCredentialsProvider(k.AccessKeyID, k.SecretAccessKey, k.SessionToken)
	}
	return markedCredentials{found}
}

// retryer is the SDK's standard mode. Not adaptive: that limits all calls of a
// client together, while EC2 throttles each API on its own (EC2 Developer
// Guide, "Request throttling"). Without the SDK's token bucket, which would
// turn a long throttle of one API into failures of the others: attempts and
// concurrency are bounded already.
func (o Options) retryer() sdk.Retryer {
	return retry.AddWithErrorCodes(retry.NewStandard(func(s *retry.StandardOptions) {
		s.MaxAttempts = o.MaxAttempts
		s.RateLimiter = ratelimit.None
		if o.Backoff != nil {
			s.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) { return o.Backoff(attempt), nil })
		}
	}), retriedCodes.list()...)
}
