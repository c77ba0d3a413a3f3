package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// session is a connection to AWS, or to the embedded sandbox.
type session struct {
	config  config
	client  *aws.Client
	clock   apply.Clock
	sandbox *sandbox.Cloud // nil on AWS
	notes   []plan.Warning // on the revision
	getenv  func(string) string
}

// connect opens a session for a file.
func (f planFlags) connect(ctx context.Context, c config) (*session, error) {
	if f.sandbox == "" {
		return f.connectAWS(ctx, c)
	}
	return f.connectSandbox(ctx, c)
}

func (f planFlags) connectAWS(ctx context.Context, c config) (*session, error) {
	client, err := aws.New(ctx, aws.Options{})
	if err != nil {
		return nil, fmt.Errorf("connecting to AWS: %w", err)
	}
	if f.trustTags && !client.CustomEndpoint() {
		return nil, errors.New("--trust-tags is for emulators, which do not say where a copy comes from: it needs a custom endpoint (AWS_ENDPOINT_URL)")
	}
	return &session{config: c, client: client, clock: apply.SystemClock()}, nil
}

func (f planFlags) connectSandbox(ctx context.Context, c config) (*session, error) {
	cloud, err := f.openSandbox(c.desired())
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox: %w", err)
	}
	account := c.desired().Accounts[0]
	client, err := aws.New(ctx, aws.Options{
		Transport:   cloud.Transport(),
		Endpoint:    "http://sandbox.invalid",
		Credentials: &aws.Credentials{AccessKeyID: account, SecretAccessKey: "sandbox"},
		Now:         cloud.Clock().Now, // at its speed, local time would make Regions look minutes apart
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to the sandbox: %w", err), cloud.Close())
	}
	return &session{config: c, client: client, clock: cloud.Clock(), sandbox: cloud}, nil
}

// close ends the session; the sandbox's state is written then.
func (s *session) close() error {
	if s.sandbox == nil {
		return nil
	}
	if err := s.sandbox.Close(); err != nil {
		return fmt.Errorf("writing the sandbox's state: %w", err)
	}
	return nil
}

// maxRounds is how often the planner may ask for more before what is left
// unanswered counts as unknown.
const maxRounds = 2

// observe reads AWS and asks what the planner needs to know.
func (s *session) observe(ctx context.Context, o plan.Options) (state.Desired, state.Live, error) {
	d := s.config.desired()
	live, err := s.client.Read(ctx, d)
	if err != nil {
		return d, live, err
	}
	if err := s.checkRegions(live); err != nil {
		return d, live, err
	}
	return d, live, s.answer(ctx, d, &live, o)
}

// answer asks in rounds, until the planner has no more questions.
func (s *session) answer(ctx context.Context, d state.Desired, live *state.Live, o plan.Options) error {
	for range maxRounds {
		q := plan.Needs(d, *live, o)
		if q.Empty() {
			break
		}
		if err := s.client.Answer(ctx, q, live); err != nil {
			return err
		}
		s.answerLineage(ctx, q.Lineage, live)
	}
	return nil
}

// plan observes and computes.
func (s *session) plan(ctx context.Context, o plan.Options) (plan.Plan, error) {
	d, live, err := s.observe(ctx, o)
	if err != nil {
		return plan.Plan{}, err
	}
	return s.compute(ctx, d, live, o), nil
}

// compute plans what was observed, and tells of the revision.
func (s *session) compute(ctx context.Context, d state.Desired, live state.Live, o plan.Options) plan.Plan {
	p := plan.Compute(d, live, o)
	p.Warnings = append(p.Warnings, s.notes...)
	if s.sandbox == nil {
		p.Warnings = append(p.Warnings, s.askHistory(ctx, live)...)
	}
	return p
}

// checkRegions refuses a file that declares Regions which AWS does not have.
func (s *session) checkRegions(live state.Live) error {
	var known []string
	for _, r := range live.Regions {
		known = append(known, r.Name)
	}
	if d := s.config.file.CheckRegions(known); len(d) > 0 {
		return d
	}
	return nil
}

// reading is a command that reads AWS and changes nothing: it loads the file,
// connects, works and closes, within the command's whole time.
func (a *app) reading(ctx context.Context, f *planFlags, work func(context.Context, *session) error) error {
	c, err := a.load(ctx, &f.fileFlags)
	if err != nil {
		return err
	}
	ctx, cancel := f.limit(ctx)
	defer cancel()
	s, err := f.connect(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(work(ctx, s), s.close())
}
