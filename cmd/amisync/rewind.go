package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/internal/github"
	"github.com/amisync/amisync/internal/gitrepo"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// askingTime bounds how long the remote may take to name its branches.
const askingTime = 30 * time.Second

// askTip asks the remote whether the commit is the tip of its branch. What it
// learns is a warning of the plan; nothing is said of a commit that is the tip,
// or that was not pushed yet. In a rehearsal, and for a pull request's merge,
// which is on no branch, it does not ask.
func (a *app) askTip(ctx context.Context, c config, f planFlags) []plan.Warning {
	if c.repo == nil || c.origin.Commit == "" || f.sandbox != "" || a.forPullRequest() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	commit := c.origin.Commit
	at := c.branch(a.getenv)
	standing, tip, branch, err := a.standing(ctx, c.repo, at, commit)
	args := plan.Args{Detail: commit, Field: branch, Other: tip}
	switch {
	case err != nil:
		return []plan.Warning{plan.Warn(plan.WarnTipUnknown, plan.Args{Detail: commit, Other: err.Error()})}
	case standing == gitrepo.Behind && branch != "" && a.sameAtTip(ctx, c, at):
		return nil
	case standing == gitrepo.Behind:
		return []plan.Warning{plan.Warn(plan.WarnNotTip, args)}
	case standing == gitrepo.MovedBack:
		return []plan.Warning{plan.Warn(plan.WarnMovedBack, args)}
	default:
		return nil
	}
}

func (a *app) standing(ctx context.Context, repo *gitrepo.Repo, at gitrepo.Branch, commit string) (gitrepo.Standing, string, string, error) {
	remote, branch, err := repo.Upstream(at, a.getenv)
	if err != nil {
		return "", "", branch, err
	}
	s, tip, err := repo.Standing(ctx, remote, branch, commit)
	return s, tip, branch, err
}

// sameAtTip reports whether the branch went on without touching the file, as it
// does while a job waits for its approval: what is applied is the newest then.
func (a *app) sameAtTip(ctx context.Context, c config, at gitrepo.Branch) bool {
	remote, branch, err := c.repo.Upstream(at, a.getenv)
	if err != nil {
		return false
	}
	rev := "refs/heads/" + branch
	tip, err := remote.Fetch(ctx, rev)
	if err != nil {
		return false
	}
	newest, _, err := tip.Read(rev, c.origin.Path)
	if err != nil {
		return false
	}
	ours, _, err := c.repo.Read(c.origin.Commit, c.origin.Path)
	return err == nil && bytes.Equal(newest, ours)
}

// revision is what the file was read at.
func (c config) revision() string {
	if c.rev == "" {
		return "HEAD"
	}
	return c.rev
}

// branch is the one that the revision is on, by its name or by the workflow's.
func (c config) branch(getenv func(string) string) gitrepo.Branch {
	b := c.repo.BranchOf(c.revision())
	if b.Name == "" && c.rev == "" {
		b.Name = workflowBranch(getenv, c.origin.Commit)
	}
	return b
}

// workflowBranch is the branch that a workflow runs for, where its checkout is
// detached (GitHub Docs, Variables reference).
func workflowBranch(getenv func(string) string, commit string) string {
	branch, ok := strings.CutPrefix(getenv("GITHUB_REF"), "refs/heads/")
	if !ok || getenv("GITHUB_SHA") != commit {
		return ""
	}
	return branch
}

// forPullRequest reports whether a workflow runs for a pull request, in any of
// the events of that kind.
func (a *app) forPullRequest() bool {
	return github.IsPullRequest(a.getenv("GITHUB_EVENT_NAME"))
}

// askHistory holds the commits that live copies were made by against the one
// that is to be applied: where it is older than one of them, the branch moved
// backwards.
func (s *session) askHistory(ctx context.Context, live state.Live) []plan.Warning {
	made := s.madeBy(live)
	if s.config.repo == nil || s.config.origin.Commit == "" || len(made) == 0 {
		return nil
	}
	if err := s.config.repo.Deepen(ctx); err != nil {
		return []plan.Warning{plan.Warn(plan.WarnTipUnknown, plan.Args{Detail: s.config.origin.Commit, Other: err.Error()})}
	}
	var missing []string
	for _, commit := range slices.Sorted(maps.Keys(made)) {
		switch s.turned(commit) {
		case state.NotAncestor:
			return s.movedBack(commit)
		case state.NotInClone:
			missing = append(missing, commit)
		case state.Ancestor:
		}
	}
	return s.askMissing(ctx, missing, made)
}

func (s *session) movedBack(commit string) []plan.Warning {
	branch := s.config.branch(s.getenv)
	return []plan.Warning{plan.Warn(plan.WarnMovedBack, plan.Args{Detail: commit, Field: branch.Name})}
}

// asked bounds how many commits the remote is asked about: each is a history to
// be fetched.
const asked = 3

// askMissing asks the remote about commits that the clone does not have.
func (s *session) askMissing(ctx context.Context, missing []string, made map[string]int) []plan.Warning {
	args := plan.Args{}
	for i, commit := range missing {
		descends, err := false, errNotAsked
		if i < asked && !s.config.repo.Shallow() {
			descends, err = s.descends(ctx, commit)
		}
		switch {
		case descends:
			return s.movedBack(commit)
		case err != nil:
			args.Count += made[commit]
			args.Detail = commit
		}
	}
	if args.Count == 0 {
		return nil
	}
	if s.config.repo.Shallow() {
		args.Other = "; check out the whole history (actions/checkout with fetch-depth: 0)"
	}
	return []plan.Warning{plan.Warn(plan.WarnHistoryUnknown, args)}
}

var errNotAsked = errors.New("not asked")

// descends asks the remote whether a commit comes after the one to be applied.
func (s *session) descends(ctx context.Context, commit string) (bool, error) {
	remote, _, err := s.config.repo.Upstream(s.config.branch(s.getenv), s.getenv)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	return remote.Descends(ctx, commit, s.config.origin.Commit)
}

// madeBy counts the live copies of this file by the commit that made them.
func (s *session) madeBy(live state.Live) map[string]int {
	made := map[string]int{}
	for _, r := range live.Regions {
		for _, i := range r.Images {
			c := state.ParseControl(i.Tags)
			if c.Owner == s.config.desired().Owner && c.File == s.config.origin.Path && c.Commit != "" {
				made[c.Commit]++
			}
		}
	}
	return made
}

// turned tells how a commit that was applied relates to the one that is to be:
// NotAncestor only where the latter is older, and so the branch went back.
func (s *session) turned(applied string) state.Ancestry {
	now := s.config.origin.Commit
	forward, err := s.config.repo.Ancestry(applied, now)
	if err != nil || forward != state.NotAncestor {
		return forward
	}
	if back, err := s.config.repo.Ancestry(now, applied); err == nil && back == state.Ancestor {
		return state.NotAncestor
	}
	return state.Ancestor // of another branch: lineage guards what it made
}

// requireNewest refuses to apply what is older than what was applied or pushed.
func requireNewest(p plan.Plan, f planFlags) error {
	if f.allowRewind {
		return nil
	}
	var errs []error
	for _, w := range p.Warnings {
		if w.Code == plan.WarnNotTip || w.Code == plan.WarnMovedBack {
			errs = append(errs, fmt.Errorf("%s; nothing was changed", w.Text))
		}
	}
	return errors.Join(errs...)
}
