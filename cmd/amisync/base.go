package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"

	"github.com/amisync/amisync/internal/gitrepo"
	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// base is the file at the revision that a change is made to.
type base struct {
	desired *state.Desired // nil: there is none; note says why
	note    string
	origin  state.Config
}

// loadBase reads the file at the base. That the base has no such file, or an
// invalid one, is told and is no error: the change is what is reviewed.
func (c config) loadBase(ctx context.Context, rev string) (base, error) {
	if c.repo == nil {
		return base{}, fmt.Errorf("reading the base %s: the file is in no Git repository", rev)
	}
	if err := c.repo.Deepen(ctx); err != nil {
		return base{}, fmt.Errorf("reading the base %s: %w", rev, err)
	}
	data, commit, err := c.repo.Read(rev, c.origin.Path)
	if errors.Is(err, gitrepo.ErrNoFile) {
		return base{note: "there is no " + c.origin.Path}, nil
	}
	if err != nil {
		return base{}, fmt.Errorf("reading the base %s: %w", rev, err)
	}
	b := base{origin: state.Config{Path: c.origin.Path, Commit: commit}}
	file, err := spec.Parse(c.origin.Path, data)
	if err != nil {
		b.note = c.origin.Path + " is invalid"
		return b, nil //nolint:nilerr // told in the plan
	}
	d := file.Desired(b.origin)
	b.desired = &d
	return b, nil
}

// planSince plans, and where a base is named tells what the change since then
// causes.
func (s *session) planSince(ctx context.Context, rev string, o plan.Options) (plan.Plan, error) {
	if rev == "" {
		return s.plan(ctx, o)
	}
	b, err := s.config.loadBase(ctx, rev)
	if err != nil {
		return plan.Plan{}, err
	}
	return s.planFrom(ctx, b, o)
}

// planFrom plans the file and its base against one reading of AWS, and tells
// what the change causes.
func (s *session) planFrom(ctx context.Context, b base, o plan.Options) (plan.Plan, error) {
	d, live, err := s.observe(ctx, o)
	if err != nil {
		return plan.Plan{}, err
	}
	p := s.compute(ctx, d, live, o)
	if b.desired == nil {
		p.Warnings = append([]plan.Warning{plan.Warn(plan.WarnBaseUnusable, plan.Args{Detail: b.note})}, p.Warnings...)
		return plan.WithCauses(p, plan.Plan{Head: plan.Head{Config: b.origin}}), nil
	}
	before, err := s.answerBase(ctx, d, *b.desired, live, o)
	if err != nil {
		return plan.Plan{}, err
	}
	p.Warnings = append(plan.Loosened(*b.desired, d), p.Warnings...)
	return plan.WithCauses(p, plan.Compute(*b.desired, before, o)), nil
}

// answerBase asks what the base needs to know beyond what is known. Facts on
// sources go by image, so only those of unchanged sources are the base's too.
func (s *session) answerBase(ctx context.Context, d, base state.Desired, live state.Live, o plan.Options) (state.Live, error) {
	known := live.Facts.Sources
	live.Facts.Sources = maps.Clone(known)
	maps.DeleteFunc(live.Facts.Sources, func(image string, _ state.Answer[state.SourceFact]) bool {
		now, _ := d.Image(image)
		before, _ := base.Image(image)
		return !reflect.DeepEqual(now.Source, before.Source)
	})
	live.Owners = append([]string{base.Owner}, base.Formerly...)
	return live, s.answer(ctx, base, &live, o)
}
